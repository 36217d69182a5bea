"""A snapshot of two small marts: what is published matters less than what becomes of it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from pipeline import snapshots
from pipeline.snapshots import Snapshot

AREAS = pl.DataFrame({"area_code": ["410221", "410222"], "persons": [101, 102]})
CLINICS = pl.DataFrame({"clinic_code": ["C1"], "share": [0.5]})


def put(marts: Path, *, persons: int = 101) -> Snapshot:
    """Publish the two marts; other persons make other content."""
    areas = AREAS.with_columns(persons=pl.Series([persons, 102]))
    provenance = snapshots.describe(as_of=date(2025, 6, 30), demonstration=True)
    with snapshots.lock(marts) as held:
        tables = [("areas", areas), ("clinics", CLINICS)]
        return snapshots.publish(held, tables, provenance)
