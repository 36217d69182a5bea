"""The small world with names that try to be markup, formulas, links and right-to-left text."""

from __future__ import annotations

from pathlib import Path

import polars as pl

from tests.builders import accounts, world

MARK = "\u202e"  # right-to-left override: what follows it would be drawn mirrored
SPOILT = f"=cmd(){MARK}<img src=x onerror=window.hit=1>[点](http://192.0.2.1)&lt;"
# The same without the mark, as a reader sees it in HTML.
SHOWN = SPOILT.replace(MARK, "")
NAMES = (
    "area_name",
    "township_name",
    "institution_name",
    "consortium_name",
    "clinic_name",
    "village_name",
    "destination_name",
)


def publish_hostile(marts: Path) -> None:
    """Publish the small world with every name of every mart spoilt."""
    tables = dict(world.tables()) | {
        "data_quality": accounts.data_quality(),
        "published_facts": accounts.published_facts(),
    }
    world.publish_tables(marts, ((name, _spoil(frame)) for name, frame in tables.items()))


def _spoil(frame: pl.DataFrame) -> pl.DataFrame:
    names = [name for name in frame.columns if name in NAMES]
    return frame.with_columns((SPOILT + pl.col(name)).alias(name) for name in names)
