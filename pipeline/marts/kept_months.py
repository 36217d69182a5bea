"""Tables that are made of the flows of some months, and kept for those that have not changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.counters.settled_month import Sums
from pipeline.marts.partials import Partials, hash_of, key_of
from pipeline.marts.settled import Settled
from pipeline.methods.periods import is_settled, month_end, month_start


@dataclass(frozen=True, kw_only=True)
class KeptMonths:
    """What is kept of months; `keys` tell all that the flows of each are made of.

    They are by the first day of each month of the reporting range, or none at all: then nothing
    is kept.
    """

    partials: Partials
    keys: Mapping[date, str]

    def tables(
        self,
        name: str,
        months: Collection[date],
        count: Callable[[Sequence[date]], Sums],
        *,
        of: Callable[[date], Collection[date]] = lambda month: [month],
        also: Collection[str] = (),
    ) -> Sums:
        """Return tables by `month`, counted for those months alone of which anything has changed.

        `of` says of which months one is made, `also` what all are made of besides.

        Raises:
            StorageError: the folder cannot be written.
        """
        told = {
            month: key_of([self.keys.get(one) for one in of(month)], *also)
            for month in months
            if month in self.keys
        }
        return self.partials.by_month(name, months, told, count)


def states_of(months: Sequence[date], as_of: date, catalogue: Catalogue) -> dict[date, object]:
    """Return what an as-of date says of each month: the last day counted, whether it is open.

    So a new month leaves what was kept of those before it, but for the youngest.
    """
    delay = catalogue.settings.claims_delay_months
    return {
        month: (
            min(as_of, month_end(month)),
            is_settled(month, as_of, delay_months=delay),
            month == month_start(as_of),
        )
        for month in months
    }


def month_keys(
    settled: Settled,
    others: pl.DataFrame,
    *,
    states: Mapping[date, object],
    common: Sequence[object],
) -> dict[date, str]:
    """Return a key of each month's flows: of settlements, of the `others` (by `date`), in `common`.

    `states` are states_of the months. No keys where settlements lie in no file.
    """
    if not set(settled.cases) <= set(settled.keys):
        return {}
    by_month = others.with_columns(month=pl.col("date").dt.month_start())
    parts = by_month.partition_by("month", as_dict=True)
    told = {month: hash_of(rows.sort(rows.columns)) for (month,), rows in parts.items()}
    key = key_of(*common)
    return {
        month: key_of(settled.keys.get(month), told.get(month), state, key)
        for month, state in states.items()
    }
