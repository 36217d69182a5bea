"""Write 居民收入: one workbook a year, a row per county.

The incomes are of our own making, of the size that counties of this kind publish; the title of each
sheet says so. Zones publish none, as in the field.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipeline.demo.randomness import stream
from pipeline.demo.workbook import Cell, open_workbook, write_rows
from pipeline.demo.world import County, Site

FOLDER = "income"
TITLE = "县区居民人均可支配收入（演示数据，数值为虚构）"
HEADERS = (
    *("区划代码", "区划名称", "年份"),
    *("城镇居民人均可支配收入(元)", "农村居民人均可支配收入(元)"),
)
FIRST_YEAR, BASE_YEAR = 2021, 2024
YEARLY_GROWTH = 0.058
RURAL = (16_500, 25_500)  # yuan in the base year, from the poorest to the richest county
DISTRICT = 1.08  # a city's district beside a county
URBAN = (1.75, 2.10)  # times the rural income


def income_rows(counties: Sequence[County], year: int, *, seed: int) -> list[list[Cell]]:
    """Return the rows of a year; a county keeps its place from year to year."""
    rows: list[list[Cell]] = []
    for county in counties:
        if county.name.endswith(("开发区", "示范区")):
            continue
        rng = stream(seed, "income", county.code)
        rural = float(rng.uniform(*RURAL)) * (DISTRICT if county.name.endswith("区") else 1)
        rural *= (1 + YEARLY_GROWTH) ** (year - BASE_YEAR)
        urban = rural * float(rng.uniform(*URBAN))
        rows.append([county.code, county.name, year, round(urban), round(rural)])
    return rows


def write_income(sites: Sequence[Site], out: Path, *, until: date, seed: int) -> int:
    """Write the years that have ended; returns rows."""
    counties = [county for site in sites for county in site.counties]
    rows = 0
    for year in range(FIRST_YEAR, max(FIRST_YEAR + 1, until.year)):
        told = income_rows(counties, year, seed=seed)
        book = open_workbook(out / FOLDER / f"居民收入_{year}.xlsx")
        write_rows(book.add_worksheet("居民收入"), 0, [[TITLE], list(HEADERS), *told])
        book.close()
        rows += len(told)
    return rows
