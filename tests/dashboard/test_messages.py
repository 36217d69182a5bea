"""The catalogue of strings: every key that the code names exists, and nothing else is Chinese."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from dashboard.messages import LANGUAGES, t

ROOT = Path(__file__).parent.parent.parent
# Units of number formats are no sentences.
FORMATTING = {"formats.py", "topic_cards.py"}
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def sources() -> list[Path]:
    found = [p for folder in ("dashboard", "pages") for p in (ROOT / folder).rglob("*.py")]
    return [p for p in found if p.parent.name != "messages"]


@cache
def nodes_of(path: Path) -> tuple[ast.AST, ...]:
    """Read a file once for all that is asked of it."""
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def literal_keys(path: Path) -> set[str]:
    keys = set()
    for node in nodes_of(path):
        is_call = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_call and node.func.id in {"t", "state_message"} and node.args:  # type: ignore[attr-defined]
            first = node.args[0]  # type: ignore[attr-defined]
            if isinstance(first, ast.Constant):
                keys.add(str(first.value))
    return keys


@pytest.mark.parametrize("path", sources(), ids=lambda p: p.name)
def test_every_key_named_in_the_code_exists(path: Path) -> None:
    for texts in LANGUAGES.values():
        assert literal_keys(path) - set(texts) == set()


@pytest.mark.parametrize("path", sources(), ids=lambda p: p.name)
def test_chinese_stands_only_in_the_catalogue(path: Path) -> None:
    nodes = nodes_of(path)
    documents = {
        id(node.body[0].value)
        for node in nodes
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    stray = [
        node.value
        for node in nodes
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documents
        and len(CHINESE.findall(node.value)) > 4
    ]
    if path.name not in FORMATTING:
        assert stray == []


def pattern(node: ast.JoinedStr) -> str:
    """Return the pattern of a text put together: what is known of it, and anything between."""
    known = [str(v.value) if isinstance(v, ast.Constant) else None for v in node.values]
    return "".join(".+" if words is None else re.escape(words) for words in known)


def test_every_text_of_the_catalogue_is_used() -> None:
    nodes = [node for path in sources() for node in nodes_of(path)]
    named = {node.value for node in nodes if isinstance(node, ast.Constant)}
    patterns = {pattern(node) for node in nodes if isinstance(node, ast.JoinedStr)}
    # Without a dot of its own a pattern says nothing, but for an ending put to a key.
    dotted = re.compile("|".join(found for found in patterns if "\\." in found))
    endings = {found.removeprefix(".+") for found in patterns if found.startswith(".+_")}

    def is_used(key: str) -> bool:
        stems = {key.removesuffix(ending) for ending in endings if key.endswith(ending)}
        return key in named or bool(stems & named) or dotted.fullmatch(key) is not None

    assert [key for texts in LANGUAGES.values() for key in texts if not is_used(key)] == []


def test_placeholders_are_filled() -> None:
    assert t("frame.snapshot", id="0001-aa") == "快照 0001-aa"
    with pytest.raises(KeyError):
        t("no.such.key")
