"""Try to work hidden counts out of published marts: an independent judge of small-number hiding.

Every published sum of a year (four destinations make the total, counties make the city, months make
the year so far) is one equation over the unknown counts. A linear programme finds the least and the
largest value of a hidden count that no equation contradicts; where they agree, it is not hidden.

    python -m bench.suppression --marts data/marts --city 410200 --year 2024 --cells 100
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from scipy.optimize import linprog
from scipy.sparse import csr_matrix

TIERS = ("same_county", "same_city", "same_province", "other_province")
OUTSIDE = "out_of_county_inpatient_rate"
SHARES = {f"destination_{tier}_share": (tier,) for tier in TIERS} | {OUTSIDE: TIERS[1:]}
MONTHS_OF = {"month": 1, "quarter": 3, "year": 12}
Cell = tuple[str, str, date]  # county, tier, month


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


def of_year(mart: Path, *, city: str, year: int) -> pl.DataFrame:
    """Read the destination rows of a city and its counties for a year."""
    area = pl.col("area_code").cast(pl.String)
    is_county = pl.col("area_level").cast(pl.String) == "county"
    return (
        pl.scan_parquet(mart)
        .with_columns(indicator_id=pl.col("indicator_id").cast(pl.String), area_code=area)
        .filter(
            pl.col("indicator_id").is_in(list(SHARES)),
            pl.col("month").dt.year() == year,
            (area == city) | (is_county & area.str.starts_with(city[:4])),
        )
        .collect()
    )


def equations(monthly: pl.DataFrame, to_date: pl.DataFrame, *, city: str) -> Equations:
    """Return every published sum over the counts of the counties by tier and month."""
    counties = sorted(set(monthly["area_code"]) - {city})
    months = sorted(set(monthly["month"]))
    cells = [(c, t, m) for c in counties for t in TIERS for m in months]
    found = Equations(cells={cell: at for at, cell in enumerate(cells)})
    columns = ("indicator_id", "area_code", "month", "numerator", "denominator")
    for indicator, area, month, part, whole in monthly.select(columns).iter_rows():
        places = counties if area == city else [area]
        found.add([(c, t, month) for c in places for t in SHARES[indicator]], part)
        found.add([(c, t, month) for c in places for t in TIERS], whole)
    for row in to_date.filter(pl.col("area_code") != city).iter_rows(named=True):
        last, length = row["month"].month, MONTHS_OF[str(row["period_kind"])]
        span = [m for m in months if (last - 1) // length * length < m.month <= last]
        tiers = SHARES[row["indicator_id"]]
        found.add([(row["area_code"], t, m) for t in tiers for m in span], row["numerator"])
    return found


def hidden_cells(monthly: pl.DataFrame, *, city: str) -> list[Cell]:
    """Return the counts that are not published."""
    is_share = pl.col("indicator_id") != OUTSIDE
    rows = monthly.filter(is_share, pl.col("area_code") != city, pl.col("numerator").is_null())
    return [
        (area, SHARES[indicator][0], month)
        for indicator, area, month in rows.select("indicator_id", "area_code", "month").iter_rows()
    ]


def main() -> None:
    """Judge a sample of the hidden counts of one city and year."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--marts", type=Path, default=Path("data/marts"))
    options.add_argument("--city", default="410200")
    options.add_argument("--year", type=int, default=2024)
    options.add_argument("--cells", type=int, default=100)
    chosen = options.parse_args()
    snapshot = chosen.marts / "snapshots" / (chosen.marts / "CURRENT").read_text().strip()
    where = {"city": chosen.city, "year": chosen.year}
    monthly = of_year(snapshot / "indicator_monthly.parquet", **where)
    to_date = of_year(snapshot / "indicator_to_date.parquet", **where)
    hidden = hidden_cells(monthly, city=chosen.city)
    judged = random.Random(1).sample(  # noqa: S311  a repeatable sample, no secret
        hidden, min(chosen.cells, len(hidden))
    )
    sums = equations(monthly, to_date, city=chosen.city)
    pinned = [cell for cell in judged if np.subtract(*sums.range_of(cell)[::-1]) < 1]
    print(
        f"{len(sums.totals)} sums, {len(hidden)} hidden, {len(judged)} judged, {len(pinned)} told"
    )
    for cell in pinned:
        print(*cell)
    raise SystemExit(1 if pinned else 0)


if __name__ == "__main__":
    main()
