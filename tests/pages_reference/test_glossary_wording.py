"""The glossary's loader is strict; reason codes have words; cells are escaped."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from dashboard.look import grids
from pipeline.catalog.glossary import glossary, load_glossary
from pipeline.errors import CatalogueError
from pipeline.ingest.reasons import REASONS
from pipeline.wording import reason_kind, reason_zh

TERM = 'zh = "{zh}"\nen = "x"\nidentifier = "{id}"\nmeaning_zh = "某物。"\n'


def write(path: Path, *terms: str, more: str = "") -> Path:
    path.write_text(more + "".join(f"[[term]]\n{term}" for term in terms), encoding="utf-8")
    return path


def test_committed_glossary_explains_every_term_in_chinese() -> None:
    assert len(glossary()) >= 25
    for term in glossary():
        assert re.fullmatch(r"[^A-Za-z]*(DR)?[^A-Za-z]*。", term.meaning_zh), term.zh


def test_terms_keep_their_order(tmp_path: Path) -> None:
    first, second = TERM.format(zh="乙", id="b"), TERM.format(zh="甲", id="a")
    file = write(tmp_path / "g.toml", first, second)
    assert [term.zh for term in load_glossary(file)] == ["乙", "甲"]


@pytest.mark.parametrize(
    ("terms", "more", "named"),
    [
        ((TERM.format(zh="甲", id="a") + 'colour = "red"\n',), "", "colour"),
        (('zh = "甲"\n',), "", "identifier"),
        ((TERM.format(zh="甲", id="a"), TERM.format(zh="甲", id="b")), "", "甲"),
        ((TERM.format(zh="甲", id="a"), TERM.format(zh="乙", id="a")), "", "a"),
        ((), "[other]\n", "other"),
    ],
    ids=["unknown key", "missing key", "term twice", "identifier twice", "unknown table"],
)
def test_wrong_glossary_is_refused(
    tmp_path: Path, terms: tuple[str, ...], more: str, named: str
) -> None:
    with pytest.raises(CatalogueError, match=named):
        load_glossary(write(tmp_path / "g.toml", *terms, more=more))


def test_every_reason_has_a_sentence_and_a_kind() -> None:
    for code in REASONS:
        assert reason_zh(code)
    assert reason_zh("NO_SUCH_CODE") is None
    assert reason_kind("DUPLICATE_KEY") == "duplicates"
    assert reason_kind("REGION_STALE") == "warning"
    assert reason_kind("BAD_DATE") == "rejected"
    assert reason_kind("NO_SUCH_CODE") == "rejected"


def test_cells_of_a_grid_are_escaped() -> None:
    drawn = grids.grid(
        [grids.head("甲", ("乙", "num"))],
        [grids.row([grids.row_head("<b>"), grids.cell("<img src=x>", title='"><i>')])],
        label="<u>",
    )
    assert "<img" not in drawn
    assert "<b>" not in drawn
    assert "<i>" not in drawn
    assert "<u>" not in drawn
