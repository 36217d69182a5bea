"""Stage settlements part by part, so that there can be any number of them.

What rows say of each other is found on little first: 20 bytes a row for the identifiers, and whole
rows only of what may be a duplicate, a reversal or its original. A shared 64-bit hash makes no
duplicate: it only has the texts compared. A file may be in several parts; their order does not
matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.spill import Spill
from pipeline.staging import settlements
from pipeline.staging.amounts import MONEY
from pipeline.staging.references import References
from pipeline.staging.run import ACCOUNT, Staged
from pipeline.staging.sets import (
    CELL,
    UNIT,
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

BUCKETS = 16  # of identifiers that are sorted at once
COMPARED = 500_000  # identifiers whose rows are compared at once
KEPT = 500_000  # checked rows that are kept from the first look on; others are checked again

_ID = pl.col("settlement_id")
_HASH = _ID.hash()
_IS_OPEN = pl.col("_reason").is_null()
_FACTS = ("_file", "_series", "_batch", "_county", "_month", "_reason")
# What a reversal is joined to its original by.
_OF_REVERSALS = (
    *("settlement_id", "original_id", "insured_county", "settled_on", "total", "fund"),
)
_OF_IDS = ("_pos", "sign", *_OF_REVERSALS)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What a first look at all parts found."""

    sent: pl.DataFrame  # units
    ids: Sequence[pl.DataFrame]  # of open rows by part: _file, _batch, _hash
    reversals: pl.DataFrame  # open ones: _pos, CELL, _OF_REVERSALS


@dataclass(frozen=True, kw_only=True)
class _Verdicts:
    """What the rows of all parts say of each other."""

    replaced: pl.DataFrame  # UNIT, by
    files: pl.DataFrame  # _file, by: files nothing of which is in force
    overlapping: pl.DataFrame  # CELL
    twice: pl.DataFrame  # _pos, _verdict
    dates: pl.DataFrame  # _pos, original_date, is_rest


def stage_parts(parts: Sequence[pl.LazyFrame], *, references: References) -> Iterator[Staged]:
    """Stage the typed rows of settlements: `Staged` of each part, at least one part.

    The rows bring `_batch`, `_series` and `_city`; each says `replaced` of all parts.
    """
    checked = [_checked(part, references) for part in parts]
    verdicts = _judged(parts, _first_look(checked), references)
    checked.reverse()
    while checked:  # given away, so that what is kept of a part is not held any longer
        yield _staged(checked.pop(), verdicts)


def _judged(parts: Sequence[pl.LazyFrame], look: _Look, references: References) -> _Verdicts:
    replaced = superseded(look.sent, by_month=settlements.MAIN_MONTH_REPLACES)
    overlapping, twice = _clashes(parts, look, replaced, references)
    dates = _original_dates(parts, look.reversals, (replaced, overlapping, twice), references)
    return _Verdicts(
        replaced=replaced,
        files=replaced_files(look.sent, replaced),
        overlapping=overlapping,
        twice=twice,
        dates=dates,
    )


