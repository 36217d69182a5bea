"""Contracts against the policy: a wedge of points a year, and the goals for 2035."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.policy import DAYS_A_YEAR, Wedge, policy_figure
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.messages import t
from dashboard.queries import measures
from dashboard.reading.topics import place_for
from dashboard.view import View
from pipeline.catalog import Indicator

SENTENCES, MONTHS = 70, 120


@dataclass(frozen=True, kw_only=True)
class Policy:
    """What the national policy of 2022 on family doctors asks for; fractions."""

    goal: float
    rise: tuple[float, float] | None = None  # points a year, least and most


BASE = dt.date(2021, 12, 1)  # the policy counts from 2022
POLICIES = {
    "contract_rate": Policy(goal=0.75, rise=(0.01, 0.03)),
    "key_group_contract_rate": Policy(goal=0.85),
}


def _indicator(view: View) -> Indicator:
    """Return the chosen indicator, or residents where the policy asks nothing of the chosen."""
    chosen = view.indicator.id
    return view.catalogue.indicators[chosen if chosen in POLICIES else "contract_rate"]


def _series(view: View, indicator: Indicator) -> pl.DataFrame:
    found = measures.monthly_series(
        view.scan("indicator_monthly"),
        indicator_id=indicator.id,
        area=place_for(view, indicator).code,
        until=view.month,
        months=MONTHS,
    )
    return found.filter(pl.col("period") >= BASE)


def wedge_of(series: pl.DataFrame, rise: tuple[float, float] | None) -> Wedge | None:
    """Return the wedge from the first known month; None where no pace is asked for."""
    known = series.drop_nulls("value")
    if rise is None or known.is_empty():
        return None
    since, start = known["period"][0], known["value"][0]
    return Wedge(since=since, start=start, least=rise[0], most=rise[1])


@block
def policy_panel(view: View, *, height: int) -> None:
    """Draw the rate since the policy began, what it asks for, and say the points a year."""
    indicator = _indicator(view)
    policy, series = POLICIES[indicator.id], _series(view, indicator)
    twin = None if view.meeting else partial(_twin, view, indicator, series)
    title = t("policy.title", name=indicator.short_zh)
    note = t("policy.note" if policy.rise else "policy.note_goal")
    with panel("policy", title=title, note=note, height=height, twin=twin):
        if series["value"].drop_nulls().is_empty():
            state_message("state.no_rows")
            return
        figure = policy_figure(
            series,
            decimals=indicator.decimals,
            name_zh=indicator.short_zh,
            goal=policy.goal,
            wedge=wedge_of(series, policy.rise),
            height=height - 84 - SENTENCES,
        )
        chart(figure, key="policy", alt=title)
        notice(policy_words(series, indicator), cls="note")


def policy_words(series: pl.DataFrame, indicator: Indicator) -> str:
    """Say where the rate began, where it is, how many points a year that is, and the policy."""
    known = series.drop_nulls("value")
    first, last = known.row(0, named=True), known.row(-1, named=True)
    years = (last["period"] - first["period"]).days / DAYS_A_YEAR
    policy = t("policy.source", text=indicator.policy_zh)
    if years < 1:
        return policy
    return policy + t(
        "policy.so_far",
        since=formats.month(first["period"]),
        start=formats.percent(first["value"]),
        month=formats.month(last["period"]),
        now=formats.percent(last["value"]),
        points=formats.points((last["value"] - first["value"]) / years),
    )


def _twin(view: View, indicator: Indicator, series: pl.DataFrame) -> None:
    shown = series.select(
        pl.col("period").dt.to_string("%Y-%m"),
        "numerator",
        "denominator",
        pl.Series("rate", [formats.rate(v) for v in series["value"]], dtype=pl.String),
        pl.Series("status", [t(f"status.{s}") for s in series["status"]], dtype=pl.String),
    )
    table_twin(
        shown.reverse(),
        key="policy",
        name_zh=f"{view.area.name}{indicator.name_zh}",
        columns={
            "period": t("topic.period"),
            "numerator": t("topic.numerator"),
            "denominator": t("topic.denominator"),
            "rate": f"{indicator.short_zh}（{indicator.unit_zh}）",
            "status": t("topic.status"),
        },
    )
