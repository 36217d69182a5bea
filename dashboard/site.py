"""The map of the site: which pages exist, their order, paths and titles."""

from __future__ import annotations

from copy import copy
from functools import cache
from pathlib import Path

import streamlit as st
from streamlit.navigation.page import Page

from dashboard.messages import t

ROOT = Path(__file__).parent.parent
HOME = "overview"
ORDER = (
    "overview",
    "outflow",
    "clinics",
    "equipment",
    "contracts",
    "county",
    "consortium",
    "published",
    "quality",
    "definitions",
)


def page(page_id: str) -> Page:
    """Return the page object of an id, made anew for each run: navigation writes into it."""
    return copy(_page(page_id))


@cache
def _page(page_id: str) -> Page:
    """Make the page object of an id; its file is looked for once."""
    return st.Page(
        ROOT / "pages" / f"{page_id}.py",
        title=t(f"page.{page_id}"),
        url_path=None if page_id == HOME else page_id,
        default=page_id == HOME,
    )


@cache
def _existing() -> tuple[str, ...]:
    return tuple(one for one in ORDER if (ROOT / "pages" / f"{one}.py").is_file())


def pages() -> dict[str, Page]:
    """Return the pages that exist, in the order of the navigation."""
    return {page_id: page(page_id) for page_id in _existing()}
