"""The page grid: twelve columns, and rows that fit one screen in a meeting."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard.theme import GAP
from dashboard.view import View

# What a 1920 x 1080 screen leaves for two rows of panels below title band and cards.
MEETING_HEIGHT = 796
MANY = 10  # areas, above which a ranking needs half of the screen


def columns(*spans: int) -> list[DeltaGenerator]:
    """Return columns of the page by their spans, which add up to twelve."""
    return st.columns(list(spans), gap=GAP)


def map_and_ranking(view: View) -> tuple[int, int]:
    """Return the shares of a meeting's screen for a row with the map and one with the ranking."""
    return (50, 50) if len(view.counties) > MANY else (56, 44)


def wide(view: View) -> int:
    """Return the nominal width of a five-column panel: meetings have the large screen."""
    return 690 if view.meeting else 560


def rows(view: View, *heights: int, meeting: tuple[int, ...]) -> tuple[int, ...]:
    """Return the heights of a page's rows; in meeting mode shares of what one screen leaves."""
    if not view.meeting:
        return heights
    share = (MEETING_HEIGHT - GAP * (len(meeting) - 1)) / sum(meeting)
    return tuple(int(height * share) for height in meeting)
