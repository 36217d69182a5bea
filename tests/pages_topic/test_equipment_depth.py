"""How old the devices are, and which entries of the ledger cannot be right."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.exports.collect import Panel, tables_of
from dashboard.panels.equipment import ledger as ledger_panel
from dashboard.queries import equipment, townships
from dashboard.queries.centres import centres_short_of_devices
from tests.builders.drawn import html
from tests.builders.pages import view_in
from tests.builders.world import publish_altered

Run = Callable[..., AppTest]
FAULT = "本块未能显示"
ON = dt.date(2025, 6, 30)
ALL = pl.lit(value=True)


def ledger(*rows: dict[str, Any]) -> pl.LazyFrame:
    usual = {
        "institution_code": "I1",
        "institution_name": "甲卫生院",
        "county_code": "410225",
        "device_type": "dr",
        "state": "in_use",
        "in_use_since": dt.date(2020, 1, 1),
        "reported_broken_on": None,
        "as_of": ON,
    }
    dates = dict.fromkeys(("in_use_since", "reported_broken_on", "as_of"), pl.Date)
    return pl.LazyFrame([usual | row for row in rows], schema_overrides=dates)


def since(years: int) -> dict[str, dt.date]:
    return {"in_use_since": dt.date(2025 - years, 6, 1)}


def test_institutions_are_counted_by_the_years_of_their_oldest_device_in_use() -> None:
    rows = ledger(
        *(since(years) for years in (4, 5, 7, 8, 9, 10, 30)),
        {"in_use_since": None},
        since(3) | {"state": "repair"},
        since(3) | {"device_type": "other"},
    )
    found = equipment.device_ages(rows, where=ALL, on=ON).row(0, named=True)
    bands = [found[name] for name in ("from_0", "from_5", "from_8", "from_10", "unknown")]
    assert bands == [1, 2, 2, 2, 1]
    assert found["institutions"] == sum(bands)
    assert 8 < found["median"] < 8.2


def test_the_institutions_with_devices_of_ten_years_are_named_the_oldest_first() -> None:
    rows = ledger(
        *(since(years) | {"institution_code": f"I{years}"} for years in (9, 11, 30)),
        since(20) | {"state": "repair"},
        since(20) | {"device_type": "other"},
        {"in_use_since": None},
    )
    names = pl.LazyFrame({"area_code": ["410225"], "area_name": ["兰考县"]})
    found = equipment.oldest(rows, where=ALL, names=names, on=ON)
    assert found["institution_code"].to_list() == ["I30", "I11"]
    assert found["years"].round(0).to_list() == [30, 11]


def test_the_twin_of_the_ages_names_institutions(small_world: Path) -> None:
    twin = partial(ledger_panel._oldest_twin, view_in(small_world))
    panel = Panel("ages", "", "", None, None, twins=[twin])
    (listed,) = tables_of(panel)
    assert listed.name.endswith("用了10年以上的设备")
    shown = listed.frame()
    assert shown.columns == ["县区", "机构", "设备", "启用日期", "已用年数"]
    assert shown["启用日期"].dtype == pl.String  # a date alone, without an hour


def test_a_first_day_after_the_chosen_day_is_no_negative_age() -> None:
    rows = ledger({"in_use_since": dt.date(2026, 1, 1)})
    assert equipment.device_ages(rows, where=ALL, on=ON)["from_0"][0] == 1


def test_the_oldest_kind_comes_first_and_undated_ones_last() -> None:
    rows = ledger(
        since(3) | {"device_type": "ct"},
        since(9),
        {"device_type": "ecg", "in_use_since": None},
    )
    found = equipment.device_ages(rows, where=ALL, on=ON)
    assert found["device_type"].to_list() == ["dr", "ct", "ecg"]


def reasons(*rows: dict[str, Any]) -> list[str]:
    return equipment.ledger_doubts(ledger(*rows), where=ALL)["reason"].to_list()


def broken(days: int) -> dict[str, Any]:
    return {"state": "repair", "reported_broken_on": ON - dt.timedelta(days=days)}


def test_what_contradicts_itself_or_lacks_a_date_is_listed_worst_first() -> None:
    assert reasons(
        {"in_use_since": None},
        broken(181),
        {"state": "repair"},
        broken(-1),
        {"as_of": None, "state": "missing"},
    ) == ["no_ledger", "broken_later", "no_report_day", "long_broken", "no_first_day"]


def test_a_county_without_a_ledger_is_asked_once_for_all_of_its_centres() -> None:
    unsent: dict[str, Any] = {"as_of": None, "state": "missing"}
    rows = ledger(
        unsent,
        {**unsent, "device_type": "biochemistry_analyser"},
        {**unsent, "county_code": "410203"},
        {"in_use_since": None},
    )
    found = equipment.ledger_doubts(rows, where=ALL)
    columns = ["county_code", "reason", "institution_name", "device_type"]
    assert found["reason"].to_list() == ["no_ledger", "no_ledger", "no_first_day"]
    assert found["county_code"].n_unique() == 2
    silent = found.filter(reason="no_ledger").select(columns[2:])
    assert silent.null_count().row(0) == (2, 2)
    assert found.filter(reason="no_first_day").select(columns[2:]).null_count().row(0) == (0, 0)


def test_a_sound_entry_is_not_listed() -> None:
    assert reasons({}, broken(180), broken(0), {"state": "missing", "in_use_since": None}) == []


def test_other_devices_are_not_asked_about() -> None:
    assert reasons({"device_type": "other", "in_use_since": None}) == []


def test_the_page_shows_ages_and_doubts(run_topic: Run) -> None:
    shown = html(run_topic("equipment"))
    assert FAULT not in shown
    assert "设备用了多少年" in shown
    # The small world dates no device in use.
    assert "在用而未填启用日期" in shown
    assert "由县区卫生健康委核对后重报" in shown


def test_a_township_sees_its_own_ledger(run_topic: Run) -> None:
    shown = html(run_topic("equipment", area="410225102"))
    assert FAULT not in shown
    assert "设备用了多少年" in shown


def test_a_meeting_leaves_the_ledger_to_the_office(run_topic: Run) -> None:
    shown = html(run_topic("equipment", meeting="1"))
    assert FAULT not in shown
    assert "台账疑点" not in shown


def test_without_devices_the_panels_say_so(run_topic: Run, bare_topic_world: Path) -> None:
    shown = html(run_topic("equipment", marts=bare_topic_world))
    assert FAULT not in shown
    assert "台账没有自相矛盾" not in shown


def test_a_sound_ledger_is_praised(run_topic: Run, dated_devices: Path) -> None:
    shown = html(run_topic("equipment", marts=dated_devices))
    assert "台账没有自相矛盾或漏填日期的记录。" in shown


@pytest.fixture(scope="module")
def without_ledgers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder of a city whose counties never sent a ledger of devices."""
    nothing = {
        "as_of": pl.lit(None, dtype=pl.Date),
        "state": pl.lit("missing"),
        "in_use_since": pl.lit(None, dtype=pl.Date),
        "reported_broken_on": pl.lit(None, dtype=pl.Date),
    }

    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name == "devices":
            return frame.with_columns(**nothing).cast(dict(frame.schema))
        if name.startswith("indicator_"):
            return frame.filter(pl.col("indicator_id") != "three_device_coverage")
        return frame

    return publish_altered(tmp_path_factory.mktemp("ledgers") / "marts", alter)


def test_who_sent_no_ledger_is_not_said_to_lack_devices(
    run_topic: Run, without_ledgers: Path
) -> None:
    page = html(run_topic("equipment", marts=without_ledgers))
    assert FAULT not in page
    assert "家三大件齐全" not in page
    assert "差3件" not in page
    assert "所在县区没有报送设备台账" in page  # what is asked for instead
    county = view_in(without_ledgers, "410225")
    devices = county.scan("devices")
    assert townships.device_states(devices, county="410225") == {}
    assert townships.broken_devices(devices, county="410225").is_empty()
    assert centres_short_of_devices(devices, counties=["410225"]).is_empty()
    assert equipment.device_counts(devices, where=ALL).is_empty()


def test_a_township_without_a_ledger_says_so(run_topic: Run, without_ledgers: Path) -> None:
    shown = html(run_topic("county", area="410225102", marts=without_ledgers))
    assert FAULT not in shown
    assert "该地区本期没有可用的数据" in shown
    assert "该地区本期没有可用的数据" not in html(run_topic("county", area="410225102"))
