"""Stage a source: row rules, restated months, overlaps, duplicates; in this order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
    looks,
    population,
    referrals,
    targets,
)
from pipeline.staging.clashes import clashes, hashed, twice_in, without, without_clashes
from pipeline.staging.references import References
from pipeline.staging.sets import replaced_files, superseded, tallied, units

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


def stage_source(
    source: str, parts: Sequence[pl.LazyFrame], *, references: References
) -> Iterator[Staged]:
    """Stage the typed rows of a source part by part, at least one; each says `replaced` of all.

    The rows bring `_batch`, `_series` and `_city`. Only events come in several parts; settlements
    among them, of which more is found than this, go through `in_parts` instead.
    """
    module = MODULES[source]
    warned = [part.with_columns(_warning=pl.lit(None, dtype=pl.String)) for part in parts]
    checked = [module.stage(part, references) for part in warned]
    tally, shared = _first_look(checked, key=module.KEY)
    sent = units(tally.lazy()).collect()
    replaced = superseded(sent, by_month=module.MAIN_MONTH_REPLACES)
    found = clashes([without(p, replaced) for p in checked], shared, sent, module=module)
    for at, part in enumerate(checked):
        checked[at] = pl.LazyFrame()  # what is kept of a part is not held any longer
        frame = without_clashes(part, replaced, *found, key=module.KEY).collect()
        accepted = module.tables(frame.lazy())
        yield Staged(
            accepted=dict(zip(accepted, pl.collect_all(list(accepted.values())), strict=True)),
            accounts=frame.select(ACCOUNT),
            replaced=replaced_files(sent, replaced),
        )


def _first_look(
    checked: list[pl.LazyFrame], *, key: Sequence[str]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Tally all rows, and return the hashes of keys that more than one of the open ones has.

    Of the first parts the checked rows take the part's place; others are checked again.
    """
    tallies, hashes, kept = [], [], 0
    for at, part in enumerate(checked):
        seen = part.collect()
        if kept < looks.KEPT:
            checked[at] = seen.lazy()
            kept += seen.height
        tallies.append(tallied(seen.lazy()).collect())
        is_open = pl.col("_reason").is_null() & pl.col(key[0]).is_not_null()
        hashes.append(seen.lazy().filter(is_open).select(_hash=hashed(key)).collect())
    return pl.concat(tallies), twice_in(pl.concat(hashes)["_hash"]).to_frame()
