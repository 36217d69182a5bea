"""The panels that topic pages share: map and trend; each follows the view."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from dashboard import boundaries, formats
from dashboard.blocks import block
from dashboard.charts.map import Outlines, map_figure
from dashboard.charts.measure import Measure
from dashboard.charts.trend import Comparison, trend_figure
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.look.css_topics import RANKING_FIRST_CSS, TOPIC_CSS
from dashboard.messages import t
from dashboard.panels.shared import map_months, side_by_side
from dashboard.panels.shared import zones as zone_list
from dashboard.places import Place
from dashboard.reading import map_values
from dashboard.reading.topics import (
    is_flow,
    period_words,
    place_for,
    reference_words,
    series_of,
    target_of,
    up_to_day,
)
from dashboard.selectors import navigate
from dashboard.view import View
from pipeline.catalog import Indicator


def style(*, ranking_first: bool = False) -> None:
    """Add the constant style of topic pages; on phones the ranking's row may come first."""
    if ranking_first:
        st.html(f"<style>{RANKING_FIRST_CSS}</style>")
    else:
        st.html(f"<style>{TOPIC_CSS}</style>")


def follow(view: View, code: str) -> None:
    """Go down to the area clicked; a click on the chosen one goes back up."""
    if code == view.area.code and view.area.parent_code:
        navigate(area=view.area.parent_code)
    elif code != view.area.code:
        navigate(area=code)


def indicator_switch(view: View) -> None:
    """Draw the control that chooses the indicator of map, trend and ranking."""
    if view.meeting:
        return
    st.session_state["pick-topic"] = view.indicator.id
    st.segmented_control(
        t("pick.indicator"),
        list(view.offered),
        format_func=lambda id_: view.catalogue.indicators[id_].short_zh,
        key="pick-topic",
        label_visibility="collapsed",
        on_change=lambda: navigate(indicator=st.session_state["pick-topic"] or view.indicator.id),
    )


def values_twin(view: View, frame: pl.DataFrame, *, key: str, period: str = "") -> None:
    """Draw the table of an indicator's values by area, with numerator and denominator."""
    indicator = view.indicator
    shown = frame.select(
        "area_code",
        "area_name",
        "numerator",
        "denominator",
        pl.Series("value_zh", frame["label"]),
        pl.Series(
            "interval_zh",
            [
                formats.interval(low, high, decimals=indicator.decimals)
                for low, high in zip(frame["lower"], frame["upper"], strict=True)
            ],
            dtype=pl.String,
        ),
        pl.Series("status_zh", [t(f"status.{s}") for s in frame["status"]], dtype=pl.String),
    )
    unit = f"（{indicator.unit_zh}）"
    table_twin(
        shown,
        key=key,
        name_zh=f"{indicator.name_zh}_{period or period_words(view, indicator)}",
        columns={
            "area_code": t("table.area_code"),
            "area_name": t("table.area"),
            "numerator": t("topic.numerator"),
            "denominator": t("topic.denominator"),
            "value_zh": indicator.short_zh + unit,
            "interval_zh": t("chart.interval"),
            "status_zh": t("topic.status"),
        },
    )


@map_months.redrawn_alone
def map_panel(view: View, *, height: int, width: int = 540) -> None:
    """Draw the map of the counties around the area, or of its townships; a click follows."""
    if view.meeting and view.earlier_month is not None:
        side_by_side.changes_panel(view, view.earlier_month, height=height, key="map")
        return
    indicator, ground = view.indicator, boundaries.ground(view)
    frame = map_values.values_at(view, ground.places, view.map_month)
    is_below = ground.is_of_townships
    period = map_values.period_words(view, view.map_month, below_county=is_below)
    twin = None if view.meeting else partial(values_twin, view, frame, key="map", period=period)
    with panel("map", title=indicator.name_zh, note=period, height=height, twin=twin):
        indicator_switch(view)
        map_months.month_row(view)
        # In a meeting the ranking beside the map carries the zones.
        zones = () if view.meeting else ground.zones
        used = 84 + (0 if view.meeting else 52) + map_months.row_height(view)
        used += zone_list.height_of(view, zones, width=width)
        _draw_map(view, ground, frame, size=(width, height - used))
        zone_list.draw_zones(view, frame, zones, follow=partial(follow, view))


