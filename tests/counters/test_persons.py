from __future__ import annotations

from collections import defaultdict
from random import Random

import polars as pl
import pytest

from pipeline.counters import persons
from pipeline.staged.months import SettledMonths
from tests.counters import rows

CITY = "410200"
Found = dict[tuple[str, str], tuple[int, int]]


def counted(*given: dict) -> Found:
    """Return persons and persons admitted by area and tier."""
    months = SettledMonths.of(rows.settlements(*given))
    above = [
        (months.codes.code_of("insured_county", county), area)
        for county in ("410202", "410203")
        for area in (county, CITY)
    ]
    lineage = pl.DataFrame(
        above, schema={"insured_county": pl.UInt16, "ancestor_code": pl.String}, orient="row"
    ).drop_nulls()
    frame = persons.count_persons(list(months.months.values()), lineage)
    named = frame.with_columns(months.codes.text("destination_tier"))
    return {(area, tier): (n, admitted) for area, tier, n, admitted in named.iter_rows()}


def test_a_person_counts_once_however_often_treated() -> None:
    found = counted(*({"person_key": p} for p in (1, 1, 1, 2)))
    assert found == {("410202", "same_county"): (2, 2), (CITY, "same_county"): (2, 2)}


def test_somebody_who_moved_is_one_person_of_the_city() -> None:
    found = counted({"person_key": 1}, {"person_key": 1, "insured_county": "410203"})
    assert found == {
        ("410202", "same_county"): (1, 1),
        ("410203", "same_county"): (1, 1),
        (CITY, "same_county"): (1, 1),
    }


def test_outpatients_are_persons_but_not_admitted_and_pharmacies_are_nothing() -> None:
    found = counted(
        {"person_key": 1, "care_type": "outpatient"},
        {"person_key": 2, "care_type": "pharmacy"},
        {"person_key": 3, "care_type": "maternity"},
        {"person_key": None},
    )
    assert found[(CITY, "same_county")] == (2, 1)


def test_taking_back_part_of_the_money_makes_nobody_more_or_less() -> None:
    part = {"person_key": 1, "sign": 0}
    assert counted({"person_key": 1}, part) == counted({"person_key": 1})
    assert counted({"person_key": 1}, part, {"person_key": 1, "sign": -1}) == {}


@pytest.mark.parametrize(("stays", "left"), [(1, 0), (2, 1)])
def test_somebody_whose_care_was_all_reversed_does_not_count(stays: int, left: int) -> None:
    found = counted(*({"person_key": 1} for _ in range(stays)), {"person_key": 1, "sign": -1})
    assert found.get((CITY, "same_county"), (0, 0)) == (left, left)


@pytest.mark.parametrize("at_once", [persons.ROWS_AT_ONCE, 400])
def test_counts_are_those_of_a_slow_count(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(persons, "ROWS_AT_ONCE", at_once)
    random = Random(5)
    given = []
    for _ in range(1500):
        row = {
            # Half of them share their first bits with others, half do not.
            "person_key": random.choice([*range(150), *range(2**50, 150 << 50, 2**50), None]),
            "insured_county": random.choice(["410202"] * 20 + ["410203"] * 20),
            "destination_tier": random.choice(["same_county", "same_county", "same_city"]),
            "care_type": random.choice(["inpatient", "outpatient", "pharmacy", "maternity"]),
        }
        given.append(row)
        if random.random() < 0.2:
            given.append({**row, "sign": -1})
    net: dict[tuple, int] = defaultdict(int)
    for row in given:
        if row["person_key"] is None or row["care_type"] == "pharmacy":
            continue
        for area in (row["insured_county"], CITY):
            is_admission = row["care_type"] in ("inpatient", "maternity")
            for kind in (0, 1) if is_admission else (0,):
                key = (area, row["destination_tier"], row["person_key"], kind)
                net[key] += row.get("sign", 1)
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0])
    for (area, tier, _, kind), left in net.items():
        expected[(area, tier)][kind] += left > 0
    assert counted(*given) == {k: tuple(v) for k, v in expected.items() if v[0]}


def test_hashes_at_both_ends_of_the_range_are_persons_of_their_own() -> None:
    last, first = -1, 0  # of 64 bits the highest and the lowest
    found = counted(
        *({"person_key": p} for p in (last, first)),
        *({"person_key": p, "insured_county": "410203"} for p in (last, first)),
        {"person_key": last, "sign": -1},
    )
    assert found[("410202", "same_county")] == (1, 1)
    assert found[("410203", "same_county")] == (2, 2)


def test_nobody_at_all_is_no_row() -> None:
    assert counted({"person_key": None}) == {}
