"""The page grid: twelve columns, and rows that fit one screen in a meeting."""

from __future__ import annotations

from contextlib import ExitStack
from types import TracebackType

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.exports import collect
from dashboard.theme import GAP
from dashboard.view import View

# What a 1920 x 1080 screen leaves for two rows of panels below title band and cards.
MEETING_HEIGHT = 796
MANY = 10  # areas, above which a ranking needs half of the screen


class Column:
    """A column of the page; panels drawn inside know where they stand."""

    def __init__(self, generator: DeltaGenerator, place: collect.Place) -> None:
        self._generator, self._place = generator, place
        self._open = ExitStack()

    def __enter__(self) -> None:
        """Draw into the column."""
        self._open.enter_context(collect.inside(self._place))
        self._open.enter_context(self._generator)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the column."""
        self._open.__exit__(kind, error, trace)


def columns(*spans: int) -> list[Column]:
    """Return columns of the page by their spans, which add up to twelve."""
    row = collect.row_of(spans)
    drawn = st.columns(list(spans), gap=GAP)
    return [Column(one, collect.Place(row, n)) for n, one in enumerate(drawn)]


def map_and_ranking(view: View) -> tuple[int, int]:
    """Return the shares of a meeting's screen for a row with the map and one with the ranking."""
    return (50, 50) if len(view.counties) > MANY else (56, 44)


def wide(view: View, *, meeting: int = 690) -> int:
    """Return the nominal width of a five-column panel: meetings have the large screen."""
    return meeting if view.meeting else 560


def rows(view: View, *heights: int, meeting: tuple[int, ...]) -> tuple[int, ...]:
    """Return the heights of a page's rows; in meeting mode shares of what one screen leaves."""
    if not view.meeting:
        return heights
    share = (MEETING_HEIGHT - GAP * (len(meeting) - 1)) / sum(meeting)
    return tuple(int(height * share) for height in meeting)
