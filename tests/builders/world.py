"""A small published snapshot for the dashboard's tests: one city, its counties, townships, clinics.

Figures are invented by a fixed formula. They add up (children to parents, months to the year so
far) and follow the contracts; nothing of the pipeline but `snapshots` and `reference` is used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path

import polars as pl

from pipeline import snapshots
from pipeline.contracts.marts import MARTS
from pipeline.reference import load_reference
from tests.builders.measures import (
    AS_OF,
    CITY,
    fit,
    indicator_monthly,
    indicator_to_date,
    indicator_weekly,
)
from tests.builders.quarters import with_townships
from tests.builders.registries import (
    HOSTILE,
    clinics,
    contract_groups,
    devices,
    flow_monthly,
    institutions,
    targets,
)

Alter = Callable[[str, pl.DataFrame], pl.DataFrame | None]  # a mart's name and its rows
# Marts with invented rows; the others are empty.
BUILT = {
    "areas",
    "indicator_monthly",
    "indicator_weekly",
    "indicator_to_date",
    "flow_monthly",
    "clinics",
    "institutions",
    "devices",
    "contract_groups",
    "targets",
}


def areas(*, hostile: bool = False, zone: str | None = None) -> pl.DataFrame:
    """Build the areas mart: the city down to townships, the group, and a zone without polygon."""
    known = load_reference().areas
    chosen = known.filter(
        (pl.col("area_level") != "village")
        & (
            pl.col("area_code").str.starts_with(CITY[:4])
            | pl.col("area_code").is_in(["410000", "610000", "610900", "6109HK"])
            | (pl.col("parent_code") == "6109HK")
        )
    )
    group = pl.DataFrame(
        {"area_code": ["all"], "area_name": ["一市合计"], "area_level": ["group"]}
    ).with_columns(code_system=pl.lit("group"), has_polygon=pl.lit(value=False))
    frame = pl.concat([group, chosen], how="diagonal")
    name = pl.col("area_name")
    if hostile:
        spoilt = pl.col("area_code").is_in(["410225", "410225100", "410204"])
        name = pl.when(spoilt).then(HOSTILE + name).otherwise(name)
    return frame.with_columns(
        area_name=name,
        has_polygon=pl.col("has_polygon") & pl.col("area_code").ne_missing(zone),
        is_complete=~pl.col("area_code").is_in(["410000", "610000", "610900"]),
        population=_finest_population(),
    )


def _finest_population() -> pl.Expr:
    level = pl.col("area_level")
    base = pl.when(level == "township").then(45_000).when(level == "county").then(560_000)
    return base.otherwise(4_824_000).cast(pl.Int64)


@cache
def _measured() -> dict[str, pl.DataFrame]:
    """Build the marts of indicators once: they know areas by code, whatever these are called."""
    places = areas()
    monthly = indicator_monthly(places)
    return {
        "indicator_monthly": monthly,
        "indicator_weekly": indicator_weekly(places),
        "indicator_to_date": with_townships(indicator_to_date(monthly), places),
    }


def tables(*, hostile: bool = False, zone: str | None = None) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield every mart of the small world."""
    places = areas(hostile=hostile, zone=zone)
    centres = institutions(places)
    yield "areas", fit("areas", places)
    yield from _measured().items()
    yield "flow_monthly", flow_monthly(places)
    yield "clinics", clinics(places, hostile=hostile)
    yield "institutions", centres
    yield "devices", devices(centres)
    yield "contract_groups", contract_groups(places)
    yield "targets", targets(places)
    for mart in sorted(MARTS.keys() - BUILT):
        yield mart, MARTS[mart].create_empty()


def publish_tables(
    marts: Path,
    frames: Iterable[tuple[str, pl.DataFrame]],
    *,
    as_of: dt.date = AS_OF,
    demonstration: bool = True,
    inputs: Iterable[snapshots.InputFile] = (),
    boundaries: Path | None = None,
) -> snapshots.Snapshot:
    """Publish any tables into a marts folder, with the outlines of all counties unless told."""
    provenance = snapshots.describe(as_of=as_of, demonstration=demonstration, inputs=inputs)
    boundaries = boundaries or load_reference().boundaries
    with snapshots.lock(marts) as held:
        return snapshots.publish(held, frames, provenance, boundaries=boundaries)


def publish_altered(marts: Path, alter: Alter) -> Path:
    """Publish the small world with its tables altered; None leaves one out."""
    changed = ((name, alter(name, frame)) for name, frame in tables())
    publish_tables(marts, ((name, frame) for name, frame in changed if frame is not None))
    return marts


def publish_world(
    marts: Path, *, hostile: bool = False, zone: str | None = None
) -> snapshots.Snapshot:
    """Publish the small world into a marts folder.

    Args:
        marts: where to.
        hostile: names try to be markup and formulas.
        zone: code of a county that loses its polygon.
    """
    return publish_tables(marts, tables(hostile=hostile, zone=zone))
