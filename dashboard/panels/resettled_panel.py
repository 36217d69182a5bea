"""Outflow with and without residents who live elsewhere for long: the two values, by county."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.standardised import standardised_figure
from dashboard.components import chart, draw, notice, panel, state_message, table_twin
from dashboard.look.markup import div, span
from dashboard.messages import t
from dashboard.reading import topics
from dashboard.view import View
from pipeline.catalog import Indicator

WITH = "out_of_county_inpatient_rate"
WITHOUT = "out_of_county_inpatient_rate_settled"
ABOVE, BELOW = 124, 164  # pixels of title and values, of axis and sentences
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


def _pairs(view: View, without: Indicator) -> pl.DataFrame:
    """One row per county: both shares, the interval of the one without, printed values."""
    codes = [place.code for place in view.counties]
    names = {place.code: place.name for place in view.counties}
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
        crude=every["value"],
        crude_zh=_printed(every),
        value_zh=_printed(fewer),
    )


def _whole(view: View, without: Indicator) -> str:
    """Print the two values of the area itself, and how far they lie apart."""
    place = topics.place_for(view, without)
    every, fewer = (
        topics.values_of(view, indicator, [place.code]).row(0, named=True)
        for indicator in (view.catalogue.indicators[WITH], without)
    )
    if every["value"] is None or fewer["value"] is None:
        return ""
    return t(
        "resettled.pair",
        area=place.name,
        all=formats.percent(every["value"]),
        fewer=formats.percent(fewer["value"]),
        points=formats.points(fewer["value"] - every["value"]),
    )


def resettled_height(view: View, *, least: int) -> int:
    """Return the panel's height in which every county is seen; less where nothing is drawn."""
    if WITHOUT not in view.catalogue.indicators:
        return least
    return max(least, ABOVE + BELOW + 34 * len(view.counties))


@block
def resettled_panel(view: View, *, height: int) -> None:
    """Draw both shares by county; counties whose data do not tell say so."""
    title = t("resettled.title")
    without = view.catalogue.indicators.get(WITHOUT)
    pairs = _pairs(view, without) if without is not None else None
    if without is None or pairs is None or pairs["value"].drop_nulls().is_empty():
        is_hidden = pairs is not None and "suppressed" in pairs["status"]
        with panel("resettled", title=title, height=height):
            state_message("state.suppressed" if is_hidden else "resettled.none")
            notice(t("resettled.why"), cls="note")
        return
    note = topics.period_words(view, without)
    twin = None if view.meeting else partial(_twin, view, pairs)
    with panel("resettled", title=title, note=note, height=height, twin=twin):
        whole = _whole(view, without)
        if whole:
            draw(div(span(whole, cls="pair-value")))
        known = pairs.filter(pl.col("crude").is_not_null() | pl.col("value").is_not_null())
        figure = standardised_figure(
            known,
            decimals=1,
            crude_zh=t("resettled.with"),
            adjusted_zh=t("resettled.without"),
            height=min(height - ABOVE - 84, 80 + 34 * known.height),
        )
        chart(figure, key="resettled", alt=title)
        notice(_words(pairs), cls="note")


def _words(pairs: pl.DataFrame) -> str:
    """Say why it matters, and of which counties the data do not tell."""
    untold = pairs.filter(pl.col("status").is_in(list(UNTOLD)))["area_name"].to_list()
    names = "、".join(untold)
    return t("resettled.why") + (t("resettled.untold", names=names) if untold else "")


def _twin(view: View, pairs: pl.DataFrame) -> None:
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
        demonstration=view.marts.is_demonstration,
    )
