"""What a page shows: its snapshot, area, indicator and month, from link, session and defaults."""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import NoReturn

import streamlit as st

from dashboard import formats, freshness, state
from dashboard.components import notice, panel
from dashboard.exports import collect
from dashboard.messages import t
from dashboard.reading.map_history import moments_of
from dashboard.runs import replay
from dashboard.selectors import MEMORY, navigate
from dashboard.store import ALL, Marts, Scope, id_in_force, open_marts, snapshot_of
from dashboard.view import View
from pipeline.catalog import catalogue
from pipeline.errors import StorageError, UsageError
from pipeline.snapshots import NoSnapshotError

log = logging.getLogger(__name__)


def viewer_scope() -> Scope:
    """Return the areas the viewer may see; everything until login decides it."""
    return ALL


def link_to(view: View, **ids: str) -> dict[str, str]:
    """Return the query of a link that keeps the view and changes some ids."""
    return _address(view) | ids


def _address(view: View) -> dict[str, str]:
    ids = {
        state.AREA: view.area.code,
        state.INDICATOR: view.indicator.id,
        state.MONTH: formats.month_key(view.month),
    }
    if view.pinned:
        ids[state.SNAPSHOT] = view.marts.id
    if view.meeting:
        ids[state.MEETING] = "1"
    return ids


def is_meeting() -> bool:
    """Say whether the meeting mode is asked for, by the link or earlier in the session."""
    wanted = state.merged(st.query_params.to_dict(), st.session_state.get(MEMORY, {}))
    return wanted.get(state.MEETING) == "1"


def follow(before: str | None) -> None:
    """Show what was published since `before` was in force, for a screen that nobody touches.

    The newest month gives way to the newest one. A link that names a snapshot keeps it.
    """
    now, link = id_in_force(), st.query_params
    if now is None or now == before or state.SNAPSHOT in link:
        return
    if before and link.get(state.MONTH) == formats.month_key(open_marts(before).months[-1]):
        navigate(month=None)
    st.rerun()


def _pin_day(wanted: dict[str, str]) -> list[str]:
    """Turn the day of a link into the snapshot that was known then."""
    words = wanted.pop(state.AS_OF, None)
    if words is None or state.SNAPSHOT in wanted:
        return []
    try:
        found = snapshot_of(dt.date.fromisoformat(words))
    except ValueError:
        found = None
    if found is None:
        return [t("state.no_snapshot_of_day")]
    wanted[state.SNAPSHOT] = found
    return []


def _marts(wanted: dict[str, str]) -> tuple[Marts, list[str]]:
    """Open the snapshot of the link, or the one in force when that cannot be shown."""
    notices = _pin_day(wanted)
    if state.SNAPSHOT in wanted:
        try:
            return open_marts(wanted[state.SNAPSHOT], scope=viewer_scope()), notices
        except UsageError:
            notices.append(t("state.unknown_snapshot"))
        except StorageError:
            notices.append(t("state.damaged_snapshot"))
        wanted.pop(state.SNAPSHOT)
    return open_marts(scope=viewer_scope()), notices


def _is_past(marts: Marts, wanted: dict[str, str]) -> bool:
    """Say whether the link names another snapshot than the one in force."""
    if state.SNAPSHOT not in wanted:
        return False
    try:
        return open_marts().id != marts.id
    except StorageError:  # nothing sound is in force: what is shown is at least not the latest
        return True


def _stop_without_data(kind: str) -> NoReturn:
    """Say why nothing can be shown and whom to call; how it is mended is not for every reader."""
    with panel("no-data", title=t(f"state.{kind}_title")):
        notice(t(f"state.{kind}_todo"))
    st.stop()


def _chosen(
    wanted: dict[str, str], *, offered: tuple[str, ...]
) -> tuple[Marts, state.Choice, list[str]]:
    """Open the marts and resolve the link; return what else there is to say of it."""
    try:
        marts, notices = _marts(wanted)
        choice = state.choose(
            wanted,
            places=marts.places,
            indicators=catalogue().indicators,
            offered=offered,
            months=marts.months,
            told=partial(freshness.told, marts),
        )
    except StorageError as error:
        log.error("no data can be shown: %s", error.message_zh)
        is_damaged = not isinstance(error, NoSnapshotError)
        _stop_without_data("damaged_current" if is_damaged else "no_snapshot")
    if choice is None:
        _stop_without_data("no_snapshot")
    return marts, choice, notices


def open_page(
    page_id: str,
    *,
    indicators: tuple[str, ...],
    own: tuple[str, ...] = (),
    shows_besides: Callable[[], object] | None = None,
) -> View:
    """Resolve what the page shows from link, session and defaults, and write it to the URL.

    Stops the run with an explanation in Chinese when there is no snapshot, and without one when the
    same page can be drawn as it was drawn before.

    Args:
        page_id: id of the page in `site.ORDER`.
        indicators: the indicators the page offers, its default first.
        own: further keys of the page's link, which the page itself reads and checks.
        shows_besides: returns what else the page shows that may change while its snapshot stays.
    """
    wanted = state.merged(st.query_params.to_dict(), st.session_state.get(MEMORY, {}))
    marts, choice, notices = _chosen(wanted, offered=indicators)
    view = View(
        page_id=page_id,
        marts=marts,
        catalogue=catalogue(),
        area=choice.area,
        indicator=choice.indicator,
        offered=indicators,
        month=choice.month,
        meeting=wanted.get(state.MEETING) == "1",
        pinned=state.SNAPSHOT in wanted,
        is_past=_is_past(marts, wanted),
        notices=(*notices, *choice.notices),
    )
    if state.MAP_MONTH in own:
        view = _with_moments(view, wanted)
    _remember(view, own)
    contents = collect.begin(view)
    st.session_state[collect.IN_SESSION] = contents
    replay.begin(view, contents, seen_besides=shows_besides() if shows_besides else None)
    return view


def _with_moments(view: View, wanted: dict[str, str]) -> View:
    """Add the dates of the page's map."""
    found = moments_of(view, wanted)
    return replace(view, moments=found, notices=(*view.notices, *found.notices))


def _remember(view: View, own: tuple[str, ...]) -> None:
    address = _address(view)
    st.session_state[MEMORY] = address
    shown = st.query_params.to_dict()
    checked = view.moments.link if view.moments else {}
    others = {key: shown[key] for key in own if key in shown and key not in state.MAP_KEYS}
    wanted = address | others | checked
    if shown != wanted:
        st.query_params.from_dict(wanted)
