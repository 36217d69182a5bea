"""The panels of the page on where residents are treated."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.destinations import destinations_figure
from dashboard.charts.sankey import sankey_figure
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.look.tables import Column, table
from dashboard.messages import t
from dashboard.panels.topic_panels import trend_panel
from dashboard.places import Place
from dashboard.queries import outflow as queries
from dashboard.reading import topics
from dashboard.view import View

OUTFLOW = "out_of_county_inpatient_rate"
COLUMNS = {
    "destination_name": "outflow.destination",
    "tier_zh": "outflow.tier",
    "settlements_zh": "outflow.settlements",
    "share_zh": "outflow.share",
    "fund_zh": "outflow.fund",
    "referred_zh": "outflow.referred",
}
TEXTS = ("destination_name", "tier_zh")


def _year(view: View) -> tuple[dt.date, dt.date]:
    return view.final_month.replace(month=1), view.final_month


def _counties(view: View) -> list[str]:
    place = _place(view)
    return [place.code] if place.level == "county" else [p.code for p in view.counties]


def _place(view: View) -> Place:
    return topics.place_for(view, view.catalogue.indicators[OUTFLOW])


def claim(view: View) -> str:
    """Say in one sentence how many were treated outside, and how far they went."""
    place = _place(view)
    indicator = view.catalogue.indicators[OUTFLOW]
    row = topics.values_of(view, indicator, [place.code]).row(0, named=True)
    totals = queries.destination_totals(
        view.scan("indicator_to_date"), area=place.code, month=view.final_month
    )
    near = totals.get("same_city")
    if not row["value"] or near is None:
        return ""
    share = formats.rate(near / row["value"], decimals=0)
    return t("outflow.claim", count=formats.compact(row["numerator"]), same_city=share)


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
    twin = None if view.meeting else partial(_shares_twin, view, shares)
    with panel(
        "destinations",
        title=t("outflow.destinations"),
        note=t("outflow.destinations_note"),
        height=height,
        twin=twin,
    ):
        figure = destinations_figure(
            shares, totals=totals, period_zh=formats.months(*_year(view)), height=height - 84
        )
        chart(figure, key="destinations", alt=t("outflow.destinations"))


def _shares_twin(view: View, shares: pl.DataFrame) -> None:
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
        demonstration=view.marts.is_demonstration,
    )


def _column(values: list[str]) -> pl.Series:
    return pl.Series(values, dtype=pl.String)


def _shown(print_value: Callable[[float | None], str], value: float | None) -> str:
    """Print a figure; one that is hidden altogether is the mark of suppression."""
    return formats.SUPPRESSED if value is None else print_value(value)


@block
def sankey_panel(view: View, *, height: int) -> None:
    """Draw the flows from counties over distance to places."""
    first, last = _year(view)
    links = queries.flow_links(
        view.scan("flow_monthly"), counties=_counties(view), first=first, last=last
    )
    shown = int(links["settlements"].sum())
    indicator = view.catalogue.indicators[OUTFLOW]
    total = topics.values_of(view, indicator, [_place(view).code])["numerator"][0]
    note = t(
        "outflow.sankey_note",
        total=formats.compact(total),
        count=formats.compact(shown),
        period=formats.months(first, last),
    )
    is_empty = links.is_empty()
    with panel("sankey", title=t("outflow.sankey"), note="" if is_empty else note, height=height):
        if is_empty:
            state_message("state.no_rows")
            return
        names = {p.code: p.name for p in view.counties}
        figure = sankey_figure(links, names=names, height=height - 84)
        chart(figure, key="sankey", alt=t("outflow.sankey"))


@block
def table_panel(view: View, *, most: int) -> None:
    """List the places of care outside the county, with money and referrals; `most` pixels high."""
    first, last = _year(view)
    found = queries.destinations(
        view.scan("flow_monthly"), counties=_counties(view), first=first, last=last
    )
    hidden = int(found["hidden"].sum())
    printed = found.with_columns(
        tier_zh=_column([t(f"tier.{tier}") for tier in found["destination_tier"]]),
        settlements_zh=_column([_shown(formats.count, v) for v in found["settlements"]]),
        share_zh=_column([_shown(formats.rate, v) for v in found["share"]]),
        fund_zh=_column([_shown(formats.money_table, v) for v in found["fund_fen"]]),
        referred_zh=_column([_shown(formats.rate, v) for v in found["referred_share"]]),
    )
    twin = None if view.meeting else partial(_table_twin, view, printed)
    height = min(most, 84 + 40 + 34 * max(found.height, 1) + (40 if hidden else 0))
    note = t("outflow.table_note", period=formats.months(first, last))
    with panel("flows", title=t("outflow.table"), note=note, height=height, twin=twin):
        columns = [
            Column(
                name=name,
                title=t(key),
                is_number=name not in TEXTS,
                is_strong=name == "destination_name",
            )
            for name, key in COLUMNS.items()
        ]
        table(printed, columns, height=height - 84 - (40 if hidden else 0))
        if hidden:
            notice(t("outflow.hidden", n=hidden), cls="note")


def _table_twin(view: View, printed: pl.DataFrame) -> None:
    table_twin(
        printed,
        key="flows",
        name_zh=t("outflow.table"),
        columns={name: t(key) for name, key in COLUMNS.items()},
        demonstration=view.marts.is_demonstration,
    )
