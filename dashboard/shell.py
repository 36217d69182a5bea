"""The frame of every page: title band, breadcrumb, pickers, footer; `opening` says what it shows.

view = shell.open_page("outflow", indicators=("out_of_county_inpatient_rate", ...))
shell.title_band(view, title=..., claim=...)
...
shell.footer(view, sources=("settlements", "referrals"))
"""

from __future__ import annotations

import streamlit as st

from dashboard import formats, freshness, origins, site, state
from dashboard.components import draw, notice
from dashboard.exports import collect, take_along
from dashboard.look.markup import Markup, div, join, span
from dashboard.messages import t
from dashboard.opening import is_meeting, link_to, open_page
from dashboard.places import Place
from dashboard.selectors import area_picker, month_picker, navigate
from dashboard.view import View
from pipeline.catalog.sources import SOURCE_IDS

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


def title_band(view: View, *, title: str, claim: str = "") -> None:
    """Draw breadcrumb, dates, title with its claim sentence, and the pickers."""
    collect.band(title=title, claim=claim, dates=flow_months(view))
    demo = div(t("frame.demo"), cls="demo-pill") if view.marts.is_demonstration else None
    with st.container(key="band"):
        left, right = st.columns([7, 5], gap=18, vertical_alignment="bottom")
        with left:
            _crumbs(view)
            draw(div(demo, span(title, cls="title"), span(claim, cls="claim"), cls="headline"))
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
    # The page on quality says it of each county; a meeting's one screen has cards and last line.
    if view.page_id != "quality" and not view.meeting:
        _in_vain(view)
    for text in view.notices:
        notice(text, cls="notice")


def _past_banner(view: View) -> None:
    """Say that an earlier snapshot is shown, and lead back to the one in force."""
    words = t("frame.past", id=view.marts.id, day=formats.day(view.marts.as_of))
    with st.container(key="past", horizontal=True, vertical_alignment="center", gap="small"):
        draw(div(words, cls="notice"), taken_along=False)
        if not view.meeting:
            st.button(t("frame.to_latest"), key="to-latest", on_click=_to_latest)


def _in_vain(view: View) -> None:
    """Name the page's sources of which all that was sent was refused, and lead to why."""
    asked = {"targets"}.union(*(freshness.sources_of(id_) for id_ in view.offered))
    named = freshness.refused(view, [source for source in SOURCE_IDS if source in asked])
    if not named:
        return
    words = t("frame.in_vain", sources="、".join(t(f"source.{s}") for s in named))
    with st.container(key="in-vain", horizontal=True, vertical_alignment="center", gap="small"):
        draw(div(words, cls="notice"))
        query = link_to(view)
        st.page_link(site.page("quality"), label=t("frame.to_quality"), query_params=query)


def _to_latest() -> None:
    """Go to the snapshot in force, and to its newest month."""
    navigate(**{state.SNAPSHOT: None, state.MONTH: None})


def _crumbs(view: View) -> None:
    """Draw the way from the top to the area, then the dates; words between two buttons are one."""
    said: list[Markup] = []
    with st.container(key="crumbs", horizontal=True, gap=None, vertical_alignment="center"):
        for place in view.chain[:-1]:
            if view.meeting or not _is_reachable(place):
                said.append(span(place.name, cls="crumb"))
            else:
                if said:
                    draw(join(said), width="content")
                _crumb(place)
                said = []
            said.append(span(ARROW, cls="crumb-sep"))
        draw(span(said, _dates(view)), width="content")


def _is_reachable(place: Place) -> bool:
    return place.level == "county" or (place.level != "township" and place.is_complete)


def _crumb(place: Place) -> None:
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
    """Say which months of the year are final and which provisional, if claims came at all."""
    if not freshness.was_sent(view, "settlements"):
        in_vain = freshness.refused(view, ["settlements"])
        return t("frame.flows_refused" if in_vain else "frame.flows_unsent")
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
    """Draw the last line: demonstration mark, sources, snapshot, and of a map its outlines."""
    collect.sources(sources)
    left = [t("frame.demo_footer")] if view.marts.is_demonstration else []
    left += origins.source_words(view, sources)
    # One place, so that the line stays one: the page on quality names the others.
    stale = freshness.words(view, [s for s in sources if s in SOURCE_IDS], most=1)
    left += [stale.rstrip("。")] if stale else []
    right = [t("frame.snapshot", id=view.marts.id)]
    right += [origins.boundary_words(view)] if collect.has_map() else []
    draw(div(div("　·　".join(left)), div("　·　".join(right)), cls="footer complete"))
