"""One TOML block is all that a new indicator needs: no line of code changes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from pipeline.catalog import HERE, Catalogue, load_catalogue
from pipeline.documents.dictionary import markdown
from tests.counters import rows
from tests.marts.small_world import MONTHS, build, tables

ROOT = Path(__file__).parent.parent.parent
NEW = """
[[indicator]]
id = "units_per_stroke_centre"
name_zh = "每个卒中中心带动的乡镇单元数"
short_zh = "单元带动"
name_en = "Units per stroke centre"
topic = "emergency"
kind = "stock"
form = "ratio"
numerator = "chest_pain_stroke_units"
denominator = "stroke_centres"
unit_zh = "个"
count_unit_zh = "个"
decimals = 1
polarity = "higher_is_better"
finest_level = "county"
material_difference = 1
classes = [1, 2, 3, 4]
definition_zh = "乡镇胸痛卒中单元数，除以县级卒中中心数。"
caveats_zh = "—"
policy_zh = "本地口径"
policy_status = "local"
responsible_zh = "医政科"
reviewed_on = 2025-07-01
"""
# A process of its own: whatever was loaded here before knows the committed catalogue only.
PAGES = """
import os, sys
from pathlib import Path
import pipeline.catalog as declared
committed = declared.load_catalogue
declared.load_catalogue = lambda: committed(Path(sys.argv[1]))
from streamlit.testing.v1 import AppTest
from tests.builders.world import publish_world
marts = Path(sys.argv[2])
publish_world(marts)
os.environ["DASHBOARD_MARTS"] = str(marts)
for page in ("definitions", "consortium"):
    app = AppTest.from_file("dashboard/main.py", default_timeout=120)
    app.switch_page(f"../pages/{page}.py")
    app.query_params["indicator"] = "units_per_stroke_centre"
    app.run()
    assert not app.exception, app.exception
    print(page, *(element.proto.body for element in app.get("html")))
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the declarations with one indicator more."""
    found = tmp_path_factory.mktemp("catalogue")
    for path in HERE.rglob("*.toml"):
        copy = found / path.relative_to(HERE)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(path.read_bytes())
    (found / "indicators" / "new.toml").write_text(NEW, encoding="utf-8")
    return found


@pytest.fixture(scope="module")
def extended(folder: Path) -> Catalogue:
    return load_catalogue(folder)


def test_it_is_in_the_mart_at_every_level(extended: Catalogue) -> None:
    reported = [
        {"county_code": county, "month": month, "item": item, "value": value}
        for month in MONTHS
        for county, item, value in (
            ("410202", "chest_pain_stroke_units", 9),
            ("410202", "stroke_centres", 2),
            ("410203", "chest_pain_stroke_units", 6),
            ("410203", "stroke_centres", 4),
        )
    ]
    marts = build(tables() | {"activity": rows.activity(*reported)}, catalogue=extended)
    found = marts["indicator_monthly"].filter(
        pl.col("indicator_id") == "units_per_stroke_centre", pl.col("month") == MONTHS[-1]
    )
    values = dict(found.select("area_code", "value").iter_rows())
    assert values["410202"] == 9 / 2
    assert values["410203"] == 6 / 4
    assert values["410200"] == (9 + 6) / (2 + 4)
    assert set(found["method"]) == {"ratio"}
    assert found.select(pl.col("lower", "upper").is_null().all()).row(0) == (True, True)


def test_it_is_in_the_data_dictionary(extended: Catalogue) -> None:
    told = markdown(extended)
    assert "### 每个卒中中心带动的乡镇单元数 · Units per stroke centre" in told
    assert "`chest_pain_stroke_units` / `stroke_centres`" in told


def test_it_is_on_the_pages(folder: Path, tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, "-c", PAGES, str(folder), str(tmp_path / "marts")],
        cwd=ROOT,
        check=False,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert run.returncode == 0, run.stderr[-2000:]
    definitions, consortium = run.stdout.split("consortium ", maxsplit=1)
    assert "乡镇胸痛卒中单元数，除以县级卒中中心数。" in definitions
    assert "每个卒中中心带动的乡镇单元数" in consortium
