"""The county map: five fixed classes, names and values, marks, the legend below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import font, new_figure, say_instead, text_width
from dashboard.charts.boxes import Canvas, Label
from dashboard.charts.map_legend import LEGEND_HEIGHT, draw_legend
from dashboard.charts.measure import Measure
from dashboard.charts.placement import Placement, place_labels
from dashboard.charts.shapes import Shapes
from dashboard.formats import DASH, SUPPRESSED, plain
from dashboard.memory import drawn_once
from dashboard.messages import t

FEATURE_KEY = "properties.code"
VALUE_SIZE = 20
MARK_ROOM = 40.0
SHOWN = ("final", "provisional")


@dataclass(frozen=True, kw_only=True)
class Outlines:
    """What a map is drawn on; features carry the area code as id."""

    geojson_url: str  # where the browser fetches them; relative, so that it survives a sub-path
    shapes: Shapes  # the same, for the placement of labels


def _rows(values: pl.DataFrame, codes: set[str], measure: Measure) -> list[dict[str, Any]]:
    """Return the areas that have a polygon, with fill, ink and printed label, ordered by code."""
    fills, inks = theme.class_colours(measure.polarity), theme.class_inks(measure.polarity)
    rows: list[dict[str, Any]] = []
    for row in values.sort("area_code").iter_rows(named=True):
        if row["area_code"] not in codes:
            continue
        has_value = row["status"] in SHOWN and row["value"] is not None
        index = theme.class_of(row["value"], measure.classes) if has_value else None
        fallback = SUPPRESSED if row["status"] == "suppressed" else DASH
        is_final = row["status"] == "final"
        ink = theme.TEXT_3 if index is None or (not is_final and index < 2) else inks[index]
        rows.append(
            row
            | {
                "index": index,
                "fill": theme.NO_DATA if index is None else fills[index],
                "ink": ink,
                "printed": plain(row["label"]) if has_value else fallback,
                "name": plain(row["area_name"]),
                "mark": row.get("mark") if has_value else None,
            }
        )
    return rows


def _polygons(
    rows: list[dict[str, Any]],
    *,
    geojson_url: str,
    colours: Sequence[str],
    border: tuple[str, float],
) -> dict[str, Any]:
    """Return one layer of polygons; z is the class, so that classes are exact steps of colour."""
    steps = [
        (edge, colour)
        for i, colour in enumerate(colours)
        for edge in (i / len(colours), (i + 1) / len(colours))
    ]
    return {
        "geojson": geojson_url,
        "featureidkey": FEATURE_KEY,
        "locations": [row["area_code"] for row in rows],
        "z": [0 if row["index"] is None else row["index"] for row in rows],
        "zmin": -0.5,
        "zmax": len(colours) - 0.5,
        "colorscale": steps,
        "showscale": False,
        "customdata": [row["area_code"] for row in rows],
        "text": [f"<b>{row['name']}</b><br>{row['printed']}" for row in rows],
        "hovertemplate": "%{text}<extra></extra>",
        "marker": {"line": {"color": border[0], "width": border[1]}},
        "unselected": {"marker": {"opacity": 1}},
        "selected": {"marker": {"opacity": 1}},
    }


def _areas(
    figure: go.Figure,
    rows: list[dict[str, Any]],
    *,
    geojson_url: str,
    colours: Sequence[str],
    selected: str | None,
) -> None:
    # A wider dark edge under everything leaves a fine outline outside the white borders.
    figure.add_choropleth(
        **_polygons(
            rows, geojson_url=geojson_url, colours=[theme.CARD] * 5, border=(theme.TEXT_3, 2.7)
        )
    )
    known = [row for row in rows if row["index"] is not None]
    unknown = [row for row in rows if row["index"] is None]
    if unknown:
        figure.add_choropleth(
            **_polygons(
                unknown,
                geojson_url=geojson_url,
                colours=[theme.NO_DATA] * 5,
                border=(theme.AXIS, 1),
            )
        )
    if known:
        figure.add_choropleth(
            **_polygons(known, geojson_url=geojson_url, colours=colours, border=(theme.CARD, 1.5))
        )
    # Drawn last: a neighbour drawn later would cover half of the thick outline.
    chosen = [row for row in rows if row["area_code"] == selected]
    if chosen:
        fill = [chosen[0]["fill"]] * 5
        figure.add_choropleth(
            **_polygons(chosen, geojson_url=geojson_url, colours=fill, border=(theme.TEXT_1, 4))
        )


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
    outside = [(label, label.foot) for label in placement.labels if label.foot]
    for colour, width in ((theme.CARD, 4), (theme.TEXT_2, 1)):
        for label, foot in outside:
            ends = [label.box.nearest(foot), foot]
            figure.add_scattergeo(
                **_points(
                    placement.canvas, ends, mode="lines", line={"color": colour, "width": width}
                )
            )
    if outside:
        dots = {"size": 5, "color": theme.TEXT_2, "line": {"color": theme.CARD, "width": 1}}
        figure.add_scattergeo(
            **_points(placement.canvas, [foot for _, foot in outside], mode="markers", marker=dots)
        )


def _texts(figure: go.Figure, placement: Placement, rows: dict[str, dict[str, Any]]) -> None:
    """Write names and values; the ink follows the fill under the text."""
    named = [label for label in placement.labels if label.has_name]

    def ink(label: Label) -> str:
        row = rows[label.code]
        # Outside its polygon the text stands on the card.
        return str(row["ink"]) if label.foot is None else theme.TEXT_1

    def write(labels: list[Label], field: str, *, side: float, sizes: tuple[int, int]) -> None:
        weight = 500 if field == "name" else 700
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

    write(named, "name", side=-1, sizes=(theme.SIZE_BODY, theme.SIZE_NOTE))
    write(named, "printed", side=1, sizes=(VALUE_SIZE, theme.SIZE_BODY))
    bare = [label for label in placement.labels if not label.has_name]
    if bare:
        write(bare, "printed", side=0, sizes=(theme.SIZE_BODY, theme.SIZE_BODY))


def _marks(figure: go.Figure, placement: Placement, rows: dict[str, dict[str, Any]]) -> None:
    """Set ◆ and ● beside the values of claimed areas; shapes, since glyph sizes differ by font."""
    for mark, symbol, colour in (
        ("worse", "diamond", theme.WORSE),
        ("better", "circle", theme.BETTER),
    ):
        claimed = [label for label in placement.labels if rows[label.code].get("mark") == mark]
        if not claimed:
            continue
        places = [
            (
                label.box.x + text_width(rows[label.code]["printed"], size=VALUE_SIZE) / 2 + 12,
                label.box.y + (label.box.height / 4 if label.has_name else 0),
            )
            for label in claimed
        ]
        marker = {
            "symbol": symbol,
            "size": 13,
            "color": colour,
            "line": {"color": theme.CARD, "width": 1.5},
        }
        figure.add_scattergeo(
            **_points(placement.canvas, places, mode="markers", marker=marker, name=mark)
        )


def _label_widths(rows: list[dict[str, Any]]) -> tuple[tuple[str, float, float], ...]:
    """Return code, width of the name and of the value, one width for all values.

    A change of digits then moves no label, and places are reused.
    """
    widest = max(text_width(row["printed"], size=VALUE_SIZE) for row in rows)
    return tuple(
        (row["area_code"], text_width(row["name"], size=theme.SIZE_BODY), widest) for row in rows
    )


def _legend_ink(rows: list[dict[str, Any]]) -> str:
    """Return the ink of the classes' words; fainter where a month is still filling up."""
    is_open = any(row["status"] == "provisional" for row in rows)
    return theme.TEXT_3 if is_open else theme.TEXT_2


