"""A canvas that writes down what is drawn on it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from dashboard.exports.canvas import NO_INK, Canvas, Ink, Points


@dataclass(frozen=True)
class Recorder(Canvas):
    """A canvas that keeps what is drawn, in pixels of the sheet."""

    log: list[tuple[Any, ...]] = field(default_factory=list)

    def _at(self, points: Points) -> list[tuple[float, float]]:
        placed = np.round(self._place(points), 2)
        return [(float(x), float(y)) for x, y in placed]

    def line(self, points: Points, ink: Ink) -> None:
        super().line(points, ink)
        self.log.append(("line", self._at(points), ink.colour, ink.width, ink.dash))

    def area(
        self,
        rings: Any,
        fill: str | None,
        ink: Ink = NO_INK,
        *,
        hatch: str = "",
    ) -> None:
        super().area(rings, fill, ink, hatch=hatch)
        self.log.append(("area", [self._at(ring) for ring in rings], fill, hatch))

    def disc(self, x: float, y: float, radius: float, fill: Any, ink: Ink = NO_INK) -> None:
        super().disc(x, y, radius, fill, ink)
        self.log.append(("disc", self._at([(x, y)])[0], radius, fill, ink.colour))

    def words(self, x: float, middle: float, text: str, **look: Any) -> float:
        self.log.append(("words", text, self._at([(x, middle)])[0], look))
        return super().words(x, middle, text, **look)

    def texts(self) -> list[str]:
        """Return all that was written."""
        return [entry[1] for entry in self.log if entry[0] == "words"]

    def of(self, kind: str) -> list[tuple[Any, ...]]:
        """Return what was drawn of a kind."""
        return [entry for entry in self.log if entry[0] == kind]
