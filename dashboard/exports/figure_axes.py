"""The axes of a Plotly figure in pixels: where a value lies, and grid, ticks and labels."""

from __future__ import annotations

import base64
import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np

from dashboard import theme
from dashboard.charts.base import nice_step
from dashboard.exports.canvas import Align, Box, Canvas, Ink
from dashboard.exports.rich_text import LEADING, parse, write_line

NAN = math.nan
EPOCH = dt.date(1970, 1, 1).toordinal()
AIR = 0.05  # of a range that Plotly would find by itself


def sequence(values: Any) -> list[Any]:
    """Return values as a list; Plotly packs arrays of numbers."""
    if values is None:
        return []
    if isinstance(values, Mapping):
        packed = np.frombuffer(base64.b64decode(values["bdata"]), dtype=np.dtype(values["dtype"]))
        return list(packed.tolist())
    if isinstance(values, np.ndarray):
        return list(values.tolist())
    return list(values)


def day_number(value: Any) -> float | None:
    """Return days since 1970 of a date, a moment or their text; None for anything else."""
    if isinstance(value, str):
        try:
            value = dt.datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, dt.datetime):
        part = (value.hour * 60 + value.minute) / 1440
        return value.date().toordinal() - EPOCH + part
    return float(value.toordinal() - EPOCH) if isinstance(value, dt.date) else None


class Held(NamedTuple):
    """A value of an axis that keeps so many pixels before and behind it free."""

    value: float
    before: float
    after: float


@dataclass(frozen=True)
class Axis:
    """One axis: how values become shares of its length."""

    options: Mapping[str, Any]
    low: float
    high: float
    is_horizontal: bool
    span: tuple[float, float]  # pixels: left and right, or bottom and top
    categories: tuple[str, ...] = ()
    is_date: bool = False
    is_log: bool = False

    def number(self, value: Any) -> float:
        """Return a value as a number of this axis; not a number where it is none."""
        if value is None:
            return NAN
        if self.categories and str(value) in self.categories:
            return float(self.categories.index(str(value)))
        if self.is_date or isinstance(value, dt.date):
            day = day_number(value)
            if day is not None:
                return day
        try:
            plain = float(value)
        except (TypeError, ValueError):
            return NAN
        if self.is_log:
            return math.log10(plain) if plain > 0 else NAN
        return plain

    def pixel(self, value: Any) -> float:
        """Return the pixel of a value."""
        share = (self.number(value) - self.low) / ((self.high - self.low) or 1.0)
        return self.span[0] + share * (self.span[1] - self.span[0])

    def length(self, amount: float) -> float:
        """Return the pixels that an amount takes, without a sign."""
        return abs(amount / ((self.high - self.low) or 1.0) * (self.span[1] - self.span[0]))

    @property
    def is_visible(self) -> bool:
        """Say whether grid and labels are drawn."""
        return self.options.get("visible") is not False


def _kind(options: Mapping[str, Any], values: Sequence[Any]) -> str:
    named = options.get("type")
    if named in {"date", "log", "linear", "category"}:
        return str(named)
    known = [value for value in values if value is not None]
    if any(isinstance(value, dt.date) for value in known):
        return "date"
    if known and all(isinstance(value, str) for value in known):
        return "date" if all(day_number(value) is not None for value in known) else "category"
    return "linear"


def make_axis(
    options: Mapping[str, Any],
    values: Sequence[Any],
    *,
    is_horizontal: bool,
    span: tuple[float, float],
    has_marks: bool,
    held: Sequence[Held] = (),
) -> Axis:
    """Build an axis from its options and the values drawn on it.

    Args:
        options: as in the figure's layout.
        values: all values of the traces on the axis.
        is_horizontal: an x axis.
        span: first and last pixel.
        has_marks: leaves air around a range that the figure does not name.
        held: what holds the ends of such a range away from the edges instead.
    """
    kind = _kind(options, values)
    names = tuple(dict.fromkeys(str(v) for v in values if v is not None))
    axis = Axis(
        options,
        0.0,
        1.0,
        is_horizontal,
        span,
        categories=names if kind == "category" else (),
        is_date=kind == "date",
        is_log=kind == "log",
    )
    if held:
        low, high = _between(held, abs(span[1] - span[0]))
    else:
        low, high = _limits(axis, options, values, air=AIR if has_marks else 0.0)
    return Axis(options, low, high, is_horizontal, span, axis.categories, axis.is_date, axis.is_log)


def _limits(
    axis: Axis, options: Mapping[str, Any], values: Sequence[Any], *, air: float
) -> tuple[float, float]:
    stated = options.get("range")
    if stated is not None:
        # The range of a logarithmic axis is stated in powers already.
        ends = [float(v) if axis.is_log else axis.number(v) for v in sequence(stated)]
        return ends[0], ends[1]
    numbers = [n for n in (axis.number(v) for v in values) if not math.isnan(n)]
    low, high = (min(numbers), max(numbers)) if numbers else (0.0, 1.0)
    if axis.categories:
        low, high = low - 0.5, high + 0.5
    elif low == high:
        low, high = low - 1.0, high + 1.0
    else:
        low, high = low - air * (high - low), high + air * (high - low)
    return (high, low) if options.get("autorange") == "reversed" else (low, high)


