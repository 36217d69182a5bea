"""The tests of one week: every area and indicator through the gate, once per snapshot and month.

The family is all that an overview can show: counties, cities and the group. Townships are a family
of their own, so that six hundred of them do not silence the counties.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import polars as pl

from dashboard.places import GROUP, Places
from dashboard.queries import money_claims
from dashboard.reading.measured import is_registry
from pipeline.catalog import Indicator
from pipeline.methods import claims
from pipeline.methods.periods import last_quarter_month

HISTORY_WEEKS = 106
COUNTS = ("numerator", "denominator", "status")
SERIES = ("indicator_id", "area_code")
Scan = Callable[[str], pl.LazyFrame]


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What is tested: the chosen month, the last settled one, and the day registries speak of."""

    month: dt.date
    final_month: dt.date
    data_date: dt.date

    def until(self, *, below_county: bool) -> dt.date:
        """Return the month up to which flows are tested; townships have quarters alone."""
        return last_quarter_month(self.final_month) if below_county else self.final_month


def pairs(places: Places, *, below_county: bool) -> pl.LazyFrame:
    """Return area_code and other_code: each area beside the wholes it is compared with."""
    found: list[tuple[str, str]] = []
    complete = {city.code for city in places.children(GROUP)} if places.get(GROUP) else set()
    for place in places.by_code.values():
        parent = places.get(place.parent_code)
        if (place.level == "township") != below_county:
            continue
        if parent is not None and parent.is_complete and place.level in {"county", "township"}:
            found.append((place.code, parent.code))
        if place.code in complete or (place.level == "county" and place.parent_code in complete):
            found.append((place.code, GROUP))
    schema = {"area_code": pl.String, "other_code": pl.String}
    return pl.LazyFrame(found, schema=schema, orient="row")


def declared(indicators: Iterable[Indicator], *, form: str = "proportion") -> pl.LazyFrame:
    """Return what the catalogue declares of each indicator of a form."""
    rows = [
        (i.id, i.kind, i.polarity, i.material_difference / i.per, is_registry(i))
        for i in indicators
        if i.form == form
    ]
    schema = {
        "indicator_id": pl.String,
        "indicator_kind": pl.String,
        "polarity": pl.String,
        "material_difference": pl.Float64,
        "is_registry": pl.Boolean,
    }
    return pl.LazyFrame(rows, schema=schema, orient="row")


def _year_so_far(scan: Scan, moment: Moment, *, below_county: bool) -> pl.LazyFrame:
    until = moment.until(below_county=below_county)
    is_shown = (pl.col("month") == until) & (pl.col("period_kind") == "year")
    return scan("indicator_to_date").filter(is_shown)


def _now(scan: Scan, known: pl.LazyFrame, moment: Moment, *, below_county: bool) -> pl.LazyFrame:
    """Return the shown value of each area: stocks in the month, flows for the year so far."""
    in_month = scan("indicator_monthly").filter(pl.col("month") == moment.month)
    parts = []
    years = _year_so_far(scan, moment, below_county=below_county)
    for kind, frame in (("stock", in_month), ("flow", years)):
        wanted = known.filter(pl.col("indicator_kind") == kind)
        parts.append(
            frame.join(wanted.select("indicator_id"), on="indicator_id", how="semi").select(
                *SERIES, "area_level", *_counts()
            )
        )
    return pl.concat(parts)


def _counts() -> list[pl.Expr]:
    return [pl.col("numerator"), pl.col("denominator"), pl.col("status").cast(pl.String)]


def area_values(
    scan: Scan, places: Places, known: pl.LazyFrame, moment: Moment, *, below_county: bool
) -> pl.LazyFrame:
    """One row per indicator, area and whole it is a part of: the counts of both."""
    now = _now(scan, known, moment, below_county=below_county)
    if not below_county:
        now = now.filter(_is_asked(below_county=False))
    # Read once: the lazy plan would scan the marts for the parts and again for the wholes.
    now = now.collect().lazy()
    whole = now.select(
        "indicator_id", other_code="area_code", **{f"other_{c}": pl.col(c) for c in COUNTS}
    )
    compared = pairs(places, below_county=below_county)
    return now.join(compared, on="area_code").join(whole, on=["indicator_id", "other_code"])


def _is_asked(*, below_county: bool) -> pl.Expr:
    return (pl.col("area_level").cast(pl.String) == "township") == below_county


