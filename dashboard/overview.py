"""The panels of the overview: cards, points, map, scorecard."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboard import boundaries, cards, findings, formats, marks, shell, site
from dashboard.charts.map import map_figure
from dashboard.charts.scorecard import Cell, Main, ScoreRow, narrow_intervals, scorecard_figure
from dashboard.components import chart, draw, panel, state_message, table_twin
from dashboard.facts import Fact, read_facts
from dashboard.findings import Finding
from dashboard.formats import plain
from dashboard.markup import div, span
from dashboard.messages import t
from dashboard.places import Place
from dashboard.queries.centres import centres_short_of_devices
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
PANEL_HEIGHT = 600
Facts = dict[tuple[str, str], Fact]


def indicators(view: View) -> list[Indicator]:
    """Return the headline indicators."""
    return [view.catalogue.indicators[id_] for id_ in HEADLINE]


def compared(view: View) -> tuple[Place, ...]:
    """Return the areas of the scorecard: the counties of the city, or the cities of the group."""
    return view.children if view.area.level == "group" else view.counties


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
    return t("topic.whole_city") if place.level == "city" else place.name


def reference_value(view: View, facts: Facts, indicator: Indicator) -> float | None:
    """Return the value of the reference."""
    fact = facts.get((indicator.id, view.reference.code)) if view.reference else None
    return fact.reading.value if fact else None


def mark_of(view: View, facts: Facts, indicator: Indicator, code: str) -> str:
    """Return better, worse or nothing for an area."""
    found = marks.mark(
        facts[indicator.id, code].reading, reference_value(view, facts, indicator), indicator
    )
    return found if found in {"better", "worse"} else ""


def claim(view: View, own: Facts, others: Facts) -> str:
    """Build the sentence beside the title: how many moved, how many counties need attention."""
    verdicts = [own[i.id, view.area.code].verdict[0] for i in indicators(view)]
    parts = [
        t(f"overview.claim_{kind}", n=verdicts.count(kind))
        for kind in ("improved", "worsened", "unchanged", "normal", "not_judged")
        if kind in verdicts
    ]
    counties = _counties_claim(view, others)
    return t("overview.claim", n=len(verdicts), parts="，".join(parts), counties=counties)


def _counties_claim(view: View, facts: Facts) -> str:
    headline = indicators(view)
    if view.area.level in {"county", "township"} and view.county is not None:
        found = [mark_of(view, facts, i, view.county.code) for i in headline]
        words = {"reference": reference_words(view) or t("topic.whole_city")}
        return t("overview.claim_itself", n=found.count("worse"), m=found.count("better"), **words)
    needy = [
        p
        for p in compared(view)
        if any(mark_of(view, facts, i, p.code) == "worse" for i in headline)
    ]
    if not needy:
        return t("overview.claim_no_counties")
    return t("overview.claim_counties", n=len(needy))


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


def points(view: View, own: Facts, others: Facts) -> list[Finding]:
    """Collect the points of the area in the order of the cards."""
    mine = {i.id: own[i.id, view.area.code] for i in indicators(view)}
    short = centres_short_of_devices(
        view.scan("devices"), counties=[p.code for p in shown_counties(view)]
    )
    names = {p.code: p.name for p in (*view.counties, *compared(view))}
    shown = view.indicator
    found = [
        findings.change(mine[shown.id] if shown.kind == "flow" else mine[HEADLINE[0]]),
        findings.outliers(
            [others[shown.id, p.code] for p in compared(view)],
            names,
            reference=reference_value(view, others, shown),
            reference_zh=reference_words(view),
        ),
        findings.devices(
            mine["three_device_coverage"],
            one_away=short.filter(pl.col("lacking") == 1).height,
            names=[names[c] for c in short["county_code"].unique(maintain_order=True)],
        ),
        findings.clinics(mine["standardised_clinic_rate"]),
        findings.change(mine[shown.id] if shown.id.startswith("key") else mine["contract_rate"]),
    ]
    return [finding for finding in found if finding is not None]


def shown_counties(view: View) -> tuple[Place, ...]:
    """Return the counties that make up the area."""
    return (view.county,) if view.county is not None else view.counties


def draw_points(found: Sequence[Finding]) -> None:
    """Draw the panel of points."""
    with panel("points", title=t("overview.points"), height=PANEL_HEIGHT):
        draw_list(found)


def draw_list(found: Sequence[Finding]) -> None:
    """Draw points one below the other."""
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
    draw(div(points, cls="points"))


def period_note(view: View, indicator: Indicator) -> str:
    """Say of which period the map speaks."""
    if indicator.kind == "flow":
        last = view.final_month
        return t("overview.map_flow", period=formats.months(last.replace(month=1), last))
    return t("overview.map_stock", day=formats.day(view.data_date))


def map_values(view: View, facts: Facts, places: Sequence[Place]) -> pl.DataFrame:
    """Return what the map prints: one row per county."""
    indicator = view.indicator
    rows = [
        {
            "area_code": place.code,
            "area_name": place.name,
            "value": facts[indicator.id, place.code].reading.value,
            "label": cards.value_words(facts[indicator.id, place.code]),
            "mark": mark_of(view, facts, indicator, place.code),
            "status": facts[indicator.id, place.code].status,
        }
        for place in places
    ]
    schema = {
        "area_code": pl.String,
        "area_name": pl.String,
        "value": pl.Float64,
        "label": pl.String,
        "mark": pl.String,
        "status": pl.String,
    }
    return pl.DataFrame(rows, schema=schema)


def draw_map(view: View, facts: Facts) -> None:
    """Draw the county map of the chosen indicator; a click on a county goes down to it."""
    indicator = view.indicator
    drawn, zones = boundaries.map_counties(view), boundaries.zones(view)
    with panel(
        "map", title=indicator.name_zh, note=period_note(view, indicator), height=PANEL_HEIGHT
    ):
        if not view.meeting:
            indicator_control(view)
        if drawn:
            height = 474 - (44 if zones else 0) + (44 if view.meeting else 0)
            figure = map_figure(
                map_values(view, facts, drawn),
                geojson_url=boundaries.geojson_url(view),
                shapes=boundaries.shapes(view),
                classes=indicator.classes,
                polarity=indicator.polarity,
                unit_zh=indicator.unit_zh,
                decimals=indicator.decimals,
                selected=view.county.code if view.county else None,
                reference_zh=reference_words(view),
                width=544,
                height=height,
            )
            chart(
                figure,
                key="map",
                alt=t("map.alt", title=indicator.name_zh),
                on_click=lambda code: follow(view, code),
            )
        else:
            state_message("map.no_polygon")
        _zones(view, facts, zones)


def _zones(view: View, facts: Facts, zones: Sequence[Place]) -> None:
    if not zones:
        return
    parts = [
        span(
            span(place.name, cls="zone-name"),
            span(cards.value_words(facts[view.indicator.id, place.code]), cls="zone-value"),
            cls="zone",
        )
        for place in zones
    ]
    draw(div(span(t("map.zones"), cls="note"), *parts, cls="zones"))


def indicator_control(view: View) -> None:
    """Draw the control that chooses the indicator of map and scorecard."""
    st.session_state["pick-indicator"] = view.indicator.id
    st.segmented_control(
        t("pick.indicator"),
        list(view.offered),
        format_func=lambda id_: view.catalogue.indicators[id_].short_zh,
        key="pick-indicator",
        label_visibility="collapsed",
        width="stretch",
        on_change=lambda: navigate(
            indicator=st.session_state["pick-indicator"] or view.indicator.id
        ),
    )


def follow(view: View, code: str) -> None:
    """Go to the area clicked; a click on the chosen one goes back up."""
    if code != view.area.code:
        navigate(area=code)
    elif view.area.parent_code in view.places.by_code:
        navigate(area=view.area.parent_code)


def _score_row(view: View, facts: Facts, place: Place, *, is_reference: bool) -> ScoreRow:
    shown = view.indicator
    fact = facts[shown.id, place.code]
    others = [i for i in indicators(view) if i.id != shown.id]
    cells = [
        Cell(
            label=cards.value_words(facts[i.id, place.code]),
            mark=mark_of(view, facts, i, place.code),
        )
        for i in others
    ]
    own_mark = "" if is_reference else mark_of(view, facts, shown, place.code)
    name = reference_words(view) if is_reference else place.name
    interval = formats.interval(fact.reading.lower, fact.reading.upper, decimals=shown.decimals)
    return ScoreRow(
        code=place.code,
        name=name,
        value=fact.reading.value,
        lower=fact.reading.lower,
        upper=fact.reading.upper,
        main=Cell(label=cards.value_words(fact), mark=own_mark),
        cells=tuple(cells),
        hover=(
            f"<b>{plain(place.name)}</b>　{plain(shown.name_zh)}<br>"
            f"{cards.value_words(fact)}{shown.unit_zh}　{cards.fraction_words(fact)}<br>"
            f"{t('overview.interval')} {interval}"
        ),
        is_reference=is_reference,
        is_selected=view.county is not None and place.code == view.county.code,
    )


def score_rows(view: View, facts: Facts) -> list[ScoreRow]:
    """Return the rows of the scorecard: the reference, then the areas most in need first."""
    rows = [_score_row(view, facts, place, is_reference=False) for place in compared(view)]
    sign = 1 if view.indicator.polarity == "higher_is_better" else -1
    rows.sort(key=lambda r: (r.value is None, sign * (r.value or 0.0), r.code))
    if view.reference is None:
        return rows
    return [_score_row(view, facts, view.reference, is_reference=True), *rows]


def draw_scorecard(view: View, own: Facts, facts: Facts) -> None:
    """Draw the areas against all headline indicators; a click opens the county's profile."""
    shown = view.indicator
    rows = score_rows(view, facts)
    heads = [i.short_zh for i in indicators(view) if i.id != shown.id]
    target = own[shown.id, view.area.code].target
    note = t("overview.interval_narrow" if narrow_intervals(rows) else "overview.interval")
    main = Main(
        title=shown.name_zh,
        note=t("overview.money_no_interval") if shown.form == "money_share" else note,
        reference=reference_value(view, facts, shown),
        reference_zh=reference_words(view),
        target=target,
        target_zh=t("chart.target") + " " + formats.rate(target, decimals=shown.decimals),
    )
    with panel(
        "scorecard",
        title=t("overview.table"),
        note="" if view.meeting else t("overview.table_note"),
        height=PANEL_HEIGHT,
        twin=None if view.meeting else lambda: _twin(view, facts),
    ):
        figure = scorecard_figure(rows, main=main, heads=heads, height=512)
        chart(
            figure,
            key="scorecard",
            alt=t("overview.table"),
            on_click=lambda code: open_profile(view, code),
        )


