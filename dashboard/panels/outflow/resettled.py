"""Outflow with and without residents who live elsewhere for long: the two values, by county."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from dashboard import formats, freshness
from dashboard.blocks import block
from dashboard.charts.measure import Measure
from dashboard.charts.standardised import standardised_figure
from dashboard.charts.trend import Comparison, trend_figure
from dashboard.components import chart, draw, notice, panel, state_message, table_twin
from dashboard.look.markup import div, span
from dashboard.messages import t
from dashboard.places import Place
from dashboard.reading import topics
from dashboard.remembering import remembered
from dashboard.view import View
from pipeline.catalog import Indicator

WITH = "out_of_county_inpatient_rate"
WITHOUT = "out_of_county_rate_without_resettled"
TREND = 430  # pixels, in which months can be read
ABOVE, AXIS, SENTENCES = 124, 80, 108  # pixels of title and values, of axis, of three lines
NAMED = 10  # counties in a sentence; more stand in the table
UNTOLD = frozenset({"missing", "not_applicable"})  # the extract does not say who is resettled


def _column(values: Sequence[str]) -> pl.Series:
    return pl.Series(list(values), dtype=pl.String)


def _printed(values: pl.DataFrame) -> pl.Series:
    return _column(
        [
            formats.SUPPRESSED if status == "suppressed" else formats.rate(value)
            for value, status in values.select("value", "status").iter_rows()
        ]
    )


def _pairs(view: View, without: Indicator, places: Sequence[Place]) -> pl.DataFrame:
    """One row per place: both shares, the interval of the one without, printed values."""
    return _pairs_of(view.at_large, without, places)


@remembered
def _pairs_of(view: View, without: Indicator, places: Sequence[Place]) -> pl.DataFrame:
    codes = [place.code for place in places]
    names = {place.code: place.name for place in places}
    short = view.places.short_names(places)
    every = topics.values_of(view, view.catalogue.indicators[WITH], codes)
    fewer = topics.values_of(view, without, codes)
    return fewer.select(
        "area_code",
        "value",
        "lower",
        "upper",
        "status",
        "numerator",
        "denominator",
        area_name=pl.col("area_code").replace_strict(names, return_dtype=pl.String),
        short_name=pl.col("area_code").replace_strict(short, return_dtype=pl.String),
        crude=every["value"],
        crude_zh=_printed(every),
        value_zh=_printed(fewer),
    )


@dataclass(frozen=True, kw_only=True)
class _Whole:
    """The two values of the area itself; they are comparable only where every county tells."""

    place: Place
    every: float | None
    fewer: float | None

    @property
    def words(self) -> str:
        """Print the pair and how far it lies apart; nothing where one is unknown."""
        if self.every is None or self.fewer is None:
            return ""
        return t(
            "resettled.pair",
            area=self.place.name,
            all=formats.percent(self.every),
            fewer=formats.percent(self.fewer),
            points=formats.rounded(100 * abs(self.fewer - self.every), 1),
        )


def _whole(view: View, without: Indicator) -> _Whole:
    """Return the values of the area; of its city where the area's own may not be told."""
    place = topics.place_for(view, without)
    own = _values(view, without, place)
    if own.words or view.reference is None or view.reference == place:
        return own
    return _values(view, without, view.reference)


def _values(view: View, without: Indicator, place: Place) -> _Whole:
    every, fewer = (
        topics.values_of(view, indicator, [place.code]).row(0, named=True)
        for indicator in (view.catalogue.indicators[WITH], without)
    )
    # A sum of those counties alone that tell is not of the same people as the sum of all.
    is_whole = fewer["status"] == "final"
    return _Whole(place=place, every=every["value"], fewer=fewer["value"] if is_whole else None)


def _known(view: View, without: Indicator) -> pl.DataFrame:
    """Return the counties of which both values may be told."""
    return _pairs(view, without, view.counties).drop_nulls(["crude", "value"])


