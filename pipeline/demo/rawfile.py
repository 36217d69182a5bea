"""Write CSV files in the encodings that offices use, each line counted."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

import polars as pl

UTF8_BOM = "utf-8-sig"
UTF8 = "utf-8"
GB18030 = "gb18030"
BLOCK = 1 << 23  # characters transcoded at a time, so that memory stays bounded


def write_frame(
    frame: pl.DataFrame, path: Path, *, encoding: str, extra: Iterable[Sequence[str]] = ()
) -> None:
    """Write a frame of texts as CSV; `extra` lines follow, in the frame's columns."""
    buffer = io.BytesIO()
    frame.write_csv(buffer, line_terminator="\r\n")
    tail = io.StringIO()
    csv.writer(tail).writerows(extra)
    body = buffer.getvalue() + tail.getvalue().encode()
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as out:
        if encoding == UTF8_BOM:
            out.write(b"\xef\xbb\xbf")
        if encoding == GB18030:
            text = body.decode()
            for start in range(0, len(text), BLOCK):
                out.write(text[start : start + BLOCK].encode(GB18030))
        else:
            out.write(body)


def money(column: str) -> pl.Expr:
    """Print whole fen as yuan with two decimals, exactly."""
    fen = pl.col(column)
    cents = (fen.abs() % 100).cast(pl.String).str.zfill(2)
    sign = pl.when(fen < 0).then(pl.lit("-")).otherwise(pl.lit(""))
    return pl.concat_str(sign, (fen.abs() // 100).cast(pl.String), pl.lit("."), cents)
