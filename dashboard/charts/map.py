"""The county map: five fixed classes, names and values, marks, the legend below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import new_figure, say_instead
from dashboard.charts.boxes import Canvas
from dashboard.charts.map_labels import placed, write_labels
from dashboard.charts.map_legend import LEGEND_HEIGHT, draw_legend
from dashboard.charts.measure import Measure
from dashboard.charts.shapes import Shapes
from dashboard.formats import DASH, SUPPRESSED, plain
from dashboard.messages import t
from dashboard.remembering import drawn_once

FEATURE_KEY = "properties.code"
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
    # Without any value there are no classes and no marks to explain.
    below = LEGEND_HEIGHT if any(row["index"] is not None for row in rows) else 0
    figure = new_figure(height=size[1], margin=(0, 0, 0, below), click=True)
    if not rows:
        return say_instead(figure, t("chart.no_outline"))
    if below:
        draw_legend(figure, measure, reference_zh=reference_zh, colour=_legend_ink(rows))
    placement = placed(
        rows,
        outlines.shapes,
        width=size[0],
        height=size[1] - below,
        has_marks=bool(reference_zh),
    )
    colours = theme.class_colours(measure.polarity)
    _areas(figure, rows, geojson_url=outlines.geojson_url, colours=colours, selected=selected)
    write_labels(figure, placement, rows)
    _frame(figure, placement.canvas)
    return figure


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
