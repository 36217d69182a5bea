"""A small world for mart tests: two counties of one city, a zone, half a year."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cache
from random import Random

import polars as pl

from pipeline.catalog import catalogue
from pipeline.contracts.ledger import LedgerCell
from pipeline.marts import build_marts
from pipeline.reference import FACTS_SCHEMA
from tests.counters import rows

AS_OF = date(2025, 6, 30)
MONTHS = [date(2025, m, 1) for m in range(1, 7)]
TIERS = ("same_county", "same_city", "same_province", "other_province")

FACTS = pl.DataFrame(schema=FACTS_SCHEMA)


@dataclass(frozen=True)
class Reference:
    areas: pl.DataFrame = field(default_factory=lambda: rows.AREAS)
    published_facts: pl.DataFrame = field(default_factory=lambda: FACTS)


def stays(county: str, month: date, tier: str, count: int, *, person: int = 0) -> list[dict]:
    """Return admissions of a county's residents, one a day from the first of the month."""
    return [
        {
            "insured_county": county,
            "destination_tier": tier,
            "care_area": {"same_city": "410203", "same_province": "410100"}.get(tier),
            "service_date": month.replace(day=n % 28 + 1),
            "settled_on": month.replace(day=28),
            "person_key": person + n,
        }
        for n in range(count)
    ]


def build(tables: dict[str, pl.LazyFrame], *, as_of: date = AS_OF, **changes) -> dict:
    """Build all marts of some tables and collect them."""
    options = {
        "reference": Reference(),
        "ledger_cells": LedgerCell.create_empty(),
        "catalogue": catalogue(),
        "as_of": as_of,
        "demonstration": True,
        **changes,
    }
    return {name: lf.collect() for name, lf in build_marts(tables, **options).items()}


COUNTIES = ("410202", "410203", "6109HK")
# Four institutions: code, county, township.
HOMES = (
    ("H1", "410202", "410202001"),
    ("H2", "410202", "410202002"),
    ("H3", "410203", "410203001"),
    ("H4", "6109HK", None),
)


def all_stays(random: Random) -> list[dict]:
    """Return stays of every county, month and tier, as many as chance has it."""
    given = [
        stay
        for county in COUNTIES
        for month in MONTHS
        for tier, most in zip(TIERS, (60, 25, 20, 14), strict=True)
        for stay in stays(county, month, tier, random.randint(0, most))
    ]
    return [stay | {"settlement_id": f"S{n}"} for n, stay in enumerate(given)]


def tables(seed: int = 1) -> dict[str, pl.LazyFrame]:
    """Return every source of the small world; counts differ by county, tier and month."""
    return {
        "settlements": rows.settlements(*all_stays(Random(seed))),
        "referrals": rows.referrals(
            *({"person_key": n, "referred_on": date(2025, 1, 1)} for n in range(20))
        ),
        "institutions": rows.institutions(
            *({"institution_code": h, "county_code": c, "township_code": t} for h, c, t in HOMES)
        ),
        "devices": rows.devices(
            *({"institution_code": h, "device_type": d}
              for h, _, _ in HOMES[:3] for d in ("dr", "colour_ultrasound")),
            {"institution_code": "H1", "device_type": "biochemistry_analyser"},
            {"institution_code": "H1", "device_type": "ct", "state": "repair"},
        ),
        "clinics": rows.clinics(
            *({"county_code": c, "township_code": t, "status": s}
              for _, c, t in HOMES for s in ("completed", "in_progress", "accepted"))
        ),
        "contracts": rows.contracts(
            *({"institution_code": h, "county_code": c, "township_code": t, "residents": 1000,
               "residents_contracted": 400 + n} for n, (h, c, t) in enumerate(HOMES))
        ),
        "contract_groups": rows.contract_groups(
            *({"institution_code": h, "county_code": c, "township_code": t, "group": g,
               "persons": 40, "managed": 30, "contracted": k}
              for (h, c, t), k in zip(HOMES, (4, 25, 30, 3), strict=True)
              for g in ("disabled", "hypertension"))
        ),
        "population": rows.population({"year": 2024, "persons": 5000}),
        "activity": rows.activity(
            *({"county_code": c, "month": m, "item": "remote_ecg", "value": 10 + n}
              for c in COUNTIES for n, m in enumerate(MONTHS))
        ),
        "targets": rows.targets({"indicator_id": "contract_rate", "target": 0.6},
                                {"indicator_id": "no_such_rate", "target": 0.6}),
    }  # fmt: skip


@cache
def whole() -> dict[str, pl.DataFrame]:
    """Build all marts of the small world as it is; nobody changes them."""
    return build(tables())
