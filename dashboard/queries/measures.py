"""Values of an indicator for areas and over time: the questions that every topic page asks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import polars as pl

from dashboard import formats
from dashboard.remembering import remembered
from pipeline.catalog import Indicator
from pipeline.methods import claims

PRIOR = ("prior_numerator", "prior_denominator", "prior_value", "period_start", "period_end")
COUNTY_DIGITS = 6
MONTHS, WEEKS = 24, 26  # of a series, unless more or fewer are asked for
MEASURE = ("numerator", "denominator", "value", "lower", "upper")


class _ByArea(NamedTuple):
    """Rows of all areas, asked once for all of them, and where each area's are."""

    rows: pl.DataFrame
    where: Mapping[str, tuple[int, int]]  # area -> its first row, and how many there are

    def of(self, area: str) -> pl.DataFrame:
        """Return the rows of an area; of one that has none, none."""
        return self.rows.slice(*self.where.get(area, (0, 0)))

    def unnamed(self) -> _ByArea:
        """Return the same without the area in each row."""
        return _ByArea(self.rows.drop("area_code"), self.where)


def _by_area(rows: pl.DataFrame) -> _ByArea:
    """Index rows that are sorted by area."""
    counted = rows.group_by("area_code", maintain_order=True).len()
    where, first = {}, 0
    for code, n in counted.iter_rows():
        where[code] = (first, n)
        first += n
    return _ByArea(rows, where)


def _of_areas(found: _ByArea, areas: Sequence[str]) -> pl.DataFrame:
    """Return one row per area in that order; one without a row is missing."""
    if len(areas) == 1 and areas[0] in found.where:  # cards and sentences ask for one
        return found.rows.slice(found.where[areas[0]][0], 1)
    if areas and all(code in found.where for code in areas):
        return found.rows[[found.where[code][0] for code in areas]]
    wanted = pl.DataFrame({"area_code": list(areas)}, schema={"area_code": pl.String})
    return wanted.join(found.rows, on="area_code", how="left", maintain_order="left").with_columns(
        pl.col("status").fill_null("missing")
    )


def told(monthly: pl.LazyFrame) -> pl.DataFrame:
    """One row per area, townships left out: the indicators of which any month was reported."""
    is_told = pl.col("status").cast(pl.String) != "missing"
    return (
        monthly.filter(is_told & above_townships())
        .group_by(pl.col("area_code").cast(pl.String))
        .agg(pl.col("indicator_id").cast(pl.String).unique())
        .collect()
    )


def above_townships() -> pl.Expr:
    """Tell areas from counties up: what is asked of them is asked once for all."""
    # A province's or city's or county's code has six digits, what lies below has more.
    return pl.col("area_code").str.len_bytes() <= COUNTY_DIGITS


def among(areas: Sequence[str]) -> tuple[str, ...] | None:
    """Return for which areas to ask: None, all from counties up, unless one lies lower."""
    return tuple(areas) if any(len(code) > COUNTY_DIGITS for code in areas) else None


def are(areas: tuple[str, ...] | None) -> pl.Expr:
    """Tell the areas to ask for."""
    return above_townships() if areas is None else pl.col("area_code").is_in(list(areas))


def _of_month(mart: pl.LazyFrame, *others: str, indicator_id: str, month: dt.date) -> _ByArea:
    found = mart.filter((pl.col("indicator_id") == indicator_id) & (pl.col("month") == month))
    status = pl.col("status").cast(pl.String).fill_null("missing")
    shown = found.select("area_code", *MEASURE, status, *others)
    return _by_area(shown.collect().sort("area_code"))


@remembered
def _month(monthly: pl.LazyFrame, indicator_id: str, month: dt.date) -> _ByArea:
    return _of_month(monthly, indicator_id=indicator_id, month=month)


@remembered
def _year(to_date: pl.LazyFrame, indicator_id: str, month: dt.date) -> _ByArea:
    years = to_date.filter(pl.col("period_kind") == "year")
    return _of_month(years, *PRIOR, indicator_id=indicator_id, month=month)


def values_in_month(
    monthly: pl.LazyFrame, *, indicator_id: str, areas: Sequence[str], month: dt.date
) -> pl.DataFrame:
    """One row per area asked for, in that order; what was not reported is missing, not dropped."""
    return _of_areas(_month(monthly, indicator_id, month), areas)


def values_to_date(
    to_date: pl.LazyFrame, *, indicator_id: str, areas: Sequence[str], month: dt.date
) -> pl.DataFrame:
    """One row per area asked for: the year up to a month, and the same days of the year before."""
    return _of_areas(_year(to_date, indicator_id, month), areas)


