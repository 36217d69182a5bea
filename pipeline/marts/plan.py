"""The counters of a snapshot: the shared middle of all marts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Protocol, cast

import dataframely as dy
import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts import staging as staged
from pipeline.contracts.counters import StockCounter
from pipeline.counters import (
    activity,
    clinics,
    contracts,
    equipment,
    institutions,
    population,
    referrals,
)
from pipeline.counters.frames import at_once
from pipeline.errors import SourceError
from pipeline.marts.measures import to_wide
from pipeline.marts.scope import Scope
from pipeline.marts.settled import Settled

TABLES: dict[str, type[dy.Schema]] = {
    "settlements": staged.AcceptedSettlement,
    "referrals": staged.StagedReferral,
    "clinics": staged.StagedClinic,
    "devices": staged.StagedDevice,
    "contracts": staged.StagedContract,
    "contract_groups": staged.StagedContractGroup,
    "institutions": staged.StagedInstitution,
    "population": staged.StagedPopulation,
    "income": staged.StagedIncome,
    "activity": staged.StagedActivity,
    "targets": staged.StagedTarget,
}
# The sources whose first report opens the reporting range, and the date that says when. Service
# dates before the first settlement month belong to months nobody has reported in full.
_OPENING = {
    "referrals": "referred_on",
    "devices": "extract_date",
    "contracts": "as_of",
    "activity": "month",
    "clinics": "extract_date",
}
_LEAST_SHARE = 0.01


class _Count(Protocol):
    """Counts the stocks of a registry on some dates (StockCounter)."""

    def __call__(self, *, dates: Sequence[date]) -> pl.LazyFrame: ...


# Evaluation dates that stocks are counted on at once. A date has nothing to do with the others, and
# a registry read on all of them at once is the largest table of a build.
DAYS_AT_ONCE = 32


def complete_tables(tables: Mapping[str, pl.LazyFrame]) -> dict[str, pl.LazyFrame]:
    """Return all staged tables; a source that sent nothing is an empty table."""
    return {
        name: tables[name] if name in tables else contract.create_empty(lazy=True)
        for name, contract in TABLES.items()
    }


def first_month(tables: Mapping[str, pl.LazyFrame], settled: pl.LazyFrame, as_of: date) -> date:
    """Return the first day of the reporting range; `settled` has settled_on and rows.

    A source's range begins with its first month of at least a hundredth of its average month: one
    row with a wrong year must not open years of missing months.

    Raises:
        SourceError: no source has a row dated up to the as-of date.
    """
    dated = [settled.select("rows", day="settled_on")]
    dated += [
        tables[name].select(rows=pl.lit(1, dtype=pl.UInt32), day=column)
        for name, column in _OPENING.items()
    ]
    months = []
    for rows in dated:
        month = pl.col("day").dt.month_start().alias("month")
        counted = rows.filter(pl.col("day") <= as_of).group_by(month).agg(pl.col("rows").sum())
        enough = pl.col("rows") >= _LEAST_SHARE * pl.col("rows").mean()
        months.append(counted.filter(enough).select(pl.col("month").min()))
    day = at_once(pl.concat(months).select(pl.col("month").min())).item()
    if day is None:
        raise SourceError(
            f"截至{as_of}没有任何可用的数据，无法生成报表。请检查data/raw和统计日期。"
        )
    return cast(date, day)


def _items(catalogue: Catalogue, kind: str) -> list[str]:
    counters = catalogue.counters.values()
    return [c.id for c in counters if c.source == "activity" and c.kind == kind]


def reported_flows(
    tables: Mapping[str, pl.LazyFrame], catalogue: Catalogue, *, first: date, as_of: date
) -> pl.DataFrame:
    """Return the flows of all sources but the settlements by day within the range."""
    counted = [
        referrals.count(tables["referrals"]),
        activity.count_flows(tables["activity"], counters=_items(catalogue, "flow")),
    ]
    in_range = pl.col("date").is_between(first, as_of)
    return at_once(pl.concat([lf.filter(in_range) for lf in counted]))


def all_flows(
    settled: Settled, reported: pl.DataFrame, *, first: date, as_of: date
) -> pl.DataFrame:
    """Return every flow of the catalogue by day within the range, at its finest area.

    One row per area_code and date, a column per counter; null: not reported.
    """
    in_range = pl.col("date").is_between(first, as_of)
    own = settled.counters.drop("month").filter(in_range)
    return own.join(
        to_wide(reported, time="date"), on=["area_code", "date"], how="full", coalesce=True
    )


def count_stocks(
    tables: Mapping[str, pl.LazyFrame],
    scope: Scope,
    catalogue: Catalogue,
    *,
    dates: Sequence[date],
) -> pl.DataFrame:
    """Return every stock of the catalogue on some dates, at its finest area.

    Stocks are many: counter_id and area_code are categories, which take a quarter of texts.
    """
    days = sorted(set(dates))
    counts = _counts(tables, scope, catalogue)
    parts = [
        _stocks_on(days[at : at + DAYS_AT_ONCE], counts).cast(
            {"counter_id": pl.Categorical, "area_code": pl.Categorical}
        )
        for at in range(0, max(len(days), 1), DAYS_AT_ONCE)
    ]
    return pl.concat(parts)


def _stocks_on(dates: Sequence[date], counts: Sequence[_Count]) -> pl.DataFrame:
    found = [count(dates=dates) for count in counts]
    return pl.concat([StockCounter.create_empty(lazy=True), *found]).collect()


def _counts(tables: Mapping[str, pl.LazyFrame], scope: Scope, catalogue: Catalogue) -> list[_Count]:
    """Return what counts each registry; one that nobody sent would cost as much as a few rows."""
    areas, register = scope.areas, tables["institutions"]
    groups, items = tables["contract_groups"], _items(catalogue, "stock")
    counts: dict[str, _Count] = {
        "clinics": partial(clinics.count, tables["clinics"], areas=areas),
        "institutions": partial(institutions.count, register, areas=areas),
        "devices": partial(equipment.count, tables["devices"], register, areas=areas),
        "contracts": partial(contracts.count, tables["contracts"], groups, areas=areas),
        "population": partial(population.count, tables["population"]),
        "activity": partial(activity.count_stocks, tables["activity"], counters=items),
    }
    return [count for name, count in counts.items() if _is_sent(name, tables)]


def _is_sent(name: str, tables: Mapping[str, pl.LazyFrame]) -> bool:
    both = ("contracts", "contract_groups") if name == "contracts" else (name,)
    return any(at_once(tables[table].head(1)).height for table in both)
