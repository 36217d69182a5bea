"""Draw a month's settlements of a site as numbers: who, where, when, how much.

Rates do not depend on the scale: the number of insured does, and every draw is per insured.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl

from pipeline.demo import calibration as cal
from pipeline.demo.calendar import season, years_since_2021
from pipeline.demo.care import (
    CARES,
    CHRONIC,
    INPATIENT,
    LEAVES,
    MATERNITY,
    OTHER_PROVINCE,
    OUTPATIENT,
    SAME_CITY,
    SAME_COUNTY,
    SAME_PROVINCE,
    Care,
)
from pipeline.demo.persons import Persons, pick
from pipeline.demo.providers import Providers
from pipeline.demo.randomness import BoolArray, FloatArray, IntArray, choose, stream
from pipeline.demo.world import Site
from pipeline.methods.festival import NEW_YEARS
from pipeline.methods.periods import month_end

EPOCH = date(1970, 1, 1)
SIGMA = 0.55  # of the logarithm of a cost
LATE_SHARE = 0.12  # of claims from outside the county: papers handed in weeks afterwards
LATE_DAYS = (10, 90)
REVERSED_SHARE = 0.004
AWAY_FUND_SHARE = 0.48
AWAY_COST = {SAME_CITY: 0.80, SAME_PROVINCE: 1.05, OTHER_PROVINCE: 1.25}
SKILL = 0.35  # of the logarithm of a county's leaning towards a disease, for those who leave
# Of those treated away: who lives elsewhere for long is ill elsewhere, and mostly far away.
RESETTLED_SHARE = np.array([0.0, 0.03, 0.18, 0.45])  # by tier, from the own county outwards


@dataclass(frozen=True, kw_only=True)
class Model:
    """Everything a site's months are drawn from."""

    site: Site
    persons: Persons
    providers: Providers
    offsets: FloatArray  # a county's distance from the site's rate of leaving
    seed: int

    @property
    def flow(self) -> cal.Outflow:
        """The site's calibration."""
        return cal.flow_of(self.site)


def between(levels: tuple[float, float], years: float) -> float:
    """Return a level so many years after 2021, between that of 2021 and that of mid 2025."""
    return levels[0] + (levels[1] - levels[0]) * years / 4.5


def away_rates(model: Model, month: date) -> FloatArray:
    """Return each county's share of inpatients treated outside it in a month."""
    flow, years = model.flow, years_since_2021(month)
    level = between(flow.rate, years)
    ripple = 0.006 * np.cos(2 * np.pi * (month.month - 2) / 12)
    rates: FloatArray = np.clip(level + ripple + model.offsets, 0.03, 0.75)
    return rates


def _local_fund(model: Model) -> float:
    """Expected fund payment in fen of an inpatient treated in the county."""
    providers = model.providers
    local = providers.local[INPATIENT]
    people = np.asarray([county.population for county in model.site.counties], dtype=np.float64)
    owner = np.ceil(local.cumulative - 1e-9).astype(np.int64) - 1
    shares = np.diff(local.cumulative, prepend=0.0) * people[owner] / people.sum()
    return float(
        (shares * providers.cost[local.members] * providers.fund_share[local.members]).sum()
    )


def away_fund(model: Model, month: date) -> float:
    """Return the mean fund payment away that gives the calibrated share of the fund.

    With f the share, inside and other the fund paid per inpatient in the county and for other
    care away, the payment is (f / (1 - f) * inside - other) / rate of leaving.
    """
    flow, years = model.flow, years_since_2021(month)
    share = between(flow.fund, years)
    people = np.asarray([county.population for county in model.site.counties], dtype=np.float64)
    rate = float((away_rates(model, month) * people).sum() / people.sum())
    growth, base = _growth(years), CARES[INPATIENT].yearly
    inside = (1 - rate) * _local_fund(model) * growth
    outside = 0.0
    for care in CARES:
        if care.code in (CHRONIC, OUTPATIENT):
            paid = care.cost * care.fund_share * care.yearly / base * growth
            inside += (1 - care.away) * paid
            outside += care.away * paid
    births = CARES[MATERNITY].yearly / base
    inside += (1 - rate) * births * CARES[MATERNITY].cost * CARES[MATERNITY].fund_share * growth
    return (share / (1 - share) * inside - outside) / (rate * (1 + births))


def _growth(years: float) -> float:
    return float(1.022**years)


def _days(rng: np.random.Generator, month: date, size: int) -> IntArray:
    """Draw days of a month: fewer at weekends and around the Spring Festival."""
    days = [month + timedelta(days=d) for d in range(month_end(month).day)]
    festival = NEW_YEARS.get(month.year)
    weights = []
    for day in days:
        weight = (1.06, 1.08, 1.06, 1.04, 1.12, 0.86, 0.78)[day.weekday()]
        if festival is not None and -4 <= (day - festival).days <= 7:
            weight *= 0.45
        weights.append(weight)
    return choose(rng, weights, size) + (month - EPOCH).days


