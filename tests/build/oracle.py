"""Count the headline figures from raw files the slow way: csv, openpyxl and plain loops.

Knows nothing of the pipeline. Written for the files of the demonstration city 开封, settlements in
words; the rules are those of the published definitions.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl

Row = dict[str, Any]
Count = tuple[int, int]  # numerator, denominator

COUNTIES = {f"4102{n:02d}" for n in (2, 3, 4, 5, 12, 21, 22, 23, 25)}
INPATIENT = {"住院", "转外诊治住院", "生育住院"}
CARE = INPATIENT | {"门诊慢特病", "普通门诊", "药店购药"}
PLACES = {"本地", "市内异地", "省内异地", "跨省异地"}
COMPLETED = {"已完成", "竣工", "已验收", "验收合格"}
THREE = {
    "dr": ("DR", "数字化X线", "数字化医用X"),
    "ultrasound": ("彩超", "彩色多普勒"),
    "analyser": ("生化",),
}
FEN = re.compile(r"-?\d+\.\d\d")
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _settlement_files(raw: Path) -> Iterator[list[Row]]:
    """Read the files that count: restated months replace the first try, unreadable ones are out."""
    paths = sorted((raw / "settlements").glob("410200_*.csv"))
    replaced = {path.name.replace("_v2", "") for path in paths if "_v2" in path.name}
    for path in paths:
        if path.name in replaced:
            continue
        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError:
            continue
        rows = list(csv.DictReader(io.StringIO(text)))
        if rows and "结算日期" in rows[0]:
            yield rows


def _is_good(row: Row) -> bool:
    return bool(
        row["结算ID"]
        and row["个人编号"]
        and row["参保地区划代码"] in COUNTIES | {"410224"}
        and row["医疗类别"] in CARE
        and row["医药机构地点类别"] in PLACES
        and DAY.fullmatch(row["结算日期"])
        and FEN.fullmatch(row["总费用"])
        and FEN.fullmatch(row["统筹基金支出"])
    )


def settlements(raw: Path) -> list[Row]:
    """Return the settlements that count, reversals with the month of their original."""
    good: dict[str, Row] = {}
    for rows in _settlement_files(raw):
        for row in rows:
            if _is_good(row) and row["结算ID"] not in good:
                good[row["结算ID"]] = row
    kept = []
    for row in good.values():
        original = row
        if row["冲销标志"] == "是":
            if row["原结算单号"] not in good:
                continue
            original = good[row["原结算单号"]]
        kept.append({**row, "month": (original["结束日期"] or original["结算日期"])[:7]})
    return kept


def out_of_county(rows: list[Row]) -> dict[str, Count]:
    """Count admissions by month: outside the county, all."""
    outside: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for row in rows:
        if row["医疗类别"] in INPATIENT:
            sign = -1 if row["冲销标志"] == "是" else 1
            total[row["month"]] += sign
            outside[row["month"]] += sign * (row["医药机构地点类别"] != "本地")
    return {month: (outside[month], total[month]) for month in total}


def fund_outflow(rows: list[Row]) -> dict[str, Count]:
    """Sum the pooled fund by month in fen, pharmacies left out: paid outside, all."""
    outside: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for row in rows:
        if row["医疗类别"] != "药店购药":
            fen = int(row["统筹基金支出"].replace(".", ""))
            total[row["month"]] += fen
            outside[row["month"]] += fen * (row["医药机构地点类别"] != "本地")
    return {month: (outside[month], total[month]) for month in total}


def _sheet_rows(path: Path, *, header: str) -> Iterator[Row]:
    """Read every sheet below the row that holds a header, totals and signatures left out."""
    book = openpyxl.load_workbook(path, read_only=True)
    for sheet in book:
        names: list[str] | None = None
        for cells in sheet.iter_rows(values_only=True):
            if names is None:
                names = [str(cell) for cell in cells] if header in cells else None
            elif cells[0] and cells[0] != "合计" and "填表" not in str(cells[0]):
                yield dict(zip(names, cells, strict=False))
    book.close()


def clinics(raw: Path) -> Count:
    """Count planned village clinics: completed or accepted, all."""
    planned = {}
    for path in sorted((raw / "clinics").glob("开封市_*.xlsx")):
        for row in _sheet_rows(path, header="建设状态"):
            code = row.get("村卫生室编码") or row.get("医疗机构代码")
            if row["是否规划内"] == "是":
                planned[code] = row["建设状态"] in COMPLETED
    return sum(planned.values()), len(planned)


def _register(raw: Path) -> set[str]:
    path = raw / "institutions" / "机构名录_20250630.xlsx"
    return {
        row["机构编码"]
        for row in _sheet_rows(path, header="机构编码")
        if row["机构类型"] in {"乡镇卫生院", "社区卫生服务中心"} and row["区划代码"] in COUNTIES
    }


def three_devices(raw: Path) -> Count:
    """Count township and community centres: with all three devices in use, all."""
    centres = _register(raw)
    found: dict[str, set[str]] = {centre: set() for centre in centres}
    path = raw / "equipment" / "开封市_设备台账_20250630.xlsx"
    for row in _sheet_rows(path, header="设备编号"):
        name = unicodedata.normalize("NFKC", str(row["设备名称"]))
        for device, words in THREE.items():
            is_one = row["状态"] == "在用" and any(word in name for word in words)
            if is_one and row["机构编码"] in found:
                found[row["机构编码"]].add(device)
    return sum(len(devices) == len(THREE) for devices in found.values()), len(centres)


def contracts(raw: Path) -> Count:
    """Count residents: contracted, all."""
    path = raw / "contracts" / "开封市_家庭医生签约进展_20250630.xlsx"
    residents = contracted = 0
    for row in _sheet_rows(path, header="辖区内常住居民数"):
        residents += row["辖区内常住居民数"]
        contracted += row["常住人口签约"]
    return contracted, residents
