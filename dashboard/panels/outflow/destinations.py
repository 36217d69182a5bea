"""The panels of the page on where residents are treated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial

import polars as pl
import streamlit as st

from dashboard import formats, freshness
from dashboard.blocks import block
from dashboard.charts.destinations import destinations_figure
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.look import cards
from dashboard.look.css_topics import PITCH
from dashboard.look.tables import Column, table
from dashboard.messages import t
from dashboard.panels.shared.topic_panels import trend_panel
from dashboard.places import Place
from dashboard.queries import outflow as queries
from dashboard.reading import topics
from dashboard.reading.facts import read_facts
from dashboard.reading.lagging import worse_words
from dashboard.selectors import navigate
from dashboard.view import View

ALL = "all"  # tiers
OUTFLOW = "out_of_county_inpatient_rate"
REFERRED = "referred_outflow_share"
COLUMNS = {
    "destination_name": "outflow.destination",
    "tier_zh": "outflow.tier",
    "settlements_zh": "outflow.settlements",
    "share_zh": "outflow.share",
    "fund_zh": "outflow.fund",
    "referred_zh": "outflow.referred",
}
TEXTS = ("destination_name", "tier_zh")
FEW_PLACES, ROOMY = 6, 47  # places of care in a list, and the pixels of each
# What a title says of a change; that there is none stands on the card.
VERDICTS = {"improved": "outflow.claim_improved", "worsened": "outflow.claim_worsened"}


def _year(view: View) -> tuple[dt.date, dt.date]:
    return view.final_month.replace(month=1), view.final_month


def _counties(view: View) -> list[str]:
    place = _place(view)
    return [place.code] if place.level == "county" else [p.code for p in view.counties]


def _place(view: View) -> Place:
    return topics.place_for(view, view.catalogue.indicators[OUTFLOW])


def claim(view: View) -> str:
    """Say how far the target is, who lags and who acts; else how many were outside, and how far."""
    place = _place(view)
    indicator = view.catalogue.indicators[OUTFLOW]
    row = topics.values_of(view, indicator, [place.code]).row(0, named=True)
    if not row["value"]:
        return ""
    totals = queries.destination_totals(
        view.scan("indicator_to_date"), area=place.code, month=view.final_month
    )
    whose = "" if place == view.area else place.name  # of a township that of its county
    need, is_pressing = _need(view, place)
    # Who acts goes first, and the line is no longer than a meeting's screen.
    parts = (need,) if is_pressing else (need, _shared_out(row, totals))
    return whose + "；".join(part for part in parts if part)


def _shared_out(row: Mapping[str, float], totals: Mapping[str, float | None]) -> str:
    """Say how many were treated outside, and what part of them nearest and farthest."""
    said = t("outflow.claim", count=formats.compact(row["numerator"]))
    near, far = totals.get("same_city"), totals.get("other_province")
    if near is None or far is None:
        return said + t("outflow.claim_hidden")
    # Nearest and farthest alone: three whole percentages would not always make a hundred.
    shares = [formats.rate(part / row["value"], decimals=0) for part in (near, far)]
    return said + t("outflow.claim_parts", same_city=shares[0], other_province=shares[1])


def _need(view: View, place: Place) -> tuple[str, bool]:
    """Say how far the target is and who is worse than the whole, and whether offices must act."""
    indicator = view.catalogue.indicators[OUTFLOW]
    facts = read_facts(view, indicators=[indicator], areas=[place.code], history=False)
    fact = facts[OUTFLOW, place.code]
    mark, distance = cards.distance(fact)
    said = []
    if distance:
        is_short = fact.standing == "short"
        short = t("outflow.claim_short", distance=distance) if is_short else distance
        moved = VERDICTS.get(fact.change.verdict)
        said.append(short + (t(moved) if moved else ""))
    worse = worse_words(view, indicator, place)
    said += [worse] if worse else []
    is_pressing = bool(worse) or mark == "worse"
    if is_pressing:
        said[-1] += t("outflow.claim_who", offices=indicator.responsible_zh)
    return "；".join(said), is_pressing


@block
def destinations_panel(view: View, *, height: int) -> None:
    """Draw how far residents went month by month; for another indicator, its trend."""
    if view.indicator.id != OUTFLOW:
        trend_panel(view, height=height)
        return
    place = _place(view)
    shares = queries.destination_shares(
        view.scan("indicator_monthly"), area=place.code, until=view.month
    )
    totals = queries.destination_totals(
        view.scan("indicator_to_date"), area=place.code, month=view.final_month
    )
    words = _hidden_words(view, place, totals)
    twin = None if view.meeting else partial(_shares_twin, shares)
    with panel(
        "destinations",
        title=t("outflow.destinations"),
        note=t("outflow.destinations_note"),
        height=height,
        twin=twin,
    ):
        figure = destinations_figure(
            shares,
            totals=totals,
            period_zh=formats.months(*_year(view)),
            outside=_outside(view, place),
            height=height - 84 - (68 if words else 0),
        )
        chart(figure, key="destinations", alt=t("outflow.destinations"))
        if words:
            notice(words, cls="note")


def _outside(view: View, place: Place) -> pl.DataFrame:
    """Return all admissions outside by month, which may be told where their parts may not."""
    series = topics.series_of(view, view.catalogue.indicators[OUTFLOW], place)
    return series.select(month="period", share="value", status=pl.col("status").cast(pl.String))


def _hidden_words(view: View, place: Place, totals: Mapping[str, float | None]) -> str:
    """Say how far residents of the whole go, where those of the county may not be told."""
    whole = view.reference
    if (
        whole is None
        or whole == place
        or all(totals.get(tier) is not None for tier in queries.AWAY)
    ):
        return ""
    known = queries.destination_totals(
        view.scan("indicator_to_date"), area=whole.code, month=view.final_month
    )
    if any(known.get(tier) is None for tier in queries.AWAY):
        return ""
    parts = [f"{t(f'tier.{tier}')}{formats.percent(known[tier])}" for tier in queries.AWAY]
    return t("outflow.hidden_parts", area=place.name, whole=whole.name, parts="、".join(parts))


def _shares_twin(shares: pl.DataFrame) -> None:
    """Draw all four shares, which add up to one hundred."""
    wide = (
        shares.with_columns(share_zh=_column([formats.rate(v) for v in shares["share"]]))
        .pivot(on="tier", index=["month", "status"], values="share_zh")
        .sort("month", descending=True)
    )
    printed = wide.with_columns(
        month=_column([formats.month(m) for m in wide["month"]]),
        status=_column([t(f"status.{s}") for s in wide["status"]]),
    )
    tiers = {tier: f"{t(f'tier.{tier}')}%" for tier in queries.TIERS if tier in wide.columns}
    table_twin(
        printed,
        key="destinations",
        name_zh=t("outflow.destinations"),
        columns={"month": t("topic.period"), **tiers, "status": t("topic.status")},
    )


def _column(values: list[str]) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def _shown(
    print_value: Callable[[float | None], str],
    value: float | None,
    sign: str = formats.SUPPRESSED,
) -> str:
    """Print a figure; one that is not told is the sign of why, mostly that of suppression."""
    return sign if value is None else print_value(value)


def table_height(view: View, *, most: int) -> int:
    """Return the panel's height in which every place of care is seen, up to `most` pixels."""
    first, last = _year(view)
    places = queries.destinations(
        view.scan("flow_monthly"), counties=_counties(view), first=first, last=last
    )
    return min(most, 84 + 48 + 40 + 44 + _pitch(places) * max(places.height, 1))


