"""Type a frame of raw text: canonical columns, and for each row the first reason against it.

The usual spelling of a value is typed by a cheap expression; whatever it leaves is parsed by the
full grammar, once per distinct text. Both give the same value where both give one (tested).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from pipeline.catalog.sources import Source, SourceColumn
from pipeline.ingest.cells.grammar import MAX_CODE, parse
from pipeline.ingest.cells.marks import unmarked, utf8_read_as_gb18030
from pipeline.ingest.cells.persons import LIKE_IDENTITY, birth_in, fails_check, hashed, is_misshapen
from pipeline.ingest.cells.strays import may_hold_strays, told, without_strays
from pipeline.ingest.cells.units import NUMBER_WITH_UNIT, unit_hint
from pipeline.ingest.headers import DOCUMENT, TEN_THOUSAND

FAULT = ("_reason", "_column", "_detail")
MAX_DETAIL = 80
MOST_KNOWN = 10_000  # texts of a column whose parses are kept
# Of so many rows at the top at most so many texts: a column of words, each parsed once.
_TOP, _FEW = 1_000, 100
_USUAL_DAY = r"^(19|20)\d{2}-\d{2}-\d{2}( ([01]\d|2[0-3]):[0-5]\d:[0-5]\d)?$"
# A code of letters only may be a word for nothing (NULL).
_USUAL_CODE = rf"^[A-Za-z]{{0,20}}[0-9][0-9A-Za-z]{{0,{MAX_CODE - 21}}}$"

_DTYPES: dict[str, pl.DataType] = {
    "text": pl.String(),
    "code": pl.String(),
    "enum": pl.String(),
    "date": pl.Date(),
    "month": pl.Date(),
    "integer": pl.Int64(),
    "money": pl.Int64(),
    "decimal": pl.Float64(),
    "fraction": pl.Float64(),
    "flag": pl.Boolean(),
}


def dtype_of(column: SourceColumn) -> pl.DataType:
    """Return the type of a typed column; a person becomes a 64-bit hash."""
    return pl.Int64() if column.personal == "hash" else _dtype(column)


def _dtype(column: SourceColumn) -> pl.DataType:
    return pl.String() if column.is_verbatim else _DTYPES[column.type]


def _usual(column: SourceColumn, *, ten_thousand: bool) -> pl.Expr | None:
    """Return a cheap expression for the usual spelling, null for any other; None without one."""
    raw = pl.col("raw")
    # Words for nothing never look like a day.
    if column.minimum is not None or ten_thousand or (column.blanks and column.type != "date"):
        return None
    if column.type == "money":
        fits = raw.str.contains(r"^-?\d{1,13}(\.\d{1,2})?$")
        fen = pl.when(fits).then(raw).cast(pl.Decimal(15, 2), strict=False)
        return fen.to_physical().cast(pl.Int64)
    if column.type == "date":
        fits = raw.str.contains(_USUAL_DAY)
        return pl.when(fits).then(raw.str.head(10)).str.to_date("%Y-%m-%d", strict=False)
    if column.type == "code":
        return pl.when(raw.str.contains(_USUAL_CODE)).then(raw)
    return None


@dataclass(frozen=True)
class Parses:
    """What the full grammar gave for texts seen before, so that a word is parsed once a run.

    By column: `raw`, `full`, `reason`. Nothing of a person is kept, nor of columns in which every
    text is another one.
    """

    known: dict[tuple[str, bool], pl.DataFrame] = field(default_factory=dict)

    def of(self, texts: pl.Series, column: SourceColumn, *, ten_thousand: bool) -> pl.DataFrame:
        """Return the parses of distinct texts, and perhaps of others."""
        key = column.id, ten_thousand
        known = self.known.get(key)
        new = texts if known is None else texts.filter(texts.is_in(known["raw"].implode()).not_())
        if known is not None and new.is_empty():
            return known
        full = _parsed(new, column, ten_thousand=ten_thousand)
        full = full if known is None else pl.concat([known, full])
        if column.personal is None and full.height <= MOST_KNOWN:
            self.known[key] = full
        return full

    def of_words(
        self, raw: pl.Series, column: SourceColumn, *, ten_thousand: bool
    ) -> tuple[pl.DataFrame, pl.Series] | None:
        """Return parses, and for each text its place among them; None for too many texts."""
        known = self.known.get((column.id, ten_thousand))
        if known is not None:
            at = raw.cast(pl.Enum(known["raw"]), strict=False)
            if at.null_count() == raw.null_count():
                return known, at.to_physical()
        words = raw.drop_nulls().unique()
        if words.len() > MOST_KNOWN:
            return None
        parses = self.of(words, column, ten_thousand=ten_thousand)
        return parses, raw.cast(pl.Enum(parses["raw"])).to_physical()


def typed_column(
    raw: pl.Series,
    column: SourceColumn,
    *,
    ten_thousand: bool = False,
    parses: Parses | None = None,
) -> tuple[pl.Series, pl.Series]:
    """Type one column: values, and the reason where there is text but no value."""
    parses = parses or Parses()
    usual = _usual(column, ten_thousand=ten_thousand)
    if usual is None or raw.head(_TOP).n_unique() <= _FEW:
        words = parses.of_words(raw, column, ten_thousand=ten_thousand)
        if words is not None:
            known, at = words
            value, reason = known["full"], known["reason"]
            is_sound = reason.null_count() == reason.len()
            return value.gather(at), _nothing(raw.len()) if is_sound else reason.gather(at)
    return _typed_texts(raw, column, usual, parses, ten_thousand=ten_thousand)


def _typed_texts(
    texts: pl.Series,
    column: SourceColumn,
    usual: pl.Expr | None,
    parses: Parses,
    *,
    ten_thousand: bool,
) -> tuple[pl.Series, pl.Series]:
    """Type texts that may all be different ones."""
    nothing = pl.lit(None, dtype=_dtype(column))
    frame = texts.to_frame("raw").with_columns(value=nothing if usual is None else usual)
    left = frame.filter(pl.col("value").is_null() & pl.col("raw").is_not_null())["raw"].unique()
    if left.is_empty():
        return frame["value"], _nothing(texts.len())
    full = parses.of(left, column, ten_thousand=ten_thousand)
    joined = frame.join(full, on="raw", how="left", maintain_order="left", validate="m:1")
    return joined.select(pl.coalesce("value", "full"))["value"], joined["reason"]


def _parsed(texts: pl.Series, column: SourceColumn, *, ten_thousand: bool) -> pl.DataFrame:
    """Parse distinct texts, by the full grammar what is not usual: `raw`, `full`, `reason`."""
    usual = _usual(column, ten_thousand=ten_thousand)
    if usual is None:
        return _by_grammar(texts, column, ten_thousand=ten_thousand)
    given = texts.to_frame("raw").with_columns(full=usual, reason=pl.lit(None, dtype=pl.String))
    left = given.filter(pl.col("full").is_null())["raw"]
    if left.is_empty():
        return given
    others = _by_grammar(left, column, ten_thousand=ten_thousand)
    return pl.concat([given.drop_nulls("full"), others])


def _by_grammar(texts: pl.Series, column: SourceColumn, *, ten_thousand: bool) -> pl.DataFrame:
    parsed = parse(texts, column, ten_thousand=ten_thousand)
    full = parsed.select(
        texts.alias("raw"), pl.col("value").cast(_dtype(column)).alias("full"), "reason"
    )
    return _without_mojibake(full) if column.type == "text" else full


def _without_mojibake(names: pl.DataFrame) -> pl.DataFrame:
    """Refuse names that are UTF-8 read as GB18030, or whose characters became question marks."""
    written = names["full"].drop_nulls().to_list()
    garbled = [text for text in written if "???" in text or utf8_read_as_gb18030(text)]
    is_garbled = pl.col("full").is_in(garbled)
    return names.with_columns(
        full=pl.when(is_garbled.not_()).then("full"),
        reason=pl.when(is_garbled).then(pl.lit("MOJIBAKE")).otherwise("reason"),
    )


def _nothing(length: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, length)


def _merged(
    rows: pl.DataFrame, column: SourceColumn, parses: Parses
) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Type a column in the ways in which the frame has it (yuan, 万元), and give its text."""
    parts = []
    for suffix in ("", TEN_THOUSAND, DOCUMENT):
        name, ten_thousand = column.id + suffix, suffix == TEN_THOUSAND
        if name in rows.columns:
            value, reason = typed_column(
                rows[name], column, ten_thousand=ten_thousand, parses=parses
            )
            parts.append((value, reason, rows[name]))
    if not parts:
        nothing = _nothing(rows.height)
        return nothing.cast(_dtype(column)), nothing, nothing
    if len(parts) == 1:
        return parts[0]
    frame = pl.DataFrame({f"{k}{i}": s for i, part in enumerate(parts) for k, s in enumerate(part)})
    merged = frame.select(pl.coalesce(f"{k}0", f"{k}1").alias(str(k)) for k in range(3))
    return merged["0"], merged["1"], merged["2"]


