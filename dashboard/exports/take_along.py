"""The button of every page that takes it along; files are made when they are asked for."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard.exports import collect
from dashboard.exports.collect import Contents
from dashboard.messages import t

log = logging.getLogger(__name__)
PNG = "image/png"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
# A picture takes all of a core for about a second: one at a time leaves the other to the pages.
_turn = threading.Lock()


def _slide(contents: Contents) -> bytes:
    # matplotlib is loaded by the first picture, not by every start of the server.
    from dashboard.exports.slide import draw_first

    return draw_first(contents)


def _deck(contents: Contents) -> bytes:
    from dashboard.exports.deck import write_page

    return write_page(contents)


def _workbook(contents: Contents) -> bytes:
    from dashboard.exports.workbook import write_workbook

    return write_workbook(contents)


def _failed(kind: str, contents: Contents, number: str) -> bytes:
    """Return a file that only says that it could not be made."""
    from dashboard.exports.workbook import write_notice

    words = t("export.failed", number=number)
    bare = Contents(contents.view, title=contents.title, claim=words)
    return write_notice(bare) if kind == XLSX else _write(kind, bare)


def _write(kind: str, contents: Contents) -> bytes:
    return {PNG: _slide, PPTX: _deck, XLSX: _workbook}[kind](contents)


def make(kind: str, contents: Contents) -> bytes:
    """Make a file; a fault becomes a file with one sentence and a number, and a line in the log."""
    with _turn:
        try:
            return _write(kind, contents)
        except Exception:
            number = uuid.uuid4().hex[:4].upper()
            log.exception("page %s not taken along, number %s", contents.view.page_id, number)
            return _failed(kind, contents, number)


def file_name(contents: Contents, ending: str) -> str:
    """Return a name that says page, area and day."""
    view = contents.view
    parts = (view.area.name, t(f"page.{view.page_id}"), f"{view.data_date:%Y%m%d}")
    return "_".join("".join(c for c in part if c not in '<>:"/\\|?*') for part in parts) + ending


def button() -> None:
    """Draw the button with its downloads."""
    contents = collect.current()
    if contents is None:
        return
    kinds: tuple[tuple[str, str, str], ...] = (
        ("picture", PNG, ".png"),
        ("deck", PPTX, ".pptx"),
        ("workbook", XLSX, ".xlsx"),
    )
    with st.popover(t("export.button"), key="take-along"):
        for name, kind, ending in kinds:
            data: Callable[[], bytes] = partial(make, kind, contents)
            st.download_button(
                t(f"export.{name}"),
                data=data,
                file_name=file_name(contents, ending),
                mime=kind,
                on_click="ignore",
                key=f"take-{name}",
                width="stretch",
            )
