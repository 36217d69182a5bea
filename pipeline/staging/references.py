"""What staging looks codes up in: areas and their history, names, the institution register."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date

import polars as pl

from pipeline.reference import Reference, county_by_name, current_code, township_by_name

REGISTER_SCHEMA = pl.Schema(
    {
        "institution_code": pl.String(),
        "institution_name": pl.String(),
        "institution_county": pl.String(),
        "institution_township": pl.String(),
        "institution_level": pl.String(),
    }
)


REFUSED_SCHEMA = pl.Schema({"institution_code": pl.String(), "_refused_at": pl.String()})


@dataclass(frozen=True, kw_only=True)
class References:
    """Lookups of one run; `institutions` is empty until the register has been staged."""

    areas: pl.DataFrame  # area_code, area_level, current_code, valid_from, valid_until, gone_after
    counties: pl.DataFrame  # city_code, county_name, county_code
    names: pl.DataFrame  # area_name, codes: those of today that counties, cities, provinces have
    townships: pl.DataFrame  # county_code, township_name, township_code
    seats: pl.DataFrame  # county_code, township_code: which townships lie in which county
    institutions: pl.DataFrame  # REGISTER_SCHEMA
    aliases: pl.DataFrame  # institution_code, alias_name: names that were confirmed, former ones
    as_of: date
    # Codes whose rows of the register were refused, and where they stand: REFUSED_SCHEMA.
    refused: pl.DataFrame = field(default_factory=REFUSED_SCHEMA.to_frame)

    @property
    def has_register(self) -> bool:
        """Say whether any institution is registered."""
        return self.institutions.height > 0

    def with_register(self, institutions: pl.DataFrame) -> References:
        """Return the lookups with the staged register: of each institution the latest extract.

        Names of earlier extracts are its former ones, known like those that somebody confirmed.
        """
        named = institutions.select("institution_code", alias_name="institution_name").cast(
            pl.String
        )
        latest = (
            institutions.sort("extract_date", pl.col("member_from").fill_null(date.min))
            .unique("institution_code", keep="last", maintain_order=True)
            .select(
                "institution_code",
                "institution_name",
                institution_county="county_code",
                institution_township="township_code",
                institution_level="hospital_level",
            )
            .cast(REGISTER_SCHEMA)
        )
        known = latest.select("institution_code", alias_name="institution_name")
        former = named.join(known, on=named.columns, how="anti").drop_nulls()
        aliases = pl.concat([self.aliases, former]).unique().sort(named.columns)
        return replace(self, institutions=latest, aliases=aliases)


def _written_in_full(areas: pl.DataFrame) -> pl.DataFrame:
    """Return counties and above as the statistics office writes them, in twelve digits."""
    short = areas.filter(pl.col("area_code").str.contains(r"^\d{6}$"))
    full = short.with_columns(pl.col("area_code") + "000000")
    return full.join(areas, on="area_code", how="anti")


def _names(areas: pl.DataFrame, counties: pl.DataFrame, current: pl.DataFrame) -> pl.DataFrame:
    """Return every name from the county up, with the codes of today it may mean."""
    above = areas.filter(pl.col("area_level").cast(pl.String).is_in(["county", "city", "province"]))
    listed = above.join(current, on="area_code", how="left", validate="1:1")
    told = pl.concat(
        [
            listed.select("area_name", code="current_code"),
            counties.select(area_name="county_name", code="county_code"),
        ]
    )
    return told.group_by("area_name").agg(codes=pl.col("code").unique().sort()).sort("area_name")


def _seats(areas: pl.DataFrame) -> pl.DataFrame:
    """Return the townships of each county; those of a zone are its host's as well."""
    townships = areas.filter(pl.col("area_level").cast(pl.String) == "township")
    own = townships.select(county_code="parent_code", township_code="area_code")
    zones = areas.drop_nulls("located_in").select(county_code="area_code", host="located_in")
    hosted = own.join(zones, on="county_code", validate="m:1")
    return pl.concat([own, hosted.select("township_code", county_code="host")], how="diagonal")


def references_of(reference: Reference, *, as_of: date) -> References:
    """Prepare the lookups from the reference data."""
    levels = reference.areas.select("area_code", "area_level").cast(pl.String)
    current = current_code(reference.areas)
    areas = levels.join(current, on="area_code", how="left", validate="1:1").select(
        "area_code", "area_level", "current_code", "valid_from", "valid_until"
    )
    ends = areas.select(current_code="area_code", gone_after="valid_until")
    areas = areas.join(ends, on="current_code", how="left", validate="m:1", maintain_order="left")
    counties = county_by_name(reference.areas, reference.aliases).select(
        "city_code", "county_name", "county_code"
    )
    return References(
        areas=pl.concat([areas, _written_in_full(areas)]),
        counties=counties,
        names=_names(reference.areas, counties, current),
        townships=township_by_name(reference.areas, reference.aliases).select(
            "county_code", "township_name", "township_code"
        ),
        seats=_seats(reference.areas),
        institutions=pl.DataFrame(schema=REGISTER_SCHEMA),
        aliases=reference.institution_aliases.select("institution_code", "alias_name").unique(),
        as_of=as_of,
    )
