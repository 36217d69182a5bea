"""The county map of the chosen indicator, the control that chooses it, and the zones beside it."""

from __future__ import annotations

import datetime as dt
from functools import partial

import polars as pl
import streamlit as st

from dashboard import boundaries, formats
from dashboard.components import chart, panel, state_message, table_twin
from dashboard.look import cards
from dashboard.messages import t
from dashboard.panels.overview.board import Facts, mark_of, panel_height, reference_words
from dashboard.panels.shared import map_months, side_by_side
from dashboard.panels.shared import zones as zone_list
from dashboard.panels.shared.county_outlines import county_map_figure
from dashboard.reading import map_values
from dashboard.reading.topics import is_flow
from dashboard.selectors import navigate
from dashboard.view import View

WIDTH = 544
SCHEMA = {
    "area_code": pl.String,
    "area_name": pl.String,
    "value": pl.Float64,
    "label": pl.String,
    "mark": pl.String,
    "status": pl.String,
    "numerator": pl.Int64,
    "denominator": pl.Int64,
}


def note_words(view: View, values: pl.DataFrame) -> str:
    """Say the period, and what the star means where one is drawn."""
    words = map_values.period_words(view, view.map_month)
    if is_flow(view.indicator):
        words = t("overview.map_flow", period=words)
    hidden = (values["status"] == "suppressed").any()
    return words + t("map.star") if hidden else words


def shown_values(view: View, facts: Facts) -> pl.DataFrame:
    """Return what the map prints, one row per county: of the page's facts, or of another month."""
    if view.map_month != view.shown_month():
        return map_values.values_at(view, view.counties, view.map_month).select(*SCHEMA)
    indicator = view.indicator
    found = [(place, facts[indicator.id, place.code]) for place in view.counties]
    rows = [
        {
            "area_code": place.code,
            "area_name": place.name,
            "value": fact.reading.value,
            "label": cards.value_words(fact),
            "mark": mark_of(view, indicator, place.code),
            "status": fact.status,
            "numerator": fact.numerator,
            "denominator": fact.denominator,
        }
        for place, fact in found
    ]
    return pl.DataFrame(rows, schema=SCHEMA)


@map_months.redrawn_alone
def draw_map(view: View, facts: Facts) -> None:
    """Draw the county map of the chosen indicator; a click on a county goes down to it."""
    indicator = view.indicator
    if view.meeting and view.earlier_month is not None:
        side_by_side.changes_panel(view, view.earlier_month, height=panel_height(view), key="map")
        return
    values = shown_values(view, facts)
    drawn, zones = boundaries.map_counties(view), boundaries.zones(view)
    note = note_words(view, values)
    twin = None if view.meeting else partial(_twin, view, values)
    with panel("map", title=indicator.name_zh, note=note, height=panel_height(view), twin=twin):
        if not view.meeting:
            indicator_control(view)
        map_months.month_row(view)
        if drawn:
            used = zone_list.height_of(view, zones, width=WIDTH) + map_months.row_height(view)
            height = panel_height(view) - (82 if view.meeting else 126) - used
            figure = county_map_figure(
                view, values, reference_zh=reference_words(view), size=(WIDTH, height)
            )
            chart(
                figure,
                key="map",
                alt=t("map.alt", title=indicator.name_zh),
                on_click=lambda code: follow(view, code),
            )
        else:
            state_message("map.no_polygon")
        zone_list.draw_zones(view, values, zones, follow=partial(follow, view))


def _twin(view: View, values: pl.DataFrame) -> None:
    indicator = view.indicator
    name = t("map.file", area=view.area.name, name=indicator.name_zh)
    scale = 100 if indicator.form == "money_share" else 1  # fen to yuan
    table_twin(
        values.select(
            "area_code",
            "area_name",
            value=pl.when(pl.col("status") == "suppressed")
            .then(pl.lit(formats.SUPPRESSED))
            .otherwise("label"),
            numerator=pl.col("numerator") / scale if scale > 1 else "numerator",
            denominator=pl.col("denominator") / scale if scale > 1 else "denominator",
            status=pl.Series([t(f"status.{status}") for status in values["status"]]),
        ),
        key="map",
        name_zh=f"{name}{_file_day(view):%Y%m%d}",
        columns={
            "area_code": t("table.area_code"),
            "area_name": t("table.area"),
            "value": f"{indicator.short_zh}（{indicator.unit_zh}）",
            **cards.count_headers(indicator),
            "status": t("topic.status"),
        },
    )


def _file_day(view: View) -> dt.date:
    """Return the day in the file's name: of the page, or the first of the map's other month."""
    return view.data_date if view.map_month == view.shown_month() else view.map_month


def indicator_control(view: View) -> None:
    """Draw the control that chooses the indicator of map and scorecard."""
    st.session_state["pick-indicator"] = view.indicator.id
    st.segmented_control(
        t("pick.indicator"),
        list(view.offered),
        format_func=lambda id_: view.catalogue.indicators[id_].short_zh,
        key="pick-indicator",
        label_visibility="collapsed",
        width="stretch",
        on_change=lambda: navigate(
            indicator=st.session_state["pick-indicator"] or view.indicator.id
        ),
    )


def follow(view: View, code: str) -> None:
    """Go to the area clicked; a click on the chosen one goes back up."""
    if code != view.area.code:
        navigate(area=code)
    elif view.area.parent_code in view.places.by_code:
        navigate(area=view.area.parent_code)
