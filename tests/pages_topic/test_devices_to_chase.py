"""Whom to ask about devices, and of which day the ledger speaks when an earlier month is chosen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.device_grid import BOTTOM, TOP, device_grid_figure
from dashboard.panels.equipment.devices import _layout, _most, _neediest, _plan
from tests.builders.drawn import html
from tests.builders.world import publish_altered

Run = Callable[..., AppTest]
FAULT = "本块未能显示"
COUNTY = "410225"
# What a centre's DR is: state, day of the report, day of the plan. The ledger is of 2025-06-30.
BROKEN = ("repair", dt.date(2025, 4, 1), None)
LATE = ("planned", None, dt.date(2025, 6, 20))
AHEAD = ("planned", None, dt.date(2025, 9, 15))
MISSING = ("missing", None, None)
GAPS = (AHEAD, MISSING, BROKEN, LATE)


def with_gaps(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Leave four centres of 兰考 without a DR in use, and everything else in use."""
    if name != "devices":
        return frame
    centres = frame.filter(pl.col("county_code") == COUNTY)["institution_code"].unique().sort()
    gaps = pl.DataFrame(
        [(code, "dr", *gap) for code, gap in zip(centres.head(4), GAPS, strict=True)],
        schema=["institution_code", "device_type", "gap", "broken", "plan"],
        orient="row",
    )
    changed = (
        frame.cast({"device_type": pl.String, "state": pl.String})
        .join(gaps, on=["institution_code", "device_type"], how="left", maintain_order="left")
        .with_columns(
            state=pl.col("gap").fill_null("in_use"),
            reported_broken_on="broken",
            planned_on="plan",
            devices_planned=pl.col("plan").is_not_null().cast(pl.Int32),
            institution_name=pl.coalesce(
                pl.when(pl.col("gap").is_not_null()).then(
                    pl.format("{}号卫生院", pl.col("institution_code"))
                ),
                "institution_name",
            ),
        )
    )
    return changed.select(frame.columns).cast(dict(frame.schema))


@pytest.fixture(scope="module")
def gaps_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_altered(tmp_path_factory.mktemp("gaps") / "marts", with_gaps)


@pytest.fixture
def listed(run_topic: Run, gaps_world: Path) -> str:
    shown = html(run_topic("equipment", marts=gaps_world))
    assert FAULT not in shown
    return shown[shown.index("只差一件的机构") : shown.index("各类设备")]


def test_what_needs_a_call_most_stands_first(listed: str) -> None:
    order = ("已过10天（06-20）", "报修90天", "<td>缺</td>", "2025-09-15")
    places = [listed.index(words) for words in order]
    assert places == sorted(places)


def test_each_gap_names_who_acts_and_only_a_late_plan_is_warm(listed: str) -> None:
    assert listed.count("兰考县卫生健康委") == 4
    assert listed.count("strong worse") == 1


