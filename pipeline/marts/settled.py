"""The settlements as marts see them: sums of all months, put together from the partials."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial

import polars as pl

from pipeline.contracts.staging import (
    CARE_TYPES,
    DESTINATION_TIERS,
    StagedInstitution,
    StagedReferral,
    StagedSettlement,
)
from pipeline.counters.frames import with_area
from pipeline.counters.institutions import primary_institutions
from pipeline.counters.packed_keys import unpacked
from pipeline.counters.settled_month import (
    FLOWS,
    PLACES,
    REFERRAL_DAYS,
    REPORTED,
    Sums,
    count_month,
    visits_keys,
)
from pipeline.marts.partials import Partials, hash_of, key_of
from pipeline.methods.periods import month_end
from pipeline.settled_months import SettledMonths
from pipeline.staged_codes import Codes
from pipeline.version import code_version

_REFERRALS = ("person_key", "referred_on", "direction")
_COUNTED = ("settlements", "total_fen", "fund_fen")
_AT_PRIMARY = ("settlements", "fund_fen")


@dataclass(frozen=True, kw_only=True)
class Settled:
    """Sums of the settlements in codes, all months together but for the cases.

    `cases` are by service month (its first day) and fetched when asked for: they are as many as
    there are diseases, and those of all months together would be most of a build's memory.
    `primary` are the primary institutions: institution_code, county_code.
    """

    codes: Codes
    reported: pl.DataFrame
    visits: pl.DataFrame
    flows: pl.DataFrame
    referred: pl.DataFrame
    primary: pl.DataFrame
    cases: Mapping[date, Callable[[], pl.DataFrame]]

    def counties(self) -> pl.LazyFrame:
        """Return how many rows each county has by day of settlement, in full."""
        return self.reported.lazy().with_columns(self.codes.text("insured_county"))

    def visits_by_area(self, areas: pl.DataFrame) -> pl.LazyFrame:
        """Return the visits with area_code, and those that some counters ask for beside them.

        Beside settlements, total_fen and fund_fen: primary_settlements and primary_fund_fen (at
        home, null where no primary institution of the county is registered), referred_settlements,
        resettled_settlements (null where not every admission of the county and month says it).
        """
        nobody = {"is_primary": pl.lit(value=False), "is_resettled": pl.lit(value=False)}
        referred = _renamed(self.referred).with_columns(**nobody)
        both = pl.concat([self.visits, referred], how="diagonal").lazy()
        has_townships = "insured_township" in self.visits.columns
        area = ["insured_county", *(["insured_township"] if has_townships else [])]
        sums = both.group_by(*PLACES, *area[1:]).agg(
            pl.col(*_COUNTED, "referred_settlements").sum(),
            pl.col("settlements").filter("is_resettled").sum().alias("resettled_settlements"),
            pl.col("is_resettled").null_count().alias("untold"),
            *(pl.col(c).filter("is_primary").sum().alias(f"primary_{c}") for c in _AT_PRIMARY),
        )
        named = self._as_known(
            sums.with_columns(*_enumerated(), *(self.codes.text(c) for c in area))
        )
        if not has_townships:
            return named.rename({"insured_county": "area_code"})
        renamed = named.rename(
            {"insured_county": "county_code", "insured_township": "township_code"}
        )
        return with_area(renamed, areas)

    def _as_known(self, visits: pl.LazyFrame) -> pl.LazyFrame:
        """Null what a county's extracts or its register leave open."""
        month = ["insured_county", pl.col("service_date").dt.month_start()]
        is_told = pl.col("untold").sum().over(month) == 0
        counties = self.primary["county_code"].unique().to_list()
        has_primary = pl.col("insured_county").is_in(counties)
        return visits.with_columns(
            pl.when(is_told).then("resettled_settlements").alias("resettled_settlements"),
            *(pl.when(has_primary).then(f"primary_{c}").alias(f"primary_{c}") for c in _AT_PRIMARY),
        ).drop("untold")

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
    partials.forget_others({f"ym={ym}" for ym in settled.months} | years)
    upward = referrals.select(_REFERRALS).sort(_REFERRALS).collect()
    rows = StagedInstitution.create_empty(lazy=True) if register is None else register
    primary = primary_institutions(rows).collect()
    listed = _codes(primary, settled.codes)
    counted, cases = {}, {}
    for ym in settled.months:
        count = partial(
            _month,
            settled,
            ym,
            upward,
            listed,
            as_of=as_of,
            by_township=by_township,
            partials=partials,
        )
        is_kept = partials.folder is not None and ym in settled.digests
        sums = dict(count(wanted=_is_small if is_kept else bool))
        own = sums.pop("cases", pl.DataFrame())
        cases[_first_day(ym)] = partial(_cases, count) if is_kept else partial(_same, own)
        counted[_first_day(ym)] = sums
    return _together(counted, cases, settled.codes, primary, by_township=by_township)


