"""A small source for the reader's tests, and files of every shape."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.catalog.sources import Source, SourceColumn
from pipeline.ingest.files import RawFile
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.workbooks.excel import ExcelReader

KEY = b"k" * 32


def small_source(**changes: object) -> Source:
    columns = (
        SourceColumn(id="code", headers=("编码", "代码"), type="code", required=True),
        SourceColumn(id="name", headers=("名称",), type="text"),
        SourceColumn(
            id="price",
            headers=("原值(元)", "原值"),
            ten_thousand_headers=("原值(万元)",),
            type="money",
        ),
        SourceColumn(id="day", headers=("日期",), type="date"),
        SourceColumn(id="group.count", headers=("老年人/人数",), type="integer"),
        SourceColumn(id="group.signed", headers=("老年人/签约数",), type="integer"),
        SourceColumn(id="person", headers=("证件号码",), type="code", personal="hash"),
        SourceColumn(id="who", headers=("姓名",), type="text", personal="drop"),
    )
    base = {"id": "small", "name_zh": "小表", "kind": "table", "key": ("code",)}
    return Source(**(base | {"columns": columns} | changes))  # type: ignore[arg-type]


@pytest.fixture
def index() -> HeaderIndex:
    return HeaderIndex(small_source())


@pytest.fixture(scope="session")
def excel() -> Iterator[ExcelReader]:
    with ExcelReader() as reader:
        yield reader


@pytest.fixture
def raw_file(tmp_path: Path) -> Callable[..., RawFile]:
    def make(name: str, data: bytes = b"") -> RawFile:
        path = tmp_path / name
        if data:
            path.write_bytes(data)
        return RawFile(path=path, name=name, source="small", sha256="0" * 64)

    return make
