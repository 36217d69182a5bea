"""Time the way from raw files to staged tables, beside peers that check nothing.

GB18030 against the same rows in UTF-8; both against Polars reading the UTF-8 files with a declared
schema straight into Parquet, which would let every bad row pass as null or stop at the first; a
workbook against bare calamine. Every step is a process of its own, imports included; the runs are
interleaved and the medians compared.

Run: .venv/bin/python -m bench.ingest [--rows 1000000] [--months 12] [--runs 3]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
from pathlib import Path

import fastexcel  # noqa: F401  warms the page cache like the other libraries
import polars as pl
import xlsxwriter

from bench.build import ROOT, timed

COUNTIES = ("410221", "410222", "410223", "410225", "410212", "411603", "411621", "411622")
TAKE_IN = """
import sys
from pathlib import Path
import pipeline.memory
from pipeline.intake.taking_in import take_in
from pipeline.reference import load_reference
taken = take_in(Path(sys.argv[1]), Path(sys.argv[2]), reference=load_reference())
files = taken.ledger_files.filter(source="settlements")
assert files["accepted"].sum() == int(sys.argv[3]), files["accepted"].sum()
"""
WARM = "import fastexcel, pipeline.memory, pipeline.intake.taking_in, pipeline.reference"
UNCHECKED = """
import sys
import polars as pl
money = ("总费用", "基金支付总额", "统筹基金支出", "个人账户支付", "个人现金支付")
dates = ("开始日期", "结束日期", "结算日期")
names = pl.read_csv(sys.argv[1].replace("*", "202401"), n_rows=0).columns
schema = {name: pl.Float64 if name in money else pl.Date if name in dates else pl.String
          for name in names}
