from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import polars as pl
import pytest

from pipeline.contracts.staging import CARE_TYPES, DESTINATION_TIERS, StagedSettlement
from pipeline.counters import by_county
from pipeline.counters.by_county import added, reported, summed
from pipeline.counters.settled_month import FLOWS, TOWNSHIPS, VISITS

FIRST, LAST = date(1900, 1, 1), date(2099, 12, 31)
KEYS = (*VISITS, *FLOWS, *TOWNSHIPS)
READ = ("insured_county", "settled_on", "sign", "fund_fen")
TYPES = {**StagedSettlement.create_empty().schema, "is_primary": pl.Boolean}


def one_table(
    rows: pl.DataFrame, *keys: str, known: dict[str, pl.Series] | None = None
) -> pl.DataFrame:
    return added(rows, {"sums": keys}, amounts=["fund_fen"], known=known or {})["sums"]


def rows(given: list[dict]) -> pl.DataFrame:
    return pl.DataFrame(given, schema={name: TYPES[name] for name in (*READ, *KEYS)})


def drawn(seed: int, *, codes: int, size: int = 2_000) -> list[dict]:
    """Draw a month whose keys meet often, with the largest code and amounts as large as may be."""
    draw = Random(seed)
    days = [FIRST, LAST, *(date(2025, 6, 1) + timedelta(n) for n in range(9))]
    return [
        {
            "insured_county": draw.choice([0, 7, 65_535]),
            "insured_township": draw.choice([None, 5, codes]),
            "care_area": draw.choice([0, codes // 2, codes]),
            "service_date": draw.choice(days),
            "settled_on": draw.choice(days),
            "destination_tier": draw.randrange(len(DESTINATION_TIERS)),
            "care_type": draw.randrange(len(CARE_TYPES)),
            "hospital_level": draw.choice([None, 0, min(codes, 255)]),
            "is_primary": draw.choice([False, True]),
            "is_resettled": draw.choice([None, False, True]),
            "sign": draw.choice([-1, 0, 1]),
            "fund_fen": draw.choice([-1, 1]) * draw.randrange(2**53, 2**56),
        }
        for _ in range(size)
    ]


WORLDS = [
    *(drawn(1, codes=7), drawn(2, codes=65_535), drawn(3, codes=5, size=40)),
    drawn(4, codes=1_025, size=1),
    [{**row, "care_area": None, "is_resettled": None} for row in drawn(5, codes=3, size=9)],
    # Codes between those of counties are nobody's.
    [{**row, "insured_county": row["insured_county"] % 11} for row in drawn(6, codes=9)],
]


@pytest.mark.parametrize("at_once", [1, 3_000, by_county.PLACES_AT_ONCE])
@pytest.mark.parametrize("in_order", [False, True])
@pytest.mark.parametrize("keys", [VISITS, FLOWS, TOWNSHIPS, ("service_date", "is_resettled")])
@pytest.mark.parametrize("world", range(len(WORLDS)))
def test_rows_are_added_up_by_key_to_the_last_fen(
    world: int, keys: tuple, in_order: bool, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_county, "PLACES_AT_ONCE", at_once)
    monkeypatch.setattr(by_county, "ROWS_AT_ONCE", at_once)
    given = sorted(WORLDS[world], key=lambda row: row["insured_county"] if in_order else 0)
    settlements, fund = Counter(), Counter()
    for row in given:
        key = row["insured_county"], *(row[name] for name in keys)
        settlements[key] += row["sign"]
        fund[key] += row["fund_fen"]
    found = one_table(rows(given), *keys)
    assert {row[:-2]: row[-2:] for row in found.iter_rows()} == {
        key: (settlements[key], fund[key]) for key in settlements
    }
    assert found.height == len(settlements)
    assert {TYPES[name] == found.schema[name] for name in keys} == {True}


def test_several_tables_of_one_month_are_as_each_by_itself() -> None:
    given = rows(WORLDS[0])
    found = added(given, {"visits": VISITS, "flows": FLOWS}, amounts=["fund_fen"])
    assert list(found) == ["visits", "flows"]
    for name, keys in (("visits", VISITS), ("flows", FLOWS)):
        assert found[name].equals(one_table(given, *keys))


@pytest.mark.parametrize("value", [pl.Series([False]), pl.Series([None], dtype=pl.Boolean)])
def test_a_key_that_is_known_tells_no_row_from_another(value: pl.Series) -> None:
    keys = ("is_resettled", "destination_tier", "care_type")
    found = one_table(rows(WORLDS[0]), *keys, known={"is_resettled": value})
    others = one_table(rows(WORLDS[0]), *keys[1:])
    assert found.drop("is_resettled").equals(others)
    assert found["is_resettled"].unique().equals(value.alias("is_resettled"))


def test_sums_are_in_order_of_county_and_key_null_last() -> None:
    found = one_table(rows(WORLDS[0]), *TOWNSHIPS)
    assert found.equals(found.sort("insured_county", *TOWNSHIPS, nulls_last=True))


@pytest.mark.parametrize("at_once", [7, by_county.ROWS_AT_ONCE])
@pytest.mark.parametrize("in_order", [False, True])
@pytest.mark.parametrize("world", range(len(WORLDS)))
def test_rows_are_counted_by_county_and_day_of_settlement(
    world: int, in_order: bool, at_once: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(by_county, "ROWS_AT_ONCE", at_once)
    given = sorted(WORLDS[world], key=lambda row: row["insured_county"] if in_order else 0)
    counts = Counter((row["insured_county"], row["settled_on"]) for row in given)
    found = reported(rows(given))
    assert (
        dict(zip(found.select("insured_county", "settled_on").rows(), found["rows"], strict=True))
        == counts
    )
    assert found.height == len(counts)


def test_of_no_rows_there_are_no_sums_of_the_same_columns() -> None:
    given = rows(WORLDS[0])
    for sums in (lambda rows: one_table(rows, *VISITS), reported):
        nothing, some = sums(given.clear()), sums(given)
        assert nothing.is_empty()
        assert nothing.schema == some.schema


@pytest.mark.parametrize("world", range(len(WORLDS)))
def test_other_columns_are_added_up_by_a_few_keys_and_not_told_where_any_is_not(world: int) -> None:
    draw = Random(world)
    given = [{**row, "care_area": draw.choice([None, *range(99)])} for row in WORLDS[world]]
    keys = ("insured_county", "service_date")
    expected: dict[tuple, list] = {}
    for row in given:
        sums = expected.setdefault(tuple(row[key] for key in keys), [0, 0])
        for at, name in enumerate(("fund_fen", "care_area")):
            is_told = None not in (sums[at], row[name])
            sums[at] = sums[at] + row[name] if is_told else None
    found = summed(rows(given).select(*keys, "fund_fen", "care_area"), keys)
    assert {row[:2]: [*row[2:]] for row in found.iter_rows()} == expected
    assert found.select(keys).equals(found.select(keys).sort(keys))
    assert found.schema["fund_fen"] == found.schema["care_area"] == pl.Int64
