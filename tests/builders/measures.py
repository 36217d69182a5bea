"""Indicator marts of the small world: figures by a formula, adding up over areas and time."""

from __future__ import annotations

import datetime as dt

import polars as pl

from pipeline.catalog import Indicator, catalogue
from pipeline.contracts.marts import MARTS

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


def noise(*, seed: pl.Expr) -> pl.Expr:
    """Return a fixed pseudo-random number in -1..1 per row."""
    x = (seed.cast(pl.Float64) * 12.9898).sin() * 43758.5453
    return (x - x.floor()) * 2 - 1


def level_of(indicator: Indicator) -> str:
    """Return the level of the months: settlements have none below the county."""
    is_below = indicator.reaches("township") and not catalogue().is_by_quarter(indicator)
    return "township" if is_below else "county"


def finest(frame: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    level = level_of(indicator)
    return frame.filter((pl.col("area_level") == level) & pl.col("valid_until").is_null()).select(
        "area_code",
        "parent_code",
        county=pl.when(pl.lit(level == "county")).then("area_code").otherwise("parent_code"),
    )


def _rows(frame: pl.DataFrame, indicator: Indicator, dates: list[dt.date]) -> pl.DataFrame:
    """Return numerator and denominator per finest area and date."""
    number = list(catalogue().indicators).index(indicator.id)
    grid = finest(frame, indicator).join(pl.DataFrame({"date": dates}), how="cross")
    grid = grid.with_columns(step=pl.col("date").rank("dense").over("area_code"))
    code = pl.col("area_code").str.extract(r"(\d+)").cast(pl.Int64)
    county = pl.col("county").str.extract(r"(\d+)").cast(pl.Int64)
    scale = 0.35 if level_of(indicator) == "county" else 1.0
    size = DENOMINATORS.get(indicator.count_unit_zh, 3)
    denominator = (size * (1.3 + noise(seed=code % 977) * 0.6)).round().cast(pl.Int64)
    if indicator.count_unit_zh != "家":
        denominator = denominator.clip(2)
    upward = 1 if indicator.polarity != "lower_is_better" else -1
    rate = (
        RATES.get(indicator.id, 0.62)
        + 0.05 * noise(seed=county % 89 + number)
        + 0.03 * noise(seed=code % 977 + number)
        + upward * 0.0016 * (pl.col("step").cast(pl.Float64) - len(dates)) * scale
        + 0.004 * scale * noise(seed=pl.col("step").cast(pl.Int64) * 7 + code % 97)
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
            value=k * indicator.per,
            lower=nothing,
            upper=nothing,
            method=pl.lit("count"),
            denominator=pl.lit(None, dtype=pl.Int64),
        )
    spread = WILSON_Z / (1 + z2 / n) * (p * (1 - p) / n + z2 / (4 * n * n)).sqrt()
    centre = (p + z2 / (2 * n)) / (1 + z2 / n)
    share = indicator.form in ("money_share", "ratio")
    wide = pl.lit(None, dtype=pl.Float64) if share else spread
    return frame.with_columns(
        value=p * indicator.per,
        lower=centre - wide,
        upper=centre + wide,
        method=pl.lit("share" if share else "wilson"),
    )


def _measured(
    frame: pl.DataFrame, indicator: Indicator, dates: list[dt.date], ancestors: pl.DataFrame
) -> pl.DataFrame:
    levels = frame.select("area_code", "area_level")
    summed = (
        _rows(frame, indicator, dates)
        .join(ancestors, on="area_code")
        .group_by("ancestor", "date")
        .agg(pl.col("numerator", "denominator").sum())
        .rename({"ancestor": "area_code"})
        .join(levels, on="area_code")
        .filter((pl.col("denominator") > 0) | (indicator.form == "count"))
    )
    return _wilson(summed, indicator).with_columns(indicator_id=pl.lit(indicator.id))


def fit(mart: str, frame: pl.DataFrame) -> pl.DataFrame:
    schema = MARTS[mart]
    types = {name: column.dtype for name, column in schema.columns().items()}
    absent = [pl.lit(None).alias(name) for name in types if name not in frame.columns]
    fitted = frame.with_columns(absent).select(pl.col(n).cast(t) for n, t in types.items())
    return schema.validate(fitted.sort(schema.primary_key()))


def _month_end(column: str) -> pl.Expr:
    return pl.min_horizontal(pl.col(column).dt.month_end(), pl.lit(AS_OF))


def indicator_monthly(frame: pl.DataFrame) -> pl.DataFrame:
    """Build every indicator by month."""
    parts, ancestors = [], _ancestors(frame)
    for indicator in catalogue().indicators.values():
        late = pl.col("date").is_in(PROVISIONAL) & (indicator.kind == "flow")
        part = _measured(frame, indicator, MONTHS, ancestors).with_columns(
            status=pl.when(late).then(pl.lit("provisional")).otherwise(pl.lit("final")),
            month="date",
            as_of=_month_end("date"),
        )
        parts.append(part)
    return fit("indicator_monthly", pl.concat(parts, how="diagonal_relaxed"))


def indicator_weekly(frame: pl.DataFrame) -> pl.DataFrame:
    """Build every stock indicator by meeting week."""
    ancestors = _ancestors(frame)
    parts = [
        _measured(frame, indicator, FRIDAYS, ancestors).with_columns(
            status=pl.lit("final"), week_ending="date", as_of="date"
        )
        for indicator in catalogue().indicators.values()
        if indicator.kind == "stock"
    ]
    return fit("indicator_weekly", pl.concat(parts, how="diagonal_relaxed"))


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
    return fit(
        "indicator_to_date",
        frame.with_columns(
            prior_start=pl.col("period_start").dt.offset_by("-1y"),
            prior_end=pl.col("period_end").dt.offset_by("-1y"),
        ),
    )
