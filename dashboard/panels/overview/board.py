"""The panels of the overview: cards, points, map, scorecard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import streamlit as st

from dashboard import formats, shell, site
from dashboard.blocks import block
from dashboard.components import draw, panel, state_message
from dashboard.exports import collect
from dashboard.look import cards
from dashboard.look.markup import div
from dashboard.messages import t
from dashboard.places import Place
from dashboard.reading import findings, topics
from dashboard.reading.facts import Fact, read_facts
from dashboard.reading.findings import Finding
from dashboard.reading.week import is_compared, week_of
from dashboard.selectors import navigate
from dashboard.view import View
from pipeline.catalog import Indicator

HEADLINE = (
    "out_of_county_inpatient_rate",
    "fund_outflow_rate",
    "standardised_clinic_rate",
    "three_device_coverage",
    "contract_rate",
    "key_group_contract_rate",
)
PANEL_HEIGHT, MEETING_EXTRA = 600, 64
IN_TITLE = {
    **{"improved": "better", "advanced": "better", "worsened": "worse", "receded": "worse"},
    "not_judged": "unjudged",
}
ORDER = ("better", "worse", "stalled", "rest", "unjudged")  # of what the title tells
Facts = dict[tuple[str, str], Fact]


def indicators(view: View) -> list[Indicator]:
    """Return the headline indicators."""
    return [view.catalogue.indicators[id_] for id_ in HEADLINE]


def panel_height(view: View) -> int:
    """Return the height of the third row; in a meeting it gets what the navigation leaves."""
    return PANEL_HEIGHT + (MEETING_EXTRA if view.meeting else 0)


def compared(view: View) -> tuple[Place, ...]:
    """Return the areas of the scorecard: the counties of the city, or the cities of the group."""
    return view.children if view.area.level == "group" else view.counties


def compared_words(view: View) -> str:
    """Name what the scorecard compares."""
    return t("overview.cities" if view.area.level == "group" else "overview.counties")


def title_words(view: View) -> str:
    """Name the scorecard."""
    if view.area.level == "group":
        return t("overview.table_group")
    return t("overview.table", what=compared_words(view))


def needy(view: View, places: Sequence[Place]) -> dict[str, int]:
    """Return on how many headline indicators an area is claimed worse; the others are left out."""
    headline = indicators(view)
    found = {p.code: [mark_of(view, i, p.code) for i in headline].count("worse") for p in places}
    return {code: n for code, n in found.items() if n}


def own_facts(view: View) -> Facts:
    """Read the headline indicators of the area with their history."""
    return read_facts(view, indicators=indicators(view), areas=[view.area.code])


def all_facts(view: View) -> Facts:
    """Read the headline indicators of the compared areas, the map's counties and the reference."""
    places = {p.code for p in (*compared(view), *view.counties)}
    if view.reference is not None:
        places.add(view.reference.code)
    return read_facts(view, indicators=indicators(view), areas=sorted(places), history=False)


def reference_words(view: View) -> str:
    """Name what areas are compared with."""
    place = view.reference
    if place is None:
        return ""
    words = topics.reference_words(place)
    return words if words != place.name else t("overview.whole_group")


def reference_value(view: View, facts: Facts, indicator: Indicator) -> float | None:
    """Return the value of the reference."""
    fact = facts.get((indicator.id, view.reference.code)) if view.reference else None
    return fact.reading.value if fact else None


def mark_of(view: View, indicator: Indicator, code: str) -> str:
    """Return better, worse or nothing for an area beside the reference."""
    reference = view.reference.code if view.reference else None
    return week_of(view).claimed(indicator.id, code, reference)


def claim(view: View, own: Facts) -> str:
    """Build the sentence beside the title: how many moved, how many counties need attention.

    Indicators without a value are not spoken of.
    """
    facts = [own[i.id, view.area.code] for i in indicators(view)]
    kinds = [_kind(fact) for fact in facts if fact.reading.value is not None]
    found = [kind for kind in ORDER if kind in kinds]
    parts = [t(f"overview.claim_{kind}", n=kinds.count(kind)) for kind in found]
    first = t("overview.claim", n=len(kinds), parts="，".join(parts))
    if not kinds:
        first = t("overview.claim_no_values")
    elif found == ["rest"]:
        key = "overview.claim_quiet" if len(kinds) > 1 else "overview.claim_quiet_one"
        first = t(key, n=len(kinds))
    counties = _counties_claim(view)
    return f"{first}；{counties}" if counties else first


