"""A drawing surface for tables that are figures: rows in pixels, columns in percent of the width.

Tables with dots, tints and sparklines are drawn by Plotly so that a whole row can be clicked and
a screen reader of the page still finds one element with one description. Text is collected by
style, so that a table of a hundred cells stays a handful of traces.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.base import font, new_figure
from dashboard.formats import plain

Align = Literal["left", "right", "center"]
# Plotly names the side on which the text stands, seen from its point.
POSITION = {"left": "middle right", "right": "middle left", "center": "middle center"}
SYMBOL = {
    "better": ("circle", theme.BETTER, theme.BETTER),
    "worse": ("diamond", theme.WORSE, theme.WORSE),
    "similar": ("circle", theme.CARD, theme.SIMILAR),
    "plain": ("circle", theme.TEXT_2, theme.TEXT_2),
    "accent": ("circle", theme.ACCENT, theme.ACCENT),
    "in_use": ("square", theme.TEXT_2, theme.TEXT_2),
    "broken": ("diamond", theme.WORSE, theme.WORSE),
    "planned": ("square", theme.CARD, theme.TEXT_2),
}


@dataclass(frozen=True)
class Style:
    """How a text is written."""

    size: int = theme.SIZE_BODY
    colour: str = theme.TEXT_1
    weight: int = 400
    align: Align = "left"


@dataclass(frozen=True, kw_only=True)
class ClickRow:
    """A rectangle that can be clicked; `hover` is escaped."""

    y: float
    height: float
    left: float
    width: float
    code: str
    hover: str


@dataclass
class Grid:
    """Collects texts, marks, lines and clickable rows; `figure` draws them."""

    height: int
    texts: dict[Style, list[tuple[float, float, str]]] = field(default_factory=dict)
    marks: list[tuple[float, float, str, float]] = field(default_factory=list)
    polylines: dict[tuple[str, float, str], list[tuple[float | None, float | None]]] = field(
        default_factory=dict
    )
    boxes: list[tuple[float, float, float, float, str]] = field(default_factory=list)
    rows: list[ClickRow] = field(default_factory=list)

    def text(self, x: float, y: float, words: str, style: Style | None = None) -> None:
        """Write at x (percent) and y (pixels from the top); escaped here."""
        self.texts.setdefault(style or Style(), []).append((x, y, plain(words)))

    def mark(self, x: float, y: float, kind: str, *, size: float = 13) -> None:
        """Draw a mark."""
        self.marks.append((x, y, kind, size))

    def line(
        self,
        points: Sequence[tuple[float, float]],
        *,
        colour: str = theme.GRID,
        width: float = 1,
        dash: str = "solid",
    ) -> None:
        """Draw a line through points; lines of one style share a trace."""
        trail = self.polylines.setdefault((colour, width, dash), [])
        trail += [*points, (None, None)]

    def course(
        self,
        values: Sequence[float | None],
        *,
        left: float,
        right: float,
        middle: float,
        reach: float,
    ) -> None:
        """Draw a small line of values with its last one marked; of fewer than two nothing.

        From `left` to `right` (percent), the least value `reach` pixels below `middle`, the
        greatest as far above it; a value that is missing is passed over.
        """
        known = [v for v in values if v is not None]
        if len(known) < 2:
            return
        low, high = min(known), max(known)
        step, span = (right - left) / (len(values) - 1), (high - low) or 1.0
        points = [
            (left + n * step, middle + reach - (v - low) / span * 2 * reach)
            for n, v in enumerate(values)
            if v is not None
        ]
        self.line(points, colour=theme.ACCENT, width=1.8)
        self.mark(*points[-1], "accent", size=6)

    def box(self, left: float, right: float, top: float, bottom: float, colour: str) -> None:
        """Fill a rectangle behind everything."""
        self.boxes.append((left, right, top, bottom, colour))

    def row(
        self, y: float, height: float, code: str, hover: str, *, left: float = 0, width: float = 100
    ) -> None:
        """Make a row clickable; `hover` must be escaped already."""
        self.rows.append(
            ClickRow(y=y, height=height, left=left, width=width, code=code, hover=hover)
        )

    def figure(self) -> go.Figure:
        """Draw what was collected."""
        figure = new_figure(height=self.height, click=bool(self.rows))
        figure.update_xaxes(range=[0, 100], visible=False, fixedrange=True)
        figure.update_yaxes(range=[self.height, 0], visible=False, fixedrange=True)
        figure.update_layout(barmode="overlay", bargap=0)
        for left, right, top, bottom, colour in self.boxes:
            figure.add_shape(
                type="rect",
                x0=left,
                x1=right,
                y0=top,
                y1=bottom,
                fillcolor=colour,
                line_width=0,
                layer="below",
            )
        self._draw_lines(figure)
        self._draw_marks(figure)
        self._draw_texts(figure)
        self._draw_rows(figure)
        return figure

    def _draw_lines(self, figure: go.Figure) -> None:
        for (colour, width, dash), trail in self.polylines.items():
            figure.add_scatter(
                x=[x for x, _ in trail],
                y=[y for _, y in trail],
                mode="lines",
                line={"color": colour, "width": width, "dash": dash},
                hoverinfo="skip",
            )

    def _draw_marks(self, figure: go.Figure) -> None:
        if not self.marks:
            return
        looks = [SYMBOL[kind] for _, _, kind, _ in self.marks]
        figure.add_scatter(
            x=[x for x, _, _, _ in self.marks],
            y=[y for _, y, _, _ in self.marks],
            mode="markers",
            marker={
                "symbol": [symbol for symbol, _, _ in looks],
                "color": [fill for _, fill, _ in looks],
                "size": [size for _, _, _, size in self.marks],
                "opacity": 1,
                "line": {"color": [edge for _, _, edge in looks], "width": 1.8},
            },
            selected={"marker": {"opacity": 1}},
            unselected={"marker": {"opacity": 1}},
            hoverinfo="skip",
        )

    def _draw_texts(self, figure: go.Figure) -> None:
        for style, texts in self.texts.items():
            figure.add_scatter(
                x=[x for x, _, _ in texts],
                y=[y for _, y, _ in texts],
                text=[words for _, _, words in texts],
                mode="text",
                textposition=POSITION[style.align],
                textfont=font(style.size, colour=style.colour, weight=style.weight),
                cliponaxis=False,
                hoverinfo="skip",
                selected={"textfont": {"color": style.colour}},
                unselected={"textfont": {"color": style.colour}},
            )

    def _draw_rows(self, figure: go.Figure) -> None:
        if not self.rows:
            return
        clear = {"marker": {"opacity": 0}}
        figure.add_bar(
            orientation="h",
            base=[row.left for row in self.rows],
            x=[row.width for row in self.rows],
            y=[row.y for row in self.rows],
            width=[row.height for row in self.rows],
            customdata=[row.code for row in self.rows],
            text=[row.hover for row in self.rows],
            textposition="none",
            marker={"opacity": 0},
            selected=clear,
            unselected=clear,
            hovertemplate="%{text}<extra></extra>",
            name="rows",
        )
