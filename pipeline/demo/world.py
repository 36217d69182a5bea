"""What the demonstration world is made of: townships, counties, institutions and sites."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from pipeline.demo.randomness import FloatArray, stream

DialectName = Literal["words", "codes", "interface"]
SMALL_WORLDS = ("340621", "6109HK")
COUNTY_SUFFIXES = ("回族区", "区", "县", "市")
TOWNSHIP_CENTRE = "乡镇卫生院"
COMMUNITY_CENTRE = "社区卫生服务中心"
STATION = "社区卫生服务站"
COUNTY_HOSPITAL = "二级医院"
CITY_HOSPITAL = "三级医院"
PHARMACY = "其他"


@dataclass(frozen=True, kw_only=True)
class Township:
    """A township with its villages; `weight` is its share of the county's people."""

    code: str
    name: str
    villages: tuple[str, ...]
    weight: float


@dataclass(frozen=True, kw_only=True)
class County:
    """A county-level unit with its census population."""

    code: str
    name: str
    population: int
    share_0_14: float
    share_65_plus: float
    townships: tuple[Township, ...]

    @property
    def short(self) -> str:
        """The name as offices say it: 兰考 for 兰考县."""
        if self.name.endswith(("开发区", "示范区")):
            return self.name
        for suffix in COUNTY_SUFFIXES:
            if self.name.endswith(suffix) and len(self.name) > len(suffix) + 1:
                return self.name[: -len(suffix)]
        return self.name


@dataclass(frozen=True, kw_only=True)
class Institution:
    """One institution with the dates its register carries; kind and level are the file's words."""

    code: str
    name: str
    kind: str
    level: str
    county_code: str
    township_code: str | None = None
    township_name: str | None = None
    consortium_code: str | None = None
    consortium_name: str | None = None
    is_lead: bool = False
    joined_on: date | None = None
    opened_on: date | None = None
    basic_on: date | None = None
    recommended_on: date | None = None
    sub_centre_on: date | None = None
    model_on: date | None = None
    tcm_clinic_on: date | None = None
    weight: float = 0.0  # share of the county's people, for centres

    @property
    def is_centre(self) -> bool:
        """Township health centres and community health centres together."""
        return self.kind in (TOWNSHIP_CENTRE, COMMUNITY_CENTRE)

    @property
    def is_hospital(self) -> bool:
        """Hospitals of county and city level."""
        return self.kind.endswith("医院")


@dataclass(frozen=True, kw_only=True)
class Site:
    """What reports together: a city, or one of the two small worlds."""

    code: str
    name: str
    dialect: DialectName
    counties: tuple[County, ...]
    institutions: tuple[Institution, ...]

    @property
    def is_city(self) -> bool:
        """Cities send wide monthly reports, the small worlds long ones."""
        return self.code not in SMALL_WORLDS

    def county(self, code: str) -> County:
        """Return a county by code."""
        return next(county for county in self.counties if county.code == code)

    def centres(self, county_code: str) -> list[Institution]:
        """Return the township and community health centres of a county."""
        return [i for i in self.institutions if i.county_code == county_code and i.is_centre]


def spread_counties(site: Site, half: float, purpose: str, *, seed: int) -> FloatArray:
    """Spread the counties evenly, up to `half` around nothing; weighted by people it adds to that.

    Which county lies where is drawn for the `purpose`.
    """
    size = len(site.counties)
    levels = np.linspace(-half, half, size) if size > 1 else np.zeros(1)
    levels = levels[stream(seed, purpose, site.code).permutation(size)]
    people = np.asarray([county.population for county in site.counties], dtype=np.float64)
    centred: FloatArray = levels - (levels * people).sum() / people.sum()
    return centred
