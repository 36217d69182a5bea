"""Stage settlements part by part, so that there can be any number of them.

What rows say of each other is found on little first (`looks`), and on whole rows only of what may
be a duplicate, a reversal's original or overlap (`clashes`). A file may be in several parts; their
order does not matter.

Files that are `Known` from an earlier run are looked at no more: what rows say of each other is
judged anew from what was found of all files, and only rows it was not found of are opened.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import partial
from pathlib import Path

import polars as pl

from pipeline.spill import Spill
from pipeline.staging import settlements
from pipeline.staging.amounts import MONEY
from pipeline.staging.clashes import clashes, hashed, having, without, without_clashes
from pipeline.staging.looks import IS_OPEN, Look, files_with, first_look, shared_hashes
from pipeline.staging.references import References
from pipeline.staging.run import ACCOUNT, Staged
from pipeline.staging.sets import CELL, replaced_files, superseded, units

IDS, ROWS = "ids", "compared"  # what is put aside
IN_FILE = 1 << 32  # `_pos` is the number of a row's file times this, and its place in the file


@dataclass(frozen=True, kw_only=True)
class Verdicts:
    """What the rows of all files say of each other."""

    replaced: pl.DataFrame  # UNIT, by
    files: pl.DataFrame  # _file, by: files nothing of which is in force
    overlapping: pl.DataFrame  # CELL
    twice: pl.DataFrame  # _pos, _verdict
    dates: pl.DataFrame  # _pos, original_date, is_rest

    def differing(self, other: Verdicts) -> set[int]:
        """Return the files of whose rows the two say different things."""
        found: set[int] = set()
        for field in fields(self):
            told = pl.concat([getattr(self, field.name), getattr(other, field.name)])
            once = told.filter(told.is_unique())
            of_file = pl.col("_file") if "_file" in told.columns else pl.col("_pos") // IN_FILE
            found.update(once.select(of_file.unique()).to_series())
        return found


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of files that did not change, judged with the same lookups."""

    look: Look
    compared: pl.DataFrame  # _hash: the identifiers whose rows were compared
    rows: Sequence[pl.LazyFrame]  # these rows
    opened: Callable[[Collection[int]], Sequence[pl.LazyFrame]]  # all rows of some files


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Parts with what their rows and those of known files say of each other."""

    references: References
    parts: list[pl.LazyFrame]  # checked
    look: Look
    ids: Spill  # of the parts, by file
    compared: pl.DataFrame  # _hash
    rows: Spill  # of all files, with these identifiers
    verdicts: Verdicts

    def staged(self) -> Iterator[Staged]:
        """Stage the parts one after another; each says `replaced` of all."""
        self.parts.reverse()
        while self.parts:  # given away, so that what is kept of a part is not held any longer
            yield _staged(self.parts.pop(), self.verdicts)

    def staged_of(self, part: pl.LazyFrame) -> Staged:
        """Stage rows of known files."""
        return _staged(_checked(part, self.references), self.verdicts)

    def of_months(self, part: pl.LazyFrame, months: Collection[str]) -> pl.LazyFrame:
        """Return the rows that are of some service months (YYYYMM), if they are accepted."""
        dated = part.join(self.verdicts.dates.lazy(), on="_pos", how="left", validate="1:1")
        month = pl.coalesce("original_date", "ended_on", "settled_on").dt.strftime("%Y%m")
        return dated.filter(month.is_in(list(months))).drop("original_date", "is_rest")


def judge(
    parts: Sequence[pl.LazyFrame],
    *,
    references: References,
    known: Known | None = None,
    room: Path | None = None,
) -> Judged:
    """Judge the typed rows of settlements, at least one part, beside those of known files.

    The rows bring `_batch`, `_series` and `_city`. What is put aside lies in `room`, else in
    memory.
    """
    checked = [_checked(part, references) for part in parts]
    ids = Spill(room and room / IDS)
    look = first_look(checked, ids)
    look = look.beside(known.look) if known else look
    sent = units(look.tally.lazy()).collect()
    replaced = superseded(sent, by_month=settlements.MAIN_MONTH_REPLACES)
    shared = shared_hashes(look, replaced)
    originals = look.reversals.drop_nulls("original_id").select(_hash=hashed(["original_id"]))
    compared = pl.concat([shared, originals]).unique()
    rows = Spill(room and room / ROWS)
    for part in [*parts, *(_known_rows(known, compared) if known else ())]:
        rows.add(having(part, compared, key=settlements.KEY).collect())
    return Judged(
        references=references,
        parts=checked,
        look=look,
        ids=ids,
        compared=compared,
        rows=rows,
        verdicts=_verdicts(pl.concat(rows.scans()), look, (sent, replaced, shared), references),
    )


def _known_rows(known: Known, compared: pl.DataFrame) -> list[pl.LazyFrame]:
    """Return the rows of known files that may be wanted: those compared before, and others."""
    fresh = compared.join(known.compared, on="_hash", how="anti")
    opened = known.opened(files_with(known.look, fresh))
    return [*known.rows, *(having(part, fresh, key=settlements.KEY) for part in opened)]


def _verdicts(
    rows: pl.LazyFrame,
    look: Look,
    of_units: tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame],
    references: References,
) -> Verdicts:
    """Compare the rows whose identifiers are named more than once.

    `of_units` are the units, those replaced and the hashes that those in force share.
    """
    sent, replaced, shared = of_units
    in_force = without(rows, replaced)
    check = partial(_checked, references=references)
    overlapping, twice = clashes([in_force], shared, sent, module=settlements, check=check)
    reversals = without(look.reversals.lazy(), replaced)
    dates = _original_dates(in_force, reversals, (overlapping, twice), references)
    return Verdicts(
        replaced=replaced,
        files=replaced_files(sent, replaced),
        overlapping=overlapping,
        twice=twice,
        dates=dates,
    )


def _checked(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Apply the rules of a row by itself."""
    return settlements.stage(rows.with_columns(_warning=pl.lit(None, dtype=pl.String)), references)


