"""Why rows were not taken, by reason, and the list of them to take along."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import draw, panel, state_message
from dashboard.look import grids
from dashboard.look.markup import Markup
from dashboard.messages import t
from dashboard.panels.quality.accounts import accounted_name, counties_of, county_name
from dashboard.panels.shared.reference_frame import (
    MEETING_ROWS,
    csv_button,
    list_height,
    source_name,
)
from dashboard.queries import quality as queries
from dashboard.view import View
from pipeline.wording import reason_kind, reason_zh, short_zh

COUNTIES_NAMED = 3
ORDER = ("rejected", "warning", "duplicates")  # what has to be mended first
REJECTED = "rejected_rows"  # a mart that snapshots of earlier programs do not have


def rejected_file(view: View) -> pl.DataFrame:
    """Return the refused rows as they leave: where they stand and why, never what they hold."""
    found = queries.rejected_list(view.scan(REJECTED), inputs=view.marts.snapshot.manifest.inputs)
    columns = {
        t("quality.source"): [source_name(source) for source in found["source"]],
        t("quality.file"): found["file"],
        t("quality.sheet"): found["sheet"],
        t("quality.row"): found["row"],
        t("quality.column"): found["column"],
        t("quality.reason"): [
            reason_zh(code) or t("quality.reason_unknown") for code in found["reason"]
        ],
    }
    return pl.DataFrame(columns, schema_overrides={t("quality.reason"): pl.String})


def _rejected_button(view: View) -> None:
    name = t("quality.rejected_csv")
    csv_button(view, partial(rejected_file, view), key="rejected", name_zh=name, is_apart=True)


@block
def reasons_panel(view: View) -> None:
    """Draw why rows were not taken: what was refused first, the most frequent reason first."""
    found = queries.reasons(view.scan("data_quality"), counties=counties_of(view), until=view.month)
    note = ""
    if found.height:
        first, last = found.select(pl.col("first").min(), pl.col("last").max()).row(0)
        note = t(
            "quality.reasons_note", name=accounted_name(view), period=formats.months(first, last)
        )
    has_rows = REJECTED in view.marts.snapshot.manifest.marts and not view.meeting
    with panel(
        "reasons",
        title=t("quality.reasons"),
        note=note,
        height=list_height(view),
        button=partial(_rejected_button, view) if has_rows else None,
    ):
        if found.is_empty():
            state_message("quality.no_reasons")
            return
        names = ("reason", "reason_kind", "reason_where")
        heads = [grids.head(*(t(f"quality.{n}") for n in names), (t("quality.rows"), "num"))]
        ordered = sorted(found.to_dicts(), key=lambda row: ORDER.index(reason_kind(row["code"])))
        shown = ordered[:MEETING_ROWS] if view.meeting else ordered
        rows = [_reason_row(view, reason) for reason in shown]
        cls = "files meeting" if view.meeting else "files reasons"
        draw(grids.grid(heads, rows, label=t("quality.reasons"), cls=cls))


def _where(view: View, reason: dict[str, Any]) -> str:
    """Name the counties with most rows of a reason, which are the ones to ask."""
    pairs = list(zip(reason["places"], reason["counts"], strict=True))
    said = "、".join(f"{county_name(view, code)}{n}" for code, n in pairs[:COUNTIES_NAMED])
    rest = len(pairs) - COUNTIES_NAMED
    return said + (t("quality.reason_more", n=rest) if rest > 0 else "")


def _sentence(view: View, code: str) -> str:
    """Say what is wrong and what to do about it; in a meeting, which has one line, what is."""
    told = short_zh(code) if view.meeting else reason_zh(code)
    return f"{told}。" if reason_zh(code) else t("quality.reason_unknown")


def _reason_row(view: View, reason: dict[str, Any]) -> Markup:
    kind = reason_kind(reason["code"])
    sources = grids.small("、".join(source_name(s) for s in reason["sources"]))
    # Rows that were replaced or came twice are accounted for: nobody has to act.
    strong = "num" if kind == "duplicates" else "num strong"
    return grids.row(
        (
            grids.cell(_sentence(view, reason["code"]), "" if view.meeting else sources),
            grids.cell(t(f"quality.kind.{kind}"), cls="line quiet"),
            grids.cell(_where(view, reason)),
            grids.cell(formats.count(reason["rows"]), cls=strong),
        )
    )
