"""The months of a map: the slider and the second date under its title, kept in the link.

The slider is the framework's own and not one inside the figure: it takes the keyboard, is read out
with its month in words, and its month goes into the link and into what is taken along. A step draws
the map's panel alone, not the page.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Concatenate, ParamSpec

import streamlit as st

from dashboard import formats, shell, state
from dashboard.blocks import block
from dashboard.exports import collect
from dashboard.messages import t
from dashboard.panels.shared import map_film
from dashboard.reading.map_history import moments_of
from dashboard.reading.topics import is_flow
from dashboard.selectors import navigate
from dashboard.state import Moments
from dashboard.view import View

KEYS = state.MAP_KEYS
ROW_HEIGHT = 38  # pixels that slider and second date take
P = ParamSpec("P")
Draw = Callable[Concatenate[View, P], None]


def has_months(view: View) -> bool:
    """Say whether the map's panel has a slider: not in a meeting, whose picture stands still.

    Beside a second date the slider stands over the later of the two maps.
    """
    moments = view.moments
    if view.meeting or moments is None or moments.earlier is not None:
        return False
    return len(moments.offered) > 1


def row_height(view: View) -> int:
    """Return the pixels that the months take in the map's panel."""
    return ROW_HEIGHT if has_months(view) else 0


def _is_behind(view: View) -> bool:
    """Say whether the link has left what the page shows, so that the whole page must follow."""
    link = st.query_params
    return any(link.get(key) != value for key, value in shell.link_to(view).items())


def redrawn_alone(draw: Draw[P]) -> Draw[P]:
    """Let a map's panel follow its slider by itself; a fault inside is one sentence, as in `block`.

    Every other choice in the panel moves the page, and so does a second date, which has a row of
    its own. Played, the panel is drawn anew each second, until the page is.
    """
    guarded = block(draw)

    def again(
        is_film: bool,
        place: collect.Place | None,
        view: View,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> None:
        now: Moments | None = moments_of(view, st.query_params.to_dict())
        if now is None or now.earlier is not None or _is_behind(view):
            st.rerun()
        now = map_film.played(now) if is_film else now
        if now is None or map_film.is_asked_for():
            st.rerun()
        contents = collect.current() or st.session_state.get(collect.IN_SESSION)
        with collect.resumed(contents, place):
            guarded(replace(view, moments=now), *args, **kwargs)

    # The framework tells fragments apart by their names.
    alone = st.fragment(wraps(draw)(again))
    film = st.fragment(wraps(draw)(again), run_every=map_film.SECONDS)

    @wraps(draw)
    def drawn(view: View, /, *args: P.args, **kwargs: P.kwargs) -> None:
        if has_months(view):
            is_film = map_film.begin()
            again_and_again = film if is_film else alone
            place = collect.current_place()
            again_and_again(is_film, place, view, *args, **kwargs)
        else:
            guarded(view, *args, **kwargs)

    return drawn


def month_row(view: View) -> None:
    """Draw the slider of months and the picker of the date to set beside."""
    if view.moments is None or not has_months(view):
        return
    with st.container(key="map-months", horizontal=True, vertical_alignment="center", gap="small"):
        map_film.button(view.moments)
        if map_film.is_running():
            map_film.draw_position(view.moments)
        else:
            _slider(view.moments)
        _compare_picker(view, view.moments)


def earlier_row(view: View, moments: Moments) -> None:
    """Draw the picker of the earlier date over its map, and the way back to one date."""
    with st.container(key="map-earlier", horizontal=True, vertical_alignment="center", gap="small"):
        _compare_picker(view, moments)
        st.button(t("months.end"), key="map-one", on_click=navigate, kwargs={state.COMPARE: None})


def later_row(moments: Moments) -> None:
    """Draw the slider over the map of the later date."""
    with st.container(key="map-later", horizontal=True, vertical_alignment="center"):
        _slider(moments)


def _slider(moments: Moments) -> None:
    """Draw the slider of months; the default month is not told in the link."""
    by_key = {formats.month_key(month): month for month in moments.offered}
    shown, default = formats.month_key(moments.shown), formats.month_key(moments.default)
    widget = map_film.slider_key()
    st.session_state[widget] = shown

    def move() -> None:
        wanted = st.session_state[widget]
        navigate(**{state.MAP_MONTH: None if wanted == default else wanted})

    st.select_slider(
        t("months.slider"),
        list(by_key),
        format_func=lambda key: formats.month(by_key[key]),
        key=widget,
        on_change=move,
        label_visibility="collapsed",
    )


def _compare_picker(view: View, moments: Moments) -> None:
    """Draw the picker of the earlier date; months of like length are named as such."""
    if not moments.comparable:
        return
    by_key = {formats.month_key(month): month for month in reversed(moments.comparable)}

    def words(option: str) -> str:
        if not option:
            return t("months.choose")
        month = by_key[option]
        alike = is_flow(view.indicator) and month.month == moments.shown.month
        return t("months.same_period" if alike else "months.with", month=formats.month(month))

    # A date chosen is left by the button beside it.
    none = [""] if moments.earlier is None else []
    chosen = formats.month_key(moments.earlier) if moments.earlier else ""
    st.session_state["map-compare"] = chosen
    st.selectbox(
        t("months.compare"),
        [*none, *by_key],
        format_func=words,
        key="map-compare",
        on_change=lambda: navigate(**{state.COMPARE: st.session_state["map-compare"] or None}),
        label_visibility="collapsed",
        width=196,
    )
