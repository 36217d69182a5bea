"""One row per institution and as-of date, and one per key group below it."""

from __future__ import annotations

import polars as pl

from pipeline.contracts.staging import KEY_GROUPS
from pipeline.staging.names import stage_listed
from pipeline.staging.references import References
from pipeline.staging.rules import named_area_rule, not_above, with_named_areas

KEY = ("extract_date", "institution_code")
_TOTALS = (
    *("registered_population", "residents", "residents_contracted", "key_persons"),
    *("key_persons_contracted", "contracts_valid", "contracts_fulfilled", "contracts_due"),
    "contracts_renewed",
)
_MEASURES = ("persons", "managed", "contracted")
CONTENT = (
    *KEY,
    "teams",
    *_TOTALS,
    *(f"{group}.{measure}" for group in KEY_GROUPS for measure in _MEASURES),
)
MAIN_MONTH_REPLACES = False
TOLD_BY_MONTH = False
# More contracted than live there would be a rate above 100 %.
_PARTS = (
    ("residents_contracted", "residents"),
    ("key_persons_contracted", "key_persons"),
    ("contracts_fulfilled", "contracts_valid"),
    ("contracts_renewed", "contracts_due"),
    *((f"{group}.contracted", f"{group}.persons") for group in KEY_GROUPS),
    *((f"{group}.managed", f"{group}.persons") for group in KEY_GROUPS),
)


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Check that the institution is in the register; county and township are the institution's."""
    rows = with_named_areas(rows, references, name="county_name")
    return stage_listed(
        rows,
        references,
        named_area_rule("institution_county", name="county_name", shown="institution_county"),
        *(not_above(part, whole) for part, whole in _PARTS),
    )


def tables(checked: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return the totals and, one row per group that says anything, the key groups."""
    accepted = checked.filter(pl.col("_reason").is_null()).rename(
        {
            "_file": "file_id",
            "extract_date": "as_of",
            "institution_county": "county_code",
            "institution_township": "township_code",
        }
    )
    identity = ("file_id", "as_of", "institution_code")
    place = ("county_code", "township_code")
    teams = pl.col("teams").cast(pl.Int32)
    groups = [
        accepted.select(
            *identity,
            pl.lit(group).cast(pl.Enum(KEY_GROUPS)).alias("group"),
            *place,
            *(pl.col(f"{group}.{measure}").alias(measure) for measure in _MEASURES),
        )
        for group in KEY_GROUPS
    ]
    said = pl.any_horizontal(pl.col(measure).is_not_null() for measure in _MEASURES)
    return {
        "contracts": accepted.select(*identity, *place, teams, *_TOTALS),
        "contract_groups": pl.concat(groups).filter(said),
    }
