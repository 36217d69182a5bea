"""Frames of an indicator mart in few words, published or as a draft."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipeline import snapshots
from pipeline.snapshots.drafts import Draft
from pipeline.snapshots.manifest import MartFile
from pipeline.snapshots.provenance import Provenance

AS_OF = date(2025, 6, 30)
JANUARY = date(2025, 1, 1)
FEBRUARY = date(2025, 2, 1)
CITY, COUNTY = "410200", "410221"
_NAMES = {"all": "合计", CITY: "开封市", COUNTY: "杞县", "410222": "通许县"}
_LEVELS = {"all": "group", CITY: "city"}


def measured(
    numerator: int | None,
    denominator: int | None = None,
    *,
    indicator: str = "village_clinics",
    area: str = COUNTY,
    month: date = JANUARY,
    status: str = "final",
) -> dict[str, Any]:
    """Return a row of an indicator mart."""
    return {
        "indicator_id": indicator,
        "area_code": area,
        "area_level": _LEVELS.get(area, "county"),
        "month": month,
        "numerator": numerator,
        "denominator": denominator,
        "status": status,
    }


_MONTHLY = {
    "indicator_id": pl.String(),
    "area_code": pl.String(),
    "area_level": pl.String(),
    "month": pl.Date(),
    "numerator": pl.Int64(),
    "denominator": pl.Int64(),
    "status": pl.String(),
}


def areas(successors: Mapping[str, str] | None = None) -> pl.DataFrame:
    """Return an areas mart, some of its codes taken over by others."""
    rows = [
        {"area_code": code, "area_name": name, "successor_code": (successors or {}).get(code)}
        for code, name in _NAMES.items()
    ]
    return pl.DataFrame(rows, schema_overrides={"successor_code": pl.String()})


def quality(**read_by_source: int) -> pl.DataFrame:
    """Return a quality mart in which every row read was accepted."""
    schema = {
        "source": pl.String(),
        "rows_read": pl.Int64(),
        "accepted": pl.Int64(),
        "rejected": pl.Int64(),
        "duplicates": pl.Int64(),
    }
    rows = [(source, rows, rows, 0, 0) for source, rows in read_by_source.items()]
    return pl.DataFrame(rows, schema=schema, orient="row")


def tables(
    *rows: dict[str, Any],
    successors: Mapping[str, str] | None = None,
    read: Mapping[str, int] | None = None,
) -> dict[str, pl.DataFrame]:
    """Return the marts that the gates look at."""
    return {
        "indicator_monthly": pl.DataFrame(list(rows), schema=_MONTHLY, orient="row"),
        "areas": areas(successors),
        "data_quality": quality(**(read or {})),
    }


def provenance(
    *, as_of: date = AS_OF, demonstration: bool = False, **read_by_source: int
) -> Provenance:
    """Describe a run whose every source sent one file."""
    files = [
        snapshots.InputFile(
            source=source,
            file=f"{source}/a.csv",
            sha256="0",
            rows_read=rows,
            accepted=rows,
            rejected=0,
            duplicates=0,
        )
        for source, rows in read_by_source.items()
    ]
    return snapshots.describe(as_of=as_of, demonstration=demonstration, inputs=files)


def publish(marts: Path, frames: Mapping[str, pl.DataFrame], **said: Any) -> snapshots.Snapshot:
    """Publish frames without any gate."""
    with snapshots.lock(marts) as held:
        return snapshots.publish(held, frames.items(), provenance(**said))


def draft(folder: Path, frames: Mapping[str, pl.DataFrame]) -> Draft:
    """Write frames as a draft."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for name, frame in frames.items():
        frame.write_parquet(folder / f"{name}.parquet")
        files[name] = MartFile(bytes=0, sha256="", rows=frame.height)
    return Draft(path=folder, marts=files)
