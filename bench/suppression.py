"""Try to work hidden counts out of published marts: an independent judge of small-number hiding.

Every published sum of a year (four destinations make the total, counties make the city, months make
the year so far) is one equation over the unknown counts. A linear programme finds the least and the
largest value of a hidden count that no equation contradicts; where they agree, it is not hidden.
With `--table resettled` the counts are those of people resettled elsewhere, which no mart has: they
are the difference of the rates with and without them.

    python -m bench.suppression --marts data/marts --city 410200 --year 2024 --cells 100
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

TIERS = ("same_county", "same_city", "same_province", "other_province")
OUTSIDE = "out_of_county_inpatient_rate"
WITHOUT = "out_of_county_rate_without_resettled"
OTHERS = ("others_inside", "others_outside")
STAYS = (*OTHERS, "resettled_inside", "resettled_outside")
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
Kinds = tuple[str, ...]
Cell = tuple[str, str, date]  # county, kind, month


@dataclass(frozen=True)
class Table:
    """Kinds of stays, and of which of them the sides of published rates are sums."""

    kinds: Kinds
    rates: Mapping[str, tuple[Kinds, Kinds]]  # numerator and denominator by indicator
    secrets: Mapping[str, str]  # by indicator whose hidden numerator hides it: the kind judged


TABLES = {
    "destinations": Table(
        kinds=TIERS,
        rates={f"destination_{tier}_share": ((tier,), TIERS) for tier in TIERS}
        | {OUTSIDE: (TIERS[1:], TIERS)},
        secrets={f"destination_{tier}_share": tier for tier in TIERS},
    ),
    "resettled": Table(
        kinds=STAYS,
        rates={
            OUTSIDE: (STAYS[1::2], STAYS),
            "in_county_inpatient_share": (STAYS[::2], STAYS),
            WITHOUT: (OTHERS[1:], OTHERS),
        },
        secrets={WITHOUT: "resettled_outside"},
    ),
}


@dataclass
class Equations:
    """Sums of cells whose value is published."""

    cells: dict[Cell, int]
    places: list[tuple[int, int]] = field(default_factory=list)
    totals: list[float] = field(default_factory=list)

    def add(self, parts: Sequence[Cell], total: float | None) -> None:
        """Take one sum; an unpublished one says nothing."""
        if total is None:
            return
        self.places += [(len(self.totals), self.cells[part]) for part in parts]
        self.totals.append(total)

    def range_of(self, cell: Cell) -> tuple[float, float]:
        """Return the least and the largest value the equations allow a cell."""
        rows, columns = zip(*self.places, strict=True)
        shape = (len(self.totals), len(self.cells))
        matrix = csr_matrix((np.ones(len(rows)), (rows, columns)), shape=shape)
        goal = np.zeros(len(self.cells))
        goal[self.cells[cell]] = 1.0
        ends = [
            linprog(sign * goal, A_eq=matrix, b_eq=self.totals, bounds=(0, None), method="highs")
            for sign in (1, -1)
        ]
        # Without a lower end the equations contradict each other; no upper end is no limit.
        if ends[0].status != 0:
            raise SystemExit("The published sums contradict each other.")
        return float(ends[0].fun), -float(ends[1].fun) if ends[1].status == 0 else float("inf")


def of_year(mart: Path, table: Table, *, city: str, year: int) -> pl.DataFrame:
    """Read the rates of a city and its counties for a year."""
    area = pl.col("area_code").cast(pl.String)
    is_county = pl.col("area_level").cast(pl.String) == "county"
    return (
        pl.scan_parquet(mart)
        .with_columns(indicator_id=pl.col("indicator_id").cast(pl.String), area_code=area)
        .filter(
            pl.col("indicator_id").is_in(list(table.rates)),
            pl.col("month").dt.year() == year,
            (area == city) | (is_county & area.str.starts_with(city[:4])),
        )
        .collect()
    )


def equations(
    monthly: pl.DataFrame, to_date: pl.DataFrame, table: Table, *, city: str
) -> Equations:
    """Return every published sum over the counts of the counties by kind and month."""
    counties = sorted(set(monthly["area_code"]) - {city})
    months = sorted(set(monthly["month"]))
    cells = [(c, k, m) for c in counties for k in table.kinds for m in months]
    found = Equations(cells={cell: at for at, cell in enumerate(cells)})
    columns = ("indicator_id", "area_code", "month", "numerator", "denominator")
    for indicator, area, month, *sides in monthly.select(columns).iter_rows():
        places = counties if area == city else [area]
        for kinds, value in zip(table.rates[indicator], sides, strict=True):
            found.add([(c, k, month) for c in places for k in kinds], value)
    for row in to_date.filter(pl.col("area_code") != city).iter_rows(named=True):
        last, length = row["month"].month, MONTHS_OF[str(row["period_kind"])]
        span = [m for m in months if (last - 1) // length * length < m.month <= last]
        so_far = (row["numerator"], row["denominator"])
        for kinds, value in zip(table.rates[row["indicator_id"]], so_far, strict=True):
            found.add([(row["area_code"], k, m) for k in kinds for m in span], value)
    return found


def hidden_cells(monthly: pl.DataFrame, table: Table, *, city: str) -> list[Cell]:
    """Return the counts that are hidden."""
    rows = monthly.filter(
        pl.col("indicator_id").is_in(list(table.secrets)),
        pl.col("area_code") != city,
        pl.col("status").cast(pl.String) == "suppressed",
        pl.col("numerator").is_null(),
    )
    return [
        (area, table.secrets[indicator], month)
        for indicator, area, month in rows.select("indicator_id", "area_code", "month").iter_rows()
    ]


def is_told(least: float, largest: float) -> bool:
    """Say whether a range leaves one count of people; that there was nobody is no secret."""
    return largest - least < 1 and round(largest) > 0


def main() -> None:
    """Judge a sample of the hidden counts of one city and year."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--marts", type=Path, default=Path("data/marts"))
    options.add_argument("--city", default="410200")
    options.add_argument("--year", type=int, default=2024)
    options.add_argument("--cells", type=int, default=100)
    options.add_argument("--table", choices=list(TABLES), default="destinations")
    chosen = options.parse_args()
    table = TABLES[chosen.table]
    snapshot = chosen.marts / "snapshots" / (chosen.marts / "CURRENT").read_text().strip()
    where = {"city": chosen.city, "year": chosen.year}
    monthly = of_year(snapshot / "indicator_monthly.parquet", table, **where)
    to_date = of_year(snapshot / "indicator_to_date.parquet", table, **where)
    hidden = hidden_cells(monthly, table, city=chosen.city)
    judged = random.Random(1).sample(  # noqa: S311  a repeatable sample, no secret
        hidden, min(chosen.cells, len(hidden))
    )
    sums = equations(monthly, to_date, table, city=chosen.city)
    ranges = {cell: sums.range_of(cell) for cell in judged}
    pinned = [cell for cell, ends in ranges.items() if is_told(*ends)]
    narrow = sum(most > 0 and most - least < 5 for least, most in ranges.values())
    print(
        f"{len(sums.totals)} sums, {len(hidden)} hidden, {len(judged)} judged, "
        f"{len(pinned)} told, {narrow} to within less than five"
    )
    for cell in pinned:
        print(*cell)
    raise SystemExit(1 if pinned else 0)


if __name__ == "__main__":
    main()
