from __future__ import annotations

from datetime import date
from itertools import product

import polars as pl
import pytest

from pipeline.contracts.staging import CARE_TYPES, DESTINATION_TIERS, StagedSettlement
from pipeline.counters.packed_keys import BITS, packed, unpacked
from pipeline.counters.settled_month import FLOWS, TOWNSHIPS, VISITS

EDGES = {
    "insured_county": [0, 1, 65_535],
    "insured_township": [None, 0, 65_535],
    "care_area": [None, 0, 65_535],
    "hospital_level": [None, 0, 255],
    "destination_tier": [0, len(DESTINATION_TIERS) - 1],
    "care_type": [0, len(CARE_TYPES) - 1],
    "is_primary": [False, True],
    "is_resettled": [None, False, True],
    "service_date": [date(1900, 1, 1), date(1969, 12, 31), date(2025, 6, 30), date(2099, 12, 31)],
}
TYPES = {**StagedSettlement.create_empty().schema, "is_primary": pl.Boolean}
KEYS = [FLOWS, VISITS, TOWNSHIPS]


@pytest.mark.parametrize("keys", KEYS)
def test_every_combination_of_keys_is_a_number_of_its_own_and_comes_back(keys: tuple) -> None:
    rows = pl.DataFrame(
        list(product(*(EDGES[key] for key in keys))),
        schema={key: TYPES[key] for key in keys},
        orient="row",
    ).with_columns(n=pl.int_range(pl.len()))
    sums = rows.group_by(packed(keys), maintain_order=True).agg(pl.col("n").sum())
    assert sums.height == rows.height
    assert unpacked(sums, keys).equals(rows)


@pytest.mark.parametrize("keys", KEYS)
def test_the_keys_fit_into_one_number(keys: tuple) -> None:
    assert sum(BITS[key] for key in keys) <= 64


def test_the_widths_hold_every_word_of_the_enumerations() -> None:
    assert len(DESTINATION_TIERS) <= 2 ** BITS["destination_tier"]
    assert len(CARE_TYPES) <= 2 ** BITS["care_type"]
