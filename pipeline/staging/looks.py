"""What a first look at settlements finds: little of each row, to be judged beside other rows.

20 bytes a row for the identifiers, and the reversals. What was found of a file holds as long as the
file and the lookups are the same, so it is kept between runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.spill import Spill, completed, filled
from pipeline.staging import settlements
from pipeline.staging.clashes import hashed, twice_in
from pipeline.staging.names import with_institution
from pipeline.staging.references import References
from pipeline.staging.sets import CELL, UNIT, tallied

BUCKET = 8_000_000  # identifiers that are sorted at once
KEPT = 500_000  # checked rows that are kept from the first look on; others are checked again

ID = pl.col("settlement_id")
IS_OPEN = pl.col("_reason").is_null()
_FACTS = ("_file", "_series", "_batch", "_county", "_month", "_reason")
# What a reversal is joined to its original by.
_OF_REVERSALS = ("settlement_id", "original_id", "insured_county", "settled_on", "total", "fund")
_OF_IDS = ("_pos", "sign", *_OF_REVERSALS)
_REVERSAL = ("_pos", *CELL, *_OF_REVERSALS)
NAMED = ("_file", "institution_code", "institution_name")


@dataclass(frozen=True, kw_only=True)
class Look:
    """What was found of some files."""

    tally: pl.DataFrame  # `tallied`
    reversals: pl.DataFrame  # open ones: _REVERSAL
    named: pl.DataFrame  # institutions by file: NAMED
    ids: Mapping[int, Sequence[pl.LazyFrame]]  # of open rows by file: _batch, _hash

    def beside(self, other: Look) -> Look:
        """Return what was found of both."""
        return Look(
            tally=pl.concat([self.tally, other.tally]),
            reversals=pl.concat([self.reversals, other.reversals]),
            named=pl.concat([self.named, other.named]),
            ids={**self.ids, **other.ids},
        )


def first_look(checked: list[pl.LazyFrame], ids: Spill) -> Look:
    """Look at all parts, at least one; of the first the rows looked at take the part's place.

    The identifiers of each file are put aside in `ids`, under its number.
    """
    tallies, kept = [], 0
    # Packed: texts of a few rows hold on to the texts of all, until they are written anew.
    reversals, named = Spill(None), Spill(None)
    for at, rows in enumerate(checked):
        wanted = settlements.CHECKED if kept < KEPT else _OF_IDS
        seen = rows.select(*dict.fromkeys((*_FACTS, *NAMED, *wanted))).collect()
        if kept < KEPT:
            kept += seen.height
            of_row = seen.drop("_series", "institution_name")
            checked[at] = completed(filled(of_row).lazy(), of_row.schema)
        named.add(seen.select(NAMED).unique())
        tallies.append(tallied(seen.lazy()).collect())
        good = seen.lazy().filter(IS_OPEN & ID.is_not_null())
        reversals.add(good.filter(pl.col("sign") == -1).select(_REVERSAL).collect())
        found = good.select(*UNIT, _hash=hashed(settlements.KEY)).collect()
        for (file,), part in found.partition_by("_file", as_dict=True, include_key=False).items():
            ids.add(part, name=str(file))
    return Look(
        tally=pl.concat(tallies),
        reversals=pl.concat(reversals.scans()).collect(),
        named=pl.concat(named.scans()).unique().sort(NAMED).collect(),
        ids={int(name): ids.scans(name) for name in ids.names},
    )


def looked_up(named: pl.DataFrame, references: References) -> pl.DataFrame:
    """Add all that the rules see of the register, to institutions by file (`Look.named`)."""
    code, name = NAMED[1:]
    found = with_institution(named.lazy().select(NAMED), references, code=code, name=name)
    other = pl.when("_is_other").then("_registered")
    return found.select(
        *NAMED, "institution_county", "institution_level", _registered=other
    ).collect()


def shared_hashes(look: Look, replaced: pl.DataFrame) -> pl.DataFrame:
    """Return the hashes that more than one row of the units in force has: `_hash`."""
    in_force = pl.concat([pl.LazyFrame(schema={"_hash": pl.UInt64}), *_in_force(look, replaced)])
    buckets = int(look.tally["_rows"].sum()) // BUCKET + 1
    found = []
    for bucket in range(buckets):
        here = pl.col("_hash") % buckets == bucket
        found.append(twice_in(in_force.filter(here).collect()["_hash"]))
    return pl.concat(found).to_frame()


def _in_force(look: Look, replaced: pl.DataFrame) -> Iterator[pl.LazyFrame]:
    gone = dict(replaced.group_by("_file").agg("_batch").iter_rows())
    for file, parts in look.ids.items():
        stays = pl.col("_batch").is_in(gone.get(file, [])).not_()
        for part in parts:
            yield (part.filter(stays) if file in gone else part).select("_hash")


def files_with(look: Look, hashes: pl.DataFrame) -> set[int]:
    """Return the files that have a row with one of some hashes."""
    # Named as a column first: a literal alone is one row, whether a row was found or not.
    hits = [
        part.join(hashes.lazy(), on="_hash", how="semi")
        .with_columns(_file=pl.lit(file, dtype=pl.UInt32))
        .select("_file")
        for file, parts in look.ids.items()
        for part in parts
    ]
    return set(pl.concat(hits).unique().collect()["_file"]) if hits and hashes.height else set()
