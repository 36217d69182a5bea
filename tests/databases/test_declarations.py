"""What an operator declares of a database, and what `check` says of it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pipeline.__main__ import main
from pipeline.ingest.databases.connections import connected
from pipeline.ingest.databases.declared import (
    DatabaseError,
    Declaration,
    is_safe_mark,
    load_declaration,
    rows_statement,
)

from .conftest import Execute

VARIABLE = "TEST_REGISTRY_URI"
GOOD = f"""
kind = "postgresql"
uri_variable = "{VARIABLE}"
query = "SELECT * FROM devices"
"""


def declared(folder: Path, text: str) -> Path:
    path = folder / "equipment" / "库.toml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(text, "utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("kind = ", "读不出来"),
        (GOOD + 'password = "x"\n', "多出password，缺少无"),
        ('kind = "postgresql"', "多出无，缺少query、uri_variable"),
        (GOOD + "watermark = 1\n", "各项都应是加引号的文字"),
        (GOOD.replace("postgresql", "oracle"), "kind应为postgresql或mysql"),
    ],
)
def test_a_declaration_that_is_wrong_is_said(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(DatabaseError, match=says):
        load_declaration(declared(tmp_path, text), name="a")


def test_an_address_in_the_declaration_is_never_repeated(tmp_path: Path) -> None:
    text = GOOD + 'uri = "postgresql://me:secret@host/db"\n'
    with pytest.raises(DatabaseError) as error:
        load_declaration(declared(tmp_path, text), name="a")
    assert "secret" not in error.value.message_zh


def test_rows_come_in_one_order_and_names_are_quoted() -> None:
    one = Declaration(kind="postgresql", uri_variable="X", query="SELECT 1")
    assert rows_statement(one, ['a"b', "编码"]) == (
        'SELECT CAST(q."a""b" AS text) AS c0, CAST(q."编码" AS text) AS c1 '
        "FROM (SELECT 1) AS q ORDER BY 1, 2"
    )
    other = Declaration(kind="mysql", uri_variable="X", query="SELECT 1", watermark="t")
    assert rows_statement(other, ["a"], since="2025-01-01") == (
        "SELECT CAST(q.`a` AS char) AS c0, CAST(q.`t` AS char) AS _watermark "
        "FROM (SELECT 1) AS q WHERE q.`t` >= '2025-01-01' ORDER BY q.`t`, 1"
    )


@pytest.mark.parametrize(
    ("mark", "is_safe"),
    [
        ("2025-03-01 08:00:00.5+08", True),
        ("17", True),
        ("", False),
        (None, False),
        ("1' OR '1", False),
        ("1\\", False),
    ],
)
def test_only_plain_marks_go_into_a_statement(mark: str | None, is_safe: bool) -> None:
    assert is_safe_mark(mark) is is_safe


def test_a_driver_that_is_not_installed_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "connectorx", None)
    monkeypatch.setenv(VARIABLE, "mysql://x")
    block = Declaration(kind="mysql", uri_variable=VARIABLE, query="SELECT 1")
    with (
        pytest.raises(DatabaseError, match="requirements-mysql"),
        connected(block, name="a"),
    ):
        pass


@pytest.fixture
def devices(
    execute: Execute, postgresql: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Path:
    monkeypatch.setenv(VARIABLE, postgresql)
    execute(
        "CREATE TABLE devices (设备编号 text, 设备名称 text, 机构编码 text, 状态 text)",
        "INSERT INTO devices VALUES ('D1', '心电图机', 'T1', '在用'), "
        "('D2', '心电图机', 'T1', '在用'), ('D1', '心电图机', 'T1', '在用')",
    )
    return tmp_path


def test_a_registry_without_its_date_is_said(
    devices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = declared(devices, GOOD)
    assert main(["check", str(path), "--source", "equipment", "--json"]) == 3
    assert "请在query中写出数据日期" in json.loads(capsys.readouterr().out)["error"]


def test_check_tells_the_rows_of_a_database_and_writes_nothing(
    devices: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    register = "机构编码,机构名称,机构类型,区划代码\nT1,示例卫生院,乡镇卫生院,410225\n"
    (devices / "institutions").mkdir()
    (devices / "institutions" / "名录_20250331.csv").write_text(register, "utf-8")
    path = declared(devices, GOOD.replace("*", "*, date '2025-03-31' AS 数据日期"))
    before = sorted(devices.rglob("*"))
    assert main(["check", str(path), "--source", "equipment", "--json"]) == 0
    (file,) = json.loads(capsys.readouterr().out)["files"]
    told = [file[name] for name in ("file", "read", "accepted", "duplicates", "file_reject")]
    assert told == ["postgresql:equipment/库", 3, 2, 1, None]
    assert sorted(devices.rglob("*")) == before
