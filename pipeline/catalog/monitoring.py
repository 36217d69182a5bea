"""Load the national monitoring indicators and the shares of a surplus: monitoring.toml."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.catalog import HERE, Catalogue, catalogue, read_toml, strict
from pipeline.errors import CatalogueError


@dataclass(frozen=True, kw_only=True)
class MonitoringRow:
    """One line of the national list: an indicator of ours, or what is missing for it."""

    number: int
    group_zh: str
    name_zh: str
    indicator: str | None = None
    over: str | None = None  # the value is divided by this indicator's
    missing_zh: str = ""
    related: str | None = None  # an indicator that tells something of it, but is not it


@dataclass(frozen=True, kw_only=True)
class Split:
    """The parts of a surplus that go to county, township and village."""

    id: str
    county: int
    township: int
    village: int

    @property
    def parts(self) -> tuple[int, int, int]:
        """Return the parts from the county down."""
        return self.county, self.township, self.village

    def shared(self, amount: int) -> tuple[int, int, int]:
        """Return an amount in whole fen split by the parts; the county keeps what is left over."""
        whole = sum(self.parts)
        township, village = amount * self.township // whole, amount * self.village // whole
        return amount - township - village, township, village


@dataclass(frozen=True, kw_only=True)
class Monitoring:
    """The rows in official order, and the splits by id."""

    rows: tuple[MonitoringRow, ...]
    splits: dict[str, Split]


def load_monitoring(path: Path = HERE / "monitoring.toml", *, known: Catalogue) -> Monitoring:
    """Load and check the list.

    Raises:
        CatalogueError: an unknown key or indicator, a row that neither has nor lacks anything.
    """
    block = read_toml(path)
    rows = tuple(strict(MonitoringRow, row, where=path.name) for row in block.get("row", []))
    splits = [strict(Split, split, where=path.name) for split in block.get("split", [])]
    for row in rows:
        used = [i for i in (row.indicator, row.over, row.related) if i is not None]
        unknown = sorted(set(used) - set(known.indicators))
        if unknown:
            raise CatalogueError(f"{path.name}中“{row.name_zh}”用到未声明的指标{unknown}。")
        if (row.indicator is None) != bool(row.missing_zh):
            raise CatalogueError(f"{path.name}中“{row.name_zh}”应写明指标，或写明缺少什么。")
    if any(min(split.parts) < 0 or not sum(split.parts) for split in splits):
        raise CatalogueError(f"{path.name}中结余分配的份额应为正数。")
    return Monitoring(rows=rows, splits={split.id: split for split in splits})


@cache
def monitoring() -> Monitoring:
    """Return the committed list, loaded once."""
    return load_monitoring(known=catalogue())
