from __future__ import annotations

from collections import Counter
from random import Random

import polars as pl
import pytest

from pipeline.contracts.staging import AGE_BANDS, DESTINATION_TIERS
from pipeline.marts.case_years import CellNumbers, judged_year, named
from pipeline.staged.codes import Codes

SCHEMA = {"insured_county": pl.UInt16, "destination_tier": pl.UInt8, "disease_category": pl.UInt16,
          "age_band": pl.UInt8, "settlements": pl.Int64, "fund_fen": pl.Int64}  # fmt: skip
AREAS = ("410203", "999999", "410202")
DISEASES = ("K80", "A01", "I25", "other")
NUMBERS = CellNumbers(
    codes=Codes({**Codes.none().values, "area": AREAS, "disease": DISEASES}),
    counties=["410202", "410203"],
)


def year(*months: list[tuple], hidden: set[int] = frozenset()) -> pl.DataFrame:  # type: ignore[assignment]
    frames = [pl.DataFrame(month, schema=SCHEMA, orient="row") for month in months]
    judged = judged_year(frames, NUMBERS, hidden_places=hidden, threshold=10)
    return named(judged, NUMBERS).cast(dict.fromkeys(list(SCHEMA)[:4], pl.String))


def expected(months: list[list[tuple]]) -> dict[tuple, tuple[int, int]]:
    """Add up in full words: rare diseases together, then the totals."""
    n: Counter = Counter()
    fund: Counter = Counter()
    of_disease: Counter = Counter()
    rows = [row for month in months for row in month if AREAS[row[0]] != "999999"]
    words = [
        (AREAS[c], DESTINATION_TIERS[t], "unknown" if d is None else DISEASES[d], AGE_BANDS[a])
        for c, t, d, a, _, _ in rows
    ]
    for key, row in zip(words, rows, strict=True):
        of_disease[key[:3]] += row[4]
    for key, row in zip(words, rows, strict=True):
        disease = "other" if of_disease[key[:3]] < 10 else key[2]
        n[(*key[:2], disease, key[3])] += row[4]
        fund[(*key[:2], disease, key[3])] += row[5]
    found = {key: (n[key], fund[key]) for key in n if n[key] or fund[key]}
    totals: dict[tuple, tuple[int, int]] = {}
    for (county, tier, disease, age), (count, fen) in found.items():
        for key in ((disease, "all"), ("all", age), ("all", "all")):
            old = totals.get((county, tier, *key), (0, 0))
            totals[(county, tier, *key)] = (old[0] + count, old[1] + fen)
    return found | totals


@pytest.mark.parametrize("seed", range(12))
def test_a_year_adds_up_as_it_does_in_full_words(seed: int) -> None:
    random = Random(seed)
    months = [
        [
            (random.randrange(3), random.randrange(2), random.choice([None, 0, 1, 2, 3]),
             random.randrange(3), random.choice([-1, 1, 4, 30]), random.choice([0, 7, 2**40]))
            for _ in range(40)
        ]
        for _ in range(3)
    ]  # fmt: skip
    frame = year(*months)
    found = {row[:4]: row[4:6] for row in frame.iter_rows()}
    assert found == expected(months)


def test_rows_are_in_the_order_of_the_mart() -> None:
    frame = year([(0, 0, 0, 1, 20, 1), (2, 1, 2, 0, 20, 1), (0, 0, 1, 1, 20, 1)])
    keys = [row[:4] for row in frame.iter_rows()]
    assert [(c, d) for c, _, d, a in keys if a == "all"] == [
        ("410202", "I25"), ("410202", "all"),
        ("410203", "A01"), ("410203", "K80"), ("410203", "all"),
    ]  # fmt: skip


def test_the_total_of_a_hidden_place_is_hidden_with_what_adds_up_to_it() -> None:
    place = NUMBERS.place("410202", "same_city")
    assert place is not None
    rows = [(2, 1, 0, 0, 50, 1), (2, 1, 1, 0, 60, 1), (2, 0, 0, 0, 70, 1)]
    frame = year(rows, hidden={place})
    told = {(t, d, a): h for _, t, d, a, _, _, h in frame.iter_rows()}
    assert told[("same_city", "all", "all")]
    assert told[("same_city", "K80", "all")]
    assert told[("same_city", "all", "0-4")]
    assert not told[("same_city", "A01", "all")]
    assert not any(hidden for (tier, _, _), hidden in told.items() if tier == "same_county")


def test_a_place_that_is_no_county_here_has_no_number() -> None:
    assert NUMBERS.place("410203001", "same_city") is None
