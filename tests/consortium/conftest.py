"""The small world in odd states, and the page on consortia run against it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.view import View
from tests.builders.pages import Opened, opener, view_in
from tests.builders.world import publish_altered


@pytest.fixture(scope="session")
def bare_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder in which only the areas and one indicator are known."""

    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name == "areas":
            return frame
        if name == "indicator_monthly":
            return frame.filter(pl.col("indicator_id") == "contract_rate")
        return frame.clear()

    return publish_altered(tmp_path_factory.mktemp("bare") / "marts", alter)


@pytest.fixture(scope="session")
def hidden_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder in which every flow is suppressed and one county sent nothing."""
    measured = ("numerator", "denominator", "value", "lower", "upper")

    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name == "indicator_to_date":
            nothing = [pl.lit(None).alias(column) for column in measured]
            return frame.with_columns(*nothing, status=pl.lit("suppressed")).cast(
                dict(frame.schema)
            )
        if name == "indicator_monthly":
            return frame.filter(pl.col("area_code") != "410221")
        return frame

    return publish_altered(tmp_path_factory.mktemp("hidden") / "marts", alter)


@pytest.fixture
def view_of(hostile_world: Path) -> Callable[..., View]:
    """Return a maker of views of the page."""
    return partial(view_in, hostile_world, page="consortium", indicator="primary_visit_share")


@pytest.fixture
def run_consortium(hostile_world: Path, opened: Opened | None) -> Callable[..., AppTest]:
    """Return a runner of the page: the link's query."""
    return partial(opener(hostile_world, opened), "consortium")
