"""What the topic pages show of an indicator: values, reference, target, series, words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from dashboard import formats, freshness
from dashboard.messages import t
from dashboard.places import Place
from dashboard.queries import measures
from dashboard.reading.targets import target_in_force, targets_of
from dashboard.reading.week import week_of
from dashboard.remembering import remembered
from dashboard.view import View
from pipeline.catalog import Indicator

# How the name of a whole province ends; a sum of some cities has another end.
PROVINCES = {"省": "topic.whole_province", "区": "topic.whole_region", "市": "topic.whole_city"}


def is_flow(indicator: Indicator) -> bool:
    """Say whether the indicator sums over time; flows are shown as the year so far."""
    return indicator.kind == "flow"


def shown_month(view: View, indicator: Indicator, place: Place | None = None) -> dt.date:
    """Return the month up to which a flow is shown; townships have some by quarter alone."""
    is_below = place is not None and place.level == "township"
    by_quarter = is_below and view.catalogue.is_by_quarter(indicator)
    return view.quarter_month if by_quarter else view.final_month


def period_words(view: View, indicator: Indicator, place: Place | None = None) -> str:
    """Say of which time the shown values speak, those of `place` if that makes a difference."""
    if is_flow(indicator):
        last = shown_month(view, indicator, place)
        return formats.months(last.replace(month=1), last)
    return t("topic.as_of", day=formats.day(view.data_date))


def values_of(view: View, indicator: Indicator, codes: Sequence[str]) -> pl.DataFrame:
    """Return an indicator of some areas: flows for the year so far, stocks at the month's end."""
    return _with_reason(view.at_large, indicator, _values_of(view.at_large, indicator, codes))


def _with_reason(view: View, indicator: Indicator, found: pl.DataFrame) -> pl.DataFrame:
    """Tell apart what is missing since nobody sent it and since all of it was refused."""
    if not freshness.any_refused(view):
        return found
    pairs = found.select("area_code", "status").iter_rows()
    told = [freshness.status_of(view, indicator, code, status) for code, status in pairs]
    return found.with_columns(status=pl.Series(told, dtype=pl.String))


@remembered
def _values_of(view: View, indicator: Indicator, codes: Sequence[str]) -> pl.DataFrame:
    if not is_flow(indicator):
        return measures.values_in_month(
            view.scan("indicator_monthly"), indicator_id=indicator.id, areas=codes, month=view.month
        )
    until = {code: shown_month(view, indicator, view.places.get(code)) for code in codes}
    months = {*until.values()} or {view.final_month}
    if len(months) == 1:
        return year_to(view, indicator, codes, month=months.pop())
    parts = [
        year_to(view, indicator, [c for c in codes if until[c] == month], month=month)
        for month in months
    ]
    order = pl.DataFrame({"area_code": list(codes)}, schema={"area_code": pl.String})
    return order.join(pl.concat(parts), on="area_code", how="left", maintain_order="left")


def year_to(
    view: View, indicator: Indicator, codes: Sequence[str], *, month: dt.date
) -> pl.DataFrame:
    """Return a flow indicator of some areas for the year up to a month."""
    return measures.values_to_date(
        view.scan("indicator_to_date"), indicator_id=indicator.id, areas=codes, month=month
    )


def reference_of(
    view: View, indicator: Indicator, place: Place | None, *, beside: Place | None = None
) -> float | None:
    """Return the value that areas are compared with, of the same time as that of `beside`."""
    if place is None:
        return None
    found = values_of(view, indicator, [place.code])
    if is_flow(indicator):
        month = shown_month(view, indicator, beside)
        found = year_to(view, indicator, [place.code], month=month)
    value = found["value"][0]
    return None if value is None else float(value)


def target_of(view: View, indicator: Indicator, place: Place) -> float | None:
    """Return the target in force for an area."""
    return target_and_day(view, indicator, place)[0]


def target_and_day(
    view: View, indicator: Indicator, place: Place
) -> tuple[float | None, dt.date | None]:
    """Return the target in force for an area and the day it is due; a declared one has no day."""
    return target_in_force(targets_of(view), indicator, places=view.places, code=place.code)


def reference_words(place: Place | None) -> str:
    """Name what areas are compared with: 全市, 全县, 全省, or the group's own name."""
    if place is None:
        return ""
    words = {"city": "topic.whole_city", "county": "topic.whole_county"}
    if place.level == "group":
        words["group"] = PROVINCES.get(place.name[-1], "")
    return t(words[place.level]) if words.get(place.level) else place.name


