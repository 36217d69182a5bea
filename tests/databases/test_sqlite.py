"""SQLite files as raw files: which table, which rows, and why one is refused."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pipeline.ingest import sqlite
from pipeline.ingest.cells.marks import NO_TEXT
from pipeline.ingest.files import RawFile, find_files
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.read import Table, read_file
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.workbooks.excel import ExcelReader
from pipeline.intake.examining import raw_files
from pipeline.intake.taking_in import take_in
from tests.ingest.conftest import small_source
from tests.staging.conftest import KEY, small_reference
from tests.staging.rawfiles import HEADER, LINES, institutions

GOOD = ("CREATE TABLE 台账 (编码 TEXT, 名称 TEXT, 原值 NUMERIC, 姓名 TEXT, 备用 TEXT)",)
ROWS = [("007", "甲", 12.5, "张某", None), ("008", None, 3, "李某", "x"), ("9", "", 0, None, None)]

Make = Callable[..., Path]


@pytest.fixture
def database(tmp_path: Path) -> Make:
    def make(*statements: str, rows: list[Any] | None = None, name: str = "a.db") -> Path:
        path = tmp_path / name
        with closing(sqlite3.connect(path)) as connection:
            for statement in statements or GOOD:
                connection.execute(statement)
            for row in ROWS if rows is None else rows:
                connection.execute(f"INSERT INTO 台账 VALUES ({','.join('?' * len(row))})", row)
            connection.commit()
        return path

    return make


@pytest.fixture(scope="module")
def excel() -> Iterator[ExcelReader]:
    with ExcelReader() as reader:
        yield reader


@pytest.fixture
def read(excel: ExcelReader) -> Callable[[Path], Table]:
    def run(path: Path) -> Table:
        raw = RawFile(path=path, name=path.name, source="small", sha256="0" * 64)
        return read_file(raw, HeaderIndex(small_source()), excel=excel)

    return run


def refusal(read: Callable[[Path], Table], path: Path) -> FileRefused:
    with pytest.raises(FileRefused) as refused:
        read(path)
    return refused.value


def test_recognised_columns_come_as_text_with_the_record_as_the_row(
    database: Make, read: Callable[[Path], Table]
) -> None:
    table = read(database())
    assert table.rows.select("_sheet", "_row", "code", "name", "price").rows() == [
        (None, 1, "007", "甲", "12.5"),
        (None, 2, "008", None, "3"),
        (None, 3, "9", "", "0"),
    ]
    assert "who" not in table.rows.columns
    assert table.warnings == ("HEADER_EXTRA",)


def test_a_file_is_known_by_its_first_bytes_whatever_it_is_called(
    database: Make, read: Callable[[Path], Table]
) -> None:
    assert read(database(name="台账.导出")).rows_read == 3


def test_records_come_in_their_order_even_where_an_index_could_serve(
    database: Make, read: Callable[[Path], Table]
) -> None:
    index = "CREATE INDEX i ON 台账 (编码 DESC, 名称, 原值)"
    assert read(database(*GOOD, index)).rows["code"].to_list() == ["007", "008", "9"]


def test_more_rows_than_are_fetched_at_once(
    database: Make, read: Callable[[Path], Table], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite, "_FETCHED", 2)
    assert read(database()).rows["_row"].to_list() == [1, 2, 3]


def test_the_table_is_found_among_others_and_views_are_not_run(
    database: Make, read: Callable[[Path], Table]
) -> None:
    path = database(
        "CREATE TABLE 说明 (内容 TEXT)",
        *GOOD,
        "CREATE VIEW 汇总 AS WITH RECURSIVE n(编码) AS (SELECT 1 UNION ALL SELECT 编码 FROM n) "
        "SELECT 编码 FROM n",
    )
    assert read(path).rows_read == 3


def test_two_tables_that_fit_are_ambiguous(database: Make, read: Callable[[Path], Table]) -> None:
    refused = refusal(read, database(*GOOD, "CREATE TABLE 备份 (编码 TEXT)"))
    assert refused.code == "SHEET_AMBIGUOUS"
    assert "台账" in refused.note
    assert "备份" in refused.note


def test_a_missing_column_is_said_of_the_nearest_table(
    database: Make, read: Callable[[Path], Table]
) -> None:
    path = database("CREATE TABLE 甲 (x TEXT)", "CREATE TABLE 乙 (名称 TEXT, 原值 TEXT)", rows=[])
    refused = refusal(read, path)
    assert refused.code == "HEADER_MISSING"
    assert "数据表“乙”" in refused.note
    assert "编码" in refused.note


def test_what_is_no_text_is_refused_or_marked(
    database: Make, read: Callable[[Path], Table]
) -> None:
    path = database(rows=[(b"\x00\x01", "甲", 1, None, None), ("2", "乙".encode(), 1, None, None)])
    assert read(path).rows.select("code", "name").rows() == [(NO_TEXT, "甲"), ("2", NO_TEXT)]
    path = database("DROP TABLE 台账", *GOOD, rows=[])
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO 台账 VALUES ('1', CAST(x'B1E0C2EB' AS TEXT), 1, '', '')")
        connection.commit()
    assert "\ufffd" in read(path).rows["name"][0]


def test_an_empty_table_and_an_empty_file_are_empty(
    database: Make, read: Callable[[Path], Table], tmp_path: Path
) -> None:
    assert refusal(read, database(rows=[])).code == "EMPTY"
    (tmp_path / "b.db").write_bytes(b"")
    assert refusal(read, tmp_path / "b.db").code == "EMPTY"
    path = database("CREATE TABLE t (a)", "DROP TABLE t", rows=[], name="c.db")
    assert refusal(read, path).code == "EMPTY"


def test_what_only_looks_like_a_database_is_refused(
    read: Callable[[Path], Table], tmp_path: Path
) -> None:
    path = tmp_path / "a.sqlite"
    path.write_text("编码,名称\n1,甲\n")
    assert refusal(read, path).code == "WRONG_FORMAT"
    path.write_bytes(sqlite.MAGIC)
    assert refusal(read, path).code == "TRUNCATED"


def test_a_file_cut_short_or_damaged_is_refused(
    database: Make, read: Callable[[Path], Table]
) -> None:
    path = database(rows=[(str(i), "名称" * 50, i, None, None) for i in range(500)])
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    assert refusal(read, path).code == "TRUNCATED"
    path.write_bytes(data[:8192] + b"\xff" * 8192 + data[16384:])
    assert refusal(read, path).code == "CORRUPT"
    path.write_bytes(data[:100] + b"\xff" * 200 + data[300:])
    assert refusal(read, path).code == "CORRUPT"


def test_a_database_that_was_not_closed_lacks_rows_and_is_refused(
    database: Make, read: Callable[[Path], Table]
) -> None:
    path = database()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("INSERT INTO 台账 VALUES ('10', '乙', 1, NULL, NULL)")
        connection.commit()
        refused = refusal(read, path)
        found = [file.name for file in find_files(path.parent, "small", root=path.parent)]
    assert refused.code == "TRUNCATED"
    assert "a.db-wal" in refused.note
    assert found == ["a.db"]
    assert read(path).rows_read == 4


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_BYTES", 100), ("MAX_VALUES", 5), ("TIME_LIMIT_SECONDS", -1.0)]
)
def test_what_is_too_much_is_refused(
    database: Make,
    read: Callable[[Path], Table],
    monkeypatch: pytest.MonkeyPatch,
    limit: str,
    value: float,
) -> None:
    monkeypatch.setattr(sqlite, limit, value)
    monkeypatch.setattr(sqlite, "_STEPS", 1)
    assert refusal(read, database()).code == "RESOURCE_LIMIT"


def test_reading_leaves_the_file_and_its_folder_as_they_were(
    database: Make, read: Callable[[Path], Table]
) -> None:
    path = database()
    before = path.read_bytes()
    path.chmod(0o400)
    read(path)
    assert path.read_bytes() == before
    assert [other.name for other in path.parent.iterdir()] == ["a.db"]


def test_settlements_of_a_database_are_those_of_the_same_rows_as_text(tmp_path: Path) -> None:
    raw = tmp_path / "raw"
    institutions(raw / "institutions" / "名录_20250331.xlsx")
    (raw / "settlements").mkdir()
    with closing(sqlite3.connect(raw / "settlements" / "结算_202503.sqlite")) as connection:
        columns = HEADER.split(",")
        connection.execute(f"CREATE TABLE setl ({','.join(f'{name} TEXT' for name in columns)})")
        for line in LINES[:-1]:
            connection.execute(f"INSERT INTO setl VALUES ({'?,' * 8}?)", line.split(","))
        connection.commit()
    assert len(raw_files(raw)) == 2
    intake = take_in(raw, tmp_path / "staged", reference=small_reference(), key=KEY)
    (told,) = (
        intake.ledger_files.filter(source="settlements")
        .select("rows_read", "accepted", "rejected", "duplicates")
        .rows()
    )
    assert told == (5, 3, 1, 1)
    assert intake.tables["settlements"].collect()["total_fen"].sum() == 100_000 + 10 + 700
    refused = intake.rejected.filter(source="settlements").select("row", "reason", "column").rows()
    assert refused == [(3, "BAD_NUMBER", "总费用"), (4, "DUPLICATE_ROW", "结算ID")]
