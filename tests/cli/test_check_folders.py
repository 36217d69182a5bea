"""Folders of settlement files that say something of each other, through the command.

An extract of a collection written from the rules before the program ran: what counties send twice,
again, late or crosswise, and what is to become of each row. The sum is that of all accepted rows.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from openpyxl import Workbook

from .conftest import INSTITUTIONS, REGIONS, written_lists

Run = Callable[..., int]
Rows = list[str]
Refused = dict[str, list[tuple[int, str]]]  # file -> physical row, reason
HEADER = (
    *("结算ID", "个人编号", "参保地区划代码", "定点医药机构编号", "医疗类别", "医药机构地点类别"),
    *("结算日期", "总费用", "统筹基金支出", "冲销标志", "原结算单号"),
)
A, B, V2, COPY = "兰考_202503.csv", "兰考_202504.csv", "兰考_202503_v2.csv", "兰考_202503.xlsx"
ORPHAN, ROW, KEY, TWICE = "REFUND_ORPHAN", "DUPLICATE_ROW", "DUPLICATE_KEY", "OVERLAP"


def cells(line: str) -> list[str]:
    """Spell out `id person area day total fund [original [flag]]`; days are of 2025 or whole."""
    id_, person, area, day, total, fund, *original = line.split()
    day = day if day.count("-") == 2 else f"2025-{day}"
    id_of, word = [*original, "是"][:2] if original else ("", "正常")
    back = [word, id_of]
    return [id_, person, area, "H1", "住院", "市内异地", day, total, fund, *back]


ONE = "S1 P1 410225 03-05 1000.50 650.00"
TWO = "S2 P2 410225 03-09 800.00 500.00"
APRIL = "S3 P3 410225 04-02 300.00 100.00"
CHANGED = ONE.replace("1000.50", "1000.51")
BACK = "R1 P1 410225 04-08 -1000.50 -650.00 S1"
PART = "R1 P1 410225 04-08 -400.00 -300.00 S1"
CASES: dict[str, tuple[dict[str, Rows], Refused, str]] = {
    "copies in a file": ({A: [ONE, TWO, ONE]}, {A: [(4, ROW)]}, "1800.50"),
    "one number, two contents": ({A: [ONE, CHANGED]}, {A: [(3, KEY)]}, "1000.50"),
    "copies in two files": ({A: [ONE, TWO], B: [TWO, APRIL]}, {B: [(2, ROW)]}, "2100.50"),
    "copies in two formats": ({A: [ONE], COPY: [ONE, TWO]}, {COPY: [(2, ROW)]}, "1800.50"),
    "a month told twice": (
        {A: [ONE, TWO], COPY: [CHANGED]},
        {A: [(2, TWICE), (3, TWICE)], COPY: [(2, TWICE)]},
        "0.00",
    ),
    "a month told again": ({A: [ONE, TWO], V2: [CHANGED]}, {A: [(2, KEY), (3, KEY)]}, "1000.51"),
    "two counties with one number": (
        {A: [ONE, TWO], "祥符_202503.csv": [ONE.replace("410225", "410212"), APRIL]},
        {A: [(2, KEY)]},  # what they say decides, not how the files are called
        "2100.50",
    ),
    "taken back later": ({A: [ONE, TWO], B: [BACK, APRIL]}, {}, "1100.00"),
    "taken back in an earlier file": ({"0.csv": [BACK], A: [ONE, TWO]}, {}, "800.00"),
    "taken back in another word": ({A: [ONE], B: [f"{BACK} 冲销", APRIL]}, {}, "300.00"),
    "taken back, nobody knows from what": ({B: [BACK, APRIL]}, {B: [(2, ORPHAN)]}, "300.00"),
    "taken back from what is refused": (
        {A: [ONE.replace("410225", "419999")], B: [BACK]},
        {A: [(2, "UNKNOWN_CODE")], B: [(2, ORPHAN)]},
        "0.00",
    ),
    "taken back from a month told again without it": (
        {A: [ONE, TWO], V2: [TWO], B: [BACK]},
        {A: [(2, KEY), (3, KEY)], B: [(2, ORPHAN)]},
        "800.00",
    ),
    "taken back twice": ({A: [ONE, BACK, BACK.replace("R1", "R2")]}, {A: [(4, ORPHAN)]}, "0.00"),
    "taken back in part": ({A: [ONE, PART]}, {}, "600.50"),
    "taken back in two parts": ({A: [ONE, PART, PART.replace("R1", "R2")]}, {}, "200.50"),
    "taken back in parts, then too much": (
        {A: [ONE, PART, "R2 P1 410225 04-09 -600.51 -300.00 S1"]},
        {A: [(4, ORPHAN)]},
        "600.50",
    ),
    # Documents in one file, the fund's own numbers in the other.
    "taken back under another number of the person": (
        {A: [ONE, BACK.replace("P1", "9")]},
        {},
        "0.00",
    ),
    "taken back from another county": (
        {A: [ONE, BACK.replace("410225", "410222")]},
        {A: [(3, ORPHAN)]},
        "1000.50",
    ),
    "taken back before it was paid": (
        {A: [ONE, BACK.replace("04-08", "03-04")]},
        {A: [(3, ORPHAN)]},
        "1000.50",
    ),
    "taken back under the county's new code": (
        {
            A: ["S1 P1 410224 2014-06-05 1000.50 650.00"],
            B: ["R1 P1 410212 2015-04-08 -1000.50 -650.00 S1"],
        },
        {},
        "0.00",
    ),
    "taken back from itself": (
        {A: [TWO, "R1 P2 410225 03-09 -8.00 -5.00 R1"]},
        {A: [(3, ORPHAN)]},
        "800.00",
    ),
}


def written(path: Path, lines: Rows) -> None:
    rows = [list(HEADER), *map(cells, lines)]
    if path.suffix == ".csv":
        out = io.StringIO()
        csv.writer(out).writerows(rows)
        path.write_text(out.getvalue(), encoding="gb18030")
        return
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append([cell or None for cell in row])
    book.save(path)


@pytest.mark.parametrize("case", CASES)
def test_files_of_a_folder_are_judged_together(
    run: Run, capsys: pytest.CaptureFixture[str], tmp_path: Path, case: str
) -> None:
    files, refused, total = CASES[case]
    raw = tmp_path / "raw"
    raw.mkdir()
    for name, lines in files.items():
        written(raw / name, lines)
    codes = written_lists(tmp_path / "codes", REGIONS, INSTITUTIONS)
    options = ("--source", "settlements", "--reference", codes, "--as-of", "2025-06-30", "--json")
    assert run("check", raw, *options) == 0
    reports = {Path(f["file"]).name: f for f in json.loads(capsys.readouterr().out)["files"]}
    found = {
        name: sorted((row["row"], row["reason"]) for row in report["rejected"])
        for name, report in reports.items()
    }
    assert found == {name: refused.get(name, []) for name in files}
    for name, report in reports.items():
        assert report["read"] == len(files[name]) == report["accepted"] + len(report["rejected"])
        twice = sum(reason in (ROW, KEY) for _, reason in found[name])
        assert report["duplicates"] == twice
    paid = sum(round(float(report["sums"]["total_cost"]) * 100) for report in reports.values())
    assert f"{paid / 100:.2f}" == total