def labelled(
    view: View, indicator: Indicator, places: Sequence[Place], *, reference: Place | None
) -> pl.DataFrame:
    """Return the values of some areas with all that charts print; marks compare with a whole.

    `short_name` is for where there is little room; hovers, tables and files have the full name.
    """
    return _labelled(view.at_large, indicator, places, reference)


@remembered
def _labelled(
    view: View, indicator: Indicator, places: Sequence[Place], reference: Place | None
) -> pl.DataFrame:
    values = values_of(view, indicator, [place.code for place in places])
    week, whole = week_of(view), reference.code if reference else None
    short = view.places.short_names(places)
    found = measures.labelled(
        values,
        names={place.code: place.name for place in places},
        indicator=indicator,
        marks={p.code: week.claimed(indicator.id, p.code, whole) for p in places},
    )
    names = pl.col("area_code").replace_strict(short, default=None, return_dtype=pl.String)
    return found.with_columns(short_name=names)


def place_for(view: View, indicator: Indicator) -> Place:
    """Return the area itself, or the county above it where months of the indicator go no lower."""
    is_below = view.area.level == "township" and view.catalogue.is_by_quarter(indicator)
    has_months = indicator.reaches(view.area.level) and not is_below
    return view.area if has_months or view.county is None else view.county


def headline_place(view: View, indicator: Indicator) -> Place:
    """Return the area whose single value is shown: a township too that has quarters alone."""
    return view.area if view.area in towns_of(view, indicator) else place_for(view, indicator)


def towns_of(view: View, indicator: Indicator) -> tuple[Place, ...]:
    """Return the townships of the county that have the indicator; without any figures none."""
    if view.county is None or not indicator.reaches("township"):
        return ()
    towns = tuple(p for p in view.places.children(view.county.code) if p.level == "township")
    if not towns or not view.catalogue.is_by_quarter(indicator):
        return towns
    return _if_known(view.at_large, indicator, towns)


@remembered
def _if_known(view: View, indicator: Indicator, towns: tuple[Place, ...]) -> tuple[Place, ...]:
    found = values_of(view, indicator, [town.code for town in towns])
    return towns if (~found["status"].is_in(freshness.ABSENT)).any() else ()


def series_of(view: View, indicator: Indicator, place: Place) -> pl.DataFrame:
    """Return an indicator of one area over time: flows by month, stocks by meeting week."""
    return measures.series(_asked(view, indicator), place.code)


def marked_series_of(view: View, indicator: Indicator, place: Place) -> pl.DataFrame:
    """Return the same with the limits and signals of its process chart."""
    return measures.marked_series(_asked(view, indicator), place.code, indicator=indicator)


def _asked(view: View, indicator: Indicator) -> measures.Asked:
    if is_flow(indicator):
        monthly = view.scan("indicator_monthly")
        return measures.Asked(monthly, "month", indicator.id, view.month, measures.MONTHS)
    weekly = view.scan("indicator_weekly")
    return measures.Asked(weekly, "week_ending", indicator.id, view.data_date, measures.WEEKS)


def up_to_day(view: View, indicator: Indicator, weeks: pl.DataFrame, *, area: str) -> pl.DataFrame:
    """Let meeting weeks go on to the day of which map and cards speak, where that lies later."""
    now = measures.values_in_month(
        view.scan("indicator_monthly"), indicator_id=indicator.id, areas=[area], month=view.month
    ).drop_nulls("value")
    if weeks.is_empty() or weeks["period"][-1] >= view.data_date or now.is_empty():
        return weeks
    today = now.with_columns(period=pl.lit(view.data_date)).select(weeks.columns)
    return pl.concat([weeks, today])


def ranked_places(view: View, indicator: Indicator) -> tuple[Place, ...]:
    """Return what is ranked: townships below a county if the indicator reaches them, else peers."""
    return towns_of(view, indicator) or view.counties


def county_names(view: View) -> pl.LazyFrame:
    """Return area_code, area_name of every county the viewer may see."""
    counties = [(p.code, p.name) for p in view.places.by_code.values() if p.level == "county"]
    schema = {"area_code": pl.String, "area_name": pl.String}
    return pl.LazyFrame(counties, schema=schema, orient="row")
