"""Published figures beside ours: which places and topics there are, how many agree, which first."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from dashboard.places import GROUP, Place, Places
from dashboard.remembering import remembered

# The order in which they are shown: what needs an answer first.
VERDICTS = ("unexplained", "explained", "not_computable", "match")
APART = 2  # so many of them say that ours differs


def with_places(facts: pl.LazyFrame) -> pl.LazyFrame:
    """Add `place_code` and `place`: figures of an institution belong to its county.

    The shortest name printed with a code names the place. Two codes of one name are one place
    (a zone has its own code in some figures and that of the county around it in others).
    """
    code = pl.col("area_code").fill_null(pl.col("place_name"))
    name = pl.col("place_name")
    shortest = name.sort_by(name.str.len_chars(), name).first()
    named = facts.with_columns(place=shortest.over(code))
    # A reason may name an area that is out of scope by its code alone.
    said = pl.col("reason_zh").str.split(code).list.join(pl.col("place"))
    return named.with_columns(place_code=code.min().over("place"), reason_zh=said)


@remembered
def place_options(facts: pl.LazyFrame) -> pl.DataFrame:
    """One row per place, by code: place_code, place, facts."""
    return (
        with_places(facts)
        .group_by("place_code", "place")
        .agg(facts=pl.len())
        .sort("place_code")
        .collect()
    )


@remembered
def topics(facts: pl.LazyFrame) -> list[str]:
    """Return the topics there are figures on, the most frequent first."""
    counted = facts.group_by("topic").agg(n=pl.len()).sort("n", "topic", descending=[True, False])
    return counted.collect()["topic"].to_list()


def inside(place: Place, places: Places, codes: Collection[str]) -> set[str]:
    """Return the codes that are the area or lie in it; for a township those of its county."""
    if place.code == GROUP:
        cities = {city.code for city in places.children(GROUP)}
        return {c for c in codes if (city := places.city_of(c)) and city.code in cities}
    county = places.county_of(place.code)
    top = county.code if county else place.code
    return {c for c in codes if c == top or top in {p.code for p in places.chain(c)}}


def selected(
    facts: pl.LazyFrame, *, place: str | None = None, topic: str | None = None
) -> pl.LazyFrame:
    """Return the figures of one place and one topic; None leaves the choice open."""
    found = with_places(facts)
    if place is not None:
        found = found.filter(pl.col("place_code") == place)
    return found if topic is None else found.filter(pl.col("topic") == topic)


@remembered
def verdict_counts(facts: pl.LazyFrame) -> dict[str, int]:
    """Return how many figures there are of each verdict, zeros included."""
    counted = dict(facts.group_by(pl.col("verdict").cast(pl.String)).len().collect().iter_rows())
    return {verdict: counted.get(verdict, 0) for verdict in VERDICTS}


@remembered
def listed(
    facts: pl.LazyFrame, *, place: Place, places: Places, verdict: str | None = None
) -> pl.DataFrame:
    """One row per figure: what differs, then those of the area, then the rest.

    `part` numbers the groups in which they stand: each verdict that ours differs, the other
    verdicts in the area, the other verdicts elsewhere. `inside` says whether one is of the area.
    """
    order = {name: number for number, name in enumerate(VERDICTS)}
    words = pl.col("verdict").cast(pl.String)
    found = facts if verdict is None else facts.filter(words == verdict)
    rows = found.with_columns(part=words.replace_strict(order, return_dtype=pl.Int64)).collect()
    codes = inside(place, places, set(rows["area_code"].drop_nulls()))
    ours = (pl.col("area_code").is_in(sorted(codes)) | (pl.col("place") == place.name)).fill_null(
        value=False
    )
    is_elsewhere = ~pl.col("inside") & (pl.col("part") >= APART)
    return (
        rows.with_columns(inside=ours)
        .with_columns(part=pl.col("part") + is_elsewhere * len(VERDICTS))
        .sort("part", "inside", "fact_id", descending=[False, True, False])
    )
