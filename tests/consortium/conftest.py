"""The small world, published once, and the page on consortia run against it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.store import open_marts
from dashboard.view import View
from pipeline import snapshots
from pipeline.catalog import catalogue
from pipeline.reference import load_reference
from tests.builders import world

MAIN = Path(__file__).parent.parent.parent / "dashboard" / "main.py"
Alter = Callable[[str, pl.DataFrame], pl.DataFrame]


def publish(marts: Path, alter: Alter, *, hostile: bool = False) -> Path:
    """Publish the small world with every mart passed through `alter`."""
    provenance = snapshots.describe(as_of=world.AS_OF, demonstration=True)
    tables = ((name, alter(name, frame)) for name, frame in world.tables(hostile=hostile))
    with snapshots.lock(marts) as held:
        snapshots.publish(held, tables, provenance, boundaries=load_reference().boundaries)
    return marts


@pytest.fixture(scope="session")
def reported_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder in which everything was reported; names try to be markup."""
    marts = tmp_path_factory.mktemp("consortium") / "marts"
    return publish(marts, lambda _, frame: frame, hostile=True)


@pytest.fixture(scope="session")
def bare_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder in which only the areas and one indicator are known."""

    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name == "areas":
            return frame
        if name == "indicator_monthly":
            return frame.filter(pl.col("indicator_id") == "contract_rate")
        return frame.clear()

    return publish(tmp_path_factory.mktemp("bare") / "marts", alter)


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

    return publish(tmp_path_factory.mktemp("hidden") / "marts", alter)


@pytest.fixture
def view_of(reported_world: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., View]:
    """Return a maker of views of the page."""

    def make(area: str = "410200", *, marts: Path = reported_world, month: int = -1) -> View:
        monkeypatch.setenv("DASHBOARD_MARTS", str(marts))
        opened = open_marts()
        return View(
            page_id="consortium",
            marts=opened,
            catalogue=catalogue(),
            area=opened.places.by_code[area],
            indicator=catalogue().indicators["primary_visit_share"],
            offered=("primary_visit_share",),
            month=opened.months[month],
        )

    return make


@pytest.fixture(scope="session")
def opened() -> dict[tuple[str, ...], AppTest]:
    """Return the pages opened so far; tests that only look share a run."""
    return {}


@pytest.fixture
def run_consortium(
    reported_world: Path, opened: dict[tuple[str, ...], AppTest], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., AppTest]:
    """Return a runner of the page: the link's query; `fresh` to act on it."""

    def run(*, marts: Path = reported_world, fresh: bool = False, **query: str) -> AppTest:
        monkeypatch.setenv("DASHBOARD_MARTS", str(marts))
        address = (str(marts), *(f"{k}={v}" for k, v in sorted(query.items())))
        if not fresh and address in opened:
            return opened[address]
        app = AppTest.from_file(str(MAIN), default_timeout=120)
        app.switch_page("../pages/consortium.py")
        for key, value in query.items():
            app.query_params[key] = value
        app.run()
        if not fresh:
            opened[address] = app
        return app

    return run