def typed(rows: pl.DataFrame, source: Source, *, parses: Parses | None = None) -> pl.DataFrame:
    """Type every column the source reads; refused rows stay, with reason, column and detail.

    The detail is the offending text, never that of a personal column, and personal numbers that
    strayed are hidden. Persons are still text here: `pseudonymised` must follow before the rows
    leave the reader. `parses` remembers from one frame to the next.
    """
    columns: dict[str, pl.Series] = {name: rows[name] for name in rows.columns if name[0] == "_"}
    nothing = _nothing(rows.height)
    parses = parses or Parses()
    fault = pl.DataFrame(dict.fromkeys(FAULT, nothing))
    for column in source.read_columns:
        value, reason, raw = _merged(rows, column, parses)
        # A file may give the date of its extract in its name; by now the cell must hold it.
        if column.required or column.id == source.extract_column:
            reason = _with_missing(value, reason)
        if column.personal == "hash":
            is_document = (column.id + DOCUMENT) in rows.columns
            documents = rows[column.id + DOCUMENT].is_not_null() if is_document else None
            reason = _with_invalid(value, reason, documents)
        if may_hold_strays(source, column):
            value = without_strays(value.alias(column.id))
        columns[column.id] = value
        if reason.null_count() < reason.len():
            detail = told(unmarked(pl.col("raw")), source, column).str.head(MAX_DETAIL)
            fault = _with_fault(fault, reason, raw, column, _hinted(detail, column, rows))
    return pl.DataFrame(columns).hstack(_with_unborn(fault, columns, source))


