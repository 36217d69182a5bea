"""The flows that the outflow page shows: how they are divided, of which time, what is known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from dashboard import formats
from dashboard.messages import t
from dashboard.places import Place
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
    """The flows of all counties around the area; of several cities together, those of each city."""

    by: str
    rows: tuple[Place, ...]  # from where
    short_names: Mapping[str, str]  # of the rows, where there is little room
    links: pl.DataFrame  # as of `outflow.flow_links`; `insured_county` is the code of a row
    hidden: int  # flows of counties that are not shown, or not all of them
    month: dt.date  # up to which the year goes
    period_zh: str
    has_levels: bool
    totals: Mapping[str, int | None]  # all admissions outside, by county and for the whole
    is_unknown: bool = False  # the link asked for something else

    @property
    def ends(self) -> tuple[str, ...]:
        """Return the destinations that are the same at any distance."""
        return levels.LEVELS if self.by == LEVEL else ()

    def of(self, row: str) -> Flows:
        """Return the flows of one row alone; of a code that is none, all."""
        if row not in {place.code for place in self.rows}:
            return self
        links = self.links.filter(pl.col("insured_county") == row)
        return replace(self, links=links, hidden=_hidden(links))


def _level_year(view: View) -> tuple[int, int] | None:
    if not view.marts.has(levels.MART):
        return None
    return levels.shown_year(view.scan(levels.MART), until=view.month.year)


def _totals(view: View, rows: Sequence[Place], month: dt.date) -> dict[str, int | None]:
    codes = [place.code for place in rows]
    codes += [view.reference.code] if view.reference else []
    values = topics.year_to(view, view.catalogue.indicators[OUTFLOW], codes, month=month)
    return dict(zip(values["area_code"], values["numerator"], strict=True))


def _hidden(links: pl.DataFrame) -> int:
    return int((links["hidden"] > 0).sum())


def _by_city(view: View, links: pl.DataFrame) -> pl.DataFrame:
    """Sum what may be shown of the counties of each city."""
    cities = {county.code: county.parent_code for county in view.counties}
    keys = ["insured_county", "destination_code", "destination_name", "tier"]
    known = pl.col("settlements").count() > 0
    return (
        links.with_columns(pl.col("insured_county").replace_strict(cities, return_dtype=pl.String))
        .group_by(keys)
        .agg(
            settlements=pl.when(known).then(pl.col("settlements").sum()),
            hidden=pl.col("hidden").sum(),
        )
        .sort("insured_county", "tier", "destination_code")
    )


def read_flows(view: View, wanted: str | None) -> Flows:
    """Read the flows as the link divides them; by level of hospital where that is known."""
    year = _level_year(view)
    default = LEVEL if year is not None else PLACE
    by = wanted if wanted in DIVISIONS and year is not None else default
    month = view.final_month if year is None or by == PLACE else dt.date(*year, 1)
    links, period = _by_place(view) if by == PLACE else _by_level(view, month)
    rows = view.children if view.area.level == "group" else view.counties
    return Flows(
        by=by,
        rows=rows,
        short_names=view.places.short_names(rows),
        links=_by_city(view, links) if view.area.level == "group" else links,
        hidden=_hidden(links),
        month=month,
        period_zh=period,
        has_levels=year is not None,
        totals=_totals(view, rows, month),
        is_unknown=wanted is not None and wanted not in DIVISIONS,
    )


def _by_place(view: View) -> tuple[pl.DataFrame, str]:
    """Return the flows to places of care, and of what time they are."""
    first, last = view.final_month.replace(month=1), view.final_month
    links = places.flow_links(
        view.scan("flow_monthly"), counties=[p.code for p in view.counties], first=first, last=last
    )
    return links, formats.months(first, last)


def _by_level(view: View, last: dt.date) -> tuple[pl.DataFrame, str]:
    """Return the flows to levels of hospital, and of what time they are."""
    found = levels.level_links(
        view.scan(levels.MART), counties=[p.code for p in view.counties], year=last.year
    )
    links = found.with_columns(
        destination_name=pl.col("destination_code").replace_strict(
            {level: t(f"level.{level}") for level in levels.LEVELS}, return_dtype=pl.String
        )
    )
    is_year = last.month == 12
    period = t("flows.year", year=last.year) if is_year else _months(last)
    if "provisional" in links["status"]:
        period += t("flows.provisional")
    return links, period


def _months(last: dt.date) -> str:
    return formats.months(last.replace(month=1), last)


def tier_of(wanted: str | None) -> str | None:
    """Return the tier that the link asks for; None shows all."""
    return wanted if wanted in places.AWAY else None
