"""Build the sites of the demonstration world from the real divisions and census figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipeline.demo import calibration as cal
from pipeline.demo.randomness import stream
from pipeline.demo.register import register
from pipeline.demo.world import SMALL_WORLDS, County, DialectName, Site, Township
from pipeline.errors import UsageError
from pipeline.reference import Reference

DIALECT_OF: dict[str, DialectName] = {"411600": "codes", "411300": "interface"}


def build_sites(reference: Reference, cities: Sequence[str], *, seed: int) -> tuple[Site, ...]:
    """Build the sites of the given cities, and the two small worlds after them, each once.

    Raises:
        UsageError: a city is unknown, or its townships are not in the reference data.
    """
    codes = dict.fromkeys((*cities, *SMALL_WORLDS))
    return tuple(_site(reference, code, seed=seed) for code in codes)


def _site(reference: Reference, code: str, *, seed: int) -> Site:
    areas = reference.areas.filter(pl.col("successor_code").is_null())
    own = areas.filter(pl.col("area_code") == code)
    column = "area_code" if code in SMALL_WORLDS else "parent_code"
    rows = areas.filter((pl.col(column) == code) & (pl.col("area_level") == "county"))
    counties = tuple(
        _county(reference, areas, row, seed=seed)
        for row in rows.sort("area_code").iter_rows(named=True)
    )
    if own.is_empty() or not counties or not all(county.townships for county in counties):
        raise UsageError(
            f"演示数据不能用{code}：参考数据里没有这个市或它的乡镇。"
            "可用的市：410200、411600、411300；其他市请先运行 python -m pipeline geo。"
        )
    site = Site(
        code=code,
        name=own["area_name"][0],
        dialect=DIALECT_OF.get(code, "words"),
        counties=counties,
        institutions=(),
    )
    return replace(site, institutions=register(site, seed=seed))


def _county(reference: Reference, areas: pl.DataFrame, row: dict[str, str], *, seed: int) -> County:
    code = row["area_code"]
    census = reference.population.filter(pl.col("area_code") == code)
    thousand = cal.HENGKOU_THOUSAND if code == "6109HK" else cal.DEFAULT_THOUSAND
    young, old = 0.24, 0.145
    population = round(thousand * 1000)
    if census.height:
        _, _, population, young, old, _ = census.row(0)
    return County(
        code=code,
        name=row["area_name"],
        population=population,
        share_0_14=young,
        share_65_plus=old,
        townships=_townships(areas, code, seed=seed),
    )


def _townships(areas: pl.DataFrame, county: str, *, seed: int) -> tuple[Township, ...]:
    rows = areas.filter((pl.col("parent_code") == county) & (pl.col("area_level") == "township"))
    villages = (
        areas.filter(pl.col("area_level") == "village")
        .filter(pl.col("parent_code").is_in(rows["area_code"].implode()))
        .sort("area_code")
        .group_by("parent_code", maintain_order=True)
        .agg("area_name")
    )
    named = dict(villages.iter_rows())
    rng = stream(seed, "townships", county)
    return tuple(
        Township(
            code=code,
            name=name,
            villages=tuple(named.get(code, ())),
            weight=(len(named.get(code, ())) + 3) * float(rng.uniform(0.8, 1.25)),
        )
        for code, name in rows.sort("area_code").select("area_code", "area_name").iter_rows()
    )
