"""The panels of the page on data quality: matrix, accounts of rows, reasons, files."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial
from typing import Any

import polars as pl

from dashboard import formats, grids
from dashboard.components import draw, panel, state_message
from dashboard.markup import Markup, span
from dashboard.messages import t
from dashboard.queries import quality as queries
from dashboard.reference_frame import csv_button
from dashboard.view import View
from pipeline.catalog.sources import SOURCE_IDS, sources
from pipeline.wording import reason_kind, reason_zh

# More counties than this stand as rows, not as columns.
MOST_COLUMNS = 16


def source_name(source: str) -> str:
    """Return the name of a source."""
    return sources()[source].name_zh


def counties_of(view: View) -> list[str]:
    """Return the counties the area stands for; above the county also rows that name none."""
    if view.county is not None:
        return [view.county.code]
    return [*(county.code for county in view.counties), queries.UNNAMED]


def claim(view: View) -> str:
    """Say how many rows of all files were read and what became of them."""
    inputs = view.marts.snapshot.manifest.inputs
    read, accepted, rejected, duplicates = (
        sum(getattr(entry, name) for entry in inputs) for name in queries.COUNTS
    )
    text = t(
        "quality.claim",
        read=read,
        accepted=formats.rate(accepted / read if read else None, decimals=2),
        rejected=rejected,
        duplicates=duplicates,
    )
    refused = sum(entry.refusal is not None for entry in inputs)
    return text + (t("quality.claim_refused", n=refused) if refused else "")


def _grade(cell: dict[str, Any]) -> str:
    return "missing" if cell["expected"] and not cell["received"] else str(cell["grade"])


def _title(cell: dict[str, Any], county: str) -> str:
    text = t(
        "quality.cell",
        source=source_name(cell["source"]),
        county=county,
        month=formats.month(cell["month"]),
        read=cell["rows_read"],
        accepted=cell["accepted"],
        rejected=cell["rejected"],
        duplicates=cell["duplicates"],
    )
    if cell["expected"] is not None:
        text += t("quality.cell_expected", expected=cell["expected"], received=cell["received"])
    if cell["delay_days"]:
        late = cell["expected"] is not None
        text += t("quality.cell_late" if late else "quality.cell_age", days=cell["delay_days"])
    return text


def _when(month: dt.date, shown: dt.date) -> str:
    """Name the month of an extract; the year only where it is another than the page's."""
    return f"{month.month}月" if month.year == shown.year else f"{month:%y}年{month.month}月"


def _matrix_cell(cell: dict[str, Any] | None, county: str, shown: dt.date) -> Markup:
    if cell is None:
        return grids.cell(formats.DASH, cls="grade-none")
    if cell["county_code"] == queries.UNNAMED:  # refused rows alone would always grade badly
        count = t("quality.rows_n", n=cell["rows_read"])
        when = span(_when(cell["month"], shown), cls="sub")
        return grids.cell(count, when, cls="grade-none", title=_title(cell, county))
    grade = _grade(cell)
    reports = f"{cell['received']}／{cell['expected']}"
    parts = reports if cell["expected"] is not None else _when(cell["month"], shown)
    return grids.cell(
        t(f"quality.grade.{grade}"),
        span(parts, cls="sub"),
        cls=f"grade-{grade}",
        title=_title(cell, county),
    )


def _named(view: View, cells: pl.DataFrame) -> list[tuple[str, str]]:
    shown = [(county.code, county.name) for county in view.counties]
    if queries.UNNAMED in cells["county_code"]:
        shown.append((queries.UNNAMED, t("quality.unnamed")))
    return shown


def _matrix(view: View, cells: pl.DataFrame) -> tuple[list[Markup], list[Markup], bool]:
    """Return header and rows; many counties stand as rows."""
    found = {(c["source"], c["county_code"]): c for c in cells.iter_rows(named=True)}
    counties = _named(view, cells)
    here = view.county.code if view.county else None

    def cell(source: str, county: tuple[str, str]) -> Markup:
        return _matrix_cell(found.get((source, county[0])), county[1], view.month)

    if len(counties) > MOST_COLUMNS:
        heads = [grids.head(t("quality.county"), *(source_name(s) for s in SOURCE_IDS))]
        rows = [
            grids.row((grids.row_head(c[1]), *(cell(s, c) for s in SOURCE_IDS))) for c in counties
        ]
        return heads, rows, True
    titles = [(name, "here" if code == here else "") for code, name in counties]
    heads = [grids.head(t("quality.source"), *titles)]
    rows = [
        grids.row((grids.row_head(source_name(s)), *(cell(s, c) for c in counties)))
        for s in SOURCE_IDS
    ]
    return heads, rows, False


def matrix_panel(view: View) -> None:
    """Draw the grade of the latest report of every source and county of the city."""
    counties = [*(county.code for county in view.counties), queries.UNNAMED]
    cells = queries.latest_cells(view.scan("data_quality"), counties=counties, until=view.month)
    names = {county.code: county.name for county in view.counties}
    button = partial(
        csv_button, view, partial(matrix_file, names, cells), key="cells", name_zh=t("quality.csv")
    )
    with panel(
        "matrix",
        title=t("quality.matrix"),
        note=t("quality.matrix_note", month=formats.month(view.month)),
        twin=None if view.meeting else button,
    ):
        if cells.is_empty():
            state_message("state.no_rows")
            return
        heads, rows, is_tall = _matrix(view, cells)
        cls = "matrix tall" if is_tall else "matrix"
        draw(grids.grid(heads, rows, label=t("quality.matrix"), cls=cls))
        grades = view.settings.quality_grades
        shown = {name: f"{share * 100:g}" for name, share in grades.items()}
        draw(span(t("quality.legend", **shown), cls="note"))


