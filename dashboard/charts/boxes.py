"""Boxes of text on a pixel canvas over the map."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from dashboard.charts.shapes import Point, Span, project, unproject

ROW = 4.0  # height of a raster row
LINE = 21.0  # height of one text line
SMALL = 0.89  # the smaller size of text: 16 of 18 pixels
SMALLEST = 0.8  # of a value alone or under a brief name: 16 of 20 pixels
GAP = 6.0  # air around a label

Rows = list[list[Span]]  # where land lies, row by row


@dataclass(frozen=True)
class Canvas:
    """A pixel frame over the projected plane; x to the right, y downwards."""

    width: float
    height: float
    scale: float  # pixels a projected degree
    west: float
    north: float

    def pixels(self, point: Point) -> Point:
        """Convert a projected point to pixels."""
        return (point[0] - self.west) * self.scale, (self.north - point[1]) * self.scale

    def lonlat(self, point: Point) -> Point:
        """Convert pixels to longitude and latitude."""
        return unproject(self.west + point[0] / self.scale, self.north - point[1] / self.scale)

    def to_pixels(self, lon: float, lat: float) -> Point:
        """Convert longitude and latitude to pixels."""
        return self.pixels(project(lon, lat))


@dataclass(frozen=True)
class Box:
    """A text box by its centre, in pixels."""

    x: float
    y: float
    width: float
    height: float

    def overlaps(self, other: Box, *, gap: float = GAP) -> bool:
        """Say whether two boxes come closer than the gap."""
        return (
            abs(self.x - other.x) * 2 < self.width + other.width + 2 * gap
            and abs(self.y - other.y) * 2 < self.height + other.height + 2 * gap
        )

    def nearest(self, point: Point) -> Point:
        """Return the point of the box's edge or inside nearest to a point."""
        return (
            min(max(point[0], self.x - self.width / 2), self.x + self.width / 2),
            min(max(point[1], self.y - self.height / 2), self.y + self.height / 2),
        )

    def is_crossed(self, start: Point, end: Point) -> bool:
        """Say whether a segment passes through the box."""
        (x, y), half, tall = start, self.width / 2, self.height / 2
        # Most segments lie wholly beside the box.
        if min(x, end[0]) >= self.x + half or max(x, end[0]) <= self.x - half:
            return False
        if min(y, end[1]) >= self.y + tall or max(y, end[1]) <= self.y - tall:
            return False
        # Of the others those cross whose line has corners of the box at both sides.
        right, down = end[0] - x, end[1] - y
        turn = right * (self.y - y) - down * (self.x - x)
        return abs(turn) < abs(right) * tall + abs(down) * half


@dataclass(frozen=True)
class Label:
    """Where one area's text goes: a box, and the leader's foot when the box lies outside."""

    code: str
    box: Box
    foot: Point | None = None
    has_name: bool = True
    is_brief: bool = False  # the name without its last character, 县 or 区
    is_small: bool = False
    is_line: bool = False  # name and value beside each other
    side: Literal["", "left", "right"] = ""  # of the map: the column in which its line stands
    mark: Box | None = None  # where a mark would stand, beside a value inside its area

    @cached_property
    def leader(self) -> tuple[Point, Point] | None:
        """The line from the label's edge to its foot; none for a label inside its area."""
        return self.foot and (self.box.nearest(self.foot), self.foot)
