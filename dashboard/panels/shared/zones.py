"""The areas without a polygon of their own, listed below the map they are missing from."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import polars as pl
import streamlit as st

from dashboard import formats, theme
from dashboard.charts.base import text_width
from dashboard.components import draw
from dashboard.exports import collect
from dashboard.look.markup import div, span
from dashboard.messages import t
from dashboard.places import Place
from dashboard.view import View

LINE, GAP = 30, 16  # pixels of a line, and between it and the map


def height_of(view: View, zones: Sequence[Place], *, width: int) -> int:
    """Return the pixels that the list takes below a map of this width."""
    if not zones:
        return 0
    words = [*(f"{view.places.short_name(zone)} 00.0" for zone in zones), t("map.zones")]
    total = sum(text_width(word, size=theme.SIZE_NOTE) + theme.GAP for word in words)
    return GAP + LINE * math.ceil(total / (width - 2 * theme.GAP))


def draw_zones(
    view: View, values: pl.DataFrame, zones: Sequence[Place], *, follow: Callable[[str], None]
) -> None:
    """List the areas as people call them, with their values; each is clickable like the map."""
    if not zones:
        return
    labels = dict(values.select("area_code", "label").iter_rows())
    words = {zone.code: f"{view.places.short_name(zone)} {labels[zone.code]}" for zone in zones}
    # Buttons are not taken along: their words are.
    collect.markup(div(t("map.zones"), "、".join(words.values()), cls="note"))
    with st.container(key="zones", horizontal=True, gap="small", vertical_alignment="center"):
        draw(span(t("map.zones"), cls="note"), width="content", taken_along=False)
        for code, name in words.items():
            if view.meeting:
                draw(span(name, cls="zone"), width="content", taken_along=False)
                continue
            st.button(
                formats.markdown(name),
                key=f"zone-{code}",
                type="tertiary",
                on_click=follow,
                args=(code,),
            )
