"""The small-number rule beside a slow telling of it, with any ids and any order of rows."""

from __future__ import annotations

from random import Random

import polars as pl
import pytest

from pipeline.methods.suppression import hide

Cell = tuple[int, int | None, bool, bool]  # cell, value, is_hidden, may_hide
SCHEMA = {"cell": pl.Int64, "value": pl.Int64, "is_hidden": pl.Boolean, "may_hide": pl.Boolean}


def judged(cells: list[Cell], sums: dict[int, set[int]]) -> set[int]:
    members = [(name, cell) for name, of_sum in sums.items() for cell in of_sum]
    table = pl.DataFrame(members, schema={"sum": pl.Int64, "cell": pl.Int64}, orient="row")
    found = hide(pl.DataFrame(cells, schema=SCHEMA, orient="row"), table)
    assert found.columns == ["cell", "value", "may_hide", "is_hidden"]
    return set(found.filter("is_hidden")["cell"])


def told(cells: list[Cell], sums: dict[int, set[int]]) -> set[int]:
    """Hide round by round, sum by sum."""
    value = {cell: v for cell, v, _, _ in cells}
    hidden = {cell for cell, _, is_hidden, _ in cells if is_hidden}
    open_cells = hidden | {cell for cell, _, _, may_hide in cells if may_hide}
    open_sums = [of_sum & open_cells for of_sum in sums.values()]
    while alone := set().union(*(s for s in open_sums if len(s) == 1)):
        open_sums = [s - alone for s in open_sums]

    def loss(cell: int) -> tuple:
        v = value[cell]
        return (v is not None, v == 0, v or 0, cell)

    while True:
        second = {
            min(s - hidden, key=loss) for s in open_sums if len(s & hidden) == 1 and s - hidden
        }
        if not second:
            return hidden
        hidden |= second


@pytest.mark.parametrize("seed", range(40))
def test_cells_are_hidden_as_told_round_by_round(seed: int) -> None:
    random = Random(seed)
    far = random.choice([1, 10**9])  # ids near each other and far apart
    ids = [far * n - 5 for n in range(random.randrange(2, 30))]
    cells = [
        (cell, v, v is not None and 0 < v < 10, random.random() < 0.8)
        for cell in ids
        for v in [random.choice([None, 0, 0, 3, 9, 12, 12, 400, -1])]
    ]
    random.shuffle(cells)
    sums = {far * n: set(random.sample(ids, random.randrange(1, len(ids)))) for n in range(8)}
    assert judged(cells, sums) == told(cells, sums)


def test_what_is_no_cell_is_in_no_sum() -> None:
    cells: list[Cell] = [(1, 3, True, True), (2, 20, False, True), (4, 30, False, True)]
    assert judged(cells, {0: {1, 2, 9}}) == {1, 2}
    assert judged(cells, {0: {1, 9}}) == {1}


def test_what_is_not_said_is_neither_hidden_nor_may_be() -> None:
    cells = [(0, 5, True, True), (1, 12, None, True), (2, 11, False, None)]
    assert judged(cells, {0: {0, 1, 2}}) == {0, 1}
    assert judged(cells[1:], {0: {1, 2}}) == set()


def test_nothing_is_hidden_where_there_is_nothing() -> None:
    assert judged([], {}) == set()
    assert judged([], {1: {2}}) == set()
    assert judged([(1, 3, True, True)], {}) == {1}
