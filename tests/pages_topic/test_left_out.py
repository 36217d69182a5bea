"""Every page where one source never came: it says so, and says nothing else of it."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import freshness
from dashboard.panels.overview.board import HEADLINE
from pipeline.catalog import catalogue
from tests.builders.drawn import address, html
from tests.builders.world import publish_altered

Run = Callable[..., AppTest]
CITY, COUNTY, TOWNSHIP = "410200", "410225", "410225102"
# The page that a source is for, what its footer calls it, and the marts that are nothing but it.
SOURCES = {
    "settlements": ("outflow", "医保结算", ("flow_monthly",)),
    "referrals": ("outflow", "双向转诊", ()),
    "clinics": ("clinics", "村卫生室台账", ("clinics",)),
    "equipment": ("equipment", "设备台账", ("devices",)),
    "contracts": ("contracts", "签约进展", ("contract_groups",)),
    "activity": ("consortium", "医共体月报", ()),
}
PAGES = (
    *(("overview", area) for area in ("all", CITY, COUNTY, TOWNSHIP)),
    *(("county", area) for area in (CITY, COUNTY, TOWNSHIP)),
)
# What would count, or judge, what nobody sent.
MADE_UP = re.compile(r"\b(None|nan|null)\b|(?<![\d.])0[所家]|(?<![\d.])0项|0／0|近0")


def of_source(source: str) -> list[str]:
    """Return the indicators that a source is needed for, also beside another."""
    return [id_ for id_ in catalogue().indicators if source in freshness.sources_of(id_)]


@pytest.fixture(scope="module", params=SOURCES)
def left_out(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path]:
    """Return a source and a marts folder without it."""
    source: str = request.param
    needed, marts = of_source(source), SOURCES[source][2]

    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name.startswith("indicator_"):
            return frame.filter(~pl.col("indicator_id").is_in(needed))
        return frame.clear() if name in marts else frame

    return source, publish_altered(tmp_path_factory.mktemp(source) / "marts", alter)


def footer(shown: str) -> str:
    return shown[shown.rindex("footer complete") :]


def test_pages_name_what_never_came_and_make_nothing_up(
    run_topic: Run, left_out: tuple[str, Path]
) -> None:
    source, marts = left_out
    page, name, _ = SOURCES[source]
    topic = [(page, area) for area in (CITY, COUNTY, TOWNSHIP)]
    for page_id, area in (*topic, *PAGES):
        app = run_topic(page_id, area=area, marts=marts)
        assert not app.exception
        shown = html(app)
        if page_id == "overview":  # opens on what has values
            first = "standardised_clinic_rate" if source == "settlements" else HEADLINE[0]
            assert address(app, "indicator") == first
        if source == "settlements":  # of whose months and columns nothing is known
            assert "结算类指标" not in shown
            assert "结算数据没有" not in shown
        found = MADE_UP.search(re.sub(r"<[^>]+>", "|", shown))
        assert found is None, (page_id, area, found)
        if page_id == page:
            assert f"{name}没有数据" in footer(shown)
            assert not re.search(r"来源：(?!\w)", footer(shown))  # of none a page says no source
            assert "未上报" in shown  # the cards
