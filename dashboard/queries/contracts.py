"""Family doctor contracts by key group, each over its own denominator."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import polars as pl

from dashboard.queries.measures import among, are
from dashboard.remembering import remembered
from pipeline.catalog import Indicator
from pipeline.methods import claims

# Field tables divide these groups by the persons under management, not by all of the group.
BY_MANAGED = (
    "elderly_65",
    "hypertension",
    "type2_diabetes",
    "tuberculosis",
    "severe_mental_disorder",
)
LEAST = 30  # persons, below which a rate says nothing
NAMED = pl.col("group").cast(pl.String)


def _with_rate(frame: pl.LazyFrame) -> pl.LazyFrame:
    is_managed = pl.col("group").is_in(BY_MANAGED)
    denominator = pl.when(is_managed).then("managed").otherwise("persons")
    return frame.with_columns(is_managed=is_managed, denominator=denominator).with_columns(
        rate=pl.when(pl.col("denominator") > 0).then(pl.col("contracted") / pl.col("denominator")),
        # More contracts than persons: reported so, shown so, and said so.
        is_doubtful=(pl.col("contracted") > pl.col("denominator")).fill_null(value=False),
    )


@remembered
def _of_month(groups: pl.LazyFrame, month: dt.date) -> pl.DataFrame:
    """One row per area and key group, asked once for all areas."""
    return groups.filter(pl.col("month") == month).with_columns(NAMED).collect()


@remembered
def _until(groups: pl.LazyFrame, until: dt.date, areas: tuple[str, ...] | None) -> pl.DataFrame:
    """One row per area, key group and month, asked once for all areas above townships."""
    return groups.filter((pl.col("month") <= until) & are(areas)).with_columns(NAMED).collect()


def _summed(rows: pl.DataFrame) -> pl.LazyFrame:
    """Sum areas of one level; a part that is null makes the sum null, not too small."""
    return (
        rows.lazy()
        .group_by("group", "month")
        .agg(
            pl.when(pl.col(name).null_count() == 0).then(pl.col(name).sum()).alias(name)
            for name in ("persons", "managed", "contracted")
        )
    )


@remembered
def groups_in_month(groups: pl.LazyFrame, *, areas: Sequence[str], month: dt.date) -> pl.DataFrame:
    """One row per key group: persons, managed, contracted, rate; the lowest rate first."""
    chosen = _of_month(groups, month).filter(pl.col("area_code").is_in(list(areas)))
    return _with_rate(_summed(chosen)).sort("rate", "group", nulls_last=True).collect()


@remembered
def groups_by_area(groups: pl.LazyFrame, *, areas: Sequence[str], month: dt.date) -> pl.DataFrame:
    """One row per area and key group: contracted, denominator, rate; areas in the order given."""
    order = {code: n for n, code in enumerate(areas)}
    chosen = _of_month(groups, month).filter(pl.col("area_code").is_in(list(areas)))
    return (
        _with_rate(chosen.lazy())
        .select("area_code", "group", "contracted", "denominator", "rate")
        .sort(pl.col("area_code").replace_strict(order, return_dtype=pl.Int64), "group")
        .collect()
    )


@remembered
def below_whole(
    found: pl.DataFrame, whole: pl.DataFrame, *, indicator: Indicator
) -> set[tuple[str, str]]:
    """Return the areas and groups with certainly fewer under contract than in the whole.

    Args:
        found: see `groups_by_area`; all its cells are one family of tests.
        whole: of the area that all are part of, see `groups_in_month`.
        indicator: of all groups, whose polarity and material difference count.
    """
    final, is_sound = pl.lit("final"), pl.col("contracted") <= pl.col("denominator")
    others = whole.filter(is_sound).select(
        "group", other_numerator="contracted", other_denominator="denominator"
    )
    tests = (
        found.filter(is_sound & (pl.col("denominator") >= LEAST))
        .join(others, on="group", validate="m:1")
        .lazy()
        .rename({"contracted": "numerator"})
        .with_columns(
            status=final,
            other_status=final,
            family=pl.lit("groups"),
            polarity=pl.lit(indicator.polarity),
            material_difference=pl.lit(indicator.material_difference / indicator.per),
        )
    )
    decided = claims.decide(claims.area_tests(tests)).filter(pl.col("mark") == "worse").collect()
    return set(decided.select("area_code", "group").iter_rows())


def in_order(found: pl.DataFrame) -> list[str]:
    """Return the groups, the one with the lowest rate of all areas together first."""
    total = pl.col("contracted").sum() / pl.col("denominator").sum()
    return (
        found.drop_nulls("rate")
        .group_by("group")
        .agg(total=total)
        .sort("total", "group")["group"]
        .to_list()
    )


def group_series(
    groups: pl.LazyFrame, *, areas: Sequence[str], until: dt.date, months: int = 13
) -> pl.DataFrame:
    """One row per key group and month up to `until`: the rate."""
    known = _until(groups, until, among(areas)).filter(pl.col("area_code").is_in(list(areas)))
    kept = sorted(set(known["month"].to_list()))[-months:]
    return (
        _with_rate(_summed(known.filter(pl.col("month").is_in(kept))))
        .select("group", "month", "rate", "contracted", "denominator")
        .sort("group", "month")
        .collect()
    )
