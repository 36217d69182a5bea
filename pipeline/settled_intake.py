"""Take settlements in part by part, or leave them as they are staged where nothing changed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from pipeline import accounts as ledger
from pipeline import last_run, settled_basis
from pipeline.catalog.sources import sources
from pipeline.ingest.batch import FileResult, SourceRows
from pipeline.ingest.files import RawFile
from pipeline.ingest.read_cache import ReadCache
from pipeline.origin import NO_DAY, newest_batches, with_origin
from pipeline.settled_basis import Basis, Kept, Ledger
from pipeline.settled_parts import Settled
from pipeline.staged_tables import SETTLEMENTS, valid
from pipeline.staging.in_parts import stage_parts
from pipeline.staging.references import References


@dataclass(frozen=True, kw_only=True)
class Taking:
    """The settlements of a run, before they are staged."""

    rows: Callable[[], SourceRows]  # reads their files, if that has not happened
    settled: Settled
    cities: Mapping[str, str]
    kept: Kept | None

    def taken(self, references: References) -> tuple[Ledger, Basis]:
        """Stage and account the settlements, unless those kept are what that would give."""
        if self.kept is not None and self.kept.basis.holds(references):
            return self.kept.ledger, self.kept.basis
        rows = self.rows()
        counted, replaced = self._staged(rows, references)
        of_them = SETTLEMENTS, rows.files, counted
        account = accounted_for(*of_them, replaced, references.as_of)
        cells = ledger.ledger_cells(*of_them[:2], counted.tally, as_of=NO_DAY)
        basis = Basis(
            lookups=last_run.digest_of_tables(references),
            as_of=references.as_of,
            day=_last(self.settled.days),
            latest=_last(self.settled.latest),
            leans=not cells.equals(account[1]),
        )
        return account, basis

    def _staged(
        self, rows: SourceRows, references: References
    ) -> tuple[ledger.Accounts, pl.DataFrame]:
        """Stage part by part; the accepted are put aside by month."""
        newest = pl.concat([newest_batches(rows.rows), *self.settled.newest])
        parts = [
            with_origin(part, rows.files, cities=self.cities, newest=newest)
            for part in self.settled.parts or [rows.rows.lazy()]
        ]
        counted = []
        replaced = pl.DataFrame()
        for staged in stage_parts(parts, references=references):
            frame = valid(SETTLEMENTS, staged.accepted[SETTLEMENTS])
            counted.append(ledger.counted(staged.accounts))
            replaced = staged.replaced
            day = pl.col("service_date").dt
            dated = frame.with_columns(_ym=day.year() * 100 + day.month())
            for (ym,), part in dated.partition_by("_ym", as_dict=True, include_key=False).items():
                self.settled.months.add(part, name=f"{ym:06}")
        return ledger.together(counted, rows.files), replaced


def _last(days: Sequence[date | None]) -> date | None:
    return max((day for day in days if day is not None), default=None)


def accounted_for(
    source: str,
    files: Sequence[FileResult],
    counted: ledger.Accounts,
    replaced: pl.DataFrame,
    as_of: date,
) -> Ledger:
    """Return what became of the files of a source, of their rows by month, and of each refused."""
    return (
        ledger.ledger_files(source, files, counted.tally, replaced),
        ledger.ledger_cells(source, files, counted.tally, as_of=as_of),
        ledger.rejected_rows(source, files, counted.refused),
    )


def settled_kept(
    staged: Path,
    files: Sequence[RawFile],
    reference: str,
    cache: ReadCache,
    *,
    key: bytes,
) -> Kept | None:
    """Return the settlements that need not be read again, if nothing of them changed."""
    kept = settled_basis.recalled(staged, files, reference, key=key)
    if kept is None or last_run.looked_at_again(files, kept.ledger[0], key=key) is None:
        return None
    for file in files:
        if file.source == SETTLEMENTS:
            cache.keep(cache.name(file, sources()[SETTLEMENTS]))
    return kept
