"""A table of settlements in a PostgreSQL server, and its declaration in a raw folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.intake.taking_in import Intake, take_in
from tests.staging.conftest import KEY, small_reference
from tests.staging.rawfiles import LINES

from .conftest import Execute

VARIABLE = "TEST_SETTLEMENTS_URI"
TABLE = (
    "CREATE TABLE setl (结算ID text, 个人编号 text, 姓名 text, 参保地区划代码 text, "
    "定点医药机构编号 text, 医疗类别 text, 结算日期 date, 总费用 numeric(12,2), 统筹基金支出 text, "
    "updt_time timestamptz)"
)
INSERT = f"INSERT INTO setl VALUES ({', '.join(f'${at}' for at in range(1, 11))})"
DECLARED = f"""
kind = "postgresql"
uri_variable = "{VARIABLE}"
query = "SELECT * FROM setl;"
watermark = "updt_time"
"""


def statement(line: str, updated: str) -> str:
    """Make an INSERT of a line of settlements."""
    values = [value if value != "--" else "NaN" for value in line.split(",")]
    quoted = ", ".join(f"'{value}'" for value in (*values, updated))
    return f"INSERT INTO setl VALUES ({quoted})"


MARCH = [line for line in LINES[:-1] if "--" not in line]
APRIL = [line.replace("S", "A").replace("2025-03", "2025-04") for line in MARCH]


@pytest.fixture(autouse=True)
def uri(postgresql: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv(VARIABLE, postgresql)
    return postgresql


@pytest.fixture
def filled(execute: Execute) -> Execute:
    execute(TABLE)
    for at, line in enumerate(MARCH):
        execute(statement(line, f"2025-04-01 08:00:0{at}+08"))
    return execute


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "institutions").mkdir(parents=True)
    register = "机构编码,机构名称,机构类型,区划代码\nT1,示例卫生院,乡镇卫生院,410225\n"
    (folder / "institutions" / "名录_20250331.csv").write_text(register)
    (folder / "settlements").mkdir()
    (folder / "settlements" / "410200_医保库.toml").write_text(DECLARED)
    return folder


def take(raw: Path, data: Path, *, full: bool = False) -> Intake:
    return take_in(raw, data / "staged", reference=small_reference(), key=KEY, full=full)
