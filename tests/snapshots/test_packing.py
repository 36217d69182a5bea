"""A mart is taken over from an earlier snapshot only if it is this very one, and sound."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline import snapshots
from pipeline.snapshots.packing import packed, taken_over
from tests.snapshots.spoiling import write_over
from tests.snapshots.two_marts import AREAS, CLINICS, put

ANOTHER = {
    "a value": AREAS.with_columns(persons=pl.Series([101, 103])),
    "a row less": AREAS.head(1),
    "another type": AREAS.with_columns(pl.col("persons").cast(pl.Int32)),
    "another name": AREAS.rename({"persons": "people"}),
    "another order": AREAS.reverse(),
}


def test_an_equal_mart_is_taken_over_byte_for_byte(tmp_path: Path) -> None:
    snapshot = put(tmp_path)
    pieces = pl.concat([AREAS[:1], AREAS[1:]], rechunk=False)
    assert taken_over(snapshot, "areas", pieces) == packed(AREAS) == taken_over(snapshot, "areas")


@pytest.mark.parametrize("frame", ANOTHER.values(), ids=ANOTHER)
def test_another_mart_is_not(tmp_path: Path, frame: pl.DataFrame) -> None:
    assert taken_over(put(tmp_path), "areas", frame) is None


def test_nor_is_one_that_is_missing_lost_or_damaged(tmp_path: Path) -> None:
    snapshot = put(tmp_path)
    assert taken_over(snapshot, "devices", AREAS) is None
    path = snapshot.path / "areas.parquet"
    write_over(path, path.read_bytes()[:-1] + b"x")
    assert taken_over(snapshot, "areas", AREAS) is None
    path.unlink()
    assert taken_over(snapshot, "areas", AREAS) is None


def test_what_is_taken_over_is_published_as_its_own_file(tmp_path: Path) -> None:
    first = put(tmp_path)
    over = [(name, taken_over(first, name)) for name in ("areas", "clinics")]
    run = snapshots.describe(as_of=first.manifest.as_of, demonstration=True)
    with snapshots.lock(tmp_path) as held:
        second = snapshots.publish(held, [(n, mart) for n, mart in over if mart], run)
    assert second.manifest.marts == first.manifest.marts
    write_over(first.path / "clinics.parquet", b"damaged")
    assert second.scan("clinics").collect().equals(CLINICS)


def test_a_zero_is_packed_alike_whatever_its_sign() -> None:
    zeros = [
        pl.DataFrame({"rate": pl.Series([0.5, zero, None], dtype=kind), "n": [1, 0, 2]})
        for zero in (0.0, -0.0)
        for kind in (pl.Float64, pl.Float32)
    ]
    plain, plain_32, minus, minus_32 = map(packed, zeros)
    assert (plain, plain_32) == (minus, minus_32)
    for frame, mart in zip(zeros, (plain, plain_32) * 2, strict=True):
        assert pl.read_parquet(mart.content).equals(frame)
