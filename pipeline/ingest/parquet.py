"""Parquet to a grid: looked at before it is opened, then everything as text."""

from __future__ import annotations

import io

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.catalog.sources import ColumnType
from pipeline.ingest.cells.marks import PRECISION_LOSS
from pipeline.ingest.grid import Grid, data_rows
from pipeline.ingest.headers import HeaderIndex, HeaderMap
from pipeline.ingest.refusal import UNREADABLE, FileRefused

# The footer's sizes lie about run-length bombs; the row count does not.
MAX_VALUES = 2_000_000_000
# Every event has a number of its own, so a long file has more bytes than rows; a bomb has not.
LONG = 10_000_000
MAGIC = b"PAR1"
_LOCKED = b"PARE"
_ZONE = "Asia/Shanghai"
_DIGITS = 15  # as many as a double holds
_EXACT = 1e15
_AMOUNTS: tuple[ColumnType, ...] = ("money", "decimal", "fraction", "integer")
_DATES: tuple[ColumnType, ...] = ("date", "month")


def read_parquet(data: bytes, index: HeaderIndex) -> tuple[Grid, HeaderMap]:
    """Read the recognised columns of a Parquet file; the row number is the 1-based record.

    Raises:
        FileRefused: truncated, corrupt, too large, without a required column, or with a column of
            a type that cannot carry its values.
    """
    header, height = _footer(data)
    if height * max(len(header), 1) > MAX_VALUES or height > max(LONG, len(data)):
        raise FileRefused("RESOURCE_LIMIT", f"{height}行")
    found = index.match(header)
    index.require(found, header)
    wanted = sorted({0, *found.positions.values()})
    frame = _columns(data, [header[at] for at in wanted])
    types = {at: index.type_of(name) for name, at in found.positions.items()}
    cells = frame.select(
        _as_text(series, types.get(at, "ignored"), header[at]).alias(f"c{at}")
        for at, series in zip(wanted, frame.iter_columns(), strict=True)
    )
    rows, left_out = data_rows(
        cells.with_row_index("_row", 1).with_columns(pl.col("_row").cast(pl.Int64)),
        index.aliases(header[0]),
        keep_blank=True,
    )
    return Grid(cells=rows, header=tuple(header), left_out=left_out), found


def _footer(data: bytes) -> tuple[list[str], int]:
    """Return the column names and the number of rows."""
    if not data:
        raise FileRefused("EMPTY")
    if not data.startswith(MAGIC):
        raise FileRefused("ENCRYPTED" if data.startswith(_LOCKED) else "WRONG_FORMAT")
    if not data.endswith(MAGIC) or len(data) <= len(MAGIC):
        raise FileRefused("TRUNCATED")
    try:
        footer = pq.read_metadata(io.BytesIO(data))
        return [str(name) for name in footer.schema.to_arrow_schema().names], footer.num_rows
    except (pa.ArrowException, OSError, UnicodeDecodeError) as error:
        raise FileRefused("CORRUPT") from error


def _columns(data: bytes, names: list[str]) -> pl.DataFrame:
    """Read columns by Arrow, which notices damaged pages where Polars gives wrong values.

    Raises:
        FileRefused: CORRUPT, ENCODING, or SCHEMA_TYPE for types unknown to us.
    """
    try:
        file = pq.ParquetFile(io.BytesIO(data), page_checksum_verification=True)
        table = file.read(columns=names, use_threads=True).select(names)
    except (pa.ArrowException, OSError, KeyError, UnicodeDecodeError) as error:
        raise FileRefused("CORRUPT") from error
    try:
        # Polars takes texts unseen, and falls over those that are no UTF-8 later on.
        table.validate(full=True)
    except pa.ArrowInvalid as error:
        raise FileRefused("ENCODING") from error
    if any(pa.types.is_decimal256(type_) for type_ in table.schema.types):
        raise FileRefused("SCHEMA_TYPE")  # Polars would panic aloud
    try:
        frame = pl.from_arrow(table)
    except (*UNREADABLE, pa.ArrowException) as error:
        raise FileRefused("SCHEMA_TYPE") from error
    assert isinstance(frame, pl.DataFrame)
    return frame


def _as_text(series: pl.Series, type_: ColumnType, name: str) -> pl.Series:
    """Return a column as the text a CSV would hold, exactly.

    Raises:
        FileRefused: SCHEMA_TYPE when its type cannot carry what the column means.
    """
    dtype = series.dtype
    if not _is_fit(dtype, type_):
        raise FileRefused("SCHEMA_TYPE", f"列“{name}”是{dtype}")
    if isinstance(dtype, pl.Datetime) and dtype.time_zone:
        series = series.dt.convert_time_zone(_ZONE).dt.replace_time_zone(None)
    if not dtype.is_float():
        return series.cast(pl.String)
    # A double carries fifteen digits; what stands behind them is noise of reckoning.
    text = series.round_sig_figs(_DIGITS).cast(pl.String)
    return text if type_ in _AMOUNTS else _whole(series, text)


def _is_fit(dtype: pl.DataType, type_: ColumnType) -> bool:
    """Say whether a stored type can carry a column; text can carry any."""
    if type_ == "ignored":
        return True
    if dtype in (pl.String, pl.Categorical, pl.Null) or isinstance(dtype, pl.Enum):
        return True
    if type_ in _AMOUNTS:
        # Single precision holds seven digits: too few for any amount.
        return dtype.is_integer() or dtype.is_decimal() or dtype == pl.Float64
    if type_ in _DATES:
        return dtype in (pl.Date, pl.Datetime) or dtype.is_integer()
    if dtype == pl.Boolean:
        return type_ == "flag"
    return dtype.is_integer() or dtype.is_float() or dtype.is_decimal()


def _whole(series: pl.Series, text: pl.Series) -> pl.Series:
    """Write codes that were kept as floating numbers without their .0; mark those cut short."""
    frame = pl.DataFrame({"number": series.cast(pl.Float64), "text": text})
    number = pl.col("number")
    limit = _EXACT if series.dtype == pl.Float64 else 2.0**24
    plain = pl.when(number == number.floor()).then(number.cast(pl.Int64, strict=False))
    return frame.select(
        pl.when(number.abs() >= limit)
        .then(pl.lit(PRECISION_LOSS) + pl.col("text"))
        .otherwise(pl.coalesce(plain.cast(pl.String), "text"))
    ).to_series()
