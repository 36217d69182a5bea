"""Sums over runs of rows with the same keys (frames.summed_runs), by hand."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.counters.frames import summed_runs

SCHEMA = {"county": pl.UInt16, "place": pl.UInt16, "n": pl.Int64, "fen": pl.Int64}
KEYS = ["county", "place"]


def rows(*given: tuple[int | None, int | None, int, int]) -> pl.DataFrame:
    return pl.DataFrame(list(given), schema=SCHEMA, orient="row")


def test_a_run_is_the_sum_of_its_rows() -> None:
    found = summed_runs(rows((1, 1, 1, 5), (1, 1, 2, 6), (1, 2, 4, 7), (2, 2, 8, 8)), KEYS)
    assert found.schema == pl.Schema(SCHEMA)
    assert found.rows() == [(1, 1, 3, 11), (1, 2, 4, 7), (2, 2, 8, 8)]


@pytest.mark.parametrize("place", [None, 1], ids=["null", "known"])
def test_a_null_is_a_key_like_others(place: int | None) -> None:
    given = rows((1, None, 1, 1), (1, None, 2, 2), (1, place, 4, 4), (2, None, 8, 8))
    runs = [(1, None, 7, 7)] if place is None else [(1, None, 3, 3), (1, 1, 4, 4)]
    assert summed_runs(given, KEYS).rows() == [*runs, (2, None, 8, 8)]


def test_keys_that_are_all_null_are_one_run() -> None:
    assert summed_runs(rows((None, None, 1, 1), (None, None, 2, 2)), KEYS).rows() == [
        (None, None, 3, 3)
    ]


def test_nothing_has_no_runs() -> None:
    assert summed_runs(rows(), KEYS).equals(pl.DataFrame(schema=SCHEMA))
