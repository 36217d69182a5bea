"""Where care is given: the register's institutions of a site, and hospitals far away."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from pipeline.demo import calibration as cal
from pipeline.demo.care import (
    CHRONIC,
    INPATIENT,
    MATERNITY,
    OTHER_PROVINCE,
    OUTPATIENT,
    PHARMACY,
    SAME_CITY,
    SAME_PROVINCE,
)
from pipeline.demo.randomness import FloatArray, IntArray
from pipeline.demo.world import Institution, Site

NEIGHBOUR = {"340621": ("340603", "340602"), "6109HK": ("610902",)}
FIRST_AWAY = 901  # the first number of hospitals that are in no register
HOSPITALS_AWAY = 3

# Mean cost in fen and share paid by the pooled fund, by level.
COST = {
    "三级甲等": (1_020_000, 0.55),
    "三级乙等": (700_000, 0.60),
    "二级甲等": (540_000, 0.65),
    "二级乙等": (470_000, 0.66),
    "一级甲等": (250_000, 0.78),
    "无等级": (160_000, 0.60),
}


@dataclass(frozen=True, kw_only=True)
class Picker:
    """Draws one of a county's own list, for many rows of many counties at once."""

    members: IntArray
    cumulative: FloatArray  # each county's shares from its position to the next

    def draw(self, rng: np.random.Generator, county: IntArray) -> IntArray:
        """Draw for every row from its county's list."""
        at = np.searchsorted(self.cumulative, county + rng.random(len(county)), side="right")
        return self.members[np.minimum(at, len(self.members) - 1)]


def picker(lists: Sequence[Sequence[tuple[int, float]]]) -> Picker:
    """Build a picker from (member, weight) lists, one a county."""
    members: list[int] = []
    shares: list[FloatArray] = []
    for county, choices in enumerate(lists):
        weights = np.cumsum([weight for _, weight in choices])
        members.extend(member for member, _ in choices)
        shares.append(county + weights / weights[-1])
    return Picker(members=np.asarray(members), cumulative=np.concatenate(shares))


@dataclass(frozen=True, kw_only=True)
class Providers:
    """All providers of a site by position, and who is drawn where."""

    codes: list[str]
    names: list[str]
    levels: list[str]
    areas: list[str]  # county of the register, else city or province of care
    cost: FloatArray  # mean fen of an inpatient
    fund_share: FloatArray
    local: dict[int, Picker]  # by care type
    away: dict[int, Picker]  # by destination tier
    lead: IntArray  # a county's lead hospital


def _away(site: Site, names: dict[str, str]) -> list[tuple[int, str, str, str, float]]:
    """List the hospitals outside the register: tier, code, name, area, weight."""
    flow = cal.flow_of(site)
    near = [(code, 1.0) for code in NEIGHBOUR.get(site.code, ())]
    lists = ((SAME_CITY, near), (SAME_PROVINCE, flow.provincial), (OTHER_PROVINCE, flow.other))
    return [
        (
            tier,
            f"H{area}{n + FIRST_AWAY:05d}",
            f"{names.get(area, area)}示例第{'一二三'[n]}医院",
            area,
            weight / (n + 1),
        )
        for tier, areas in lists
        for area, weight in areas
        for n in range(HOSPITALS_AWAY)
    ]


def _local_weight(institution: Institution, care: int, leads: int) -> float:
    """Say how much of a county's care of one type an institution takes."""
    if institution.kind == "其他":
        return 1.0 if care == PHARMACY else 0.0
    if institution.is_centre:
        share = {INPATIENT: 0.27, CHRONIC: 0.55, OUTPATIENT: 0.5}.get(care, 0.0)
        return share * institution.weight
    if not institution.is_hospital or care == PHARMACY:
        return 0.0
    if care == MATERNITY:
        return 0.6 if "妇幼" in institution.name else 0.4
    if institution.kind == "三级医院":
        return 0.25
    return 0.45 / leads if institution.is_lead else 0.12


def local_picker(site: Site, care: int) -> Picker:
    """Draw an institution of the insured's own county."""
    lists = []
    for county in site.counties:
        own = [(n, i) for n, i in enumerate(site.institutions) if i.county_code == county.code]
        leads = max(1, sum(i.is_lead for _, i in own))
        weights = [(n, _local_weight(i, care, leads)) for n, i in own]
        lists.append([(n, weight) for n, weight in weights if weight > 0])
    return picker(lists)


def same_city_picker(site: Site) -> Picker:
    """Draw a hospital of another county of the site: most often one of the city's own."""
    return picker(
        [
            [
                (n, 0.24 if i.kind == "三级医院" else 0.03)
                for n, i in enumerate(site.institutions)
                if i.county_code != county.code and (i.kind == "三级医院" or i.is_lead)
            ]
            for county in site.counties
        ]
    )


def providers(site: Site, areas: pl.DataFrame) -> Providers:
    """Gather the providers of a site; `areas` names the places far away."""
    names = dict(areas.select("area_code", "area_name").iter_rows())
    away = _away(site, names)
    own = list(site.institutions)
    levels = [i.level for i in own] + ["三级甲等"] * len(away)
    pickers = {
        tier: picker(
            [
                [(len(own) + n, w) for n, (t, _, _, _, w) in enumerate(away) if t == tier]
                for _ in site.counties
            ]
        )
        for tier in (SAME_PROVINCE, OTHER_PROVINCE, *((SAME_CITY,) if not site.is_city else ()))
    }
    if site.is_city:
        pickers[SAME_CITY] = same_city_picker(site)
    cost = np.asarray([COST[level] for level in levels], dtype=np.float64)
    leads = {i.county_code: n for n, i in reversed(list(enumerate(own))) if i.is_lead}
    return Providers(
        codes=[i.code for i in own] + [code for _, code, _, _, _ in away],
        names=[i.name for i in own] + [name for _, _, name, _, _ in away],
        levels=levels,
        areas=[i.county_code for i in own] + [area for _, _, _, area, _ in away],
        cost=cost[:, 0],
        fund_share=cost[:, 1],
        local={care: local_picker(site, care) for care in range(5)},
        away=pickers,
        lead=np.asarray([leads[county.code] for county in site.counties]),
    )
