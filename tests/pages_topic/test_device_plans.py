"""Planned devices and doubts across extracts on the equipment page, and in older snapshots."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import theme
from dashboard.charts.device_grid import device_grid_figure
from dashboard.queries import device_conflicts, equipment
from pipeline.contracts.marts import MARTS
from tests.builders import world
from tests.builders.drawn import html
from tests.builders.world import publish_altered

Run = Callable[..., AppTest]
Alter = Callable[[pl.DataFrame], pl.DataFrame]
FAULT = "本块未能显示"
DUE = dt.date(2025, 9, 15)
ALL = pl.lit(value=True)
NAMES = pl.LazyFrame({"area_code": ["410225"], "area_name": ["兰考县"]})


def published(marts: Path, alter: dict[str, Alter], *, without: tuple[str, ...] = ()) -> Path:
    def altered(name: str, frame: pl.DataFrame) -> pl.DataFrame | None:
        return None if name in without else alter.get(name, lambda same: same)(frame)

    return publish_altered(marts, altered)


def conflict(reason: str, **given: Any) -> dict[str, Any]:
    row = dict.fromkeys(MARTS["device_conflicts"].column_names())
    usual = {
        "reason": reason,
        "institution_code": "C1",
        "institution_name": "城关镇卫生院",
        "device_type": "dr",
        "device_code": "S1",
        "city_code": "410200",
        "county_code": "410225",
        "township_code": "410225100",
        "extract_date": dt.date(2025, 6, 30),
    }
    return row | usual | given


def mart(*rows: dict[str, Any]) -> pl.DataFrame:
    schema = MARTS["device_conflicts"]
    frame = pl.DataFrame(rows, schema=schema.create_empty().schema, orient="row")
    return schema.validate(frame, cast=False)


TOLD = mart(
    conflict("plan_overdue", date_after=dt.date(2025, 6, 1), institution_code="C0"),
    conflict("quantity_jump", quantity_before=1, quantity_after=6, device_code="",
             earlier_extract=dt.date(2025, 5, 31)),
    conflict("two_institutions", other_institution_name="乙卫生院"),
    conflict("first_day_changed", date_before=dt.date(2019, 5, 1), date_after=dt.date(2021, 5, 1)),
    conflict("returned", earlier_extract=dt.date(2025, 4, 30)),
    conflict("after_extract", date_after=dt.date(2025, 7, 24)),
    conflict("planned_in_use", date_after=dt.date(2025, 5, 2)),
)  # fmt: skip


def with_plans(frame: pl.DataFrame) -> pl.DataFrame:
    """Plan a device wherever one is missing, in 兰考 without a day."""
    gap = pl.col("state") == "missing"
    state = pl.when(gap).then(pl.lit("planned")).otherwise(pl.col("state").cast(pl.String))
    changed = frame.with_columns(
        state=state,
        devices_planned=gap.cast(pl.Int32),
        planned_on=pl.when(gap & (pl.col("county_code") != "410225")).then(pl.lit(DUE)),
    )
    return changed.cast(dict(frame.schema))


@pytest.fixture(scope="module")
def planned_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    alter: dict[str, Alter] = {"devices": with_plans, "device_conflicts": lambda _: TOLD}
    return published(tmp_path_factory.mktemp("plans") / "marts", alter)


@pytest.fixture(scope="module")
def older_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a snapshot from before plans, incomes and comparisons of extracts."""
    alter: dict[str, Alter] = {
        "devices": lambda frame: frame.drop("devices_planned", "planned_on"),
        "areas": lambda frame: frame.drop("rural_income_fen", "urban_income_fen", "income_year"),
    }
    folder = tmp_path_factory.mktemp("older") / "marts"
    return published(folder, alter, without=("device_conflicts",))


def test_contradictions_come_gravest_first_and_before_what_one_extract_leaves_out() -> None:
    devices = dict(world.tables())["devices"]
    found = device_conflicts.all_doubts(devices.lazy(), TOLD.lazy(), where=ALL, names=NAMES)
    reasons = found["reason"].to_list()
    assert reasons[:7] == [
        *("two_institutions", "returned", "after_extract", "planned_in_use"),
        *("first_day_changed", "quantity_jump", "plan_overdue"),
    ]
    assert reasons[7:] == equipment.ledger_doubts(devices.lazy(), where=ALL)["reason"].to_list()
    assert found["county_name"][0] == "兰考县"