def _kind(fact: Fact) -> str:
    """Sort a verdict for the title: a registry that paused for a few weeks is not stalled."""
    if findings.is_stalled(fact):
        return "stalled"
    return IN_TITLE.get(fact.change.verdict, "rest")


def needy_claim(view: View) -> str:
    """Say how many counties need attention; where one can be clicked, ask for it."""
    said = _counties_claim(view)
    if view.meeting:
        return said
    return f"{said}，{t('county.pick_a_county')}" if said else t("county.pick_a_county")


def _own_claim(view: View, county: Place) -> str:
    """Say on how many indicators one county is worse and better than the whole, if on any.

    That it is like the whole is said where all are judged: what is missing is not alike.
    """
    reference = view.reference.code if view.reference else None
    found = [week_of(view).mark(i.id, county.code, reference) for i in indicators(view)]
    whole = reference_words(view)
    said = [
        t(f"overview.claim_itself_{mark}", n=found.count(mark), reference=whole)
        for mark in ("worse", "better")
        if mark in found
    ]
    if not said and set(found) == {"similar"}:
        return t("overview.claim_itself_alike", reference=whole)
    return "，".join(said)


def _counties_claim(view: View) -> str:
    if view.area.level in {"county", "township"} and view.county is not None:
        return _own_claim(view, view.county) if view.reference is not None else ""
    listed = [(len(needy(view, compared(view))), compared_words(view))]
    if view.area.level == "group":
        listed.append((len(needy(view, view.counties)), t("overview.counties")))
    said = "、".join(t("overview.needy", n=n, what=what) for n, what in listed if n)
    if said:
        return t("overview.claim_needy", who=said)
    is_told = is_compared(week_of(view), indicators(view), compared(view), view.reference)
    return t("overview.claim_none_needy", what=compared_words(view)) if is_told else ""


@block
def draw_cards(view: View, own: Facts) -> None:
    """Draw the six cards; a click chooses the indicator of map and scorecard."""
    with st.container(key="cards"):
        for column, indicator in zip(st.columns(6, gap=18), indicators(view), strict=True):
            state = "on" if indicator.id == view.indicator.id else "off"
            with column, st.container(key=f"card-{state}-{indicator.id}"):
                draw(cards.card(own[indicator.id, view.area.code]))
                if not view.meeting:
                    st.button(
                        indicator.name_zh,
                        key=f"choose-{indicator.id}",
                        on_click=navigate,
                        kwargs={"indicator": indicator.id},
                    )


def shown_counties(view: View) -> tuple[Place, ...]:
    """Return the counties that make up the area."""
    return (view.county,) if view.county is not None else view.counties


@block
def draw_points(view: View, found: Sequence[Finding]) -> None:
    """Draw the panel of points."""
    county = view.county
    link = None
    if county is not None and not view.meeting:
        link = partial(_profile_link, view, county)
    title = t("overview.points" if view.is_latest else "overview.points_past")
    note = t("overview.points_note")
    with panel("points", title=title, note=note, height=panel_height(view), button=link):
        draw_list(found, link=None if view.meeting else partial(_point_link, view))


def _point_link(view: View, found: Finding) -> None:
    """Lay a link over a point: to the page, area and indicator that it speaks of."""
    if found.indicator is not None:
        st.page_link(
            site.page(found.indicator.topic),
            label=formats.markdown(found.title),
            query_params=shell.link_to(
                view, area=found.area_code or view.area.code, indicator=found.indicator.id
            ),
        )


def _profile_link(view: View, county: Place) -> None:
    with st.container(key="profile-link", width="content"):
        st.page_link(
            site.page("county"),
            label=t("overview.to_profile"),
            query_params=shell.link_to(view, area=county.code),
        )


def draw_list(found: Sequence[Finding], *, link: Callable[[Finding], None] | None = None) -> None:
    """Draw points one below the other; `link` lays what a point leads to over it."""
    if not found:
        state_message("state.no_rows")
        return
    points = [
        div(
            cards.mark_image(f.mark),
            div(div(f.title, cls="point-title"), div(f.text, cls="point-text")),
            cls="point",
        )
        for f in found
    ]
    if link is None:
        draw(div(points, cls="points"))
        return
    collect.markup(div(points, cls="points"))
    with st.container(key="points", gap=None):
        for n, (one, shown) in enumerate(zip(found, points, strict=True)):
            with st.container(key=f"point-{n}", gap=None):
                draw(shown, taken_along=False)
                link(one)
