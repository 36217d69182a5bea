"""The frame of every page: what it shows (URL), title band, breadcrumb, pickers, footer.

view = shell.open_page("outflow", indicators=("out_of_county_inpatient_rate", ...))
shell.title_band(view, title=..., claim=...)
...
shell.footer(view, sources=("settlements", "referrals"))
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import NoReturn

import streamlit as st

from dashboard import formats, freshness, replay, state
from dashboard.components import draw, notice, panel
from dashboard.exports import collect, take_along
from dashboard.look.markup import Markup, div, span
from dashboard.messages import t
from dashboard.places import Place
from dashboard.reading.map_history import moments_of
from dashboard.selectors import MEMORY, area_picker, month_picker, navigate
from dashboard.store import ALL, Marts, Scope, open_marts, snapshot_of
from dashboard.view import View
from pipeline.catalog import catalogue
from pipeline.catalog.sources import SOURCE_IDS
from pipeline.errors import StorageError, UsageError

__all__ = [
    "View",
    "flow_months",
    "footer",
    "is_meeting",
    "link_to",
    "navigate",
    "open_page",
    "title_band",
]

ARROW, SEPARATOR = "\u203a", "\uff5c"


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


def _stop_without_data(detail: str) -> NoReturn:
    with panel("no-data", title=t("state.no_snapshot_title")):
        notice(detail)
        notice(t("state.no_snapshot_todo"))
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
        )
    except StorageError as error:
        _stop_without_data(error.message_zh)
    if choice is None:
        _stop_without_data(t("state.no_rows"))
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


def title_band(view: View, *, title: str, claim: str = "") -> None:
    """Draw breadcrumb, dates, title with its claim sentence, and the pickers."""
    collect.band(title=title, claim=claim, dates=flow_months(view))
    if view.marts.is_demonstration:
        with st.container(key="chrome-demo"):
            draw(div(t("frame.demo"), cls="demo-pill"))
    with st.container(key="band"):
        left, right = st.columns([7, 5], gap=18, vertical_alignment="bottom")
        with left:
            _crumbs(view)
            draw(div(span(title, cls="title"), span(claim, cls="claim"), cls="headline"))
        if not view.meeting:
            with (
                right,
                st.container(
                    key="pickers",
                    horizontal=True,
                    horizontal_alignment="right",
                    vertical_alignment="bottom",
                    gap="small",
                ),
            ):
                area_picker(view)
                month_picker(view)
                take_along.button()
                st.button(
                    t("frame.meeting"), key="meeting", on_click=navigate, kwargs={"meeting": "1"}
                )
    if view.is_past:
        _past_banner(view)
    for text in view.notices:
        notice(text, cls="notice")


def _past_banner(view: View) -> None:
    """Say that an earlier snapshot is shown, and lead back to the one in force."""
    words = t("frame.past", id=view.marts.id, day=formats.day(view.marts.as_of))
    with st.container(key="past", horizontal=True, vertical_alignment="center", gap="small"):
        draw(div(words, cls="notice"), taken_along=False)
        if not view.meeting:
            st.button(t("frame.to_latest"), key="to-latest", on_click=_to_latest)


def _to_latest() -> None:
    """Go to the snapshot in force, and to its newest month."""
    navigate(**{state.SNAPSHOT: None, state.MONTH: None})


def _crumbs(view: View) -> None:
    with st.container(key="crumbs", horizontal=True, gap=None, vertical_alignment="center"):
        for place in view.chain[:-1]:
            _crumb(view, place)
            draw(span(ARROW, cls="crumb-sep"), width="content")
        draw(_dates(view), width="content")


def _crumb(view: View, place: Place) -> None:
    reachable = place.level in {"city", "county", "group"} and (
        place.is_complete or place.level == "county"
    )
    if view.meeting or not reachable:
        draw(span(place.name, cls="crumb"), width="content")
        return
    # A button and not a link: Streamlit does not write a link to the same page into the URL.
    st.button(
        formats.markdown(place.name),
        key=f"crumb-{place.code}",
        type="tertiary",
        on_click=navigate,
        kwargs={"area": place.code},
    )


def _dates(view: View) -> Markup:
    parts = [view.area.name, t("frame.as_of", day=formats.day_with_weekday(view.data_date))]
    parts.append(flow_months(view))
    separated = [span(parts[0], cls="crumb")]
    for part in parts[1:]:
        separated += [span(SEPARATOR, cls="crumb-sep"), span(part, cls="crumb")]
    return span(separated)


def flow_months(view: View) -> str:
    """Say which months of the year are final and which provisional."""
    final = view.final_month
    provisional = view.provisional_months
    if final in provisional:
        return t("frame.flows_none_final", provisional=formats.months(provisional[0], final))
    shown = formats.months(final.replace(month=1), final)
    if not provisional:
        return t("frame.flows_all_final", final=shown)
    tail = formats.months(provisional[0], provisional[-1])
    if provisional[0].year == final.year == provisional[-1].year:
        tail = tail.split("年", 1)[1]
    return t("frame.flows_final", final=shown, provisional=tail)


def footer(view: View, *, sources: tuple[str, ...]) -> None:
    """Draw the last line: demonstration mark, sources, snapshot, boundary source and number."""
    collect.sources(sources)
    left = [t("frame.demo_footer")] if view.marts.is_demonstration else []
    left.append(t("frame.sources", sources="、".join(t(f"source.{s}") for s in sources)))
    stale = freshness.words(view, [s for s in sources if s in SOURCE_IDS])
    left += [stale.rstrip("。")] if stale else []
    number = view.settings.map_approval_number or t("frame.number_pending")
    right = [
        t("frame.snapshot", id=view.marts.id),
        t("frame.boundaries", source=view.settings.boundary_source_zh, number=number),
    ]
    with st.container(key="footer"):
        draw(div(div("　·　".join(left)), div("　·　".join(right)), cls="footer complete"))
