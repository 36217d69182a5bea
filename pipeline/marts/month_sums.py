"""The sums of each service month, counted where the month changed and kept for the next build."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property, partial
from itertools import chain

import polars as pl

from pipeline.contracts.staging import StagedReferral, StagedSettlement
from pipeline.counters.packed_keys import unpacked
from pipeline.counters.settled_month import (
    FLOWS,
    REFERRAL_DAYS,
    REPORTED,
    TOWNSHIPS,
    VISITS,
    Sums,
    count_month,
)
from pipeline.marts.partials import Partials, key_of
from pipeline.methods.periods import add_months, month_end
from pipeline.settled_months import SettledMonths
from pipeline.version import code_version

SUMS = "months"  # the name that the sums of all months are kept under
CASES = "cases"
_REFERRALS = ("person_key", "referred_on", "direction")


@dataclass(frozen=True, kw_only=True)
class MonthSums:
    """Counts the months of staged settlements; what was counted of a month before is kept.

    `primary` are the codes of primary institutions by name.
    """

    settled: SettledMonths
    referrals: pl.LazyFrame
    primary: Mapping[str, int]
    as_of: date
    by_township: bool
    kept: Partials
    _cases: dict[date, pl.DataFrame] = field(default_factory=dict)  # of months that are not kept

    @cached_property
    def months(self) -> dict[date, str]:
        """The months by their first day."""
        return {date(int(ym[:4]), int(ym[4:]), 1): ym for ym in self.settled.months}

    @cached_property
    def upward(self) -> pl.DataFrame:
        """The upward referrals by day."""
        is_upward = pl.col("direction").cast(pl.String) == "up"
        named = self.referrals.filter(is_upward).select(_REFERRALS).drop_nulls()
        return named.sort("referred_on", "person_key").collect()

    @cached_property
    def keys(self) -> dict[date, str]:
        """A key of all that the sums of a month depend on, where its rows lie in a file."""
        common = list(self.primary), self.by_township, code_version()
        return {
            month: key_of(
                *(self.settled.digests[ym], self._until(month), self._told(month)), *common
            )
            for month, ym in self.months.items()
            if self.kept.folder is not None and ym in self.settled.digests
        }

    def sums(self) -> Sums:
        """Return the sums of all months by `month` (its first day), all but the cases."""
        return self.kept.by_month(SUMS, self.months, self.keys, self._counted)

    def cases(self) -> Mapping[date, Callable[[], pl.DataFrame]]:
        """Return how to fetch the cases of each month."""
        return {month: partial(self._cases_of, month) for month in self.months}

    def names(self) -> set[str]:
        """Return the names that something of a month is kept under."""
        return {f"ym={ym}" for ym in self.months.values()}

    def _until(self, month: date) -> date:
        return min(self.as_of, month_end(month))

    def _window(self, month: date) -> pl.DataFrame:
        """Return the referrals that can belong to a month."""
        days = self.upward["referred_on"]
        first = days.search_sorted(month - timedelta(days=REFERRAL_DAYS), side="left")
        return self.upward[first : days.search_sorted(add_months(month, 1), side="left")]

    def _told(self, month: date) -> list[str]:
        """Hash the referrals that can belong to a month."""
        columns = self._window(month).select("person_key", pl.col("referred_on").to_physical())
        return [hashlib.sha256(column.to_numpy().tobytes()).hexdigest() for column in columns]

    def _cases_of(self, month: date) -> pl.DataFrame:
        if month in self._cases:
            return self._cases[month]
        name, key = f"ym={self.months[month]}", self.keys.get(month)
        count = partial(self._count, month)
        return (count() if key is None else self.kept.get(name, key, count))[CASES]

    def _count(self, month: date) -> Sums:
        return count_month(
            self.settled.months[self.months[month]],
            self._window(month).lazy(),
            until=self._until(month),
            by_township=self.by_township,
            primary=self.primary.values(),
        )

    def _counted(self, months: Sequence[date]) -> Sums:
        """Count some months; their cases are put aside."""
        nothing = count_month(
            StagedSettlement.create_empty(lazy=True),
            StagedReferral.create_empty(lazy=True),
            until=date.max,
            by_township=self.by_township,
        )
        parts: dict[str, list[pl.DataFrame]] = {}
        for month, counted in chain([(date.min, nothing)], self._each(months)):
            for name, sums in counted.items():
                dated = sums.with_columns(month=pl.lit(month, dtype=pl.Date))
                parts.setdefault(name, []).append(dated)
        packed = {"reported": REPORTED, "visits": VISITS, "flows": FLOWS, "townships": TOWNSHIPS}
        return {
            name: unpacked(pl.concat(of_months), packed[name])
            if name in packed
            else pl.concat(of_months)
            for name, of_months in parts.items()
            if name != CASES
        }

    def _each(self, months: Sequence[date]) -> Iterator[tuple[date, Sums]]:
        for month in months:
            counted = dict(self._count(month))
            cases = {CASES: counted.pop(CASES)}
            if (key := self.keys.get(month)) is None:
                self._cases[month] = cases[CASES]
            else:
                self.kept.put(f"ym={self.months[month]}", key, cases)
            yield month, counted
