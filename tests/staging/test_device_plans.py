"""Planned devices as ledgers write them, and numbers that only one institution gives."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.catalog.sources import normalised, sources

from .conftest import Stage, accepted, reasons

DAY = date(2025, 6, 30)
DEVICE: dict[str, Any] = {
    "device_code": "D1",
    "device_name": "DR",
    "institution_code": "T1",
    "state": "in_use",
    "extract_date": DAY,
}


@pytest.mark.parametrize("word", ["计划采购", "拟购", "待安装", "已下达", "招标中", "待到货"])
def test_the_words_of_a_plan_are_understood(word: str) -> None:
    assert sources()["equipment"].by_id["state"].words[normalised(word).upper()] == "planned"


@pytest.mark.parametrize("word", ["未启用", "闲置"])
def test_a_device_that_stands_idle_is_no_plan(word: str) -> None:
    assert sources()["equipment"].by_id["state"].words[normalised(word).upper()] == "stopped"


def test_a_plan_keeps_the_day_it_is_to_be_there(stage: Stage) -> None:
    due = date(2025, 9, 1)
    staged = stage("equipment", DEVICE | {"state": "planned", "planned_on": due})
    assert accepted(staged, "devices", "state", "planned_on") == [("planned", due)]


def test_two_institutions_may_give_the_same_number(stage: Stage) -> None:
    staged = stage("equipment", DEVICE, DEVICE | {"institution_code": "H1"})
    assert reasons(staged) == [None, None]
    assert sorted(accepted(staged, "devices", "institution_code")) == [("H1",), ("T1",)]


def test_one_institution_may_not(stage: Stage) -> None:
    staged = stage("equipment", DEVICE, DEVICE | {"state": "repair"})
    assert sorted(reasons(staged), key=str) == ["DUPLICATE_KEY", None]
    assert staged.accepted["devices"]["state"].cast(pl.String).len() == 1


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"bought_on": date(2025, 7, 1)}, "bought_on"),
        ({"reported_broken_on": date(2025, 7, 1), "state": "repair"}, "reported_broken_on"),
        ({"in_use_since": date(2026, 7, 1)}, "in_use_since"),
        ({"state": "planned", "planned_on": date(2035, 7, 1)}, "planned_on"),
        ({"bought_on": DAY}, None),
        ({"state": "planned", "bought_on": date(2025, 9, 1)}, None),
        ({"in_use_since": date(2026, 6, 30)}, None),  # a doubt for the county to settle
        ({"state": "planned", "planned_on": date(2035, 6, 30)}, None),
    ],
)
def test_days_that_nobody_can_know_yet_are_refused(
    stage: Stage, change: dict[str, Any], column: str | None
) -> None:
    staged = stage("equipment", DEVICE | change)
    assert staged.accounts["_column"].to_list() == [column]
    assert reasons(staged) == ["FUTURE_DATE" if column else None]
