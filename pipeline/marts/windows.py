"""Sums over windows of days, and which of them the small-number rule hides."""

from __future__ import annotations

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.marts.cells import Cells
from pipeline.marts.scope import Scope
from pipeline.marts.small_numbers import hidden_cells

KEYS = ["month", "period_kind"]
_VALUES = ("numerator", "denominator", "months_reported")


def window_sums(
    daily: pl.DataFrame, windows: pl.DataFrame, *, start: str, end: str
) -> pl.DataFrame:
    """Return one row per indicator, finest area and window with any report in it.

    A window is the difference of two running totals. `months_reported` counts the months of the
    window in which the area reported at all.
    """
    running = _running(daily)
    keys = running.select("indicator_id", "area_code").unique()
    asked = keys.join(windows.select(*KEYS, start, end), how="cross")
    until = _at(asked.with_columns(date=pl.col(end)), running)
    before = _at(asked.with_columns(date=pl.col(start).dt.offset_by("-1d")), running)
    id_columns = ["indicator_id", "area_code", *KEYS]
    both = until.join(before, on=id_columns, validate="1:1", suffix="_before")
    sums = both.select(
        *id_columns, *(pl.col(v) - pl.col(f"{v}_before").fill_null(0) for v in _VALUES)
    )
    return sums.filter(pl.col("months_reported") > 0)


def _running(daily: pl.DataFrame) -> pl.DataFrame:
    """Return the totals up to each day; a month counts as reported from its first row on."""
    group = ["indicator_id", "area_code"]
    month = pl.col("date").dt.month_start()
    is_first = (month != month.shift(1).over(group)).fill_null(value=True)
    ordered = daily.sort(*group, "date").with_columns(months_reported=is_first.cast(pl.Int64))
    return ordered.with_columns(pl.col(v).cum_sum().over(group) for v in _VALUES)


def _at(asked: pl.DataFrame, running: pl.DataFrame) -> pl.DataFrame:
    """Return the running totals in force on each asked day; null before the first."""
    return asked.sort("date").join_asof(
        running.sort("date"),
        on="date",
        by=["indicator_id", "area_code"],
        strategy="backward",
        check_sortedness=False,  # both are sorted above; polars cannot see it per area
    )


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
    prior: pl.DataFrame,
    scope: Scope,
    catalogue: Catalogue,
) -> pl.DataFrame:
    """Return one row per counter, area and window whose year-ago value is hidden.

    Hidden with the whole window of that year. Where the as-of date cuts the month, the days of
    that month up to the cut and the days after it are counts of their own: if one of them is
    small, all windows that end in the cut are hidden.
    """
    year_later = hidden.with_columns(pl.col("month").dt.offset_by("1y"))
    is_cut = pl.col("prior_end") != pl.col("prior_end").dt.month_end()
    cut = windows.filter(is_cut).select(KEYS)
    before = prior.join(cut, on=KEYS, how="semi").filter(pl.col("period_kind") == "month")
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
