"""A commission's own township outlines: below the county the map appears by itself."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import boundaries
from dashboard.store import open_marts
from pipeline.geo.shapes import read_collection
from pipeline.geo.source import read_source
from pipeline.geo.townships import FILE, take_townships
from pipeline.reference import DEFAULT
from tests.builders import world
from tests.builders.drawn import address, chart, click
from tests.builders.pages import show
from tests.reference.geo_files import write
from tests.reference.township_files import strips, towns_of

COUNTY = "410225"
Run = Callable[..., AppTest]


@pytest.fixture(scope="session")
def township_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder in which all townships of one county but the last are drawn."""
    base = tmp_path_factory.mktemp("townships")
    folder = Path(shutil.copytree(DEFAULT, base / "reference"))
    take_townships(read_source(write(base / "own.geojson", strips(COUNTY)[:-1])), folder=folder)
    drawn = list(read_collection(folder / "boundaries" / FILE))
    has_polygon = pl.col("has_polygon") | pl.col("area_code").is_in(drawn)
    changed = (
        (name, frame.with_columns(has_polygon=has_polygon) if name == "areas" else frame)
        for name, frame in world.tables()
    )
    world.publish_tables(base / "marts", changed, boundaries=folder / "boundaries")
    return base / "marts"


def places(spec: dict[str, Any]) -> set[str]:
    traces = [trace for trace in spec["data"] if trace["type"] == "choropleth"]
    return {code for trace in traces for code in trace["locations"]}


def test_a_county_shows_its_townships_beside_the_whole_county(
    run_topic: Run, township_world: Path
) -> None:
    app = run_topic("contracts", marts=township_world, area=COUNTY)
    towns = towns_of(COUNTY)
    spec = chart(app, "map")
    assert places(spec) == {code for code, _ in towns[:-1]}
    assert f"/{COUNTY}.geojson" in json.dumps(spec)
    last_code, last_name = towns[-1]
    zone = app.button(key=f"zone-{last_code}")
    assert last_name in zone.label


def test_a_click_leads_into_the_township_which_stays_on_the_map(
    run_topic: Run, township_world: Path
) -> None:
    app = run_topic("contracts", marts=township_world, area=COUNTY)
    first = towns_of(COUNTY)[0][0]
    click(app, "map", first)
    assert address(app, "area") == first
    assert first in places(chart(app, "map"))


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("contracts", {"area": "410221"}),  # its townships are not drawn
        ("contracts", {"area": "410200"}),
        ("outflow", {"area": COUNTY, "indicator": "referred_outflow_share"}),  # not by township
    ],
)
def test_elsewhere_the_counties_are_shown(
    run_topic: Run, township_world: Path, page: str, query: dict[str, str]
) -> None:
    spec = chart(run_topic(page, marts=township_world, **query), "map")
    assert COUNTY in places(spec)
    assert "/410200.geojson" in json.dumps(spec)


def test_outlines_of_townships_are_served_by_county(township_world: Path) -> None:
    show(township_world)
    marts = open_marts()
    served = boundaries.encoded(marts.id, COUNTY)
    assert served is not None
    features = json.loads(served)["features"]
    assert len(features) == len(towns_of(COUNTY)) - 1
    assert {tuple(f["properties"]) for f in features} == {boundaries.KEPT}
    assert boundaries.encoded(marts.id, "410221") is None
