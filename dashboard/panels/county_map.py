"""The county map of the chosen indicator, the control that chooses it, and the zones beside it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import partial

import polars as pl
import streamlit as st

from dashboard import boundaries, formats, theme
from dashboard.blocks import block
from dashboard.charts.base import text_width
from dashboard.charts.map import map_figure
from dashboard.components import chart, draw, panel, state_message, table_twin
from dashboard.look import cards
from dashboard.look.markup import span
from dashboard.messages import t
from dashboard.panels.overview import Facts, mark_of, panel_height, reference_words
from dashboard.places import Place
from dashboard.selectors import navigate
from dashboard.view import View
from pipeline.catalog import Indicator

WIDTH, ZONE_LINE, ZONE_GAP = 544, 30, 26


def _zone_height(view: View, zones: Sequence[Place]) -> int:
    """Return the pixels that the zones take below the map."""
    if not zones:
        return 0
    words = [*(f"{view.places.short_name(zone)} 00.0" for zone in zones), t("map.zones")]
    width = sum(text_width(word, size=theme.SIZE_NOTE) + theme.GAP for word in words)
    return ZONE_GAP + ZONE_LINE * math.ceil(width / (WIDTH - 2 * theme.GAP))


def period_note(view: View, indicator: Indicator) -> str:
    """Say of which period the map speaks."""
    if indicator.kind == "flow":
        last = view.final_month
        return t("overview.map_flow", period=formats.months(last.replace(month=1), last))
    return t("overview.map_stock", day=formats.day(view.data_date))


def note_words(view: View, facts: Facts, places: Sequence[Place]) -> str:
    """Say the period, and what the star means where one is drawn."""
    words = period_note(view, view.indicator)
    hidden = any(facts[view.indicator.id, p.code].status == "suppressed" for p in places)
    return words + t("map.star") if hidden else words


def map_values(view: View, facts: Facts, places: Sequence[Place]) -> pl.DataFrame:
    """Return what the map prints: one row per county."""
    indicator = view.indicator
    rows = [
        {
            "area_code": place.code,
            "area_name": place.name,
            "value": facts[indicator.id, place.code].reading.value,
            "label": cards.value_words(facts[indicator.id, place.code]),
            "mark": mark_of(view, indicator, place.code),
            "status": facts[indicator.id, place.code].status,
        }
        for place in places
    ]
    schema = {
        "area_code": pl.String,
        "area_name": pl.String,
        "value": pl.Float64,
        "label": pl.String,
        "mark": pl.String,
        "status": pl.String,
    }
    return pl.DataFrame(rows, schema=schema)


@block
def draw_map(view: View, facts: Facts) -> None:
    """Draw the county map of the chosen indicator; a click on a county goes down to it."""
    indicator = view.indicator
    drawn, zones = boundaries.map_counties(view), boundaries.zones(view)
    note = note_words(view, facts, view.counties)
    twin = None if view.meeting else partial(_twin, view, facts)
    with panel("map", title=indicator.name_zh, note=note, height=panel_height(view), twin=twin):
        if not view.meeting:
            indicator_control(view)
        if drawn:
            height = panel_height(view) - (82 if view.meeting else 126) - _zone_height(view, zones)
            figure = map_figure(
                map_values(view, facts, drawn),
                geojson_url=boundaries.geojson_url(view),
                shapes=boundaries.shapes(view),
                classes=indicator.classes,
                polarity=indicator.polarity,
                unit_zh=indicator.unit_zh,
                decimals=indicator.decimals,
                selected=view.county.code if view.county else None,
                reference_zh=reference_words(view),
                width=WIDTH,
                height=height,
            )
            chart(
                figure,
                key="map",
                alt=t("map.alt", title=indicator.name_zh),
                on_click=lambda code: follow(view, code),
            )
        else:
            state_message("map.no_polygon")
        _zones(view, facts, zones)


def _twin(view: View, facts: Facts) -> None:
    indicator = view.indicator
    found = [facts[indicator.id, p.code] for p in view.counties]
    counts = [cards.table_counts(fact, indicator) for fact in found]
    name = t("map.file", area=view.area.name, name=indicator.name_zh)
    table_twin(
        pl.DataFrame(
            {
                "code": [p.code for p in view.counties],
                "name": [p.name for p in view.counties],
                "value": [cards.value_words(fact) for fact in found],
                "numerator": [numerator for numerator, _ in counts],
                "denominator": [denominator for _, denominator in counts],
                "status": [t(f"status.{fact.status}") for fact in found],
            }
        ),
        key="map",
        name_zh=f"{name}{view.data_date:%Y%m%d}",
        columns={
            "code": t("table.area_code"),
            "name": t("table.area"),
            "value": f"{indicator.short_zh}（{indicator.unit_zh}）",
            **cards.count_headers(indicator),
            "status": t("topic.status"),
        },
        demonstration=view.marts.is_demonstration,
    )


def _zones(view: View, facts: Facts, zones: Sequence[Place]) -> None:
    """List the counties without a polygon; each is clickable like the map."""
    if not zones:
        return
    with st.container(key="zones", horizontal=True, gap="small", vertical_alignment="center"):
        draw(span(t("map.zones"), cls="note"), width="content")
        for place in zones:
            value = cards.value_words(facts[view.indicator.id, place.code])
            name = view.places.short_name(place)
            if view.meeting:
                draw(span(f"{name} {value}", cls="zone"), width="content")
                continue
            st.button(
                formats.markdown(f"{name} {value}"),
                key=f"zone-{place.code}",
                type="tertiary",
                on_click=follow,
                args=(view, place.code),
            )


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
