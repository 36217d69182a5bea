"""The button of every page that takes it along; files are made when they are asked for."""

from __future__ import annotations

import logging
import threading
import uuid
from collections.abc import Callable
from functools import partial

import streamlit as st

from dashboard.exports import collect, csv_file
from dashboard.exports.collect import Contents
from dashboard.messages import t

log = logging.getLogger(__name__)
HOME = "overview"  # the page that offers the meeting's slides
PNG, PPTX, XLSX, MEETING = "picture", "deck", "workbook", "meeting"
_OFFICE = "application/vnd.openxmlformats-officedocument"
_SLIDES = (f"{_OFFICE}.presentationml.presentation", ".pptx")
# Kind of file -> its type and the ending of its name.
KINDS = {
    PNG: ("image/png", ".png"),
    PPTX: _SLIDES,
    XLSX: (f"{_OFFICE}.spreadsheetml.sheet", ".xlsx"),
    MEETING: _SLIDES,
}
# A picture takes all of a core for a fifth of a second: one at a time leaves the other to the
# pages. The meeting's slides are made by a process of their own.
_turns = {kind: threading.Lock() for kind in (PNG, MEETING)}


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


def _meeting(contents: Contents) -> bytes:
    from dashboard.exports.meeting import write_meeting

    return write_meeting(contents.view)


def _failed(kind: str, contents: Contents, number: str) -> bytes:
    """Return a file that only says that it could not be made."""
    from dashboard.exports.workbook import write_notice

    words = t("export.failed", number=number)
    bare = Contents(contents.view, title=contents.title, claim=words)
    return write_notice(bare) if kind == XLSX else _write(PNG if kind == PNG else PPTX, bare)


def _write(kind: str, contents: Contents) -> bytes:
    return {PNG: _slide, PPTX: _deck, XLSX: _workbook, MEETING: _meeting}[kind](contents)


def make(kind: str, contents: Contents) -> bytes:
    """Make a file; a fault becomes a file with one sentence and a number, and a line in the log."""
    with _turns[MEETING if kind == MEETING else PNG]:
        try:
            return _write(kind, contents)
        except Exception:
            number = uuid.uuid4().hex[:4].upper()
            log.exception("page %s not taken along, number %s", contents.view.page_id, number)
            return _failed(kind, contents, number)


def file_name(contents: Contents, kind: str) -> str:
    """Return a name that says page, or the meeting, area and day."""
    view = contents.view
    topic = t("export.meeting_name") if kind == MEETING else t(f"page.{view.page_id}")
    day = f"{view.data_date:%Y%m%d}"
    return csv_file.file_name(view.area.name, topic, day, ending=KINDS[kind][1])


def button() -> None:
    """Draw the button with its downloads; the overview also offers the meeting's slides."""
    contents = collect.current()
    if contents is None:
        return
    with st.popover(t("export.button"), key="take-along"):
        for kind, (mime, _) in KINDS.items():
            if kind == MEETING and contents.view.page_id != HOME:
                continue
            data: Callable[[], bytes] = partial(make, kind, contents)
            st.download_button(
                t(f"export.{kind}"),
                data=data,
                file_name=file_name(contents, kind),
                mime=mime,
                on_click="ignore",
                key=f"take-{kind}",
                width="stretch",
            )
