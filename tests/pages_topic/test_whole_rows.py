"""A list in a meeting, where nothing scrolls."""

from __future__ import annotations

import polars as pl
import pytest

from dashboard.look import tables
from dashboard.look.css_topics import COMPACT_ROW, PITCH
from dashboard.look.markup import Markup
from dashboard.look.tables import HEAD, NOTE, TWO_LINES, Column, whole_rows

COLUMNS = [Column(name="name", title="名称")]


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return what was put on the page."""
    put: list[str] = []

    def draw(markup: Markup) -> None:
        put.append(str(markup))

    monkeypatch.setattr(tables, "draw", draw)
    return put


def rows(n: int) -> pl.DataFrame:
    return pl.DataFrame({"name": [f"第{i}家" for i in range(n)]})


def test_rows_that_have_room_stand_at_usual_height(drawn: list[str]) -> None:
    whole_rows(rows(5), COLUMNS, height=HEAD + 5 * PITCH)
    assert drawn[0].count("<td") == 5
    assert "compact" not in drawn[0]
    assert len(drawn) == 1


def test_rows_of_two_lines_are_counted_as_such(drawn: list[str]) -> None:
    whole_rows(rows(5), COLUMNS, height=HEAD + 5 * TWO_LINES, pitch=TWO_LINES)
    whole_rows(rows(5), COLUMNS, height=HEAD + 5 * TWO_LINES - 1, pitch=TWO_LINES)
    assert ["compact" in box for box in drawn] == [False, True]
    assert f"--pitch:{TWO_LINES}px" in drawn[0]


def test_rows_with_little_room_stand_closer(drawn: list[str]) -> None:
    whole_rows(rows(5), COLUMNS, height=HEAD + 5 * COMPACT_ROW)
    assert drawn[0].count("<td") == 5
    assert "compact" in drawn[0]
    assert len(drawn) == 1


def test_a_township_of_33_clinics_has_room_on_a_meetings_screen(drawn: list[str]) -> None:
    # 820 pixels less the header's 36 are 34 rows of the style's 23.
    whole_rows(rows(33), COLUMNS, height=820)
    assert drawn[0].count("<td") == 33
    assert len(drawn) == 1


def test_rows_without_room_are_left_out_whole_and_that_is_said(drawn: list[str]) -> None:
    whole_rows(rows(6), COLUMNS, height=HEAD + NOTE + 4 * COMPACT_ROW - 1)
    assert drawn[0].count("<td") == 3
    assert f"height:{HEAD + 4 * COMPACT_ROW - 1}px" in drawn[0]
    assert "先列前3条，共6条。" in drawn[1]