def open_profile(view: View, code: str) -> None:
    """Open the county's profile; a city goes down on the same page."""
    place = view.places.get(code)
    if place is not None and place.level == "county":
        st.session_state["open-profile"] = code
    else:
        navigate(area=code)


def switch_if_asked(view: View) -> None:
    """Switch to the profile asked for by a click; callbacks may not switch pages themselves."""
    code = st.session_state.pop("open-profile", None)
    if code is not None:
        st.switch_page(site.page("county"), query_params=shell.link_to(view, area=code))


def _twin(view: View, facts: Facts) -> None:
    places = ([view.reference] if view.reference else []) + list(compared(view))
    data: dict[str, list[object]] = {
        t("table.area_code"): [p.code for p in places],
        t("table.area"): [p.name for p in places],
    }
    for i in indicators(view):
        mine = [facts[i.id, p.code] for p in places]
        data[f"{i.short_zh}（{i.unit_zh}）"] = [cards.value_words(f) for f in mine]
        data[f"{i.short_zh}{t('table.numerator')}"] = [f.numerator for f in mine]
        data[f"{i.short_zh}{t('table.denominator')}"] = [f.denominator for f in mine]
    table_twin(
        pl.DataFrame(data),
        key="scorecard",
        name_zh=f"{view.area.name}{t('overview.table')}{view.data_date:%Y%m%d}",
        columns={name: name for name in data},
        demonstration=view.marts.is_demonstration,
    )
