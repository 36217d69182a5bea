"""Insured persons: invented, with stable age, sex, insurance and township."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import polars as pl

from pipeline.demo.randomness import IntArray, choose, stream
from pipeline.demo.world import County

SURNAMES = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
FIRST = "建国志文晓春秀玉海永明俊雅桂红丽思子雨浩欣嘉立学宝家金新德"
SECOND = "华军平英芳霞伟强敏静涛勇杰娟艳磊洋玲梅兰辉鹏飞燕萍涵轩琪然宁安康"
NO_CHECK = "Y"  # where a document number has its check digit


@dataclass(frozen=True, kw_only=True)
class Persons:
    """The insured of a site, county after county, each from old to young.

    A low position within a county is therefore an old person.
    """

    first: IntArray  # position of a county's first person
    size: IntArray  # persons of a county
    birth_year: IntArray
    female: IntArray
    employee: IntArray
    township: IntArray
    mothers: IntArray  # positions of women of childbearing age, county after county
    mothers_first: IntArray
    mothers_size: IntArray


def invent(counties: Sequence[County], *, scale: float, seed: int) -> Persons:
    """Invent the insured of a site; their number follows the scale, so that rates do not."""
    parts = [_county_persons(county, scale=scale, seed=seed) for county in counties]
    size = np.asarray([len(part[0]) for part in parts])
    first = np.cumsum(size) - size
    mothers_size = np.asarray([len(part[4]) for part in parts])
    birth, female, employee, township = (
        np.concatenate([part[column] for part in parts]) for column in range(4)
    )
    return Persons(
        first=first,
        size=size,
        birth_year=birth,
        female=female,
        employee=employee,
        township=township,
        mothers=np.concatenate([part[4] + f for part, f in zip(parts, first, strict=True)]),
        mothers_first=np.cumsum(mothers_size) - mothers_size,
        mothers_size=mothers_size,
    )


def _county_persons(county: County, *, scale: float, seed: int) -> tuple[IntArray, ...]:
    size = max(120, round(county.population * 0.95 * scale))
    rng = stream(seed, "persons", county.code)
    middle = 1 - county.share_0_14 - county.share_65_plus
    band = choose(rng, (county.share_0_14, middle, county.share_65_plus), size)
    low, width = np.asarray([0, 15, 65]), np.asarray([15, 50, 31])
    spread = np.where(band == 2, rng.random(size) ** 1.7, rng.random(size))
    birth = np.sort(2022 - low[band] - (spread * width[band]).astype(np.int64))
    female = (rng.random(size) < 0.5).astype(np.int64)
    working = (birth > 1960) & (birth < 2003)
    employee = (rng.random(size) < np.where(working, 0.24, 0.13)).astype(np.int64)
    mothers = np.flatnonzero((female == 1) & (birth > 1982) & (birth < 2000))
    township = choose(rng, [t.weight for t in county.townships], size)
    return birth, female, employee, township, mothers


def pick(rng: np.random.Generator, persons: Persons, county: IntArray, *, lean: float) -> IntArray:
    """Draw persons of the counties; a `lean` above 1 prefers the old, below 0 draws mothers."""
    uniform = rng.random(len(county))
    if lean < 0:
        at = persons.mothers_first[county] + (uniform * persons.mothers_size[county]).astype(int)
        mothers: IntArray = persons.mothers[at]
        return mothers
    drawn: IntArray = persons.first[county] + (uniform**lean * persons.size[county]).astype(int)
    return drawn


@cache
def given_names() -> pl.Series:
    """Return every invented name once."""
    return pl.Series([s + a + b for s in SURNAMES for a in FIRST for b in SECOND])


def name_expr() -> pl.Expr:
    """Name a person by county number and position, always the same."""
    spread = (pl.col("person") * 7919 + pl.col("county") * 104729) % len(given_names())
    return pl.lit(given_names()).gather(spread)


def member_number() -> pl.Expr:
    """Return the fund's own number of a person, from the county of insurance and a position."""
    area = pl.col("home").replace({"6109HK": "610902"})
    return pl.concat_str(pl.lit("P"), area, pl.col("person").cast(pl.String).str.zfill(7))


def document_number() -> pl.Expr:
    """Return an 18-character document number that ends in a letter no real one has.

    With a digit there it might be a living person's; with a wrong one the reader refuses it.
    """
    person = pl.col("person")
    day = pl.concat_str(
        pl.col("birth_year").cast(pl.String),
        (person % 12 + 1).cast(pl.String).str.zfill(2),
        (person % 28 + 1).cast(pl.String).str.zfill(2),
    )
    serial = (person * 2 % 1000).cast(pl.String).str.zfill(3)
    return pl.concat_str("home", day, serial, pl.lit(NO_CHECK))
