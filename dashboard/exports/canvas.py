"""A sheet of pixels to draw on: lines, areas, marks and text, y downwards, in drawing order.

A window of the sheet has its own origin and zoom, so that a chart of the page is drawn in the
page's pixels wherever it stands.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from matplotlib import rc_context
from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, IdentityTransform

from dashboard.exports import faces
from dashboard.exports.colours import Colour, colour_of

DPI = 100
POINT = 72 / DPI  # points a pixel
CAP = 0.36  # from the middle of a line of text down to its baseline, of the size
Align = Literal["left", "center", "right"]
Pixels = np.ndarray[Any, np.dtype[np.float64]]
Points = Sequence[tuple[float, float]]


@dataclass(frozen=True)
class Box:
    """A rectangle in pixels."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Return the right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Return the lower edge."""
        return self.top + self.height

    def inset(self, x: float, y: float) -> Box:
        """Return the rectangle made smaller on all sides."""
        return Box(self.left + x, self.top + y, self.width - 2 * x, self.height - 2 * y)


@dataclass(frozen=True)
class Ink:
    """How an outline is drawn; without a colour it is not."""

    colour: str | None = None
    width: float = 1.0
    dash: str = "solid"


NO_INK = Ink()
DASHES = {"dot": (1, 1), "dash": (3, 3), "longdash": (5, 5), "dashdot": (3, 1, 1, 1)}


def _dashes(ink: Ink) -> tuple[float, ...]:
    """Return lengths of strokes and gaps in pixels; nothing for a solid line."""
    if ink.dash in {"solid", ""}:
        return ()
    if ink.dash in DASHES:
        return tuple(length * max(ink.width, 3) for length in DASHES[ink.dash])
    return tuple(float(part.removesuffix("px")) for part in ink.dash.replace(",", " ").split())


class Sheet:
    """The whole picture."""

    def __init__(self, width: int, height: int, *, background: str) -> None:
        self.figure = Figure(figsize=(width / DPI, height / DPI), dpi=DPI, facecolor=background)
        self.backend = FigureCanvasAgg(self.figure)
        self.flipped = Affine2D().scale(1, -1).translate(0, height)
        self.order = 0

    def add(self, artist: Artist, clip: Path | None) -> None:
        """Put an artist on top of all before it."""
        self.order += 1
        artist.set_zorder(self.order)
        if clip is not None:
            artist.set_clip_path(clip, self.flipped)
        self.figure.add_artist(artist, clip=False)

    def png(self) -> bytes:
        """Return the picture."""
        out = io.BytesIO()
        # Widths are measured unhinted; drawn hinted, a line of text would end elsewhere.
        with rc_context({"text.hinting": "none"}):
            self.figure.savefig(out, format="png", metadata={"Software": None})
        return out.getvalue()


