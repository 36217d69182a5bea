from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.marts.partials import Partials
from tests.marts.staged_world import damage

JAN, FEB, MAR = (date(2025, m, 1) for m in (1, 2, 3))


class Count:
    """Counts months by what the world says of them, and remembers which were asked for."""

    def __init__(self, world: dict[date, int]) -> None:
        self.world = world
        self.asked: list[list[date]] = []

    def __call__(self, months: Sequence[date]) -> dict[str, pl.DataFrame]:
        self.asked.append(list(months))
        rows = [(month, self.world[month]) for month in months]
        schema = {"month": pl.Date, "n": pl.Int64}
        return {"sums": pl.DataFrame(rows, schema=schema, orient="row")}

    def tables(self, kept: Partials) -> dict[date, int]:
        keys = {month: f"key of {n}" for month, n in self.world.items()}
        found = kept.by_month("months", list(self.world), keys, self)["sums"]
        return dict(found.sort("month").iter_rows())


def test_only_a_changed_month_is_counted(tmp_path: Path) -> None:
    kept = Partials(tmp_path)
    assert Count({JAN: 1, FEB: 2}).tables(kept) == {JAN: 1, FEB: 2}
    again = Count({JAN: 1, FEB: 2})
    assert again.tables(kept) == {JAN: 1, FEB: 2}
    assert again.asked == []
    restated = Count({JAN: 1, FEB: 5})
    assert restated.tables(kept) == {JAN: 1, FEB: 5}
    assert restated.asked == [[FEB]]


def test_a_month_in_the_middle_comes_and_goes(tmp_path: Path) -> None:
    kept = Partials(tmp_path)
    Count({JAN: 1, MAR: 3}).tables(kept)
    more, fewer = Count({JAN: 1, FEB: 2, MAR: 3}), Count({JAN: 1, MAR: 3})
    assert more.tables(kept) == {JAN: 1, FEB: 2, MAR: 3}
    assert fewer.tables(kept) == {JAN: 1, MAR: 3}
    assert more.asked + fewer.asked == [[FEB]]


@pytest.mark.parametrize("name", ["months.sums.ipc", "months.json"])
def test_damage_has_all_months_counted_again(tmp_path: Path, name: str) -> None:
    kept = Partials(tmp_path)
    Count({JAN: 1, FEB: 2}).tables(kept)
    damage(tmp_path / name)
    again = Count({JAN: 1, FEB: 2})
    assert again.tables(kept) == {JAN: 1, FEB: 2}
    assert sorted(again.asked[0]) in ([JAN, FEB], [JAN], [FEB])  # a key can be what was hit


@pytest.mark.parametrize("told", ["", "[]", '{"key": "[]", "parts": {}}', '{"key": "no"}'])
def test_an_index_that_says_nothing_is_no_index(tmp_path: Path, told: str) -> None:
    (tmp_path / "months.json").write_text(told)
    assert Count({JAN: 1}).tables(Partials(tmp_path)) == {JAN: 1}


def test_a_full_build_counts_all_months_and_keeps_them(tmp_path: Path) -> None:
    Count({JAN: 1, FEB: 2}).tables(Partials(tmp_path))
    full = Count({JAN: 1, FEB: 2})
    assert full.tables(Partials(tmp_path, full=True)) == {JAN: 1, FEB: 2}
    assert full.asked == [[JAN, FEB]]


def test_no_month_at_all_and_months_without_a_key(tmp_path: Path) -> None:
    assert Count({}).tables(Partials(tmp_path)) == {}
    count = Count({JAN: 1})
    found = Partials(tmp_path).by_month("months", [JAN], {}, count)["sums"]
    assert found["n"].to_list() == [1]
    assert count.asked == [[JAN]]
