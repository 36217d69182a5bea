"""A file of settlements with one fault a row, through the command, against code lists of its own.

The expected reason stands beside each row; the sums are added up by hand from those without one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .conftest import written_lists

Run = Callable[..., int]
Report = Callable[..., dict[str, dict[str, Any]]]

REGIONS = """代码,名称,启用年,停用年,现行代码
410000,河南省,1949,,410000
410200,开封市,1949,,410200
410225,兰考县,1949,,410225
410212,祥符区,2014,,410212
410224,开封县,1949,2014,410212
"""
INSTITUTIONS = """机构编码,机构名称,区划代码,类型
H1,兰考县人民医院,410225,二级医院
K1,祥符区第一人民医院,410224,二级医院
"""
CELLS = {
    "结算ID": "",
    "证件号码": "P0001",
    "姓名": "张三",
    "年龄": "45",
    "参保地": "410225",
    "定点医药机构编号": "H1",
    "定点医药机构名称": "兰考县人民医院",
    "就医地": "410225",
    "医疗类别": "21",
    "入院日期": "2024-03-01",
    "出院日期": "2024-03-05",
    "结算日期": "2024-03-05",
    "总费用": "1000.00",
    "基金支付总额": "600.00",
    "统筹基金支出": "550.00",
    "个人账户支付": "100.00",
    "个人现金支付": "300.00",
    "冲销标志": "否",
    "原结算单号": "",
}
BACK = {
    "总费用": "-1000.00",
    "基金支付总额": "-600.00",
    "统筹基金支出": "-550.00",
    "个人账户支付": "-100.00",
    "个人现金支付": "-300.00",
}
AWAY = {"定点医药机构编号": "X9", "定点医药机构名称": "某医院", "就医地": "110105"}
FAULTS: list[tuple[str | None, dict[str, str]]] = [
    (None, {"结算ID": "S0"}),
    (None, {"参保地": "410224"}),  # stale: taken with a warning
    (None, {"参保地": "410212"}),
    (
        "REGION_PERIOD",
        {"参保地": "410212", "结算日期": "2013-12-31", "入院日期": "", "出院日期": ""},
    ),
    ("REGION_LEVEL", {"参保地": "410200"}),
    ("REGION_LEVEL", {"参保地": "410225001"}),
    ("UNKNOWN_CODE", {"参保地": "419999"}),
    ("UNKNOWN_CODE", {"定点医药机构编号": "H9"}),
    ("UNKNOWN_CODE", {"医疗类别": "99"}),
    (None, AWAY),
    ("UNKNOWN_CODE", AWAY | {"就医地": "990105"}),
    ("CODE_NAME_CONFLICT", {"定点医药机构名称": "兰考县中医院"}),
    (None, {"定点医药机构名称": "兰考县 人民医院（总院）"}),
    ("ID_INVALID", {"证件号码": "110105194912310021"}),
    (None, {"证件号码": "11010519491231002x"}),
    ("MISSING_VALUE", {"证件号码": ""}),
    ("AGE_RANGE", {"年龄": "121"}),
    ("AGE_RANGE", {"年龄": "-1"}),
    ("BAD_NUMBER", {"年龄": "三十"}),
    ("BAD_DATE", {"结算日期": "24-3-5"}),
    ("BAD_DATE", {"结算日期": "05/01/2024"}),
    ("BAD_DATE", {"结算日期": "2024-02-30"}),
    (None, {"结算日期": "2024年3月6日"}),
    ("FUTURE_DATE", {"结算日期": "2025-01-01"}),
    ("DATE_ORDER", {"入院日期": "2024-03-06"}),
    ("DATE_ORDER", {"结算日期": "2024-03-04"}),
    ("BAD_NUMBER", {"总费用": "--"}),
    ("BAD_NUMBER", {"总费用": "/"}),
    ("BAD_NUMBER", {"总费用": "无"}),
    ("BAD_NUMBER", {"统筹基金支出": "#DIV/0!"}),
    ("BAD_NUMBER", {"总费用": "0.1万"}),
    ("BAD_NUMBER", {"总费用": "1000.001"}),
    (None, {"总费用": "￥1000", "统筹基金支出": "\uff15\uff15\uff10"}),  # full width
    ("AMOUNT_RANGE", {"总费用": "10000000.01", "个人现金支付": "9999300.01"}),
    (None, {"总费用": "10000000.00", "个人现金支付": "9999300.00"}),
    ("AMOUNT_IDENTITY", {"个人现金支付": "290.00"}),
    ("AMOUNT_IDENTITY", {"统筹基金支出": "600.01"}),
    ("NEGATIVE_UNEXPLAINED", BACK),
    (None, BACK | {"冲销标志": "是", "原结算单号": "S0"}),
    ("REFUND_ORPHAN", BACK | {"冲销标志": "是", "原结算单号": "S999"}),
    ("DUPLICATE_ROW", {"结算ID": "S0"}),
    ("DUPLICATE_KEY", {"结算ID": "S0", "总费用": "1001.00", "个人现金支付": "301.00"}),
]


def lines(*changes: dict[str, str]) -> str:
    """Write settlements that differ from the usual one in some cells."""
    rows = [CELLS | {"结算ID": f"S{at}"} | change for at, change in enumerate(changes, 1)]
    return "\n".join(",".join(row) for row in ([*CELLS], *(row.values() for row in rows))) + "\n"


@pytest.fixture
def report(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Report:
    """Check files against the code lists and return the reports by name."""
    codes, folder = tmp_path / "codes", tmp_path / "received"
    written_lists(codes, REGIONS, INSTITUTIONS)
    folder.mkdir()

    def check(**files: str) -> dict[str, dict[str, Any]]:
        for name, text in files.items():
            (folder / f"{name}.csv").write_text(text, encoding="gb18030")
        options = ("--source", "settlements", "--reference", codes, "--as-of", "2024-12-31")
        assert run("check", folder, *options, "--json") == 0
        answered = json.loads(capsys.readouterr().out)
        return {file["file"].removesuffix(".csv"): file for file in answered["files"]}

    return check


def test_each_fault_has_its_reason_at_its_line(report: Report) -> None:
    found = report(a=lines(*(change for _, change in FAULTS)))["a"]
    expected = {line: reason for line, (reason, _) in enumerate(FAULTS, 2) if reason}
    assert {row["row"]: row["reason"] for row in found["rejected"]} == expected
    ages = [row["detail"] for row in found["rejected"] if row["reason"] == "AGE_RANGE"]
    assert ages == ["121", "-1"]
    assert (found["read"], found["duplicates"]) == (len(FAULTS), 2)
    assert found["accepted"] == len(FAULTS) - len(expected)
    assert (found["file_reject"], found["crashed"]) == (None, False)
    assert found["warnings"] == ["REGION_STALE"]
    usual = found["accepted"] - 2  # but for the reversal and the dearest row
    assert found["sums"] == {
        "total_cost": f"{usual * 1000 - 1000 + 10_000_000}.00",
        "pooled_fund_paid": f"{usual * 550}.00",
        "fund_paid": f"{usual * 600}.00",
        "personal_account_paid": f"{usual * 100}.00",
        "personal_cash_paid": f"{usual * 300 - 300 + 9_999_300}.00",
    }


def test_of_a_month_sent_twice_the_named_batch_counts(report: Report) -> None:
    dearer = {"总费用": "1001.00", "个人现金支付": "301.00"}
    found = report(march=lines({}, {}), march_v2=lines(dearer))
    assert [row["reason"] for row in found["march"]["rejected"]] == ["DUPLICATE_KEY"] * 2
    assert all("已被新批次替换" in row["message_zh"] for row in found["march"]["rejected"])
    assert (found["march"]["duplicates"], found["march"]["sums"]["total_cost"]) == (2, "0.00")
    assert found["march_v2"]["sums"]["total_cost"] == "1001.00"


def test_of_a_month_sent_twice_without_a_batch_nothing_counts(report: Report) -> None:
    dearer = {"总费用": "1001.00", "个人现金支付": "301.00"}
    found = report(first=lines({}, {}), second=lines(dearer))
    for name, rows in (("first", 2), ("second", 1)):
        assert [row["reason"] for row in found[name]["rejected"]] == ["OVERLAP"] * rows
        assert (found[name]["accepted"], found[name]["duplicates"]) == (0, 0)


def test_a_batch_column_decides_within_a_file(report: Report) -> None:
    text = lines({}, {}, {"结算ID": "S1", "总费用": "1001.00", "个人现金支付": "301.00"})
    header, *rows = text.splitlines()
    batched = [
        f"{header},上报批次",
        *(f"{row},{n}" for row, n in zip(rows, (1, 1, 2), strict=True)),
    ]
    found = report(march="\n".join(batched))["march"]
    assert [(row["row"], row["reason"]) for row in found["rejected"]] == [
        (2, "DUPLICATE_KEY"),
        (3, "DUPLICATE_KEY"),
    ]
    assert found["sums"]["total_cost"] == "1001.00"
