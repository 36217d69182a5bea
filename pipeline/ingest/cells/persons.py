"""Persons: an identifier becomes a keyed hash as it is read; the key lies outside the data."""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.errors import StorageError, why_zh
from pipeline.ingest.cells.keyed_hash import KEY_BYTES as SIPHASH_KEY
from pipeline.ingest.cells.keyed_hash import siphash

KEY_BYTES = 32
# GB 11643: weights of the first seventeen digits, and the check character by the sum modulo 11.
ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS = "10X98765432"
# As long as an identity number, or a digit lost or too many: no other document is numbered so.
LIKE_IDENTITY = r"^[\dXx]{15,19}$"
_SHAPE = r"^[1-9][0-9]{5}(19|20)[0-9]{9}[0-9Xx]$"  # \d is a digit of any script
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
            f"假名密钥文件{path}不能读写：{why_zh(error)}。"
            "请检查权限，或用 DASHBOARD_KEY_FILE 另指定。"
        ) from error
    if len(key) < KEY_BYTES:
        raise StorageError(f"假名密钥文件{path}内容不足{KEY_BYTES}字节，请恢复原密钥。")
    return key


def birth_in(number: pl.Expr) -> pl.Expr:
    """Return the birth date in what has the shape of an identity number; null in anything else.

    The fund's own numbers may stand in the same column, so only eighteen digits (or X at the end)
    with a birth date that there is have the shape.
    """
    looks = number.str.contains(_SHAPE)
    return pl.when(looks).then(number.str.slice(6, 8)).str.to_date("%Y%m%d", strict=False)


def _right_check(number: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """Say whether a text has the shape of an identity number, and whether its check is right."""
    body = pl.when(number.str.contains(_SHAPE)).then(number.str.head(17)).cast(pl.Int64)
    digits = [body // 10 ** (16 - at) % 10 * weight for at, weight in enumerate(ID_WEIGHTS)]
    right = (pl.sum_horizontal(digits) % len(ID_CHECKS)).replace_strict(
        list(range(len(ID_CHECKS))), list(ID_CHECKS), return_dtype=pl.String
    )
    return birth_in(number).is_not_null(), number.str.tail(1).str.to_uppercase() == right


def fails_check(number: pl.Expr) -> pl.Expr:
    """Say whether a citizen identity number has the wrong check character (GB 11643)."""
    has_shape, is_right = _right_check(number)
    return has_shape & is_right.not_()


def is_misshapen(document: pl.Expr) -> pl.Expr:
    """Say whether digits of a document are no identity number: their count or the day of birth.

    Fifteen digits were given until 1999; their years are those of the last century.
    """
    has_shape, _ = _right_check(document)
    of_old = pl.when(document.str.contains(r"^[1-9]\d{14}$")).then(document.str.slice(6, 6))
    is_old = pl.concat_str(pl.lit("19"), of_old).str.to_date("%Y%m%d", strict=False).is_not_null()
    return document.str.contains(LIKE_IDENTITY) & has_shape.not_() & is_old.not_()


def is_identity_number(text: pl.Expr) -> pl.Expr:
    """Say whether a text is a citizen identity number, check character included."""
    has_shape, is_right = _right_check(text)
    return has_shape & is_right


def hashed(values: pl.Series, *, key: bytes) -> pl.Series:
    """Replace identifiers by 64-bit keyed hashes (SipHash-2-4); null stays null."""
    own_key = hashlib.blake2b(b"person", key=key[:64], digest_size=SIPHASH_KEY).digest()
    given = values.is_not_null()
    keys = pl.Series(siphash(values.filter(given), key=own_key).view(np.int64))
    nothing = pl.repeat(None, values.len(), dtype=pl.Int64, eager=True)
    return nothing.scatter(given.arg_true(), keys) if values.has_nulls() else keys
