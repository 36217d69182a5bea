"""What two snapshots say differently: values of indicators, files, rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from dashboard.queries.measures import among, are
from dashboard.remembering import remembered
from pipeline.catalog.sources import SOURCE_IDS
from pipeline.snapshots import InputFile

KEY = ("indicator_id", "area_code", "month")
SETTLED = "final"
# Values are quotients of counts; what differs less has only been rounded differently.
LEAST = 1e-9


def indicator_changes(
    before: pl.LazyFrame, now: pl.LazyFrame, *, areas: Sequence[str]
) -> pl.DataFrame:
    """One row per indicator that says something else, those with settled values changed first.

    changed: values of an area and month that both have and that differ; settled: those of them
    that were final; added: values only the later one has; and the place, month, earlier and later
    value of the largest change (null where nothing both have differs).
    """
    largest = pl.col("gap").fill_null(-1.0).arg_max()
    has_change = pl.col("is_changed").any()
    return (
        _differences(before, now, among(areas))
        .filter(pl.col("area_code").is_in(list(areas)))
        .group_by("indicator_id", maintain_order=True)
        .agg(
            changed=pl.col("is_changed").sum(),
            settled=(pl.col("is_changed") & (pl.col("status_before") == SETTLED)).sum(),
            added=(~pl.col("is_changed")).sum(),
            **{
                name: pl.when(has_change).then(pl.col(name).get(largest))
                for name in ("area_code", "month", "value_before", "value")
            },
        )
        .sort(["settled", "changed", "added", "indicator_id"], descending=[True, True, True, False])
    )


@remembered
def _differences(
    before: pl.LazyFrame, now: pl.LazyFrame, areas: tuple[str, ...] | None
) -> pl.DataFrame:
    """One row per indicator, area and month whose value differs or is new, by that key."""
    joined = _values(now, areas).join(
        _values(before, areas), on=list(KEY), how="left", suffix="_before", validate="1:1"
    )
    gap = (pl.col("value") - pl.col("value_before")).abs()
    is_changed = gap.is_not_null() & (gap > LEAST)
    is_added = pl.col("value").is_not_null() & pl.col("value_before").is_null()
    found = joined.filter(is_changed | is_added).with_columns(
        is_changed=is_changed, gap=pl.when(is_changed).then(gap)
    )
    return found.sort(*KEY).collect()


def _values(monthly: pl.LazyFrame, areas: tuple[str, ...] | None) -> pl.LazyFrame:
    return monthly.filter(are(areas)).select(
        *(pl.col(name).cast(pl.String) if name != "month" else name for name in KEY),
        "value",
        status=pl.col("status").cast(pl.String),
    )


def file_changes(before: Iterable[InputFile], now: Iterable[InputFile]) -> pl.DataFrame:
    """One row per source whose files differ: new, gone, other content, rows read before and now.

    Files are the same by source and name.
    """
    earlier = {(entry.source, entry.file): entry for entry in before}
    later = {(entry.source, entry.file): entry for entry in now}
    rows = []
    for source in SOURCE_IDS:
        old = {key for key in earlier if key[0] == source}
        new = {key for key in later if key[0] == source}
        other = {key for key in old & new if earlier[key].sha256 != later[key].sha256}
        if old == new and not other:
            continue
        rows.append(
            {
                "source": source,
                "new": len(new - old),
                "other": len(other),
                "gone": len(old - new),
                "rows_before": sum(earlier[key].rows_read for key in old),
                "rows_now": sum(later[key].rows_read for key in new),
            }
        )
    counts = dict.fromkeys(("new", "other", "gone", "rows_before", "rows_now"), pl.Int64)
    return pl.DataFrame(rows, schema={"source": pl.String, **counts})
