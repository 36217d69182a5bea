"""Settlements out of a MariaDB server; `make test-mariadb` starts one and runs this."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.ingest.databases.declared import DatabaseError
from pipeline.intake.taking_in import Intake, take_in
from tests.staging.conftest import KEY, small_reference
from tests.staging.rawfiles import HEADER, LINES

SOCKET, PORT = os.environ.get("TEST_MARIADB_SOCKET", ""), os.environ.get("TEST_MARIADB_PORT", "")
pytestmark = [
    pytest.mark.mariadb,
    pytest.mark.skipif(not SOCKET, reason="make test-mariadb starts the server"),
]
VARIABLE = "TEST_MARIADB_URI"
PASSWORD = "pw-7Kq2"
TABLE = (
    "CREATE TABLE setl (结算ID varchar(30), 个人编号 varchar(30), 姓名 varchar(30), "
    "参保地区划代码 char(6), 定点医药机构编号 varchar(30), 医疗类别 varchar(10), 结算日期 date, "
    "总费用 decimal(14,2), 统筹基金支出 decimal(14,2), updt_time datetime(6)) CHARSET utf8mb4"
)
Execute = Callable[[str], None]


def statement(line: str, updated: str) -> str:
    values = ", ".join(f"'{value}'" for value in (*line.split(","), updated))
    return f"INSERT INTO setl VALUES ({values})"


MARCH = [line for line in LINES[:-1] if "--" not in line]
APRIL = [line.replace("S", "A").replace("2025-03", "2025-04") for line in MARCH]


@pytest.fixture
def execute(monkeypatch: pytest.MonkeyPatch) -> Execute:
    monkeypatch.setenv(VARIABLE, f"mysql://reader:{PASSWORD}@127.0.0.1:{PORT}/hr")

    def run(sql: str) -> None:
        command = ["mariadb", f"--socket={SOCKET}", "-u", "root", "--default-character-set=utf8mb4"]
        subprocess.run([*command, "-e", sql], check=True)

    run(
        "CREATE OR REPLACE DATABASE hr; "
        f"CREATE OR REPLACE USER reader@'127.0.0.1' IDENTIFIED BY '{PASSWORD}'; "
        f"CREATE OR REPLACE USER reader@localhost IDENTIFIED BY '{PASSWORD}'; "
        "GRANT SELECT ON hr.* TO reader@'127.0.0.1'; GRANT SELECT ON hr.* TO reader@localhost"
    )

    def in_database(sql: str) -> None:
        run(f"USE hr; {sql}")

    in_database(TABLE)
    for at, line in enumerate(MARCH):
        in_database(statement(line, f"2025-04-01 08:00:00.{at}"))
    return in_database


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    for name in ("institutions", "settlements"):
        (folder / name).mkdir(parents=True)
    register = "机构编码,机构名称,机构类型,区划代码\nT1,示例卫生院,乡镇卫生院,410225\n"
    (folder / "institutions" / "名录_20250331.csv").write_text(register)
    declare(folder, "SELECT * FROM setl")
    return folder


def declare(raw: Path, query: str) -> None:
    lines = ('kind = "mysql"', f'uri_variable = "{VARIABLE}"', f'query = "{query}"')
    declared = "\n".join((*lines, 'watermark = "updt_time"'))
    (raw / "settlements" / "库.toml").write_text(declared)


def take(raw: Path, data: Path) -> Intake:
    return take_in(raw, data / "staged", reference=small_reference(), key=KEY)


def test_a_month_is_an_input_and_only_what_is_new_is_fetched(
    execute: Execute, raw: Path, tmp_path: Path
) -> None:
    take(raw, tmp_path / "kept")
    for line in APRIL:
        execute(statement(line, "2025-05-01"))
    again = take(raw, tmp_path / "kept")
    columns = ("file", "rows_read", "accepted", "rejected", "duplicates")
    assert again.ledger_files.filter(source="settlements").select(columns).rows() == [
        ("mysql:settlements/库/202503", 4, 3, 0, 1),
        ("mysql:settlements/库/202504", 4, 3, 0, 1),
    ]
    whole = take(raw, tmp_path / "full")
    assert again.ledger_files.equals(whole.ledger_files)
    assert again.tables["settlements"].collect().equals(whole.tables["settlements"].collect())
    assert again.tables["settlements"].collect()["total_fen"].sum() == 2 * (100_000 + 10 + 700)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT * FROM nowhere", "表不存在"),
        ("SELECT nothing FROM setl", "列不存在"),
        ("SELEC", "不是一条可以执行的查询"),
        ("SELECT * FROM mysql.user", "没有读取"),
        (f"SELECT {HEADER} FROM setl", "没有watermark所写的“updt_time”列"),
    ],
)
def test_a_query_that_does_not_serve_is_said(
    execute: Execute, raw: Path, tmp_path: Path, query: str, says: str
) -> None:
    declare(raw, query)
    with pytest.raises(DatabaseError, match=says):
        take(raw, tmp_path)


def test_a_wrong_password_is_said(
    execute: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"mysql://reader:wrong@127.0.0.1:{PORT}/hr")
    with pytest.raises(DatabaseError, match="用户名或密码不对") as error:
        take(raw, tmp_path)
    assert "reader" not in error.value.message_zh
