"""Two dates side by side: two maps in the same classes, and the change of each county."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import polars as pl

from dashboard import boundaries, formats
from dashboard.blocks import block
from dashboard.charts.dumbbell import dumbbell_figure
from dashboard.charts.measure import Measure
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.look.columns import columns
from dashboard.messages import t
from dashboard.panels.shared.county_outlines import county_map_figure
from dashboard.panels.shared.map_months import ROW_HEIGHT, earlier_row, later_row
from dashboard.reading import map_values
from dashboard.reading.measured import is_registry
from dashboard.reading.topics import reference_words
from dashboard.selectors import navigate
from dashboard.view import View

WIDTH = 560
LEAST, MOST = 600, 900  # pixels of the row
ABOVE, SENTENCE = 84, 64  # pixels of a panel's title and edges, and of the sentence under changes
AXIS, PITCH = 64, 18  # pixels of the axis of changes, and the least of a county


def compare_row(view: View) -> None:
    """Draw the row of the comparison, where the link asks for one; a meeting has no room."""
    moments = view.moments
    if moments is None or moments.earlier is None or view.meeting:
        return
    wanted = ABOVE + SENTENCE + AXIS + PITCH * len(view.counties)
    height = min(max(LEAST, wanted), MOST)
    left, middle, right = columns(4, 4, 4)
    with left:
        _side(
            view, moments.earlier, _OneDate("earlier", partial(earlier_row, view, moments)), height
        )
    with middle:
        _side(view, moments.shown, _OneDate("later", partial(later_row, moments)), height)
    with right:
        changes_panel(view, moments.earlier, height=height, key="changes")


@dataclass(frozen=True)
class _OneDate:
    """One of the two maps: its key, and what draws the choice of its date."""

    key: str
    draw_choice: Callable[[], None]


@block
def _side(view: View, month: dt.date, side: _OneDate, height: int) -> None:
    """Draw the map of one of the two dates; both have the classes of the catalogue."""
    indicator = view.indicator
    title = t(f"sides.{side.key}", period=map_values.date_words(view, month))
    values = map_values.values_at(view, view.counties, month)
    hidden = t("map.star") if (values["status"] == "suppressed").any() else ""
    with panel(f"side-{side.key}", title=title, note=indicator.name_zh + hidden, height=height):
        side.draw_choice()
        if not boundaries.map_counties(view):
            state_message("map.no_polygon")
            return
        compared = reference_words(view.reference) if indicator.is_share else ""
        size = (WIDTH, height - ABOVE - ROW_HEIGHT)
        figure = county_map_figure(view, values, reference_zh=compared, size=size)
        alt = f"{t('map.alt', title=indicator.name_zh)}，{map_values.date_words(view, month)}"
        chart(figure, key=f"side-map-{side.key}", alt=alt, on_click=partial(_follow, view))


def _follow(view: View, code: str) -> None:
    if code != view.area.code:
        navigate(area=code)


@block
def changes_panel(view: View, earlier: dt.date, *, height: int, key: str) -> None:
    """Draw the two dates of each county on one line, and say what the gate says of them."""
    indicator, later = view.indicator, view.map_month
    names = (map_values.date_words(view, earlier), map_values.date_words(view, later))
    rows = map_values.changes(view, view.counties, earlier=earlier, later=later)
    twin = None if view.meeting else partial(_twin, view, rows, names)
    title = t("sides.title", name=indicator.short_zh)
    note = t("sides.note", earlier=names[0], later=names[1])
    with panel(key, title=title, note=note, height=height, twin=twin):
        room = height - ABOVE - SENTENCE
        shown = most_changed(rows, (room - AXIS) // PITCH)
        figure = dumbbell_figure(
            shown,
            Measure.of(indicator),
            names=names,
            change_zh=map_values.change_unit(indicator),
            selected=view.county.code if view.county else None,
            height=room,
        )
        alt = t("sides.alt", name=indicator.name_zh)
        chart(figure, key=f"{key}-figure", alt=alt, on_click=partial(_follow, view))
        said = sentence(view, rows, earlier=earlier, later=later)
        if shown.height < rows.height:
            said += t("sides.most", n=shown.height)
        notice(said, cls="note")


def most_changed(rows: pl.DataFrame, count: int) -> pl.DataFrame:
    """Keep the areas that changed most where there is no room for all, in their order."""
    if rows.height <= count:
        return rows
    largest = rows.select("area_code", size=pl.col("change").abs()).sort(
        ["size", "area_code"], descending=[True, False], nulls_last=True
    )
    return rows.filter(pl.col("area_code").is_in(largest["area_code"].head(count).to_list()))


def sentence(view: View, rows: pl.DataFrame, *, earlier: dt.date, later: dt.date) -> str:
    """Say how many counties changed, or why nothing is said of it."""
    if not map_values.is_alike(view, earlier, later):
        return t("sides.unlike")
    if is_registry(view.indicator):
        return t("sides.counted")
    if not map_values.is_tested(view, earlier, later):
        return t("sides.untested")
    counts = {mark: rows.filter(pl.col("mark") == mark).height for mark in ("worse", "better")}
    if not any(counts.values()):
        return t("sides.quiet")
    parts = [t(f"sides.{mark}", n=n) for mark, n in counts.items() if n]
    claimed = sum(counts.values())
    rest = t("sides.rest") if claimed < rows.height else ""
    return t("sides.tested", n=claimed, parts="，".join(parts)) + rest


def _printed(side: str) -> pl.Expr:
    hidden = pl.col(f"{side}_status") == "suppressed"
    return pl.when(hidden).then(pl.lit(formats.SUPPRESSED)).otherwise(f"{side}_label")


def _twin(view: View, rows: pl.DataFrame, names: tuple[str, str]) -> None:
    indicator = view.indicator
    verdicts = {"better": t("verdict.improved"), "worse": t("verdict.worsened")}
    plain = {"similar": t("verdict.normal"), "none": t("verdict.not_judged")}
    shown = rows.with_columns(
        earlier=_printed("earlier"),
        later=_printed("later"),
        # A leading plus is a formula to a spreadsheet.
        printed_change=pl.col("change_label").str.strip_prefix("+"),
        verdict=pl.col("mark").replace_strict(verdicts | plain, return_dtype=pl.String),
    )
    unit = indicator.unit_zh
    counts = {
        f"{side}_{part}": t("sides.of", period=name, part=t(f"table.{part}"))
        for side, name in zip(("earlier", "later"), names, strict=True)
        for part in ("numerator", "denominator")
    }
    table_twin(
        shown,
        key="changes",
        name_zh=t("sides.file", name=indicator.name_zh, earlier=names[0], later=names[1]),
        columns={
            "area_code": t("table.area_code"),
            "area_name": t("table.area"),
            "earlier": t("sides.value", period=names[0], unit=unit),
            "later": t("sides.value", period=names[1], unit=unit),
            "printed_change": t("sides.change", unit=map_values.change_unit(indicator)),
            "verdict": t("sides.verdict"),
            **counts,
        },
    )
