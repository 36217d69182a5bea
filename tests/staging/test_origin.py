from __future__ import annotations

import os
from pathlib import Path

import polars as pl

from pipeline.ingest.batch import FileResult
from pipeline.ingest.files import RawFile, readable_name
from pipeline.intake.origin import with_origin


def _file(id_: int, name: str, **labels: str) -> FileResult:
    file = RawFile(path=Path(name), name=readable_name(name), source="settlements", sha256="0" * 64)
    return FileResult(file=file, file_id=id_, labels=labels)


def test_a_batch_column_goes_before_the_name_and_blank_is_the_newest_of_the_file() -> None:
    files = [_file(1, "a_v3.csv"), _file(2, "b_v2.csv"), _file(3, "c.csv")]
    rows = pl.LazyFrame(
        {"_file": [1, 1, 1, 2, 3], "batch": [1, None, 2, None, None]},
        schema={"_file": pl.UInt32, "batch": pl.Int64},
    )
    assert with_origin(rows, files, cities={}).collect()["_batch"].to_list() == [1, 2, 2, 2, 1]
    bare = with_origin(rows.drop("batch"), files, cities={}).collect()
    assert bare["_batch"].to_list() == [3, 3, 3, 2, 1]


def test_a_file_says_of_all_its_rows_whether_it_has_a_column_for_the_resettled() -> None:
    files = [_file(1, "a.csv", is_resettled="特殊人员类型"), _file(2, "b.csv", total="总费用")]
    rows = pl.LazyFrame({"_file": [2, 1, 1]}, schema={"_file": pl.UInt32})
    told = with_origin(rows, files, cities={}).collect()
    assert told["_tells_resettled"].to_list() == [False, True, True]


def test_a_file_names_its_city_in_whatever_encoding() -> None:
    packed_under_windows = os.fsdecode("开封市_结算.csv".encode("gb18030"))
    names = ["开封市_结算.csv", packed_under_windows, "410300_结算.csv", "结算.csv"]
    files = [_file(at, name) for at, name in enumerate(names, 1)]
    rows = pl.LazyFrame({"_file": [1, 2, 3, 4]}, schema={"_file": pl.UInt32})
    told = with_origin(rows, files, cities={"开封市": "410200"}).collect()
    assert told["_city"].to_list() == ["410200", "410200", "410300", None]
