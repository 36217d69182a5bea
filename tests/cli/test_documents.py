"""What the documents tell people to type and to open exists."""

from __future__ import annotations

import re
import shlex
import tomllib
from pathlib import Path

import pytest

from pipeline import errors
from pipeline.__main__ import parser
from pipeline.version import VERSION

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted(
    [
        ROOT / "README.md",
        ROOT / "bench/README.md",
        ROOT / "data/reference/README.md",
        *(ROOT / "docs").glob("*.md"),
    ]
)
IDS = [str(path.relative_to(ROOT)) for path in DOCUMENTS]
# `consortium` is the name under which docs/operations.md installs the command line.
COMMAND = re.compile(
    r"(?:python3? -m pipeline|(?<![/\w])consortium) ((?:demo|check|build|status|list)"
    r"\b.*|(?:rollback|verify|template|describe|geo)\b.*)"
)


def code(text: str) -> list[str]:
    """Return the code of a document: lines of blocks, continued ones joined, and inline spans."""
    text = text.replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line.startswith("    ")]
    for block in re.findall(r"^```\w*\n(.*?)^```", text, flags=re.M | re.S):
        lines += block.splitlines()
    return lines + re.findall(r"`([^`\n]+)`", text)


def commands(text: str) -> list[list[str]]:
    """Return the words of each command of ours; forms with brackets or gaps are no commands."""
    found = [match.group(1) for line in code(text) if (match := COMMAND.search(line))]
    # A quote that opened before the command ends it.
    whole = [re.split(r"\s+#|&&|[;>]|'$", one)[0] for one in found]
    return [shlex.split(one) for one in whole if not re.search(r"[\[…|$]", one)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_printed_command_is_understood(document: Path) -> None:
    for words in commands(document.read_text(encoding="utf-8")):
        parser().parse_args(words)


def test_commands_are_found_in_blocks_and_in_sentences() -> None:
    text = "Say `python -m pipeline list`:\n\n    consortium verify 0007 \\\n      --json   # all\n"
    assert commands(text) == [["verify", "0007", "--json"], ["list"]]


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_link_leads_to_a_file(document: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", document.read_text(encoding="utf-8"))
    inside = [link for link in links if not link.startswith(("http:", "https:"))]
    assert [link for link in inside if not (document.parent / link).exists()] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=IDS)
def test_every_named_target_of_make_exists(document: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), flags=re.M))
    named = re.findall(r"(?:^|`)make ([a-z-]+)", document.read_text(encoding="utf-8"), flags=re.M)
    assert set(named) <= targets


def test_the_version_is_the_same_wherever_it_stands() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    newest = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert newest is not None
    assert project["version"] == VERSION == newest.group(1)


def test_every_exit_code_is_explained() -> None:
    ours = {
        kind.exit_code
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, errors.PipelineError)
    }
    readme = (ROOT / "README.md").read_text(encoding="utf-8").partition("Exit codes:")[2]
    told = {int(one) for one in re.findall(r"(?:^|·)\s?(\d) ", readme.partition("\n\n")[0].strip())}
    operations = (ROOT / "docs/operations.md").read_text(encoding="utf-8")
    assert (
        told == ours | {0} == {int(n) for n in re.findall(r"^\| (\d) \|", operations, flags=re.M)}
    )