def _codes(primary: pl.DataFrame, codes: Codes) -> dict[str, int]:
    """Return the codes of those primary institutions that any settlement names, by name."""
    known = {name: code for code, name in enumerate(codes.values["institution"])}
    names = primary["institution_code"].sort().to_list()
    return {name: known[name] for name in names if name in known}


def _is_small(part: str) -> bool:
    """Say whether a sum of a month is held together with those of all others."""
    return part != "cases"


def _is_cases(part: str) -> bool:
    return part == "cases"


def _cases(count: Callable[..., Sums]) -> pl.DataFrame:
    """Fetch the cases of a month, from what is kept of it."""
    return count(wanted=_is_cases)["cases"]


def _same(frame: pl.DataFrame) -> pl.DataFrame:
    return frame


def _first_day(ym: str) -> date:
    return date(int(ym[:4]), int(ym[4:]), 1)


def _month(
    settled: SettledMonths,
    ym: str,
    upward: pl.DataFrame,
    primary: Mapping[str, int],
    *,
    as_of: date,
    by_township: bool,
    partials: Partials,
    wanted: Callable[[str], object],
) -> Sums:
    first = _first_day(ym)
    last = month_end(first)
    until = min(as_of, last)
    window = upward.filter(
        pl.col("referred_on").is_between(first - timedelta(days=REFERRAL_DAYS), last)
    )

    def count() -> Sums:
        return count_month(
            settled.months[ym],
            window.lazy(),
            until=until,
            by_township=by_township,
            primary=primary.values(),
        )

    digest = settled.digests.get(ym)
    if digest is None:
        return count()
    key = key_of(digest, hash_of(window), list(primary), until, by_township, code_version())
    return partials.get(f"ym={ym}", key, count, wanted=wanted)


def _together(
    counted: Mapping[date, Sums],
    cases: Mapping[date, Callable[[], pl.DataFrame]],
    codes: Codes,
    primary: pl.DataFrame,
    *,
    by_township: bool,
) -> Settled:
    """Concatenate the months; without any, the sums of nothing."""
    nothing = count_month(
        StagedSettlement.create_empty(lazy=True),
        StagedReferral.create_empty(lazy=True),
        until=date.max,
        by_township=by_township,
    )
    months = [nothing, *counted.values()]
    dated = [
        sums["flows"].with_columns(month=pl.lit(month, dtype=pl.Date))
        for month, sums in [(date.min, nothing), *counted.items()]
    ]
    return Settled(
        codes=codes,
        reported=unpacked(pl.concat([sums["reported"] for sums in months]), REPORTED),
        visits=unpacked(
            pl.concat([sums["visits"] for sums in months]), visits_keys(by_township=by_township)
        ),
        flows=unpacked(pl.concat(dated), FLOWS),
        referred=pl.concat([sums["referred"] for sums in months]),
        primary=primary,
        cases=cases,
    )
