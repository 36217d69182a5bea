"""Which counties differ by more than chance, size for size: a funnel plot."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.funnel import funnel_figure
from dashboard.charts.measure import Measure
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.messages import t
from dashboard.panels.shared.topic_panels import follow
from dashboard.places import Place
from dashboard.reading.topics import period_words, reference_words, values_of
from dashboard.remembering import remembered
from dashboard.view import View
from pipeline.catalog import Indicator
from pipeline.methods import claims

NOTE = 68  # pixels of the sentences under the chart
LEAST = 5  # counties, below which a funnel says nothing


@remembered
def _judged(view: View, indicator: Indicator, counties: Sequence[Place]) -> pl.DataFrame:
    """One row per county with its funnel limits.

    Where over half of the counties lie outside the plain 95 % limits, chance is not what spreads
    them: the limits widen for over-dispersion.
    """
    names = {place.code: place.name for place in counties}
    values = values_of(view, indicator, list(names))
    declared = values.lazy().with_columns(
        polarity=pl.lit(indicator.polarity),
        material_difference=pl.lit(indicator.material_difference / indicator.per),
    )
    found = claims.funnel_claims(declared).collect()
    outside = found.filter(pl.col("position_95") != "within").height
    if outside > found["centre"].count() / 2:
        found = claims.funnel_claims(declared, overdispersion=True).collect()
    return found.with_columns(
        area_name=pl.col("area_code").replace_strict(names, return_dtype=pl.String)
    )


@block
def funnel_panel(view: View, *, height: int) -> None:
    """Draw the funnel of the counties; a click follows. Only for shares of persons or units."""
    indicator = view.indicator
    title = t("funnel.title", name=indicator.short_zh)
    judged = indicator.form == "proportion"
    points = _judged(view.at_large, indicator, view.counties) if judged else None
    if points is None or points["centre"].count() < LEAST:
        with panel("funnel", title=title, height=height):
            state_message("funnel.not_drawn")
        return
    twin = None if view.meeting else partial(_twin, view, points)
    note = period_words(view, indicator)
    with panel("funnel", title=title, note=note, height=height, twin=twin):
        area = reference_words(view.reference)
        figure = funnel_figure(
            points,
            Measure.of(indicator),
            count_unit_zh=indicator.count_unit_zh,
            centre_zh=area,
            selected=view.county.code if view.county else None,
            height=height - 84 - NOTE,
        )
        chart(figure, key="funnel", alt=title, on_click=partial(follow, view))
        notice(_sentence(points, area), cls="note")


def _sentence(points: pl.DataFrame, area: str) -> str:
    claimed = points.filter(pl.col("mark").is_in(["better", "worse"]))
    names = "、".join(claimed["area_name"])
    is_wide = (points["limits_method"] != "normal").any()
    key = "funnel.wide_" if is_wide else "funnel."
    words = (
        t(f"{key}claimed", n=claimed.height, area=area, names=names)
        if claimed.height
        else t(f"{key}none", area=area)
    )
    return (t("funnel.wide") if is_wide else "") + words


def _twin(view: View, points: pl.DataFrame) -> None:
    indicator = view.indicator
    area = reference_words(view.reference)
    words = {mark: t(f"funnel.{mark}", area=area) for mark in ("better", "worse", "similar")}

    def printed(column: str) -> pl.Series:
        texts = [formats.indicator_value(v, indicator) for v in points[column]]
        return pl.Series(column, texts, dtype=pl.String)

    judged = [words.get(mark, formats.DASH) for mark in points["mark"]]
    shown = points.select(
        "area_code",
        "area_name",
        "numerator",
        "denominator",
        printed("value"),
        printed("lower_95"),
        printed("upper_95"),
        pl.Series("judged", judged, dtype=pl.String),
    )
    table_twin(
        shown,
        key="funnel",
        name_zh=t("funnel.title", name=indicator.short_zh),
        columns={
            "area_code": t("table.area_code"),
            "area_name": t("table.area"),
            "numerator": t("topic.numerator"),
            "denominator": t("topic.denominator"),
            "value": t("process.value", name=indicator.short_zh, unit=indicator.unit_zh),
            "lower_95": t("funnel.lower"),
            "upper_95": t("funnel.upper"),
            "judged": t("funnel.judged"),
        },
    )
