"""Take settlements in part by part: those that changed, and what others say of the rest."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.ingest.batch import FileResult
from pipeline.intake import accounts as ledger
from pipeline.intake.files_in_parts import FilesInParts
from pipeline.intake.origin import NO_DAY
from pipeline.intake.settled_basis import LEDGER, Kept, Ledger, Told, lookups_of
from pipeline.spill import Spill
from pipeline.staged.tables import SETTLEMENTS, valid
from pipeline.staging.in_parts import Judged, judge
from pipeline.staging.looks import looked_up
from pipeline.staging.references import References
from pipeline.staging.run import Staged

MONTHS = "months"
HELD = 700_000  # accepted rows that stay in memory, 200 bytes each
_NAMED = pl.Schema({"by": pl.UInt32(), "superseded_by": pl.String()})
_YM = pl.col("service_date").dt.year() * 100 + pl.col("service_date").dt.month()


@dataclass(frozen=True, kw_only=True)
class Taken:
    """Settlements as they were staged."""

    months: Spill  # accepted rows by service month (YYYYMM)
    untouched: frozenset[str]  # months that stay as they lie
    told: Told

    @property
    def ledger(self) -> Ledger:
        """Return what became of the files, of their rows by month, and of each refused one."""
        return tuple(self.told.frames[name] for name in LEDGER)


@dataclass(frozen=True, kw_only=True)
class Taking:
    """The settlements of a run, before they are staged."""

    files: FilesInParts
    names: Mapping[int, str]  # of all files, by number
    kept: Kept | None
    room: Path | None  # where parts are put aside

    def taken(self, references: References) -> Taken:
        """Stage and account what changed, and the months that it touches."""
        kept = self.kept and self.kept.holding(references)
        new = self.names.keys() - (kept.files if kept else ())
        judged = judge(
            self.files.of(new),
            references=references,
            known=kept.known(self.files.of) if kept else None,
            room=self.room,
        )
        moved = kept.files & kept.verdicts.differing(judged.verdicts) if kept else frozenset()
        rest = kept and kept.of(kept.files - moved)
        months = Spill(self.room and self.room / MONTHS, held=HELD)
        counted, of_months = self._staged(judged, moved, months)
        untouched = self._complete(judged, rest, of_months, months) if rest else frozenset()
        frames = self._frames(new | moved, counted, judged, references)
        found = {"months": of_months, **frames}
        if rest:
            found = {name: pl.concat([frame, rest.frames[name]]) for name, frame in found.items()}
        return Taken(
            months=months,
            untouched=untouched,
            told=Told(
                lookups=lookups_of(references),
                as_of=references.as_of,
                frames=found | _of_all(judged, references),
                ids=judged.ids,
                rows=judged.rows,
            ),
        )

    def _staged(
        self, judged: Judged, moved: Collection[int], months: Spill
    ) -> tuple[list[ledger.Accounts], pl.DataFrame]:
        """Stage files that changed, and those of which others say something else now."""
        counted, of_months = [], []
        for staged in judged.staged():
            counted.append(ledger.counted(staged.accounts))
            of_months.append(_put_aside(staged, months))
        for part in self.files.of(moved) if moved else ():
            staged = judged.staged_of(part)
            counted.append(ledger.counted(staged.accounts))
            of_months.append(_put_aside(staged, months))
        return counted, pl.concat(of_months)

    def _complete(
        self, judged: Judged, rest: Kept, staged: pl.DataFrame, months: Spill
    ) -> frozenset[str]:
        """Put the other rows of months that differ beside; return those that are as they were."""
        again = _differing(rest.gone, staged)
        for ym in set(months.names) - again:
            months.drop(ym)
        of_rest = rest.frames["months"]
        beside = of_rest.filter(pl.col("ym").is_in(list(again)))["_file"]
        for part in self.files.of(set(beside)) if beside.len() else ():
            _put_aside(judged.staged_of(judged.of_months(part, again)), months)
        return frozenset([*of_rest["ym"], *staged["ym"]]) - again

    def _frames(
        self,
        numbers: Collection[int],
        counted: Sequence[ledger.Accounts],
        judged: Judged,
        references: References,
    ) -> dict[str, pl.DataFrame]:
        """Account the files that were staged."""
        results = [self.files.results[number] for number in sorted(numbers)]
        together = ledger.together(counted, results)
        replaced = by_name(judged.verdicts.files, self.names)
        account = accounted_for(SETTLEMENTS, results, together, replaced, references.as_of)
        undated = ledger.ledger_cells(SETTLEMENTS, results, together.tally, as_of=NO_DAY)
        both = pl.concat([account[1], undated])
        leaning = both.filter(both.is_unique())["file_id"].unique().to_list()
        staged = pl.DataFrame({"_file": sorted(numbers)}, schema={"_file": pl.UInt32})
        facts = staged.join(self.files.facts, on="_file", how="left", validate="1:1")
        return {
            **dict(zip(LEDGER, account, strict=True)),
            "facts": facts.with_columns(leans=pl.col("_file").is_in(leaning)),
        }


def _of_all(judged: Judged, references: References) -> dict[str, pl.DataFrame]:
    """Return what was found of all files together."""
    verdicts, look = judged.verdicts, judged.look
    return {
        **vars(verdicts),
        "tally": look.tally,
        "reversals": look.reversals,
        "named": looked_up(look.named, references),
        "compared": judged.compared,
    }


def _put_aside(staged: Staged, months: Spill) -> pl.DataFrame:
    """Put the accepted rows aside by month; return the months of each file.

    `_file`, `ym`, and `content`, a hash of what it has there, whatever order its rows are in.
    """
    accepted = valid(SETTLEMENTS, staged.accepted[SETTLEMENTS])
    dated = accepted.with_columns(ym=_YM)
    for (ym,), part in dated.partition_by("ym", as_dict=True, include_key=False).items():
        months.add(part, name=str(ym))
    hashed = dated.select("ym", _file="file_id", content=accepted.drop("file_id").hash_rows())
    by_file = hashed.group_by("_file", "ym").agg(pl.col("content").sort()).sort("_file", "ym")
    return by_file.with_columns(
        pl.col("ym").cast(pl.String),
        content=pl.Series([_told(rows) for rows in by_file["content"]], dtype=pl.String()),
    )


def _told(hashes: pl.Series) -> str:
    return hashlib.sha256(hashes.to_numpy().tobytes()).hexdigest()


def _differing(before: pl.DataFrame, now: pl.DataFrame) -> frozenset[str]:
    """Return the months in which files that changed have other rows now, all together.

    Both have `ym` and `content` (_put_aside), before of the files as they were.
    """
    both = [before.select("ym", "content", n=1), now.select("ym", "content", n=-1)]
    sums = pl.concat(both).group_by("ym", "content").agg(pl.col("n").sum())
    return frozenset(sums.filter(pl.col("n") != 0)["ym"])


def by_name(replaced: pl.DataFrame, names: Mapping[int, str]) -> pl.DataFrame:
    """Name the files that replaced others: `_file`, `superseded_by`."""
    named = pl.DataFrame({"by": list(names), "superseded_by": list(names.values())}, schema=_NAMED)
    return replaced.join(named, on="by", how="left", validate="m:1").select(
        "_file", "superseded_by"
    )


def accounted_for(
    source: str,
    files: Sequence[FileResult],
    counted: ledger.Accounts,
    replaced: pl.DataFrame,
    as_of: date,
) -> Ledger:
    """Return what became of the files of a source, of their rows by month, and of each refused.

    `replaced` is `by_name`.
    """
    return (
        ledger.ledger_files(source, files, counted.tally, replaced),
        ledger.ledger_cells(source, files, counted.tally, as_of=as_of),
        ledger.rejected_rows(source, files, counted.refused),
    )
