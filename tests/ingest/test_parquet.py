from __future__ import annotations

import io
from datetime import date

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
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
        (b"", "EMPTY"),
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


def test_text_that_is_no_utf8_is_refused_before_polars_takes_it(index: HeaderIndex) -> None:
    gbk = pa.array(["城关镇".encode("gb18030")]).view(pa.string())
    out = io.BytesIO()
    pq.write_table(pa.table({"编码": ["1"], "名称": gbk}), out, use_dictionary=False)
    with pytest.raises(FileRefused) as refused:
        read_parquet(out.getvalue(), index)
    assert refused.value.code == "ENCODING"


def test_a_page_that_does_not_decode_is_refused(index: HeaderIndex) -> None:
    data = bytearray(written(GOOD))
    data[4:60] = bytes(56)
    with pytest.raises(FileRefused) as refused:
        read_parquet(bytes(data), index)
    assert refused.value.code == "CORRUPT"


def test_the_row_count_is_looked_at_first(
    index: HeaderIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = written(pl.DataFrame({"编码": ["7"] * 10_000}))
    assert len(data) < 10_000
    assert read_parquet(data, index)[0].cells.height == 10_000
    for limit in ("LONG", "MAX_VALUES"):
        with monkeypatch.context() as changed:
            changed.setattr(parquet, limit, 9_999)
            with pytest.raises(FileRefused) as refused:
                read_parquet(data, index)
        assert refused.value.code == "RESOURCE_LIMIT"
