"""The two vertical lines of a ranking: the area above, and the target."""

from __future__ import annotations

from dataclasses import dataclass, replace

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.base import Scale, line, note
from dashboard.formats import plain, rounded
from dashboard.messages import t

TOUCHING = 1e-6
CLOSE = 0.486  # of the axis: two labels in the middle of their lines would touch
DOTTED = "2px,4px"


@dataclass(frozen=True, kw_only=True)
class Yardsticks:
    """What areas are measured by: the value of the area above, its name, and the target."""

    reference: float | None = None
    reference_zh: str = ""
    target: float | None = None

    def times(self, factor: float) -> Yardsticks:
        """Return the same in another unit."""
        return replace(
            self,
            reference=None if self.reference is None else self.reference * factor,
            target=None if self.target is None else self.target * factor,
        )

    @property
    def values(self) -> list[float]:
        """Return the known ones."""
        return [value for value in (self.reference, self.target) if value is not None]


@dataclass(frozen=True)
class _Line:
    value: float
    words: str
    width: float
    dash: str


def _lines(beside: Yardsticks, *, decimals: int) -> list[_Line]:
    """Return the lines from left to right; where both fall on one place, one has both names."""
    lines: list[_Line] = []
    reference, target = beside.reference, beside.target
    values = beside.values
    is_both = len(values) == 2 and abs(values[0] - values[1]) < TOUCHING
    if reference is not None:
        words = f"{plain(beside.reference_zh)} {rounded(reference, decimals)}".strip()
        words += f"＝{t('chart.target')}" if is_both else ""
        lines.append(_Line(reference, words, 1.5, "solid"))
    if target is not None:
        words = "" if is_both else f"{t('chart.target')} {rounded(target, decimals)}"
        lines.append(_Line(target, words, 2.0, DOTTED))
    return sorted(lines, key=lambda one: one.value)


def reference_lines(figure: go.Figure, beside: Yardsticks, scale: Scale, *, decimals: int) -> None:
    """Draw the area line and the target; labels of close lines lead away from each other."""
    lines = _lines(beside, decimals=decimals)
    is_close = len(lines) == 2 and lines[1].value - lines[0].value < scale.span * CLOSE
    sides = [("right", -3), ("left", 3)] if is_close else [("center", 0)] * 2
    for one, (anchor, shift) in zip(lines, sides, strict=False):
        line(
            figure,
            start=(one.value, 0),
            end=(one.value, 1),
            yref="paper",
            colour=theme.TEXT_2,
            width=one.width,
            dash=one.dash,
        )
        if one.words:
            note(
                figure,
                one.words,
                x=one.value,
                y=1,
                xref="x",
                xanchor=anchor,
                xshift=shift,
                yanchor="bottom",
                yshift=4,
            )