def _checked(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Apply the rules of a row by itself."""
    return settlements.stage(rows.with_columns(_warning=pl.lit(None, dtype=pl.String)), references)


def _first_look(checked: list[pl.LazyFrame]) -> _Look:
    """Look at the rows of all parts; of the first parts the checked rows take their place."""
    sent, ids, reversals = [], [], []
    kept = 0
    for at, rows in enumerate(checked):
        facts = dict.fromkeys((*_FACTS, *(settlements.CHECKED if kept < KEPT else _OF_IDS)))
        seen = rows.select(*facts).collect()
        if kept < KEPT:
            kept += seen.height
            checked[at] = seen.drop("_series").lazy()
        sent.append(tallied(seen.lazy()).collect())
        good = seen.lazy().filter(_IS_OPEN & _ID.is_not_null())
        ids.append(good.select(*UNIT, _hash=_HASH).collect())
        back = good.filter(pl.col("sign") == -1)
        reversals.append(back.select("_pos", *CELL, *_OF_REVERSALS).collect())
    return _Look(
        sent=units(pl.concat(sent).lazy()).collect(), ids=ids, reversals=pl.concat(reversals)
    )


def _without(rows: pl.LazyFrame, taken_out: pl.DataFrame, on: Sequence[str] = UNIT) -> pl.LazyFrame:
    return rows.join(taken_out.lazy(), on=on, how="anti")


def _shared(ids: Sequence[pl.DataFrame], replaced: pl.DataFrame) -> pl.Series:
    """Return the hashes that more than one row of the units in force has."""
    found = [pl.Series("_hash", [], dtype=pl.UInt64)]
    for bucket in range(BUCKETS):
        here = pl.col("_hash") % BUCKETS == bucket
        hashes = pl.concat(
            _without(part.lazy().filter(here), replaced).select("_hash").collect() for part in ids
        )["_hash"].sort()
        found.append(hashes.filter(hashes == hashes.shift(1)).unique())
    return pl.concat(found)


def _clashes(
    parts: Sequence[pl.LazyFrame], look: _Look, replaced: pl.DataFrame, references: References
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Compare the rows whose identifiers have a hash in common: overlapping cells, duplicates.

    Rows of overlapping cells are no duplicates of others, so all overlaps must be known first.
    """
    doubled = Spill(None)
    cells = [look.reversals.select(CELL).clear()]
    for twice in _doubled(parts, _shared(look.ids, replaced), replaced, references):
        cells.append(overlaps(twice.lazy(), look.sent, key=settlements.KEY).collect())
        doubled.add(twice)
    overlapping = pl.concat(cells).unique()
    found = [pl.DataFrame(schema={"_pos": pl.UInt64, "_verdict": pl.String})]
    for part in doubled.scans():
        rest = _without(part, overlapping, CELL)
        found.append(duplicates(rest, key=settlements.KEY).collect())
    return overlapping, pl.concat(found)


def _doubled(
    parts: Sequence[pl.LazyFrame],
    shared: pl.Series,
    replaced: pl.DataFrame,
    references: References,
) -> Iterator[pl.DataFrame]:
    """Yield the rows in force that share an identifier, so many identifiers at once."""
    for start in range(0, shared.len(), COMPARED):
        wanted = shared.slice(start, COMPARED).to_frame().lazy()
        rows = pl.concat(
            part.with_columns(_hash=_HASH).join(wanted, on="_hash", how="semi").collect()
            for part in parts
        )
        in_force = _checked(_without(rows.drop("_hash").lazy(), replaced), references)
        yield doubled_rows(in_force, key=settlements.KEY, content=settlements.CONTENT).collect()


def _original_dates(
    parts: Sequence[pl.LazyFrame],
    reversals: pl.DataFrame,
    taken_out: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    references: References,
) -> pl.DataFrame:
    """Find the originals of the reversals that count: `_pos`, `original_date`, `is_rest`.

    Neither counts if its unit is replaced, its cell overlaps or it is a duplicate (`taken_out`).
    """
    replaced, overlapping, twice = taken_out
    in_force = _without(_without(reversals.lazy(), replaced), overlapping, CELL)
    counted = _without(in_force, twice, ["_pos"])
    wanted = counted.select(settlement_id="original_id").drop_nulls().unique().collect()
    if wanted.is_empty():
        return pl.DataFrame(
            schema={"_pos": pl.UInt64, "original_date": pl.Date, "is_rest": pl.Boolean}
        )
    rows = pl.concat(
        part.join(wanted.lazy(), on="settlement_id", how="semi").collect() for part in parts
    )
    named = _checked(_without(rows.lazy(), replaced), references)
    good = named.filter(_IS_OPEN & (pl.col("sign") == 1))
    originals = _without(_without(good, overlapping, CELL), twice, ["_pos"])
    return settlements.original_dates(counted, originals).collect()


def _staged(checked: pl.LazyFrame, verdicts: _Verdicts) -> Staged:
    """Apply to a part what its rows and those of the others say of each other."""
    rows = checked
    if verdicts.replaced.height:
        rows = without_superseded(rows, verdicts.replaced)
    if verdicts.overlapping.height:
        rows = without_overlaps(rows, verdicts.overlapping)
    if verdicts.twice.height:
        rows = without_duplicates(rows, verdicts.twice.lazy(), key=settlements.KEY)
    frame = settlements.with_reversals(rows, verdicts.dates.lazy()).collect()
    accepted = settlements.tables(frame.lazy())
    return Staged(
        accepted={name: table.collect() for name, table in accepted.items()},
        accounts=frame.select(*ACCOUNT, *MONEY),
        replaced=verdicts.files,
    )