def _draw_care(model: Model, care: Care, month: date) -> dict[str, IntArray]:
    rng = stream(model.seed, "claims", model.site.code, month.isoformat(), care.code)
    years = years_since_2021(month)
    expected = model.persons.size * care.yearly / 12 * season(month) * 1.018**years
    county = np.repeat(np.arange(len(model.site.counties)), rng.poisson(expected))
    size = len(county)
    rates = away_rates(model, month) if care.away == 0 else np.full(len(expected), care.away)
    tier = _tiers(rng, model.flow, rates[county])
    provider = model.providers.local[care.code].draw(rng, county)
    for away, drawer in model.providers.away.items():
        chosen = tier == away
        provider[chosen] = drawer.draw(rng, county[chosen])
    ended = _days(rng, month, size)
    stay = 2 + rng.poisson(5.5, size) if care.code in (INPATIENT, MATERNITY) else np.zeros(size)
    total, fund = _amounts(rng, model, care, month, tier=tier, provider=provider)
    late = (tier != SAME_COUNTY) & (rng.random(size) < LATE_SHARE)
    delay = np.where(late, rng.integers(*LATE_DAYS, size=size), rng.integers(0, 3, size=size))
    return {
        "county": county,
        "person": pick(rng, model.persons, county, lean=care.lean),
        "provider": provider,
        "care": np.full(size, care.code),
        "tier": tier,
        "started": ended - stay.astype(np.int64),
        "ended": ended,
        "settled": ended + delay,
        "total": total,
        "fund": fund,
        "disease": _diseases(rng, model, care, county=county, is_away=tier != SAME_COUNTY),
        "resettled": (rng.random(size) < RESETTLED_SHARE[tier]).astype(int),
        "reversed_after": np.where(
            rng.random(size) < REVERSED_SHARE, rng.integers(1, 40, size=size), 0
        ),
        "chance": rng.integers(0, 1_000_000, size=size),
    }


def _diseases(
    rng: np.random.Generator, model: Model, care: Care, *, county: IntArray, is_away: BoolArray
) -> IntArray:
    """Draw diseases; those treated away are other ones, and each county is good at some itself."""
    positions = np.asarray([position for position, _ in care.diseases])
    weights = np.asarray([weight for _, weight in care.diseases], dtype=np.float64)
    leaning = np.asarray([LEAVES.get(int(p), 1.0) for p in positions]) if care.cost == 0 else 1.0
    skill = stream(model.seed, "skill", model.site.code, care.code)
    bent = np.exp(skill.normal(0.0, SKILL, (len(model.site.counties), len(positions))))
    chances = rng.random(len(county))
    at_home = np.searchsorted(_cumulative(weights), chances, side="right")
    away = _cumulative(weights * leaning * bent)[county[is_away]]
    drawn = at_home
    drawn[is_away] = (chances[is_away, None] >= away).sum(axis=1)
    chosen: IntArray = positions[np.minimum(drawn, len(positions) - 1)]
    return chosen


def _cumulative(weights: FloatArray) -> FloatArray:
    sums: FloatArray = np.cumsum(weights, axis=-1)
    return sums / sums[..., -1:]


def _tiers(rng: np.random.Generator, flow: cal.Outflow, rate: FloatArray) -> IntArray:
    leaves = rng.random(len(rate)) < rate
    where = rng.random(len(rate))
    beyond = np.where(where < flow.same_city + flow.same_province, SAME_PROVINCE, OTHER_PROVINCE)
    away = np.where(where < flow.same_city, SAME_CITY, beyond)
    return np.where(leaves, away, SAME_COUNTY).astype(np.int64)


def _amounts(
    rng: np.random.Generator,
    model: Model,
    care: Care,
    month: date,
    *,
    tier: IntArray,
    provider: IntArray,
) -> tuple[IntArray, IntArray]:
    """Draw cost and fund payment in fen; means are exact in expectation."""
    size, growth = len(tier), _growth(years_since_2021(month))
    spread = np.exp(rng.normal(0.0, SIGMA, size) - SIGMA**2 / 2)
    jitter = rng.uniform(0.94, 1.06, size)
    if care.cost:
        mean = np.full(size, care.cost * growth)
        share = np.full(size, care.fund_share)
    else:
        mean = model.providers.cost[provider] * growth
        share = model.providers.fund_share[provider]
    if care.away == 0:
        flow = model.flow
        mix = (flow.same_city, flow.same_province, 1 - flow.same_city - flow.same_province)
        factors = np.asarray([0.0, *AWAY_COST.values()])
        scale = away_fund(model, month) / float((factors[1:] * np.asarray(mix)).sum())
        away = tier != SAME_COUNTY
        mean = np.where(away, scale * factors[tier] / AWAY_FUND_SHARE, mean)
        share = np.where(away, AWAY_FUND_SHARE, share)
    total = np.maximum(np.rint(mean * spread), 300).astype(np.int64)
    fund = np.rint(total * np.minimum(share * jitter, 0.95)).astype(np.int64)
    return total, fund


def draw_month(model: Model, month: date) -> pl.DataFrame:
    """Draw one service month of a site: positions, days since 1970 and fen.

    `serial` numbers the rows; with the month it is what identifies a settlement.
    """
    parts = [pl.DataFrame(_draw_care(model, care, month)) for care in CARES]
    rows = pl.concat(parts).sort("ended", "county", "chance", maintain_order=True)
    return rows.with_row_index("serial").with_columns(
        serial=pl.col("serial").cast(pl.Int64),
        month=pl.lit(month.year * 100 + month.month, dtype=pl.Int64),
    )
