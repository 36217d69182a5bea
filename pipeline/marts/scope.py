"""Which areas a snapshot speaks of, and which may be shown as the sum of their children."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import polars as pl

from pipeline.contracts.marts import AREA_LEVELS
from pipeline.methods.rollup import lineage

GROUP_CODE = "all"
_NUMERALS = "零一二三四五六七八九十"
# The registers and reports that say which counties take part; devices do so by their institution.
_COUNTY_SOURCES = ("clinics", "contracts", "activity")
# A county that only settlements or referrals name has at least this share of a county's average
# rows: a few rows of people insured elsewhere must not add their county to the map.
_LEAST_SHARE = 0.01


@dataclass(frozen=True, kw_only=True)
class Scope:
    """The areas of a snapshot.

    `areas`: one row per area version in scope, with area_level as an Enum and is_complete.
    `edges`: area_code, parent_code: who is summed into whom; incomplete parents are left out.
    """

    areas: pl.DataFrame
    edges: pl.DataFrame

    @cached_property
    def levels(self) -> pl.DataFrame:
        """One row per area that takes part in sums: area_code, area_level."""
        return self.edges.select("area_code").join(
            self.areas.select("area_code", "area_level"), on="area_code", validate="1:1"
        )

    @cached_property
    def lineage(self) -> pl.DataFrame:
        """One row per area that takes part in sums and area it is summed into, itself included."""
        return lineage(self.edges)

    @cached_property
    def county_lineage(self) -> pl.DataFrame:
        """The lineage of the counties alone."""
        return self.lineage.join(self.at("county"), on="area_code", how="semi")

    @cached_property
    def whole_lineage(self) -> pl.DataFrame:
        """The lineage, and what lies in each complete province: its cities are parts of the group.

        A province is no area of the indicators; what was printed of it is held to its cities' sum.
        """
        level = pl.col("area_level").cast(pl.String)
        complete = self.areas.filter("is_complete")
        provinces = complete.filter(level == "province").select(parent_code="area_code")
        cities = complete.filter(level == "city").join(provinces, on="parent_code", how="semi")
        below = self.lineage.join(
            cities.select("parent_code", ancestor_code="area_code"), on="ancestor_code"
        )
        of_provinces = below.select("area_code", ancestor_code="parent_code")
        return pl.concat([self.lineage, of_provinces])

    def at(self, *levels: str) -> pl.DataFrame:
        """Return the areas of some levels that take part in sums: one column, area_code."""
        named = pl.col("area_level").cast(pl.String).is_in(levels)
        return self.levels.filter(named).select("area_code")


def reporting_counties(tables: Mapping[str, pl.LazyFrame], settled: pl.LazyFrame) -> pl.LazyFrame:
    """Return one row per county that any source of months or extracts speaks of: area_code.

    `settled` has insured_county and rows, the number of its settlements.
    """
    named = [tables[source].select(area_code="county_code").unique() for source in _COUNTY_SOURCES]
    holders = tables["institutions"].join(tables["devices"], on="institution_code", how="semi")
    insured = settled.group_by(area_code="insured_county").agg(pl.col("rows").sum())
    referring = tables["referrals"].group_by(area_code="county_code").agg(rows=pl.len())
    enough = [
        counted.filter(pl.col("rows") >= _LEAST_SHARE * pl.col("rows").mean()).select("area_code")
        for counted in (insured, referring)
    ]
    return pl.concat([*named, holders.select(area_code="county_code"), *enough]).unique()


def make_scope(areas: pl.DataFrame, counties: pl.DataFrame) -> Scope:
    """Return the scope of the counties that report: with ancestors, descendants and the group.

    A city is complete when all its counties that are in force report, a province when all its
    cities are complete. Complete cities are children of the group area `all`, which has the name of
    their province where they are all of it.
    """
    levelled = areas.with_columns(pl.col("area_level").cast(pl.Enum(AREA_LEVELS)))
    below = _descendants(levelled, counties)
    above = _ancestors(levelled, counties)
    in_force = levelled.filter(pl.col("successor_code").is_null())
    cities = _complete(in_force, children=counties, level="city")
    provinces = _complete(in_force, children=cities, level="province")
    complete = pl.concat([below.select("area_code"), cities, provinces])
    rows = pl.concat([above, below]).with_columns(
        is_complete=pl.col("area_code").is_in(complete["area_code"].to_list())
    )
    group = _group(rows, cities, provinces)
    rows = pl.concat([group, rows]).sort("area_level", "area_code")
    return Scope(areas=rows, edges=_edges(rows, cities))


def _descendants(areas: pl.DataFrame, counties: pl.DataFrame) -> pl.DataFrame:
    """Return the counties, their earlier versions, and all that lies below them."""
    former = areas.filter(pl.col("successor_code").is_in(counties["area_code"].to_list())).select(
        "area_code"
    )
    found = [areas.join(pl.concat([counties, former]).unique(), on="area_code", how="semi")]
    while found[-1].height:
        parents = found[-1]["area_code"].to_list()
        found.append(areas.filter(pl.col("parent_code").is_in(parents)))
    return pl.concat(found).unique("area_code")


def _ancestors(areas: pl.DataFrame, counties: pl.DataFrame) -> pl.DataFrame:
    rows = areas.join(counties, on="area_code", how="semi")
    found = []
    while rows.height:
        parents = rows["parent_code"].drop_nulls().unique().to_list()
        rows = areas.filter(pl.col("area_code").is_in(parents))
        found.append(rows)
    return pl.concat([areas.clear(), *found]).unique("area_code")


def _complete(areas: pl.DataFrame, *, children: pl.DataFrame, level: str) -> pl.DataFrame:
    """Return the areas of a level all of whose children, at least one, are given."""
    given = pl.col("area_code").is_in(children["area_code"].to_list())
    whole = areas.group_by("parent_code").agg(is_whole=given.all()).filter("is_whole")
    return (
        areas.filter(pl.col("area_level") == level)
        .join(whole, left_on="area_code", right_on="parent_code", how="semi")
        .select("area_code")
    )


def group_name(cities: int) -> str:
    """Return the name of the group of complete cities: 三市合计, 12市合计."""
    return f"{_NUMERALS[cities] if cities <= 10 else cities}市合计"


def _group(rows: pl.DataFrame, cities: pl.DataFrame, provinces: pl.DataFrame) -> pl.DataFrame:
    if cities.is_empty():
        return rows.clear()
    above = rows.join(cities, on="area_code", how="semi")["parent_code"].unique()
    whole = rows.join(provinces, on="area_code", how="semi").filter(
        pl.col("area_code").is_in(above.to_list())
    )
    is_province = len(above) == whole.height == 1
    row = pl.DataFrame(
        {
            "area_code": [GROUP_CODE],
            "area_name": [whole["area_name"][0] if is_province else group_name(cities.height)],
            "area_level": ["group"],
            "code_system": ["group"],
            "has_polygon": [False],
            "is_complete": [True],
        },
        schema_overrides={"area_level": rows.schema["area_level"]},
    )
    return pl.concat([rows.clear(), row], how="diagonal")


def _edges(rows: pl.DataFrame, cities: pl.DataFrame) -> pl.DataFrame:
    """Return who is summed into whom, down to the township."""
    is_city = pl.col("area_code").is_in(cities["area_code"].to_list())
    parent_is_complete = pl.col("parent_code").is_in(
        rows.filter("is_complete")["area_code"].to_list()
    )
    parent = pl.when(is_city).then(pl.lit(GROUP_CODE)).when(parent_is_complete).then("parent_code")
    return rows.filter(
        "is_complete",
        pl.col("area_level") != "village",
        pl.col("successor_code").is_null(),
    ).select("area_code", parent_code=parent)
