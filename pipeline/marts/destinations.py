"""Name the place of care: a county in scope, else its city, its province, or simply elsewhere.

What few go to, or what is not known more closely, is `other` within its tier.
"""

from __future__ import annotations

import polars as pl

from pipeline.marts.scope import Scope

OTHER = "other"
_OTHER_ZH = {
    "same_county": "本县",
    "same_city": "市内其他县区",
    "same_province": "省内其他市",
    "other_province": "其他省份",
}
# In the statistics codes these are "cities" in name only: the province above them is meant.
_NO_CITIES = ("市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划")


def with_destination(lf: pl.LazyFrame, *, areas: pl.DataFrame, scope: Scope) -> pl.LazyFrame:
    """Add destination_code and destination_name from care_area, tier and insured county."""
    tier = pl.col("destination_tier").cast(pl.String)
    county, area = (pl.col(c).cast(pl.String) for c in ("insured_county", "care_area"))
    place = pl.when(tier == "same_county").then(county).otherwise(area).alias("_place")
    known = _places(areas, scope)
    with_codes = lf.with_columns(place).with_columns(
        _city=pl.col("_place").str.slice(0, 4) + "00",
        _province=pl.col("_place").str.slice(0, 2) + "0000",
    )
    for column in ("_place", "_city", "_province"):
        with_codes = with_codes.join(
            known.select(
                pl.col("area_code").alias(column), pl.col("area_name").alias(f"{column}_zh")
            ),
            on=column,
            how="left",
            validate="m:1",
        )
    return _first_known(with_codes, tier)


def _places(areas: pl.DataFrame, scope: Scope) -> pl.LazyFrame:
    """Return the areas a flow may end in: counties in scope, real cities, provinces."""
    counties = scope.at("county")
    is_city = (pl.col("area_level") == "city") & ~pl.col("area_name").is_in(_NO_CITIES)
    is_province = pl.col("area_level") == "province"
    is_ours = pl.col("area_code").is_in(counties["area_code"].to_list())
    named = areas.with_columns(pl.col("area_level").cast(pl.String))
    return named.lazy().filter(is_city | is_province | is_ours).select("area_code", "area_name")


def _first_known(lf: pl.LazyFrame, tier: pl.Expr) -> pl.LazyFrame:
    columns = ("_place", "_city", "_province")
    code = pl.coalesce(
        *(pl.when(pl.col(f"{c}_zh").is_not_null()).then(pl.col(c)) for c in columns), pl.lit(OTHER)
    )
    other = tier.replace_strict(_OTHER_ZH, return_dtype=pl.String)
    name = pl.coalesce(*(f"{c}_zh" for c in columns), other)
    dropped = [*columns, *(f"{c}_zh" for c in columns)]
    return lf.with_columns(destination_code=code, destination_name=name).drop(dropped)


def with_merged(places: pl.LazyFrame, *, least: int) -> pl.LazyFrame:
    """Merge the destinations of a county and tier that fewer are admitted to into `other`.

    `places` has the number `admitted`. Many a month of such a destination would be hidden alone;
    merged they are shown together, and a destination is treated the same way in all months, so
    that its months can be compared and added up.
    """
    place = ["insured_county", "destination_tier", "destination_code"]
    tier = pl.col("destination_tier").cast(pl.String)
    merges = (pl.col("admitted").sum().over(place) < least) & (tier != "same_county")
    other = tier.replace_strict(_OTHER_ZH, return_dtype=pl.String)
    return places.with_columns(
        destination_code=pl.when(merges).then(pl.lit(OTHER)).otherwise("destination_code"),
        destination_name=pl.when(merges).then(other).otherwise("destination_name"),
    )
