"""A year of admissions by county, tier, disease and age: added up, totalled, small cells hidden.

A cell is one number made of its keys, so that numbers in order are rows in order, and sums are
added up at positions or in stretches: a tenth of the cost of group-bys by four columns.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.contracts.staging import AGE_BANDS, DESTINATION_TIERS
from pipeline.counters.by_county import stretches
from pipeline.methods.suppression import hide_at
from pipeline.staged.codes import Codes

ALL = "all"
OTHER = "other"
UNKNOWN = "unknown"
_TIERS = len(DESTINATION_TIERS)
_BANDS = len(AGE_BANDS) + 1
_EVERY_BAND = len(AGE_BANDS)
_NUMBERED = ("destination_tier", "age_band", "settlements", "fund_fen")
Numbers = NDArray[np.int64]


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
    def of_county(self) -> int:
        """How many cells a county can have."""
        return _TIERS * len(self.diseases) * _BANDS

    @cached_property
    def _county_of(self) -> list[int | None]:
        """The position of the county of each code; None where it is not among ours."""
        position = {county: at for at, county in enumerate(self.counties)}
        return [position.get(area) for area in self.codes.values["area"]]

    @cached_property
    def _disease_of(self) -> Numbers:
        """The first cell of the disease of each code, of a county and tier; last that of none."""
        position = {disease: at * _BANDS for at, disease in enumerate(self.diseases)}
        known = [position[disease] for disease in self.codes.values["disease"]]
        return np.array([*known, position[UNKNOWN]], dtype=np.int64)

    def numbered(self, month: pl.DataFrame) -> Iterator[tuple[int, Cases]]:
        """Yield the admissions of a month (in codes) county by county: its position, and by cell.

        Cells are numbered from zero in each county; other counties' fall away.
        """
        disease = month["disease_category"].fill_null(len(self.codes.values["disease"])).to_numpy()
        tier, band, settlements, fund_fen = (month[name].to_numpy() for name in _NUMBERED)
        cells = self._disease_of[disease]
        cells += np.multiply(tier, len(self.diseases) * _BANDS, dtype=np.int64)
        cells += band
        for code, start, end in stretches(month["insured_county"].to_numpy()):
            county = self._county_of[code]
            if county is not None:
                own = slice(start, end)
                yield county, Cases(cells[own], settlements[own], fund_fen[own])

    def cell(
        self, place: Numbers, disease: Numbers | int, band: NDArray[np.integer] | int
    ) -> Numbers:
        """Return the numbers of cells."""
        return (place * len(self.diseases) + disease) * _BANDS + band

    def apart(self, cells: Numbers) -> tuple[Numbers, Numbers, Numbers]:
        """Return place, disease and age band of each cell."""
        row = cells // _BANDS
        place = row // len(self.diseases)
        return place, row - place * len(self.diseases), cells - row * _BANDS


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
        with_merged(added_months(months, numbers), numbers, threshold=threshold), numbers
    )
    return with_hidden(cases, numbers, hidden_places=hidden_places, threshold=threshold)


def added_months(months: Iterable[pl.DataFrame], numbers: CellNumbers) -> Cases:
    """Add up admissions by CASES, added up or one by one; what comes to nothing is no row.

    Each cell of a county has its place in an array that stays in the processor's cache.
    """
    counties: dict[int, list[Cases]] = {}
    for month in months:
        for county, cases in numbers.numbered(month):
            counties.setdefault(county, []).append(cases)
    settlements, fund_fen = np.zeros((2, numbers.of_county), dtype=np.int64)
    found = [_NOTHING]
    for county in sorted(counties):
        for part in counties.pop(county):
            np.add.at(settlements, part.cells, part.settlements)
            np.add.at(fund_fen, part.cells, part.fund_fen)
        at = np.flatnonzero((settlements != 0) | (fund_fen != 0))
        found.append(Cases(at + county * numbers.of_county, settlements[at], fund_fen[at]))
        settlements[at] = fund_fen[at] = 0
    return _joined(*found)


def with_merged(cases: Cases, numbers: CellNumbers, *, threshold: int) -> Cases:
    """Take the diseases of a county and tier together that fewer were admitted with.

    What comes to nothing is no row.
    """
    rows = cases.cells // _BANDS
    starts = _starts_of(rows)
    admitted = np.add.reduceat(cases.settlements, starts)
    # A disease of that very name is one of them.
    is_other = rows[starts] % len(numbers.diseases) == numbers.disease(OTHER)
    lengths = np.diff(starts, append=rows.size)
    is_rare = np.repeat((admitted < threshold) | is_other, lengths)
    together = _over_diseases(_only(cases, is_rare), numbers, name=OTHER)
    is_row = (together.settlements != 0) | (together.fund_fen != 0)
    return _in_order(_joined(_only(cases, ~is_rare), _only(together, is_row)))


def with_totals(cases: Cases, numbers: CellNumbers) -> Cases:
    """Add the totals over ages, over diseases, and over both; all in order."""
    rows = cases.cells // _BANDS
    starts = _starts_of(rows)
    sums = (np.add.reduceat(column, starts) for column in cases[1:])
    every_age = Cases(rows[starts] * _BANDS + _EVERY_BAND, *sums)
    both = _joined(cases, every_age)
    return _in_order(_joined(both, _over_diseases(both, numbers, name=ALL)))


def _over_diseases(cases: Cases, numbers: CellNumbers, *, name: str) -> Cases:
    """Add up over diseases: cells of a disease of some name, in order."""
    place, _, band = numbers.apart(cases.cells)
    at = place * _BANDS + band
    is_there = np.zeros(len(numbers.counties) * _TIERS * _BANDS, dtype=bool)
    is_there[at] = True
    settlements, fund_fen = np.zeros((2, is_there.size), dtype=np.int64)
    np.add.at(settlements, at, cases.settlements)
    np.add.at(fund_fen, at, cases.fund_fen)
    found = np.flatnonzero(is_there)
    cells = numbers.cell(found // _BANDS, numbers.disease(name), found % _BANDS)
    return Cases(cells, settlements[found], fund_fen[found])


def _starts_of(ordered: Numbers) -> NDArray[np.intp]:
    """Return where in an ordered array each new number begins."""
    is_new = np.ones(ordered.size, dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
    return np.flatnonzero(is_new)


def _joined(*parts: Cases) -> Cases:
    return Cases(*map(np.concatenate, zip(*parts, strict=True)))


def _in_order(cases: Cases) -> Cases:
    # They come as a few runs in order, which a stable sort only merges.
    order = np.argsort(cases.cells, kind="stable")
    return Cases(*(column[order] for column in cases))


def _only(cases: Cases, chosen: NDArray[np.bool_]) -> Cases:
    at = np.flatnonzero(chosen)  # many and here and there: half the time of choosing by marks
    return Cases(*(column[at] for column in cases))


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
    # A disease over its ages, and an age over its diseases; each with its total.
    by_disease, by_age = cases.cells // _BANDS, place * _BANDS + band
    hidden = hide_at(
        few | (is_total & is_told[place]),
        may_hide=~is_total,
        value=cases.settlements,
        groups=np.concatenate([by_age, by_disease + len(numbers.counties) * _TIERS * _BANDS]),
        members=np.tile(np.arange(cases.cells.size), 2),
    )
    return pl.DataFrame({**cases._asdict(), "is_hidden": hidden}).rename({"cells": "cell"})


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
        # Of the width that the enumeration has: half of the time.
        pl.Series(name, positions.astype(np.min_scalar_type(len(words)))).cat.to(pl.Enum(words))
        for name, (positions, words) in keys.items()
    )
    return pl.DataFrame([*texts, *judged.drop("cell").iter_columns()])
