"""Registers as counties write them, through the command, against code lists of their own.

What is read and what is refused was decided from the form and the rules, before the program ran.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from .conftest import written_lists

Run = Callable[..., int]
Check = Callable[..., dict[str, Any]]

REGIONS = """代码,名称,启用年,停用年,现行代码
410000,河南省,1949,,410000
410200,开封市,1949,,410200
410222,通许县,1949,,410222
410225,兰考县,1949,,410225
"""
INSTITUTIONS = """机构编码,机构名称,区划代码,类型
H1,城关镇卫生院,410225,乡镇卫生院
H2,堌阳镇卫生院,410225,乡镇卫生院
H3,兰考县人民医院,410225,二级医院
"""
CLINIC = {
    "村卫生室编码": "",
    "村卫生室名称": "甲村卫生室",
    "县区代码": "410225",
    "县区名称": "兰考县",
    "乡镇": "城关镇",
    "服务人口": "1200",
    "村医人数": "2",
    "建设状态": "已验收",
    "开工日期": "2023-03-01",
    "竣工日期": "2023-09-01",
    "验收日期": "2023-11-01",
    "数据日期": "2025-06-30",
}
CLINIC_FAULTS: list[tuple[str | None, dict[str, str]]] = [
    (None, {}),
    (None, {"村卫生室编码": "'410225000001"}),
    (None, {"村卫生室编码": '="410225000002"', "县区名称": '="兰考县"', "村医人数": "'3"}),
    ("BAD_TEXT", {"村卫生室编码": "=1+1"}),
    (None, {"县区代码": "410225000000"}),  # as the statistics office writes a county
    ("REGION_LEVEL", {"县区代码": "410225100000"}),
    ("REGION_LEVEL", {"县区代码": "410200"}),
    ("UNKNOWN_CODE", {"县区代码": "419999"}),
    (None, {"县区代码": ""}),
    ("DATE_ORDER", {"竣工日期": "2023-02-28"}),
    ("DATE_ORDER", {"验收日期": "2023-08-31"}),
    ("DATE_ORDER", {"竣工日期": "", "验收日期": "2023-02-28"}),
    ("FUTURE_DATE", {"验收日期": "2025-07-01"}),
    (None, {"开工日期": "2023 年 3 月 1 日"}),
    (None, {"开工日期": "2023年3月", "竣工日期": "2023-09", "验收日期": "2023.11"}),
    (None, {"开工日期": "2023-03-15", "竣工日期": "202303", "验收日期": "2023-03-20"}),
    ("DATE_ORDER", {"开工日期": "2023-03-15", "竣工日期": "2023-02"}),
    ("DATE_ORDER", {"开工日期": "2023-03-15", "竣工日期": "2023-03-02"}),
    ("BAD_DATE", {"竣工日期": "2023.1"}),  # of a cell with a number: January or October
    (None, {"竣工日期": "2023"}),  # some day of the year
    ("BAD_DATE", {"数据日期": "2025-06"}),
    ("RANGE", {"村医人数": "9999999999"}),
    ("RANGE", {"服务人口": "-1"}),
]
POPULATION_FAULTS: list[tuple[str | None, dict[str, str]]] = [
    (None, {}),
    (None, {"年份": "2024年", "年龄组": "5-9岁"}),
    (None, {"年龄组": "10～14"}),
    (None, {"年龄组": "85岁及以上"}),
    (None, {"年龄组": "85+", "性别": "女"}),
    ("BAD_TEXT", {"年龄组": "0—14岁", "性别": "女"}),
    ("BAD_TEXT", {"年龄组": "65岁及以上"}),
    ("BAD_TEXT", {"年龄组": "1—4岁"}),
    ("BAD_TEXT", {"年龄组": "20岁"}),
    ("RANGE", {"年龄组": "15—19岁", "人数": "99999999999"}),
]
REFERRAL = {
    "转诊单编号": "",
    "转诊申请日期": "2025-01-03",
    "转诊方向": "上转",
    "转出机构代码": "H1",
    "转入地区划代码": "110105",
    "参保地": "410225",
}
REFERRAL_FAULTS: list[tuple[str | None, dict[str, str]]] = [
    (None, {}),
    ("UNKNOWN_CODE", {"转入地区划代码": "999999"}),
    ("UNKNOWN_CODE", {"参保地": "999999"}),
    ("REGION_LEVEL", {"参保地": "410200"}),
    (None, {"参保地": "", "转入地区划代码": ""}),
]
MEMBER = {
    "机构编码": "",
    "机构名称": "甲卫生院",
    "机构类型": "乡镇卫生院",
    "区划代码": "410225",
    "加入日期": "2019-08-01",
    "退出日期": "",
    "启用日期": "",
    "停用日期": "",
    "推荐标准达标日期": "",
    "数据日期": "2025-06-30",
}
MEMBER_FAULTS: list[tuple[str | None, dict[str, str]]] = [
    (None, {}),
    ("DATE_ORDER", {"退出日期": "2018-12-31"}),
    ("DATE_ORDER", {"启用日期": "2020-01-01", "停用日期": "2019-01-01"}),
    ("FUTURE_DATE", {"推荐标准达标日期": "2025-12-31"}),
    (None, {"停用日期": "2025-12-31"}),  # that it will close may be known
]
CONTRACT = {
    "机构编码": "H1",
    "辖区内常住居民数": "1000",
    "常住人口签约": "750",
    "高血压患者-人数": "100",
    "高血压患者-签约数": "80",
    "肺结核患者签约数": "/",
    "数据日期": "2025-06-30",
}


@pytest.fixture
def check(report_of: Check, tmp_path: Path) -> Check:
    """Check a file written by the test; return its report."""
    codes, folder = tmp_path / "codes", tmp_path / "received"
    written_lists(codes, REGIONS, INSTITUTIONS)
    folder.mkdir()

    def of(source: str, name: str, data: str | Workbook) -> dict[str, Any]:
        path = folder / name
        if isinstance(data, str):
            path.write_text(data, encoding="utf-8")
        else:
            data.save(path)
        return report_of(path, source, codes)

    return of


def table(cells: dict[str, str], changes: list[dict[str, str]], *, key: str | None = None) -> str:
    rows = [cells | ({key: f"K{at}"} if key else {}) | row for at, row in enumerate(changes)]
    quoted = [[f'"{cell.replace(chr(34), chr(34) * 2)}"' for cell in row.values()] for row in rows]
    return "\n".join(",".join(row) for row in ([*cells], *quoted)) + "\n"


def by_line(report: dict[str, Any]) -> dict[int, str]:
    return {row["row"]: row["reason"] for row in report["rejected"]}


@pytest.mark.parametrize(
    ("source", "cells", "faults", "key"),
    [
        ("clinics", CLINIC, CLINIC_FAULTS, "村卫生室编码"),
        (
            "population",
            dict.fromkeys(("区划代码", "年份", "性别", "年龄组", "人数"), "")
            | {"区划代码": "410225", "年份": "2024", "性别": "男", "年龄组": "0—4岁", "人数": "9"},
            POPULATION_FAULTS,
            None,
        ),
        ("referrals", REFERRAL, REFERRAL_FAULTS, "转诊单编号"),
        ("institutions", MEMBER, MEMBER_FAULTS, "机构编码"),
    ],
)
def test_each_fault_of_a_register_has_its_reason_at_its_line(
    check: Check,
    source: str,
    cells: dict[str, str],
    faults: list[tuple[str | None, dict[str, str]]],
    key: str | None,
) -> None:
    text = table(cells, [change for _, change in faults], key=key)
    report = check(source, "台账.csv", text)
    assert by_line(report) == {line: why for line, (why, _) in enumerate(faults, 2) if why}


def test_more_contracts_than_persons_are_refused_and_blanks_are_none(check: Check) -> None:
    changes = [
        {},
        {"机构编码": "H2", "常住人口签约": "1001"},
        {"机构编码": "H3", "高血压患者-签约数": "101"},
    ]
    text = table(CONTRACT, changes).replace("常住人口签约,", "常住人口签约-签约数(人),")
    report = check("contracts", "签约.csv", text)
    assert by_line(report) == {3: "RANGE", 4: "RANGE"}
    assert report["warnings"] == []


def test_a_file_of_which_every_line_is_refused_is_no_crash(check: Check) -> None:
    text = table(CLINIC, [{}, {}]).replace('"\n', '","x"\n')
    report = check("clinics", "台账.csv", text)
    assert by_line(report) == {2: "RAGGED", 3: "RAGGED"}


def test_codes_kept_text_by_a_formula_are_read_without_quotes_around_them(check: Check) -> None:
    text = '区划代码,年份,农村居民人均可支配收入(万元)\n="410225",="2024",2.15\n'
    report = check("income", "收入.csv", text)
    assert (report["accepted"], report["rejected"]) == (1, [])


def test_a_table_of_years_alone_is_no_future(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "人口.csv"
    rows = "410225,2024,男,0—4岁,9\n410225,2024,女,0—4岁,9\n410225,2042,女,5—9岁,9\n"
    path.write_text(f"区划代码,年份,性别,年龄组,人数\n{rows}", encoding="utf-8")
    assert run("check", path, "--source", "population", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert told["as_of"] == "2024-12-31"
    assert by_line(told["files"][0]) == {4: "FUTURE_DATE"}


def test_a_negative_count_of_the_long_report_is_refused(check: Check) -> None:
    header = "县区,月份,指标,数值,单位\n"
    text = "兰考县,2025年6月份,静脉溶栓例数,-3,例\n兰考县,202506,远程心电传输人次,5,人次\n"
    assert by_line(check("activity", "月报.csv", header + text)) == {2: "RANGE"}


@pytest.mark.parametrize("names", [("202505", "202506"), ("5月", "6月份"), ("甲", "乙")])
def test_each_sheet_of_a_yearly_workbook_is_its_own_month(
    check: Check, names: tuple[str, str]
) -> None:
    book = Workbook()
    book.remove(book.active)
    for month, name in enumerate(names, 5):
        sheet = book.create_sheet(name)
        sheet.append([f"月报（2025年{month}月）" if name in "甲乙" else "月报"])
        sheet.append(["县区", "静脉溶栓例数"])
        sheet.append(["兰考县", month])
    report = check("activity", "2025年月报.xlsx", book)
    assert (report["accepted"], report["rejected"], report["file_reject"]) == (2, [], None)


def test_a_sheet_without_a_month_among_monthly_ones_is_asked_for(check: Check) -> None:
    book = Workbook()
    book.remove(book.active)
    for name in ("5月", "6月", "增补"):
        sheet = book.create_sheet(name)
        sheet.append(["县区", "静脉溶栓例数"])
        sheet.append(["兰考县", 1])
    report = check("activity", "2025年月报.xlsx", book)
    assert report["file_reject"] == "MISSING_VALUE"
    assert "工作表“增补”" in report["message"]