def test_without_the_mart_the_doubts_of_one_extract_remain() -> None:
    devices = dict(world.tables())["devices"].lazy()
    found = device_conflicts.all_doubts(devices, None, where=ALL, names=NAMES)
    alone = equipment.ledger_doubts(devices, where=ALL)
    assert found["reason"].to_list() == alone["reason"].to_list()
    assert found["quantity_before"].null_count() == found.height


def test_each_doubt_says_what_who_and_how_to_check(run_topic: Run, planned_world: Path) -> None:
    shown = html(run_topic("equipment", marts=planned_world))
    assert FAULT not in shown
    for words in (
        "同一编号同时在乙卫生院在用",
        "2025-04-30的台账已报废，现又在用",
        "启用日期2025-07-24晚于台账的数据日期",
        "状态为计划，却已填启用日期2025-05-02",
        "启用日期由2019-05-01改为2021-05-01",
        "2025-05-31为1台，现为6台",
        "计划2025-06-01到位，仍未到位",
        "看实物在哪家机构，另一家删去",
        "兰考县卫生健康委",
    ):
        assert words in shown, words


def test_a_gap_with_a_purchase_says_so_in_the_list(run_topic: Run, planned_world: Path) -> None:
    shown = html(run_topic("equipment", marts=planned_world))
    assert "2025-09-15" in shown
    assert "家已列入计划" in shown
    assert "2025-09-15" not in html(run_topic("equipment", area="410225", marts=planned_world))


def test_the_cards_do_not_count_what_is_planned(
    run_topic: Run, planned_world: Path, small_world: Path
) -> None:
    planned, bare = (html(run_topic("equipment", marts=m)) for m in (planned_world, small_world))
    claim = "家三大件齐全"
    assert claim in bare
    at = [text.index(claim) for text in (planned, bare)]
    assert planned[at[0] - 9 : at[0]] == bare[at[1] - 9 : at[1]]


@pytest.mark.parametrize("page", ["equipment", "county"])
def test_a_snapshot_from_before_plans_opens(run_topic: Run, older_world: Path, page: str) -> None:
    shown = html(run_topic(page, area="410225", marts=older_world))
    assert FAULT not in shown


def test_a_plan_has_its_own_mark_month_and_day() -> None:
    columns = ("institution_code", "institution_name", "device_type", "state", "planned_on")
    cells = [
        ("I1", "甲卫生院", "dr", "planned", DUE),
        ("I2", "乙卫生院", "dr", "stopped", DUE),
        ("I3", "丙卫生院", "dr", "planned", None),
        ("I4", "丁卫生院", "dr", "in_use", DUE),
    ]
    grid = pl.DataFrame(cells, schema=columns, orient="row").with_columns(devices_planned=1)
    figure = device_grid_figure(grid)
    drawn = {trace.marker.symbol: trace for trace in figure.data}
    plan = drawn["triangle-up-open"]
    assert plan.marker.color == theme.WORSE
    assert list(plan.customdata) == ["I1", "I3"]
    assert plan.text[0].endswith("已列入计划，2025年9月15日到位")
    assert plan.text[1].endswith("已列入计划")
    assert drawn["diamond"].text[0].endswith("停用，已列入计划，2025年9月15日到位")
    assert drawn["square"].text[0].endswith("在用")
    notes = [note.text for note in figure.layout.annotations]
    assert {"计划9月", "计划"} <= set(notes)


def test_planned_gaps_are_still_missing_devices() -> None:
    frame = pl.LazyFrame(
        {
            "institution_code": ["I1", "I2", "I3", "I4"],
            "device_type": ["dr"] * 4,
            "state": ["planned", "missing", "in_use", "stopped"],
            "devices_total": [0, 0, 1, 1],
            "devices_planned": [1, 0, 1, 1],
            "as_of": [DUE] * 4,
        }
    )
    row = equipment.device_counts(frame, where=ALL).row(0, named=True)
    assert (row["missing"], row["planned"], row["in_use"], row["out_of_use"]) == (2, 2, 1, 1)


def test_the_county_says_that_a_gap_is_planned_for(run_topic: Run, planned_world: Path) -> None:
    shown = html(run_topic("county", area="410225", marts=planned_world))
    assert FAULT not in shown
    assert "采购已列入计划。" in shown
