"""What one page run shows: the snapshot, the area, the indicator, the period."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from functools import cached_property

import polars as pl

from dashboard.places import GROUP, Place, Places
from dashboard.state import Moments
from dashboard.store import AtDay, Marts
from pipeline.catalog import Catalogue, Indicator, Settings
from pipeline.methods.periods import last_quarter_month


@dataclass(frozen=True, kw_only=True)
class View:
    """Everything a page needs to ask its questions; made once per run by `shell.open_page`."""

    page_id: str
    marts: Marts
    catalogue: Catalogue
    area: Place
    indicator: Indicator
    offered: tuple[str, ...]  # the page's indicators, its default first
    month: dt.date  # first day of the chosen month
    meeting: bool = False
    pinned: bool = False  # the link names a snapshot
    is_past: bool = False  # that snapshot is not the one in force
    notices: tuple[str, ...] = field(default=())
    moments: Moments | None = None  # of the page's map; None on pages without one

    def scan(self, mart: str) -> pl.LazyFrame:
        """Scan a mart of the snapshot within the viewer's scope."""
        return self.marts.scan(mart)

    def scan_at(self, mart: str, at_day: AtDay) -> pl.LazyFrame:
        """Scan a registry as it stood on the day up to which registries speak."""
        return self.marts.scan_at(mart, self.data_date, at_day)

    @property
    def settings(self) -> Settings:
        """Return what the operator decided."""
        return self.catalogue.settings

    @property
    def places(self) -> Places:
        """Return the tree of areas."""
        return self.marts.places

    @cached_property
    def at_large(self) -> View:
        """Return the view of the same snapshot, scope and month from no page and area of its own.

        What is asked through it is answered once for all areas.
        """
        nowhere = next(iter(self.places.by_code.values()))
        return View(
            page_id="",
            marts=self.marts,
            catalogue=self.catalogue,
            area=nowhere,
            indicator=next(iter(self.catalogue.indicators.values())),
            offered=(),
            month=self.month,
        )

    @cached_property
    def chain(self) -> tuple[Place, ...]:
        """Return the breadcrumb: from the topmost ancestor to the area itself."""
        return self.places.chain(self.area.code)

    @cached_property
    def children(self) -> tuple[Place, ...]:
        """Return the areas one level below."""
        return self.places.children(self.area.code)

    @cached_property
    def counties(self) -> tuple[Place, ...]:
        """Return the counties of the area's city (of all cities for the group)."""
        return self.places.counties(self.area.code)

    @cached_property
    def county(self) -> Place | None:
        """Return the county the area is or lies in; None for a city or the group."""
        return self.places.county_of(self.area.code)

    @cached_property
    def reference(self) -> Place | None:
        """Return what counties are compared with: a complete city, or the group; else None."""
        if self.area.code == GROUP:
            return self.area
        city = self.places.city_of(self.area.code)
        return city if city is not None and city.is_complete else None

    @property
    def data_date(self) -> dt.date:
        """Return the day up to which registries speak in the chosen month."""
        next_month = (self.month.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
        return min(self.marts.as_of, next_month - dt.timedelta(days=1))

    @cached_property
    def final_month(self) -> dt.date:
        """Return the last month up to the chosen one whose claims are complete."""
        return self.marts.final_month(until=self.month)

    @property
    def quarter_month(self) -> dt.date:
        """Return the last month of the newest quarter that is complete in claims."""
        return last_quarter_month(self.final_month)

    @property
    def provisional_months(self) -> tuple[dt.date, ...]:
        """Return the months up to the chosen one in which claims are still arriving."""
        return tuple(m for m in self.marts.provisional_months if m <= self.month)

    @property
    def is_latest(self) -> bool:
        """Say whether the chosen month is the newest one."""
        return self.month == self.marts.months[-1]

    def shown_month(self, indicator: Indicator | None = None) -> dt.date:
        """Return the month whose value is shown: flows the last final one, stocks the chosen."""
        return self.final_month if (indicator or self.indicator).kind == "flow" else self.month

    @property
    def map_month(self) -> dt.date:
        """Return the month that the page's map shows."""
        return self.moments.shown if self.moments else self.shown_month()

    @property
    def earlier_month(self) -> dt.date | None:
        """Return the month that the map is set beside; None without a comparison."""
        return self.moments.earlier if self.moments else None

    @cached_property
    def months_from_start(self) -> tuple[dt.date, ...]:
        """Return all months up to the chosen one."""
        return tuple(month for month in self.marts.months if month <= self.month)
