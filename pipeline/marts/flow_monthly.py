"""Mart flow_monthly: one row per insured county, destination, care type and month.

Sorted by insured county, month, tier, destination, care type. Sparse: where nobody went there is
no row; destinations that few go to are merged into one per tier. Small cells are hidden with their
money, and with them the cells by which the county's published counters would give them away.
Admissions include births, as in the indicators: no row has care type `maternity`.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts.settled_marts import FlowMonthly
from pipeline.contracts.words import STATUSES
from pipeline.counters.settlements import is_inpatient, is_outside
from pipeline.marts.cells import Cells
from pipeline.marts.destinations import with_destination, with_merged
from pipeline.marts.flow_secrets import hidden_flows
from pipeline.marts.scope import Scope
from pipeline.marts.settled import Settled
from pipeline.marts.shape import to_contract
from pipeline.methods.periods import is_settled, months_between

KEYS = ["insured_county", "destination_code", "destination_tier", "care_type", "month"]
_PLACE = ["insured_county", "care_area", "destination_tier"]
# Twice the threshold: a destination at the threshold would be hidden in every second month.
MERGED_BELOW = 2
SORT = ["insured_county", "month", "destination_tier", "destination_code", "care_type"]


def _as_shown(flows: pl.LazyFrame) -> pl.LazyFrame:
    """Count births as admissions, as in every indicator.

    Alone they are so few outside the county that hiding them would hide the admissions too.
    """
    care = (
        pl.when(is_inpatient())
        .then(pl.lit("inpatient"))
        .otherwise(pl.col("care_type").cast(pl.String))
    )
    return flows.with_columns(care_type=care)


def to_flows(
    flows: pl.LazyFrame,
    *,
    scope: Scope,
    areas: pl.DataFrame,
    least_monthly: int,
) -> pl.LazyFrame:
    """Return the flows with every count as it is, before anything is hidden.

    `flows` are sums by insured county, place of care as known, tier, care type and month, several
    rows to a key. `least_monthly`: a destination that on average fewer are admitted to a month is
    merged. `referred_settlements` is null where a referral is not asked for: care in the county,
    and anything but admissions.
    """
    shown = _as_shown(flows).collect().lazy()
    named = _destinations(shown, scope=scope, areas=areas, least_monthly=least_monthly).lazy()
    values = ("settlements", "total_fen", "fund_fen", "referred_settlements")
    asked = is_inpatient() & is_outside()
    return (
        shown.join(named, on=_PLACE, nulls_equal=True, validate="m:1")
        .group_by(*KEYS, "destination_name")
        .agg(pl.col(v).sum() for v in values)
        .with_columns(
            pl.col("insured_county", "destination_code", "destination_name").cast(pl.String)
        )
        .filter(pl.any_horizontal(pl.col(v) != 0 for v in values))
        .with_columns(referred_settlements=pl.when(asked).then("referred_settlements"))
    )


def _destinations(
    flows: pl.LazyFrame, *, scope: Scope, areas: pl.DataFrame, least_monthly: int
) -> pl.DataFrame:
    """Return one row per insured county, place of care as known and tier: code and name."""
    admitted = pl.col("settlements").filter(is_inpatient()).sum()
    places = flows.group_by(_PLACE).agg(admitted=admitted).collect()
    month = pl.col("month").dt.year().cast(pl.Int32) * 12 + pl.col("month").dt.month()
    months = flows.select(month.max() - month.min() + 1).collect().item() or 0
    named = with_merged(
        with_destination(places.lazy(), areas=areas, scope=scope), least=months * least_monthly
    ).collect()
    names = ("destination_code", "destination_name")
    return named.select(
        *_PLACE, *(pl.col(c).cast(pl.Enum(named[c].unique().sort())) for c in names)
    )


def build(
    settled: Settled,
    cells: Cells,
    *,
    scope: Scope,
    areas: pl.DataFrame,
    catalogue: Catalogue,
    first: date,
    as_of: date,
) -> pl.LazyFrame:
    """Return the mart; `cells` are the monthly counters published beside it."""
    in_range = pl.col("month").is_between(first, as_of)
    flows = to_flows(
        settled.flows_by_month().filter(in_range),
        scope=scope,
        areas=areas,
        least_monthly=MERGED_BELOW * catalogue.settings.small_number_threshold,
    ).collect()
    marked = hidden_flows(flows, cells, catalogue=catalogue).lazy()
    shown = ("settlements", "total_fen", "fund_fen")
    return to_contract(
        marked.with_columns(
            *(pl.when(~pl.col("is_hidden")).then(pl.col(c)).alias(c) for c in shown),
            referred_settlements=pl.when(~pl.col("is_referred_hidden")).then(
                "referred_settlements"
            ),
            status=_status(catalogue, first=first, as_of=as_of),
        ),
        FlowMonthly,
        sort=SORT,
    )


def _status(catalogue: Catalogue, *, first: date, as_of: date) -> pl.Expr:
    delay = catalogue.settings.claims_delay_months
    months = months_between(first, as_of)
    open_months = [m for m in months if not is_settled(m, as_of, delay_months=delay)]
    status = (
        pl.when("is_hidden")
        .then(pl.lit("suppressed"))
        .when(pl.col("month").is_in(open_months))
        .then(pl.lit("provisional"))
        .otherwise(pl.lit("final"))
    )
    return status.cast(pl.Enum(STATUSES))
