"""The settlements as marts see them: tables of all months."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.contracts.staging import StagedInstitution
from pipeline.counters.frames import at_once
from pipeline.counters.institutions import primary_institutions
from pipeline.marts.month_sums import MonthSums
from pipeline.marts.month_tables import visits_by_township
from pipeline.marts.partials import Partials
from pipeline.staged.codes import Codes
from pipeline.staged.months import SettledMonths


@dataclass(frozen=True, kw_only=True)
class Settled:
    """What the settlements come to by `month`, all months together but for the cases.

    `counters` (a column each) are by area_code and date; `flows`, `levels`, `reported` and
    `townships` are in codes (month_tables.tables_of). `keys` name what a month was counted from,
    where that lies in a file. `cases` are the admissions of a service month (its first day) and
    read when asked for: those of all months together would be most of a build's memory.
    `with_primary` are the counties with a primary institution. `townships` are of the rows that
    name one; None where no indicator asks for them.
    """

    codes: Codes
    reported: pl.DataFrame
    counters: pl.DataFrame
    flows: pl.DataFrame
    levels: pl.DataFrame
    with_primary: frozenset[str]
    cases: Mapping[date, Callable[[], pl.DataFrame]]
    keys: Mapping[date, str]
    townships: pl.DataFrame | None = None

    def counties(self) -> pl.LazyFrame:
        """Return how many rows each county has by day of settlement, in full."""
        return self.reported.lazy().with_columns(self.codes.text("insured_county"))

    def visits_by_township(self) -> pl.LazyFrame:
        """Return the visits by township and month (month_tables)."""
        assert self.townships is not None, "asked for where townships were not counted"
        return visits_by_township(self.townships, self.codes, with_primary=self.with_primary)


def settled_of(
    settled: SettledMonths,
    referrals: pl.LazyFrame,
    *,
    as_of: date,
    by_township: bool,
    partials: Partials,
    register: pl.LazyFrame | None = None,
) -> Settled:
    """Count every month whose partial is not kept, and put the months together.

    `register` (StagedInstitution) tells which institutions are primary ones.
    """
    rows = StagedInstitution.create_empty(lazy=True) if register is None else register
    primary = at_once(primary_institutions(rows))
    with_primary = frozenset(primary["county_code"])
    months = MonthSums(
        settled=settled,
        referrals=referrals,
        primary=_codes(primary, settled.codes),
        with_primary=with_primary,
        as_of=as_of,
        by_township=by_township,
        kept=partials,
    )
    partials.forget_others(months.names())
    return Settled(
        codes=settled.codes,
        with_primary=with_primary,
        cases=months.cases(),
        keys=months.keys,
        **months.tables(),
    )


def _codes(primary: pl.DataFrame, codes: Codes) -> dict[str, int]:
    """Return the codes of those primary institutions that any settlement names, by name."""
    known = {name: code for code, name in enumerate(codes.values["institution"])}
    names = primary["institution_code"].sort().to_list()
    return {name: known[name] for name in names if name in known}
