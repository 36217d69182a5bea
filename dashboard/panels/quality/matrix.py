"""The matrix of sources and counties: the grade of the latest report of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import draw, panel, state_message
from dashboard.look import grids
from dashboard.look.markup import Markup, span
from dashboard.messages import t
from dashboard.panels.shared.reference_frame import csv_button, source_name
from dashboard.queries import quality as queries
from dashboard.view import View
from pipeline.catalog.sources import SOURCE_IDS

# More counties than this stand as rows, not as columns.
MOST_COLUMNS = 16
MEETING_HEIGHT = 690  # pixels of the matrix where the page is one screen
MEETING_ROWS, LEAST_ROWS = 9, 5  # lines that it has room for; counties, each below its city
GRADES = ("A", "B", "C", "D", "refused", "missing")  # from nothing to mend to most
Cells = Mapping[tuple[str, str], dict[str, Any]]
FIGURES = {
    "read": "rows_read",
    "accepted": "accepted",
    "rejected": "rejected",
    "duplicates": "duplicates",
}


def _grade(cell: dict[str, Any]) -> str:
    """Return how good a report is; what came in vain and what did not come have words of theirs.

    Rows that name no county are none of them: they are refused whatever they say.
    """
    if cell["rejected"] and cell["accepted"] == 0 and cell["county_code"] != queries.UNNAMED:
        return "refused"
    return "missing" if cell["expected"] and not cell["received"] else str(cell["grade"])


def _title(cell: dict[str, Any], county: str) -> str:
    text = t(
        "quality.cell",
        source=source_name(cell["source"]),
        county=county,
        month=formats.month(cell["month"]),
        read=_printed(cell["rows_read"]),
        accepted=_printed(cell["accepted"]),
        rejected=cell["rejected"],
        duplicates=cell["duplicates"],
    )
    if cell["expected"] is not None:
        text += t("quality.cell_expected", expected=cell["expected"], received=cell["received"])
    if cell["delay_days"]:
        late = cell["expected"] is not None
        text += t("quality.cell_late" if late else "quality.cell_age", days=cell["delay_days"])
    return text


def _printed(count: int | None) -> str:
    return formats.SUPPRESSED if count is None else formats.count(count)


def _when(month: dt.date, shown: dt.date) -> str:
    """Name the month of an extract, or its year where it is another than the page's."""
    same_year = month.year == shown.year
    return t("quality.month", n=month.month) if same_year else t("quality.year", n=month.year)


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
    """Return the counties by code, the page's own first; rows that name none come last."""
    own = view.county.code if view.county else None
    counties = sorted(view.counties, key=lambda county: county.code != own)
    shown = [(county.code, view.places.short_name(county)) for county in counties]
    if queries.UNNAMED in cells["county_code"]:
        shown.append((queries.UNNAMED, t("quality.unnamed")))
    return shown


def _faults(found: Cells, code: str) -> int:
    """Return how much a county has to mend; zero where every source has the best grade."""
    grades = (_grade(found[s, code]) for s in SOURCE_IDS if (s, code) in found)
    return sum(GRADES.index(grade) for grade in grades)


def _listed(
    view: View, found: Cells, counties: list[tuple[str, str]]
) -> tuple[list[tuple[str, str]], str]:
    """Return the counties that stand as rows, and what to say of the others.

    A meeting's screen cannot be scrolled: it has the page's own county, those with most to mend,
    then others.
    """
    if not view.meeting:
        return counties, t("quality.scroll", n=len(view.counties))
    named = [county for county in counties if county[0] != queries.UNNAMED]
    faulty = [county for county in named if _faults(found, county[0])]
    cities = {view.places.city_of(code) for code, _ in named}
    room = max(MEETING_ROWS - len(cities), LEAST_ROWS)
    own = view.county.code if view.county else None
    by_need = sorted(named, key=lambda county: (county[0] != own, -_faults(found, county[0])))
    kept = [county for county in named if county in by_need[:room]]
    numbers = {"n": len(named), "bad": len(faulty), "fine": len(named) - len(faulty)}
    return kept, t("quality.meeting_rows", shown=len(kept), **numbers)


def _county_rows(
    view: View, counties: list[tuple[str, str]], cell: Callable[[str, tuple[str, str]], Markup]
) -> list[Markup]:
    """Build one row per county, under the name of its city."""
    rows, city = [], None
    for county in counties:
        above = view.places.city_of(county[0])
        if above is not None and above != city:
            rows.append(grids.group_row(above.name, columns=1 + len(SOURCE_IDS)))
            city = above
        cells = (cell(source, county) for source in SOURCE_IDS)
        is_here = view.county is not None and county[0] == view.county.code
        rows.append(grids.row((grids.row_head(county[1]), *cells), cls="here" if is_here else ""))
    return rows


def _matrix(view: View, cells: pl.DataFrame) -> tuple[list[Markup], list[Markup], str]:
    """Return header, rows, and of many counties, which stand as rows, what is not in sight."""
    found = {(c["source"], c["county_code"]): c for c in cells.iter_rows(named=True)}
    counties = _named(view, cells)
    here = view.county.code if view.county else None

    def cell(source: str, county: tuple[str, str]) -> Markup:
        return _matrix_cell(found.get((source, county[0])), county[1], view.month)

    if len(counties) > MOST_COLUMNS:
        heads = [grids.head(t("quality.county"), *(source_name(s) for s in SOURCE_IDS))]
        listed, rest = _listed(view, found, counties)
        return heads, _county_rows(view, listed, cell), rest
    titles = [(name, "here" if code == here else "") for code, name in counties]
    heads = [grids.head(t("quality.source"), *titles)]
    rows = [
        grids.row((grids.row_head(source_name(s)), *(cell(s, c) for c in counties)))
        for s in SOURCE_IDS
    ]
    return heads, rows, ""


@block
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
        height=MEETING_HEIGHT if view.meeting else "stretch",
        button=None if view.meeting else button,
    ):
        if cells.is_empty():
            state_message("state.no_rows")
            return
        heads, rows, rest = _matrix(view, cells)
        cls = "matrix tall" if rest else "matrix"
        cls += " meeting" if view.meeting else ""
        draw(grids.grid(heads, rows, label=t("quality.matrix"), cls=cls))
        grades = view.settings.quality_grades
        shown = {name: f"{share * 100:g}" for name, share in grades.items()}
        if rest:
            draw(span(rest, cls="note"), taken_along=view.meeting)
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
                **{t(f"quality.{name}"): _printed(cell[c]) for name, c in FIGURES.items()},
                t("quality.delay_days"): cell["delay_days"],
            }
            for cell in cells.iter_rows(named=True)
        ],
        infer_schema_length=None,
    )