def matrix_file(names: Mapping[str, str], cells: pl.DataFrame) -> pl.DataFrame:
    """Return the matrix as it leaves: one row per source and county."""
    names = {**names, queries.UNNAMED: t("quality.unnamed")}
    return pl.DataFrame(
        [
            {
                t("quality.source"): source_name(cell["source"]),
                t("quality.county"): names.get(cell["county_code"], cell["county_code"]),
                t("pick.month"): formats.month(cell["month"]),
                t("quality.state"): t(f"quality.grade.{_grade(cell)}"),
                **{t(f"quality.{name}"): cell[column] for name, column in FIGURES.items()},
                t("quality.delay_days"): cell["delay_days"],
            }
            for cell in cells.iter_rows(named=True)
        ],
        infer_schema_length=None,
    )


FIGURES = {
    "read": "rows_read",
    "accepted": "accepted",
    "rejected": "rejected",
    "duplicates": "duplicates",
}


def _figures(row: dict[str, Any], *, zero: bool) -> list[Markup]:
    """Print the four counts of a row; `zero` prints what is absent as a dash."""
    return [
        grids.cell(formats.DASH if zero else formats.count(row[column]), cls="num")
        for column in FIGURES.values()
    ]


def _delay(row: dict[str, Any]) -> str:
    """Say how late the latest due report is, or how old the newest extract of a register."""
    if row["is_due"] is None:
        return formats.DASH
    days = row["delay_days"]
    if row["is_due"]:
        return t("quality.late", n=days) if days else t("quality.on_time")
    return t("quality.age", n=days) if days else t("quality.today")


def _accounts_rows(month: pl.DataFrame, total: pl.DataFrame) -> list[Markup]:
    rows = []
    both = zip(month.iter_rows(named=True), total.iter_rows(named=True), strict=True)
    for here, all_files in both:
        delay = _delay(here)
        rows.append(
            grids.row(
                (
                    grids.row_head(source_name(here["source"])),
                    *_figures(here, zero=here["rows_read"] is None),
                    grids.cell(delay, cls="num quiet"),
                    grids.cell(formats.count(all_files["files"]), cls="num start"),
                    *_figures(all_files, zero=not all_files["files"]),
                )
            )
        )
    sums = (month.select(pl.col(queries.COUNTS).sum()), total.select(pl.col(queries.COUNTS).sum()))
    here, all_files = (frame.row(0, named=True) for frame in sums)
    files = formats.count(int(total["files"].sum()))
    return [
        *rows,
        grids.row(
            (
                grids.row_head(t("quality.sum")),
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
        ("", 1, "over"),
        (f"{view.area.name}　{formats.month(view.month)}", 5, "over"),
        (t("quality.total_group"), 5, "over start"),
    )
    below = grids.head(
        t("quality.source"),
        *titles,
        (t("quality.delay"), "num"),
        (t("quality.files"), "num start"),
        *titles,
    )
    return [over, below]


def accounts_panel(view: View) -> None:
    """Draw where every row went, by source: the month in the area, and all files."""
    month = queries.month_accounts(
        view.scan("data_quality"), counties=counties_of(view), month=view.month
    )
    total = queries.file_accounts(view.marts.snapshot.manifest.inputs)
    with panel("accounts", title=t("quality.accounts"), note=t("quality.accounts_note")):
        rows = _accounts_rows(month, total)
        draw(grids.grid(_accounts_heads(view), rows, label=t("quality.accounts")))


def reasons_panel(view: View) -> None:
    """Draw why rows were not taken, the most frequent reason first."""
    found = queries.reasons(view.scan("data_quality"), counties=counties_of(view), until=view.month)
    note = ""
    if found.height:
        first, last = found.select(pl.col("first").min(), pl.col("last").max()).row(0)
        note = t("quality.reasons_note", name=view.area.name, period=formats.months(first, last))
    with panel("reasons", title=t("quality.reasons"), note=note):
        if found.is_empty():
            state_message("quality.no_reasons")
            return
        heads = [
            grids.head(
                t("quality.reason"),
                t("quality.reason_kind"),
                t("quality.reason_sources"),
                (t("quality.rows"), "num"),
            )
        ]
        rows = [_reason_row(reason) for reason in found.iter_rows(named=True)]
        draw(grids.grid(heads, rows, label=t("quality.reasons"), cls="files"))


def _reason_row(reason: dict[str, Any]) -> Markup:
    sentence = reason_zh(reason["code"])
    return grids.row(
        (
            grids.cell(f"{sentence}。" if sentence else t("quality.reason_unknown")),
            grids.cell(t(f"quality.kind.{reason_kind(reason['code'])}"), cls="line quiet"),
            grids.cell("、".join(source_name(s) for s in reason["sources"]), cls="quiet"),
            grids.cell(formats.count(reason["rows"]), cls="num strong"),
        )
    )


__all__ = ["accounts_panel", "claim", "matrix_panel", "reasons_panel"]
