"""The indicator beside its own past: an XmR chart after "Making Data Count"."""

from __future__ import annotations

from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.measure import Measure
from dashboard.charts.process import process_figure
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.messages import t
from dashboard.reading.topics import is_flow, marked_series_of, place_for, target_of
from dashboard.view import View
from pipeline.catalog import Indicator
from pipeline.methods import claims

NOTE = 44  # pixels of the sentence under the chart


def _printed(indicator: Indicator, values: pl.Series) -> pl.Series:
    texts = [formats.indicator_value(v, indicator) for v in values]
    return pl.Series(texts, dtype=pl.String)


def _period(view: View, day: object) -> str:
    print_period = formats.month if is_flow(view.indicator) else formats.day
    return print_period(day)  # type: ignore[arg-type]  # a Date column


@block
def process_panel(view: View, *, height: int) -> None:
    """Draw mean, limits and signals of the area's own series, and say what they mean."""
    indicator = view.indicator
    place = place_for(view, indicator)
    marked = marked_series_of(view, indicator, place)
    grain = t("process.month" if is_flow(indicator) else "process.week")
    title = t("process.title", name=indicator.short_zh)
    twin = None if view.meeting else partial(_twin, view, marked)
    with panel(
        "process",
        title=title,
        note=t("process.note", area=place.name, grain=grain),
        height=height,
        twin=twin,
    ):
        if marked["value"].drop_nulls().is_empty():
            state_message("state.no_rows")
            return
        figure = process_figure(
            marked,
            Measure.of(indicator),
            target=target_of(view, indicator, place),
            height=height - 84 - NOTE,
        )
        chart(figure, key="chart-process", alt=title)
        notice(_sentence(view, marked), cls="note")


def _sentence(view: View, marked: pl.DataFrame) -> str:
    if marked["mean"].drop_nulls().is_empty():
        return t("process.too_few", n=claims.LEAST_LIMIT_POINTS)
    signals = marked.filter(pl.col("special_cause").is_not_null())
    if signals.is_empty():
        return t("process.plain")
    last = signals.row(-1, named=True)
    return t(
        "process.signals",
        n=signals.height,
        period=_period(view, last["period"]),
        rule=t(f"chart.rule_{last['special_cause']}"),
    )


def _twin(view: View, marked: pl.DataFrame) -> None:
    indicator = view.indicator
    rules = [t(f"chart.rule_{c}") if c else formats.DASH for c in marked["special_cause"]]
    shown = marked.select(
        pl.Series("period", [_period(view, day) for day in marked["period"]], dtype=pl.String),
        "numerator",
        "denominator",
        *(
            _printed(indicator, marked[name]).alias(name)
            for name in ("value", "mean", "lower_limit", "upper_limit")
        ),
        pl.Series("rule", rules, dtype=pl.String),
        pl.Series("status", [t(f"status.{s}") for s in marked["status"]], dtype=pl.String),
    )
    table_twin(
        shown.reverse(),
        key="process",
        name_zh=t("process.title", name=indicator.short_zh),
        columns={
            "period": t("topic.period"),
            "numerator": t("topic.numerator"),
            "denominator": t("topic.denominator"),
            **{
                column: t("process.value", name=name, unit=indicator.unit_zh)
                for column, name in {
                    "value": indicator.short_zh,
                    "mean": t("process.mean"),
                    "lower_limit": t("process.lower"),
                    "upper_limit": t("process.upper"),
                }.items()
            },
            "rule": t("process.rule"),
            "status": t("topic.status"),
        },
    )
