"""The small world staged in a folder, and which of its months and years a build counts again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.contracts.staging import StagedSettlement
from pipeline.marts import case_years, month_sums, persons_yearly
from pipeline.spill import Spill
from pipeline.staged.files import write_months
from pipeline.staged.months import SettledMonths
from tests.marts import small_world as world


class Staged:
    """A staged folder whose months are counted again only where they changed."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.counted: list[str] = []
        count_month, count_persons = month_sums.count_month, persons_yearly.count_persons
        judge = case_years.judged_year

        def month(frame: pl.LazyFrame, *args: Any, **options: Any) -> Any:
            first = frame.select(pl.col("service_date").min().dt.strftime("%Y%m")).collect().item()
            if first is not None:
                self.counted.append(first)
            return count_month(frame, *args, **options)

        def persons(*args: Any) -> pl.DataFrame:
            self.counted.append("persons")
            return count_persons(*args)

        def judged_year(*args: Any, **options: Any) -> pl.DataFrame:
            self.counted.append("cases")
            return judge(*args, **options)

        monkeypatch.setattr(case_years, "judged_year", judged_year)
        monkeypatch.setattr(month_sums, "count_month", month)
        monkeypatch.setattr(persons_yearly, "count_persons", persons)

    def write(self, accepted: pl.LazyFrame) -> None:
        spill = Spill(None)
        dated = accepted.collect().group_by(pl.col("service_date").dt.strftime("%Y%m"))
        for (ym,), part in dated:
            spill.add(part, name=str(ym))
        write_months(self.folder, "settlements", spill, StagedSettlement)

    def build(self, tables: Mapping[str, pl.LazyFrame], **options: Any) -> dict[str, pl.DataFrame]:
        self.write(tables["settlements"])
        self.counted.clear()
        return world.build(
            dict(tables),
            settled=SettledMonths.at(self.folder),
            partials=self.folder / "partials",
            **options,
        )


def damage(path: Path) -> None:
    """Flip a bit of a file that is kept."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0b100
    path.write_bytes(content)


def same(one: Mapping[str, pl.DataFrame], other: Mapping[str, pl.DataFrame]) -> bool:
    return all(one[name].equals(other[name]) for name in other)


def without_some(tables: dict[str, pl.LazyFrame], month: date) -> dict[str, pl.LazyFrame]:
    """Return the tables without every third settlement of a month."""
    frame = tables["settlements"].collect().with_row_index("n")
    is_there = (pl.col("service_date").dt.month_start() != month) | (pl.col("n") % 3 > 0)
    return {**tables, "settlements": frame.filter(is_there).drop("n").lazy()}
