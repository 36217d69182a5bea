"""Load the glossary: the field's terms, what they mean and our identifiers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.catalog import HERE, read_toml, strict
from pipeline.errors import CatalogueError


@dataclass(frozen=True, kw_only=True)
class Term:
    """A term of the field. `meaning_zh` is what pages show; `note` is for those who write code."""

    zh: str
    en: str
    identifier: str
    meaning_zh: str
    note: str = ""


def load_glossary(path: Path = HERE / "glossary.toml") -> tuple[Term, ...]:
    """Load and check the terms of a file, in its order.

    Raises:
        CatalogueError: an unknown or missing key, a term or identifier named twice.
    """
    block = read_toml(path)
    if unknown := sorted(set(block) - {"term"}):
        raise CatalogueError(f"目录文件{path.name}有误：多出{unknown}。只能写term。")
    terms = tuple(
        strict(Term, entry, where=f"{path.name} {entry.get('zh', '?')}")
        for entry in block.get("term", [])
    )
    for what in ("zh", "identifier"):
        values = [getattr(term, what) for term in terms]
        if repeated := sorted({value for value in values if values.count(value) > 1}):
            raise CatalogueError(f"目录文件{path.name}中{repeated}重复，请合并。")
    return terms


@cache
def glossary() -> tuple[Term, ...]:
    """Return the committed terms, loaded once."""
    return load_glossary()
