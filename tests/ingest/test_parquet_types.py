"""Stored types: text can carry anything; numbers, dates and codes only what they keep exactly."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.ingest.cells.marks import PRECISION_LOSS
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.parquet import read_parquet
from pipeline.ingest.refusal import FileRefused

NAIVE = pl.Series([datetime(2025, 6, 30, 23)])  # noqa: DTZ001 - as exports have it


def column(index: HeaderIndex, name: str, values: pl.Series) -> list[str | None]:
    out = io.BytesIO()
    frame = pl.DataFrame({name: values})
    if name != "编码":
        frame = pl.DataFrame({"编码": [str(i) for i in range(len(values))]}).hstack(frame)
    frame.write_parquet(out)
    grid, found = read_parquet(out.getvalue(), index)
    return grid.cells[f"c{next(iter(reversed(found.positions.values())))}"].to_list()


@pytest.mark.parametrize(
    ("name", "values", "text"),
    [
        ("原值", pl.Series([123.45, -0.1, float("nan")]), ["123.45", "-0.1", "NaN"]),
        ("原值", pl.Series([Decimal("1.50")], dtype=pl.Decimal(18, 2)), ["1.50"]),
        ("原值", pl.Series([7, None], dtype=pl.Int32), ["7", None]),
        ("原值", pl.Series(["￥7"], dtype=pl.Categorical), ["￥7"]),
        ("原值", pl.Series([None], dtype=pl.Null), [None]),
        ("日期", pl.Series([date(2025, 6, 30)]), ["2025-06-30"]),
        ("日期", pl.Series([20250630]), ["20250630"]),
        ("日期", NAIVE, ["2025-06-30 23:00:00.000000"]),
        (
            "日期",
            pl.Series([datetime(2025, 6, 30, 17, tzinfo=UTC)]),
            ["2025-07-01 01:00:00.000000"],
        ),
        ("名称", pl.Series(["甲"], dtype=pl.Enum(["甲"])), ["甲"]),
        ("编码", pl.Series([12.0, None, 1.5]), ["12", None, "1.5"]),
        ("编码", pl.Series([4.1e17]), [f"{PRECISION_LOSS}4.1e+17"]),
        ("编码", pl.Series([2.0**25], dtype=pl.Float32), [f"{PRECISION_LOSS}33554432.0"]),
    ],
)
def test_a_column_reads_as_the_text_a_csv_would_hold(
    index: HeaderIndex, name: str, values: pl.Series, text: list[str | None]
) -> None:
    assert column(index, name, values) == text


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("原值", pl.Series([1.5], dtype=pl.Float32)),
        ("原值", pl.Series([True])),
        ("原值", pl.Series([date(2025, 6, 30)])),
        ("日期", pl.Series([45838.0])),
        ("日期", pl.Series([True])),
        ("编码", pl.Series([date(2025, 6, 30)])),
        ("编码", pl.Series([b"1"])),
        ("名称", pl.Series([["甲"]])),
        ("名称", pl.Series([False])),
    ],
)
def test_a_type_that_cannot_carry_the_column_refuses_the_file(
    index: HeaderIndex, name: str, values: pl.Series
) -> None:
    with pytest.raises(FileRefused) as refused:
        column(index, name, values)
    assert refused.value.code == "SCHEMA_TYPE"
    assert name in refused.value.note


def test_total_rows_of_a_file_are_left_out(index: HeaderIndex) -> None:
    out = io.BytesIO()
    pl.DataFrame({"编码": ["1", "合计"], "原值": [5, 5]}).write_parquet(out)
    grid, _ = read_parquet(out.getvalue(), index)
    assert (grid.cells["c0"].to_list(), grid.left_out) == (["1"], (2,))


def test_a_column_nobody_asked_for_may_be_of_any_type(index: HeaderIndex) -> None:
    out = io.BytesIO()
    pl.DataFrame({"别的": [True], "编码": ["1"], "名称": ["甲"]}).write_parquet(out)
    grid, _ = read_parquet(out.getvalue(), index)
    assert grid.cells["c1"].to_list() == ["1"]


def test_a_damaged_page_with_its_checksum_is_noticed(index: HeaderIndex) -> None:
    out = io.BytesIO()
    table = pa.table({"编码": [f"{i:04d}" for i in range(200)]})
    pq.write_table(table, out, compression="none", use_dictionary=False, write_page_checksum=True)
    data = bytearray(out.getvalue())
    data[data.index(b"0100") + 3] ^= 1
    with pytest.raises(FileRefused) as refused:
        read_parquet(bytes(data), index)
    assert refused.value.code == "CORRUPT"


def test_decimals_wider_than_any_amount_refuse_the_file(index: HeaderIndex) -> None:
    out = io.BytesIO()
    wide = pa.array([Decimal("1.50")], pa.decimal256(50, 2))
    pq.write_table(pa.table({"编码": ["1"], "原值": wide}), out)
    with pytest.raises(FileRefused) as refused:
        read_parquet(out.getvalue(), index)
    assert refused.value.code == "SCHEMA_TYPE"


def test_a_type_the_frame_does_not_know_refuses_the_file(
    index: HeaderIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unknown(table: pa.Table) -> pl.DataFrame:
        raise pl.exceptions.ComputeError

    monkeypatch.setattr(pl, "from_arrow", unknown)
    with pytest.raises(FileRefused) as refused:
        column(index, "编码", pl.Series(["1"]))
    assert refused.value.code == "SCHEMA_TYPE"