def resettled_height(view: View, *, least: int) -> int:
    """Return the panel's height in which every county is seen; less where none is drawn."""
    without = view.catalogue.indicators.get(WITHOUT)
    if without is None:
        return least
    known = _known(view, without).height
    if known:
        return max(least, ABOVE + AXIS + SENTENCES + 34 * known)
    return max(least, TREND) if _whole(view, without).words else least


@block
def resettled_panel(view: View, *, height: int) -> None:
    """Draw both shares by county, or over time where no county's may be told."""
    title = t("resettled.title")
    without = view.catalogue.indicators.get(WITHOUT)
    if not freshness.was_sent(view, "settlements"):
        with panel("resettled", title=title, height=height):
            state_message("state.no_rows")
        return
    if without is None:
        with panel("resettled", title=title, height=height):
            state_message("resettled.none")
            notice(t("resettled.why"), cls="note")
        return
    pairs = _pairs(view, without, view.counties)
    whole = _whole(view, without)
    period = topics.period_words(view, without)
    known = _known(view, without)
    note = t("resettled.note", period=period) if known.height else period
    is_told = not set(pairs["status"]) <= UNTOLD
    twin = None if view.meeting or not is_told else partial(_twin, view, without, whole)
    with panel("resettled", title=title, note=note if is_told else "", height=height, twin=twin):
        if whole.words:
            draw(div(span(whole.words, cls="pair-value")))
        if known.height:
            _draw_pairs(known, height=min(height - ABOVE - SENTENCES, AXIS + 34 * known.height))
        elif whole.words:
            _draw_months(view, without, whole.place, height=height - ABOVE - SENTENCES)
        else:
            state_message("state.suppressed" if is_told else "resettled.none")
        notice(_words(pairs), cls="note")


def _draw_pairs(known: pl.DataFrame, *, height: int) -> None:
    figure = standardised_figure(
        known,
        decimals=1,
        crude_zh=t("resettled.with"),
        adjusted_zh=t("resettled.without"),
        height=height,
    )
    chart(figure, key="resettled", alt=t("resettled.title"))


def _draw_months(view: View, without: Indicator, place: Place, *, height: int) -> None:
    """Draw both values of the area by month."""
    every = topics.series_of(view, view.catalogue.indicators[WITH], place)
    figure = trend_figure(
        topics.series_of(view, without, place),
        Measure.of(without),
        name_zh=t("resettled.short_without"),
        comparison=Comparison(name_zh=t("resettled.short_with"), series=every),
        height=height,
    )
    chart(figure, key="resettled", alt=t("resettled.title"))


def _words(pairs: pl.DataFrame) -> str:
    """Say why it matters, and of which counties the data do not tell or may not be told."""
    words = t("resettled.why")
    groups = (("resettled.untold", UNTOLD), ("resettled.few", {"suppressed"}))
    for key, statuses in groups:
        found = pairs.filter(pl.col("status").is_in(list(statuses)))
        if found.height == pairs.height:
            words += t(f"{key}_all")
        elif found.height > NAMED:
            words += t(f"{key}_many", n=found.height)
        elif found.height:
            words += t(key, names="、".join(found["area_name"].to_list()))
    return words


def _twin(view: View, without: Indicator, whole: _Whole) -> None:
    above = [] if whole.place.level == "county" or not whole.words else [whole.place]
    pairs = _pairs(view, without, [*above, *view.counties])
    shown = pairs.with_columns(status_zh=_column([t(f"status.{s}") for s in pairs["status"]]))
    table_twin(
        shown,
        key="resettled",
        name_zh=f"{view.area.name}_{t('resettled.title')}",
        columns={
            "area_code": t("table.area_code"),
            "area_name": t("table.area"),
            "crude_zh": t("resettled.with") + "%",
            "value_zh": t("resettled.without") + "%",
            "numerator": t("resettled.numerator"),
            "denominator": t("resettled.denominator"),
            "status_zh": t("topic.status"),
        },
    )
