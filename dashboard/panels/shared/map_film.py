"""The months of a map as a film: one a second, up to the page's own month.

The framework's timer redraws the map's fragment and ends with the next run of the whole page, which
a pause, the last month and every other choice bring: no timer outlives the page. While the film
runs its month stands in the session and not in the link, so that one step back leads to before it.
"""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from dashboard import formats, state
from dashboard.components import draw
from dashboard.look.markup import div, el, span
from dashboard.messages import t
from dashboard.selectors import navigate
from dashboard.state import Moments

SECONDS = 1.0
MONTH = "map-film-month"  # in the session: the month on the screen while the film runs
ASKED = "map-film-asked"  # in the session: the next run of the page starts the film
BEGUN = "map-film-begun"  # in the session: the page has just drawn the first picture

FILMS = "map-films"  # in the session: how many there were


def is_running() -> bool:
    """Say whether the map's fragment is being played."""
    return MONTH in st.session_state


def is_asked_for() -> bool:
    """Say whether the viewer has pressed play and the page has not followed yet."""
    return ASKED in st.session_state


def begin() -> bool:
    """Say, in a run of the whole page, whether the film starts; whatever ran before has ended."""
    if st.session_state.pop(ASKED, None) is None:
        st.session_state.pop(MONTH, None)
        return False
    st.session_state[BEGUN] = True
    st.session_state[FILMS] = st.session_state.get(FILMS, 0) + 1
    return True


def slider_key() -> str:
    """Return the slider's key: after a film a new one, since the old keeps its old place."""
    films = st.session_state.get(FILMS, 0)
    return f"map-slider-{films}" if films else "map-slider"


def first_month(moments: Moments) -> str:
    """Return where the film starts: at the month shown, at the end of the months anew."""
    is_at_end = moments.shown >= moments.default
    return formats.month_key(moments.offered[0] if is_at_end else moments.shown)


def can_play(moments: Moments) -> bool:
    """Say whether there is more than one month to play."""
    return moments.offered[0] < moments.default


def played(moments: Moments) -> Moments | None:
    """Return what the film shows now, a month further with every run; None when it has ended."""
    by_key = {formats.month_key(month): month for month in moments.offered}
    shown = by_key.get(st.session_state.get(MONTH, ""))
    if shown is None:
        return None
    if st.session_state.pop(BEGUN, None) is None:
        shown = next((month for month in moments.offered if month > shown), shown)
    if shown >= moments.default:
        stop(None)
        return None
    st.session_state[MONTH] = formats.month_key(shown)
    return replace(moments, shown=shown)


def stop(month: str | None) -> None:
    """End the film; its month goes into the link, the page's own month needs no telling."""
    st.session_state.pop(MONTH, None)
    navigate(**{state.MAP_MONTH: month})


def draw_position(moments: Moments) -> None:
    """Draw how far the film is, in the slider's place.

    A slider that the program moves sends its month back as if the viewer had moved it.
    """
    months = moments.offered
    at, last = months.index(moments.shown), months.index(moments.default)
    words = span(formats.month(moments.shown))
    draw(
        div(words, el("progress", value=str(at), max=str(last)), cls="film-position"),
        taken_along=False,
    )


def button(moments: Moments) -> None:
    """Draw the button that plays the months, or halts them where they are."""

    def play() -> None:
        st.session_state[MONTH] = first_month(moments)
        st.session_state[ASKED] = True

    def halt() -> None:
        stop(formats.month_key(moments.shown))

    if can_play(moments):
        runs = is_running()
        st.button(
            t("months.halt" if runs else "months.play"),
            key="map-film",
            on_click=halt if runs else play,
            type="tertiary",
        )
