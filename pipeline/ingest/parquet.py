"""Parquet to a grid: looked at before it is opened, then everything as text."""

from __future__ import annotations

import io

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.ingest.grid import Grid
from pipeline.ingest.headers import HeaderIndex, HeaderMap
from pipeline.ingest.refusal import FileRefused

# The footer's sizes lie about run-length bombs; the row count does not.
MAX_VALUES = 2_000_000_000
MAGIC = b"PAR1"


def read_parquet(data: bytes, index: HeaderIndex) -> tuple[Grid, HeaderMap]:
    """Read the recognised columns of a Parquet file; the row number is the 1-based record.

    Raises:
        FileRefused: truncated, corrupt, too large, or without a required column.
    """
    if not data.startswith(MAGIC):
        raise FileRefused("WRONG_FORMAT")
    if not data.endswith(MAGIC):
        raise FileRefused("TRUNCATED")
    try:
        footer = pq.read_metadata(io.BytesIO(data))
    except (pa.ArrowException, OSError) as error:
        raise FileRefused("CORRUPT") from error
    header = [str(name) for name in footer.schema.to_arrow_schema().names]
    if footer.num_rows * max(len(header), 1) > MAX_VALUES:
        raise FileRefused("RESOURCE_LIMIT", f"{footer.num_rows}行")
    found = index.match(header)
    index.require(found, header)
    wanted = sorted({0, *found.positions.values()})
    try:
        frame = pl.read_parquet(io.BytesIO(data), columns=wanted)
        if any(dtype.is_nested() or dtype == pl.Binary for dtype in frame.dtypes):
            raise FileRefused("SCHEMA_TYPE")
        cells = frame.rename({header[i]: f"c{i}" for i in wanted}).cast(pl.String)
    except (pl.exceptions.PolarsError, OSError) as error:
        kind = (
            "SCHEMA_TYPE" if isinstance(error, pl.exceptions.InvalidOperationError) else "CORRUPT"
        )
        raise FileRefused(kind) from error
    rows = cells.with_row_index("_row", 1).with_columns(pl.col("_row").cast(pl.Int64))
    return Grid(cells=rows, header=tuple(header)), found
