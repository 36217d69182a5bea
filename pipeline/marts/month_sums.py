"""The sums of each service month, counted where the month changed and kept for the next build."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property, partial

import polars as pl

from pipeline.contracts.staging import StagedSettlement
from pipeline.counters.frames import at_once
from pipeline.counters.settled_month import REFERRAL_DAYS, Sums, cases_of, count_month
from pipeline.marts.month_tables import tables_of
from pipeline.marts.partials import Partials, key_of
from pipeline.methods.periods import add_months, month_end
from pipeline.staged.months import SettledMonths
from pipeline.version import code_version

TABLES = "months"
# What of a year is kept: tables by month, flows and cases with what is hidden, distinct persons.
YEARLY = (TABLES, "flows", "cases", "year")
_REFERRALS = ("person_key", "referred_on", "direction")


@dataclass(frozen=True, kw_only=True)
class MonthSums:
    """Counts the months of staged settlements; what was counted of a month before is kept.

    `primary` are the codes of primary institutions by name, `with_primary` the counties of all.
    """

    settled: SettledMonths
    referrals: pl.LazyFrame
    primary: Mapping[str, int]
    with_primary: frozenset[str]
    as_of: date
    by_township: bool
    kept: Partials

    @cached_property
    def months(self) -> dict[date, str]:
        """The months by their first day."""
        return {date(int(ym[:4]), int(ym[4:]), 1): ym for ym in self.settled.months}

    @cached_property
    def upward(self) -> pl.DataFrame:
        """The upward referrals by day; those of a day in the order of the staged table.

        Sorting those as well would cost more than all else that a month's key is made of.
        """
        named = self.referrals.filter(pl.col("direction") == "up").select(_REFERRALS).drop_nulls()
        return at_once(named.sort("referred_on", maintain_order=True))

    @cached_property
    def keys(self) -> dict[date, str]:
        """A key of all that the sums of a month depend on, where its rows lie in a file."""
        common = list(self.primary), sorted(self.with_primary), self.by_township, code_version()
        told = self._told()
        return {
            month: key_of(self.settled.digests[ym], self._until(month), told[month], *common)
            for month, ym in self.months.items()
            if self.kept.folder is not None and ym in self.settled.digests
        }

    def tables(self) -> Sums:
        """Return the tables of all months (month_tables), kept year by year."""
        years = sorted({month.year for month in self.months})
        of_years = []
        for year in years:
            months = [month for month in self.months if month.year == year]
            kept = self.kept.by_month(f"{TABLES}={year}", months, self.keys, self._tables_of)
            of_years.append(kept)
        first = of_years[0] if of_years else self._tables_of(())
        return {name: pl.concat([tables[name] for tables in of_years or [first]]) for name in first}

    def cases(self) -> Mapping[date, Callable[[], pl.DataFrame]]:
        """Return how to fetch the admissions of each month."""
        return {month: partial(self._admissions, month) for month in self.months}

    def names(self) -> set[str]:
        """Return the names that something of these years is kept under."""
        return {f"{kind}={ym[:4]}" for ym in self.months.values() for kind in YEARLY}

    def _until(self, month: date) -> date:
        return min(self.as_of, month_end(month))

    @cached_property
    def with_referrals(self) -> frozenset[date]:
        """The months to which any referral that was sent, up or down, can belong."""
        days = at_once(self.referrals.select("referred_on").unique().sort("referred_on"))
        return frozenset(m for m in self.months if days[_window(days, m)].height)

    def _told(self) -> dict[date, list[str]]:
        """Name the referrals that can belong to each month: their hashes, whether there are any."""
        person = self.upward["person_key"].to_numpy()
        day = self.upward["referred_on"].to_physical().to_numpy()
        told = {}
        for month in self.months:
            window = _window(self.upward, month)
            both = (column[window].tobytes() for column in (person, day))
            of_rows = [hashlib.sha256(content).hexdigest() for content in both]
            told[month] = [*of_rows, f"{month in self.with_referrals}"]
        return told

    def _admissions(self, month: date) -> pl.DataFrame:
        rows = self.settled.admissions[self.months[month]]
        is_whole = month_end(month) <= self.as_of
        return cases_of(rows if is_whole else rows.filter(pl.col("service_date") <= self.as_of))

    def _count(self, month: date) -> Sums:
        return count_month(
            self.settled.months[self.months[month]],
            self.upward[_window(self.upward, month)].lazy(),
            until=self._until(month),
            by_township=self.by_township,
            primary=self.primary.values(),
        )

    def _tables_of(self, months: Sequence[date]) -> Sums:
        sums = self.counted(months)
        return tables_of(
            sums,
            self.settled.codes,
            with_primary=self.with_primary,
            with_referrals=self.with_referrals,
        )

    def counted(self, months: Sequence[date]) -> Sums:
        """Count some months: their sums by `month`."""
        parts: dict[str, list[pl.DataFrame]] = {}
        each = ((month, self._count(month)) for month in months) if months else self._nothing()
        for month, counted in each:
            for name, sums in counted.items():
                dated = sums.with_columns(month=pl.lit(month, dtype=pl.Date))
                parts.setdefault(name, []).append(dated)
        return {name: pl.concat(of_months) for name, of_months in parts.items()}

    def _nothing(self) -> Iterator[tuple[date, Sums]]:
        rows, referrals = StagedSettlement.create_empty(lazy=True), self.upward.clear().lazy()
        yield date.min, count_month(rows, referrals, until=date.max, by_township=self.by_township)


def _window(referrals: pl.DataFrame, month: date) -> slice:
    """Return which of the referrals, in order of their day, can belong to a month."""
    days = referrals["referred_on"]
    span = month - timedelta(days=REFERRAL_DAYS), add_months(month, 1)
    return slice(*(bisect_left(days, day) for day in span))
