"""Stage settlements part by part, so that there can be any number of them.

What rows say of each other is found on little first: 12 bytes a row for the identifiers, and whole
rows only of what may be a duplicate, a reversal or its original. A shared 64-bit hash makes no
duplicate: it only has the texts compared. Parts hold whole files; their order does not matter.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from pipeline.staging import settlements
from pipeline.staging.amounts import MONEY
from pipeline.staging.references import References
from pipeline.staging.run import ACCOUNT, Staged
from pipeline.staging.sets import (
    duplicates,
    file_facts,
    superseded,
    without_duplicates,
    without_superseded,
)

BUCKETS = 16  # of identifiers that are sorted at once
COMPARED = 500_000  # identifiers whose rows are compared at once

_ID = pl.col("settlement_id")
_HASH = _ID.hash()
_IS_OPEN = pl.col("_reason").is_null()
_FACTS = ("_file", "_series", "_batch", "_county", "_month", "_reason")


@dataclass(frozen=True, kw_only=True)
class _Look:
    """What a first look at all parts found."""

    files: pl.DataFrame  # file_facts
    ids: Sequence[pl.DataFrame]  # of open rows by part: _file, _hash
    reversals: pl.DataFrame  # open ones: _pos, _file, settlement_id, original_id


@dataclass(frozen=True, kw_only=True)
class _Verdicts:
    """What the rows of all parts say of each other."""

    replaced: pl.DataFrame  # _file, by
    twice: pl.DataFrame  # _pos, _verdict
    dates: pl.DataFrame  # _pos, original_date


def stage_parts(parts: Sequence[pl.LazyFrame], *, references: References) -> Iterator[Staged]:
    """Stage the typed rows of settlements: `Staged` of each part, at least one part.

    The rows bring `_batch`, `_series` and `_city`; each says `replaced` of all parts.
    """
    checked = [_checked(part, references) for part in parts]
    look = _first_look(checked)
    replaced = superseded(look.files, by_month=settlements.MAIN_MONTH_REPLACES)
    twice = _duplicates(parts, look.ids, replaced, references)
    dates = _original_dates(parts, look.reversals, replaced, twice, references)
    verdicts = _Verdicts(replaced=replaced, twice=twice, dates=dates)
    del look
    for rows in checked:
        yield _staged(rows, verdicts)


def _checked(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Apply the rules of a row by itself."""
    return settlements.stage(rows.with_columns(_warning=pl.lit(None, dtype=pl.String)), references)


def _first_look(checked: Sequence[pl.LazyFrame]) -> _Look:
    files, ids, reversals = [], [], []
    for rows in checked:
        seen = rows.select(*_FACTS, "_pos", "settlement_id", "original_id", "sign").collect()
        files.append(file_facts(seen.lazy()).collect())
        good = seen.lazy().filter(_IS_OPEN & _ID.is_not_null())
        ids.append(good.select("_file", _hash=_HASH).collect())
        back = good.filter(pl.col("sign") == -1)
        reversals.append(back.select("_pos", "_file", "settlement_id", "original_id").collect())
    return _Look(files=pl.concat(files), ids=ids, reversals=pl.concat(reversals))


def _in_force(rows: pl.LazyFrame, replaced: pl.DataFrame) -> pl.LazyFrame:
    return rows.join(replaced.lazy(), on="_file", how="anti")


def _shared(ids: Sequence[pl.DataFrame], replaced: pl.DataFrame) -> pl.Series:
    """Return the hashes that more than one row of the files in force has."""
    found = [pl.Series("_hash", [], dtype=pl.UInt64)]
    for bucket in range(BUCKETS):
        here = pl.col("_hash") % BUCKETS == bucket
        hashes = pl.concat(
            _in_force(part.lazy().filter(here), replaced).select("_hash").collect() for part in ids
        )["_hash"].sort()
        found.append(hashes.filter(hashes == hashes.shift(1)).unique())
    return pl.concat(found)


def _duplicates(
    parts: Sequence[pl.LazyFrame],
    ids: Sequence[pl.DataFrame],
    replaced: pl.DataFrame,
    references: References,
) -> pl.DataFrame:
    """Compare the rows whose identifiers have a hash in common: `_pos`, `_verdict`."""
    shared = _shared(ids, replaced)
    found = [pl.DataFrame(schema={"_pos": pl.UInt64, "_verdict": pl.String})]
    needed = list(dict.fromkeys(("_pos", "_file", "_batch", "_reason", *settlements.CONTENT)))
    for start in range(0, shared.len(), COMPARED):
        wanted = shared.slice(start, COMPARED).to_frame().lazy()
        rows = pl.concat(
            part.with_columns(_hash=_HASH).join(wanted, on="_hash", how="semi").collect()
            for part in parts
        )
        in_force = _in_force(rows.drop("_hash").lazy(), replaced)
        doubled = _checked(in_force, references).select(needed).collect()
        verdicts = duplicates(
            doubled.lazy(), key=settlements.KEY, content=settlements.CONTENT
        ).collect()
        found.append(verdicts.cast({"_pos": pl.UInt64}))
    return pl.concat(found)


def _original_dates(
    parts: Sequence[pl.LazyFrame],
    reversals: pl.DataFrame,
    replaced: pl.DataFrame,
    twice: pl.DataFrame,
    references: References,
) -> pl.DataFrame:
    """Find the originals of the reversals that count: `_pos`, `original_date`."""
    counted = _in_force(reversals.lazy(), replaced).join(twice.lazy(), on="_pos", how="anti")
    wanted = counted.select(settlement_id="original_id").drop_nulls().unique().collect()
    rows = pl.concat(
        part.join(wanted.lazy(), on="settlement_id", how="semi").collect() for part in parts
    )
    named = _checked(_in_force(rows.lazy(), replaced), references)
    good = named.filter(_IS_OPEN & (pl.col("sign") == 1))
    originals = good.join(twice.lazy(), on="_pos", how="anti")
    return settlements.original_dates(counted, originals).collect()


def _staged(checked: pl.LazyFrame, verdicts: _Verdicts) -> Staged:
    """Apply to a part what its rows and those of the others say of each other."""
    rows = without_superseded(checked, verdicts.replaced)
    rows = without_duplicates(rows, verdicts.twice.lazy(), key=settlements.KEY)
    frame = settlements.with_reversals(rows, verdicts.dates.lazy()).collect()
    accepted = settlements.tables(frame.lazy())
    return Staged(
        accepted={name: table.collect() for name, table in accepted.items()},
        accounts=frame.select(*ACCOUNT, *MONEY),
        replaced=verdicts.replaced,
    )
