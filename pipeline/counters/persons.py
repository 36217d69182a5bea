"""Distinct persons of a year: the one thing that is counted at each level, not added up."""

from __future__ import annotations

import polars as pl

from pipeline.contracts.staging import CARE_TYPES
from pipeline.counters.settled_month import is_admission

_PHARMACY = CARE_TYPES.index("pharmacy")
_KEYS = ["area", "destination_tier"]
PERSONS = ("persons", "persons_admitted")


def count_persons(settlements: pl.LazyFrame, lineage: pl.DataFrame) -> pl.DataFrame:
    """Return distinct persons by ancestor_code and tier: persons, persons_admitted.

    `settlements` are a year of StagedSettlement; `lineage` has insured_county in codes and
    ancestor_code. Nearly everybody is insured in one county and has nothing reversed: these are
    counted by county and added up. The few others are counted by themselves at every level, by
    what is left after reversals. Rows without a person count for nobody.
    """
    visits = (
        settlements.filter(pl.col("care_type") != _PHARMACY)
        .drop_nulls("person_key")
        .select(
            "person_key",
            "destination_tier",
            "sign",
            area="insured_county",
            is_admission=is_admission(),
        )
        .collect()
    )
    special = visits.join(_special(visits), on="person_key", how="semi")
    ordinary = (
        pl.concat([_distinct(visits, 1), _distinct(special, -1)])
        .join(lineage.rename({"insured_county": "area"}), on="area")
        .group_by("ancestor_code", "destination_tier")
        .agg(pl.col(PERSONS).sum())
    )
    both = pl.concat([ordinary, _left_over(special, lineage).select(ordinary.columns)])
    return (
        both.group_by("ancestor_code", "destination_tier")
        .agg(pl.col(PERSONS).sum())
        .filter(pl.col("persons") > 0)
        .sort("ancestor_code", "destination_tier")
    )


def _special(visits: pl.DataFrame) -> pl.DataFrame:
    """Return the persons with a reversal or with more than one county."""
    reversed_ = visits.filter(pl.col("sign") < 0).select("person_key")
    counties = visits.group_by("person_key").agg(
        first=pl.col("area").min(), last=pl.col("area").max()
    )
    moved = counties.filter(pl.col("first") != pl.col("last")).select("person_key")
    return pl.concat([reversed_, moved]).unique()


def _distinct(visits: pl.DataFrame, factor: int) -> pl.DataFrame:
    """Return distinct persons by county and tier, times a factor."""
    person = pl.col("person_key").n_unique().cast(pl.Int64) * factor
    lazy = visits.lazy()
    persons = lazy.group_by(_KEYS).agg(persons=person)
    admitted = lazy.filter("is_admission").group_by(_KEYS).agg(persons_admitted=person)
    return (
        persons.join(admitted, on=_KEYS, how="left", validate="1:1")
        .with_columns(pl.col("persons_admitted").fill_null(0))
        .collect()
    )


def _left_over(special: pl.DataFrame, lineage: pl.DataFrame) -> pl.DataFrame:
    """Return distinct persons by ancestor and tier, of whose visits some are left."""
    sign = pl.col("sign").cast(pl.Int64)
    return (
        special.join(lineage.rename({"insured_county": "area"}), on="area")
        .group_by("ancestor_code", "destination_tier", "person_key")
        .agg(net=sign.sum(), admitted=sign.filter("is_admission").sum())
        .group_by("ancestor_code", "destination_tier")
        .agg(
            persons=(pl.col("net") > 0).sum().cast(pl.Int64),
            persons_admitted=(pl.col("admitted") > 0).sum().cast(pl.Int64),
        )
    )
