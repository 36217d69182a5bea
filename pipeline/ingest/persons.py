"""Persons: an identifier becomes a keyed hash as it is read; the key lies outside the data."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import polars as pl

from pipeline.errors import StorageError

KEY_BYTES = 32
_DEFAULT = Path("~/.config/county-consortium/pseudonym.key")


def key_file() -> Path:
    """Return where the key is kept: DASHBOARD_KEY_FILE, or below the user's configuration."""
    return Path(os.environ.get("DASHBOARD_KEY_FILE") or _DEFAULT).expanduser()


def load_key(path: Path | None = None) -> bytes:
    """Read the key, made on first use, readable by its owner only.

    Raises:
        StorageError: the file cannot be made or read, or holds no key.
    """
    path = path or key_file()
    try:
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as out:
                out.write(secrets.token_bytes(KEY_BYTES))
        key = path.read_bytes()
    except FileExistsError:  # pragma: no cover - another process was quicker
        key = path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"假名密钥文件{path}不能读写：{error.strerror}。"
            "请检查权限，或用 DASHBOARD_KEY_FILE 另指定。"
        ) from error
    if len(key) < KEY_BYTES:
        raise StorageError(f"假名密钥文件{path}内容不足{KEY_BYTES}字节，请恢复原密钥。")
    return key


def hashed(values: pl.Series, *, key: bytes) -> pl.Series:
    """Replace identifiers by 64-bit keyed hashes (BLAKE2b, 8 bytes); null stays null."""
    unique = values.drop_nulls().unique()
    keys = pl.Series(
        [_hash(value, key) for value in unique.to_list()],
        dtype=pl.Int64,
    )
    return values.replace_strict(unique, keys, default=None, return_dtype=pl.Int64)


def _hash(value: str, key: bytes) -> int:
    digest = hashlib.blake2b(value.encode(), digest_size=8, key=key[:64]).digest()
    return int.from_bytes(digest, "little", signed=True)
