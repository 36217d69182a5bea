"""Key groups by area: who is under contract least, in the colours of the map, without a claim."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.small_multiples import small_multiples_figure
from dashboard.messages import t
from dashboard.panels.contracts import matrix
from dashboard.panels.contracts.matrix import _cell
from dashboard.queries import contracts
from pipeline.catalog import catalogue
from tests.builders.drawn import html

Run = Callable[..., AppTest]
FAULT = "本块未能显示"
JUNE, MAY = dt.date(2025, 6, 1), dt.date(2025, 5, 1)
RATE = catalogue().indicators["key_group_contract_rate"]  # classes 70, 75, 80, 85 %

GROUPS = pl.LazyFrame(
    [
        ("A", "disabled", JUNE, 100, 90, 80),
        ("A", "hypertension", JUNE, 100, 50, 40),  # by those managed: 40 of 50
        ("A", "disabled", MAY, 100, 90, 10),
        ("B", "disabled", JUNE, 100, 90, 60),
        ("B", "hypertension", JUNE, 100, None, 40),
        ("C", "disabled", JUNE, 100, 90, 1),
    ],
    schema=["area_code", "group", "month", "persons", "managed", "contracted"],
    orient="row",
)


def test_each_area_has_its_own_rate_over_the_groups_own_denominator() -> None:
    found = contracts.groups_by_area(GROUPS, areas=["B", "A"], month=JUNE)
    assert found.select("area_code", "group", "denominator", "rate").rows() == [
        ("B", "disabled", 100, 0.6),
        ("B", "hypertension", None, None),
        ("A", "disabled", 100, 0.8),
        ("A", "hypertension", 50, 0.8),
    ]


def test_the_group_lowest_in_all_areas_together_stands_first() -> None:
    found = contracts.groups_by_area(GROUPS, areas=["A", "B"], month=JUNE)
    # disabled: 140 of 200; hypertension: 40 of 50, for B tells no denominator
    assert contracts.in_order(found) == ["disabled", "hypertension"]


@pytest.mark.parametrize(
    ("contracted", "denominator", "printed", "cls"),
    [
        (69, 100, "69.0", "num swatch-rev-0"),
        (70, 100, "70.0", "num swatch-rev-1"),
        (100, 100, "100.0", "num swatch-rev-4"),
        (29, 29, "29／29", "num"),
        (15, 30, "50.0", "num swatch-rev-0"),
    ],
)
def test_a_cell_has_the_colour_of_its_class_and_few_persons_none(
    contracted: int, denominator: int, printed: str, cls: str
) -> None:
    row = {"contracted": contracted, "denominator": denominator}
    shown = str(_cell(row | {"rate": contracted / denominator}, RATE, is_below=False))
    assert re.sub("<[^>]*>", "", shown) == printed
    assert f'class="{cls}"' in shown


def test_what_is_not_told_is_a_dash() -> None:
    assert "—" in str(_cell(None, RATE, is_below=False))
    assert "—" in str(_cell({"rate": None}, RATE, is_below=False))


def test_only_what_is_certainly_below_the_whole_and_by_enough_is_marked() -> None:
    columns = ["area_code", "group", "contracted", "denominator"]
    rows = [
        ("A", "elderly_65", 700, 1000),  # ten points below: no chance
        ("B", "elderly_65", 23, 30),  # three points below: chance
        ("C", "elderly_65", 1, 29),  # too few to say
        ("D", "elderly_65", 79_400, 100_000),  # certain, but half a point
        ("E", "elderly_65", 900, 1000),
        ("F", "disabled", 700, 1000),  # the whole is not known
        ("G", "elderly_65", 40, 30),  # more contracts than persons
    ]
    found = pl.DataFrame(rows, schema=columns, orient="row")
    total = pl.DataFrame(
        [("elderly_65", 80_000, 100_000), ("disabled", None, None)],
        schema=["group", "contracted", "denominator"],
        orient="row",
    )
    assert contracts.below_whole(found, total, indicator=RATE) == {("A", "elderly_65")}


def test_what_is_below_has_a_mark_and_says_so() -> None:
    row = {"rate": 0.7, "contracted": 700, "denominator": 1000}
    shown = str(_cell(row, RATE, is_below=True))
    assert "mk-worse" in shown
    assert "700／1000，低于总体" in shown


@pytest.mark.parametrize(("area", "whole"), [("410200", "全市"), ("410225", "全县")])
def test_the_key_names_what_the_mark_compares_with(run_topic: Run, area: str, whole: str) -> None:
    assert f"◆低于{whole}（经检验" in html(run_topic("contracts", area=area))


def test_without_a_complete_whole_nothing_is_compared(
    run_topic: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "_whole", lambda *_: None)
    shown = html(run_topic("contracts"))
    assert FAULT not in shown
    assert "◆低于" not in shown


@pytest.mark.parametrize(("area", "row"), [("410200", "兰考县"), ("410225", "镇")])
def test_the_page_draws_counties_or_the_townships_of_a_county(
    run_topic: Run, area: str, row: str
) -> None:
    shown = html(run_topic("contracts", area=area))
    assert FAULT not in shown
    matrix = shown[shown.index(t("contracts.matrix")) :]
    assert row in matrix[matrix.index("<tbody>") : matrix.index("</tbody>")]
    assert "&lt;70.0" in matrix


def test_without_groups_the_panel_says_so(run_topic: Run, bare_topic_world: Path) -> None:
    shown = html(run_topic("contracts", marts=bare_topic_world))
    assert FAULT not in shown
    assert "swatch-rev" not in shown


def test_small_charts_say_how_far_they_moved() -> None:
    months = [dt.date(2024, 6, 1), JUNE]
    series = pl.DataFrame(
        {
            "group": ["a", "a", "b", "b", "c"],
            "month": [*months, *months, JUNE],
            "value": [0.775, 0.791, 1.0, 1.0, 0.5],
        }
    )
    names = {group: group.upper() for group in "abc"}
    figure = small_multiples_figure(series, names=names)
    texts = [note.text for note in figure.layout.annotations]
    assert [text.split("</b>")[1].strip() for text in texts] == ["", "+1.6", t("change.flat")]
