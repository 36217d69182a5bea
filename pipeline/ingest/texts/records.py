"""The lines below the header to cells: every line is a record, part of one, or refused by itself.

Lines without quotes that all have the right number of columns go through at once; anything else is
looked at line by line, so that a stray quote or a missing delimiter costs its own line only.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field

import polars as pl

from pipeline.ingest.cells.marks import damage
from pipeline.ingest.grid import Refusal, data_rows, non_data
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.texts.blocks import Block, count, may_be_damaged
from pipeline.ingest.texts.decode import UNDECODED

# No column of ours is longer; a field that is swallowed others.
MAX_FIELD = 1_000
_MAX_BYTES = 3 * MAX_FIELD
_MAX_LINES = 50  # of one quoted field
_FIELD = "\x1a"  # stands for a quoted field


@dataclass(frozen=True, kw_only=True)
class Shape:
    """What the header says of the lines below it."""

    start: int  # physical line of the first of them
    delimiter: str
    header: tuple[str, ...]
    wanted: tuple[int, ...]  # positions of the columns to keep
    labels: tuple[str, ...]  # what the first column may be called, to know a repeated header
    has_rows: bool = False  # above these lines, in parts of the text that were read before

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return len(self.header)


@dataclass(frozen=True, kw_only=True)
class Records:
    """The rows of data, those refused and those left out (totals, signatures).

    `rest` are the last lines of a part of a text, if they may belong to those that follow.
    """

    cells: pl.DataFrame
    refused: tuple[Refusal, ...] = field(default=())
    left_out: tuple[int, ...] = field(default=())
    rest: str = ""


def records(body: str, shape: Shape, *, is_end: bool = True) -> Records:
    """Account for every line below the header, or for a part of them that ends with a line.

    Raises:
        FileRefused: TRUNCATED when the file ends in the midst of a record.
    """
    if '="' in body:
        body = _without_formula_quotes(body, shape.delimiter)
    if '"' not in body:
        data = body.encode()
        read = None if may_be_damaged(body, data) else _all_at_once(data, shape)
        if read is not None:
            return read
    return _line_by_line(body, shape, is_end=is_end)


def _without_formula_quotes(body: str, delimiter: str) -> str:
    """Bare ="410225", by which many systems keep a code text; quoted, the grammar does it."""
    mark = re.escape(delimiter)
    return re.sub(rf'(^|{mark})="([^"{mark}\n]*)"(?={mark}|$)', r"\1\2", body, flags=re.MULTILINE)


def block_records(block: Block, shape: Shape) -> Records:
    """Account for every line of a block without quotes.

    Raises:
        FileRefused: TRUNCATED when the block ends in the midst of a record.
    """
    read = None if block.is_damaged else _all_at_once(block.data, shape)
    return _line_by_line(block.data.decode(), shape) if read is None else read


def _all_at_once(data: bytes, shape: Shape) -> Records | None:
    """Read sound lines without quotes that all have the right number of columns; None otherwise.

    Polars refuses a line with too many fields but pads one with too few; the number of delimiters
    in the whole text tells that there is neither.
    """
    if data.endswith(b"\n\n"):
        data = data.rstrip(b"\n")
    height = count(data, b"\n") + (not data.endswith(b"\n"))
    delimiters = count(data, shape.delimiter.encode())
    if delimiters == 0 or delimiters != height * (shape.width - 1):
        return None
    try:
        cells = _split(data, shape, has_quotes=False)
    except pl.exceptions.PolarsError:
        return None
    longest = cells.select(pl.all().str.len_bytes().max()).row(0)
    if cells.height != height or max(size or 0 for size in longest) > _MAX_BYTES:
        return None
    numbered = _without_blank(cells.with_row_index("_row", shape.start))
    kept = numbered.select(pl.col("_row").cast(pl.Int64), *(f"c{i}" for i in shape.wanted))
    rows, left_out = data_rows(kept, shape.labels, keep_blank=True)
    return Records(cells=rows, left_out=left_out)


def _without_blank(cells: pl.DataFrame) -> pl.DataFrame:
    """Drop lines that hold nothing but delimiters."""
    blank = cells["c0"].fill_null("").str.strip_chars() == ""
    if not blank.any():
        return cells
    text = pl.concat_str(pl.exclude("_row").fill_null("")).str.strip_chars(" \t\u3000")
    empty = cells.filter(blank).filter(text == "")["_row"]
    return cells.filter(pl.col("_row").is_in(empty.to_list()).not_())


def _line_by_line(body: str, shape: Shape, *, is_end: bool = True) -> Records:
    lines, rest = body.split("\n"), ""
    whole, inside, open_at = _over_lines(lines, shape)
    if not is_end and open_at is not None and len(lines) - open_at <= _MAX_LINES:
        lines, rest = [*lines[:open_at], ""], "\n".join(lines[open_at:])
    frame = pl.DataFrame({"line": lines}, schema={"line": pl.String}).with_row_index(
        "_row", shape.start
    )
    taken = {shape.start + at for at in inside}
    frame = frame.filter(
        pl.col("line").str.strip_chars(f" \t\u3000\ufeff{shape.delimiter}") != "",
        pl.col("_row").is_in(list(taken)).not_(),
    )
    first = pl.col("line").str.strip_chars_start(f'{shape.delimiter} \t\u3000\ufeff"')
    first = first.str.split(shape.delimiter).list.first().str.strip_chars('" ')
    checked = frame.with_columns(
        _reason=pl.coalesce(_unread(pl.col("line")), _non_data(first, shape), _misfit(shape))
    )
    _check_end(checked, lines, shape)
    good = checked.filter(pl.col("_reason").is_null())
    bad = checked.filter(pl.col("_reason").is_not_null(), pl.col("_reason") != "NONDATA_ROW")
    cells = pl.concat([_parse(good, shape), whole]).sort("_row")
    return Records(
        cells=cells,
        refused=tuple(
            Refusal(row=r, reason=why) for r, why in bad.select("_row", "_reason").rows()
        ),
        left_out=tuple(checked.filter(pl.col("_reason") == "NONDATA_ROW")["_row"].to_list()),
        rest=rest,
    )


def _unread(line: pl.Expr) -> pl.Expr:
    """Return why the text of a line cannot be trusted."""
    return (
        pl.when(line.str.contains(UNDECODED, literal=True))
        .then(pl.lit("ENCODING"))
        .otherwise(damage(line))
    )


def _non_data(first: pl.Expr, shape: Shape) -> pl.Expr:
    return pl.when(non_data(first, shape.labels)).then(pl.lit("NONDATA_ROW"))


def _misfit(shape: Shape) -> pl.Expr:
    """Return why a line does not fit the header: quotes, number of columns, length."""
    mark = shape.delimiter
    # A quoted field leaves a mark; text right behind the mark stood behind the closing quote.
    quoted = f'(^|{mark})"[^"]*(""[^"]*)*"'
    bare = pl.col("line").str.replace_all(quoted, f"${{1}}{_FIELD}")
    return (
        pl.when(bare.str.contains(f'"|{_FIELD}[^{mark}]'))
        .then(pl.lit("QUOTING"))
        .when(bare.str.count_matches(mark, literal=True) != shape.width - 1)
        .then(pl.lit("RAGGED"))
        .when(pl.col("line").str.contains(f"[^{mark}]{{{MAX_FIELD + 1}}}"))
        .then(pl.lit("FIELD_TOO_LONG"))
    )


def _check_end(checked: pl.DataFrame, lines: list[str], shape: Shape) -> None:
    """Refuse a file whose last line lacks both its end and some of its columns.

    Raises:
        FileRefused: TRUNCATED.
    """
    is_good = checked["_reason"].is_null().any() or shape.has_rows
    if not lines[-1].strip() or checked.is_empty() or not is_good:
        return
    row, line, reason = checked.select("_row", "line", "_reason").row(-1)
    is_last = row == shape.start + len(lines) - 1
    is_short = reason == "RAGGED" and line.count(shape.delimiter) < shape.width - 1
    is_open = reason == "QUOTING" and line.count('"') % 2 == 1
    if is_last and (is_short or is_open):
        raise FileRefused("TRUNCATED", f"第{row}行只有一部分")


def _over_lines(lines: list[str], shape: Shape) -> tuple[pl.DataFrame, set[int], int | None]:
    """Put together the records whose quoted text runs over several lines.

    Two stray quotes could swallow the rows between them: lines that look like records of their own
    are never put together. Returned are the records, the lines they take, and the last line with
    an odd number of quotes if it found no other.
    """
    odd = [at for at, line in enumerate(lines) if line.count('"') % 2]
    found: list[list[str | int]] = []
    inside: set[int] = set()
    at = 0
    while at + 1 < len(odd):
        start, end = odd[at], odd[at + 1]
        record = _one_record(lines[start : end + 1], shape)
        if record is None:
            at += 1
            continue
        found.append([shape.start + start, *(record[i] for i in shape.wanted)])
        inside.update(range(start, end + 1))
        at += 2
    open_at = odd[at] if at < len(odd) else None
    return pl.DataFrame(found, schema=_schema(shape), orient="row"), inside, open_at


def _one_record(lines: list[str], shape: Shape) -> list[str] | None:
    """Read lines as one record with the header's columns; None when they are not one."""
    if len(lines) > _MAX_LINES:
        return None
    full = [line.count(shape.delimiter) >= shape.width - 1 for line in lines]
    if full[0] and any(full[1:]):
        return None
    parser = csv.reader([f"{line}\n" for line in lines], delimiter=shape.delimiter, strict=True)
    try:
        read = list(parser)
    except csv.Error:
        return None
    is_one = len(read) == 1 and len(read[0]) == shape.width
    return read[0] if is_one and max(len(cell) for cell in read[0]) <= MAX_FIELD else None


def _schema(shape: Shape) -> dict[str, pl.DataType]:
    return {"_row": pl.Int64()} | {f"c{i}": pl.String() for i in shape.wanted}


def _parse(good: pl.DataFrame, shape: Shape) -> pl.DataFrame:
    """Split well-formed lines by Polars' reader, everything as text."""
    if good.is_empty():
        return pl.DataFrame(schema=_schema(shape))
    text = good["line"].str.join("\n").item()
    cells = _split(text.encode(), shape, has_quotes='"' in text)
    if cells.height != good.height:  # pragma: no cover - every line was looked at
        raise FileRefused("QUOTING")
    return cells.select(good["_row"].cast(pl.Int64), *(f"c{i}" for i in shape.wanted))


def _split(data: bytes, shape: Shape, *, has_quotes: bool) -> pl.DataFrame:
    """Parse every column: a projected read does not see extra fields."""
    return pl.read_csv(
        data,
        has_header=False,
        schema={f"c{i}": pl.String for i in range(shape.width)},
        separator=shape.delimiter,
        quote_char='"' if has_quotes else None,
    )
