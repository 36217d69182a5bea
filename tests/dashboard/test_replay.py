"""Pages drawn from a recording: the same, message for message, and only when they would be."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime import Runtime

from dashboard.exports import collect
from dashboard.panels.clinics import progress
from dashboard.remembering import memory
from dashboard.runs import replay
from dashboard.site import HOME, ORDER
from tests.builders.live import LiveSession, drawn, elements, served, tab
from tests.builders.world import AS_OF, publish_tables, publish_world, tables

CITY, COUNTY = "area=410200", "area=410221"


@pytest.fixture(scope="module")
def marts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Publish a small world of this module's own."""
    folder = tmp_path_factory.mktemp("replayed") / "marts"
    publish_world(folder)
    return folder


@pytest.fixture(scope="module")
def address(marts: Path) -> Iterator[str]:
    """Serve it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DASHBOARD_MARTS", str(marts))
        with served() as found:
            yield found


@pytest.fixture(autouse=True)
def _nothing_recorded(address: str) -> None:
    replay.recordings.forget()
    replay.recordings.played = 0


def _id(messages: Sequence[ForwardMsg], kind: str, key: str) -> str:
    return next(str(e.id) for e in elements(messages, kind) if e.id.endswith(f"-{key}"))


def _fragment_of_the_map(messages: Sequence[ForwardMsg]) -> str:
    return next(
        m.delta.fragment_id
        for m in messages
        if m.delta.fragment_id and m.delta.new_element.WhichOneof("type") == "plotly_chart"
    )


def _specs(messages: Sequence[ForwardMsg]) -> list[str]:
    return [chart.spec for chart in elements(messages, "plotly_chart")]


@pytest.mark.parametrize("page", ORDER)
def test_a_page_drawn_again_sends_message_for_message_the_same(address: str, page: str) -> None:
    path = "" if page == HOME else page
    with tab(address) as one, tab(address) as two:
        first = one.open(path, CITY)
        assert replay.recordings.played == 0
        again = two.open(path, CITY)
        assert replay.recordings.played == 1
    assert drawn(again) == drawn(first)
    assert two.link == one.link


def test_a_walk_over_pages_and_areas_shows_what_it_shows_without_recordings(address: str) -> None:
    walk = [("outflow", CITY), ("outflow", COUNTY), ("", COUNTY), ("definitions", CITY)]
    walk += [("outflow", COUNTY), ("clinics", f"{CITY}&map-month=2025-03"), ("outflow", CITY)]
    replay.recordings.is_on = False
    with tab(address) as session:
        live = [drawn(session.open(page, link)) for page, link in walk]
    replay.recordings.is_on = True
    for _ in range(2):
        with tab(address) as session:
            assert [drawn(session.open(page, link)) for page, link in walk] == live
    assert replay.recordings.played >= len(walk)


def test_messages_are_packed_with_what_was_sent_long_before(address: str) -> None:
    with tab(address) as session:
        agreed = session.headers["Sec-WebSocket-Extensions"]
    # The server by itself says server_max_window_bits=12; without a number it is 15.
    assert "permessage-deflate" in agreed
    assert "server_max_window_bits" not in agreed


def test_messages_that_the_browser_has_kept_are_only_named(address: str) -> None:
    with tab(address) as session:
        first = session.open("outflow", CITY)
        kept = [message.hash for message in first if message.metadata.cacheable]
        again = session.open("outflow", CITY, kept=kept)
    assert replay.recordings.played == 1
    assert sum(message.WhichOneof("type") == "ref_hash" for message in again) >= len(kept) - 1
    assert elements(again, "plotly_chart") == []


def test_a_picker_of_a_page_drawn_again_still_moves_the_page(address: str) -> None:
    with tab(address) as one, tab(address) as two:
        one.open("outflow", CITY)
        picker = _id(two.open("outflow", CITY), "button_group", "pick-topic")
        assert replay.recordings.played == 1
        chosen = WidgetState(id=picker)
        chosen.string_array_value.data.append("基金外流")
        option = elements(two.open("outflow", CITY, widgets=[chosen]), "button_group")[0]
    assert "indicator=fund_outflow_rate" in two.link, option


def test_what_somebody_typed_is_answered_and_told_to_nobody_else(address: str) -> None:
    with tab(address) as one, tab(address) as two:
        first = one.open("clinics", CITY)
        typed = WidgetState(id=_id(first, "text_input", progress.WORDS))
        typed.string_value = "没有这个卫生室"
        found = one.open("clinics", CITY, widgets=[typed])
        assert replay.recordings.played == 0
        assert drawn(found) != drawn(first)
        assert drawn(two.open("clinics", CITY)) == drawn(first)
        assert replay.recordings.played == 1


def test_an_opened_table_is_drawn_and_not_recorded(address: str) -> None:
    with tab(address) as session:
        first = session.open("outflow", CITY)
        twins = (m.delta.add_block.popover.id for m in first if m.HasField("delta"))
        opened = WidgetState(id=next(name for name in twins if "-twin-destinations" in name))
        opened.bool_value = True
        for _ in range(2):
            again = session.open("outflow", CITY, widgets=[opened])
            kinds = {m.delta.new_element.WhichOneof("type") for m in again}
            assert "dataframe" in kinds, kinds
    assert replay.recordings.played == 0


def test_the_map_of_a_page_drawn_again_follows_its_slider_in_this_session_alone(
    address: str,
) -> None:
    with tab(address) as one, tab(address) as two:
        one.open("outflow", CITY)
        first = two.open("outflow", CITY)
        assert replay.recordings.played == 1
        moved = two.open(
            "outflow", f"{two.link}&map-month=2025-01", fragment=_fragment_of_the_map(first)
        )
        assert 0 < len(elements(moved, "plotly_chart")) < len(elements(first, "plotly_chart"))
        assert set(_specs(moved)).isdisjoint(_specs(first))
        shown = [_map_of(session) for session in (one, two)]
    assert shown[0].drawn != shown[1].drawn


def _map_of(session: LiveSession) -> collect.Panel:
    app = Runtime.instance().get_app_session(session.id)
    assert app is not None
    contents: collect.Contents = app.session_state[collect.IN_SESSION]
    return next(panel for panel in contents.panels if panel.key == "map")


def test_files_of_a_page_drawn_again_are_made_for_this_session(address: str) -> None:
    with tab(address) as one, tab(address) as two:
        one.open("clinics", CITY)
        offered = elements(two.open("clinics", CITY), "download_button")
        assert replay.recordings.played == 1
        names = [button.id.rpartition("-")[2] for button in offered]
        assert {"picture", "workbook", "clinics"} <= set(names)
        wanted = offered[names.index("workbook")], offered[names.index("clinics")]
        assert all(two.make_file(button.deferred_file_id) for button in wanted)


@pytest.mark.breaks_a_panel
def test_a_part_that_failed_is_not_shown_again_once_it_works(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: Any, **_options: Any) -> None:
        raise ValueError("broken")

    with monkeypatch.context() as patch, tab(address) as session:
        patch.setattr(progress, "queries", fails)
        broken = drawn(session.open("clinics", CITY))
    memory.forget()
    with tab(address) as session:
        sound = drawn(session.open("clinics", CITY))
    assert replay.recordings.played == 0
    assert sound != broken


def test_a_new_snapshot_is_shown_at_once(marts: Path, address: str) -> None:
    later = AS_OF + dt.timedelta(days=1)
    with tab(address) as session:
        for _ in range(2):
            before = session.open("quality", CITY)
        assert replay.recordings.played == 1
        published = publish_tables(marts, tables(), as_of=later)
        after = session.open("quality", CITY)
    texts = ["".join(html.body for html in elements(run, "html")) for run in (before, after)]
    assert published.id not in texts[0]
    assert published.id in texts[1]
    assert replay.recordings.played == 1


def test_another_version_of_the_framework_is_left_alone(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(st, "__version__", "9.9.9")
    was_on = replay.recordings.is_on
    with replay.allowed():
        assert not replay.recordings.is_on
    assert "9.9.9" in caplog.text
    replay.recordings.is_on = was_on


def test_a_page_is_recorded_a_few_times_for_sessions_that_hold_other_values(address: str) -> None:
    with tab(address) as session:
        typed = WidgetState(id=_id(session.open("clinics", CITY), "text_input", progress.WORDS))
        for n in range(replay.MOST_OF_A_PAGE + 2):
            typed.string_value = f"第{n}"
            session.open("clinics", CITY, widgets=[typed])
    kept = list(replay.recordings._kept._kept.values())
    assert [len(found) for found, _ in kept] == [replay.MOST_OF_A_PAGE]


def test_a_view_that_cannot_be_told_apart_is_run_every_time(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replay, "key_of", lambda *_args: None)
    with tab(address) as session:
        for _ in range(2):
            session.open("definitions", CITY)
    assert replay.recordings.played == 0
