from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from random import Random

import polars as pl
import pytest

from pipeline.contracts.staging import AGE_BANDS, DESTINATION_TIERS, StagedSettlement
from pipeline.counters.by_county import cases, reported
from pipeline.counters.settled_month import CASES

FIRST, LAST = date(1900, 1, 1), date(2099, 12, 31)
READ = ("settled_on", *CASES, "sign", "fund_fen")
TYPES = {name: StagedSettlement.create_empty().schema[name] for name in READ}


def rows(given: list[dict]) -> pl.DataFrame:
    return pl.DataFrame(given, schema=TYPES)


def drawn(seed: int, *, codes: int) -> list[dict]:
    """Draw a month whose keys meet often, with the largest code and amounts as large as may be."""
    draw = Random(seed)
    return [
        {
            "insured_county": draw.choice([0, 7, 65_535]),
            "settled_on": draw.choice(
                [FIRST, LAST, date(2025, 6, 1) + timedelta(draw.randrange(9))]
            ),
            "destination_tier": draw.randrange(len(DESTINATION_TIERS)),
            "disease_category": draw.choice([None, 0, codes]),
            "age_band": draw.randrange(len(AGE_BANDS)),
            "sign": draw.choice([-1, 0, 1]),
            "fund_fen": draw.choice([-1, 1]) * draw.randrange(2**53, 2**56),
        }
        for _ in range(2_000)
    ]


WORLDS = [drawn(1, codes=3), drawn(2, codes=65_535), drawn(3, codes=0)[:40], drawn(4, codes=1)[:1]]


@pytest.mark.parametrize("in_order", [False, True])
@pytest.mark.parametrize("world", range(len(WORLDS)))
def test_cases_are_added_up_by_key_to_the_last_fen(world: int, in_order: bool) -> None:
    given = sorted(WORLDS[world], key=lambda row: row["insured_county"] if in_order else 0)
    settlements, fund = Counter(), Counter()
    for row in given:
        key = tuple(row[name] for name in CASES)
        settlements[key] += row["sign"]
        fund[key] += row["fund_fen"]
    found = cases(rows(given))
    assert {row[:4]: row[4:] for row in found.select(*CASES, "settlements", "fund_fen").rows()} == {
        key: (settlements[key], fund[key]) for key in settlements
    }
    assert found.height == len(settlements)


@pytest.mark.parametrize("in_order", [False, True])
@pytest.mark.parametrize("world", range(len(WORLDS)))
def test_rows_are_counted_by_county_and_day_of_settlement(world: int, in_order: bool) -> None:
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
    for sums in (cases, reported):
        nothing, some = sums(given.clear()), sums(given)
        assert nothing.is_empty()
        assert nothing.schema == some.schema
        assert {some.schema[name] == TYPES[name] for name in some.columns if name in CASES} <= {
            True
        }
