"""The two vertical lines of a ranking: the area above, and the target."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.base import line, note
from dashboard.formats import plain, rounded
from dashboard.messages import t

TOUCHING = 1e-6


def reference_lines(
    figure: go.Figure,
    *,
    reference: float | None,
    reference_zh: str,
    target: float | None,
    decimals: int,
) -> None:
    """Draw the area line and the target; labels of close lines lead away from each other."""
    lines: list[tuple[float, str, float, str]] = []
    if reference is not None:
        words = f"{plain(reference_zh)} {rounded(reference, decimals)}".strip()
        lines.append((reference, words, 1.5, "solid"))
    if target is not None:
        words = f"{t('chart.target')} {rounded(target, decimals)}"
        if reference is not None and abs(target - reference) < TOUCHING:
            words = ""  # one label for both
            lines[0] = (reference, f"{lines[0][1]}＝{t('chart.target')}", 1.5, "solid")
        lines.append((target, words, 2.0, "2px,4px"))
    lines.sort(key=lambda one: one[0])
    low, high = figure.layout.xaxis.range
    is_close = len(lines) == 2 and lines[1][0] - lines[0][0] < (high - low) * 0.45
    sides = [("right", -3), ("left", 3)] if is_close else [("center", 0)] * 2
    for (value, words, width, dash), (anchor, shift) in zip(lines, sides, strict=False):
        line(
            figure,
            start=(value, 0),
            end=(value, 1),
            yref="paper",
            colour=theme.TEXT_2,
            width=width,
            dash=dash,
        )
        if not words:
            continue
        note(
            figure,
            words,
            x=value,
            y=1,
            xref="x",
            xanchor=anchor,
            xshift=shift,
            yanchor="bottom",
            yshift=4,
        )
