"""The flows that the outflow page shows: how they are divided, of which time, what is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from dashboard import formats
from dashboard.messages import t
from dashboard.queries import outflow as places
from dashboard.queries import outflow_levels as levels
from dashboard.reading import topics
from dashboard.view import View

OUTFLOW = "out_of_county_inpatient_rate"
DIVISION, TIER = "od", "tier"  # keys of the link
LEVEL, PLACE = "level", "place"
DIVISIONS = (LEVEL, PLACE)


@dataclass(frozen=True, kw_only=True)
class Flows:
    """The flows of all counties around the area."""

    by: str
    links: pl.DataFrame  # as of `outflow.flow_links`
    month: dt.date  # up to which the year goes
    period_zh: str
    has_levels: bool
    totals: Mapping[str, int | None]  # all admissions outside, by county and for the whole
    is_unknown: bool = False  # the link asked for something else

    @property
    def ends(self) -> tuple[str, ...]:
        """Return the destinations that are the same at any distance."""
        return levels.LEVELS if self.by == LEVEL else ()

    def of(self, counties: list[str]) -> pl.DataFrame:
        """Return the flows of some counties."""
        return self.links.filter(pl.col("insured_county").is_in(counties))


def _level_year(view: View) -> tuple[int, int] | None:
    if not view.marts.has(levels.MART):
        return None
    return levels.shown_year(view.scan(levels.MART), until=view.month.year)


def _totals(view: View, month: dt.date) -> dict[str, int | None]:
    codes = [place.code for place in view.counties]
    codes += [view.reference.code] if view.reference else []
    values = topics.year_to(view, view.catalogue.indicators[OUTFLOW], codes, month=month)
    return dict(zip(values["area_code"], values["numerator"], strict=True))


def read_flows(view: View, wanted: str | None) -> Flows:
    """Read the flows as the link divides them; by level of hospital where that is known."""
    year = _level_year(view)
    default = LEVEL if year is not None else PLACE
    by = wanted if wanted in DIVISIONS and year is not None else default
    is_unknown = wanted is not None and wanted not in DIVISIONS
    codes = [place.code for place in view.counties]
    if by == LEVEL and year is not None:
        return _by_level(view, codes, dt.date(*year, 1), is_unknown=is_unknown)
    first, last = view.final_month.replace(month=1), view.final_month
    flows = view.scan("flow_monthly")
    return Flows(
        by=PLACE,
        links=places.flow_links(flows, counties=codes, first=first, last=last),
        month=last,
        period_zh=formats.months(first, last),
        has_levels=year is not None,
        totals=_totals(view, last),
        is_unknown=is_unknown,
    )


def _by_level(view: View, codes: list[str], last: dt.date, *, is_unknown: bool) -> Flows:
    found = levels.level_links(view.scan(levels.MART), counties=codes, year=last.year)
    links = found.with_columns(
        destination_name=pl.col("destination_code").replace_strict(
            {level: t(f"level.{level}") for level in levels.LEVELS}, return_dtype=pl.String
        )
    )
    period = t("flows.year", year=last.year) if last.month == 12 else _months(last)
    if "provisional" in links["status"]:
        period += t("flows.provisional")
    return Flows(
        by=LEVEL,
        links=links,
        month=last,
        period_zh=period,
        has_levels=True,
        totals=_totals(view, last),
        is_unknown=is_unknown,
    )


def _months(last: dt.date) -> str:
    return formats.months(last.replace(month=1), last)


def tier_of(wanted: str | None) -> str | None:
    """Return the tier that the link asks for; None shows all."""
    return wanted if wanted in places.AWAY else None
