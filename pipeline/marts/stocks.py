"""What the registries come to: the tables of stocks, which no settlement changes.

They are most of a build and change only with a registry, so each is kept whole under a key of all
that it is made of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.catalog.published import published
from pipeline.contracts.device_marts import DeviceConflicts, Devices
from pipeline.contracts.marts import ContractGroups
from pipeline.counters.frames import at_once
from pipeline.counters.settled_month import Sums
from pipeline.marts import (
    contract_groups,
    device_conflicts,
    devices,
    indicator_monthly,
    indicator_weekly,
    published_facts,
)
from pipeline.marts.cells import Cells, stock_cells
from pipeline.marts.partials import Partials, digest_of, hash_of, key_of
from pipeline.marts.plan import count_stocks
from pipeline.marts.scope import Scope
from pipeline.marts.shape import nothing
from pipeline.methods.periods import evaluation_dates, months_between, weeks_ending
from pipeline.version import code_version

# The tables that stocks are counted from.
REGISTRIES = (
    *("clinics", "institutions", "devices", "contracts", "contract_groups"),
    *("population", "activity"),
)
# Marts that are nothing but a table kept whole, and its name.
WHOLE = {"indicator_weekly": "weekly", "contract_groups": "groups"}


@dataclass(frozen=True, kw_only=True)
class Stocks:
    """The tables of stocks that marts are made of.

    `weekly`, `monthly` and `groups` (of the contracted) come in parts, one after another; those of
    a month one for each of indicator_monthly.groups. `people` is the population at the as-of date
    (area_code, value).
    `at_facts`: sums where a published figure asks (published_facts.sums_of).
    """

    weekly: list[pl.LazyFrame]
    monthly: list[pl.LazyFrame]
    groups: list[pl.LazyFrame]
    people: pl.DataFrame
    at_facts: pl.DataFrame


@dataclass(frozen=True, kw_only=True)
class StockWorld:
    """What stocks are counted from, and over which range."""

    tables: Mapping[str, pl.LazyFrame]
    scope: Scope
    catalogue: Catalogue
    facts: pl.DataFrame  # published figures
    first: date
    as_of: date

    @cached_property
    def dates(self) -> list[date]:
        """The days stocks are read on."""
        settings = self.catalogue.settings
        return evaluation_dates(
            self.first,
            self.as_of,
            weekly_history_weeks=settings.weekly_history_weeks,
            ends_on=settings.week_ends_on,
        )

    @cached_property
    def counted(self) -> pl.DataFrame:
        """Every stock, on the days the published figures speak of as well."""
        dates = [*self.dates, *published_facts.fact_dates(published(), self.as_of)]
        return count_stocks(self.tables, self.scope, self.catalogue, dates=dates)

    @cached_property
    def cells(self) -> Cells:
        """The stocks as indicators at every level."""
        return stock_cells(self.counted, self.scope, self.catalogue, dates=self.dates)

    def key(self) -> str:
        """Return a key that changes with anything that stocks are made of."""
        registries = [
            hash_of(self.tables[name].select(pl.exclude("file_id")).collect())
            for name in REGISTRIES
        ]
        frames = [hash_of(f) for f in (self.scope.areas, self.scope.edges, self.facts)]
        told = (self.catalogue, published(), self.first, self.as_of, code_version())
        return key_of(registries, frames, *told)

    def weekly(self) -> Iterator[pl.DataFrame]:
        """Make the weekly mart, part by part."""
        settings = self.catalogue.settings
        weeks = weeks_ending(self.first, self.as_of, ends_on=settings.week_ends_on)
        return indicator_weekly.parts(
            self.cells,
            scope=self.scope,
            catalogue=self.catalogue,
            weeks=weeks[-settings.weekly_history_weeks :],
        )

    def monthly(self) -> Iterator[pl.DataFrame]:
        """Make the stocks of the monthly mart, part by part."""
        return indicator_monthly.stock_parts(
            self.cells,
            scope=self.scope,
            catalogue=self.catalogue,
            first=self.first,
            as_of=self.as_of,
        )

    def groups(self) -> Iterator[pl.DataFrame]:
        """Make the mart of contracted groups."""
        if at_once(self.tables["contract_groups"].head(1)).is_empty():
            yield nothing(ContractGroups)
            return
        yield contract_groups.build(
            self.tables["contract_groups"],
            scope=self.scope,
            threshold=self.catalogue.settings.small_number_threshold,
            months=months_between(self.first, self.as_of),
            as_of=self.as_of,
        ).collect()

    def others(self) -> dict[str, pl.DataFrame]:
        """Return the two small tables."""
        at_facts = published_facts.sums_of(
            self.counted.lazy().filter(
                pl.col("counter_id").is_in(published_facts.asked_counters(published()))
            ),
            time="as_of",
            facts=self.facts,
            comparisons=published(),
            scope=self.scope,
        )
        people = self.counted.filter(
            pl.col("counter_id") == "population", pl.col("as_of") == self.as_of
        )
        return {
            "people": people.select("area_code", "value").cast({"area_code": pl.String}),
            "facts": at_facts,
        }


def stocks_of(world: StockWorld, kept: Partials) -> Stocks:
    """Return the tables of stocks, made again where anything they are made of has changed."""
    key = world.key()
    small = kept.get("stocks", key, world.others)
    return Stocks(
        weekly=kept.table("weekly", key, world.weekly),
        monthly=kept.table("monthly", key, world.monthly),
        groups=kept.table("groups", key, world.groups),
        people=small["people"],
        at_facts=small["facts"],
    )


def device_lists(
    tables: Mapping[str, pl.LazyFrame], kept: Partials, *, areas: pl.DataFrame, as_of: date
) -> dict[str, pl.LazyFrame]:
    """Return the marts devices and device_conflicts, made again where ledgers or register changed.

    `areas` is the division list.
    """
    names = ("devices", "institutions")
    sources = pl.collect_all([tables[name].select(pl.exclude("file_id")) for name in names])
    is_sent = any(source.height for source in sources)

    def made() -> Sums:
        if not is_sent:
            return {"devices": nothing(Devices), "device_conflicts": nothing(DeviceConflicts)}
        told = [source.lazy() for source in sources]
        builds = {"devices": devices.build, "device_conflicts": device_conflicts.build}
        return {n: at_once(f(*told, areas=areas, as_of=as_of)) for n, f in builds.items()}

    hashes = [hash_of(frame) for frame in (*sources, areas)]
    lists = kept.get("devices", key_of(hashes, as_of, code_version()), made)
    return {name: table.lazy() for name, table in lists.items()}


def whole_marts(folder: Path) -> dict[str, str]:
    """Return a hash of what each mart holds that lies as it is among the partials in a folder."""
    found = {mart: digest_of(folder, name) for mart, name in WHOLE.items()}
    return {mart: digest for mart, digest in found.items() if digest}