@drawn_once
def map_figure(
    values: pl.DataFrame,
    measure: Measure,
    outlines: Outlines,
    *,
    selected: str | None = None,
    reference_zh: str = "",
    size: tuple[int, int] = (520, 520),
) -> go.Figure:
    """Draw a map of areas in five fixed classes.

    Args:
        values: area_code, area_name, value (in the catalogue's unit, fractions for rates), label
            (the printed value), mark (worse, better, or empty), status.
        measure: what the value is; dark needs attention, without a polarity dark is more.
        outlines: of the areas; one without is not drawn.
        selected: code of the area with the thick outline.
        reference_zh: what the marks compare with, for instance 全市.
        size: nominal width, for the placement of labels, and height with the legend; in pixels.
    """
    rows = _rows(values, set(outlines.shapes.rings), measure)
    figure = new_figure(height=size[1], margin=(0, 0, 0, LEGEND_HEIGHT), click=True)
    if not rows:
        return say_instead(figure, t("chart.no_outline"))
    draw_legend(figure, measure, reference_zh=reference_zh, colour=_legend_ink(rows))
    placement = place_labels(
        outlines.shapes,
        _label_widths(rows),
        width=size[0],
        height=size[1] - LEGEND_HEIGHT,
        mark_room=MARK_ROOM if reference_zh else 0.0,
    )
    colours = theme.class_colours(measure.polarity)
    _areas(figure, rows, geojson_url=outlines.geojson_url, colours=colours, selected=selected)
    # A lone label among many bare areas reads as if it were the only one with a value.
    if 2 * len(placement.labels) >= len(rows):
        _write(figure, placement, rows)
    _frame(figure, placement.canvas)
    return figure


def _write(figure: go.Figure, placement: Placement, rows: list[dict[str, Any]]) -> None:
    by_code = {row["area_code"]: row for row in rows}
    _leaders(figure, placement)
    _texts(figure, placement, by_code)
    _marks(figure, placement, by_code)


def _frame(figure: go.Figure, canvas: Canvas) -> None:
    """Show exactly the canvas; `visible=False` keeps every base layer away."""
    west, south = canvas.lonlat((0, canvas.height))
    east, north = canvas.lonlat((canvas.width, 0))
    middle = canvas.lonlat((canvas.width / 2, canvas.height / 2))
    figure.update_geos(
        visible=False,
        projection_type="mercator",
        bgcolor="rgba(0,0,0,0)",
        lonaxis_range=[west, east],
        lataxis_range=[south, north],
        center={"lon": middle[0], "lat": middle[1]},
        domain={"x": [0, 1], "y": [0, 1]},
    )
