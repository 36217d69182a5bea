"""Village clinics to stock counters.

The status on a date is told by the clinic's own dates; the extract's status holds from the day of
the extract on. Before a county's first extract the dates alone tell the past, so that one extract
gives the whole history of construction; attributes without a date (ownership, floor area, TCM) are
not carried back, they are missing there.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipeline.contracts.staging import CLINIC_STATUSES
from pipeline.counters.frames import at_dates, has_happened, to_counters, with_area

# 村卫生室管理办法（试行）2014: not under 60 square metres.
STANDARD_AREA_M2 = 60
RANK = {status: rank for rank, status in enumerate(CLINIC_STATUSES)}


def status_rank() -> pl.Expr:
    """Return the rank of a clinic's status on the evaluation date: 0 未启动 to 3 已验收.

    The furthest of what its dates say and what the extract says, the latter only if it is not
    later than the date. A clinic completed without a date counts from the extract's day.
    """
    by_dates = (
        pl.when(has_happened("accepted_on"))
        .then(RANK["accepted"])
        .when(has_happened("completed_on"))
        .then(RANK["completed"])
        .when(has_happened("started_on"))
        .then(RANK["in_progress"])
        .otherwise(RANK["not_started"])
    )
    by_extract = pl.col("status").cast(pl.String).replace_strict(RANK, return_dtype=pl.Int32)
    known = pl.when("is_later").then(RANK["not_started"]).otherwise(by_extract)
    return pl.max_horizontal(by_dates, known)


def _attribute(condition: pl.Expr) -> pl.Expr:
    """Count an undated attribute; null before the first extract, which cannot know it."""
    is_known = ~pl.col("is_later")
    return pl.when(is_known.any()).then(condition.filter(is_known).sum())


def count(clinics: pl.LazyFrame, *, areas: pl.DataFrame, dates: Sequence[date]) -> pl.LazyFrame:
    """Return one row per stock counter, township and evaluation date (StockCounter).

    Status counters count planned clinics only, so that no rate exceeds one.
    """
    planned = pl.col("is_planned")
    rank = pl.col("rank")
    sums = {
        "clinics_total": pl.len(),
        "clinics_planned": planned.sum(),
        "clinics_not_started": (planned & (rank == RANK["not_started"])).sum(),
        "clinics_in_progress": (planned & (rank == RANK["in_progress"])).sum(),
        "clinics_completed": (planned & (rank >= RANK["completed"])).sum(),
        "clinics_accepted": (planned & (rank == RANK["accepted"])).sum(),
        "clinics_public": _attribute(pl.col("is_public")),
        "clinics_area_standard": _attribute(pl.col("floor_area_m2") >= STANDARD_AREA_M2),
        "clinics_with_tcm": _attribute(pl.col("has_tcm")),
    }
    rows = at_dates(with_area(clinics, areas), dates, backwards=True)
    return to_counters(rows.with_columns(rank=status_rank()), sums, time="as_of")
