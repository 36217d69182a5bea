"""Areas, clinics, devices and flows to draw, and what was written on a figure."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.device_grid import device_grid_figure
from dashboard.charts.measure import Measure
from dashboard.charts.ranked import ranked_figure

HOSTILE = "<img src=x onerror=alert(1)>&村"


def notes(figure: go.Figure) -> list[str]:
    return [str(note.text) for note in figure.layout.annotations]


def everything(figure: go.Figure) -> str:
    texts = [str(x) for trace in figure.data for x in (getattr(trace, "text", None) or ())]
    hover = [str(x) for trace in figure.data for x in (getattr(trace, "hovertext", None) or ())]
    return " ".join([*notes(figure), *texts, *hover])


def areas(**changes: Any) -> pl.DataFrame:
    rows = [("A", "甲县", 0.20, ""), ("B", "乙县", 0.30, "worse"), ("C", "丙县", 0.30, "better")]
    return pl.DataFrame(
        [
            {
                "area_code": code,
                "area_name": name,
                "value": value,
                "lower": value - 0.01,
                "upper": value + 0.02,
                "label": f"{value * 100:.1f}",
                "detail": "20／100",
                "mark": mark,
                "status": "final",
            }
            | changes
            for code, name, value, mark in rows
        ]
    )


def ranked(frame: pl.DataFrame, **options: Any) -> go.Figure:
    measure = Measure(unit_zh="%", decimals=1, polarity="lower_is_better")
    return ranked_figure(frame, measure, **options)


def trace(figure: go.Figure, name: str) -> Any:
    return next(one for one in figure.data if one.name == name)


def stacks(**changes: Any) -> pl.DataFrame:
    rows = [("A", "甲县", 0, 2, 3, 5), ("B", "乙县", 5, 5, 0, 0), ("C", "丙县", 0, 0, 0, 0)]
    names = ("area_code", "area_name", "not_started", "in_progress", "completed", "accepted")
    return pl.DataFrame([dict(zip(names, row, strict=True)) | changes for row in rows])


def devices(*rows: tuple[str, str, str, str, int | None]) -> pl.DataFrame:
    names = ("institution_code", "institution_name", "device_type", "state", "days_out")
    return pl.DataFrame(
        [dict(zip(names, row, strict=True)) for row in rows],
        schema_overrides={"days_out": pl.Int64},
    )


GRID = devices(
    ("I1", "甲卫生院", "dr", "in_use", None),
    ("I1", "甲卫生院", "colour_ultrasound", "in_use", None),
    ("I1", "甲卫生院", "biochemistry_analyser", "in_use", None),
    ("I1", "甲卫生院", "ct", "missing", None),
    ("I2", "乙卫生院", "dr", "repair", 63),
    ("I2", "乙卫生院", "colour_ultrasound", "in_use", None),
    ("I2", "乙卫生院", "biochemistry_analyser", "in_use", None),
    ("I3", "丙卫生院", "dr", "missing", 99),
    ("I3", "丙卫生院", "colour_ultrasound", "missing", None),
    ("I3", "丙卫生院", "biochemistry_analyser", "in_use", None),
)


def by_symbol(grid: pl.DataFrame, **options: int) -> dict[str, go.Scatter]:
    return {trace.marker.symbol: trace for trace in device_grid_figure(grid, **options).data}


def links(*rows: tuple[str, str, str, int]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "insured_county": county,
                "tier": tier,
                "destination_code": place,
                "destination_name": f"{place}市",
                "settlements": n,
            }
            for county, tier, place, n in rows
        ],
        schema_overrides={"settlements": pl.Int64},
    )


FLOWS = links(
    ("A", "same_city", "P", 600),
    ("A", "other_province", "Q", 200),
    ("B", "same_city", "P", 300),
    ("C", "same_province", "R", 20),
    ("D", "same_province", "R", 10),
)
NAMES = {"A": "甲县", "B": "乙县", "C": "丙县", "D": "丁县"}
