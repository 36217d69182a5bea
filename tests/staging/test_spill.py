from __future__ import annotations

import stat
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipeline.errors import StorageError
from pipeline.spill import Spill, completed, filled

FRAME = pl.DataFrame({"a": [1, 2]})


@pytest.fixture(params=["folder", "memory", "held", "some held"])
def spill(request: pytest.FixtureRequest, tmp_path: Path) -> Spill:
    held = {"held": 100, "some held": 3}.get(request.param, 0)
    return Spill(None if request.param == "memory" else tmp_path / "parts", held=held)


def test_parts_come_back_by_name_in_their_order_and_more_than_once(spill: Spill) -> None:
    spill.add(FRAME, name="b")
    spill.add(FRAME, name="a")
    spill.add(FRAME + 2, name="b")
    assert spill.names == ["a", "b"]
    for _ in range(2):
        assert pl.concat(spill.scans("b")).collect()["a"].to_list() == [1, 2, 3, 4]
    assert spill.scans("c") == []


def test_what_is_dropped_is_gone(spill: Spill, tmp_path: Path) -> None:
    spill.add(FRAME, name="a")
    spill.add(FRAME, name="b")
    spill.drop("a")
    assert spill.names == ["b"]
    assert len(list(tmp_path.rglob("*.parquet"))) <= 1
    spill.clear()
    assert spill.names == []
    assert not list(tmp_path.rglob("*.parquet"))


def test_parts_are_told_apart_by_their_rows(spill: Spill) -> None:
    for name, frame in {"a": FRAME, "same": FRAME, "other": FRAME + 1, "short": FRAME[:1]}.items():
        spill.add(frame, name=name)
    assert len({spill.digest(name) for name in ("a", "other", "short")}) == 3


def test_only_so_many_rows_are_held_and_the_others_lie_on_the_disk(tmp_path: Path) -> None:
    spill = Spill(tmp_path / "parts", held=5)
    for at in range(3):
        spill.add(FRAME + at, name="a")
    assert len(list(tmp_path.rglob("*.parquet"))) == 1
    assert pl.concat(spill.scans("a")).collect()["a"].to_list() == [1, 2, 2, 3, 3, 4]


def test_memory_writes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Spill(None).add(FRAME)
    assert not list(tmp_path.iterdir())


def test_the_folder_is_private_and_without_what_a_cut_off_run_left(tmp_path: Path) -> None:
    folder = tmp_path / "parts"
    Spill(folder).add(FRAME)
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    again = Spill(folder)
    assert not list(tmp_path.rglob("*.parquet"))
    assert again.scans() == []


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(StorageError, match="写不进"):
        Spill(tmp_path / "file" / "parts").add(FRAME)


def test_parts_that_are_moved_belong_to_the_spill_no_longer(tmp_path: Path) -> None:
    spill, folder = Spill(tmp_path / "parts"), tmp_path / "kept"
    folder.mkdir()
    spill.add(FRAME, name="a")
    spill.add(FRAME + 2, name="a")
    spill.move(folder, name="a", stem="x-")
    assert spill.names == []
    spill.clear()
    paths = sorted(folder.iterdir())
    assert [path.name for path in paths] == ["x-000000.parquet", "x-000001.parquet"]
    assert pl.read_parquet(paths[1])["a"].to_list() == [3, 4]


def test_columns_without_a_value_come_back_in_their_place() -> None:
    schema = pl.Schema({"a": pl.String(), "n": pl.Int64(), "b": pl.Date(), "c": pl.Boolean()})
    frame = pl.DataFrame({"a": [None, None], "n": [1, None], "b": None, "c": [None, True]}, schema)
    left = filled(frame)
    assert left.columns == ["n", "c"]
    assert_frame_equal(completed(left.lazy(), schema).collect(), frame)


def test_a_frame_without_rows_keeps_its_columns() -> None:
    empty = pl.DataFrame(schema={"a": pl.String(), "n": pl.Int64()})
    assert filled(empty).columns == ["a", "n"]
    assert completed(filled(empty).lazy(), empty.schema).collect().height == 0
