"""Mart areas carries of each county the latest income that was told."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.marts import areas
from pipeline.marts.scope import make_scope
from tests.counters import rows

SCOPE = make_scope(rows.AREAS, pl.DataFrame({"area_code": ["410202", "410203"]}))
NOBODY = pl.DataFrame(schema={"area_code": pl.String, "value": pl.Int64})
COLUMNS = ("urban_income_fen", "rural_income_fen", "income_year")


def incomes(*given: dict) -> dict[str, tuple]:
    as_of = date(2025, 6, 30)
    mart = areas.build(SCOPE, NOBODY, income=rows.income(*given), as_of=as_of).collect()
    return {row["area_code"]: tuple(row[c] for c in COLUMNS) for row in mart.to_dicts()}


def test_the_latest_year_counts_and_a_later_one_is_not_known_yet() -> None:
    found = incomes(
        {"year": 2023, "urban_fen": 1, "rural_fen": 2},
        {"year": 2024, "urban_fen": None, "rural_fen": 3},
        {"year": 2026, "urban_fen": 9, "rural_fen": 9},
    )
    assert found["410202"] == (None, 3, 2024)


def test_what_was_not_told_is_empty_and_averages_are_not_added_up() -> None:
    found = incomes({"rural_fen": 3})
    assert found["410203"] == (None, None, None)
    assert found["410200"] == (None, None, None)
    assert found["410202001"] == (None, None, None)
