"""The settlements as marts see them: sums of all months, in codes and in full."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.contracts.staging import (
    CARE_TYPES,
    DESTINATION_TIERS,
    StagedInstitution,
)
from pipeline.counters.institutions import primary_institutions
from pipeline.counters.settled_month import (
    PLACES,
)
from pipeline.marts.month_sums import MonthSums
from pipeline.marts.partials import Partials
from pipeline.settled_months import SettledMonths
from pipeline.staged_codes import Codes

_COUNTED = ("settlements", "total_fen", "fund_fen")
_AT_PRIMARY = ("settlements", "fund_fen")


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Sums of the settlements in codes and by `month`, all months together but for the cases.

    `cases` are by service month (its first day) and fetched when asked for: they are as many as
    there are diseases, and those of all months together would be most of a build's memory.
    `primary` are the primary institutions: institution_code, county_code. `townships` are the sums
    of the rows that name one; None where no indicator asks for townships.
    """

    codes: Codes
    reported: pl.DataFrame
    visits: pl.DataFrame
    flows: pl.DataFrame
    referred: pl.DataFrame
    primary: pl.DataFrame
    cases: Mapping[date, Callable[[], pl.DataFrame]]
    townships: pl.DataFrame | None = None

    def counties(self) -> pl.LazyFrame:
        """Return how many rows each county has by day of settlement, in full."""
        return self.reported.lazy().with_columns(self.codes.text("insured_county"))

    def visits_by_area(self) -> pl.LazyFrame:
        """Return the visits with area_code, and those that some counters ask for beside them.

        Beside settlements, total_fen and fund_fen: primary_settlements and primary_fund_fen (at
        home, null where no primary institution of the county is registered), referred_settlements,
        resettled_settlements (null where not every admission of the county and month says it).
        """
        nobody = {"is_primary": pl.lit(value=False), "is_resettled": pl.lit(value=False)}
        referred = _renamed(self.referred).with_columns(**nobody)
        both = pl.concat([self.visits, referred], how="diagonal").lazy()
        sums = both.group_by(PLACES).agg(
            pl.col(*_COUNTED, "referred_settlements").sum(),
            pl.col("settlements").filter("is_resettled").sum().alias("resettled_settlements"),
            pl.col("is_resettled").null_count().alias("untold"),
            *_at_primary(),
        )
        named = sums.with_columns(*_enumerated(), self.codes.text("insured_county"))
        month = ["insured_county", pl.col("service_date").dt.month_start()]
        is_told = pl.col("untold").sum().over(month) == 0
        told = pl.when(is_told).then("resettled_settlements").alias("resettled_settlements")
        known = named.with_columns(told, *self._primary_if_registered())
        return known.drop("untold").rename({"insured_county": "area_code"})

    def visits_by_township(self) -> pl.LazyFrame:
        """Return county_code, township_code and month (its first day) with visits as by area.

        Without those that follow a referral and those of the resettled: they are too few.
        """
        assert self.townships is not None, "asked for where townships were not counted"
        keys = ("month", "insured_county", "insured_township", "destination_tier", "care_type")
        sums = self.townships.lazy().group_by(keys).agg(pl.col(*_COUNTED).sum(), *_at_primary())
        area = (self.codes.text(c) for c in ("insured_county", "insured_township"))
        known = sums.with_columns(*_enumerated(), *area).with_columns(self._primary_if_registered())
        return known.rename({"insured_county": "county_code", "insured_township": "township_code"})

    def _primary_if_registered(self) -> list[pl.Expr]:
        """Null the visits at primary institutions where the county's register has none."""
        has_primary = pl.col("insured_county").is_in(self.primary["county_code"].unique().to_list())
        names = (f"primary_{c}" for c in _AT_PRIMARY)
        return [pl.when(has_primary).then(name).alias(name) for name in names]

    def flows_by_month(self) -> pl.LazyFrame:
        """Return settlements, money and referred settlements by county, place of care and month.

        A key can have several rows; county and place are enumerations.
        """
        referred = _renamed(self.referred).with_columns(
            month=pl.col("service_date").dt.month_start()
        )
        both = pl.concat([self.flows, referred], how="diagonal").lazy()
        places = (pl.col(c).cat.to(self.codes.enum(c)) for c in ("insured_county", "care_area"))
        return both.with_columns(*_enumerated(), *places)


def _at_primary() -> list[pl.Expr]:
    return [pl.col(c).filter("is_primary").sum().alias(f"primary_{c}") for c in _AT_PRIMARY]


def _renamed(referred: pl.DataFrame) -> pl.DataFrame:
    return referred.rename({"settlements": "referred_settlements"})


def _enumerated() -> list[pl.Expr]:
    return [
        pl.col("destination_tier").cat.to(pl.Enum(DESTINATION_TIERS)),
        pl.col("care_type").cat.to(pl.Enum(CARE_TYPES)),
    ]


def settled_of(
    settled: SettledMonths,
    referrals: pl.LazyFrame,
    *,
    as_of: date,
    by_township: bool,
    partials: Partials,
    register: pl.LazyFrame | None = None,
) -> Settled:
    """Count every month whose partial is not kept, and put the months together.

    `register` (StagedInstitution) tells which institutions are primary ones.
    """
    years = {f"{kind}={ym[:4]}" for ym in settled.months for kind in ("year", "cases")}
    rows = StagedInstitution.create_empty(lazy=True) if register is None else register
    primary = primary_institutions(rows).collect()
    months = MonthSums(
        settled=settled,
        referrals=referrals,
        primary=_codes(primary, settled.codes),
        as_of=as_of,
        by_township=by_township,
        kept=partials,
    )
    partials.forget_others(months.names() | years)
    return Settled(codes=settled.codes, primary=primary, cases=months.cases(), **months.sums())


def _codes(primary: pl.DataFrame, codes: Codes) -> dict[str, int]:
    """Return the codes of those primary institutions that any settlement names, by name."""
    known = {name: code for code, name in enumerate(codes.values["institution"])}
    names = primary["institution_code"].sort().to_list()
    return {name: known[name] for name in names if name in known}
