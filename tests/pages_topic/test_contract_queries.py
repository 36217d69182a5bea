"""The queries on contracts on frames small enough to add up by hand."""

from __future__ import annotations

import datetime as dt

import polars as pl

from dashboard.queries import contracts

JAN, FEB, MAR = (dt.date(2025, m, 1) for m in (1, 2, 3))


def groups(*rows: tuple[str, str, dt.date, int | None, int | None, int]) -> pl.LazyFrame:
    names = ("area_code", "group", "month", "persons", "managed", "contracted")
    return pl.DataFrame(
        [dict(zip(names, row, strict=True)) for row in rows],
        schema_overrides={"persons": pl.Int64, "managed": pl.Int64},
    ).lazy()


GROUPS = groups(
    ("A", "disabled", FEB, 100, 90, 60),
    ("B", "disabled", FEB, 300, 90, 180),
    ("A", "hypertension", FEB, 100, 50, 60),
    ("B", "hypertension", FEB, 100, 50, 30),
    ("A", "pregnant_women", FEB, None, 1, 1),
    ("B", "pregnant_women", FEB, 10, 1, 1),
    ("A", "disabled", JAN, 100, 90, 50),
    ("B", "disabled", JAN, 300, 90, 50),
    ("C", "disabled", FEB, 999, 999, 999),
)


def test_each_group_has_its_own_denominator() -> None:
    found = contracts.groups_in_month(GROUPS, areas=["A", "B"], month=FEB)
    rates = dict(zip(found["group"], found["rate"], strict=True))
    assert rates["disabled"] == (60 + 180) / (100 + 300)
    assert rates["hypertension"] == (60 + 30) / (50 + 50)


def test_a_part_that_is_unknown_makes_the_sum_unknown() -> None:
    found = contracts.groups_in_month(GROUPS, areas=["A", "B"], month=FEB)
    row = found.filter(pl.col("group") == "pregnant_women").row(0, named=True)
    assert (row["persons"], row["rate"]) == (None, None)
    assert found["group"].to_list()[-1] == "pregnant_women"


def test_more_contracts_than_persons_are_called_doubtful() -> None:
    found = contracts.groups_in_month(GROUPS, areas=["A"], month=FEB)
    doubtful = dict(zip(found["group"], found["is_doubtful"], strict=True))
    assert doubtful == {"hypertension": True, "disabled": False, "pregnant_women": False}


def test_group_series_keep_the_last_months() -> None:
    found = contracts.group_series(GROUPS, areas=["A", "B"], until=FEB, months=1)
    assert set(found["month"]) == {FEB}
    both = contracts.group_series(GROUPS, areas=["A", "B"], until=FEB)
    assert both.filter(pl.col("group") == "disabled")["rate"].to_list() == [0.25, 0.6]