def pseudonymised(rows: pl.DataFrame, source: Source, *, key: bytes) -> pl.DataFrame:
    """Replace every identifier by its keyed hash, so that none leaves the reader."""
    persons = [c.id for c in source.read_columns if c.personal == "hash"]
    return rows.with_columns(
        hashed(rows[name].str.to_uppercase(), key=key).alias(name) for name in persons
    )


def _with_missing(value: pl.Series, reason: pl.Series) -> pl.Series:
    if not value.has_nulls():
        return reason
    missing = pl.when(pl.col("value").is_null()).then(pl.lit("MISSING_VALUE"))
    frame = pl.DataFrame({"value": value, "reason": reason})
    return frame.select(pl.coalesce("reason", missing))["reason"]


def _with_invalid(value: pl.Series, reason: pl.Series, documents: pl.Series | None) -> pl.Series:
    """Refuse identity numbers that cannot be; here, because later there are only hashes."""
    at = value.str.contains(LIKE_IDENTITY).arg_true()
    if at.is_empty():
        return reason
    number = pl.col("value")
    is_invalid = fails_check(number)
    if documents is not None:
        is_invalid = is_invalid | (pl.lit(documents[at]) & is_misshapen(number))
    invalid = pl.when(is_invalid).then(pl.lit("ID_INVALID"))
    frame = pl.DataFrame({"value": value[at], "reason": reason[at]})
    return reason.scatter(at, frame.select(pl.coalesce("reason", invalid))["reason"])


def _with_unborn(
    fault: pl.DataFrame, columns: dict[str, pl.Series], source: Source
) -> pl.DataFrame:
    """Refuse rows without another fault whose person was born after the day of the event."""
    day = source.database_month_column
    for column in source.read_columns:
        if day is not None and column.personal == "hash":
            frame = pl.DataFrame({"number": columns[column.id], "day": columns[day]})
            is_late = birth_in(pl.col("number")) > pl.col("day")
            reason = frame.select(pl.when(is_late).then(pl.lit("ID_INVALID"))).to_series()
            if reason.null_count() < reason.len():
                detail = pl.lit(None, dtype=pl.String)
                fault = _with_fault(fault, reason, frame["number"], column, detail)
    return fault


def _hinted(detail: pl.Expr, column: SourceColumn, rows: pl.DataFrame) -> pl.Expr:
    """Say behind a number with another unit which unit the column has."""
    is_scaled = column.id + TEN_THOUSAND in rows.columns and column.id not in rows.columns
    hint = unit_hint(column, ten_thousand=is_scaled)
    has_unit = (pl.col("new") == "BAD_NUMBER") & pl.col("raw").str.contains(NUMBER_WITH_UNIT)
    return pl.when(has_unit).then(pl.concat_str(detail, pl.lit(hint))).otherwise(detail)


def _with_fault(
    fault: pl.DataFrame, reason: pl.Series, raw: pl.Series, column: SourceColumn, detail: pl.Expr
) -> pl.DataFrame:
    """Keep the first reason of each row; `detail` is worked out for those rows only."""
    found = fault.with_columns(new=reason, raw=raw)
    is_first = found["_reason"].is_null() & found["new"].is_not_null()
    at = is_first.arg_true()
    told_ = found.filter(is_first).select(_reason="new", _column=pl.lit(column.id), _detail=detail)
    return pl.DataFrame([fault[name].scatter(at, told_[name]) for name in FAULT])
