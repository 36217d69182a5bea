"""What the pages on published figures, data quality and definitions share."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import streamlit as st

from dashboard.components import Height, csv_download
from dashboard.exports import collect
from dashboard.look.css_reference import REFERENCE_CSS
from dashboard.look.css_topics import TOPIC_CSS
from dashboard.queries.definitions import search
from dashboard.view import View
from pipeline.catalog import catalogue
from pipeline.catalog.sources import sources

# These pages ask nothing of an indicator; they carry on the one chosen elsewhere.
INDICATORS = tuple(indicator.id for indicator in search(catalogue(), ""))
# Lines of the lists below where the page is one screen.
MEETING_ROWS = 2


def style() -> None:
    """Add the constant style of these pages."""
    st.html(f"<style>{TOPIC_CSS}{REFERENCE_CSS}</style>")


def csv_button(
    view: View,
    frame: Callable[[], pl.DataFrame],
    *,
    key: str,
    name_zh: str,
    is_apart: bool = False,
) -> None:
    """Draw the download of a table; the file is made when it is asked for.

    `is_apart`: the table is a list of its own, not the numbers of what the panel draws.
    """
    collect.table(name_zh, frame, is_apart=is_apart)
    csv_download(frame, name_zh, view.marts.as_of.isoformat(), key=key)


def source_name(source: str) -> str:
    """Return the name of a source."""
    return sources()[source].name_zh


def list_height(view: View) -> Height:
    """Return the height of the lists below: few lines where the page is one screen."""
    return 200 if view.meeting else "stretch"
