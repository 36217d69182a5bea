"""The panels that tell of the snapshot: what it is, which others are kept, what was left out."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import urlencode

import streamlit as st

from dashboard import formats, shell, state
from dashboard.blocks import block
from dashboard.components import draw, panel, state_message
from dashboard.look import grids
from dashboard.look.markup import Markup, el
from dashboard.messages import t
from dashboard.panels.shared.reference_frame import MEETING_ROWS, list_height, source_name
from dashboard.queries import quality as queries
from dashboard.store import marts_folder
from dashboard.view import View
from pipeline import snapshots
from pipeline.snapshots import InputFile
from pipeline.wording import minute_zh, reason_zh, short_zh

HASH_DIGITS = 12


@dataclass(frozen=True, kw_only=True)
class Kept:
    """One line of the list of snapshots; only `id` and `is_current` of a damaged one are known."""

    id: str
    is_current: bool
    as_of: dt.date | None
    created_at: dt.datetime | None


@st.cache_data(ttl=30, max_entries=4, show_spinner=False)
def _kept(folder: str) -> list[Kept]:
    # Reading a dozen manifests takes longer than the rest of the page; a new one may wait 30 s.
    lines = []
    for listed in snapshots.list_snapshots(Path(folder)):
        manifest = listed.snapshot.manifest if listed.snapshot else None
        lines.append(
            Kept(
                id=listed.id,
                is_current=listed.is_current,
                as_of=manifest.as_of if manifest else None,
                created_at=manifest.created_at if manifest else None,
            )
        )
    return lines


def kept() -> list[Kept]:
    """Return the kept snapshots, newest first."""
    return _kept(str(marts_folder()))


@block
def snapshot_panel(view: View) -> None:
    """Draw what the snapshot says of itself."""
    manifest = view.marts.snapshot.manifest
    size = sum(entry.bytes for entry in manifest.marts.values()) / 1e6
    rows = sum(entry.rows_read for entry in manifest.inputs)
    with panel("snapshot", title=t("quality.snapshot")):
        draw(
            grids.pairs(
                (
                    (t("quality.snapshot_id"), manifest.id),
                    (t("quality.as_of"), formats.day_with_weekday(manifest.as_of)),
                    (t("quality.created"), minute_zh(manifest.created_at)),
                    (
                        t("quality.inputs"),
                        t("quality.inputs_value", n=len(manifest.inputs), rows=rows),
                    ),
                    (
                        t("quality.marts"),
                        t(
                            "quality.marts_value",
                            n=len(manifest.marts),
                            size=formats.rounded(size, 1),
                        ),
                    ),
                    (t("quality.content"), manifest.content_hash[:HASH_DIGITS]),
                    (t("quality.catalogue"), manifest.catalogue_hash[:HASH_DIGITS]),
                )
            )
        )


def _state(view: View, line: Kept) -> str:
    if line.as_of is None:
        return t("quality.damaged")
    words = [t("quality.current")] if line.is_current else []
    words += [t("quality.shown")] if line.id == view.marts.id else []
    return "、".join(words)


def _dates(line: Kept) -> Markup:
    made = t("quality.created_at", moment=minute_zh(line.created_at)) if line.created_at else ""
    return grids.cell(formats.iso_day(line.as_of), grids.small(made))


def _link(view: View, line: Kept) -> str | Markup:
    if line.as_of is None or view.meeting:
        return line.id
    query = urlencode(shell.link_to(view, **{state.SNAPSHOT: line.id}))
    return el("a", line.id, href=f"?{query}")


@block
def kept_panel(view: View) -> None:
    """List the kept snapshots, newest first; each opens this page as it was."""
    lines = kept()
    with panel(
        "kept",
        title=t("quality.kept"),
        note=t("quality.kept_n" if view.meeting else "quality.kept_note", n=len(lines)),
    ):
        heads = [
            grids.head(
                t("quality.snapshot_id"),
                t("quality.as_of"),
                t("quality.state"),
            )
        ]
        rows = [
            grids.row(
                (
                    grids.cell(_link(view, line), cls="line"),
                    _dates(line),
                    grids.cell(_state(view, line)),
                )
            )
            for line in lines
        ]
        draw(grids.grid(heads, rows, label=t("quality.kept"), cls="files"))


def _outcome(entry: InputFile, *, is_short: bool) -> str:
    """Say what is wrong with a file and what to do; short where there is one line."""
    if entry.superseded_by:
        return t("quality.outcome_replaced", file=PurePosixPath(entry.superseded_by).name)
    said = ""
    if entry.refusal:
        told = short_zh(entry.refusal) if is_short else reason_zh(entry.refusal)
        sentence = told if reason_zh(entry.refusal) and told else t("quality.reason_unknown")
        said = t("quality.outcome_refused", sentence=sentence)
    if entry.kept_instead:
        said = said or t("quality.outcome_nothing")
        said += t("quality.outcome_kept", file=PurePosixPath(entry.kept_instead).name)
    return said


def _rows_read(entry: InputFile) -> str:
    """Print the rows; a file refused unread has no number of rows."""
    return formats.DASH if entry.refusal and not entry.rows_read else formats.count(entry.rows_read)


@block
def files_panel(view: View) -> None:
    """List the files of which nothing was taken, and why."""
    inputs = view.marts.snapshot.manifest.inputs
    places = (*view.chain[1:], *view.counties) if view.county is None else view.chain[1:]
    near = [word for place in places for word in (place.name, place.code)]
    found = queries.set_aside(inputs, near=near)
    refused = sum(entry.superseded_by is None for entry in found)
    note = t("quality.refused_note", refused=refused, replaced=len(found) - refused, n=len(inputs))
    with panel("files", title=t("quality.refused"), note=note, height=list_height(view)):
        if not found:
            state_message("quality.no_refused")
            return
        heads = [
            grids.head(
                t("quality.file"),
                t("quality.source"),
                (t("quality.rows"), "num"),
                t("quality.outcome"),
            )
        ]
        rows = [
            grids.row(
                (
                    grids.cell(PurePosixPath(entry.file).name, cls="file"),
                    grids.cell(source_name(entry.source), cls="line quiet"),
                    grids.cell(_rows_read(entry), cls="num"),
                    grids.cell(_outcome(entry, is_short=view.meeting)),
                )
            )
            for entry in (found[:MEETING_ROWS] if view.meeting else found)
        ]
        cls = "files meeting" if view.meeting else "files"
        draw(grids.grid(heads, rows, label=t("quality.refused"), cls=cls))


__all__ = ["Kept", "files_panel", "kept", "kept_panel", "snapshot_panel"]
