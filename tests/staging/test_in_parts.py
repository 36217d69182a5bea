"""Settlements in parts against the same rules over one frame, and by hand across parts."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest

from pipeline.staging import clashes, in_parts, looks, settlements
from pipeline.staging.amounts import MONEY
from pipeline.staging.in_parts import judge
from pipeline.staging.references import References
from pipeline.staging.run import ACCOUNT, stage_source
from pipeline.staging.sets import (
    doubled_rows,
    duplicates,
    overlaps,
    replaced_files,
    superseded,
    tallied,
    units,
    without_duplicates,
    without_overlaps,
    without_superseded,
)

from . import conftest
from .conftest import typed_rows

ROW = conftest.ROW | {"settlement_id": "A"}
BACK = {"original_id": "A", "is_reversal": True, "total": -1000_00, "fund": -600_00}
Result = tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]  # accounts, accepted, replaced


def in_several(parts: Sequence[pl.DataFrame], references: References) -> Result:
    staged = list(judge([part.lazy() for part in parts], references=references).staged())
    assert len(staged) == len(parts)
    accounts = pl.concat(part.accounts for part in staged)
    accepted = pl.concat(part.accepted["settlements"] for part in staged)
    return accounts.sort("_file", "_row"), accepted.sort("settlement_id"), staged[0].replaced


def as_a_whole(rows: pl.DataFrame, references: References) -> Result:
    """Apply every rule to one frame that holds all rows and all columns."""
    warned = rows.lazy().with_columns(_warning=pl.lit(None, dtype=pl.String))
    checked = settlements.stage(warned, references).collect().lazy()
    sent = units(tallied(checked)).collect()
    replaced = superseded(sent, by_month=True)
    checked = without_superseded(checked, replaced).collect().lazy()
    twice = doubled_rows(checked, key=settlements.KEY, content=settlements.CONTENT)
    cells = overlaps(twice, sent, key=settlements.KEY).collect()
    checked = without_overlaps(checked, cells).collect().lazy()
    twice = doubled_rows(checked, key=settlements.KEY, content=settlements.CONTENT)
    verdicts = duplicates(twice, key=settlements.KEY)
    frame = without_duplicates(checked, verdicts, key=settlements.KEY).collect()
    is_open = frame.filter(pl.col("_reason").is_null()).lazy()
    dates = settlements.original_dates(
        is_open.filter(pl.col("sign") == -1), is_open.filter(pl.col("sign") == 1)
    )
    frame = settlements.with_reversals(frame.lazy(), dates).collect()
    accepted = settlements.tables(frame.lazy())["settlements"].collect()
    accounts = frame.select(*ACCOUNT, *MONEY).sort("_file", "_row")
    return accounts, accepted.sort("settlement_id"), replaced_files(sent, replaced)


def _some(chance: random.Random, files: int) -> list[dict[str, Any]]:
    """Make rows that clash: few identifiers, three batches, reversals, faults."""
    rows = []
    for at in range(200):
        file = chance.randint(1, files)
        row = ROW | {
            "_file": file,
            "_row": at,
            "_series": f"s{file % 4}",
            "_batch": 1 + (file % 3 == 0) + (file % 5 == 0),
            "settlement_id": f"S{chance.randint(1, 60)}",
            "total": chance.choice([1000_00, 2000_00]),
            "insured_area": chance.choice(["410225", "410225", "410212", "411626", "999999"]),
            "settled_on": date(2025, file % 3 + 1, 1) + timedelta(days=chance.randint(0, 27)),
        }
        if chance.random() < 0.3:
            row |= BACK | {
                "settlement_id": f"R{chance.randint(1, 40)}",
                "original_id": chance.choice([f"S{chance.randint(1, 60)}", None]),
            }
        elif chance.random() < 0.2:
            row |= {"is_reversal": True}
        rows.append(row)
    return rows


@pytest.mark.parametrize("seed", range(6))
def test_parts_in_any_order_give_what_the_whole_gives(seed: int, references: References) -> None:
    chance = random.Random(seed)
    rows = typed_rows("settlements", *_some(chance, files=9)).sort("_file", "_row")
    rows = rows.with_columns(_pos=pl.int_range(pl.len(), dtype=pl.UInt64))
    whole = as_a_whole(rows, references)
    assert whole[1].height
    by_file = rows.partition_by("_file")
    chance.shuffle(by_file)
    across_files = [rows[:30], rows[30:110], rows[110:]]
    some_files = [pl.concat(by_file[:3]), pl.concat(by_file[3:])]
    for split in ([rows], by_file, some_files, across_files):
        for ours, theirs in zip(in_several(split, references), whole, strict=True):
            assert ours.equals(theirs)


def _length(key: Sequence[str]) -> pl.Expr:
    return pl.col(key[0]).str.len_chars().cast(pl.UInt64)


@pytest.mark.parametrize("compared", [1, 2, 1000])
@pytest.mark.parametrize("buckets", [1, 3])
def test_neither_buckets_nor_rounds_nor_shared_hashes_matter(
    references: References, monkeypatch: pytest.MonkeyPatch, compared: int, buckets: int
) -> None:
    rows = typed_rows("settlements", *_some(random.Random(99), files=5)).sort("_file", "_row")
    whole = as_a_whole(rows, references)
    parts = rows.partition_by("_file")
    monkeypatch.setattr(looks, "BUCKET", len(rows) // buckets)
    monkeypatch.setattr(looks, "KEPT", compared)
    monkeypatch.setattr(clashes, "COMPARED", compared)
    for module in (clashes, looks, in_parts):
        monkeypatch.setattr(module, "hashed", _length)
    for ours, theirs in zip(in_several(parts, references), whole, strict=True):
        assert ours.equals(theirs)


def _parts(*files: list[dict[str, Any]]) -> list[pl.DataFrame]:
    """Make a part of each list: a file of its own series."""
    return [
        typed_rows(
            "settlements",
            *({"_pos": at << 32 | i, "_row": i} | row for i, row in enumerate(rows)),
            _file=at,
            _series=str(at),
        )
        for at, rows in enumerate(files, 1)
    ]


def test_a_duplicate_in_another_part_is_found(references: References) -> None:
    accounts, accepted, _ = in_several(_parts([ROW], [ROW]), references)
    assert accounts["_reason"].to_list() == [None, "DUPLICATE_ROW"]
    assert accepted["file_id"].to_list() == [1]


def test_a_reversal_finds_its_original_in_another_part(references: References) -> None:
    back = ROW | BACK | {"settlement_id": "R", "settled_on": date(2025, 5, 9)}
    for files in ([[ROW], [back]], [[back], [ROW]]):
        accounts, accepted, _ = in_several(_parts(*files), references)
        assert accounts["_reason"].to_list() == [None, None]
        assert accepted["service_date"].to_list() == [date(2025, 3, 2)] * 2


def test_an_original_in_a_replaced_file_leaves_an_orphan(references: References) -> None:
    back = ROW | BACK | {"settlement_id": "R", "settled_on": date(2025, 5, 9)}
    other = ROW | {"settlement_id": "B", "_batch": 2}
    accounts, accepted, replaced = in_several(_parts([ROW], [other], [back]), references)
    assert accounts["_reason"].to_list() == ["REPLACED", None, "REFUND_ORPHAN"]
    assert accepted["settlement_id"].to_list() == ["B"]
    assert replaced.rows() == [(1, 2)]


def _referrals(chance: random.Random) -> pl.DataFrame:
    """Make referrals that clash: few numbers, two batches, months told twice, faults."""
    rows = []
    for at in range(150):
        file = chance.randint(1, 6)
        rows.append(
            {
                "_file": file,
                "_row": at,
                "_series": f"s{file % 4}",
                "_batch": 1 + (file % 3 == 0),
                "referral_id": f"F{chance.randint(1, 60)}",
                "person": 7 + file // 5,
                "referred_on": date(2025, chance.choice([file % 4 + 2] * 9 + [9]), 5),
                "direction": "up",
                "from_institution": chance.choice(["H1", "H1", "H1", "K1", "X"]),
                "insured_area": "410225",
            }
        )
    return typed_rows("referrals", *rows).sort("_file", "_row")


@pytest.mark.parametrize(("kept", "compared"), [(1, 1), (1, 1000), (60, 1000), (1000, 1)])
def test_referrals_in_parts_give_what_the_whole_gives(
    references: References, monkeypatch: pytest.MonkeyPatch, kept: int, compared: int
) -> None:
    rows = _referrals(random.Random(7))

    def staged(parts: Sequence[pl.DataFrame]) -> Result:
        lazy = [part.lazy() for part in parts]
        found = list(stage_source("referrals", lazy, references=references))
        assert len(found) == len(parts)
        accounts = pl.concat(part.accounts for part in found).sort("_file", "_row")
        accepted = pl.concat(part.accepted["referrals"] for part in found).sort("referral_id")
        return accounts, accepted, found[-1].replaced

    whole = staged([rows])
    told = {None, "REPLACED", "OVERLAP", "DUPLICATE_ROW", "DUPLICATE_KEY", "UNKNOWN_CODE"}
    assert set(whole[0]["_reason"]) == told | {"FUTURE_DATE"}
    monkeypatch.setattr(clashes, "COMPARED", compared)
    monkeypatch.setattr(looks, "KEPT", kept)
    for split in (rows.partition_by("_file")[::-1], [rows[:20], rows[20:90], rows[90:]]):
        for ours, theirs in zip(staged(split), whole, strict=True):
            assert ours.equals(theirs)


def test_only_files_that_name_a_hash_are_opened_again() -> None:
    def ids(*hashes: int) -> list[pl.LazyFrame]:
        return [
            pl.LazyFrame({"_batch": [1] * len(hashes), "_hash": pl.Series(hashes, dtype=pl.UInt64)})
        ]

    nothing = pl.DataFrame()
    of_files = {1: ids(5, 6), 2: ids(7), 3: ids(6)}
    look = looks.Look(tally=nothing, reversals=nothing, named=nothing, ids=of_files)
    wanted = pl.DataFrame({"_hash": [6]}, schema={"_hash": pl.UInt64})
    assert looks.files_with(look, wanted) == {1, 3}
    assert looks.files_with(look, wanted.clear()) == set()
