"""What is written on a map: names and values inside or outside, leaders, marks of claims."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.base import font, text_width
from dashboard.charts.boxes import Canvas, Label
from dashboard.charts.placement import MARK_BESIDE, Placement, Widths, place_claimed, place_labels
from dashboard.charts.shapes import Shapes
from dashboard.charts.side_columns import place_beside

VALUE_SIZE = 20
MARK_ROOM, LINE_END = 40.0, 11.0
MARKS = {"worse": ("diamond", theme.WORSE), "better": ("circle", theme.BETTER)}
KINDS, SHORTEST = ("县", "市", "区"), 2  # what a brief name leaves away, but not of two characters
Row = dict[str, Any]


def placed(
    rows: list[Row], shapes: Shapes, *, width: float, height: float, has_marks: bool
) -> Placement:
    """Find a place for every label; beside the map where most areas are too small for one."""
    found = place_labels(
        shapes,
        _label_widths(rows),
        width=width,
        height=height,
        mark_room=MARK_ROOM if has_marks else 0.0,
    )
    if 2 * len(found.labels) >= len(rows):
        return found
    codes = tuple(row["area_code"] for row in rows)
    beside = place_beside(shapes, codes, _line_widths(rows), width=width, height=height)
    if beside is not None:
        return beside
    # A lone label among many bare areas reads as if it were the only one with a value: every claim
    # has its mark, and those that need attention are named.
    claimed = {row["area_code"]: row for row in rows if row["mark"] in MARKS}
    worse = tuple(
        (code, text_width(_line(row), size=theme.SIZE_NOTE))
        for code, row in claimed.items()
        if row["mark"] == "worse"
    )
    return place_claimed(shapes, codes, tuple(claimed), worse, width=width, height=height)


def _line(row: Row) -> str:
    return f"{row['name']} {row['printed']}"


def _brief(row: Row) -> str:
    """Return the name as maps with little room write it: 内乡 for 内乡县, but 杞县."""
    name = str(row["name"])
    return name[:-1] if len(name) > SHORTEST and name.endswith(KINDS) else name


def _line_widths(rows: list[Row]) -> tuple[tuple[str, float], ...]:
    """Return code and width of each line, those with a claim and with a value first.

    One width for all: a change of digits then moves no label, and places are reused.
    """
    marks = {"worse": 0, "better": 1}
    order = sorted(
        rows,
        key=lambda row: (row["index"] is None, marks.get(row["mark"] or "", 2), row["area_code"]),
    )
    digits = max(text_width(row["printed"], size=theme.SIZE_NOTE) for row in rows)
    space = text_width(" ", size=theme.SIZE_NOTE) + digits + 2 * LINE_END
    return tuple(
        (row["area_code"], text_width(row["name"], size=theme.SIZE_NOTE) + space) for row in order
    )


def write_labels(figure: go.Figure, placement: Placement, rows: list[Row]) -> None:
    """Write what was placed."""
    by_code = {row["area_code"]: row | {"line": _line(row), "brief": _brief(row)} for row in rows}
    if placement.labels or placement.spots:
        _leaders(figure, placement)
        _texts(figure, placement, by_code)
        _marks(figure, placement, by_code)


def _points(
    canvas: Canvas, pixels: Sequence[tuple[float, float]], **options: Any
) -> dict[str, Any]:
    places = [canvas.lonlat(point) for point in pixels]
    return {
        "lon": [lon for lon, _ in places],
        "lat": [lat for _, lat in places],
        "hoverinfo": "skip",
        **options,
    }


def _leaders(figure: go.Figure, placement: Placement) -> None:
    """Draw leader lines with a white halo, so that they read on any fill."""
    leaders = [label.leader for label in placement.labels if label.leader]
    for colour, width in ((theme.CARD, 4), (theme.TEXT_2, 1)):
        for ends in leaders:
            figure.add_scattergeo(
                **_points(
                    placement.canvas, ends, mode="lines", line={"color": colour, "width": width}
                )
            )
    if leaders:
        dots = {"size": 5, "color": theme.TEXT_2, "line": {"color": theme.CARD, "width": 1}}
        figure.add_scattergeo(
            **_points(placement.canvas, [foot for _, foot in leaders], mode="markers", marker=dots)
        )


def _texts(figure: go.Figure, placement: Placement, rows: dict[str, Row]) -> None:
    """Write names and values; the ink follows the fill under the text."""
    named = [label for label in placement.labels if label.has_name and not label.is_line]
    usual = [label for label in named if not label.is_brief]
    brief = [label for label in named if label.is_brief]

    def ink(label: Label) -> str:
        row = rows[label.code]
        # Outside its polygon the text stands on the card.
        return str(row["ink"]) if label.foot is None else theme.TEXT_1

    def write(labels: list[Label], field: str, *, side: float, sizes: tuple[int, int]) -> None:
        weight = 700 if field == "printed" else 500
        style = font(sizes[0], colour=[ink(label) for label in labels], weight=weight)
        figure.add_scattergeo(
            **_points(
                placement.canvas,
                [(label.box.x, label.box.y + side * label.box.height / 4) for label in labels],
                mode="text",
                text=[rows[label.code][field] for label in labels],
                textposition="middle center",
                textfont=style | {"size": [sizes[label.is_small] for label in labels]},
            )
        )

    write(usual, "name", side=-1, sizes=(theme.SIZE_BODY, theme.SIZE_NOTE))
    write(usual, "printed", side=1, sizes=(VALUE_SIZE, theme.SIZE_BODY))
    if brief:
        write(brief, "brief", side=-1, sizes=(theme.SIZE_NOTE, theme.SIZE_NOTE))
        write(brief, "printed", side=1, sizes=(theme.SIZE_NOTE, theme.SIZE_NOTE))
    bare = [label for label in placement.labels if not label.has_name]
    if bare:
        write(bare, "printed", side=0, sizes=(theme.SIZE_NOTE, theme.SIZE_NOTE))
    lines = [label for label in placement.labels if label.is_line]
    if lines:
        write(lines, "line", side=0, sizes=(theme.SIZE_NOTE, theme.SIZE_NOTE))


def _mark_place(label: Label, printed: str) -> tuple[float, float]:
    """Return where a mark stands: right of the value, or at the outer end of a line."""
    if label.side:
        away = label.box.width / 2 - LINE_END / 2
        return label.box.x + (away if label.side == "right" else -away), label.box.y
    right = label.box.x + text_width(printed, size=VALUE_SIZE) / 2 + MARK_BESIDE
    return right, label.box.y + (label.box.height / 4 if label.has_name else 0)


def _mark_places(
    placement: Placement, rows: dict[str, Row], mark: str
) -> list[tuple[tuple[float, float], int]]:
    """Return place and size of every mark of a kind: beside a label, or in the area itself."""
    beside = [
        (label.code, _mark_place(label, rows[label.code]["printed"]), 11 if label.side else 13)
        for label in placement.labels
        if not placement.spots
    ]
    found = [*beside, *((code, spot, 12) for code, spot in placement.spots)]
    return [(place, size) for code, place, size in found if rows[code].get("mark") == mark]


def _marks(figure: go.Figure, placement: Placement, rows: dict[str, Row]) -> None:
    """Set ◆ and ● beside the values of claimed areas; shapes, since glyph sizes differ by font."""
    for mark, (symbol, colour) in MARKS.items():
        places = _mark_places(placement, rows, mark)
        if not places:
            continue
        marker = {
            "symbol": symbol,
            "size": [size for _, size in places],
            "opacity": 1,  # marks of several sizes are pale otherwise
            "color": colour,
            "line": {"color": theme.CARD, "width": 1.5},
        }
        figure.add_scattergeo(
            **_points(
                placement.canvas,
                [place for place, _ in places],
                mode="markers",
                marker=marker,
                name=mark,
            )
        )


def _label_widths(rows: list[Row]) -> tuple[tuple[str, Widths], ...]:
    """Return code and widths of each label, one width for nearly all values.

    A change of digits then moves no label, and places are reused. One digit more than most have, as
    in 100.0, finds room in the air around a text: it must not drive the others out of their areas.
    """
    own = {row["area_code"]: text_width(row["printed"], size=VALUE_SIZE) for row in rows}
    values = sorted(own.values())
    usual = values[len(values) // 2]
    width = max(usual, values[-1] - text_width("0", size=VALUE_SIZE))
    names = {row["area_code"]: text_width(row["name"], size=theme.SIZE_BODY) for row in rows}
    briefs = {row["area_code"]: text_width(_brief(row), size=theme.SIZE_BODY) for row in rows}
    return tuple(
        (code, Widths(names[code], briefs[code], width, max(width, own[code]))) for code in own
    )