def _pitch(places: pl.DataFrame) -> int:
    """Return the height of a row: few places take the room that the panel beside them leaves."""
    return ROOMY if places.height <= FEW_PLACES else PITCH


def _tier_switch(tier: str | None) -> None:
    st.session_state["pick-tier"] = tier or ALL
    st.segmented_control(
        t("places.tier"),
        [ALL, *queries.AWAY],
        format_func=lambda one: t("places.all" if one == ALL else f"tier.{one}"),
        key="pick-tier",
        label_visibility="collapsed",
        on_change=_choose_tier,
    )


def _choose_tier() -> None:
    chosen = st.session_state["pick-tier"]
    navigate(tier=None if chosen in {None, ALL} else chosen)


def _of_tier(found: pl.DataFrame, tier: str | None) -> pl.DataFrame:
    return found if tier is None else found.filter(pl.col("destination_tier") == tier)


@block
def table_panel(view: View, *, tier: str | None, height: int) -> None:
    """List the places of care outside the county, with money and referrals, of one tier or all."""
    first, last = _year(view)
    found = _of_tier(
        queries.destinations(
            view.scan("flow_monthly"), counties=_counties(view), first=first, last=last
        ),
        tier,
    )
    hidden = int(found["hidden"].sum())
    shares = topics.values_of(view, view.catalogue.indicators[REFERRED], [_place(view).code])
    is_absent = shares["status"][0] in freshness.ABSENT
    sign = formats.DASH if is_absent else formats.SUPPRESSED
    printed = found.with_columns(
        tier_zh=_column([t(f"tier.{tier}") for tier in found["destination_tier"]]),
        settlements_zh=_column([_shown(formats.count, v) for v in found["settlements"]]),
        share_zh=_column([_shown(formats.rate, v) for v in found["share"]]),
        fund_zh=_column([_shown(formats.money_table, v) for v in found["fund_fen"]]),
        referred_zh=_column([_shown(formats.rate, v, sign) for v in found["referred_share"]]),
    )
    twin = None if view.meeting else partial(_table_twin, printed)
    note = t("outflow.table_note", period=formats.months(first, last))
    with panel("flows", title=t("outflow.table"), note=note, height=height, twin=twin):
        _tier_switch(tier)
        if tier is not None and found.is_empty():
            state_message("places.none", tier=t(f"tier.{tier}"))
            return
        columns = [
            Column(
                name=name,
                title=t(key),
                is_number=name not in TEXTS,
                is_strong=name == "destination_name",
            )
            for name, key in COLUMNS.items()
        ]
        room = height - 84 - 48 - (40 if hidden else 0)
        table(printed, columns, height=room, pitch=_pitch(printed))
        if hidden:
            notice(t("outflow.hidden", n=hidden), cls="note")


def _table_twin(printed: pl.DataFrame) -> None:
    table_twin(
        printed,
        key="flows",
        name_zh=t("outflow.table"),
        columns={name: t(key) for name, key in COLUMNS.items()},
    )
