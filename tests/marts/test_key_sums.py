from __future__ import annotations

from random import Random

import polars as pl

from pipeline.marts.key_sums import added_up

SCHEMA = {"area": pl.UInt16, "disease": pl.UInt16, "band": pl.UInt8, "n": pl.Int64, "fen": pl.Int64}


def frame(*rows: tuple[int, int | None, int, int, int]) -> pl.DataFrame:
    return pl.DataFrame(rows, schema=SCHEMA, orient="row")


def sums(*frames: pl.DataFrame) -> list[tuple]:
    return added_up(frames, keys=("area", "disease", "band"), values=("n", "fen")).rows()


def test_rows_of_one_key_are_added_and_the_rest_is_kept_in_order() -> None:
    given = (
        frame((2, 7, 0, 1, 100), (1, 7, 3, 1, 5)),
        frame((2, 7, 0, -1, -40), (1, 65535, 255, 2, 0)),
    )
    assert sums(*given) == [(1, 7, 3, 1, 5), (1, 65535, 255, 2, 0), (2, 7, 0, 0, 60)]


def test_nothing_known_is_a_key_of_its_own_before_the_first_code() -> None:
    assert sums(frame((1, 0, 0, 1, 1), (1, None, 0, 2, 2), (1, None, 0, 3, 3))) == [
        (1, None, 0, 5, 5),
        (1, 0, 0, 1, 1),
    ]


def test_types_are_kept_and_large_amounts_are_exact() -> None:
    found = added_up(
        [frame((1, None, 0, 1, 2**61 + 1), (1, None, 0, 1, 2))],
        keys=("area", "disease", "band"),
        values=("n", "fen"),
    )
    assert dict(found.schema) == SCHEMA
    assert found["fen"].item() == 2**61 + 3
    assert sums(frame()) == []


def test_many_keys_sum_as_a_group_by_does() -> None:
    random = Random(3)
    rows = [
        (random.randrange(9), random.choice([None, 0, 1, 40, 65535]), random.randrange(11), 1, n)
        for n in range(3000)
    ]
    expected = frame(*rows).group_by("area", "disease", "band").agg(pl.col("n", "fen").sum())
    assert sums(frame(*rows)) == expected.sort("area", "disease", "band").rows()
