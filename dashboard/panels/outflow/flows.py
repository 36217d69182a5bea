"""Where residents go: the flows drawn."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.sankey import sankey_figure
from dashboard.components import chart, notice, panel, state_message
from dashboard.messages import t
from dashboard.reading import flows as reading
from dashboard.reading import topics
from dashboard.reading.flows import DIVISION, LEVEL, Flows
from dashboard.selectors import navigate
from dashboard.view import View

KEYS = (DIVISION,)  # of the page's link


def read(view: View) -> Flows:
    """Return the flows as the link divides them; what it asks wrongly leaves the link."""
    flows = reading.read_flows(view, st.query_params.get(DIVISION))
    if flows.is_unknown:
        navigate(od=None)
    return flows


def _switch(view: View, flows: Flows) -> None:
    if view.meeting or not flows.has_levels:
        return
    st.session_state["pick-od"] = flows.by
    st.segmented_control(
        t("flows.by"),
        reading.DIVISIONS,
        format_func=lambda by: t(f"flows.by_{by}"),
        key="pick-od",
        label_visibility="collapsed",
        on_change=lambda: navigate(od=st.session_state["pick-od"] or flows.by),
    )


@block
def sankey_panel(view: View, flows: Flows, *, height: int) -> None:
    """Draw the flows from counties over the distance to levels of hospital or places."""
    place = topics.place_for(view, view.catalogue.indicators[reading.OUTFLOW])
    flows = flows.of(place.code)
    links = flows.links
    known = links.filter(pl.col("settlements") > 0)
    total = flows.totals.get(place.code)
    note = t(
        "flows.sankey_part" if total is None else "flows.sankey_note",
        total=formats.compact(total),
        count=formats.compact(int(known["settlements"].sum())),
        period=flows.period_zh,
    )
    shown = "" if known.is_empty() else note
    with panel("sankey", title=t("outflow.sankey"), note=shown, height=height):
        _switch(view, flows)
        if flows.is_unknown:
            notice(t("flows.unknown"), cls="note")
        if not flows.has_levels and not view.meeting:
            notice(t("flows.no_levels"), cls="note")
        if known.is_empty():
            state_message("state.suppressed" if links.height else "state.no_rows")
            return
        if known.height == 1 and flows.hidden:
            state_message("flows.single", **_single_words(known), n=flows.hidden)
            return
        used = 84 + (0 if view.meeting else 48) + (40 if flows.hidden else 0)
        figure = sankey_figure(
            links,
            names={p.code: p.name for p in flows.rows},
            ends=flows.ends,
            end_zh=t("flows.level") if flows.by == LEVEL else t("outflow.destination"),
            height=height - used,
        )
        chart(figure, key="sankey", alt=t("outflow.sankey"))
        if flows.hidden:
            notice(t("flows.sankey_hidden", n=flows.hidden), cls="note")


def _single_words(known: pl.DataFrame) -> dict[str, str]:
    """Print the one flow that may be told: drawn it would fill the panel and look like all."""
    row = known.row(0, named=True)
    return {
        "tier": t(f"tier.{row['tier']}"),
        "end": row["destination_name"],
        "count": formats.count(row["settlements"]),
    }
