from __future__ import annotations

import stat
from pathlib import Path

import polars as pl
import pytest

from pipeline.errors import StorageError
from pipeline.ingest.cells.persons import KEY_BYTES, hashed, key_file, load_key

from .conftest import KEY


def test_the_key_is_made_once_and_readable_by_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "config" / "pseudonym.key"
    key = load_key(path)
    assert len(key) == KEY_BYTES
    assert load_key(path) == key
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_the_key_is_where_the_environment_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_KEY_FILE", str(tmp_path / "key"))
    assert key_file() == tmp_path / "key"
    load_key()
    assert (tmp_path / "key").exists()
    monkeypatch.delenv("DASHBOARD_KEY_FILE")
    assert key_file().name == "pseudonym.key"


def test_a_key_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_bytes(b"short")
    with pytest.raises(StorageError, match="不足"):
        load_key(tmp_path / "key")
    with pytest.raises(StorageError, match="不能读写"):
        load_key(tmp_path)


def test_equal_identifiers_have_equal_hashes() -> None:
    values = hashed(pl.Series(["a", "b", "a", None]), key=KEY)
    assert values[0] == values[2] != values[1]
    assert values[3] is None
    assert values.dtype == pl.Int64


def test_no_identifiers_give_no_hashes() -> None:
    assert hashed(pl.Series([None, None], dtype=pl.String), key=KEY).to_list() == [None, None]
    assert hashed(pl.Series([], dtype=pl.String), key=KEY).len() == 0
