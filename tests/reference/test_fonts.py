"""The shipped fonts can write every name, and stay small; the map stub draws no world."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from pipeline.reference import DEFAULT

ROOT = DEFAULT.parents[1]
FONTS = ROOT / "dashboard" / "static" / "fonts"
WEIGHTS = ["NotoSansSC-Regular.subset.woff2", "NotoSansSC-Bold.subset.woff2"]
MARKS = "●○◆■□▲▼↗↘→＊—–～／·\u203a…％‰①"


@cache
def characters(name: str) -> frozenset[str]:
    return frozenset(chr(code) for code in TTFont(FONTS / name).getBestCmap())


def written(paths: list[Path]) -> set[str]:
    text = "".join(path.read_text(encoding="utf-8") for path in paths)
    return {char for char in text if char.isprintable()}


@pytest.mark.parametrize("name", WEIGHTS)
@pytest.mark.parametrize(
    "table", ["areas.csv", "area_aliases.csv", "published_facts.csv", "population_2020.csv"]
)
def test_every_character_of_the_reference_tables_is_in_the_font(name: str, table: str) -> None:
    assert written([DEFAULT / table]) - characters(name) == set()


@pytest.mark.parametrize("name", WEIGHTS)
def test_every_character_of_the_catalogue_is_in_the_font(name: str) -> None:
    paths = list((ROOT / "pipeline" / "catalog").rglob("*.toml"))
    assert paths
    assert written(paths) - characters(name) == set()


@pytest.mark.parametrize("name", WEIGHTS)
@pytest.mark.parametrize("place", ["岞𪨰镇", "㴔滩镇", "淅川县"])
def test_rare_place_names_are_in_the_font(name: str, place: str) -> None:
    assert set(place) <= characters(name)


def gb2312_hanzi() -> set[str]:
    """Return the 3755 + 3008 characters of the two levels; row D7 ends five short."""
    cells = ((high, low) for high in range(0xB0, 0xF8) for low in range(0xA1, 0xFF))
    return {
        bytes(cell).decode("gb2312") for cell in cells if not (cell[0] == 0xD7 and cell[1] > 0xF9)
    }


@pytest.mark.parametrize("name", WEIGHTS)
def test_gb2312_and_marks_are_in_the_font(name: str) -> None:
    assert len(gb2312_hanzi()) == 6763
    assert gb2312_hanzi() | set(MARKS) <= characters(name)


@pytest.mark.parametrize("name", WEIGHTS)
def test_every_character_of_the_pages_is_in_a_font(name: str) -> None:
    paths = [*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "pages").rglob("*.py")]
    faces = characters(name) | characters("NotoSansMath-Regular.marks.woff2")
    assert written(paths) - faces == set(), "run data/reference/make_font.py"


def test_the_mark_for_normal_variation_comes_from_the_second_face() -> None:
    assert characters("NotoSansMath-Regular.marks.woff2") >= {"∿"}


@pytest.mark.parametrize("name", WEIGHTS)
def test_a_weight_is_at_most_three_megabytes(name: str) -> None:
    assert (FONTS / name).stat().st_size <= 3_000_000


def test_the_licence_lies_beside_the_fonts() -> None:
    text = (FONTS / "OFL.txt").read_text(encoding="utf-8")
    assert "SIL OPEN FONT LICENSE Version 1.1" in text
    assert all(face in text for face in ("Noto Sans CJK SC", "Noto Sans Math"))


def test_the_world_that_plotly_asks_for_is_empty() -> None:
    stub = json.loads(
        (ROOT / "dashboard" / "static" / "topojson" / "world_110m.json").read_text("utf-8")
    )
    assert stub == {"type": "Topology", "objects": {}, "arcs": []}
