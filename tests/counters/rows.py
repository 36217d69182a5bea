"""Staged rows for tests: give the columns that matter, the rest has a harmless default."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

import dataframely as dy
import polars as pl

from pipeline.contracts import staging as staged
from pipeline.counters.frames import to_long
from pipeline.counters.settlements import COUNTERS
from pipeline.marts.partials import Partials
from pipeline.marts.settled import Settled, settled_of
from pipeline.staged.months import SettledMonths

DEFAULTS: dict[type[dy.Schema], dict[str, Any]] = {
    staged.AcceptedSettlement: {
        "insured_county": "410202",
        "destination_tier": "same_county",
        "care_type": "inpatient",
        "insurance_type": "resident",
        "service_date": date(2025, 1, 10),
        "settled_on": date(2025, 1, 10),
        "sign": 1,
        "total_fen": 1000,
        "fund_fen": 500,
        "is_resettled": False,
    },
    staged.StagedReferral: {
        "referred_on": date(2025, 1, 1),
        "direction": "up",
        "county_code": "410202",
    },
    staged.StagedClinic: {
        "extract_date": date(2025, 1, 31),
        "clinic_name": "某村卫生室",
        "county_code": "410202",
        "township_code": "410202001",
        "is_planned": True,
        "status": "not_started",
    },
    staged.StagedDevice: {
        "extract_date": date(2025, 1, 31),
        "device_type": "dr",
        "device_name": "DR",
        "institution_code": "H1",
        "quantity": 1,
        "state": "in_use",
        "is_renewal_project": False,
    },
    staged.StagedInstitution: {
        "extract_date": date(2025, 1, 31),
        "institution_code": "H1",
        "institution_name": "某镇卫生院",
        "institution_type": "township_health_centre",
        "county_code": "410202",
        "township_code": "410202001",
        "is_lead": False,
    },
    staged.StagedContract: {
        "as_of": date(2025, 1, 31),
        "institution_code": "H1",
        "county_code": "410202",
        "township_code": "410202001",
    },
    staged.StagedContractGroup: {
        "as_of": date(2025, 1, 31),
        "institution_code": "H1",
        "group": "disabled",
        "county_code": "410202",
        "township_code": "410202001",
    },
    staged.StagedPopulation: {"area_code": "410202", "sex": "male", "age_from": 0},
    staged.StagedIncome: {"area_code": "410202", "year": 2024},
    staged.StagedActivity: {"county_code": "410202", "month": date(2025, 1, 1)},
    staged.StagedTarget: {"area_code": "410202", "due_on": date(2025, 12, 31)},
}
_NUMBERED = {
    staged.AcceptedSettlement: "settlement_id",
    staged.StagedReferral: "referral_id",
    staged.StagedClinic: "clinic_code",
    staged.StagedDevice: "device_code",
}

AREAS = pl.DataFrame(
    [
        ("410000", "河南省", "province", None, None),
        ("410200", "开封市", "city", "410000", None),
        ("410202", "龙亭区", "county", "410200", None),
        ("410203", "顺河回族区", "county", "410200", None),
        ("410211", "金明区", "county", "410200", "410202"),
        ("410202001", "北书店街道", "township", "410202", None),
        ("410202002", "午朝门街道", "township", "410202", None),
        ("410203001", "清平街道", "township", "410203", None),
        ("410202001001", "某社区", "village", "410202001", None),
        ("610000", "陕西省", "province", None, None),
        ("610900", "安康市", "city", "610000", None),
        ("610902", "汉滨区", "county", "610900", None),
        ("610902107", "恒口镇", "township", "610902", None),
        ("6109HK", "恒口示范区", "county", "610900", None),
        ("110000", "北京市", "province", None, None),
        ("110100", "市辖区", "city", "110000", None),
        ("410100", "郑州市", "city", "410000", None),
    ],
    schema={
        "area_code": pl.String,
        "area_name": pl.String,
        "area_level": pl.String,
        "parent_code": pl.String,
        "successor_code": pl.String,
    },
    orient="row",
).with_columns(
    code_system=pl.lit("stats2023"),
    valid_from=pl.lit(None, dtype=pl.Date),
    valid_until=pl.lit(None, dtype=pl.Date),
    located_in=pl.lit(None, dtype=pl.String),
    has_polygon=pl.lit(value=False),
)


def table(contract: type[dy.Schema], rows: Iterable[dict[str, Any]]) -> pl.LazyFrame:
    """Return rows of a staged table; keys are numbered where a row gives none."""
    schema = contract.create_empty().schema
    filled = []
    for n, row in enumerate(rows):
        base: dict[str, Any] = {"file_id": 0, **DEFAULTS[contract]}
        if contract in _NUMBERED:
            base[_NUMBERED[contract]] = f"K{n}"
        filled.append({**dict.fromkeys(schema), **base, **row})
    frame = pl.DataFrame(filled, schema=schema, orient="row")
    contract.validate(frame, cast=False)
    return frame.lazy()


def of(contract: type[dy.Schema]) -> Callable[..., pl.LazyFrame]:
    """Return what makes a staged table of rows, each a dictionary."""
    return lambda *rows: table(contract, rows)


settlements = of(staged.AcceptedSettlement)
referrals = of(staged.StagedReferral)
clinics = of(staged.StagedClinic)
devices = of(staged.StagedDevice)
institutions = of(staged.StagedInstitution)
contracts = of(staged.StagedContract)
contract_groups = of(staged.StagedContractGroup)
population = of(staged.StagedPopulation)
income = of(staged.StagedIncome)
activity = of(staged.StagedActivity)
targets = of(staged.StagedTarget)


def settled(
    settlements_: pl.LazyFrame,
    referrals_: pl.LazyFrame | None = None,
    *,
    as_of: date = date(2026, 12, 31),
    by_township: bool = False,
    register: pl.LazyFrame | None = None,
) -> Settled:
    """Return the sums of accepted settlements and referrals; H1 is a primary institution."""
    return settled_of(
        SettledMonths.of(settlements_),
        referrals() if referrals_ is None else referrals_,
        as_of=as_of,
        by_township=by_township,
        partials=Partials(None),
        register=institutions({}) if register is None else register,
    )


def flow_counters(counted: Settled) -> pl.LazyFrame:
    """Return the counters by day in the long form in which marts ask for some of them."""
    return to_long(counted.counters.lazy(), time="date", counters=COUNTERS)


def values(counters: pl.LazyFrame) -> dict[tuple[str, str, date], int]:
    """Return counters as a mapping from counter, area and day."""
    frame = counters.collect()
    time = "date" if "date" in frame.columns else "as_of"
    return {
        (c, a, d): v
        for c, a, d, v in frame.select("counter_id", "area_code", time, "value").iter_rows()
    }
