from __future__ import annotations

import io
from datetime import date

import polars as pl
import pytest

from pipeline.ingest import parquet
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.parquet import read_parquet
from pipeline.ingest.refusal import FileRefused


def written(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


GOOD = pl.DataFrame(
    {"名称": ["甲", "乙"], "别的": [1, 2], "编码": [12, 13], "日期": [date(2025, 6, 30), None]}
)


def test_typed_columns_become_text_and_rows_count_from_one(index: HeaderIndex) -> None:
    grid, found = read_parquet(written(GOOD), index)
    assert found.positions == {"name": 0, "code": 2, "day": 3}
    assert grid.cells.select("_row", "c0", "c2", "c3").rows() == [
        (1, "甲", "12", "2025-06-30"),
        (2, "乙", "13", None),
    ]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"no parquet", "WRONG_FORMAT"),
        (b"PARE" + bytes(90), "ENCRYPTED"),
        (written(GOOD)[:-8], "TRUNCATED"),
        (b"PAR1" + b"\0" * 40 + b"PAR1", "CORRUPT"),
        (written(GOOD.drop("编码")), "HEADER_MISSING"),
    ],
)
def test_what_cannot_be_trusted_is_refused(index: HeaderIndex, data: bytes, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read_parquet(data, index)
    assert refused.value.code == code


def test_nested_columns_are_refused(index: HeaderIndex) -> None:
    with pytest.raises(FileRefused) as refused:
        read_parquet(written(pl.DataFrame({"编码": [{"a": 1}]})), index)
    assert refused.value.code == "SCHEMA_TYPE"


def test_a_page_that_does_not_decode_is_refused(index: HeaderIndex) -> None:
    data = bytearray(written(GOOD))
    data[4:60] = bytes(56)
    with pytest.raises(FileRefused) as refused:
        read_parquet(bytes(data), index)
    assert refused.value.code == "CORRUPT"


def test_the_row_count_is_looked_at_first(
    index: HeaderIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parquet, "MAX_VALUES", 3)
    with pytest.raises(FileRefused) as refused:
        read_parquet(written(GOOD), index)
    assert refused.value.code == "RESOURCE_LIMIT"
