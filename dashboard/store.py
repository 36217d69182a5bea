"""The only reader of marts: one snapshot per page run, cut to what the viewer may see."""

from __future__ import annotations

import datetime as dt
import os
import weakref
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import polars as pl

from dashboard.places import Place, Places
from pipeline import snapshots
from pipeline.contracts.words import UNPLACED
from pipeline.errors import StorageError
from pipeline.methods.periods import is_settled

# Area codes the viewer may see, descendants included; None is everything.
Scope = frozenset[str] | None
ALL: Scope = None
AtDay = Callable[..., pl.LazyFrame]  # (rows of a mart, on=day) -> the same as they stood
DEFAULT_MARTS = Path("data/marts")
KEPT_OPEN = 8
# Rows of a mart that is held in memory: opening a file takes ten times as long as asking it.
HELD_ROWS = 100_000
# The column that says to which area a row belongs.
AREA_COLUMN = {
    "flow_monthly": "insured_county",
    "case_mix_yearly": "insured_county",
    "outflow_levels_yearly": "insured_county",
    "clinics": "county_code",
    "devices": "county_code",
    "device_conflicts": "county_code",
    "institutions": "county_code",
    "data_quality": "county_code",
}


# Rows of these belong to no area: only who may see everything sees them.
WITHOUT_AREA = frozenset({"rejected_rows"})

# Scans of marts by identity: whose they are tells them apart faster than what they plan to do.
_names: dict[int, tuple[weakref.ref[pl.LazyFrame], tuple[object, ...]]] = {}


def _name(frame: pl.LazyFrame, name: tuple[object, ...]) -> None:
    number = id(frame)
    _names[number] = (weakref.ref(frame, lambda _: _names.pop(number, None)), name)


def name_of(frame: pl.LazyFrame) -> tuple[object, ...] | None:
    """Return the snapshot, scope and mart of a scan as `Marts` gave it; None of any other."""
    found = _names.get(id(frame))
    return found[1] if found is not None and found[0]() is frame else None


