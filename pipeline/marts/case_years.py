"""A year of admissions by county, tier, disease and age: added up, totalled, small cells hidden.

A cell is one number made of its keys, so that numbers in order are rows in order, and adding up is
sorting: a tenth of the cost of group-bys by four columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.contracts.staging import AGE_BANDS, DESTINATION_TIERS
from pipeline.marts.key_sums import Numbers, starts_of, summed
from pipeline.methods.suppression import hide
from pipeline.staged.codes import Codes

ALL = "all"
OTHER = "other"
UNKNOWN = "unknown"
_TIERS = len(DESTINATION_TIERS)
_BANDS = len(AGE_BANDS) + 1
_EVERY_BAND = len(AGE_BANDS)
MOST_CELLS = 8_000_000  # of a year, with a place each: an eighth of a gigabyte


class Cases(NamedTuple):
    """Sums by cell: a number made of place (county and tier), disease and age band."""

    cells: Numbers
    settlements: Numbers
    fund_fen: Numbers


_NOTHING = Cases(*(np.empty(0, dtype=np.int64) for _ in Cases._fields))


@dataclass(frozen=True, kw_only=True)
class CellNumbers:
    """How the cells of some counties are numbered: by the order of the mart's texts."""

    codes: Codes
    counties: Sequence[str]

    @cached_property
    def diseases(self) -> list[str]:
        """Every disease, with what stands for several or none, in order."""
        return sorted({*self.codes.values["disease"], ALL, OTHER, UNKNOWN})

    def disease(self, name: str) -> int:
        """Return the position of a disease."""
        return self.diseases.index(name)

    def place(self, county: str, tier: str) -> int | None:
        """Return the number of a county and tier; None for what is no county here."""
        if county not in self.counties:
            return None
        return self.counties.index(county) * _TIERS + DESTINATION_TIERS.index(tier)

    @property
    def size(self) -> int:
        """How many cells there can be."""
        return len(self.counties) * _TIERS * len(self.diseases) * _BANDS

    @cached_property
    def _county_of(self) -> Numbers:
        """The position of the county of each code; -1 where it is not among ours."""
        position = {county: at for at, county in enumerate(self.counties)}
        return np.array([position.get(a, -1) for a in self.codes.values["area"]], dtype=np.int64)

    @cached_property
    def _disease_of(self) -> Numbers:
        """The position of the disease of each code; last that of none."""
        position = {disease: at for at, disease in enumerate(self.diseases)}
        known = [position[disease] for disease in self.codes.values["disease"]]
        return np.array([*known, position[UNKNOWN]], dtype=np.int64)

    def numbered(self, month: pl.DataFrame) -> Cases:
        """Return the admissions of a month (in codes) by cell; other counties' fall away."""
        county = self._county_of[month["insured_county"].to_numpy()]
        if (county < 0).any():
            return self.numbered(month.filter(pl.Series(county >= 0)))
        disease = month["disease_category"].fill_null(len(self.codes.values["disease"])).to_numpy()
        place = county * _TIERS + month["destination_tier"].to_numpy()
        cells = self.cell(place, self._disease_of[disease], month["age_band"].to_numpy())
        return Cases(cells, *(month[c].to_numpy() for c in ("settlements", "fund_fen")))

    def cell(
        self, place: Numbers, disease: Numbers | int, band: NDArray[np.integer] | int
    ) -> Numbers:
        """Return the numbers of cells."""
        return (place * len(self.diseases) + disease) * _BANDS + band

    def apart(self, cells: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Return place, disease and age band of each cell."""
        row = cells // _BANDS
        return row // len(self.diseases), row % len(self.diseases), cells % _BANDS


def judged_year(
    months: Iterable[pl.DataFrame],
    numbers: CellNumbers,
    *,
    hidden_places: Collection[int],
    threshold: int,
) -> pl.DataFrame:
    """Return the cells of a year with their totals: cell, settlements, fund_fen, is_hidden.

    In the order of the mart. `months` are admissions by CASES, added up or one by one. The totals
    of the `hidden_places` are hidden, and with them what would add up to them.
    """
    # One in the other, so that no step's cells are held while the next is taken.
    cases = with_totals(
        with_merged(
            added_months((numbers.numbered(month) for month in months), cells=numbers.size),
            numbers,
            threshold=threshold,
        ),
        numbers,
    )
    return with_hidden(cases, numbers, hidden_places=hidden_places, threshold=threshold)


def added_months(months: Iterable[Cases], *, cells: int) -> Cases:
    """Add up months whose cells are below a number; what comes to nothing is no row.

    Each cell has its place in an array, unless there are so many that sorting holds less.
    """
    if cells > MOST_CELLS:
        year = _added(_NOTHING, *map(_added, months))
        return _only(year, (year.settlements != 0) | (year.fund_fen != 0))
    settlements, fund_fen = np.zeros((2, cells), dtype=np.int64)
    for month in months:
        np.add.at(settlements, month.cells, month.settlements)
        np.add.at(fund_fen, month.cells, month.fund_fen)
    at = np.flatnonzero((settlements != 0) | (fund_fen != 0))
    return Cases(at, settlements[at], fund_fen[at])


def _added(*parts: Cases) -> Cases:
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)]
    cells, sums = summed(columns[0], *columns[1:])
    return Cases(cells, *sums)


def _only(cases: Cases, chosen: NDArray[np.bool_]) -> Cases:
    return Cases(*(column[chosen] for column in cases))


def with_merged(cases: Cases, numbers: CellNumbers, *, threshold: int) -> Cases:
    """Take the diseases of a county and tier together that fewer were admitted with.

    What comes to nothing is no row.
    """
    rows = cases.cells // _BANDS
    starts = starts_of(rows)
    admitted = np.add.reduceat(cases.settlements, starts) if rows.size else cases.settlements
    lengths = np.diff(starts, append=rows.size)
    is_rare = np.repeat(admitted < threshold, lengths)
    rare = _only(cases, is_rare)
    place, _, band = numbers.apart(rare.cells)
    together = rare._replace(cells=numbers.cell(place, numbers.disease(OTHER), band))
    merged = _added(_only(cases, ~is_rare), together)
    return _only(merged, (merged.settlements != 0) | (merged.fund_fen != 0))


def with_totals(cases: Cases, numbers: CellNumbers) -> Cases:
    """Add the totals over ages, over diseases, and over both; all in order."""
    place, disease, band = numbers.apart(cases.cells)
    every = numbers.disease(ALL)
    totals = (
        numbers.cell(place, disease, _EVERY_BAND),
        numbers.cell(place, every, band),
        numbers.cell(place, every, _EVERY_BAND),
    )
    return _added(cases, *(_added(cases._replace(cells=cells)) for cells in totals))


def with_hidden(
    cases: Cases, numbers: CellNumbers, *, hidden_places: Collection[int], threshold: int
) -> pl.DataFrame:
    """Say which cells are hidden: small ones, and those by which a total would tell them.

    The total of a county and tier is the sum of its published months. If one of these is hidden,
    so is the total, and the rows that would add up to it.
    """
    place, disease, band = numbers.apart(cases.cells)
    is_total = (disease == numbers.disease(ALL)) & (band == _EVERY_BAND)
    few = (cases.settlements < threshold) & ((cases.settlements != 0) | (cases.fund_fen != 0))
    is_told = np.zeros(len(numbers.counties) * _TIERS, dtype=bool)
    is_told[list(hidden_places)] = True
    at = np.arange(cases.cells.size)
    cells = pl.DataFrame(
        {
            "cell": at,
            "value": cases.settlements,
            "is_hidden": few | (is_total & is_told[place]),
            "may_hide": ~is_total,
        }
    )
    # A disease over its ages, and an age over its diseases; each with its total.
    by_disease, by_age = cases.cells // _BANDS, place * _BANDS + band
    apart = by_age + by_disease.max(initial=0) + 1
    sums = pl.DataFrame({"sum": np.concatenate([by_disease, apart]), "cell": np.tile(at, 2)})
    judged = hide(cells, sums)
    return pl.DataFrame(
        {
            "cell": cases.cells,
            "settlements": cases.settlements,
            "fund_fen": cases.fund_fen,
            "is_hidden": judged["is_hidden"],
        }
    )


def named(judged: pl.DataFrame, numbers: CellNumbers) -> pl.DataFrame:
    """Return the keys of cells as enumerations in place of their numbers."""
    place, disease, band = numbers.apart(judged["cell"].to_numpy())
    keys: Mapping[str, tuple[Numbers, Sequence[str]]] = {
        "insured_county": (place // _TIERS, numbers.counties),
        "destination_tier": (place % _TIERS, DESTINATION_TIERS),
        "disease_category": (disease, numbers.diseases),
        "age_band": (band, [*AGE_BANDS, ALL]),
    }
    texts = (
        pl.Series(name, positions.astype(np.uint32)).cat.to(pl.Enum(words))
        for name, (positions, words) in keys.items()
    )
    return pl.DataFrame([*texts, *judged.drop("cell").iter_columns()])
