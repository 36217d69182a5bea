"""The flows of residents as a matrix whose names are buttons."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import draw, notice, panel, state_message, table_twin
from dashboard.look import flow_matrix as look
from dashboard.look.css_outflow import NAMES, OUTFLOW_CSS
from dashboard.look.markup import Markup, div
from dashboard.messages import t
from dashboard.panels.shared.topic_panels import follow
from dashboard.places import Place
from dashboard.queries.flow_matrix import MERGED, End, Flow, Matrix, flow_matrix
from dashboard.queries.outflow import AWAY
from dashboard.reading import flows as reading
from dashboard.reading.flows import LEVEL, TIER, Flows
from dashboard.remembering import remembered
from dashboard.selectors import navigate
from dashboard.view import View

KEYS = (TIER,)  # of the page's link
TOP = 3  # flows named in the sentence


def style() -> None:
    """Add the constant style of the matrix."""
    st.html(f"<style>{OUTFLOW_CSS}</style>")


def read_tier() -> str | None:
    """Return the tier of the link; None shows all."""
    wanted = st.query_params.get(TIER)
    tier = reading.tier_of(wanted)
    if wanted != tier:
        navigate(tier=None)
    return tier


def _printed(flow: Flow | None) -> str:
    if flow is None:
        return formats.DASH
    if flow.settlements is None:
        return formats.SUPPRESSED
    count = formats.count(flow.settlements)
    return t("matrix.partial", value=count) if flow.is_partial else count


def _end_name(end: End) -> str:
    return t("matrix.other", n=end.merged) if end.code == MERGED else end.name


def _share(flow: Flow | None, total: int | None) -> float | None:
    if flow is None or flow.settlements is None or not total:
        return None
    return flow.settlements / total


def _line(matrix: Matrix, flows: Flows, place: Place, *, here: str | None) -> look.Line:
    total = flows.totals.get(place.code)
    cells = []
    for end in matrix.ends:
        flow = matrix.cell(place.code, end)
        share = _share(flow, total)
        below = formats.rate(share) if share is not None else ""
        cells.append(look.Cell(text=_printed(flow), below=below, share=share))
    unknown = (
        formats.SUPPRESSED
        if any(map(partial(matrix.cell, place.code), matrix.ends))
        else formats.DASH
    )
    return look.Line(
        name=flows.short_names[place.code],
        cells=tuple(cells),
        total=unknown if total is None else formats.count(total),
        cls="here" if place.code == here else "",
    )


def _sum_line(matrix: Matrix, flows: Flows, *, whole: str | None) -> look.Line:
    total = flows.totals.get(whole) if whole else None
    return look.Line(
        name=t("matrix.sum"),
        cells=tuple(_sum_cell(matrix.shown_sum(end), total) for end in matrix.ends),
        total=formats.count(total),
        cls="sum",
    )


def _sum_cell(shown: int | None, total: int | None) -> look.Cell:
    if shown is None:
        return look.Cell(text=formats.SUPPRESSED)
    return look.Cell(text=formats.count(shown), below=formats.rate(shown / total) if total else "")


def _tiers(matrix: Matrix) -> list[tuple[str, int]]:
    counts = {tier: sum(end.tier == tier for end in matrix.ends) for tier in AWAY}
    return [(tier, n) for tier, n in counts.items() if n]


@block
def matrix_panel(view: View, flows: Flows, *, tier: str | None) -> None:
    """Draw the matrix; a county's name opens it, a tier's name filters the places below."""
    matrix = flow_matrix(flows.links, ends=flows.ends)
    title = _title(view, flows)
    note = t("matrix.note", period=flows.period_zh)
    with panel("od", title=title, note=note, twin=partial(_twin, view, matrix, flows)):
        if not matrix.ends:
            state_message("state.no_rows")
            return
        with st.container(key="od-body", horizontal=True, gap=None):
            with st.container(key="od-rows", gap=None, width=NAMES):
                _row_buttons(view, flows)
            with st.container(key="od-side", gap=None):
                _tier_buttons(_tiers(matrix), tier)
                draw(_table(flows, title, here=_here(view), whole=_whole(view)))
        words = _top_words(matrix, flows) + _hidden_words(matrix)
        if words:
            notice(words, cls="note")


def _title(view: View, flows: Flows) -> str:
    key = "matrix.title_cities" if view.area.level == "group" else "matrix.title"
    return t(key, by=t(f"flows.by_{flows.by}"))


def _hidden_words(matrix: Matrix) -> str:
    """Explain the marks of hidden numbers that stand in the matrix."""
    flows = matrix.cells.values()
    rules = (
        ("matrix.rule", any(flow.hidden for flow in flows)),
        ("matrix.partial_rule", any(flow.is_partial for flow in flows)),
    )
    return "".join(t(key) for key, applies in rules if applies)


def _row_buttons(view: View, flows: Flows) -> None:
    draw(div(t("matrix.county"), cls="od-corner"), taken_along=False)
    for place in flows.rows:
        is_here = view.county is not None and place.code == view.county.code
        st.button(
            formats.markdown(flows.short_names[place.code]),
            key=f"od-here-{place.code}" if is_here else f"od-row-{place.code}",
            type="tertiary",
            width="stretch",
            on_click=partial(follow, view, place.code),
        )
    draw(div(t("matrix.sum"), cls="od-sum"), taken_along=False)


def _tier_buttons(tiers: list[tuple[str, int]], chosen: str | None) -> None:
    with st.container(key="od-tiers"):
        columns = st.columns([*(n for _, n in tiers), 1], gap=None)
        for column, (tier, _) in zip(columns, tiers, strict=False):
            is_on = tier == chosen
            with column:
                st.button(
                    t(f"tier.{tier}"),
                    key=f"od-tier-{tier}-on" if is_on else f"od-tier-{tier}",
                    type="tertiary",
                    width="stretch",
                    on_click=navigate,
                    kwargs={"tier": None if is_on else tier},
                )


def _here(view: View) -> str | None:
    return view.county.code if view.county else None


def _whole(view: View) -> str | None:
    return view.reference.code if view.reference else None


@remembered
def _table(flows: Flows, title: str, *, here: str | None, whole: str | None) -> Markup:
    matrix = flow_matrix(flows.links, ends=flows.ends)
    lines = [_line(matrix, flows, place, here=here) for place in flows.rows]
    return look.matrix(
        [(t(f"tier.{tier}"), n) for tier, n in _tiers(matrix)],
        [_end_name(end) for end in matrix.ends],
        [*lines, _sum_line(matrix, flows, whole=whole)],
        corner=t("matrix.county"),
        total=t("matrix.total"),
        label=title,
    )


def _top_words(matrix: Matrix, flows: Flows) -> str:
    names = {place.code: place.name for place in flows.rows}
    between = t("matrix.pair_level") if flows.by == LEVEL else "·"
    pairs = [
        t(
            "matrix.pair",
            county=names[county],
            tier=t(f"tier.{end.tier}") + between,
            end=_end_name(end),
            count=count,
        )
        for county, end, count in matrix.largest(most=TOP)
    ]
    return t("matrix.top", pairs="；".join(pairs)) if len(pairs) == TOP else ""


def _twin(view: View, matrix: Matrix, flows: Flows) -> None:
    """Draw the matrix as plain columns: admissions and share of every cell."""
    rows = [_line(matrix, flows, place, here=_here(view)) for place in flows.rows]
    data: dict[str, list[str]] = {
        t("table.area_code"): [place.code for place in flows.rows],
        t("table.area"): [place.name for place in flows.rows],
    }
    for n, end in enumerate(matrix.ends):
        name = f"{t(f'tier.{end.tier}')}·{_end_name(end)}"
        name = name if name not in data else f"{name}（{end.code}）"
        data[name] = [row.cells[n].text for row in rows]
        data[t("matrix.share", name=name)] = [row.cells[n].below for row in rows]
    data[t("matrix.total")] = [row.total for row in rows]
    table_twin(
        pl.DataFrame(data),
        key="od",
        name_zh=f"{view.area.name}_{_title(view, flows)}",
        columns={name: name for name in data},
    )