def _weeks(scan: Scan, known: pl.LazyFrame, moment: Moment, *, below_county: bool) -> pl.LazyFrame:
    first = moment.data_date - dt.timedelta(weeks=HISTORY_WEEKS)
    return (
        scan("indicator_weekly")
        .filter(
            _is_asked(below_county=below_county)
            & (pl.col("week_ending") > first)
            & (pl.col("week_ending") <= moment.data_date)
        )
        .join(known, on="indicator_id")
        .select(*SERIES, "week_ending", "value", "polarity", "is_registry", *_counts())
    )


def decided(
    scan: Scan,
    places: Places,
    indicators: Sequence[Indicator],
    moment: Moment,
    *,
    below_county: bool = False,
) -> pl.DataFrame:
    """One row per test of the week, with what the gate decided."""
    shares, money = declared(indicators), declared_money(indicators)
    areas, years = (
        area_values(scan, places, shares, moment, below_county=below_county),
        _years(scan, shares, moment, below_county=below_county),
    )
    weeks = _weeks(scan, shares, moment, below_county=below_county)
    tests = [
        claims.area_tests(areas),
        claims.period_tests(years).with_columns(statistic=pl.lit("year")),
        claims.weekly_tests(weeks.filter(~pl.col("is_registry"))),
    ]
    # Without months nobody knows what a township's money varies by.
    if not below_county:
        tests += _money_tests(scan, places, money, moment)
    known = pl.concat([shares, money]).select("indicator_id", "polarity", "material_difference")
    return (
        pl.concat([test.drop("area_level", strict=False) for test in tests], how="diagonal")
        .join(known, on="indicator_id")
        .with_columns(family=pl.lit("week"))
        .pipe(claims.decide)
        .collect()
    )


def declared_money(indicators: Iterable[Indicator]) -> pl.LazyFrame:
    """Return the shares of money that are sums over months; ledgers are counted, not tested."""
    return declared(indicators, form="money_share").filter(pl.col("indicator_kind") == "flow")


def _years(scan: Scan, known: pl.LazyFrame, moment: Moment, *, below_county: bool) -> pl.LazyFrame:
    """One row per indicator and area: the year so far beside the same months of the last one."""
    years = _year_so_far(scan, moment, below_county=below_county)
    flows = years.filter(_is_asked(below_county=below_county))
    return flows.join(known, on="indicator_id").select(
        *SERIES,
        *_counts(),
        other_numerator="prior_numerator",
        other_denominator="prior_denominator",
        other_status=pl.col("prior_status").cast(pl.String),
    )


def _money_tests(
    scan: Scan, places: Places, known: pl.LazyFrame, moment: Moment
) -> list[pl.LazyFrame]:
    months = money_claims.final_months(scan("indicator_monthly"), known, until=moment.final_month)
    areas = area_values(scan, places, known, moment, below_county=False)
    years = _years(scan, known, moment, below_county=False)
    parts = moment.final_month.month
    return [
        money_claims.area_tests(areas, months, parts=parts),
        money_claims.period_tests(years, months, parts=parts).with_columns(
            statistic=pl.lit("year")
        ),
    ]


def registry_changes(
    scan: Scan, indicators: Sequence[Indicator], moment: Moment, *, below_county: bool = False
) -> pl.DataFrame:
    """One row per complete registry and area: what its count did, as a fact."""
    known = declared(indicators)
    weeks = _weeks(scan, known, moment, below_county=below_county).filter("is_registry")
    return claims.registry_facts(weeks).collect()


def change_rows(decided: pl.DataFrame) -> pl.DataFrame:
    """One row per indicator and area that was tested for a change: its verdict."""
    return claims.change_verdicts(decided.lazy()).collect()


def certain_first(
    scan: Scan, places: Places, indicators: Sequence[Indicator], moment: Moment
) -> pl.DataFrame:
    """One row per indicator and whole of which one part is certainly the best."""
    known = declared(indicators)
    values = area_values(scan, places, known, moment, below_county=False)
    is_county = pl.col("area_level").cast(pl.String) == "county"
    ranked = values.filter(is_county).join(
        known.select("indicator_id", "polarity"), on="indicator_id"
    )
    return (
        claims.rank_intervals(ranked, by=["indicator_id", "other_code"])
        .filter("is_first")
        .select("indicator_id", "other_code", "area_code")
        .collect()
    )
