"""The legend under a map: class bar with limits, unit, what dark means, the marks."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.base import note
from dashboard.charts.measure import Measure
from dashboard.charts.sheet import Sheet
from dashboard.formats import MINUS, plain
from dashboard.messages import t

LEGEND_HEIGHT = 76


def class_words(classes: Sequence[float], *, unit_zh: str, decimals: int) -> list[str]:
    """Return the words of the five classes, in the indicator's unit: <20.0, 20.0～22.9, ≥29.0."""
    factor = 100 if unit_zh == "%" else 1
    edges = [edge * factor for edge in classes]
    step = 10**-decimals
    middle = [f"{low:.{decimals}f}～{high - step:.{decimals}f}" for low, high in pairwise(edges)]
    words = [f"<{edges[0]:.{decimals}f}", *middle, f"≥{edges[-1]:.{decimals}f}"]
    return [word.replace("-", MINUS) for word in words]


def class_labels(classes: Sequence[float], *, unit_zh: str, decimals: int) -> list[str]:
    """Return the words of the five classes as Plotly takes them: no sign opens a tag."""
    words = class_words(classes, unit_zh=unit_zh, decimals=decimals)
    return [word.replace("<", "&lt;") for word in words]


def draw_legend(
    figure: Sheet,
    measure: Measure,
    *,
    reference_zh: str,
    colour: str,
) -> None:
    """Draw the class bar, the unit and the marks under the map, in paper coordinates."""
    unit = 1 / LEGEND_HEIGHT  # of the strip below the map; y runs from 0 down to -1
    scale = LEGEND_HEIGHT / (figure.wanted["height"] - LEGEND_HEIGHT)
    words = class_labels(measure.classes, unit_zh=measure.unit_zh, decimals=measure.decimals)
    fills = theme.class_colours(measure.polarity)
    for i, (word, fill) in enumerate(zip(words, fills, strict=True)):
        figure.add_shape(
            type="rect",
            xref="paper",
            yref="paper",
            x0=i / 5,
            x1=(i + 1) / 5,
            y0=-22 * unit * scale,
            y1=-10 * unit * scale,
            fillcolor=fill,
            line={"color": theme.CARD if i else theme.LINE, "width": 1},
        )
        note(figure, word, x=(i + 0.5) / 5, y=-35 * unit * scale, xanchor="center", colour=colour)
    caption = f"{t('chart.unit')}{measure.unit_zh}"
    if measure.polarity != "none":
        caption += f"　{t('chart.dark_needs_attention')}"
    bottom = -63 * unit * scale
    note(figure, caption, x=0, y=bottom)
    if measure.polarity != "none" and reference_zh:
        _marks(figure, reference_zh, y=bottom)


def _marks(figure: go.Figure, reference_zh: str, *, y: float) -> None:
    """Say what the two marks mean, at the right end of a line."""
    area = plain(reference_zh)
    marks = (("●", theme.BETTER, "chart.better_than"), ("◆", theme.WORSE, "chart.worse_than"))
    words_of_marks = "　".join(
        f'<span style="color:{fill}">{glyph}</span> {t(key, area=area)}'
        for glyph, fill, key in marks
    )
    note(figure, words_of_marks, x=1, y=y, xanchor="right")
