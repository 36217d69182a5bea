"""The small world in odd states, and the topic pages run against it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.store import Marts, open_marts
from tests.builders.pages import Opened, opener, show
from tests.builders.world import AS_OF, publish_altered


@pytest.fixture(scope="session")
def bare_topic_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder in which only the areas and one month are known."""

    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name == "areas":
            return frame
        known = pl.col("indicator_id") == "remote_ecg"
        return frame.filter(known) if name == "indicator_monthly" else frame.clear()

    return publish_altered(tmp_path_factory.mktemp("bare_topics") / "marts", alter)


@pytest.fixture(scope="session")
def odd_topic_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder with hidden flows, too many contracts, and all devices in use."""
    hidden = ("settlements", "total_fen", "fund_fen", "referred_settlements")
    measured = ("numerator", "denominator", "value", "lower", "upper")

    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        unknown = pl.lit(None, dtype=pl.Int64)
        suppressed = pl.lit("suppressed").alias("status")
        if name == "flow_monthly":
            return frame.with_columns(*(unknown.alias(c) for c in hidden), suppressed).cast(
                dict(frame.schema)
            )
        if name == "indicator_to_date":
            return frame.with_columns(*(unknown.alias(c) for c in measured), suppressed).cast(
                dict(frame.schema)
            )
        if name == "contract_groups":
            return frame.with_columns(contracted=pl.col("persons") * 2)
        if name == "devices":
            return frame.with_columns(state=pl.lit("in_use").cast(frame.schema["state"]))
        return frame

    return publish_altered(tmp_path_factory.mktemp("odd_topics") / "marts", alter)


@pytest.fixture(scope="session")
def suppressed_contracts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder in which too few persons renewed to be told."""
    measured = ("numerator", "denominator", "value", "lower", "upper")

    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name != "indicator_monthly":
            return frame
        hidden = pl.col("indicator_id") == "renewal_rate"
        changed = frame.with_columns(
            *(pl.when(~hidden).then(c).alias(c) for c in measured),
            status=pl.when(hidden).then(pl.lit("suppressed")).otherwise("status"),
        )
        return changed.cast(dict(frame.schema))

    return publish_altered(tmp_path_factory.mktemp("suppressed") / "marts", alter)


@pytest.fixture(scope="session")
def dated_devices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder in which every device has its first day of use."""
    first_day = pl.lit(dt.date(2020, 1, 1))

    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name != "devices":
            return frame
        return frame.with_columns(in_use_since=first_day, as_of=pl.lit(AS_OF))

    return publish_altered(tmp_path_factory.mktemp("dated") / "marts", alter)


@pytest.fixture
def topic_marts(small_world: Path) -> Marts:
    """Open the small world as the store does."""
    show(small_world)
    return open_marts()


@pytest.fixture
def run_topic(small_world: Path, opened: Opened | None) -> Callable[..., AppTest]:
    """Return a runner of pages: the page's id and the link's query."""
    return opener(small_world, opened)
