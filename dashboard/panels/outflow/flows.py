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
    note = "" if known.is_empty() else _note(flows, place.code, int(known["settlements"].sum()))
    with panel("sankey", title=t("outflow.sankey"), note=note, height=height):
        _switch(view, flows)
        if flows.is_unknown:
            notice(t("flows.unknown"), cls="note")
        if links.height and not flows.has_levels and not view.meeting:
            notice(t("flows.no_levels"), cls="note")
        if known.is_empty():
            state_message("state.suppressed" if links.height else "state.no_rows")
            return
        if known.height == 1 and flows.hidden:
            state_message("flows.single", **_single_words(known), n=flows.hidden)
            return
        below = _below(view, flows)
        used = 84 + (0 if view.meeting else 48) + (50 if below else 0)
        figure = sankey_figure(
            links,
            names={p.code: p.name for p in flows.rows},
            ends=flows.ends,
            end_zh=t("flows.level") if flows.by == LEVEL else t("outflow.destination"),
            height=height - used,
        )
        chart(figure, key="sankey", alt=t("outflow.sankey"))
        if below:
            notice(below, cls="note")


def _note(flows: Flows, code: str, count: int) -> str:
    """Say of when the flows are, and how much of all may be told where that is not all."""
    total = flows.totals.get(code)
    if total is None:
        key = "flows.sankey_part"
    else:
        key = "flows.sankey_note" if count < total else "flows.sankey_whole"
    words = {"total": formats.compact(total), "count": formats.compact(count)}
    return t(key, period=flows.period_zh, **words)


def _below(view: View, flows: Flows) -> str:
    """Say what is not drawn, and where the drawing's names can be clicked."""
    hidden = t("flows.sankey_hidden", n=flows.hidden) if flows.hidden else ""
    return hidden if view.meeting else hidden + t("flows.sankey_click")


def _single_words(known: pl.DataFrame) -> dict[str, str]:
    """Print the one flow that may be told: drawn it would fill the panel and look like all."""
    row = known.row(0, named=True)
    return {
        "tier": t(f"tier.{row['tier']}"),
        "end": row["destination_name"],
        "count": formats.count(row["settlements"]),
    }
