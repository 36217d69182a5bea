"""A county at a glance: people, townships, consortium, where it lies, and its points."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import streamlit as st

from dashboard import boundaries, formats
from dashboard.blocks import block
from dashboard.charts.locator import locator_figure
from dashboard.components import chart, draw, panel
from dashboard.look import cards
from dashboard.look.markup import Markup, div, span
from dashboard.messages import t
from dashboard.panels.county.spine import TOP_HEIGHT, Facts, indicators, mark_of, reference_of
from dashboard.panels.county.townships import townships_of
from dashboard.panels.overview import board, county_map
from dashboard.places import Place
from dashboard.queries import townships as questions
from dashboard.reading.findings import Finding, named
from dashboard.reading.registries import clinics_of
from dashboard.view import View

WORSE_NAMED = 3  # indicators in the point on what a county is worse on


def _counted(key: str, value: int | None, print_value: Callable[[float | None], str]) -> str:
    return formats.DASH if value is None else t(key, n=print_value(value))


def _pair(name: str, value: str) -> Markup:
    return div(span(name, cls="pair-name"), span(value, cls="pair-value"), cls="pair")


@block
def draw_profile(view: View, own: Facts, county: Place) -> None:
    """Draw population, townships, consortium, where the county lies, and its points."""
    consortia, members = questions.consortium_of(view.scan("institutions"), county=county.code)
    planned = own["standardised_clinic_rate", county.code].denominator
    pairs = [
        _pair(
            t("county.population"), _counted("county.people", county.population, formats.compact)
        ),
        _pair(t("county.towns"), t("county.count_towns", n=len(townships_of(view, county)))),
        _pair(t("county.consortium"), t("county.consortium_value", n=consortia, members=members)),
        _pair(t("county.planned"), _counted("county.count_clinics", planned, formats.count)),
    ]
    title = t("county.profile", name=county.name)
    with panel("profile", title=title, height=TOP_HEIGHT):
        left, right = st.columns([3, 2], gap=18)
        with left:
            draw(div(pairs, cls="pairs"))
        with right:
            _locator(view, county)
        board.draw_list(_points(view, own, county))


def _locator(view: View, county: Place) -> None:
    drawn = {p.code: p.name for p in boundaries.map_counties(view)}
    if county.code not in drawn:
        home = view.places.get(county.located_in)
        draw(div(t("county.located_in", name=home.name) if home else "", cls="note"))
        return
    figure = locator_figure(
        drawn,
        selected=county.code,
        geojson_url=boundaries.geojson_url(view),
        height=112,
        shapes=boundaries.shapes(view),
    )
    chart(
        figure,
        key="locator",
        alt=t("map.alt", title=county.name),
        on_click=lambda code: county_map.follow(view, code),
    )


def _points(view: View, own: Facts, county: Place) -> list[Finding]:
    compared = _worse_point(view, own, county) or _outflow_point(view, own, county)
    found = [compared, _device_point(view, own, county), _clinic_point(view, own, county)]
    return [finding for finding in found if finding is not None]


def _worse_point(view: View, own: Facts, county: Place) -> Finding | None:
    """Name what the county is worse on than the whole; of many the first of the page's order."""
    worse = [i for i in indicators(view) if mark_of(view, county, i) == "worse"]
    said = []
    for indicator in worse[:WORSE_NAMED]:
        values = (own[indicator.id, county.code], reference_of(view, own, indicator))
        value, other = (
            f"{cards.value_words(fact)}{indicator.unit_zh}" if fact else formats.DASH
            for fact in values
        )
        said.append(t("behind.item", name=indicator.short_zh, value=value, other=other))
    if not said:
        return None
    title = t("county.worse", n=len(worse), reference=board.reference_words(view))
    return Finding(mark="worse", title=title, text=t("behind.items", items="，".join(said)))


def _outflow_point(view: View, own: Facts, county: Place) -> Finding | None:
    indicator = indicators(view)[0]
    fact, reference = own[indicator.id, county.code], reference_of(view, own, indicator)
    if fact.reading.value is None or reference is None or reference.reading.value is None:
        return None
    mark = mark_of(view, county, indicator)
    if mark == "none":
        return None
    words = board.reference_words(view)
    gap = abs(fact.reading.value - reference.reading.value)
    return Finding(
        mark=mark,
        title=t(f"county.outflow_{mark}", name=indicator.name_zh, reference=words),
        text=t(
            "county.outflow_text",
            value=formats.percent(fact.reading.value),
            reference=words,
            other=formats.percent(reference.reading.value),
            gap=formats.rate(gap),
        ),
    )


def _device_point(view: View, own: Facts, county: Place) -> Finding | None:
    """Return the point of the devices; which of them are out is known of today alone."""
    if not view.is_latest:
        return None
    fact = own["three_device_coverage", county.code]
    if fact.numerator is None or fact.denominator is None:
        return None
    broken = questions.broken_devices(view.scan("devices"), county=county.code)
    if broken.is_empty():
        text = t("county.device_none_text", n=fact.denominator)
        return Finding(mark="better", title=t("county.device_none"), text=text)
    centres = broken["institution_code"].n_unique()
    first = broken.row(0, named=True)
    title = t("county.device_more", n=centres)
    if centres == 1:
        device = t(f"device.{first['device_type']}")
        title = t("county.device_title", institution=first["institution_name"], device=device)
    reach = {
        "n": min(fact.numerator + centres, fact.denominator),
        "all": fact.denominator,
    }
    text = t("county.device_text", **reach)
    since = first["reported_broken_on"]
    if centres == 1 and isinstance(since, dt.date):
        text = t("county.device_days", days=(view.data_date - since).days, **reach)
    if planned := broken.filter("is_planned")["institution_code"].n_unique():
        key = "county.device_planned" if centres == 1 else "county.devices_planned"
        text += t(key, n=planned)
    return Finding(mark="worse", title=title, text=text)


def _clinic_point(view: View, own: Facts, county: Place) -> Finding | None:
    planned = own["standardised_clinic_rate", county.code].denominator
    if planned is None:
        return None
    rows = questions.unfinished_clinics(clinics_of(view), county=county.code)
    if rows.is_empty():
        text = t("county.clinics_done_text", n=planned)
        return Finding(mark="better", title=t("county.clinics_done"), text=text)
    names = [
        t("county.clinics_town", name=name or formats.DASH, n=n) for name, n in rows.iter_rows()
    ]
    shown = "、".join(names[:3]) if len(names) <= 3 else named(names).replace("个县区", "个乡镇")
    return Finding(
        mark="similar",
        title=t("county.clinics_open", n=int(rows["n"].sum())),
        text=t("county.clinics_open_text", names=shown),
    )
