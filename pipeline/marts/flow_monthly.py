"""Mart flow_monthly: one row per insured county, destination, care type and month.

Sorted by insured county, month, tier, destination, care type. Sparse: where nobody went there is
no row; destinations that few go to are merged into one per tier. Small cells are hidden with their
money, and with them the cells by which the county's published counters would give them away.
Admissions include births, as in the indicators: no row has care type `maternity`. A month is judged
again only when its flows or the name of a destination changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts.settled_marts import FlowMonthly
from pipeline.contracts.staging import CARE_TYPES
from pipeline.counters.frames import at_once
from pipeline.counters.settled_month import Sums, is_admission
from pipeline.counters.settlements import is_inpatient, is_outside
from pipeline.marts.cells import FlowCells
from pipeline.marts.destinations import with_destination, with_merged
from pipeline.marts.flow_secrets import hidden_flows, published_counters
from pipeline.marts.kept_months import KeptMonths
from pipeline.marts.partials import hash_of
from pipeline.marts.scope import Scope
from pipeline.marts.settled import Settled
from pipeline.marts.shape import status_of, to_contract, unless_hidden
from pipeline.methods.periods import months_between, open_months
from pipeline.methods.rollup import known_sum
from pipeline.staged.codes import Codes

KEYS = ["insured_county", "destination_code", "destination_tier", "care_type", "month"]
_PLACE = ["insured_county", "care_area", "destination_tier"]
_VALUES = ("settlements", "total_fen", "fund_fen", "referred_settlements")
# Twice the threshold: a destination at the threshold would be hidden in every second month.
MERGED_BELOW = 2
SORT = ["insured_county", "month", "destination_tier", "destination_code", "care_type"]


@dataclass(frozen=True, kw_only=True)
class _Flows:
    """What flows are made of; `rows` are those of the reporting range, in codes."""

    settled: Settled
    rows: pl.DataFrame
    destinations: pl.DataFrame
    counters: pl.DataFrame  # FlowCells.counters
    catalogue: Catalogue

    def destinations_in(self, months: Sequence[date]) -> pl.DataFrame:
        """Return the destinations of some months: a new one elsewhere does not concern them."""
        rows = self.rows.filter(pl.col("month").is_in(months))
        own = self.destinations.join(
            rows, on=_PLACE, how="semi", nulls_equal=True, maintain_order="left"
        )
        return own.cast({"destination_code": pl.String, "destination_name": pl.String})

    def judged(self, months: Sequence[date]) -> Sums:
        """Return the flows of some months, hidden cells marked."""
        is_now = pl.col("month").is_in(months)
        flows = to_flows(self.rows.lazy().filter(is_now), self.destinations, self.settled)
        published = published_counters(self.counters.filter(is_now))
        return {"flows": hidden_flows(at_once(flows), published, catalogue=self.catalogue)}


def to_flows(rows: pl.LazyFrame, destinations: pl.DataFrame, settled: Settled) -> pl.LazyFrame:
    """Return flows by destination with every count as it is, before anything is hidden.

    `rows` are Settled.flows. `referred_settlements` is null where none were sent and where one is
    not asked for: care in the county, and anything but admissions. In order of county, month, tier,
    destination and kind of care, as texts.
    """
    codes = settled.codes
    asked = is_inpatient() & is_outside()
    return (
        rows.join(destinations.lazy(), on=_PLACE, nulls_equal=True, validate="m:1")
        .group_by(*KEYS, "destination_name")
        .agg(known_sum(pl.col(_VALUES)))
        .filter(pl.any_horizontal(pl.col(v) != 0 for v in _VALUES))
        .sort(_order(codes))
        .with_columns(
            codes.text("insured_county"),
            pl.col("destination_tier").cat.to(codes.enum("destination_tier")),
            pl.col("care_type").cat.to(pl.Enum(CARE_TYPES)).cast(pl.String),
            pl.col("destination_code", "destination_name").cast(pl.String),
        )
        .with_columns(referred_settlements=pl.when(asked).then("referred_settlements"))
    )


def _order(codes: Codes) -> pl.Expr:
    """Number flows in codes by what they are in order of: sorting texts takes six times as long.

    Names of destinations are in order of their texts already.
    """
    counties, kinds = (
        pl.lit(pl.Series(texts).rank()).gather(column)
        for texts, column in (
            (codes.enum("insured_county").categories, "insured_county"),
            (CARE_TYPES, "care_type"),
        )
    )
    day, name = pl.col("month").to_physical(), pl.col("destination_code").to_physical()
    number = counties.cast(pl.Int64)
    for part, bits in ((day, 20), (pl.col("destination_tier"), 3), (name, 20), (kinds, 4)):
        number = number * 2**bits + part.cast(pl.Int64)
    return number


def destinations_of(
    rows: pl.DataFrame,
    settled: Settled,
    *,
    scope: Scope,
    areas: pl.DataFrame,
    least_monthly: int,
) -> pl.DataFrame:
    """Return one row per insured county, place of care and tier in codes: destination code, name.

    `least_monthly`: a destination that on average fewer are admitted to a month is merged.
    """
    codes = settled.codes
    admitted = pl.when(is_admission()).then("settlements").sum()
    places = at_once(rows.lazy().group_by(_PLACE).agg(admitted=admitted).sort(_PLACE))
    opening, closing = rows.select(pl.col("month").min(), closing=pl.col("month").max()).row(0)
    months = len(months_between(opening, closing)) if rows.height else 0
    told = (
        places.lazy()
        .with_row_index("at")
        .with_columns(
            codes.text("insured_county"),
            codes.text("care_area"),
            pl.col("destination_tier").cat.to(codes.enum("destination_tier")),
        )
    )
    named = with_merged(
        with_destination(told, areas=areas, scope=scope), least=months * least_monthly
    )
    ordered = at_once(named.sort("at").select("destination_code", "destination_name"))
    enums = (pl.col(c).cast(pl.Enum(ordered[c].unique().sort())) for c in ordered.columns)
    return pl.concat([places.select(_PLACE), ordered.select(enums)], how="horizontal")


def build(
    settled: Settled,
    cells: FlowCells,
    *,
    scope: Scope,
    areas: pl.DataFrame,
    catalogue: Catalogue,
    first: date,
    as_of: date,
    kept: KeptMonths,
) -> pl.LazyFrame:
    """Return the mart; `cells` are the monthly counters published beside it."""
    rows = settled.flows.filter(pl.col("month").is_between(first, as_of))
    least = MERGED_BELOW * catalogue.settings.small_number_threshold
    flows = _Flows(
        settled=settled,
        rows=rows,
        destinations=destinations_of(rows, settled, scope=scope, areas=areas, least_monthly=least),
        counters=cells.counters,
        catalogue=catalogue,
    )
    found = rows["month"].unique().to_list()
    marked = []
    for year in sorted({month.year for month in found}) or [first.year]:
        months = [month for month in found if month.year == year]
        also = [hash_of(flows.destinations_in(months))]
        marked.append(kept.tables(f"flows={year}", months, flows.judged, also=also)["flows"])
    return _shown(pl.concat(marked).lazy(), _status(catalogue, first=first, as_of=as_of))


def _shown(marked: pl.LazyFrame, status: pl.Expr) -> pl.LazyFrame:
    """Null what is hidden; kinds of care are in their own order, not as texts."""
    secret = pl.when(~pl.col("is_referred_hidden")).then("referred_settlements")
    values = marked.with_columns(unless_hidden(*_VALUES[:3]), status, referred_settlements=secret)
    return to_contract(values, FlowMonthly, sort=SORT)


def _status(catalogue: Catalogue, *, first: date, as_of: date) -> pl.Expr:
    delay = catalogue.settings.claims_delay_months
    still_open = open_months(months_between(first, as_of), as_of, delay_months=delay)
    return status_of(is_provisional=pl.col("month").is_in(still_open))
