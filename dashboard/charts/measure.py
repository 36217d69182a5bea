"""What is drawn: a value's unit, its decimals, which direction is better, its map classes."""

from __future__ import annotations

from dataclasses import dataclass

from dashboard import theme
from dashboard.charts.base import Scale, nice_range
from pipeline.catalog import Indicator

PERCENT = "%"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """How values of an indicator are drawn; shares are stored as fractions and drawn in percent."""

    unit_zh: str
    decimals: int
    polarity: theme.Polarity = "none"
    classes: tuple[float, ...] = ()  # the four limits between the five colours of a map

    @classmethod
    def of(cls, indicator: Indicator) -> Measure:
        """Return what the catalogue declares."""
        return cls(
            unit_zh=indicator.unit_zh,
            decimals=indicator.decimals,
            polarity=indicator.polarity,
            classes=indicator.classes,
        )

    @property
    def factor(self) -> float:
        """Return what a stored value is multiplied with where it is drawn."""
        return 100.0 if self.unit_zh == PERCENT else 1.0

    @property
    def ceiling(self) -> float | None:
        """Return the drawn value that none exceeds: a share is never above everything."""
        return 100.0 if self.unit_zh == PERCENT else None

    def scale(self, drawn: list[float]) -> Scale:
        """Return the axis around values already in the drawn unit."""
        return nice_range(drawn, floor=0.0, ceiling=self.ceiling)
