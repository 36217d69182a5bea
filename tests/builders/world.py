"""A small published snapshot for the dashboard's tests: one city, its counties, townships, clinics.

Figures are invented by a fixed formula. They add up (children to parents, months to the year so
far) and follow the contracts; nothing of the pipeline but `snapshots` and `reference` is used.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import polars as pl

from pipeline import snapshots
from pipeline.catalog import Indicator, catalogue
from pipeline.contracts.marts import MARTS
from pipeline.contracts.staging import CLINIC_STATUSES, DEVICE_TYPES, KEY_GROUPS
from pipeline.reference import load_reference

CITY, AS_OF = "410200", dt.date(2025, 6, 30)
MONTHS = [dt.date(2023 + m // 12, m % 12 + 1, 1) for m in range(30)]
PROVISIONAL = MONTHS[-3:]
FRIDAYS = [dt.date(2025, 6, 27) - dt.timedelta(weeks=w) for w in reversed(range(30))]
WILSON_Z = 1.959963984540054
# Base rate and denominators a month and finest area, where the default would look odd.
RATES = {
    "out_of_county_inpatient_rate": 0.25,
    "in_county_inpatient_share": 0.75,
    "fund_outflow_rate": 0.34,
    "destination_same_county_share": 0.75,
    "destination_same_city_share": 0.14,
    "destination_same_province_share": 0.08,
    "destination_other_province_share": 0.03,
    "referred_outflow_share": 0.41,
    "standardised_clinic_rate": 0.88,
    "three_device_coverage": 0.93,
    "contract_rate": 0.53,
    "key_group_contract_rate": 0.79,
}
DENOMINATORS = {"所": 18, "家": 1, "人次": 6000, "元": 900_000_000, "人": 41000}
HOSTILE = "<img src=x onerror=alert(1)>&[点此](http://192.0.2.1)"


def areas(*, hostile: bool = False, zone: str | None = None) -> pl.DataFrame:
    """Build the areas mart: the city down to townships, the group, and a zone without polygon."""
    known = load_reference().areas
    chosen = known.filter(
        (pl.col("area_level") != "village")
        & (
            pl.col("area_code").str.starts_with(CITY[:4])
            | pl.col("area_code").is_in(["410000", "610000", "610900", "6109HK"])
            | (pl.col("parent_code") == "6109HK")
        )
    )
    group = pl.DataFrame(
        {"area_code": ["all"], "area_name": ["一市合计"], "area_level": ["group"]}
    ).with_columns(code_system=pl.lit("group"), has_polygon=pl.lit(value=False))
    frame = pl.concat([group, chosen], how="diagonal")
    name = pl.col("area_name")
    if hostile:
        spoilt = pl.col("area_code").is_in(["410225", "410225100", "410204"])
        name = pl.when(spoilt).then(HOSTILE + name).otherwise(name)
    return frame.with_columns(
        area_name=name,
        has_polygon=pl.col("has_polygon") & pl.col("area_code").ne_missing(zone),
        is_complete=~pl.col("area_code").is_in(["410000", "610000", "610900"]),
        population=_finest_population(),
    )


def _finest_population() -> pl.Expr:
    level = pl.col("area_level")
    base = pl.when(level == "township").then(45_000).when(level == "county").then(560_000)
    return base.otherwise(4_824_000).cast(pl.Int64)


def _noise(*, seed: pl.Expr) -> pl.Expr:
    """Return a fixed pseudo-random number in -1..1 per row."""
    x = (seed.cast(pl.Float64) * 12.9898).sin() * 43758.5453
    return (x - x.floor()) * 2 - 1


def _finest(frame: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    level = "township" if indicator.finest_level == "township" else "county"
    return frame.filter((pl.col("area_level") == level) & pl.col("valid_until").is_null()).select(
        "area_code",
        "parent_code",
        county=pl.when(pl.lit(level == "county")).then("area_code").otherwise("parent_code"),
    )


def _rows(frame: pl.DataFrame, indicator: Indicator, dates: list[dt.date]) -> pl.DataFrame:
    """Return numerator and denominator per finest area and date."""
    number = list(catalogue().indicators).index(indicator.id)
    grid = _finest(frame, indicator).join(pl.DataFrame({"date": dates}), how="cross")
    grid = grid.with_columns(step=pl.col("date").rank("dense").over("area_code"))
    code = pl.col("area_code").str.extract(r"(\d+)").cast(pl.Int64)
    county = pl.col("county").str.extract(r"(\d+)").cast(pl.Int64)
    scale = 0.35 if indicator.finest_level == "county" else 1.0
    size = DENOMINATORS.get(indicator.count_unit_zh, 3)
    denominator = (size * (1.3 + _noise(seed=code % 977) * 0.6)).round().cast(pl.Int64)
    if indicator.count_unit_zh != "家":
        denominator = denominator.clip(2)
    upward = 1 if indicator.polarity != "lower_is_better" else -1
    rate = (
        RATES.get(indicator.id, 0.62)
        + 0.05 * _noise(seed=county % 89 + number)
        + 0.03 * _noise(seed=code % 977 + number)
        + upward * 0.0016 * (pl.col("step").cast(pl.Float64) - len(dates)) * scale
        + 0.004 * scale * _noise(seed=pl.col("step").cast(pl.Int64) * 7 + code % 97)
    ).clip(0, 1)
    return grid.with_columns(denominator=denominator).with_columns(
        numerator=(pl.col("denominator") * rate).round().cast(pl.Int64)
    )


def _ancestors(frame: pl.DataFrame) -> pl.DataFrame:
    parents = dict(zip(frame["area_code"], frame["parent_code"], strict=True))
    complete = set(frame.filter("is_complete")["area_code"])
    pairs = []
    for code in parents:
        place: str | None = code
        while place:
            if place in complete or place == code:
                pairs.append((code, place))
            place = parents.get(place)
        if code.startswith(CITY[:4]):
            pairs.append((code, "all"))
    return pl.DataFrame(pairs, schema=["area_code", "ancestor"], orient="row").unique()


def _wilson(frame: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    k, n = pl.col("numerator").cast(pl.Float64), pl.col("denominator").cast(pl.Float64)
    p, z2 = k / n, WILSON_Z**2
    if indicator.form == "count":
        nothing = pl.lit(None, dtype=pl.Float64)
        return frame.with_columns(
            value=k,
            lower=nothing,
            upper=nothing,
            method=pl.lit("count"),
            denominator=pl.lit(None, dtype=pl.Int64),
        )
    spread = WILSON_Z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).sqrt()
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    share = indicator.form == "money_share"
    wide = pl.lit(None, dtype=pl.Float64) if share else spread
    return frame.with_columns(
        value=p,
        lower=centre - wide,
        upper=centre + wide,
        method=pl.lit("share" if share else "wilson"),
    )


def _measured(frame: pl.DataFrame, indicator: Indicator, dates: list[dt.date]) -> pl.DataFrame:
    levels = frame.select("area_code", "area_level")
    summed = (
        _rows(frame, indicator, dates)
        .join(_ancestors(frame), on="area_code")
        .group_by("ancestor", "date")
        .agg(pl.col("numerator", "denominator").sum())
        .rename({"ancestor": "area_code"})
        .join(levels, on="area_code")
        .filter((pl.col("denominator") > 0) | (indicator.form == "count"))
    )
    return _wilson(summed, indicator).with_columns(indicator_id=pl.lit(indicator.id))


def _fit(mart: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema = MARTS[mart]
    types = {name: column.dtype for name, column in schema.columns().items()}
    absent = [pl.lit(None).alias(name) for name in types if name not in frame.columns]
    fitted = frame.with_columns(absent).select(pl.col(n).cast(t) for n, t in types.items())
    return schema.validate(fitted.sort(schema.primary_key()))


def _month_end(column: str) -> pl.Expr:
    return pl.min_horizontal(pl.col(column).dt.month_end(), pl.lit(AS_OF))


def indicator_monthly(frame: pl.DataFrame) -> pl.DataFrame:
    """Build every indicator by month."""
    parts = []
    for indicator in catalogue().indicators.values():
        late = pl.col("date").is_in(PROVISIONAL) & (indicator.kind == "flow")
        part = _measured(frame, indicator, MONTHS).with_columns(
            status=pl.when(late).then(pl.lit("provisional")).otherwise(pl.lit("final")),
            month="date",
            as_of=_month_end("date"),
        )
        parts.append(part)
    return _fit("indicator_monthly", pl.concat(parts, how="diagonal_relaxed"))


def indicator_weekly(frame: pl.DataFrame) -> pl.DataFrame:
    """Build every stock indicator by meeting week."""
    parts = [
        _measured(frame, indicator, FRIDAYS).with_columns(
            status=pl.lit("final"), week_ending="date", as_of="date"
        )
        for indicator in catalogue().indicators.values()
        if indicator.kind == "stock"
    ]
    return _fit("indicator_weekly", pl.concat(parts, how="diagonal_relaxed"))


def indicator_to_date(monthly: pl.DataFrame) -> pl.DataFrame:
    """Build the years so far of the flow indicators from the months."""
    flows = [i for i in catalogue().indicators.values() if i.kind == "flow"]
    parts = []
    for indicator in flows:
        rows = monthly.filter(pl.col("indicator_id") == indicator.id).sort("area_code", "month")
        year = pl.col("month").dt.year()
        so_far = rows.with_columns(
            pl.col("numerator", "denominator").cum_sum().over("area_code", year)
        )
        so_far = _wilson(so_far, indicator)
        prior = so_far.select(
            "area_code",
            pl.col("month").dt.offset_by("1y"),
            prior_numerator="numerator",
            prior_denominator="denominator",
            prior_value="value",
            prior_status=pl.lit("final"),
        )
        joined = so_far.join(prior, on=["area_code", "month"], how="left")
        parts.append(joined.with_columns(pl.col("prior_status").fill_null("missing")))
    frame = pl.concat(parts, how="diagonal_relaxed").with_columns(
        period_kind=pl.lit("year"),
        period_start=pl.date(pl.col("month").dt.year(), 1, 1),
        period_end=_month_end("month"),
    )
    return _fit(
        "indicator_to_date",
        frame.with_columns(
            prior_start=pl.col("period_start").dt.offset_by("-1y"),
            prior_end=pl.col("period_end").dt.offset_by("-1y"),
        ),
    )


def flow_monthly(frame: pl.DataFrame) -> pl.DataFrame:
    """Build destinations of inpatient care: own county, the city, two cities, one province."""
    counties = _finest(frame, catalogue().indicators["out_of_county_inpatient_rate"])
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
    factor = 1 + 0.1 * _noise(seed=number + pl.col("month").dt.month())
    grid = grid.with_columns(settlements=(pl.col("base") * factor).round().cast(pl.Int64))
    late = pl.col("month").is_in(PROVISIONAL)
    return _fit(
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


def clinics(frame: pl.DataFrame, *, hostile: bool = False) -> pl.DataFrame:
    """Build eighteen clinics a township, one status each."""
    towns = frame.filter(pl.col("area_level") == "township").select(
        township_code="area_code", township_name="area_name", county_code="parent_code"
    )
    grid = towns.join(pl.DataFrame({"n": list(range(1, 19))}), how="cross")
    number = pl.col("township_code").cast(pl.Int64) % 53 + pl.col("n") * 3
    status = (
        pl.when(number % 17 == 0)
        .then(pl.lit(CLINIC_STATUSES[0]))
        .when(number % 7 == 0)
        .then(pl.lit(CLINIC_STATUSES[1]))
        .when(number % 3 == 0)
        .then(pl.lit(CLINIC_STATUSES[2]))
        .otherwise(pl.lit(CLINIC_STATUSES[3]))
    )
    name = pl.format("第{}村卫生室", "n")
    if hostile:
        name = pl.when(pl.col("n") == 1).then(pl.lit(f"=1+1{HOSTILE}")).otherwise(name)
    grid = grid.with_columns(
        clinic_code=pl.format("{}{}", "township_code", pl.col("n").cast(pl.String).str.zfill(3)),
        clinic_name=name,
        city_code=pl.col("county_code").str.slice(0, 4) + "00",
        village_name=pl.format("第{}村", "n"),
        is_planned=pl.lit(value=True),
        status=status,
        as_of=pl.lit(AS_OF),
        started_on=pl.lit(dt.date(2024, 3, 1)) + pl.duration(days=pl.col("n") * 9),
        doctors=pl.col("n") % 3 + 1,
        served_population=800 + pl.col("n") * 40,
    )
    done = pl.col("status").is_in(CLINIC_STATUSES[2:])
    started = pl.col("status") != CLINIC_STATUSES[0]
    return _fit(
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
    return _fit(
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
    return _fit(
        "devices",
        grid.with_columns(
            devices_in_use=(pl.col("state") == "in_use").cast(pl.Int32),
            devices_total=(pl.col("state") != "missing").cast(pl.Int32),
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
    return _fit(
        "contract_groups",
        grid.with_columns(
            managed=pl.col("persons") * 9 // 10,
            contracted=(pl.col("persons") * (0.6 + 0.008 * pl.col("step"))).cast(pl.Int64),
        ),
    )


def targets(frame: pl.DataFrame) -> pl.DataFrame:
    """Build a target of the city for indicators that declare one."""
    rows = [
        (i.id, CITY, dt.date(2025, 12, 31), i.target)
        for i in catalogue().indicators.values()
        if i.target is not None
    ]
    columns = ["indicator_id", "area_code", "due_on", "target"]
    return _fit("targets", pl.DataFrame(rows, schema=columns, orient="row"))


def tables(*, hostile: bool = False, zone: str | None = None) -> Iterator[tuple[str, pl.DataFrame]]:
    """Yield every mart of the small world."""
    places = areas(hostile=hostile, zone=zone)
    monthly = indicator_monthly(places)
    centres = institutions(places)
    yield "areas", _fit("areas", places)
    yield "indicator_monthly", monthly
    yield "indicator_weekly", indicator_weekly(places)
    yield "indicator_to_date", indicator_to_date(monthly)
    yield "flow_monthly", flow_monthly(places)
    yield "clinics", clinics(places, hostile=hostile)
    yield "institutions", centres
    yield "devices", devices(centres)
    yield "contract_groups", contract_groups(places)
    yield "targets", targets(places)
    for mart in ("data_quality", "published_facts"):
        yield mart, MARTS[mart].create_empty()


def publish_world(
    marts: Path, *, hostile: bool = False, zone: str | None = None
) -> snapshots.Snapshot:
    """Publish the small world into a marts folder.

    Args:
        marts: where to.
        hostile: names try to be markup and formulas.
        zone: code of a county that loses its polygon.
    """
    provenance = snapshots.describe(as_of=AS_OF, demonstration=True)
    boundaries = load_reference().boundaries
    with snapshots.lock(marts) as held:
        return snapshots.publish(
            held, tables(hostile=hostile, zone=zone), provenance, boundaries=boundaries
        )
