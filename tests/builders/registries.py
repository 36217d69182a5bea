"""Registry and flow marts of the small world."""

from __future__ import annotations

import datetime as dt

import polars as pl

from pipeline.catalog import catalogue
from pipeline.contracts.staging import CLINIC_STATUSES, DEVICE_TYPES, KEY_GROUPS
from tests.builders.measures import AS_OF, CITY, MONTHS, PROVISIONAL, finest, fit, noise

HOSTILE = "<img src=x onerror=alert(1)>&[点此](http://192.0.2.1)"


def flow_monthly(frame: pl.DataFrame) -> pl.DataFrame:
    """Build destinations of inpatient care: own county, the city, two cities, one province."""
    counties = finest(frame, catalogue().indicators["out_of_county_inpatient_rate"])
    places = pl.DataFrame(
        [
            ("410203", "顺河回族区", "same_city", 900),
            ("410100", "郑州市", "same_province", 420),
            ("411400", "商丘市", "same_province", 90),
            ("110000", "北京市", "other_province", 120),
            ("other", "其他省份", "other_province", 60),
        ],
        schema=["destination_code", "destination_name", "destination_tier", "base"],
        orient="row",
    )
    own = counties.select(
        "area_code",
        destination_code="area_code",
        destination_name=pl.lit("本县"),
        destination_tier=pl.lit("same_county"),
        base=pl.lit(4800, dtype=pl.Int64),
    )
    away = counties.select("area_code").join(places, how="cross")
    away = away.filter(pl.col("area_code") != pl.col("destination_code"))
    grid = pl.concat([own, away]).join(pl.DataFrame({"month": MONTHS}), how="cross")
    number = pl.col("area_code").str.extract(r"(\d+)").cast(pl.Int64) % 97
    factor = 1 + 0.1 * noise(seed=number + pl.col("month").dt.month())
    grid = grid.with_columns(settlements=(pl.col("base") * factor).round().cast(pl.Int64))
    late = pl.col("month").is_in(PROVISIONAL)
    return fit(
        "flow_monthly",
        grid.with_columns(
            insured_county="area_code",
            care_type=pl.lit("inpatient"),
            total_fen=pl.col("settlements") * 900_000,
            fund_fen=pl.col("settlements") * 520_000,
            referred_settlements=pl.col("settlements") * 2 // 5,
            status=pl.when(late).then(pl.lit("provisional")).otherwise(pl.lit("final")),
        ),
    )


def _clinic_status() -> pl.Expr:
    number = pl.col("township_code").cast(pl.Int64) % 53 + pl.col("n") * 3
    return (
        pl.when(number % 17 == 0)
        .then(pl.lit(CLINIC_STATUSES[0]))
        .when(number % 7 == 0)
        .then(pl.lit(CLINIC_STATUSES[1]))
        .when(number % 3 == 0)
        .then(pl.lit(CLINIC_STATUSES[2]))
        .otherwise(pl.lit(CLINIC_STATUSES[3]))
    )


def clinics(frame: pl.DataFrame, *, hostile: bool = False) -> pl.DataFrame:
    """Build eighteen clinics a township, one status each."""
    towns = frame.filter(pl.col("area_level") == "township").select(
        township_code="area_code", township_name="area_name", county_code="parent_code"
    )
    grid = towns.join(pl.DataFrame({"n": list(range(1, 19))}), how="cross")
    name = pl.format("第{}村卫生室", "n")
    if hostile:
        name = pl.when(pl.col("n") == 1).then(pl.lit(f"=1+1{HOSTILE}")).otherwise(name)
    grid = grid.with_columns(
        clinic_code=pl.format("{}{}", "township_code", pl.col("n").cast(pl.String).str.zfill(3)),
        clinic_name=name,
        city_code=pl.col("county_code").str.slice(0, 4) + "00",
        village_name=pl.format("第{}村", "n"),
        is_planned=pl.lit(value=True),
        status=_clinic_status(),
        as_of=pl.lit(AS_OF),
        started_on=pl.lit(dt.date(2024, 3, 1)) + pl.duration(days=pl.col("n") * 9),
        doctors=pl.col("n") % 3 + 1,
        served_population=800 + pl.col("n") * 40,
    )
    done = pl.col("status").is_in(CLINIC_STATUSES[2:])
    started = pl.col("status") != CLINIC_STATUSES[0]
    return fit(
        "clinics",
        grid.with_columns(
            started_on=pl.when(started).then("started_on"),
            completed_on=pl.when(done).then(pl.col("started_on") + pl.duration(days=120)),
            accepted_on=pl.when(pl.col("status") == CLINIC_STATUSES[3]).then(
                pl.col("started_on") + pl.duration(days=170)
            ),
        ),
    )


