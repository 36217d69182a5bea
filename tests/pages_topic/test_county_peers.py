"""Whom a county is compared with, and that the link remembers it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels.county.peers import MOST, Group, band_of, group_of, height_of
from dashboard.places import Place, Places
from dashboard.view import View
from tests.builders.drawn import address, html
from tests.builders.places import place

Run = Callable[..., AppTest]
FAULT = "本块未能显示"
UNKNOWN = "链接中有的县区不存在，已略去。"


def ranked(app: AppTest) -> set[str]:
    """Return the counties of the comparison."""
    chart = next(e for e in app.get("plotly_chart") if e.proto.id.endswith("-peers"))
    rows = [trace for trace in json.loads(chart.proto.spec)["data"] if trace.get("name") == "row"]
    return set(rows[0]["customdata"])


def county(code: str, population: int | None, parent: str = "41") -> Place:
    return place(code, parent=parent, population=population)


HERE = county("4101", 500_000)
OTHERS = [
    county("4102", 299_999),
    county("4103", 300_000),
    county("4201", 599_999, "42"),
    county("4202", None, "42"),
]
VIEW = cast(
    View,
    SimpleNamespace(places=Places([HERE, *OTHERS]), counties=(HERE, OTHERS[0], OTHERS[1])),
)


def codes(group: Group) -> list[str]:
    return [place.code for place in group.places]


@pytest.mark.parametrize(
    ("population", "band"),
    [(299_999, 0), (300_000, 1), (599_999, 1), (600_000, 2), (900_000, 3), (None, None)],
)
def test_a_band_begins_at_its_edge(population: int | None, band: int | None) -> None:
    assert band_of(county("x", population)) == band


@pytest.mark.parametrize(
    ("wanted", "kind", "found", "is_unknown"),
    [
        (None, "city", ["4101", "4102", "4103"], False),
        ("size", "size", ["4101", "4103", "4201"], False),
        ("own", "own", ["4101"], False),
        ("4201,4102", "own", ["4101", "4201", "4102"], False),
        ("4201,4201,4101", "own", ["4101", "4201"], False),
        ("4101", "own", ["4101"], False),
        ("4201,9999", "own", ["4101", "4201"], True),
        ("9999", "city", ["4101", "4102", "4103"], True),
        ("", "city", ["4101", "4102", "4103"], True),
    ],
)
def test_the_link_says_who_is_compared(
    wanted: str | None, kind: str, found: list[str], is_unknown: bool
) -> None:
    group = group_of(VIEW, HERE, wanted)
    assert (group.kind, codes(group), group.is_unknown) == (kind, found, is_unknown)


@pytest.mark.parametrize("alone", [OTHERS[0], OTHERS[3]])
def test_a_county_without_its_like_stays_with_its_city(alone: Place) -> None:
    assert group_of(VIEW, alone, "size").kind == "city"


def test_a_group_has_at_most_twelve_others() -> None:
    many = [county(f"43{n:02}", 1) for n in range(20)]
    view = cast(View, SimpleNamespace(places=Places([HERE, *many]), counties=(HERE,)))
    group = group_of(view, HERE, ",".join(p.code for p in many))
    assert len(group.places) == MOST + 1


def test_the_panel_grows_with_a_usual_group_and_scrolls_a_large_one() -> None:
    ten, many = (Group(kind="own", places=(HERE,) * n) for n in (10, 40))
    assert height_of(ten, least=100) == 150 + 40 + 270
    assert height_of(many, least=100) == 100


def test_the_page_compares_with_the_city_by_default(run_topic: Run) -> None:
    app = run_topic("county", area="410225")
    assert FAULT not in html(app)
    assert len(ranked(app)) == 9
    assert "同市9个县区" in html(app)
    assert address(app, "peers") is None


def test_a_hand_picked_group_is_kept_in_the_link(run_topic: Run) -> None:
    app = run_topic("county", area="410225", peers="410221,6109HK")
    assert ranked(app) == {"410225", "410221", "6109HK"}
    assert address(app, "peers") == "410221,6109HK"
    assert "自选，含本县区共3个" in html(app)
    assert "浅条为3个县区的范围" in html(app)


def test_unknown_counties_of_a_link_are_left_out_and_said(run_topic: Run) -> None:
    app = run_topic("county", area="410225", peers="410221,999999")
    assert ranked(app) == {"410225", "410221"}
    assert UNKNOWN in html(app)


def test_choosing_counties_writes_the_link(run_topic: Run) -> None:
    app = run_topic("county", area="410225", peers="own")
    assert "请选择要比较的县区" in html(app)
    assert "浅条为9个县区的范围" in html(app)
    app.multiselect(key="pick-own-peers").set_value(["410222", "410223"]).run()
    assert address(app, "peers") == "410222,410223"
    assert ranked(app) == {"410225", "410222", "410223"}
    app.multiselect(key="pick-own-peers").set_value([]).run()
    assert address(app, "peers") == "own"


def test_choosing_a_kind_writes_the_link(run_topic: Run) -> None:
    app = run_topic("county", area="410225")
    kinds = cast(Any, app.get("button_group"))
    picker = next(one for one in kinds if one.key == "pick-peers")
    picker.set_value("size").run()
    assert address(app, "peers") == "size"
    assert "人口相近的" in html(app)


def test_flows_have_their_control_chart_and_stocks_the_nearly_complete(run_topic: Run) -> None:
    flow = html(run_topic("county", area="410225", indicator="out_of_county_inpatient_rate"))
    stock = html(run_topic("county", area="410225", indicator="contract_rate"))
    assert "波动是否平常" in flow
    assert "波动是否平常" not in stock
    assert "只差一件的机构" in stock
    assert FAULT not in flow + stock


def test_the_county_lists_its_clinics_and_devices(run_topic: Run) -> None:
    shown = html(run_topic("county", area="410225"))
    assert "村卫生室名单" in shown
    assert "哪家机构缺什么" in shown
    assert "显示前60条，共" in shown


def test_a_meeting_keeps_the_group_and_shows_no_picker(run_topic: Run) -> None:
    app = run_topic("county", area="410225", meeting="1", peers="410221,410222")
    assert FAULT not in html(app)
    assert "浅条为3个县区的范围" in html(app)
    assert not app.multiselect


def test_without_data_the_county_page_says_so(run_topic: Run, bare_topic_world: Path) -> None:
    shown = html(run_topic("county", area="410225", marts=bare_topic_world))
    assert FAULT not in shown
    assert "该地区本期没有可用的数据。" in shown
