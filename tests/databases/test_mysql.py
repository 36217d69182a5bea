"""What the MySQL reader makes of its driver: a stand-in here, a real server in test_mariadb."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import polars as pl
import pyarrow as pa
import pytest

from pipeline.ingest.databases.connections import connected
from pipeline.ingest.databases.declared import Connection, DatabaseError, Declaration

VARIABLE = "TEST_MYSQL_URI"
ADDRESS = "mysql://reader:pw-7Kq2@10.0.0.1:3306/hr"
Answer = Callable[[str], Iterator[pa.RecordBatch]]


class PanicException(BaseException):
    """What the driver raises when it breaks halfway; no Exception."""


def batches(*frames: pl.DataFrame) -> Iterator[pa.RecordBatch]:
    for frame in frames:
        yield from frame.to_arrow().to_batches()


@pytest.fixture
def answering(monkeypatch: pytest.MonkeyPatch) -> Callable[[Answer], Connection]:
    monkeypatch.setenv(VARIABLE, ADDRESS)
    monkeypatch.setenv("RUST_LOG", "off")

    def make(answer: Answer) -> Connection:
        def read_sql(uri: str, statement: str, **options: Any) -> Iterator[pa.RecordBatch]:
            assert uri == ADDRESS
            assert options["return_type"] == "arrow_stream"
            return answer(statement)

        monkeypatch.setitem(sys.modules, "connectorx", SimpleNamespace(read_sql=read_sql))
        declaration = Declaration(kind="mysql", uri_variable=VARIABLE, query="SELECT 1")
        with connected(declaration, name="a.toml") as database:
            return database

    return make


def test_header_count_and_rows_come_from_the_driver(
    answering: Callable[[Answer], Connection],
) -> None:
    def answer(statement: str) -> Iterator[pa.RecordBatch]:
        if "count" in statement:
            return batches(pl.DataFrame({"n": [7]}))
        return batches(pl.DataFrame({"甲": [1, None], "乙": ["x", "y"]}))

    database = answering(answer)
    assert database.header("SELECT 1") == ["甲", "乙"]
    assert database.count("SELECT count(*)") == 7
    (frame,) = database.texts("SELECT")
    assert frame.rows() == [("1", "x"), (None, "y")]
    assert not database.is_snapshot


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (RuntimeError("timed out: ERROR 1045 (28000): denied for user 'reader'@'x'"), "密码不对"),
        (RuntimeError("MySqlError { ERROR 1146 (42S02): Table 'hr.setl' }"), "表不存在"),
        (RuntimeError("Could not connect to address `10.0.0.1:3306'"), "连不上数据库"),
        (PanicException("ERROR 2013 reader:pw-7Kq2@10.0.0.1"), "连接断开"),
    ],
)
def test_a_fault_is_one_sentence_without_address_or_account(
    answering: Callable[[Answer], Connection], error: BaseException, says: str
) -> None:
    def answer(_: str) -> Iterator[pa.RecordBatch]:
        yield from batches(pl.DataFrame({"a": [1]}))
        raise error

    with pytest.raises(DatabaseError, match=says) as fault:
        list(answering(answer).texts("SELECT"))
    for secret in ("reader", "pw-7Kq2", "10.0.0.1"):
        assert secret not in fault.value.message_zh
    assert fault.value.__cause__ is None


def test_an_interrupt_stays_one(answering: Callable[[Answer], Connection]) -> None:
    def answer(_: str) -> Iterator[pa.RecordBatch]:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        answering(answer).count("SELECT count(*)")