@dataclass(frozen=True)
class Marts:
    """One verified snapshot seen through one scope."""

    snapshot: snapshots.Snapshot
    scope: Scope = ALL

    @property
    def id(self) -> str:
        """Return the snapshot's id."""
        return self.snapshot.id

    @cached_property
    def home(self) -> Path:
        """Return the snapshot's folder, the same by whatever way it was named."""
        return self.snapshot.path.resolve()

    @property
    def as_of(self) -> dt.date:
        """Return the date up to which the registries speak."""
        return self.snapshot.manifest.as_of

    @property
    def is_demonstration(self) -> bool:
        """Say whether the figures are invented."""
        return self.snapshot.manifest.demonstration

    def has(self, mart: str) -> bool:
        """Say whether the snapshot holds a mart; older ones lack what was added since."""
        return mart in self.snapshot.manifest.marts

    def scan(self, mart: str) -> pl.LazyFrame:
        """Scan a mart, rows outside the scope left out before any page sees them."""
        return self._known((mart,), lambda: self._held(mart, self._within_scope(mart)))

    def scan_at(self, mart: str, day: dt.date, at_day: AtDay) -> pl.LazyFrame:
        """Scan a mart as it stood on a day; `at_day` tells it from the rows, always alike."""
        return self._known((mart, day), lambda: self._held(mart, at_day(self.scan(mart), on=day)))

    def _known(self, name: tuple[object, ...], scanned: Callable[[], pl.LazyFrame]) -> pl.LazyFrame:
        found = self._scans.get(name)
        if found is None:
            found = self._scans[name] = scanned()
            whose = (str(self.snapshot.path), self.snapshot.manifest.sha256, self.scope)
            _name(found, (*whose, *name))
        return found

    @cached_property
    def _scans(self) -> dict[tuple[object, ...], pl.LazyFrame]:
        return {}

    def _held(self, mart: str, frame: pl.LazyFrame) -> pl.LazyFrame:
        is_held = self.snapshot.manifest.marts[mart].rows <= HELD_ROWS
        return frame.collect().lazy() if is_held else frame

    def _within_scope(self, mart: str) -> pl.LazyFrame:
        frame = self.snapshot.scan(mart)
        if self.scope is None:
            return frame
        if mart in WITHOUT_AREA:
            return frame.head(0)
        return frame.filter(pl.col(AREA_COLUMN.get(mart, "area_code")).is_in(list(self._codes)))

    @cached_property
    def _codes(self) -> frozenset[str]:
        scope = self.scope or frozenset()
        places = Places.read(self.snapshot.scan("areas"))
        return frozenset(
            code
            for place in places.by_code.values()
            for code in (place.code, place.code + UNPLACED)  # what names no township of a county
            if scope & {p.code for p in places.chain(place.code)}
        )

    @cached_property
    def places(self) -> Places:
        """Return the tree of areas that the viewer may see."""
        return Places.read(self.scan("areas"))

    @cached_property
    def months(self) -> tuple[dt.date, ...]:
        """Return the months that the indicators cover, ascending."""
        # One pass over the biggest mart per process and snapshot.
        months = self.snapshot.scan("indicator_monthly").select("month").unique().sort("month")
        return tuple(months.collect()["month"].to_list())

    @cached_property
    def provisional_months(self) -> tuple[dt.date, ...]:
        """Return the months in which claims are still arriving, ascending.

        By rule and not by the status of rows: a row is also provisional when a child is missing.
        """
        delay = int(self.snapshot.manifest.settings["claims_delay_months"])
        return tuple(m for m in self.months if not is_settled(m, self.as_of, delay_months=delay))

    def final_month(self, *, until: dt.date) -> dt.date:
        """Return the last month up to `until` whose claims are complete, else `until` itself."""
        final = [m for m in self.months if m <= until and m not in self.provisional_months]
        return final[-1] if final else until


def marts_folder() -> Path:
    """Return the folder of snapshots: DASHBOARD_MARTS, or data/marts."""
    return Path(os.environ.get("DASHBOARD_MARTS", DEFAULT_MARTS))


# One object per snapshot and scope keeps the area tree; two are enough while a publish happens.
_opened: dict[tuple[Path, str, Scope], Marts] = {}


def open_marts(snapshot_id: str | None = None, *, scope: Scope = ALL) -> Marts:
    """Open a snapshot by id, or the one in force; its hashes are checked once per process.

    Raises:
        StorageError: nothing was published, or its files are not what was published.
        UsageError: there is no snapshot of that id.
    """
    folder = marts_folder()
    snapshot = (
        snapshots.open_snapshot(folder, snapshot_id) if snapshot_id else snapshots.current(folder)
    )
    key = (snapshot.path.resolve(), snapshot.manifest.sha256, scope)
    if key not in _opened:
        if len(_opened) >= KEPT_OPEN:
            _opened.pop(next(iter(_opened)))
        _opened[key] = Marts(snapshot, scope)
    return _opened[key]


def id_in_force() -> str | None:
    """Return the id of the snapshot in force; None while none can be told."""
    try:
        return snapshots.current(marts_folder()).id
    except StorageError:
        return None


def snapshot_of(day: dt.date) -> str | None:
    """Return the id of the newest snapshot whose data reach no further than a day.

    Damaged snapshots are passed over; None when every kept one is younger.
    """
    known = [
        (listed.snapshot.manifest.as_of, -n, listed.id)
        for n, listed in enumerate(snapshots.list_snapshots(marts_folder()))
        if listed.snapshot is not None and listed.snapshot.manifest.as_of <= day
    ]
    return max(known)[2] if known else None


__all__ = ["ALL", "Marts", "Place", "Places", "Scope", "marts_folder", "open_marts", "snapshot_of"]