def _between(held: Sequence[Held], length: float) -> tuple[float, float]:
    """Return the range in which every held value has its pixels on either side."""
    first, last = min(held, key=lambda one: one.value), max(held, key=lambda one: one.value)
    inner = max(length - first.before - last.after, 1.0)
    a_pixel = (last.value - first.value) / inner
    return first.value - first.before * a_pixel, last.value + last.after * a_pixel


def ticks(axis: Axis) -> list[tuple[Any, str]]:
    """Return the values and words of the ticks."""
    named = sequence(axis.options.get("tickvals"))
    if named:
        words = sequence(axis.options.get("ticktext")) or [_plain(value) for value in named]
        return list(zip(named, (str(word) for word in words), strict=False))
    if axis.categories:
        return [(name, name) for name in axis.categories]
    if axis.is_date or axis.is_log:
        return []
    low, high = sorted((axis.low, axis.high))
    step = float(axis.options.get("dtick") or nice_step(high - low, wanted=5))
    first = math.ceil(low / step - 1e-9)
    last = math.floor(high / step + 1e-9)
    return [(n * step, _plain(n * step)) for n in range(first, last + 1)]


def _plain(value: Any) -> str:
    return f"{value:g}" if isinstance(value, int | float) else str(value)


def draw_axis(canvas: Canvas, axis: Axis, plot: Box) -> None:
    """Draw grid lines, the axis line, tick marks and labels."""
    if not axis.is_visible:
        return
    options = axis.options
    grid = Ink(options.get("gridcolor") or theme.GRID, options.get("gridwidth") or 1)
    for value, words in ticks(axis):
        at = axis.pixel(value)
        inside = (plot.left, plot.right) if axis.is_horizontal else (plot.top, plot.bottom)
        if math.isnan(at) or not inside[0] - 1 <= at <= inside[1] + 1:
            continue
        if options.get("showgrid") is not False:
            canvas.line(_across(axis, at, plot), grid)
        if options.get("showticklabels") is not False:
            _tick(canvas, axis, at, plot, words)
    if options.get("showline"):
        ink = Ink(options.get("linecolor") or theme.AXIS, options.get("linewidth") or 1)
        canvas.line(_edge(axis, plot), ink)
    _title(canvas, axis, plot)


def _across(axis: Axis, at: float, plot: Box) -> list[tuple[float, float]]:
    if axis.is_horizontal:
        return [(at, plot.top), (at, plot.bottom)]
    return [(plot.left, at), (plot.right, at)]


def _edge(axis: Axis, plot: Box) -> list[tuple[float, float]]:
    if axis.is_horizontal:
        y = plot.top if axis.options.get("side") == "top" else plot.bottom
        return [(plot.left, y), (plot.right, y)]
    x = plot.right if axis.options.get("side") == "right" else plot.left
    return [(x, plot.top), (x, plot.bottom)]


def _tick(canvas: Canvas, axis: Axis, at: float, plot: Box, words: str) -> None:
    options = axis.options
    length = (options.get("ticklen") or 5) if options.get("ticks") == "outside" else 0
    ink = Ink(options.get("tickcolor") or theme.AXIS, options.get("tickwidth") or 1)
    font = options.get("tickfont") or {}
    size, colour = font.get("size") or theme.SIZE_NOTE, font.get("color") or theme.TEXT_2
    (_, y0), (x1, _) = _edge(axis, plot)
    lines = parse(words + str(options.get("ticksuffix") or ""))
    if axis.is_horizontal:
        down = -1 if options.get("side") == "top" else 1
        canvas.line([(at, y0), (at, y0 + down * length)], ink)
        for n, line in enumerate(lines if down == 1 else lines[::-1]):
            middle = y0 + down * (length + 3 + size * LEADING * (n + 0.5))
            write_line(canvas, at, middle, line, size=size, colour=colour, align="center")
        return
    out = 1 if options.get("side") == "right" else -1
    align: Align = "left" if out == 1 else "right"
    canvas.line([(x1, at), (x1 + out * length, at)], ink)
    for n, line in enumerate(lines):
        middle = at + size * LEADING * (n - (len(lines) - 1) / 2)
        write_line(
            canvas, x1 + out * (length + 4), middle, line, size=size, colour=colour, align=align
        )


def _title(canvas: Canvas, axis: Axis, plot: Box) -> None:
    """Write an axis title: below a horizontal axis, above a vertical one."""
    title = axis.options.get("title") or {}
    words = title.get("text") if isinstance(title, Mapping) else str(title)
    if not words:
        return
    font = (title.get("font") if isinstance(title, Mapping) else None) or {}
    size, colour = font.get("size") or theme.SIZE_NOTE, font.get("color") or theme.TEXT_2
    (line,) = parse(words)[:1]
    if axis.is_horizontal:
        place = (plot.left + plot.width / 2, plot.bottom + 5 + size * LEADING * 1.7)
        write_line(canvas, *place, line, size=size, colour=colour, align="center")
        return
    write_line(canvas, plot.left - 40, plot.top - size * 0.9, line, size=size, colour=colour)


def spread(values: Iterable[float]) -> float:
    """Return the least distance between different values; one where there is none."""
    ordered = sorted({value for value in values if not math.isnan(value)})
    gaps = [b - a for a, b in pairwise(ordered)]
    return min(gaps, default=1.0)
