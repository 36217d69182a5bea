"""Write 常住人口: one workbook a year, a row per county, sex and five-year age band.

Populations are the census figures of 2020 in the reference data; the years after it follow a slow
loss of people and a slow ageing of our own making.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pipeline.demo.randomness import split
from pipeline.demo.workbook import Cell, open_workbook, write_rows
from pipeline.demo.world import County, Site

FOLDER = "population"
HEADERS = ("区划代码", "区划名称", "年份", "性别", "年龄组", "人数")
CENSUS_YEAR = 2020
YEARLY_LOSS = 0.004
YEARLY_AGEING = 0.006  # more in the share of those of 65 and over, less in that of children
BANDS = (*(f"{age}—{age + 4}岁" for age in range(0, 85, 5)), "85岁及以上")
YOUNG = (0.28, 0.35, 0.37)  # shares within the ages 0-14
MIDDLE = (0.065, 0.055, 0.075, 0.105, 0.10, 0.095, 0.115, 0.14, 0.135, 0.115)  # 15-64
OLD = (0.38, 0.27, 0.18, 0.11, 0.06)  # 65 and over
MALE = 0.502


def band_weights(county: County, year: int) -> list[float]:
    """Return the share of each band in a year; they add to one."""
    years = year - CENSUS_YEAR
    old = county.share_65_plus + YEARLY_AGEING * years
    young = max(0.05, county.share_0_14 - YEARLY_AGEING * years)
    return [
        *(young * share for share in YOUNG),
        *((1 - young - old) * share for share in MIDDLE),
        *(old * share for share in OLD),
    ]


def population_rows(county: County, year: int) -> list[list[Cell]]:
    """Split a county's people over sexes and bands, exactly."""
    people = round(county.population * (1 - YEARLY_LOSS) ** (year - CENSUS_YEAR))
    weights = band_weights(county, year)
    males = [w * (MALE if n < 13 else 0.46) for n, w in enumerate(weights)]
    females = [w - m for w, m in zip(weights, males, strict=True)]
    persons = split(people, [*males, *females])
    return [
        [county.code, county.name, year, sex, band, persons[offset + n]]
        for offset, sex in ((0, "男"), (len(BANDS), "女"))
        for n, band in enumerate(BANDS)
    ]


def write_population(sites: Sequence[Site], out: Path, *, until: date) -> int:
    """Write the years from the census to the last one that has ended; returns rows."""
    rows = 0
    last = until.year if (until.month, until.day) == (12, 31) else until.year - 1
    for year in range(CENSUS_YEAR, max(CENSUS_YEAR, last) + 1):
        book = open_workbook(out / FOLDER / f"常住人口_{year}.xlsx")
        sheet = book.add_worksheet("常住人口")
        at = write_rows(sheet, 0, [list(HEADERS)])
        for site in sites:
            for county in site.counties:
                at = write_rows(sheet, at, population_rows(county, year))
        book.close()
        rows += at - 1
    return rows