def test_where_all_that_is_missing_is_planned_it_is_said_once(
    run_topic: Run, tmp_path: Path
) -> None:
    def planned(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        found = with_gaps(name, frame)
        if name != "devices":
            return found
        return found.with_columns(
            devices_planned=(pl.col("state").cast(pl.String) != "in_use").cast(pl.Int32)
        )

    marts = publish_altered(tmp_path / "marts", planned)
    shown = html(run_topic("equipment", area=COUNTY, marts=marts))
    assert "4家只差一件，已列入计划" in shown
    assert "4家，已列入计划" in shown


def test_the_ledger_of_an_earlier_month_is_not_invented(run_topic: Run, gaps_world: Path) -> None:
    newest = html(run_topic("equipment", marts=gaps_world))
    earlier = html(run_topic("equipment", month="2025-02", marts=gaps_world))
    assert "名单截至" not in newest
    assert earlier.count("名单截至2025年6月30日") == 4
    assert "报修90天" in earlier  # counted to the ledger's own day, never backwards
    claim = earlier[earlier.index('class="claim"') :][:60]
    assert "家三大件齐全<" in claim
    assert "只差一件" not in claim


def test_without_an_indicator_an_earlier_month_claims_nothing(
    run_topic: Run, tmp_path: Path
) -> None:
    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name != "indicator_monthly":
            return frame
        return frame.filter(
            ~pl.col("indicator_id").cast(pl.String).is_in(["three_device_coverage"])
            | (pl.col("month") == pl.col("month").max())
        )

    marts = publish_altered(tmp_path / "marts", alter)
    shown = html(run_topic("equipment", month="2025-02", marts=marts))
    assert FAULT not in shown
    assert "家三大件齐全" not in shown


@pytest.mark.parametrize(
    ("institutions", "most", "expected"),
    [
        (8, 3, (1, 48)),
        (13, 3, (1, 34)),
        (21, 3, (2, 40)),
        (39, 3, (3, 34)),
        (39, 2, (2, 24)),
        (60, 3, (3, 24)),  # more than there is room for: rows keep their least height
        (0, 3, (1, 48)),
    ],
)
def test_a_grid_has_as_few_columns_as_its_panel_allows(
    institutions: int, most: int, expected: tuple[int, int]
) -> None:
    assert 600 - 84 - TOP - BOTTOM == 442
    assert _layout(institutions, height=600, row=34, most=most) == expected


def test_a_name_as_long_as_centres_have_stands_whole_in_two_columns() -> None:
    long = "泗洲街道示例社区卫生服务中心"
    columns = ("institution_code", "institution_name", "device_type", "state")
    rows = [(f"I{n}", f"{long}{n}", "dr", "repair") for n in range(2)]
    grid = pl.DataFrame(rows, schema=list(columns), orient="row")

    def names(*, width: int, has_long_names: bool = True) -> list[str]:
        figure = device_grid_figure(grid, blocks=2, width=width, has_long_names=has_long_names)
        return [note.text for note in figure.layout.annotations]

    assert f"{long}0" in names(width=1020)
    assert f"{long}0" not in names(width=640)
    assert f"{long}0" not in names(width=1020, has_long_names=False)


def test_a_city_names_the_county_beside_each_institution() -> None:
    columns = ("institution_code", "institution_name", "device_type", "state", "county_name")
    rows = [
        ("I1", "城关镇卫生院", "dr", "missing", "兰考县"),
        ("I2", "卫生院", "dr", "stopped", None),
    ]
    grid = pl.DataFrame(rows, schema=list(columns), orient="row")
    notes = [note.text for note in device_grid_figure(grid).layout.annotations]
    assert "兰考县" in notes
    assert "None" not in notes
    bare = device_grid_figure(grid.drop("county_name"))
    assert "兰考县" not in [note.text for note in bare.layout.annotations]


def test_more_institutions_than_a_panel_holds_are_cut_to_the_neediest() -> None:
    assert _most(600, blocks=3) == 3 * 18
    assert _most(600, blocks=2) == 2 * 18
    rows = [("I1", "missing"), ("I2", "in_use"), ("I3", "stopped"), ("I3", "missing")]
    states = pl.DataFrame(rows, schema=["institution_code", "state"], orient="row")
    assert set(_neediest(states, 1)["institution_code"]) == {"I3"}
    assert set(_neediest(states, 2)["institution_code"]) == {"I1", "I3"}


def test_a_meeting_with_many_gaps_says_how_many_it_lists(
    run_topic: Run, gaps_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.panels.equipment.devices._most", lambda _, blocks: blocks)
    shown = html(run_topic("equipment", meeting="1", marts=gaps_world))
    assert FAULT not in shown
    assert "未配齐的4家机构" in shown
    # Of its own, so that a slide keeps it where it drops what to do on the screen.
    assert "；先列2家" in shown


def test_a_plan_of_another_year_tells_its_year() -> None:
    row = {"devices_planned": 1, "planned_on": dt.date(2024, 12, 31)}
    assert _plan(row, on=dt.date(2025, 1, 2)) == "已过2天（2024-12-31）"
