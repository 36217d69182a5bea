"""Sums over windows of days, and which of them the small-number rule hides."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl

from pipeline.catalog import Catalogue, Indicator
from pipeline.counters.frames import at_once
from pipeline.marts.cells import Cells
from pipeline.marts.measures import CATEGORIES, TEXTS
from pipeline.marts.scope import Scope
from pipeline.marts.small_numbers import hidden_cells

KEYS = ["month", "period_kind"]


def window_sums(
    sums: pl.DataFrame, cells: pl.DataFrame, windows: pl.DataFrame, *, start: str, end: str
) -> pl.DataFrame:
    """Return each of `cells` in each of the windows, in this order, with what was summed.

    `cells` have indicator_id and area_code, `sums` are sums_in_months of any level. Windows begin
    with a month; `months` is how many they touch. What nobody reported is null. The months of a
    window lie beside one another: adding them up takes no join of all windows.
    """
    members = _members(windows.with_row_index("window"), start=start, end=end)
    months = members.select("member", "until").unique(maintain_order=True).with_row_index("at")
    placed = (
        sums.lazy()
        .join(cells.lazy().select(list(CATEGORIES)).with_row_index("cell"), on=list(CATEGORIES))
        .join(months.lazy(), on=["member", "until"])
    )
    found = at_once(placed)
    at = members.join(months, on=["member", "until"], maintain_order="left")["at"].to_numpy()
    starts = np.flatnonzero(np.diff(members["window"].to_numpy(), prepend=-1))

    def added(values: pl.Series) -> pl.Series:
        by_month = np.zeros((cells.height, months.height), dtype=np.int64)
        by_month[found["cell"], found["at"]] = values
        return pl.Series(np.add.reduceat(by_month[:, at], starts, axis=1).ravel())

    def known(values: pl.Series) -> pl.Series:
        total, reports = added(values.fill_null(0)), added(values.is_not_null())
        return total.set(reports == 0, None)

    columns = {name: known(found[name]) for name in ("numerator", "denominator", "reports")}
    cell, window = (n.ravel() for n in np.indices((cells.height, windows.height)))
    each = windows.with_columns(months=pl.Series(np.diff(starts, append=at.size)))
    return pl.concat([cells[cell], each[window]], how="horizontal").with_columns(**columns)


def sums_in_months(
    daily: pl.DataFrame,
    indicators: Sequence[Indicator],
    windows: pl.DataFrame,
    *,
    spans: Sequence[tuple[str, str]],
) -> pl.DataFrame:
    """Return one row per indicator, finest area, month (`member`) and day up to which is summed.

    `reports` is 1: how many areas a row is of. `daily` has a column per counter. A month is summed
    as a whole, and up to the days at which a window ends in it; `spans` are the columns in which
    windows begin and end. Indicators and areas are categories: so many texts are dear to compare.
    """
    members = pl.concat(_members(windows, start=start, end=end) for start, end in spans)
    cuts = members.filter(pl.col("until") != pl.col("member").dt.month_end())
    month = pl.col("date").dt.month_start()
    dated = daily.lazy().with_columns(member=month, until=pl.col("date").dt.month_end())
    early = (
        dated.drop("until")
        .join(cuts.lazy().select("member", "until").unique(), on="member")
        .filter(pl.col("date") <= pl.col("until"))
        .select(dated.collect_schema().names())
    )
    return _paired_sums(pl.concat([dated, early]), indicators)


def _members(windows: pl.DataFrame, *, start: str, end: str) -> pl.DataFrame:
    """Return one row per window and month in it, with the last of its days in the window."""
    months = pl.date_ranges(pl.col(start), pl.col(end), interval="1mo")
    until = pl.min_horizontal(pl.col("member").dt.month_end(), end)
    return windows.with_columns(member=months).explode("member").with_columns(until=until)


def _paired_sums(dated: pl.LazyFrame, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """Return one row per indicator, area, month (`member`) and the day up to which is summed.

    A day counts where all that the indicator needs is reported, as in `to_pairs`; `dated` has a
    column per counter.
    """
    keys = ["area_code", "member", "until"]
    nothing = pl.lit(None, dtype=pl.Int64)
    known = dated.collect_schema().names()
    needs = [(i, [c for c in (i.numerator, i.denominator) if c is not None]) for i in indicators]
    needs = [(i, needed) for i, needed in needs if set(needed) <= set(known)]
    sums = {}
    for i, needed in needs:
        told = pl.all_horizontal(pl.col(c).is_not_null() for c in needed)
        sums[f"{i.id}:days"] = told.sum()
        for c in needed:
            sums[f"{i.id}:{c}"] = pl.col(c).filter(told).sum()
    wide = at_once(dated.group_by(keys).agg(**sums)).lazy()
    parts = [
        wide.filter(pl.col(f"{i.id}:days") > 0).select(
            *keys,
            indicator_id=pl.lit(i.id),
            reports=pl.lit(1, dtype=pl.Int64),
            numerator=f"{i.id}:{i.numerator}",
            denominator=f"{i.id}:{i.denominator}" if i.denominator else nothing,
        )
        for i, _ in needs
    ]
    empty = wide.clear().select(
        *keys, indicator_id=pl.lit(""), reports=nothing, numerator=nothing, denominator=nothing
    )
    return at_once(pl.concat([empty, *parts]).cast(CATEGORIES))


def months_in(windows: pl.DataFrame, *, start: str, end: str) -> pl.DataFrame:
    """Return one row per window and month that it touches: month, period_kind, member."""
    members = pl.date_ranges(pl.col(start), pl.col(end), interval="1mo")
    return windows.select(*KEYS, member=members).explode("member")


def hidden_windows(cells: Cells, windows: pl.DataFrame) -> pl.DataFrame:
    """Return one row per hidden counter, area and window.

    A window is hidden with any month in it. So every visible window is a sum of visible months,
    and windows tell nothing that the months do not.
    """
    members = months_in(windows, start="period_start", end="period_end")
    return (
        cells.hidden.rename({"month": "member"})
        .join(members, on="member")
        .select("counter_id", "area_code", *KEYS)
        .unique()
    )


def hidden_prior_windows(
    hidden: pl.DataFrame,
    windows: pl.DataFrame,
    *,
    cells: Cells,
    levelled: pl.DataFrame,
    scope: Scope,
    catalogue: Catalogue,
) -> pl.DataFrame:
    """Return one row per counter, area and window whose year-ago value is hidden.

    Hidden with the whole window of that year. Where the as-of date cuts the month, the days of
    that month up to the cut and the days after it are counts of their own: if one of them is
    small, all windows that end in the cut are hidden. `levelled` are sums_in_months at every level.
    """
    year_later = hidden.with_columns(pl.col("month").dt.offset_by("1y"))
    is_cut = pl.col("prior_end") != pl.col("prior_end").dt.month_end()
    cut = windows.filter(is_cut)
    if cut.is_empty():
        return year_later.unique()
    months = cut.select("month", member=pl.col("prior_end").dt.month_start(), until="prior_end")
    ended = levelled.join(months.unique(), on=["member", "until"]).cast(TEXTS)
    before = ended.join(scope.levels, on="area_code", validate="m:1")
    secrets = [
        hidden_cells(part, scope, catalogue, by=["month"])
        for part in (before, _rest_of_month(before, cells))
    ]
    expanded = pl.concat(secrets).join(cut, on="month").select(year_later.columns)
    return pl.concat([year_later, expanded]).unique()


def _rest_of_month(before: pl.DataFrame, cells: Cells) -> pl.DataFrame:
    """Return the days after the cut: the whole month of last year without the days before."""
    keys = ["indicator_id", "area_code", "month"]
    whole = cells.rows.select(*keys, whole="numerator", whole_denominator="denominator")
    return before.join(
        whole.with_columns(pl.col("month").dt.offset_by("1y")), on=keys, validate="1:1"
    ).with_columns(
        numerator=pl.col("whole") - pl.col("numerator"),
        denominator=pl.col("whole_denominator") - pl.col("denominator"),
    )
