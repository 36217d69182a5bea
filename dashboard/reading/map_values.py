"""What a map shows in one month, and how two months of it differ."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from dashboard import formats
from dashboard.messages import t
from dashboard.places import Place
from dashboard.queries import measures, two_dates
from dashboard.reading.measured import is_registry
from dashboard.reading.topics import is_flow, labelled
from dashboard.remembering import remembered
from dashboard.view import View
from pipeline.catalog import Indicator
from pipeline.methods.periods import last_quarter_month


def is_unsettled(view: View, month: dt.date) -> bool:
    """Say whether claims of a month are still arriving; stocks are settled at once."""
    return is_flow(view.indicator) and month in view.provisional_months


def period_words(view: View, month: dt.date, *, below_county: bool = False) -> str:
    """Say of which time the map's values speak: the year up to a month, or a month's end."""
    if below_county and view.catalogue.is_by_quarter(view.indicator):
        month = last_quarter_month(month)
    if not is_flow(view.indicator):
        is_now = month == view.month
        return t("topic.as_of", day=formats.day(view.data_date)) if is_now else formats.month(month)
    words = formats.months(month.replace(month=1), month)
    return words + t("map.provisional") if is_unsettled(view, month) else words


def date_words(view: View, month: dt.date) -> str:
    """Name a date of two, short enough to stand beside the other."""
    return formats.month(month) if not is_flow(view.indicator) else period_words(view, month)


@remembered
def values_at(view: View, places: Sequence[Place], month: dt.date) -> pl.DataFrame:
    """Return the map's values of a month with all that is printed, as if the page stood there.

    Marks are those of that month's tests; months still arriving have none.
    """
    indicator = view.indicator
    is_below = bool(places) and places[0].level == "township"
    if not is_unsettled(view, month):
        then = view if month == view.shown_month() else replace(view, month=month)
        above = view.county if is_below else view.reference
        return labelled(then, indicator, places, reference=above)
    if is_below and view.catalogue.is_by_quarter(indicator):
        month = last_quarter_month(month)
    values = measures.values_to_date(
        view.scan("indicator_to_date"),
        indicator_id=indicator.id,
        areas=[place.code for place in places],
        month=month,
    )
    names = {place.code: place.name for place in places}
    return measures.labelled(values, names=names, indicator=indicator, marks={})


def is_alike(view: View, earlier: dt.date, later: dt.date) -> bool:
    """Say whether the two periods are equally long: months of a year so far have to agree."""
    return not is_flow(view.indicator) or earlier.month == later.month


def is_tested(view: View, earlier: dt.date, later: dt.date) -> bool:
    """Say whether chance can be told from change; registries and ledgers are counted."""
    indicator = view.indicator
    is_share = indicator.form == "proportion" and not is_registry(indicator)
    return (is_share or is_money_flow(indicator)) and is_alike(view, earlier, later)


def is_money_flow(indicator: Indicator) -> bool:
    """Say whether months of money make the share: what they vary by is then known."""
    return indicator.form == "money_share" and is_flow(indicator)


@remembered
def changes(
    view: View, places: Sequence[Place], *, earlier: dt.date, later: dt.date
) -> pl.DataFrame:
    """One row per area: both values with their counts, the change, what the gate says of it.

    Areas that changed most for the worse come first (without a polarity: that rose most); ties by
    code, areas without a value on one of the dates last.
    """
    indicator = view.indicator
    both = two_dates.side_by_side(values_at(view, places, earlier), values_at(view, places, later))
    tested = is_tested(view, earlier, later)
    if tested and is_money_flow(indicator):
        monthly = view.scan("indicator_monthly")
        judged = two_dates.judged_money(both, indicator=indicator, monthly=monthly, later=later)
    else:
        judged = two_dates.judged(both, indicator=indicator, is_tested=tested)
    falls_first = indicator.polarity == "higher_is_better"
    return judged.with_columns(
        change_label=pl.Series(
            [change_words(change, indicator) for change in judged["change"]], dtype=pl.String
        )
    ).sort(["change", "area_code"], descending=[not falls_first, False], nulls_last=True)


def change_words(change: float | None, indicator: Indicator) -> str:
    """Print a change in the indicator's unit, without it; rates in percentage points."""
    if change is None:
        return formats.DASH
    return formats.signed(formats.indicator_value(change, indicator))


def change_unit(indicator: Indicator) -> str:
    """Name the unit of a change: 个百分点 for rates in per cent, else the indicator's own."""
    return t("sides.points") if indicator.unit_zh == "%" else indicator.unit_zh
