"""No name and no document number of the input is in anything that is written or answered.

Every row is wrong in some way, and some numbers stand in columns where nobody expects them.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipeline.intake.taking_in import take_in
from pipeline.reference import load_reference

ID = "41022519850307123"  # and its check character, right and wrong
NAMES = ("欧阳建国", "司马玉兰")
NUMBERS = (ID + "2", ID + "7", "13812345678", "P4102250000777", "M88776655")
HEADER = (
    "结算ID,证件号码,姓名,年龄,参保地区划代码,定点医药机构编号,定点医药机构名称,医疗类别,结算日期,"
    "总费用,统筹基金支出,原结算单号"
)


def _line(id_: str, **cells: str) -> str:
    usual = {
        "person": NUMBERS[0],
        "name": NAMES[0],
        "age": "40",
        "area": "410225",
        "code": "T1",
        "hospital": "示例卫生院",
        "care": "21",
        "day": "2025-03-02",
        "total": "10.00",
        "fund": "5.00",
        "original": "",
    }
    return ",".join((id_, *(usual | cells).values()))


LINES = [
    _line("S1"),
    _line("S2", person=NUMBERS[1]),
    _line("S3", person=NUMBERS[3], name=NAMES[1]),
    _line("S4", person=NUMBERS[4], total="--"),
    _line("S5", total=NUMBERS[0], name=NAMES[1]),  # the columns slipped
    _line("S6", day=NUMBERS[2]),
    _line("S7", age=NUMBERS[1]),
    _line("S8", area=NUMBERS[0]),
    _line("S9", code=NUMBERS[0], hospital=f"示例{NUMBERS[0]}"),
    _line("S10", total="-5.00"),
    _line("S11", care=NUMBERS[1]),
    _line("S1", total="11.00"),
    _line("S12") + ",多一列",
    f'S13,{NUMBERS[0]},"{NAMES[0]},坏引号',
]
SECRETS = [text.encode() for text in (*NAMES, *NUMBERS)]


def _found(data: bytes) -> list[str]:
    wide = [secret.decode().encode("utf-16-le") for secret in SECRETS]
    return [s.decode() for s, w in zip(SECRETS, wide, strict=True) if s in data or w in data]


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    folder = tmp_path / "raw"
    (folder / "settlements").mkdir(parents=True)
    (folder / "institutions").mkdir()
    path = folder / "settlements" / "兰考_202503.csv"
    path.write_text("\n".join([HEADER, *LINES]) + "\n", encoding="gb18030")
    first = LINES[0].split(",")  # a file without a header: its first row must not be told
    (folder / "settlements" / "无表头.csv").write_text(",".join(first) + "\n", encoding="utf-8")
    register = "机构编码,机构名称,机构类型,区划代码\nT1,示例卫生院,乡镇卫生院,410225\n"
    (folder / "institutions" / "名录_20250331.csv").write_text(register, encoding="utf-8")
    return folder


def test_the_answer_of_a_check_names_nobody(raw: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "pipeline", "check", str(raw), "--json"]
    home = os.environ | {"HOME": str(tmp_path)}
    done = subprocess.run(command, capture_output=True, check=True, env=home)
    assert _found(done.stdout) == []
    assert _found(done.stderr) == []
    reports = json.loads(done.stdout)["files"]
    (report,) = [r for r in reports if r["file"].endswith("202503.csv")]
    assert (report["read"], report["accepted"]) == (14, 2)
    assert report["read"] == report["accepted"] + len(report["rejected"])
    reasons = {r["reason"] for r in report["rejected"]}
    assert reasons >= {"ID_INVALID", "BAD_NUMBER", "BAD_DATE", "UNKNOWN_CODE", "RAGGED", "QUOTING"}


def test_nothing_that_is_staged_or_put_in_quarantine_names_anybody(
    raw: Path, tmp_path: Path
) -> None:
    take_in(raw, tmp_path / "data" / "staged", reference=load_reference(), key=b"k" * 32)
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert {path.parent.name for path in files} >= {"quarantine", "ym=202503"}
    for path in files:
        told = path.read_bytes()
        if path.suffix == ".parquet":  # compressed: look at what it says
            told += pl.read_parquet(path).write_json().encode()
        assert _found(told) == [], path.name
