"""What a click gives back, whatever shape Plotly sends, and how choices reach the URL."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import components, selectors, shell
from dashboard.panels.county import township, townships
from dashboard.panels.overview import board
from dashboard.places import Place
from dashboard.view import View


@pytest.mark.parametrize(
    ("point", "code"),
    [
        ({"customdata": "410225"}, "410225"),
        ({"customdata": ["410225", "x"]}, "410225"),
        ({"customdata": {"0": "410225"}}, "410225"),
        ({"location": "410225"}, "410225"),
        ({"customdata": []}, None),
        ({"customdata": {}}, None),
        ({}, None),
    ],
)
def test_the_code_of_the_mark_clicked(
    point: dict[str, Any], code: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = {"map": {"selection": {"points": [point]}}}
    monkeypatch.setattr(components.st, "session_state", state)
    assert components.clicked_code("map") == code


def _two_panels() -> None:
    import streamlit as st

    from dashboard.components import panel

    with panel("with-twin", title="外流", twin=lambda: None):
        pass
    with panel("with-button", title="清单", button=lambda: st.button("下载")):
        pass


def test_only_a_button_of_its_own_takes_a_row_in_the_head_of_a_panel() -> None:
    app = AppTest.from_function(_two_panels).run()
    panels = app.main.children.values()
    shown = [[child.type for child in panel.children.values()] for panel in panels]
    assert shown == [["html", "popover"], ["flex_container"]]


def test_no_mark_clicked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(components.st, "session_state", {"map": {"selection": {"points": []}}})
    assert components.clicked_code("map") is None
    assert components.clicked_code("elsewhere") is None


def test_none_removes_a_choice_from_link_and_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = {selectors.MEMORY: {"area": "410225", "month": "2025-05"}}
    link = {"area": "410225"}
    monkeypatch.setattr(selectors.st, "session_state", memory)
    monkeypatch.setattr(selectors.st, "query_params", link)
    selectors.navigate(area=None, indicator="contract_rate")
    assert memory == {selectors.MEMORY: {"month": "2025-05"}}
    assert link == {"indicator": "contract_rate"}


def test_months_that_are_still_filling_up_are_named(
    view_of: Callable[..., View], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert shell.flow_months(view_of()) == "结算类指标：2025年1—3月已定案，4—6月暂定"
    assert shell.flow_months(view_of(month=-4)) == "结算类指标：2025年1—3月已定案"
    only = (view_of().month,)
    monkeypatch.setattr(View, "provisional_months", only)
    monkeypatch.setattr(View, "final_month", only[0])
    assert shell.flow_months(view_of()) == "结算类指标：2025年6月暂定"
    monkeypatch.setattr(View, "final_month", dt.date(2025, 3, 1))
    over_new_year = (dt.date(2025, 12, 1), dt.date(2026, 1, 1))
    monkeypatch.setattr(View, "provisional_months", over_new_year)
    assert shell.flow_months(view_of()).endswith("2025年12月—2026年1月暂定")


def test_a_county_without_townships_is_told(
    view_of: Callable[..., View], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(townships, "townships_of", lambda *_: [])
    monkeypatch.setattr(townships, "state_message", said.append)
    view = view_of("410225")
    place = view.county
    assert isinstance(place, Place)
    own = board.own_facts(view)
    townships.draw_townships(view, own, place)
    assert said == ["county.no_townships"]


def test_no_points_and_no_centre_are_told(
    view_of: Callable[..., View], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr(board, "state_message", said.append)
    monkeypatch.setattr(township, "state_message", said.append)
    board.draw_list([])
    township.draw_devices(view_of("410202"))
    assert said == ["state.no_rows", "township.no_centre"]
