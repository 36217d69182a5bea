"""The meeting's slides: the first slides of the main pages, drawn outside of a server."""

from __future__ import annotations

import io
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import pytest
import streamlit as st
from pptx import Presentation

from dashboard.exports import collect, meeting, take_along
from dashboard.exports.collect import Contents
from tests.builders.pages import show

Read = Callable[..., Contents]


@pytest.fixture
def outside(accounts_world: Path) -> Iterator[None]:
    """Run pages in this process and forget what they leave."""
    show(accounts_world)
    yield
    st.session_state.clear()
    st.query_params.clear()
    collect.forget()


def titles(packed: bytes) -> list[str]:
    found: Any = Presentation(io.BytesIO(packed))
    return [slide.shapes.title.text.partition("：")[0] for slide in found.slides]


def test_a_process_of_its_own_makes_the_slides_of_the_area_month_and_snapshot(
    contents_of: Read,
) -> None:
    contents = contents_of("overview")
    packed = take_along.make(take_along.MEETING, contents)
    assert titles(packed) == [
        "开封市运行总览（1／5）",
        "转诊外流（2／5）",
        "村卫生室（3／5）",
        "三大件（4／5）",
        "家医签约（5／5）",
    ]
    found: Any = Presentation(io.BytesIO(packed))
    for slide in found.slides:
        notes = slide.notes_slide.notes_text_frame.text
        assert contents.view.marts.id in notes
        assert "演示数据" in notes
    assert take_along.file_name(contents, take_along.MEETING) == (
        "开封市_本周例会材料_20250630.pptx"
    )


def test_a_county_brings_its_profile_and_each_slide_its_claim_and_its_map(outside: None) -> None:
    found = list(meeting.first_slides({"area": "410225", "month": "2025-05", "meeting": "1"}))
    assert [contents.view.page_id for contents, _ in found] == [*meeting.PAGES, "county"]
    for n, (contents, (slide,)) in enumerate(found, start=1):
        view = contents.view
        assert (view.area.code, f"{view.month:%Y-%m}") == ("410225", "2025-05")
        assert (slide.number, slide.count, slide.is_first) == (n, 6, True)
        assert contents.claim
    drawn = [[d for p in contents.panels for d in p.drawn] for contents, _ in found[:5]]
    for page in drawn:
        figures = [item for item in page if isinstance(item, go.Figure)]
        assert any(trace.type == "choropleth" for figure in figures for trace in figure.data)


def test_what_is_wanted_is_read_and_the_slides_are_written(
    outside: None, contents_of: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(meeting, "PAGES", ("clinics",))
    asked: list[dict[str, Any]] = []

    def run(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
        asked.append(json.loads(options["input"]))
        out = io.BytesIO()
        monkeypatch.setattr("sys.stdin", io.StringIO(options["input"].decode()))
        monkeypatch.setattr("sys.stdout", io.TextIOWrapper(out, write_through=True))
        meeting.main()
        return subprocess.CompletedProcess(command, 0, stdout=out.getvalue())

    monkeypatch.setattr(subprocess, "run", run)
    view = contents_of("overview").view
    assert titles(meeting.write_meeting(view)) == ["村卫生室"]
    month = f"{view.month:%Y-%m}"
    wanted = {"area": "410200", "month": month, "snapshot": view.marts.id, "meeting": "1"}
    assert asked == [wanted]


def test_a_process_that_fails_becomes_a_slide_with_one_sentence(
    contents_of: Read, monkeypatch: pytest.MonkeyPatch
) -> None:
    def run(*command: Any, **options: Any) -> None:
        raise subprocess.TimeoutExpired("python", meeting.PATIENCE)

    monkeypatch.setattr(subprocess, "run", run)
    packed = take_along.make(take_along.MEETING, contents_of("overview"))
    found: Any = Presentation(io.BytesIO(packed))
    (slide,) = found.slides
    assert "文件未能生成" in slide.notes_slide.notes_text_frame.text