@dataclass(frozen=True)
class Canvas:
    """A window of the sheet."""

    sheet: Sheet
    left: float = 0.0
    top: float = 0.0
    zoom: float = 1.0
    clip: Path | None = None
    bounds: Box | None = None  # of the clip, in pixels of the sheet

    def window(self, left: float, top: float, *, zoom: float = 1.0) -> Canvas:
        """Return a window whose origin is a point of this one."""
        return replace(
            self,
            left=self.left + left * self.zoom,
            top=self.top + top * self.zoom,
            zoom=self.zoom * zoom,
        )

    def clipped(self, box: Box) -> Canvas:
        """Return the same window, drawing only inside a rectangle."""
        corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom)]
        path = self._path([*corners, (box.left, box.bottom)], closed=True)
        left, top = self._place([(box.left, box.top)])[0]
        bounds = Box(left, top, box.width * self.zoom, box.height * self.zoom)
        return replace(self, clip=path, bounds=bounds)

    def _place(self, points: Points) -> Pixels:
        offset = np.array([self.left, self.top])
        xy: Pixels = np.asarray(points, dtype=float).reshape(-1, 2) * self.zoom + offset
        return xy

    def _path(self, points: Points, *, closed: bool) -> Path:
        return Path(self._place([*points, points[0]] if closed else points), closed=closed)

    def line(self, points: Points, ink: Ink) -> None:
        """Draw a line through points; a point that is not a number is a gap."""
        if ink.colour is None or len(points) < 2 or ink.width <= 0:
            return
        xy = self._place(points)
        colour = colour_of(ink.colour)
        line = Line2D(
            xy[:, 0],
            xy[:, 1],
            color=colour,
            linewidth=ink.width * self.zoom * POINT,
            transform=self.sheet.flipped,
            solid_capstyle="butt",
            dash_capstyle="butt",
            solid_joinstyle="round",
        )
        dashes = _dashes(ink)
        if dashes:  # matplotlib counts in line widths
            line.set_dashes([length / ink.width for length in dashes])
        self.sheet.add(line, self.clip)

    def area(
        self, rings: Sequence[Points], fill: str | None, ink: Ink = NO_INK, *, hatch: str = ""
    ) -> None:
        """Fill rings; a ring that runs the other way is a hole."""
        shown = [ring for ring in rings if len(ring) > 2]
        if not shown:
            return
        path = Path.make_compound_path(*(self._path(ring, closed=True) for ring in shown))
        self._patch(path, fill, ink, hatch=hatch)

    def _patch(self, path: Path, fill: str | None, ink: Ink, *, hatch: str = "") -> None:
        edge: Colour = colour_of(ink.colour) if ink.colour else (0, 0, 0, 0)
        face: Colour = colour_of(fill) if fill else (0, 0, 0, 0)
        if face[3] == 0 and edge[3] == 0:
            return
        patch = PathPatch(
            path,
            facecolor=face,
            edgecolor=edge,
            linewidth=ink.width * self.zoom * POINT if ink.colour else 0,
            transform=self.sheet.flipped,
            joinstyle="round",
        )
        dashes = _dashes(ink)
        if dashes and ink.width:
            patch.set_linestyle((0, tuple(length / ink.width for length in dashes)))
        self.sheet.add(patch, self.clip)
        if hatch:
            over = PathPatch(
                path, facecolor="none", edgecolor=colour_of(hatch), linewidth=0, hatch="////"
            )
            over.set_transform(self.sheet.flipped)
            self.sheet.add(over, self.clip)

    def box(
        self, box: Box, fill: str | None, ink: Ink = NO_INK, *, hatch: str = "", radius: float = 0
    ) -> None:
        """Fill a rectangle, its corners rounded by a radius."""
        if radius:
            self._patch(self._rounded(box, radius), fill, ink)
            return
        corners = [(box.left, box.top), (box.right, box.top), (box.right, box.bottom)]
        self.area([[*corners, (box.left, box.bottom)]], fill, ink, hatch=hatch)

    def _rounded(self, box: Box, r: float) -> Path:
        left, top, right, bottom = box.left, box.top, box.right, box.bottom
        corners = [
            ((left, top + r), (left, top), (left + r, top)),
            ((right - r, top), (right, top), (right, top + r)),
            ((right, bottom - r), (right, bottom), (right - r, bottom)),
            ((left + r, bottom), (left, bottom), (left, bottom - r)),
        ]
        points = [point for corner in corners for point in corner]
        codes = [Path.LINETO, Path.CURVE3, Path.CURVE3] * 4
        codes[0] = Path.MOVETO
        return Path(self._place([*points, points[0]]), [*codes, Path.CLOSEPOLY])

    def disc(self, x: float, y: float, radius: float, fill: str | None, ink: Ink = NO_INK) -> None:
        """Fill a circle."""
        centre = self._place([(x, y)])[0]
        unit = Path.unit_circle()
        path = Path(np.asarray(unit.vertices) * radius * self.zoom + centre, unit.codes)
        self._patch(path, fill, ink)

    def words(
        self,
        x: float,
        middle: float,
        text: str,
        *,
        size: float,
        colour: str,
        weight: int = 400,
        align: Align = "left",
    ) -> float:
        """Write one line around a middle height; return its width in pixels.

        A line whose middle lies outside of what is clipped is left out.
        """
        wide = faces.width(text, size=size, weight=weight)
        if self.bounds is not None:
            y = self._place([(x, middle)])[0][1]
            if not self.bounds.top <= y <= self.bounds.bottom:
                return wide
        pen = x - {"left": 0.0, "center": wide / 2, "right": wide}[align]
        for piece, face in faces.pieces(text, weight=weight):
            place = self._place([(pen, middle + CAP * size)])[0]
            artist = Text(
                place[0],
                self.sheet.figure.bbox.height - place[1],
                piece,
                color=colour_of(colour),
                fontproperties=face.properties,
                fontsize=size * self.zoom * POINT,
                verticalalignment="baseline",
                transform=IdentityTransform(),
                parse_math=False,
            )
            self.sheet.add(artist, self.clip)
            pen += faces.width(piece, size=size, weight=weight)
        return wide
