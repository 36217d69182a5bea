"""The invented incomes: plausible, the same every time, and said to be invented."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipeline.demo.income import income_rows, write_income
from pipeline.demo.world import Site

from .raw_reading import records, sheets


def test_a_county_keeps_its_income_and_zones_publish_none(sites: dict[str, Site]) -> None:
    counties = [county for site in sites.values() for county in site.counties]
    now, before = (income_rows(counties, year, seed=7) for year in (2024, 2023))
    assert now == income_rows(counties, 2024, seed=7)
    assert now != income_rows(counties, 2024, seed=8)
    assert len(now) < len(counties)
    for row, earlier in zip(now, before, strict=True):
        urban, rural = int(str(row[3])), int(str(row[4]))
        assert 16_000 < rural < 28_000
        assert 1.7 < urban / rural < 2.15
        assert abs(rural / int(str(earlier[4])) - 1.058) < 0.001


def test_the_sheet_says_that_its_figures_are_invented(
    sites: dict[str, Site], tmp_path: Path
) -> None:
    sites_of = list(sites.values())
    written = write_income(sites_of, tmp_path, until=date(2023, 6, 30), seed=7)
    books = sorted((tmp_path / "income").iterdir())
    assert [book.name for book in books] == ["居民收入_2021.xlsx", "居民收入_2022.xlsx"]
    sheet = sheets(books[-1])["居民收入"]
    assert "演示数据，数值为虚构" in str(sheet[0][0])
    assert len(records(sheet, header=1)) * 2 == written