def monthly_series(
    monthly: pl.LazyFrame, *, indicator_id: str, area: str, until: dt.date, months: int = MONTHS
) -> pl.DataFrame:
    """One row per month up to `until`, ascending; the last `months` of them."""
    return series(Asked(monthly, "month", indicator_id, until, months), area)


def weekly_series(
    weekly: pl.LazyFrame, *, indicator_id: str, area: str, until: dt.date, weeks: int = WEEKS
) -> pl.DataFrame:
    """One row per meeting week up to `until`, ascending; the last `weeks` of them."""
    return series(Asked(weekly, "week_ending", indicator_id, until, weeks), area)


class Asked(NamedTuple):
    """What is asked over time: the last `most` periods up to a day."""

    mart: pl.LazyFrame
    period: str
    indicator_id: str
    until: dt.date
    most: int

    def rows(self, of_areas: pl.Expr) -> pl.DataFrame:
        """One row per area and period, by area and ascending."""
        of_indicator = pl.col("indicator_id") == self.indicator_id
        found = self.mart.filter(of_indicator & (pl.col(self.period) <= self.until) & of_areas)
        shown = found.select("area_code", **_shown(self.period)).collect()
        by_area = shown.sort("area_code", "period").group_by("area_code", maintain_order=True)
        return by_area.tail(self.most)


def series(asked: Asked, area: str) -> pl.DataFrame:
    """One row per period, ascending."""
    is_lower = len(area) > COUNTY_DIGITS
    return _lower_series(asked, area) if is_lower else _upper_series(asked).of(area)


def marked_series(asked: Asked, area: str, *, indicator: Indicator) -> pl.DataFrame:
    """One row per period, ascending, with the limits and signals of its process chart."""
    if len(area) > COUNTY_DIGITS:
        return _lower_marks(asked, area, indicator)
    return _upper_marks(asked, indicator).of(area)


@remembered
def _upper_series(asked: Asked) -> _ByArea:
    return _by_area(asked.rows(above_townships())).unnamed()


@remembered
def _lower_series(asked: Asked, area: str) -> pl.DataFrame:
    return asked.rows(pl.col("area_code") == area).drop("area_code")


@remembered
def _upper_marks(asked: Asked, indicator: Indicator) -> _ByArea:
    return _by_area(_marked(asked.rows(above_townships()), indicator)).unnamed()


@remembered
def _lower_marks(asked: Asked, area: str, indicator: Indicator) -> pl.DataFrame:
    return _marked(asked.rows(pl.col("area_code") == area), indicator).drop("area_code")


def _marked(rows: pl.DataFrame, indicator: Indicator) -> pl.DataFrame:
    marked = claims.process_marks(
        rows.lazy(), order="period", by="area_code", polarity=indicator.polarity
    )
    return marked.collect()


def _shown(period: str) -> dict[str, pl.Expr]:
    numbers = {name: pl.col(name) for name in MEASURE}
    return {"period": pl.col(period), "status": pl.col("status").cast(pl.String)} | numbers


def _detail(numerator: int | None, denominator: int | None, indicator: Indicator) -> str:
    """Print numerator and denominator of a row: plain digits, money compact, ratios their base."""
    if numerator is None or not denominator:
        return ""
    if indicator.form == "money_share":
        return formats.yuan_fraction(numerator, denominator)
    if indicator.form == "ratio":
        return f"{formats.count(denominator)}{indicator.count_unit_zh}"
    return f"{formats.count(numerator)}／{formats.count(denominator)}"


@remembered
def labelled(
    values: pl.DataFrame,
    *,
    names: Mapping[str, str],
    indicator: Indicator,
    marks: Mapping[str, str],
) -> pl.DataFrame:
    """Add what charts print: area_name, label, detail (numerator／denominator) and mark."""
    printed = [
        {
            "area_code": row["area_code"],
            "area_name": names[row["area_code"]],
            "label": formats.indicator_value(row["value"], indicator),
            "detail": _detail(row["numerator"], row["denominator"], indicator),
            "mark": marks.get(row["area_code"], ""),
        }
        for row in values.iter_rows(named=True)
    ]
    schema = dict.fromkeys(("area_code", "area_name", "label", "detail", "mark"), pl.String)
    return values.join(
        pl.DataFrame(printed, schema=schema), on="area_code", how="left", maintain_order="left"
    )
