"""The county's profile: against the city, at a glance, its townships, its trend."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard import boundaries, cards, formats, marks, overview
from dashboard.charts.locator import locator_figure
from dashboard.charts.spine import SpineRow, spine_figure
from dashboard.charts.townships import TownshipRow, townships_figure
from dashboard.charts.trend import Comparison, trend_figure
from dashboard.components import chart, draw, panel, state_message, table_twin
from dashboard.facts import Fact, Point, read_facts
from dashboard.findings import Finding, named
from dashboard.markup import Markup, div, span
from dashboard.messages import t
from dashboard.places import Place
from dashboard.queries import townships as questions
from dashboard.selectors import navigate
from dashboard.view import View
from pipeline.catalog import Indicator

SHOWN = (
    "out_of_county_inpatient_rate",
    "fund_outflow_rate",
    "referred_outflow_share",
    "standardised_clinic_rate",
    "three_device_coverage",
    "contract_rate",
    "key_group_contract_rate",
    "fulfilment_rate",
    "recommended_standard_rate",
)
TOP_HEIGHT, BOTTOM_HEIGHT = 440, 394
Facts = dict[tuple[str, str], Fact]


def indicators(view: View) -> list[Indicator]:
    """Return the indicators of the profile."""
    return [view.catalogue.indicators[id_] for id_ in SHOWN]


def own_facts(view: View, county: Place) -> Facts:
    """Read the county and its reference with their history."""
    areas = [county.code, *([view.reference.code] if view.reference else [])]
    return read_facts(view, indicators=indicators(view), areas=areas)


def peer_facts(view: View) -> Facts:
    """Read the sister counties, values only."""
    codes = [p.code for p in view.counties]
    return read_facts(view, indicators=indicators(view), areas=codes, history=False)


def _reference(view: View, own: Facts, indicator: Indicator) -> Fact | None:
    return own.get((indicator.id, view.reference.code)) if view.reference else None


def mark_of(view: View, own: Facts, county: Place, indicator: Indicator) -> marks.Mark:
    """Compare the county with its reference on one indicator."""
    reference = _reference(view, own, indicator)
    value = reference.reading.value if reference else None
    return marks.mark(own[indicator.id, county.code].reading, value, indicator)


def claim(view: View, own: Facts, county: Place) -> str:
    """Say how many indicators are better, similar and worse than the reference."""
    if view.reference is None:
        return ""
    found = [mark_of(view, own, county, i) for i in indicators(view)]
    words = t(
        "county.claim",
        n=len(found),
        reference=overview.reference_words(view),
        **{kind: found.count(kind) for kind in ("better", "similar", "worse")},
    )
    unjudged = found.count("none")
    return words + (t("county.claim_unjudged", n=unjudged) if unjudged else "")


def _best(view: View, peers: Facts, county: Place, indicator: Indicator) -> str:
    known = [
        (fact.reading.value, place)
        for place in view.counties
        if (fact := peers[indicator.id, place.code]).reading.value is not None
    ]
    if len(known) < 2:
        return formats.DASH
    sign = -1 if indicator.polarity == "higher_is_better" else 1
    value, place = min(known, key=lambda pair: (sign * (pair[0] or 0.0), pair[1].code))
    if place.code == county.code or value == peers[indicator.id, county.code].reading.value:
        return t("county.this")
    printed = formats.rate(value, decimals=indicator.decimals)
    return t("county.best_of", name=place.name, value=printed)


def _spine_row(view: View, own: Facts, peers: Facts, county: Place, i: Indicator) -> SpineRow:
    fact, reference = own[i.id, county.code], _reference(view, own, i)
    series = fact.months if i.kind == "flow" else fact.final_months
    mark = mark_of(view, own, county, i)
    return SpineRow(
        code=i.id,
        name=i.name_zh,
        value=fact.reading.value,
        label=cards.value_words(fact) + (i.unit_zh if fact.is_known else ""),
        fraction=cards.fraction_words(fact),
        reference=reference.reading.value if reference else None,
        reference_label=cards.value_words(reference) if reference else formats.DASH,
        best=_best(view, peers, county, i),
        peers=tuple(
            v for p in view.counties if (v := peers[i.id, p.code].reading.value) is not None
        ),
        is_higher_better=i.polarity == "higher_is_better",
        mark=mark if mark in {"better", "worse"} else "",
        series=tuple(p.reading.value for p in series if p.status == "final"),
        is_selected=i.id == view.indicator.id,
    )


def draw_spine(view: View, own: Facts, peers: Facts, county: Place) -> None:
    """Draw the county against its sisters; a click chooses the indicator of the trend."""
    rows = [_spine_row(view, own, peers, county, i) for i in indicators(view)]
    words = overview.reference_words(view) or t("topic.whole_city")
    with panel(
        "spine",
        title=t("county.compare", reference=words),
        note=t("county.compare_note", n=len(view.counties)),
        height=TOP_HEIGHT,
        twin=None if view.meeting else lambda: _spine_twin(view, rows, county),
    ):
        figure = spine_figure(
            rows, reference_zh=words, span_zh=t("overview.span_months", n=24), height=364
        )
        chart(
            figure,
            key="spine",
            alt=t("county.compare", reference=words),
            on_click=lambda id_: navigate(indicator=id_),
        )


def _spine_twin(view: View, rows: Sequence[SpineRow], county: Place) -> None:
    frame = pl.DataFrame(
        {
            "name": [r.name for r in rows],
            "label": [r.label for r in rows],
            "fraction": [r.fraction for r in rows],
            "reference": [r.reference_label for r in rows],
            "best": [r.best for r in rows],
        }
    )
    table_twin(
        frame,
        key="spine",
        name_zh=f"{county.name}{t('page.county')}{view.data_date:%Y%m%d}",
        columns={
            "name": t("pick.indicator"),
            "label": t("county.this"),
            "fraction": t("county.fraction"),
            "reference": overview.reference_words(view) or t("topic.whole_city"),
            "best": t("county.best"),
        },
        demonstration=view.marts.is_demonstration,
    )


def _pair(name: str, value: str) -> Markup:
    return div(span(name, cls="pair-name"), span(value, cls="pair-value"), cls="pair")


def draw_profile(view: View, own: Facts, county: Place) -> None:
    """Draw population, townships, consortium, where the county lies, and its points."""
    consortia, members = questions.consortium_of(view.scan("institutions"), county=county.code)
    planned = own["standardised_clinic_rate", county.code].denominator
    pairs = [
        _pair(t("county.population"), f"{formats.compact(county.population)}人"),
        _pair(t("county.towns"), t("county.count_towns", n=len(_townships(view, county)))),
        _pair(t("county.consortium"), t("county.consortium_value", n=consortia, members=members)),
        _pair(t("county.planned"), t("county.count_clinics", n=formats.count(planned))),
    ]
    title = t("county.profile", name=county.name)
    with panel("profile", title=title, height=TOP_HEIGHT):
        left, right = st.columns([3, 2], gap=18)
        with left:
            draw(div(pairs, cls="pairs"))
        with right:
            _locator(view, county)
        overview.draw_list(_points(view, own, county))


def _locator(view: View, county: Place) -> None:
    drawn = {p.code: p.name for p in boundaries.map_counties(view)}
    if county.code not in drawn:
        home = view.places.get(county.located_in)
        draw(div(t("county.located_in", name=home.name) if home else "", cls="note"))
        return
    figure = locator_figure(
        drawn, selected=county.code, geojson_url=boundaries.geojson_url(view), height=112
    )
    chart(
        figure,
        key="locator",
        alt=t("map.alt", title=county.name),
        on_click=lambda code: overview.follow(view, code),
    )


def _points(view: View, own: Facts, county: Place) -> list[Finding]:
    found = [_outflow_point(view, own, county), _device_point(view, own, county)]
    found.append(_clinic_point(view, own, county))
    return [finding for finding in found if finding is not None]


def _outflow_point(view: View, own: Facts, county: Place) -> Finding | None:
    indicator = indicators(view)[0]
    fact, reference = own[indicator.id, county.code], _reference(view, own, indicator)
    if fact.reading.value is None or reference is None or reference.reading.value is None:
        return None
    mark = mark_of(view, own, county, indicator)
    words = overview.reference_words(view)
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
    return Finding(mark="worse", title=title, text=text)


def _clinic_point(view: View, own: Facts, county: Place) -> Finding | None:
    planned = own["standardised_clinic_rate", county.code].denominator
    if planned is None:
        return None
    rows = questions.unfinished_clinics(view.scan("clinics"), county=county.code)
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


def _townships(view: View, county: Place) -> list[Place]:
    return [p for p in view.places.children(county.code) if p.level == "township"]


def township_rows(view: View, own: Facts, county: Place) -> list[TownshipRow]:
    """Return the townships, lowest contract rate first, those without one last."""
    places = _townships(view, county)
    codes = [p.code for p in places]
    rates = questions.rates_in_month(
        view.scan("indicator_monthly"),
        indicator_ids=["contract_rate", "standardised_clinic_rate"],
        townships=codes,
        month=view.month,
    )
    found = {(r["indicator_id"], r["area_code"]): r for r in rates.iter_rows(named=True)}
    series = questions.rate_series(
        view.scan("indicator_monthly"),
        indicator_id="contract_rate",
        townships=codes,
        until=view.month,
    )
    states = questions.device_states(view.scan("devices"), county=county.code)
    reference = own["contract_rate", county.code].reading.value
    indicator = view.catalogue.indicators["contract_rate"]
    rows = []
    for place in places:
        rate = found.get(("contract_rate", place.code), {})
        clinics = found.get(("standardised_clinic_rate", place.code), {})
        reading = marks.Reading(
            value=rate.get("value"), lower=rate.get("lower"), upper=rate.get("upper")
        )
        done, planned = clinics.get("numerator"), clinics.get("denominator")
        mark = marks.mark(reading, reference, indicator)
        rows.append(
            TownshipRow(
                code=place.code,
                name=place.name,
                value=reading.value,
                lower=reading.lower,
                upper=reading.upper,
                label=formats.SUPPRESSED
                if rate.get("status") == "suppressed"
                else formats.rate(reading.value),
                mark=mark if mark in {"better", "worse"} else "",
                clinics=formats.fraction(done, planned, unit_zh=""),
                clinics_open=done is not None and planned is not None and done < planned,
                devices=states.get(place.code, ()),
                series=series.get(place.code, ()),
            )
        )
    return sorted(rows, key=lambda r: (r.value is None, r.value or 0.0, r.code))


def draw_townships(view: View, own: Facts, county: Place) -> None:
    """Draw the township grid; a click goes down to the township and its clinics."""
    rows = township_rows(view, own, county)
    reference = own["contract_rate", county.code]
    # In a meeting the page is exactly one screen; otherwise rows keep a readable height.
    needed = 34 + 32 + 78 + 27 * ((len(rows) + 1) // 2)
    height = BOTTOM_HEIGHT if view.meeting else max(BOTTOM_HEIGHT, needed)
    with panel(
        "townships",
        title=t("county.townships", n=len(rows)),
        note=t("county.townships_note", indicator=reference.indicator.name_zh),
        height=height,
        twin=None if view.meeting else lambda: _townships_twin(view, rows, county),
    ):
        if not rows:
            state_message("county.no_townships")
            return
        figure = townships_figure(
            rows,
            reference=reference.reading.value,
            reference_label=cards.value_words(reference),
            height=height - 78,
        )
        chart(
            figure,
            key="townships",
            alt=t("county.townships", n=len(rows)),
            on_click=lambda code: navigate(area=code),
        )


def _townships_twin(view: View, rows: Sequence[TownshipRow], county: Place) -> None:
    frame = pl.DataFrame(
        {
            "code": [r.code for r in rows],
            "name": [r.name for r in rows],
            "rate": [r.label for r in rows],
            "clinics": [r.clinics for r in rows],
            "devices": [f"{r.devices.count('in_use')}／{len(r.devices)}" for r in rows],
        }
    )
    table_twin(
        frame,
        key="townships",
        name_zh=f"{county.name}{t('county.township')}{view.data_date:%Y%m%d}",
        columns={
            "code": t("table.area_code"),
            "name": t("county.township"),
            "rate": t("county.contract_head"),
            "clinics": t("page.clinics"),
            "devices": t("page.equipment"),
        },
        demonstration=view.marts.is_demonstration,
    )


def _series(points: Sequence[Point]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "period": [p.period for p in points],
            "value": [p.reading.value for p in points],
            "status": [p.status for p in points],
        },
        schema={"period": pl.Date, "value": pl.Float64, "status": pl.String},
    )


def draw_trend(view: View, own: Facts, county: Place) -> None:
    """Draw the chosen indicator over the months, the reference thin beside it."""
    indicator = view.indicator
    fact, reference = own[indicator.id, county.code], _reference(view, own, indicator)
    comparison = None
    if reference is not None and reference.months:
        words = overview.reference_words(view)
        comparison = Comparison(name_zh=words, series=_series(reference.months))
    note = t("county.trend_note", unit=indicator.unit_zh)
    with panel("trend", title=indicator.name_zh, note=note, height=BOTTOM_HEIGHT):
        figure = trend_figure(
            _series(fact.months),
            unit_zh=indicator.unit_zh,
            decimals=indicator.decimals,
            name_zh=county.name,
            target=fact.target,
            comparison=comparison,
            height=316,
        )
        chart(figure, key="trend", alt=indicator.name_zh)
