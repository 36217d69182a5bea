from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.catalog import catalogue
from pipeline.marts import stocks
from pipeline.marts.partials import Partials, hash_of
from tests.counters import rows
from tests.marts import small_world as world
from tests.marts.staged_world import damage, same


class Kept:
    """Builds that keep their tables in one folder, and how often stocks were counted."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.times = 0
        count = stocks.count_stocks

        def counting(*args: Any, **options: Any) -> pl.DataFrame:
            self.times += 1
            return count(*args, **options)

        monkeypatch.setattr(stocks, "count_stocks", counting)

    def build(self, tables: Mapping[str, pl.LazyFrame], **options: Any) -> dict[str, pl.DataFrame]:
        self.times = 0
        return world.build(dict(tables), partials=self.folder, **options)


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    return Kept(tmp_path / "partials", monkeypatch)


@pytest.fixture(scope="module")
def built_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Build the small world and keep its tables."""
    folder = tmp_path_factory.mktemp("kept") / "partials"
    world.build(world.tables(), partials=folder)
    return folder


@pytest.fixture
def built(built_once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Kept:
    return Kept(Path(shutil.copytree(built_once, tmp_path / "partials")), monkeypatch)


def test_other_settlements_leave_the_stocks_as_they_are_kept(kept: Kept) -> None:
    kept.build(world.tables())
    assert kept.times == 1
    tables = {**world.tables(), "settlements": world.tables(seed=2)["settlements"]}
    after = kept.build(tables)
    assert kept.times == 0
    assert same(after, world.build(tables))


def test_a_registry_in_other_words_has_them_counted_again(built: Kept) -> None:
    clinics = rows.clinics({"county_code": "410202", "township_code": "410202001"})
    tables = {**world.tables(), "clinics": clinics}
    after = built.build(tables)
    assert built.times == 1
    assert same(after, world.build(tables))
    assert not after["indicator_weekly"].equals(world.whole()["indicator_weekly"])


def test_another_catalogue_or_day_has_them_counted_again(built: Kept) -> None:
    tables = world.tables()
    declared = catalogue()
    strict = replace(declared, settings=replace(declared.settings, small_number_threshold=50))
    changes: list[dict[str, Any]] = [{"catalogue": strict}, {"as_of": date(2025, 5, 30)}]
    for change in changes:
        after = built.build(tables, **change)
        assert built.times == 1
        assert same(after, world.build(tables, **change))


@pytest.mark.parametrize("name", ["weekly.000.ipc", "monthly.000.ipc", "groups.json"])
def test_a_damaged_table_is_made_again(built: Kept, name: str) -> None:
    damage(built.folder / name)
    assert same(built.build(world.tables()), world.whole())


def test_a_table_that_lost_a_part_is_made_again(built: Kept) -> None:
    (built.folder / "weekly.000.ipc").unlink()
    assert same(built.build(world.tables()), world.whole())
    assert built.times == 1


def test_a_full_build_makes_them_again(built: Kept) -> None:
    assert same(built.build(world.tables(), full=True), world.whole())
    assert built.times > 0


def test_a_table_comes_back_in_the_order_of_its_parts(tmp_path: Path) -> None:
    frames = [pl.DataFrame({"n": [n]}) for n in range(12)]
    partials = Partials(tmp_path / "partials")
    for _ in range(2):
        parts = partials.table("weekly", "a", lambda: iter(frames))
        assert pl.concat(parts).collect()["n"].to_list() == list(range(12))


def test_equal_frames_have_equal_hashes_however_they_lie_in_memory() -> None:
    texts = pl.DataFrame({"name": ["a name that is long enough", "b", None], "n": [1, 2, None]})
    shuffled = pl.concat([texts[2:], texts[:2]]).filter(pl.col("n") > 0)
    hidden = pl.DataFrame({"n": [1, 2]}).with_columns(pl.when(pl.col("n") > 1).then("n"))
    assert hash_of(shuffled) == hash_of(texts[:2])
    assert hash_of(hidden) == hash_of(pl.DataFrame({"n": [None, 2]}))
