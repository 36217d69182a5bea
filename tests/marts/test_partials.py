from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.errors import StorageError
from pipeline.marts.partials import Partials, hash_of, key_of

SUMS = {"visits": pl.DataFrame({"n": [1, 2]}), "flows": pl.DataFrame({"n": [3]})}


class Count:
    """Counts how often it is asked."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self) -> dict[str, pl.DataFrame]:
        self.times += 1
        return SUMS


def same(found: object) -> bool:
    assert isinstance(found, dict)
    return all(found[name].equals(frame) for name, frame in SUMS.items())


def test_what_is_kept_is_not_counted_again_until_its_key_changes(tmp_path: Path) -> None:
    count, kept = Count(), Partials(tmp_path / "partials")
    assert same(kept.get("ym=202501", "a", count))
    assert same(kept.get("ym=202501", "a", count))
    assert count.times == 1
    assert same(kept.get("ym=202501", "b", count))
    assert count.times == 2
    assert (tmp_path / "partials").stat().st_mode & 0o777 == 0o700


def test_a_full_build_and_one_without_a_folder_count_everything(tmp_path: Path) -> None:
    count = Count()
    Partials(tmp_path).get("ym=202501", "a", count)
    full = Partials(tmp_path, full=True)
    assert same(full.get("ym=202501", "a", count))
    assert same(full.get("ym=202501", "a", count))  # counted once in this run
    assert same(Partials(None).get("ym=202501", "a", count))
    Partials(None).forget_others([])
    assert count.times == 3


@pytest.mark.parametrize("name", ["ym=202501.visits.ipc", "ym=202501.flows.ipc", "ym=202501.json"])
@pytest.mark.parametrize("at", [0, 10, -1])
def test_a_flipped_byte_is_noticed(tmp_path: Path, name: str, at: int) -> None:
    count, kept = Count(), Partials(tmp_path)
    kept.get("ym=202501", "a", count)
    content = bytearray((tmp_path / name).read_bytes())
    content[at] ^= 0b1000
    (tmp_path / name).write_bytes(content)
    assert same(kept.get("ym=202501", "a", count))
    assert count.times == 2


@pytest.mark.parametrize("told", ["", "[]", "{}", '{"key": "a", "parts": 1}'])
def test_an_index_that_says_nothing_is_no_index(tmp_path: Path, told: str) -> None:
    count, kept = Count(), Partials(tmp_path)
    (tmp_path / "ym=202501.json").write_text(told)
    assert same(kept.get("ym=202501", "a", count))
    assert count.times == 1


def test_a_torn_file_is_counted_again(tmp_path: Path) -> None:
    count, kept = Count(), Partials(tmp_path)
    kept.get("ym=202501", "a", count)
    (tmp_path / "ym=202501.visits.ipc").unlink()
    assert same(kept.get("ym=202501", "a", count))
    assert count.times == 2


def test_other_names_are_forgotten(tmp_path: Path) -> None:
    count, kept = Count(), Partials(tmp_path)
    kept.get("ym=202501", "a", count)
    kept.get("ym=202502", "a", count)
    kept.forget_others({"ym=202502"})
    assert {path.name.partition(".")[0] for path in tmp_path.iterdir()} == {"ym=202502"}
    Partials(tmp_path / "nowhere").forget_others(set())


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "partials").write_text("a file")
    with pytest.raises(StorageError, match="写不进"):
        Partials(tmp_path / "partials").get("ym=202501", "a", Count())


def test_keys_and_hashes_tell_contents_apart() -> None:
    assert key_of("a", 1) != key_of("a", 2)
    assert hash_of(SUMS["visits"]) == hash_of(SUMS["visits"].clone())
    assert hash_of(SUMS["visits"]) != hash_of(SUMS["flows"])
