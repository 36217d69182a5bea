"""Townships of settlements in the shape of indicator_to_date: quarters, and years so far."""

from __future__ import annotations

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts.marts import AREA_LEVELS
from pipeline.marts.measures import to_pairs, with_measure, with_status
from pipeline.marts.small_numbers import with_hidden
from pipeline.marts.small_townships import hidden_quarters
from pipeline.marts.township_quarters import QUARTER_MONTHS, TownshipQuarters, reaching
from pipeline.methods.rollup import known_sum

KEYS = ["month", "period_kind"]


def township_rows(
    quarters: TownshipQuarters,
    hidden: pl.DataFrame,
    windows: pl.DataFrame,
    catalogue: Catalogue,
    *,
    is_provisional: pl.Expr,
) -> pl.LazyFrame:
    """Return the measured rows of the windows that end with a quarter, beside those a year earlier.

    `hidden` are the hidden windows of the areas above: counter_id, area_code, month, period_kind.
    """
    closed = hidden.filter(_ends_quarter(), pl.col("period_kind") == "quarter").select(
        "counter_id", "area_code", quarter=pl.col("month").dt.truncate("1q")
    )
    secret = hidden_quarters(quarters, closed, catalogue)
    pairs = to_pairs(quarters.townships, reaching(catalogue), time="quarter")
    wholly = quarters.townships.select("area_code", "quarter", "is_whole")
    pairs = pairs.join(wholly.cast({"area_code": pl.Categorical}), on=["area_code", "quarter"])
    ended = windows.filter(
        _ends_quarter(),
        pl.col("period_kind").is_in(["quarter", "year"]),
        pl.col("period_end") == pl.col("month").dt.month_end(),
    )
    parts = (("period_start", "period_end", is_provisional), ("prior_start", "prior_end", _NEVER))
    own, prior = (
        _measured(
            pairs, secret, _members(ended, start=start, end=end), catalogue, is_provisional=is_open
        )
        for start, end, is_open in parts
    )
    keys = ["indicator_id", "area_code", *KEYS]
    rows = own.join(
        prior.select(*keys, *year_before()), on=keys, how="left", validate="1:1"
    ).with_columns(pl.col("prior_status").fill_null("missing"))
    return rows.join(windows.lazy(), on=KEYS, validate="m:1")


def year_before() -> list[pl.Expr]:
    """Return what is shown of the year before beside each row."""
    values = ("numerator", "denominator", "value", "status")
    return [pl.col(c).alias(f"prior_{c}") for c in values]


_NEVER = pl.lit(value=False)


def _ends_quarter() -> pl.Expr:
    return pl.col("month").dt.month() % QUARTER_MONTHS == 0


def _members(windows: pl.DataFrame, *, start: str, end: str) -> pl.DataFrame:
    """Return one row per window and quarter in it, with the number of its quarters."""
    quarters = pl.date_ranges(pl.col(start), pl.col(end), interval="1q")
    return (
        windows.select(*KEYS, quarter=quarters)
        .with_columns(expected=pl.col("quarter").list.len())
        .explode("quarter")
    )


def _measured(
    pairs: pl.DataFrame,
    secret: pl.DataFrame,
    members: pl.DataFrame,
    catalogue: Catalogue,
    *,
    is_provisional: pl.Expr,
) -> pl.LazyFrame:
    """Sum quarters to windows; a window is hidden with any quarter in it."""
    is_whole = pl.col("is_whole").all() & (pl.len() == pl.col("expected").first())
    summed = (
        pairs.join(members, on="quarter")
        .group_by("indicator_id", "area_code", *KEYS)
        .agg(
            pl.col("numerator").sum(),
            # Without a denominator anywhere there is none; never so for shares.
            known_sum(pl.col("denominator")),
            is_whole=is_whole,
            area_level=pl.lit("township").cast(pl.Enum(AREA_LEVELS)),
        )
    )
    hidden = secret.join(members, on="quarter").select("counter_id", "area_code", *KEYS).unique()
    marked = with_hidden(summed.lazy(), hidden, catalogue, by=KEYS)
    return with_status(with_measure(marked, catalogue), is_provisional=is_provisional)
