"""The tree of areas as pages walk it: up by breadcrumb, down by click."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Self

import polars as pl

from dashboard.formats import DASH
from dashboard.messages import t

GROUP = "all"
PRINTED_CODES = {GROUP: DASH}  # where files print another code: several cities are no division
ZONES = ("high_tech", "economic", "mixed")  # of which people say another name than the full one
# Pages never list villages as areas; clinics carry their village's name.
SHOWN_LEVELS = ("group", "province", "city", "county", "township")


@dataclass(frozen=True, kw_only=True)
class Place:
    """One area in force."""

    code: str
    name: str
    level: str
    parent_code: str | None
    located_in: str | None
    has_polygon: bool
    is_complete: bool
    population: int | None
    rural_income: int | None = None  # fen a year and head
    income_year: int | None = None

    @property
    def division_code(self) -> str:
        """Return the code as files print it; several cities together are no division."""
        return PRINTED_CODES.get(self.code, self.code)

    @property
    def is_zone(self) -> bool:
        """Say whether the area is a county-equivalent without a polygon of its own."""
        return self.level == "county" and not self.has_polygon


class Places:
    """Areas in force by code, with parents and children."""

    def __init__(self, places: list[Place]) -> None:
        self.by_code = {place.code: place for place in places}

    @classmethod
    def read(cls, areas: pl.LazyFrame) -> Self:
        """Read the areas mart; versions that ended and villages are left out.

        A snapshot from before incomes were told has none.
        """
        absent = {"rural_income_fen": pl.Int64, "income_year": pl.Int16}
        known = areas.collect_schema().names()
        rows = (
            areas.with_columns(
                pl.lit(None, dtype=absent[n]).alias(n) for n in absent.keys() - set(known)
            )
            .filter(pl.col("valid_until").is_null() & pl.col("area_level").is_in(SHOWN_LEVELS))
            .select(
                code="area_code",
                name="area_name",
                level=pl.col("area_level").cast(pl.String),
                parent_code="parent_code",
                located_in="located_in",
                has_polygon="has_polygon",
                is_complete="is_complete",
                population="population",
                rural_income="rural_income_fen",
                income_year="income_year",
            )
            .sort("code")
            .collect()
        )
        return cls([Place(**row) for row in rows.iter_rows(named=True)])

    def get(self, code: str | None) -> Place | None:
        """Return the place of a code, or None."""
        return self.by_code.get(code or "")

    @cached_property
    def _children(self) -> dict[str, tuple[Place, ...]]:
        found: dict[str, list[Place]] = {}
        for place in self.by_code.values():
            found.setdefault(place.parent_code or "", []).append(place)
        return {code: tuple(places) for code, places in found.items()}

    def children(self, code: str) -> tuple[Place, ...]:
        """Return the places below; the group's are the complete cities."""
        if code == GROUP:
            return tuple(p for p in self.cities if p.is_complete)
        return self._children.get(code, ())

    def shown_for(self, place: Place) -> Place:
        """Return whose page a place has: its own, or where no value is summed up to it, another's.

        A province is shown by the group, and a part of one or of a city by what of it is known.
        """
        if place.level not in {"province", "city"} or (place.level == "city" and place.is_complete):
            return place
        below = self.children(place.code)
        group = self.get(GROUP)
        if group is not None and any(one.is_complete and one.level == "city" for one in below):
            return group
        return self.shown_for(below[0]) if below else place

    def chain(self, code: str) -> tuple[Place, ...]:
        """Return the way from the topmost known ancestor down to the place itself."""
        chain: list[Place] = []
        place = self.get(code)
        while place is not None and place not in chain:
            chain.append(place)
            place = self.get(place.parent_code)
        return tuple(reversed(chain))

    def counties(self, code: str) -> tuple[Place, ...]:
        """Return the counties of the city in which a place lies, or of all cities of the group."""
        if code == GROUP:
            return tuple(c for city in self.children(GROUP) for c in self.children(city.code))
        city = self.city_of(code)
        if city is None:
            return ()
        return tuple(p for p in self.children(city.code) if p.level == "county")

    def city_of(self, code: str) -> Place | None:
        """Return the city in which a place lies, the place itself included."""
        return next((p for p in self.chain(code) if p.level == "city"), None)

    def county_of(self, code: str) -> Place | None:
        """Return the county in which a place lies, the place itself included."""
        return next((p for p in self.chain(code) if p.level == "county"), None)

    def short_name(self, place: Place) -> str:
        """Return a zone's name as it is usually called, without its city; others as they are."""
        city = self.city_of(place.code)
        if not place.is_zone or city is None:
            return place.name
        short = place.name
        for kind in ZONES:
            short = short.replace(t(f"zone.{kind}"), t(f"zone.{kind}_usual"))
        for prefix in (city.name, city.name.removesuffix("市")):
            rest = short.removeprefix(prefix)
            if rest and rest != short:
                return rest
        return short

    def short_names(self, places: Iterable[Place]) -> dict[str, str]:
        """Return the short names of some places by code."""
        return {place.code: self.short_name(place) for place in places}

    @property
    def cities(self) -> tuple[Place, ...]:
        """Return all cities in order of code."""
        return tuple(p for p in self.by_code.values() if p.level == "city")

    @property
    def default(self) -> Place | None:
        """Return where a page starts: the first complete city, else any county, else nothing."""
        complete = [p for p in self.cities if p.is_complete]
        others = [p for p in self.by_code.values() if p.level in {"city", "county"}]
        return next(iter(complete + others), None)
