"""The accounts of the page on data quality: what was read, what became of it, what is late."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl
import streamlit as st

from dashboard import formats, freshness
from dashboard.blocks import block
from dashboard.components import draw, notice, panel
from dashboard.look import grids
from dashboard.look.markup import Markup, span
from dashboard.messages import t
from dashboard.panels.quality.matrix import FIGURES
from dashboard.panels.shared.reference_frame import source_name
from dashboard.queries import quality as queries
from dashboard.reading.findings import named
from dashboard.view import View
from pipeline.catalog.sources import SOURCE_IDS
from pipeline.documents.template import template_bytes, template_name

STALE_NAMED = 6
LONG_AGO = 90  # days
HIDEABLE = ("rows_read", "accepted")
WORKBOOK = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def counties_of(view: View) -> list[str]:
    """Return the counties the area stands for; above the county also rows that name none."""
    if view.county is not None:
        return [view.county.code]
    return [*(county.code for county in view.counties), queries.UNNAMED]


def accounted_name(view: View) -> str:
    """Name the area the accounts are of: a township has none of its own, so its county."""
    return (view.county or view.area).name


def claim(view: View) -> str:
    """Say how many rows of all files were read and what became of them."""
    inputs = view.marts.snapshot.manifest.inputs
    read, accepted, rejected, duplicates = (
        sum(getattr(entry, name) for entry in inputs) for name in queries.COUNTS
    )
    text = t(
        "quality.claim",
        read=formats.compact(read),
        accepted=formats.rate(accepted / read if read else None, decimals=2),
        rejected=formats.compact(rejected),
        duplicates=formats.compact(duplicates),
    )
    refused = sum(entry.refusal is not None for entry in inputs)
    return text + (t("quality.claim_refused", n=refused) if refused else "")


def stale_notice(view: View) -> None:
    """Say which due reports have not come, since when, who asks, and what else is out of date."""
    counties = (view.county,) if view.county is not None else view.counties
    codes = [county.code for county in counties]
    found = queries.unreported(view.scan("data_quality"), counties=codes, until=view.month)
    others = [source for source in SOURCE_IDS if source not in found["source"]]
    for words in (
        _unreported(view, found),
        _in_vain(view),
        freshness.words(view, others, most=STALE_NAMED),
    ):
        if words:
            notice(words, cls="notice")


def _unreported(view: View, found: pl.DataFrame) -> str:
    """Name the reports that have not come, with the last that did."""
    parts = [
        t(
            "quality.unreported_one",
            county=county_name(view, row["county_code"]),
            source=source_name(row["source"]),
            last=t("quality.last_report", month=formats.month(row["last"]))
            if row["last"]
            else t("quality.never_reported"),
        )
        for row in found.head(STALE_NAMED).iter_rows(named=True)
    ]
    if not parts:
        return ""
    more = t("quality.stale_more", n=found.height) if found.height > STALE_NAMED else ""
    return t("quality.unreported", parts="、".join(parts), more=more)


def _in_vain(view: View) -> str:
    """Name the sources and counties of whose latest report no row was fit."""
    cells = queries.latest_cells(
        view.scan("data_quality"), counties=counties_of(view), until=view.month
    ).filter(queries.nothing_passed() & (pl.col("county_code") != queries.UNNAMED))
    by_source = dict(cells.group_by("source").agg("county_code").iter_rows())
    whole = freshness.refused(view)  # rows that name no county, too
    parts = []
    for source in (s for s in SOURCE_IDS if s in by_source or s in whole):
        names = named([county_name(view, code) for code in by_source.get(source, ())])
        name = source_name(source)
        parts.append(t("quality.in_vain_one", source=name, names=names) if names else name)
    return t("quality.in_vain", parts="、".join(parts)) if parts else ""


def county_name(view: View, code: str) -> str:
    """Name a county; a row of none says so."""
    place = view.places.get(code) if code != queries.UNNAMED else None
    return place.name if place else t("quality.unnamed")


def _figures(row: dict[str, Any], *, zero: bool) -> list[Markup]:
    """Print the four counts of a row; `zero` prints what is absent as a dash."""
    hides = bool(row.get("hidden"))
    texts = [
        formats.DASH if zero else _count(row[column], is_partial=hides and column in HIDEABLE)
        for column in FIGURES.values()
    ]
    return [grids.cell(text, cls="num") for text in texts]


def _count(value: int | None, *, is_partial: bool) -> str:
    if value is None:
        return formats.SUPPRESSED
    count = formats.count(value)
    return t("matrix.partial", value=count) if is_partial else count


def _delay(row: dict[str, Any]) -> str:
    """Say how late the latest due report is, or how old the newest extract of a register."""
    if row["is_due"] is None:
        return formats.DASH
    if row["lacking"]:
        return t("quality.lacking", n=row["lacking"])
    if row["unfit"]:
        return t("quality.unfit", n=row["unfit"])
    days = row["delay_days"]
    if row["is_due"]:
        return t("quality.late", n=days) if days else t("quality.on_time")
    if days and days > LONG_AGO:  # a yearly register: its month says more than hundreds of days
        return formats.month(row["latest"])
    return t("quality.age", n=days) if days else t("quality.today")


def _accounts_rows(
    month: pl.DataFrame, total: pl.DataFrame, grades: dict[str, str]
) -> list[Markup]:
    rows = []
    both = zip(month.iter_rows(named=True), total.iter_rows(named=True), strict=True)
    for here, all_files in both:
        delay = _delay(here)
        grade = grades.get(here["source"])
        rows.append(
            grids.row(
                (
                    grids.row_head(source_name(here["source"])),
                    grids.cell(t(f"quality.grade.{grade}") if grade else formats.DASH),
                    *_figures(here, zero=here["received"] is None),
                    grids.cell(delay, cls="num quiet"),
                    grids.cell(formats.count(all_files["files"]), cls="num start"),
                    *_figures(all_files, zero=not all_files["files"]),
                )
            )
        )
    sums = (
        month.select(pl.col(*queries.COUNTS, "hidden").sum()),
        total.select(pl.col(queries.COUNTS).sum()),
    )
    here, all_files = (frame.row(0, named=True) for frame in sums)
    files = formats.count(int(total["files"].sum()))
    return [
        *rows,
        grids.row(
            (
                grids.row_head(t("quality.sum")),
                grids.cell(""),
                *_figures(here, zero=False),
                grids.cell("", cls="num"),
                grids.cell(files, cls="num start"),
                *_figures(all_files, zero=False),
            ),
            cls="sum",
        ),
    ]


def _accounts_heads(view: View) -> list[Markup]:
    titles = [(t(f"quality.{name}"), "num") for name in FIGURES]
    over = grids.over_row(
        ("", 2, "over"),
        (f"{accounted_name(view)}　{formats.month(view.month)}", 5, "over"),
        (t("quality.total_group"), 5, "over start"),
    )
    below = grids.head(
        t("quality.source"),
        t("quality.grade"),
        *titles,
        (t("quality.delay"), "num"),
        (t("quality.files"), "num start"),
        *titles,
    )
    return [over, below]


@block
def accounts_panel(view: View) -> None:
    """Draw where every row went, by source: the month in the area, and all files."""
    month = queries.month_accounts(
        view.scan("data_quality"), counties=counties_of(view), month=view.month
    )
    total = queries.file_accounts(view.marts.snapshot.manifest.inputs)
    with panel("accounts", title=t("quality.accounts"), note=t("quality.accounts_note")):
        cells = queries.latest_cells(
            view.scan("data_quality"), counties=counties_of(view), until=view.month
        ).filter(pl.col("county_code") != queries.UNNAMED)
        grades = queries.source_grades(cells, thresholds=view.settings.quality_grades)
        rows = _accounts_rows(month, total, grades)
        draw(grids.grid(_accounts_heads(view), rows, label=t("quality.accounts")))
        if month["hidden"].sum():
            draw(span(t("quality.hidden"), cls="note"))


@block
def templates_panel() -> None:
    """Offer the workbooks that counties fill in; each is made when it is asked for."""
    with (
        panel("templates", title=t("quality.templates"), note=t("quality.templates_note")),
        st.container(key="template-buttons", horizontal=True, gap="small"),
    ):
        for source in SOURCE_IDS:
            st.download_button(
                source_name(source),
                data=partial(template_bytes, source),
                file_name=template_name(source),
                mime=WORKBOOK,
                on_click="ignore",
                key=f"template-{source}",
            )
