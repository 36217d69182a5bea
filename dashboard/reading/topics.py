"""What the topic pages show of an indicator: values, reference, target, series, words."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from dashboard import formats
from dashboard.memory import remembered
from dashboard.messages import t
from dashboard.places import Place
from dashboard.queries import headline, measures
from dashboard.reading.week import week_of
from dashboard.view import View
from pipeline.catalog import Indicator


def is_flow(indicator: Indicator) -> bool:
    """Say whether the indicator sums over time; flows are shown as the year so far."""
    return indicator.kind == "flow"


def period_words(view: View, indicator: Indicator) -> str:
    """Say of which time the shown values speak."""
    if is_flow(indicator):
        last = view.final_month
        return formats.months(last.replace(month=1), last)
    return t("topic.as_of", day=formats.day(view.data_date))


@remembered
def values_of(view: View, indicator: Indicator, codes: Sequence[str]) -> pl.DataFrame:
    """Return an indicator of some areas: flows for the year so far, stocks at the month's end."""
    if is_flow(indicator):
        return year_to(view, indicator, codes, month=view.final_month)
    return measures.values_in_month(
        view.scan("indicator_monthly"), indicator_id=indicator.id, areas=codes, month=view.month
    )


@remembered
def year_to(
    view: View, indicator: Indicator, codes: Sequence[str], *, month: dt.date
) -> pl.DataFrame:
    """Return a flow indicator of some areas for the year up to a month."""
    return measures.values_to_date(
        view.scan("indicator_to_date"), indicator_id=indicator.id, areas=codes, month=month
    )


def reference_of(view: View, indicator: Indicator, place: Place | None) -> float | None:
    """Return the value that areas are compared with."""
    if place is None:
        return None
    value = values_of(view, indicator, [place.code])["value"][0]
    return None if value is None else float(value)


def target_of(view: View, indicator: Indicator, place: Place) -> float | None:
    """Return the target in force for an area: its own, else of an area above, else declared."""
    found = headline.targets_of(
        view.scan("targets"),
        indicators=[indicator],
        chain=[p.code for p in reversed(view.places.chain(place.code))],
        on=view.data_date,
    )
    return found[indicator.id][0] if indicator.id in found else None


def reference_words(place: Place | None) -> str:
    """Name what areas are compared with: 全市, 全县, or the group's own name."""
    if place is None:
        return ""
    words = {"city": "topic.whole_city", "county": "topic.whole_county"}
    return t(words[place.level]) if place.level in words else place.name


@remembered
def labelled(
    view: View, indicator: Indicator, places: Sequence[Place], *, reference: Place | None
) -> pl.DataFrame:
    """Return the values of some areas with all that charts print; marks compare with a whole."""
    values = values_of(view, indicator, [place.code for place in places])
    week, whole = week_of(view), reference.code if reference else None
    return measures.labelled(
        values,
        names={place.code: place.name for place in places},
        indicator=indicator,
        marks={p.code: week.claimed(indicator.id, p.code, whole) for p in places},
    )


def place_for(view: View, indicator: Indicator) -> Place:
    """Return the area itself, or the county above it where the indicator goes no lower."""
    if indicator.reaches(view.area.level) or view.county is None:
        return view.area
    return view.county


@remembered
def series_of(view: View, indicator: Indicator, place: Place) -> pl.DataFrame:
    """Return an indicator of one area over time: flows by month, stocks by meeting week."""
    if is_flow(indicator):
        return measures.monthly_series(
            view.scan("indicator_monthly"),
            indicator_id=indicator.id,
            area=place.code,
            until=view.month,
        )
    return measures.weekly_series(
        view.scan("indicator_weekly"),
        indicator_id=indicator.id,
        area=place.code,
        until=view.data_date,
    )


def ranked_places(view: View, indicator: Indicator) -> tuple[Place, ...]:
    """Return what is ranked: townships below a county if the indicator reaches them, else peers."""
    if view.county is not None and indicator.reaches("township"):
        towns = view.places.children(view.county.code)
        if towns:
            return towns
    return view.counties


def county_names(view: View) -> pl.LazyFrame:
    """Return area_code, area_name of every county the viewer may see."""
    counties = [(p.code, p.name) for p in view.places.by_code.values() if p.level == "county"]
    schema = {"area_code": pl.String, "area_name": pl.String}
    return pl.LazyFrame(counties, schema=schema, orient="row")