def _original_dates(
    rows: pl.LazyFrame,
    reversals: pl.LazyFrame,
    taken_out: tuple[pl.DataFrame, pl.DataFrame],
    references: References,
) -> pl.DataFrame:
    """Find the originals of the reversals that count: `_pos`, `original_date`, `is_rest`.

    Neither counts if its unit is replaced, its cell overlaps or it is a duplicate (`taken_out`).
    """
    overlapping, twice = taken_out
    counted = without(without(reversals, overlapping, CELL), twice, ["_pos"])
    wanted = counted.select(settlement_id="original_id").drop_nulls().unique().collect()
    if wanted.is_empty():
        return pl.DataFrame(
            schema={"_pos": pl.UInt64, "original_date": pl.Date, "is_rest": pl.Boolean}
        )
    named = rows.join(wanted.lazy(), on="settlement_id", how="semi").collect()
    good = _checked(named.lazy(), references).filter(IS_OPEN & (pl.col("sign") == 1))
    originals = without(without(good, overlapping, CELL), twice, ["_pos"])
    return settlements.original_dates(counted, originals).collect()


def _staged(checked: pl.LazyFrame, verdicts: Verdicts) -> Staged:
    """Apply to a part what its rows and those of the others say of each other."""
    found = verdicts.replaced, verdicts.overlapping, verdicts.twice
    rows = without_clashes(checked, *found, key=settlements.KEY)
    frame = settlements.with_reversals(rows, verdicts.dates.lazy()).collect()
    accepted = settlements.tables(frame.lazy())
    return Staged(
        accepted={name: table.collect() for name, table in accepted.items()},
        accounts=frame.select(*ACCOUNT, *MONEY),
        replaced=verdicts.files,
    )
