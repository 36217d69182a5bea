"""Counters from as-of tables: contracts, population, the monthly report's stocks."""

from __future__ import annotations

from datetime import date

from pipeline.catalog import catalogue
from pipeline.contracts.counters import StockCounter
from pipeline.counters import activity, contracts, population
from tests.counters import rows

JAN, FEB, MAR = date(2025, 1, 31), date(2025, 2, 28), date(2025, 3, 31)
TOWN = "410202001"


def of_source(source: str) -> set[str]:
    return {c.id for c in catalogue().counters.values() if c.source == source}


def contract_counts(*given: dict, groups: tuple[dict, ...] = (), dates: list[date]) -> dict:
    found = contracts.count(
        rows.contracts(*given), rows.contract_groups(*groups), areas=rows.AREAS, dates=dates
    )
    StockCounter.validate(found.collect(), cast=False)
    return rows.values(found)


FULL = {"teams": 2, "residents": 100, "residents_contracted": 60, "key_persons": 30,
        "key_persons_contracted": 20, "contracts_valid": 50, "contracts_fulfilled": 40,
        "contracts_due": 9, "contracts_renewed": 8}  # fmt: skip


def test_contract_counters_are_those_of_the_catalogue() -> None:
    groups = tuple({"group": g, "persons": 5, "contracted": 4} for g in contracts.GROUPS)
    found = contract_counts(FULL, groups=groups, dates=[JAN])
    assert {c for c, _, _ in found} == of_source("contracts")
    assert found["disabled_persons", TOWN, JAN] == 5


def test_each_institution_speaks_with_its_latest_table() -> None:
    found = contract_counts(
        {**FULL, "residents_contracted": 1},
        {**FULL, "as_of": MAR, "residents_contracted": 1000},
        {**FULL, "institution_code": "H2", "residents_contracted": 10},
        dates=[JAN, FEB, MAR],
    )
    assert [found["residents_contracted", TOWN, d] for d in (JAN, FEB, MAR)] == [11, 11, 1010]


def test_a_table_older_than_400_days_is_no_longer_believed() -> None:
    still, no_more = date(2026, 3, 7), date(2026, 3, 8)
    found = contract_counts(FULL, dates=[still, no_more])
    assert (still - JAN).days == 400
    assert {d for _, _, d in found} == {still}


def test_half_a_pair_counts_for_neither_side() -> None:
    found = contract_counts(
        FULL, {"institution_code": "H2", "residents_contracted": 7}, dates=[JAN]
    )
    assert found["residents_contracted", TOWN, JAN] == 60
    assert found["residents", TOWN, JAN] == 100


def test_what_nobody_reports_is_no_row() -> None:
    found = contract_counts({"residents": 5, "residents_contracted": 0}, dates=[JAN])
    assert {c for c, _, _ in found} == {"residents", "residents_contracted"}
    assert found["residents_contracted", TOWN, JAN] == 0


def test_population_is_that_of_the_last_complete_year() -> None:
    given = rows.population(
        {"year": 2022, "persons": 10},
        {"year": 2022, "sex": "female", "persons": 20},
        {"year": 2023, "persons": 500},
    )
    days = [date(2021, 1, 1), date(2023, 12, 30), date(2023, 12, 31), MAR]
    found = rows.values(population.count(given, dates=days))
    assert [found["population", "410202", d] for d in days] == [30, 30, 500, 500]
    assert {c for c, _, _ in found} == of_source("population")


def test_an_activity_stock_holds_until_the_next_report() -> None:
    given = rows.activity(
        {"item": "technical_staff", "month": date(2025, 1, 1), "value": 5},
        {"item": "technical_staff", "month": date(2025, 3, 1), "value": 8},
    )
    days = [date(2025, 1, 30), JAN, FEB, MAR, date(2026, 6, 1)]
    found = rows.values(activity.count_stocks(given, counters=["technical_staff"], dates=days))
    key = ("technical_staff", "410202")
    assert found == {(*key, JAN): 5, (*key, FEB): 5, (*key, MAR): 8}
