"""Marts: from staged tables to what pages read; one module per mart, named as its file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Protocol, TypedDict

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.catalog.published import published
from pipeline.counters.frames import at_once, to_long
from pipeline.marts import (
    areas,
    case_mix_yearly,
    clinics,
    data_quality,
    flow_monthly,
    indicator_monthly,
    indicator_to_date,
    institutions,
    outflow_levels_yearly,
    persons_yearly,
    published_facts,
    rejected_rows,
    targets,
)
from pipeline.marts.cells import Cells, FlowCells, flow_cells
from pipeline.marts.kept_months import KeptMonths, month_keys, states_of
from pipeline.marts.partials import Partials, hash_of
from pipeline.marts.plan import all_flows, complete_tables, first_month, reported_flows
from pipeline.marts.rejected_rows import Refused
from pipeline.marts.scope import Scope, make_scope, reporting_counties
from pipeline.marts.settled import Settled, settled_of
from pipeline.marts.stocks import Stocks, StockWorld, device_lists, stocks_of
from pipeline.marts.township_quarters import TownshipQuarters, count_quarters, reaching
from pipeline.methods.periods import months_between
from pipeline.staged.months import SettledMonths
from pipeline.version import code_version


class ReferenceData(Protocol):
    """What marts need of the reference data (pipeline.reference.Reference has it)."""

    @property
    def areas(self) -> pl.DataFrame:
        """Every area version, as in data/reference/areas.csv."""

    @property
    def published_facts(self) -> pl.DataFrame:
        """Published figures, as in data/reference/published_facts.csv."""


def build_marts(
    intake_tables: Mapping[str, pl.LazyFrame],
    *,
    reference: ReferenceData,
    ledger_cells: pl.DataFrame | pl.LazyFrame,
    catalogue: Catalogue,
    as_of: date,
    demonstration: bool,
    refused: Refused | None = None,
    settled: SettledMonths | None = None,
    partials: Path | None = None,
    full: bool = False,
) -> Mapping[str, pl.LazyFrame]:
    """Return every mart by name, each in the shape of its contract and sorted.

    The counters are counted once for all marts: the one place besides the build that collects.
    A staged table that is not there counts as empty. `settled` are the staged settlements by month,
    else the table of accepted ones. Sums are kept in the folder `partials` and used unless `full`.

    Raises:
        SourceError: no source has anything up to the as-of date.
    """
    tables = complete_tables(intake_tables)
    world = _World(
        tables=tables,
        months=settled or SettledMonths.of(tables["settlements"]),
        kept=Partials(partials, full=full),
        reference=reference,
        catalogue=catalogue,
        as_of=as_of,
    )
    stocks, counted, kept = world.stocks(), world.count(), world.kept_months()
    flows = flow_cells(counted, world.scope, catalogue, months=world.range, kept=kept)
    return {
        **_indicators(world, counted, flows, stocks, kept),
        **_settled(world, flows, kept),
        **_lists(world, stocks),
        "data_quality": _accounts(world, ledger_cells.lazy(), flows),
        "published_facts": _facts(world, counted, stocks, demonstration=demonstration),
        "rejected_rows": rejected_rows.build(refused or Refused()),
    }


class _Within(TypedDict):
    scope: Scope
    first: date
    as_of: date


class _OfYears(_Within):
    threshold: int
    delay_months: int


@dataclass(frozen=True, kw_only=True)
class _World:
    """What every mart of one snapshot shares."""

    tables: Mapping[str, pl.LazyFrame]
    months: SettledMonths
    kept: Partials
    reference: ReferenceData
    catalogue: Catalogue
    as_of: date

    @cached_property
    def settled(self) -> Settled:
        """The sums of the settlements."""
        return settled_of(
            self.months,
            self.tables["referrals"],
            as_of=self.as_of,
            by_township=self._by_township,
            partials=self.kept,
            register=self.tables["institutions"],
        )

    @property
    def _by_township(self) -> bool:
        """Whether an indicator reaches the townships of settlements, and any row names one."""
        return bool(reaching(self.catalogue) and self.months.codes.values["township"])

    @cached_property
    def first(self) -> date:
        """The first day of the reporting range."""
        return first_month(self.tables, self.settled.counties(), self.as_of)

    @cached_property
    def scope(self) -> Scope:
        """The areas the snapshot speaks of."""
        counties = reporting_counties(self.tables, self.settled.counties())
        return make_scope(self.reference.areas, at_once(counties))

    def stocks(self) -> Stocks:
        """Return the tables of stocks; what they are counted from is let go of."""
        world = StockWorld(
            tables=self.tables,
            scope=self.scope,
            catalogue=self.catalogue,
            facts=self.reference.published_facts,
            first=self.first,
            as_of=self.as_of,
        )
        return stocks_of(world, self.kept)

    @cached_property
    def range(self) -> list[date]:
        """The months of the reporting range by their first day."""
        return months_between(self.first, self.as_of)

    @cached_property
    def reported(self) -> pl.DataFrame:
        """The flows of all sources but the settlements."""
        within = {"first": self.first, "as_of": self.as_of}
        return reported_flows(self.tables, self.catalogue, **within)

    def count(self) -> pl.DataFrame:
        """Count every flow by day, a column each."""
        return all_flows(self.settled, self.reported, first=self.first, as_of=self.as_of)

    def kept_months(self) -> KeptMonths:
        """Return what is kept of months, under a key of all that flows are made of."""
        frames = [hash_of(frame) for frame in (self.scope.areas, self.scope.edges)]
        keys = month_keys(
            self.settled,
            self.reported,
            states=states_of(self.range, self.as_of, self.catalogue),
            common=(frames, self.catalogue, code_version()),
        )
        return KeptMonths(partials=self.kept, keys=keys)

    def quarters(self, flows: pl.DataFrame) -> TownshipQuarters | None:
        """Count the townships of settlements; None where no indicator, or no row, reaches them."""
        named = self.settled.townships
        if named is None or named.is_empty():
            return None
        within: _Within = {"scope": self.scope, "first": self.first, "as_of": self.as_of}
        return count_quarters(self.settled, flows, **within)


def _indicators(
    world: _World, counted: pl.DataFrame, flows: Cells, stocks: Stocks, kept: KeptMonths
) -> dict[str, pl.LazyFrame]:
    scope, catalogue, first, as_of = world.scope, world.catalogue, world.first, world.as_of
    return {
        "indicator_monthly": indicator_monthly.build(
            flows, stocks.monthly, scope=scope, catalogue=catalogue, first=first, as_of=as_of
        ),
        "indicator_weekly": pl.concat(stocks.weekly),
        "indicator_to_date": indicator_to_date.build(
            *(counted, flows),
            scope=scope,
            catalogue=catalogue,
            first=first,
            as_of=as_of,
            kept=kept,
            quarters=world.quarters(counted),
        ),
    }


def _settled(world: _World, flows: FlowCells, kept: KeptMonths) -> dict[str, pl.LazyFrame]:
    settings = world.catalogue.settings
    within: _Within = {"scope": world.scope, "first": world.first, "as_of": world.as_of}
    years: _OfYears = {
        **within,
        "threshold": settings.small_number_threshold,
        "delay_months": settings.claims_delay_months,
    }
    return {
        "flow_monthly": flow_monthly.build(
            world.settled,
            flows,
            areas=world.reference.areas,
            catalogue=world.catalogue,
            kept=kept,
            **within,
        ),
        "case_mix_yearly": case_mix_yearly.build(
            world.settled, flows, digests=world.months.digests, partials=world.kept, **years
        ),
        "outflow_levels_yearly": outflow_levels_yearly.build(world.settled, flows, **years),
        "persons_yearly": persons_yearly.build(world.months, partials=world.kept, **years),
    }


def _accounts(world: _World, ledger_cells: pl.LazyFrame, flows: Cells) -> pl.LazyFrame:
    return data_quality.build(
        ledger_cells,
        scope=world.scope,
        as_of=world.as_of,
        grades=world.catalogue.settings.quality_grades,
        hidden=flows.hidden,
    )


def _facts(
    world: _World, counted: pl.DataFrame, stocks: Stocks, *, demonstration: bool
) -> pl.LazyFrame:
    facts = world.reference.published_facts
    asked = [c for c in published_facts.asked_counters(published()) if c in counted.columns]
    flows = published_facts.sums_of(
        to_long(counted.lazy(), time="date", counters=asked),
        time="date",
        facts=facts,
        comparisons=published(),
        scope=world.scope,
    )
    return published_facts.build(
        facts,
        flows,
        stocks.at_facts,
        comparisons=published(),
        scope=world.scope,
        catalogue=world.catalogue,
        as_of=world.as_of,
        demonstration=demonstration,
    )


def _lists(world: _World, stocks: Stocks) -> dict[str, pl.LazyFrame]:
    scope, as_of, tables = world.scope, world.as_of, world.tables
    everywhere = world.reference.areas
    return {
        "areas": areas.build(scope, stocks.people, income=tables["income"], as_of=as_of),
        "clinics": clinics.build(tables["clinics"], areas=everywhere, as_of=as_of),
        "institutions": institutions.build(tables["institutions"], areas=everywhere, as_of=as_of),
        "contract_groups": pl.concat(stocks.groups),
        "targets": targets.build(tables["targets"], catalogue=world.catalogue),
        **device_lists(tables, world.kept, areas=everywhere, as_of=as_of),
    }
