"""Small numbers: hide counts of patients that are small, and what would give them away.

Primary: a count from 1 to below the threshold. Complementary: in every published sum (a city and
its counties, a total and its parts) never exactly one cell stays unknown, because the sum minus
the others would be the unknown one; the smallest visible cell is hidden with it, and so on until
nothing changes. This withstands any chain of single subtractions. How wide a range is left by
solving several sums together is no demand, as a protection level would be (Handbook on
Statistical Disclosure Control, chapter 4; Massell, US Census Bureau SSS2005-02): it is measured,
here by a slow oracle in the tests and on whole marts by bench/suppression.py.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

# Ids that spread over up to so many times their number are counted as they are, others are ranked.
_SPREAD = 8
_MOST = 2**63 - 1
_UNKNOWN = -(2**63)
_Numbers = NDArray[np.int64]
_Marks = NDArray[np.bool_]


def is_small(value: pl.Expr, *, threshold: int) -> pl.Expr:
    """Say whether a count is above zero and below the threshold; null is not."""
    return ((value > 0) & (value < threshold)).fill_null(value=False)


def hide(cells: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with `is_hidden` extended until no sum gives a hidden cell away.

    `cells`: cell (a number, unique), value, is_hidden, and may_hide (a city total may not: it is
    exact). `sums`: sum, cell: the cells of one equation, its total among them. Ties are broken by
    the order of `cell`, so that the result does not depend on the order of rows. A cell that is
    told by exact cells alone (the only county of a city) cannot be protected and protects no other.
    """
    ordered = cells if cells["cell"].is_sorted() else cells.sort("cell")
    marks = ordered.select(pl.col("is_hidden", "may_hide").fill_null(value=False))
    groups, members = _members(ordered["cell"], sums)
    hidden = hide_at(
        marks["is_hidden"].to_numpy(),
        may_hide=marks["may_hide"].to_numpy(),
        value=ordered["value"].cast(pl.Int64).fill_null(_UNKNOWN).to_numpy(),
        groups=groups,
        members=members,
    )
    return ordered.drop("is_hidden").with_columns(is_hidden=pl.Series(hidden, dtype=pl.Boolean))


def hide_at(
    hidden: _Marks, *, may_hide: _Marks, value: _Numbers, groups: _Numbers, members: _Numbers
) -> _Marks:
    """Return what `hide` does, of cells by their position.

    `members` are the positions of the cells of each sum, `groups` the sum of each, small numbers.
    """
    hidden = hidden.copy()
    is_open = (hidden | may_hide)[members]
    groups, members = _without_told(groups[is_open], members[is_open], cells=hidden.size)
    _extend(hidden, groups, members, loss=_loss(value))
    return hidden


def _members(cells: pl.Series, sums: pl.DataFrame) -> tuple[_Numbers, _Numbers]:
    """Return the members of sums, as a number of the sum and a position in `cells`."""
    both = pl.concat([cells.cast(pl.Int64), sums["cell"].cast(pl.Int64)])
    numbers = _numbered(both.to_numpy())
    own, asked = numbers[: cells.len()], numbers[cells.len() :]
    position = np.full(numbers.max(initial=0) + 1, -1)
    position[own] = np.arange(own.size)
    found = position[asked]
    is_known = found >= 0
    return _numbered(sums["sum"].cast(pl.Int64).to_numpy())[is_known], found[is_known]


def _numbered(ids: _Numbers) -> _Numbers:
    """Return small numbers from zero up in place of ids, equal ones for equal ids."""
    if not ids.size:
        return ids
    least, most = ids.min(), ids.max()
    if most - least < _SPREAD * ids.size:
        near: _Numbers = ids - least
        return near
    numbers: _Numbers = np.unique(ids, return_inverse=True)[1]
    return numbers


def _without_told(groups: _Numbers, members: _Numbers, *, cells: int) -> tuple[_Numbers, _Numbers]:
    """Drop, over and over, the cells that are alone in a sum whose other cells are known.

    What is left has no sum with a single member, so a cell that must not stay alone has company.
    """
    while True:
        is_alone = np.bincount(groups)[groups] == 1 if groups.size else np.zeros(0, dtype=bool)
        if not is_alone.any():
            return groups, members
        is_told = np.zeros(cells, dtype=bool)
        is_told[members[is_alone]] = True
        stays = ~is_told[members]
        groups, members = groups[stays], members[stays]


def _extend(hidden: _Marks, groups: _Numbers, members: _Numbers, *, loss: _Numbers) -> None:
    """Mark more and more cells in `hidden`: a second one in every sum with exactly one.

    Ends: every round hides at least one more of finitely many cells.
    """
    sums = groups.max(initial=-1) + 1
    while True:
        is_hidden = hidden[members]
        count = np.bincount(np.compress(is_hidden, groups), minlength=sums)[groups]
        is_asked = ~is_hidden & (count == 1)
        if not is_asked.any():
            return
        asked, choice = groups[is_asked], members[is_asked]
        least = np.full(sums, _MOST)
        np.minimum.at(least, asked, loss[choice])
        is_least = loss[choice] == least[asked]
        first = np.full(sums, hidden.size)
        np.minimum.at(first, asked[is_least], choice[is_least])
        hidden[first[first < hidden.size]] = True
        # Where one was hidden there are two now: only where none was can a sum ask for more.
        is_left = count == 0
        groups, members = np.compress(is_left, groups), np.compress(is_left, members)


def _loss(value: _Numbers) -> _Numbers:
    """Say what is lost with each cell: the least goes first.

    Zeros last: a hidden zero protects, but tells the reader less than a hidden small count.
    """
    return np.where(value == 0, _MOST, value)
