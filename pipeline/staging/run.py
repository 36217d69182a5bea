"""Stage one source as a whole: row rules, restated files, duplicates; in this order."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import polars as pl

from pipeline.staging import (
    activity,
    clinics,
    contracts,
    equipment,
    institutions,
    population,
    referrals,
    targets,
)
from pipeline.staging.references import References
from pipeline.staging.sets import (
    duplicates,
    file_facts,
    superseded,
    without_duplicates,
    without_superseded,
)

MODULES: dict[str, ModuleType] = {
    "referrals": referrals,
    "clinics": clinics,
    "equipment": equipment,
    "contracts": contracts,
    "institutions": institutions,
    "population": population,
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
    replaced = superseded(file_facts(checked).collect(), by_month=module.MAIN_MONTH_REPLACES)
    checked = without_superseded(checked, replaced)
    twice = duplicates(checked, key=module.KEY, content=module.CONTENT)
    frame = without_duplicates(checked, twice, key=module.KEY).collect()
    accepted = module.tables(frame.lazy())
    return Staged(
        accepted=dict(zip(accepted, pl.collect_all(list(accepted.values())), strict=True)),
        accounts=frame.select(ACCOUNT),
        replaced=replaced,
    )