def _draw_map(
    view: View, ground: boundaries.Ground, frame: pl.DataFrame, *, size: tuple[int, int]
) -> None:
    indicator, is_below = view.indicator, ground.is_of_townships
    is_compared = indicator.is_share
    figure = map_figure(
        frame,
        Measure.of(indicator),
        Outlines(
            geojson_url=boundaries.geojson_url(view, ground.parent),
            shapes=boundaries.shapes(view),
        ),
        selected=view.area.code if is_below or view.county is None else view.county.code,
        reference_zh=reference_words(ground.above) if is_compared else "",
        size=size,
    )
    alt = t("map.alt_townships" if is_below else "map.alt", title=indicator.name_zh)
    chart(figure, key="map", alt=alt, on_click=partial(follow, view))


@block
def trend_panel(view: View, *, height: int) -> None:
    """Draw the indicator over time: stocks by week, flows by month; a county beside its city."""
    indicator = view.indicator
    place = place_for(view, indicator)
    series = _course(view, indicator, place)
    reference = view.reference
    comparison = None
    if reference is not None and reference.code != place.code:
        comparison = Comparison(
            name_zh=reference_words(reference), series=_course(view, indicator, reference)
        )
    grain = "topic.by_month" if is_flow(indicator) else "topic.by_week"
    twin = None if view.meeting else partial(_series_twin, view, series)
    with panel(
        "trend",
        title=t("topic.trend", name=indicator.short_zh),
        note=t(grain, unit=indicator.unit_zh),
        height=height,
        twin=twin,
    ):
        if series["value"].drop_nulls().is_empty():
            is_early = not is_flow(indicator) and not view.is_latest
            state_message("topic.no_weeks" if is_early else "state.no_rows")
            return
        figure = trend_figure(
            series,
            Measure.of(indicator),
            name_zh=_short(place),
            target=target_of(view, indicator, place),
            comparison=comparison,
            height=height - 84,
        )
        chart(figure, key="chart-trend", alt=t("topic.trend", name=indicator.name_zh))


def _course(view: View, indicator: Indicator, place: Place) -> pl.DataFrame:
    """Return flows by month, and stocks by week up to the day of the cards."""
    series = series_of(view, indicator, place)
    return series if is_flow(indicator) else up_to_day(view, indicator, series, area=place.code)


def _short(place: Place) -> str:
    """Name the line's area; the page's title already says which, so a long name is not needed."""
    if place.level in {"city", "group"}:
        return reference_words(place)
    return t("topic.this_township" if place.level == "township" else "topic.this_county")


def _series_twin(view: View, series: pl.DataFrame) -> None:
    indicator = view.indicator
    printed = [formats.indicator_value(v, indicator) for v in series["value"]]
    shown = series.with_columns(
        period=pl.col("period").dt.to_string("iso"),
        value_zh=pl.Series(printed, dtype=pl.String),
        status_zh=pl.Series([t(f"status.{s}") for s in series["status"]], dtype=pl.String),
    )
    table_twin(
        shown.sort("period", descending=True),
        key="trend",
        name_zh=f"{indicator.name_zh}_{view.area.name}",
        columns={
            "period": t("topic.period"),
            "numerator": t("topic.numerator"),
            "denominator": t("topic.denominator"),
            "value_zh": f"{indicator.short_zh}（{indicator.unit_zh}）",
            "status_zh": t("topic.status"),
        },
    )


def caveats(view: View) -> None:
    """Print definition and caveats of the indicator under the panels."""
    indicator = view.indicator
    notice(t("topic.definition", name=indicator.name_zh, text=indicator.definition_zh), cls="note")
    if indicator.caveats_zh.strip("—"):
        notice(t("topic.caveats", text=indicator.caveats_zh), cls="note")