def institutions(frame: pl.DataFrame) -> pl.DataFrame:
    """Build one health centre a township, and a lead hospital a county."""
    towns = frame.filter(pl.col("area_level") == "township").select(
        institution_code="C" + pl.col("area_code"),
        institution_name=pl.col("area_name") + "卫生院",
        institution_type=pl.lit("township_health_centre"),
        county_code="parent_code",
        township_code="area_code",
        township_name="area_name",
        is_lead=pl.lit(value=False),
    )
    leads = frame.filter(
        (pl.col("area_level") == "county") & pl.col("valid_until").is_null()
    ).select(
        institution_code="H" + pl.col("area_code"),
        institution_name=pl.col("area_name") + "人民医院",
        institution_type=pl.lit("secondary_hospital"),
        county_code="area_code",
        is_lead=pl.lit(value=True),
    )
    no = pl.lit(value=False)
    return fit(
        "institutions",
        pl.concat([towns, leads], how="diagonal").with_columns(
            city_code=pl.col("county_code").str.slice(0, 4) + "00",
            consortium_code=pl.format("M{}", "county_code"),
            consortium_name=pl.lit("医共体"),
            is_sub_centre=no,
            is_five_hundred_model=no,
            has_tcm_clinic=no,
            as_of=pl.lit(AS_OF),
        ),
    )


def devices(centres: pl.DataFrame) -> pl.DataFrame:
    """Build six device types a centre; every eleventh is missing, every thirteenth stopped."""
    kinds = pl.DataFrame({"device_type": DEVICE_TYPES[:-1], "k": range(6)})
    grid = centres.filter(pl.col("township_code").is_not_null()).join(kinds, how="cross")
    number = pl.col("township_code").cast(pl.Int64) % 101 + pl.col("k") * 5
    state = (
        pl.when(number % 11 == 0)
        .then(pl.lit("missing"))
        .when(number % 13 == 0)
        .then(pl.lit("stopped"))
        .otherwise(pl.lit("in_use"))
    )
    grid = grid.with_columns(state=state)
    return fit(
        "devices",
        grid.with_columns(
            devices_in_use=(pl.col("state") == "in_use").cast(pl.Int32),
            devices_total=(pl.col("state") != "missing").cast(pl.Int32),
            devices_planned=0,
            reported_broken_on=pl.when(pl.col("state") == "stopped").then(dt.date(2025, 4, 28)),
        ),
    )


def contract_groups(frame: pl.DataFrame) -> pl.DataFrame:
    """Build persons and contracts by key group for counties and townships."""
    rows = frame.filter(
        pl.col("area_level").is_in(["county", "township"]) & pl.col("valid_until").is_null()
    ).select("area_code", "area_level")
    grid = rows.join(pl.DataFrame({"group": KEY_GROUPS}), how="cross").join(
        pl.DataFrame({"month": MONTHS}), how="cross"
    )
    number = pl.col("area_code").str.extract(r"(\d+)").cast(pl.Int64) % 97
    grid = grid.with_columns(persons=2000 + number * 11, step=pl.col("month").rank("dense"))
    return fit(
        "contract_groups",
        grid.with_columns(
            managed=pl.col("persons") * 9 // 10,
            contracted=(pl.col("persons") * (0.6 + 0.008 * pl.col("step"))).cast(pl.Int64),
        ),
    )


# What a city sets itself; no policy says so.
CITY_TARGETS = {
    "out_of_county_inpatient_rate": 0.22,
    "fund_outflow_rate": 0.30,
    "standardised_clinic_rate": 0.95,
    "contract_rate": 0.545,
    "key_group_contract_rate": 0.80,
}


def targets(frame: pl.DataFrame) -> pl.DataFrame:
    """Build a target of the city for what it sets itself and for indicators that declare one."""
    declared = {i.id: i.target for i in catalogue().indicators.values() if i.target is not None}
    rows = [
        (indicator, CITY, dt.date(2025, 12, 31), target)
        for indicator, target in (declared | CITY_TARGETS).items()
    ]
    columns = ["indicator_id", "area_code", "due_on", "target"]
    return fit("targets", pl.DataFrame(rows, schema=columns, orient="row"))
