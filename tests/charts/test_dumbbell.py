"""Two dates of each area on one line: order, marks, arrows only where they are claimed."""

from __future__ import annotations

import polars as pl
import pytest

from dashboard import theme
from dashboard.charts.dumbbell import dumbbell_figure
from dashboard.charts.measure import Measure

ROWS = pl.DataFrame(
    {
        "area_code": ["a", "b", "c", "d"],
        "area_name": ["甲县", "<乙>县", "丙县", "丁县"],
        "earlier_value": [0.25, 0.30, None, 0.28],
        "later_value": [0.30, 0.25, 0.20, 0.281],
        "earlier_label": ["25.0", "30.0", "—", "28.0"],
        "later_label": ["30.0", "25.0", "20.0", "28.1"],
        "earlier_status": ["final", "final", "suppressed", "final"],
        "later_status": ["final"] * 4,
        "change": [0.05, -0.05, None, 0.001],
        "change_label": ["+5.0", "−5.0", "—", "+0.1"],
        "mark": ["worse", "better", "none", "similar"],
    }
)


def figure(rows: pl.DataFrame = ROWS, **options: object) -> object:
    return dumbbell_figure(
        rows,
        Measure(unit_zh="%", decimals=1),
        names=("2024年3月", "2025年3月"),
        change_zh="个百分点",
        **options,  # type: ignore[arg-type]
    )


def traces(drawn: object) -> dict[str, object]:
    return {trace.name: trace for trace in drawn.data}  # type: ignore[attr-defined]


def test_the_earlier_dot_is_hollow_and_the_later_one_filled() -> None:
    found = traces(figure())
    assert list(found["earlier"].x) == pytest.approx([25, 30, 28])  # type: ignore[attr-defined]
    assert set(found["earlier"].marker.color) == {theme.CARD}  # type: ignore[attr-defined]
    assert list(found["later"].y) == [0, 1, 2, 3]  # type: ignore[attr-defined]
    assert list(found["later"].marker.symbol) == [  # type: ignore[attr-defined]
        "diamond",
        "circle",
        "circle",
        "circle",
    ]


def test_only_areas_with_both_dates_are_joined() -> None:
    assert list(traces(figure())["change"].y) == [  # type: ignore[attr-defined]
        *(0, 0, None),
        *(1, 1, None),
        *(3, 3, None),
    ]


def test_an_arrow_stands_only_where_a_change_is_claimed() -> None:
    texts = [note.text for note in figure().layout.annotations]  # type: ignore[attr-defined]
    assert [text for text in texts if "↗" in text or "↘" in text] == ["↗ +5.0", "↘ −5.0"]
    assert {"—", "+0.1", "个百分点"} <= set(texts)


def test_the_hover_tells_both_dates_and_no_markup() -> None:
    texts = traces(figure())["row"].text  # type: ignore[attr-defined]
    assert texts[1] == "<b>\uff1c乙\uff1e县</b><br>2024年3月 30.0<br>2025年3月 25.0<br>−5.0"
    assert "2024年3月 ＊" in texts[2]


def test_the_chosen_area_is_shaded() -> None:
    plain, chosen = figure(), figure(selected="d")
    assert len(chosen.layout.shapes) == len(plain.layout.shapes) + 1  # type: ignore[attr-defined]


def test_nothing_known_is_said() -> None:
    empty = ROWS.with_columns(
        earlier_value=pl.lit(None, dtype=pl.Float64), later_value=pl.lit(None, dtype=pl.Float64)
    )
    assert "没有" in figure(empty).layout.annotations[0].text  # type: ignore[attr-defined]
    assert figure(ROWS.clear()).layout.annotations  # type: ignore[attr-defined]