pl.scan_csv(sys.argv[1], schema=schema).sink_parquet(sys.argv[2])
"""
SHEET = """
import sys
from pathlib import Path
import pipeline.memory
from pipeline.ingest.batch import read_sources
from pipeline.ingest.files import find_files
path = Path(sys.argv[1])
read = read_sources(find_files(path, "settlements", root=path.parent), key=b"k" * 32)
rows = read["settlements"].rows
assert rows.height == int(sys.argv[2]) and rows["_reason"].null_count() == rows.height
"""
CALAMINE = """
import sys
import fastexcel
import polars as pl
frame = fastexcel.read_excel(sys.argv[1]).load_sheet(0).to_polars()
assert frame.height == int(sys.argv[2])
"""


def yuan(fen: pl.Expr) -> pl.Expr:
    """Print an amount in fen as yuan with two decimals."""
    return (fen / 100).round(2).cast(pl.Decimal(12, 2)).cast(pl.String)


def settlements(rows: int, *, month: int) -> pl.DataFrame:
    """Make rows of a month as a settlement system exports them, text throughout."""
    at = pl.int_range(rows, dtype=pl.Int64)
    noise = ((at + month * 7919) * 2_654_435_761) % 4_294_967_296
    county = pl.lit(pl.Series(COUNTIES, dtype=pl.String)).gather(at % len(COUNTIES))
    day = pl.date(2024 + month // 12, month % 12 + 1, noise % 28 + 1)
    fund, cash = noise % 9_000_00, noise % 3_000_00

    word = pl.when(noise % 3 == 0)
    return pl.select(
        结算ID=pl.format(
            "{}{}{}", county, day.dt.strftime("%Y%m%d"), at.cast(pl.String).str.zfill(8)
        ),
        个人编号=pl.format("P{}{}", county, (noise % 400_000).cast(pl.String).str.zfill(7)),
        姓名=word.then(pl.lit("韩雨然")).otherwise(pl.lit("张建国")),
        性别=word.then(pl.lit("女")).otherwise(pl.lit("男")),
        年龄=(noise % 95).cast(pl.String),
        参保地区划代码=county,
        险种类型=word.then(pl.lit("职工")).otherwise(pl.lit("城乡居民")),
        定点医药机构编号=pl.format("H{}{}", county, (noise % 40).cast(pl.String).str.zfill(5)),
        定点医药机构名称=pl.format("{}第{}人民医院", county, noise % 40),
        医院等级=word.then(pl.lit("三级甲等")).otherwise(pl.lit("二级甲等")),
        医药机构地点类别=word.then(pl.lit("省内异地")).otherwise(pl.lit("本地")),
        就医地=county,
        医疗类别=word.then(pl.lit("转外诊治住院")).otherwise(pl.lit("普通住院")),
        开始日期=day.dt.strftime("%Y-%m-%d"),
        结束日期=day.dt.strftime("%Y-%m-%d"),
        结算日期=day.dt.strftime("%Y-%m-%d"),
        总费用=yuan(fund + cash),
        基金支付总额=yuan(fund),
        统筹基金支出=yuan(fund),
        个人账户支付=pl.lit("0.00"),
        个人现金支付=yuan(cash),
        疾病编码=pl.format("I{}.900", (noise % 90).cast(pl.String).str.zfill(2)),
        病种名称=word.then(pl.lit("脑梗死")).otherwise(pl.lit("高血压病")),
        冲销标志=pl.lit("否"),
        原结算单号=pl.lit(None, dtype=pl.String),
        乡镇=pl.lit(None, dtype=pl.String),
        特殊人员类型=pl.lit("无"),
    )


def write_raw(folder: Path, rows: int, months: int) -> None:
    """Write the same months in both encodings, each with the register they need."""
    codes = [
        f"H{county}{number:05},{county}第{number}人民医院,县级医院,{county}"
        for county in COUNTIES
        for number in range(40)
    ]
    register = "\n".join(("机构编码,机构名称,机构类型,区划代码", *codes)) + "\n"
    for encoding in ("utf-8", "gb18030"):
        for source in ("institutions", "settlements"):
            (folder / encoding / source).mkdir(parents=True)
        (folder / encoding / "institutions" / "名录_20231231.csv").write_text(register, encoding)
    for month in range(months):
        text = settlements(rows // months, month=month).write_csv()
        for encoding in ("utf-8", "gb18030"):
            name = f"结算_{2024 + month // 12}{month % 12 + 1:02}.csv"
            (folder / encoding / "settlements" / name).write_text(text, encoding)


def write_workbook(path: Path, rows: int) -> None:
    """Write a sheet of sixteen columns as text and numbers."""
    frame = settlements(rows, month=0).select(pl.nth(range(0, 8)), pl.nth(range(12, 20)))
    with xlsxwriter.Workbook(str(path), {"constant_memory": True}) as book:
        sheet = book.add_worksheet("结算")
        sheet.write_row(0, 0, frame.columns)
        for at, row in enumerate(frame.iter_rows(), 1):
            for column, value in enumerate(row):
                write = sheet.write_number if column >= 13 else sheet.write_string
                write(at, column, float(value) if column >= 13 else value)


def main() -> None:
    """Interleave the runs and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--months", type=int, default=12)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--excel-rows", type=int, default=200_000)
    options = parser.parse_args()
    rows, sheet_rows = options.rows // options.months * options.months, options.excel_rows
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # Bytecode is kept, as it is behind a first start on any machine, of ours and of libraries.
        told = {"DASHBOARD_KEY_FILE": "key", "PYTHONPYCACHEPREFIX": "bytecode"}
        environment = os.environ | {key: f"{name}/{file}" for key, file in told.items()}
        environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": ""}
        write_raw(folder, options.rows, options.months)
        steps = {
            encoding: [TAKE_IN, str(folder / encoding), f"{name}/data/{encoding}", str(rows)]
            for encoding in ("gb18030", "utf-8")
        }
        steps["unchecked"] = [UNCHECKED, f"{name}/utf-8/settlements/结算_*.csv", f"{name}/peer"]
        if sheet_rows:
            write_workbook(folder / "结算_202401.xlsx", sheet_rows)
            sheet = [f"{name}/结算_202401.xlsx", str(sheet_rows)]
            steps |= {"workbook": [SHEET, *sheet], "calamine": [CALAMINE, *sheet]}
        timed([sys.executable, "-c", WARM], environment)
        found = measured(steps, runs=options.runs, environment=environment)
    for step, (wall, cpu, memory) in found.items():
        print(f"{step:9} wall {wall:6.1f} s   cpu {cpu:6.1f} s   peak {memory:7.0f} MB")
    for ours, peer in (
        ("gb18030", "utf-8"),
        ("gb18030", "unchecked"),
        ("utf-8", "unchecked"),
        ("workbook", "calamine"),
    ):
        if ours in found:
            ratio = [a / b for a, b in zip(found[ours], found[peer], strict=True)]
            print(
                f"{ours} / {peer}: cpu {ratio[1]:.2f}   wall {ratio[0]:.2f}   peak {ratio[2]:.2f}"
            )


def measured(
    steps: dict[str, list[str]], *, runs: int, environment: dict[str, str]
) -> dict[str, list[float]]:
    """Run every step so many times in turn; return the medians."""
    found: dict[str, list[tuple[float, float, float]]] = {step: [] for step in steps}
    for run in range(runs):
        for step, (code, *arguments) in steps.items():
            if step in ("gb18030", "utf-8"):  # nothing remembered of the run before
                arguments[1] += str(run)
            found[step].append(timed([sys.executable, "-c", code, *arguments], environment))
    return {
        step: [statistics.median(column) for column in zip(*each, strict=True)]
        for step, each in found.items()
    }


if __name__ == "__main__":
    main()
