"""Stage one source as a whole: row rules, restated months, overlaps, duplicates; in this order."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import polars as pl

from pipeline.staging import (
    activity,
    clinics,
    contracts,
    equipment,
    income,
    institutions,
    population,
    referrals,
    targets,
)
from pipeline.staging.references import References
from pipeline.staging.sets import (
    CELL,
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

MODULES: dict[str, ModuleType] = {
    "referrals": referrals,
    "clinics": clinics,
    "equipment": equipment,
    "contracts": contracts,
    "institutions": institutions,
    "population": population,
    "income": income,
    "activity": activity,
    "targets": targets,
}


@dataclass(frozen=True, kw_only=True)
class Staged:
    """Accepted rows by staged table, the account of every row, and which file replaced which."""

    accepted: dict[str, pl.DataFrame]
    accounts: pl.DataFrame  # _file _sheet _row _reason _column _detail _warning _county _month
    replaced: pl.DataFrame  # _file, by


ACCOUNT = (
    *("_file", "_sheet", "_row", "_reason", "_column", "_detail"),
    *("_warning", "_county", "_month"),
)


def stage_source(source: str, rows: pl.DataFrame, *, references: References) -> Staged:
    """Stage the typed rows of a source; the rows bring `_batch`, `_series` and `_city`.

    Settlements, of which there can be any number, go through `in_parts` instead.
    """
    module = MODULES[source]
    start = rows.lazy().with_columns(_warning=pl.lit(None, dtype=pl.String))
    del rows
    checked = module.stage(start, references).collect().lazy()
    del start
    sent = units(tallied(checked)).collect()
    replaced = superseded(sent, by_month=module.MAIN_MONTH_REPLACES)
    checked = without_superseded(checked, replaced)
    twice = doubled_rows(checked, key=module.KEY, content=module.CONTENT).collect()
    if module.TOLD_BY_MONTH:
        cells = overlaps(twice.lazy(), sent, key=module.KEY).collect()
        checked = without_overlaps(checked, cells)
        twice = twice.join(cells, on=CELL, how="anti")
    verdicts = duplicates(twice.lazy(), key=module.KEY)
    frame = without_duplicates(checked, verdicts, key=module.KEY).collect()
    accepted = module.tables(frame.lazy())
    return Staged(
        accepted=dict(zip(accepted, pl.collect_all(list(accepted.values())), strict=True)),
        accounts=frame.select(ACCOUNT),
        replaced=replaced_files(sent, replaced),
    )
