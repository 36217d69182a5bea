"""The county map: classes, states, marks, the chosen area, text from data."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard import theme
from dashboard.charts.base import CONFIG
from dashboard.charts.map import Outlines, map_figure
from dashboard.charts.map_legend import class_labels
from dashboard.charts.measure import Measure
from dashboard.charts.shapes import Shapes, read_shapes
from dashboard.theme import Polarity

HOSTILE = "<img src=x onerror=alert(1)>&<a href='http://192.0.2.1'>x</a>"
CLASSES = (0.20, 0.23, 0.26, 0.29)


def ring(west: float) -> list[list[float]]:
    return [[west, 34.0], [west, 35.0], [west + 1, 35.0], [west + 1, 34.0], [west, 34.0]]


SHAPES = read_shapes(
    {
        "features": [
            {
                "properties": {"code": code},
                "geometry": {"type": "Polygon", "coordinates": [ring(114.0 + i)]},
            }
            for i, code in enumerate(("410221", "410222", "410223"))
        ]
    }
)


def values(**changes: Any) -> pl.DataFrame:
    rows = [
        {"area_code": "410221", "area_name": "杞县", "value": 0.19, "label": "19.0"},
        {"area_code": "410222", "area_name": "通许县", "value": 0.26, "label": "26.0"},
        {"area_code": "410223", "area_name": "尉氏县", "value": 0.31, "label": "31.0"},
        {"area_code": "411371", "area_name": "无边界的区", "value": 0.31, "label": "31.0"},
    ]
    return pl.DataFrame([row | {"mark": "", "status": "final"} | changes for row in rows])


def draw(
    frame: pl.DataFrame,
    *,
    polarity: Polarity = "lower_is_better",
    shapes: Shapes = SHAPES,
    **options: Any,
) -> go.Figure:
    measure = Measure(unit_zh="%", decimals=1, polarity=polarity, classes=CLASSES)
    outlines = Outlines(geojson_url="./geo/S/410200.geojson", shapes=shapes)
    return map_figure(frame, measure, outlines, reference_zh="全市", **options)


def polygons(figure: go.Figure) -> list[go.Choropleth]:
    return [trace for trace in figure.data if trace.type == "choropleth"]


def fill_of(trace: go.Choropleth, code: str) -> str:
    z = trace.z[list(trace.locations).index(code)]
    share = (z - trace.zmin) / (trace.zmax - trace.zmin)
    return next(colour for edge, colour in reversed(trace.colorscale) if edge <= share)


def written(figure: go.Figure) -> list[go.Scattergeo]:
    """The layers of text: names, then values."""
    return [t for t in figure.data if t.type == "scattergeo" and t.mode == "text"]


def texts(figure: go.Figure) -> list[str]:
    found = [str(t) for trace in figure.data for t in (trace.text or ())]
    return found + [str(note.text) for note in figure.layout.annotations]


def test_each_area_gets_the_colour_of_its_class() -> None:
    main = polygons(draw(values()))[1]
    assert list(main.locations) == ["410221", "410222", "410223"]
    assert list(main.z) == [0, 3, 4]
    assert [fill_of(main, code) for code in main.locations] == [
        theme.SEQUENTIAL[0],
        theme.SEQUENTIAL[3],
        theme.SEQUENTIAL[4],
    ]


def test_where_high_is_good_low_is_dark() -> None:
    main = polygons(draw(values(), polarity="higher_is_better"))[1]
    assert fill_of(main, "410221") == theme.SEQUENTIAL[4]


def test_without_any_value_there_is_no_legend_and_the_map_has_its_room() -> None:
    empty = draw(values(value=None, status="missing").cast({"value": pl.Float64}))
    assert not empty.layout.annotations
    assert not empty.layout.shapes
    assert empty.layout.margin.b == 0
    one = values().with_columns(status=pl.Series(["final", *["suppressed"] * 3]))
    assert "单位：%" in str(draw(one).layout.annotations)


def test_nothing_is_fetched_from_outside() -> None:
    figure = draw(values())
    assert figure.layout.geo.visible is False
    assert CONFIG["topojsonURL"].startswith("./app/static/")
    assert all(trace.geojson == "./geo/S/410200.geojson" for trace in polygons(figure))
    assert all(trace.featureidkey == "properties.code" for trace in polygons(figure))


def test_an_area_without_polygon_is_not_drawn() -> None:
    for trace in polygons(draw(values())):
        assert "411371" not in trace.locations


@pytest.mark.parametrize(("status", "shown"), [("missing", "—"), ("suppressed", "＊")])
def test_an_area_without_value_is_white_and_says_so(status: str, shown: str) -> None:
    figure = draw(values(value=None, label="—", status=status, mark="worse"))
    (_, unknown) = polygons(figure)
    assert fill_of(unknown, "410221") == theme.NO_DATA
    printed = written(figure)[1]
    assert set(printed.text) == {shown}
    assert not [trace for trace in figure.data if trace.name == "worse"]


def test_the_chosen_area_is_outlined_last_in_its_own_colour() -> None:
    chosen = polygons(draw(values(), selected="410222"))[-1]
    assert list(chosen.locations) == ["410222"]
    assert (chosen.marker.line.width, chosen.marker.line.color) == (4, theme.TEXT_1)
    assert fill_of(chosen, "410222") == theme.SEQUENTIAL[3]


def test_a_click_carries_the_area_code_and_fades_nothing() -> None:
    figure = draw(values(), selected="410222")
    for trace in polygons(figure):
        assert list(trace.customdata) == list(trace.locations)
        assert trace.unselected.marker.opacity == 1


def test_marks_stand_only_beside_claimed_areas() -> None:
    frame = values().with_columns(mark=pl.Series(["better", "", "worse", ""], dtype=pl.String))
    traces = {trace.name: trace for trace in draw(frame).data}
    assert len(traces["better"].lon) == len(traces["worse"].lon) == 1
    assert traces["better"].marker.symbol == "circle"
    assert traces["worse"].marker.symbol == "diamond"
    assert 114 < traces["better"].lon[0] < 115
    assert 116 < traces["worse"].lon[0] < 117


def test_text_is_white_on_dark_and_black_on_light() -> None:
    names = written(draw(values()))[0]
    assert list(names.textfont.color) == [theme.TEXT_1, theme.CARD, theme.CARD]


def test_provisional_values_look_paler() -> None:
    figure = draw(values(status="provisional"))
    names = written(figure)[0]
    assert names.textfont.color[0] == theme.TEXT_3
    limits = next(note for note in figure.layout.annotations if "20.0～22.9" in note.text)
    assert limits.font.color == theme.TEXT_3


def test_on_a_crowded_map_values_stand_alone_where_names_do_not_fit() -> None:
    codes = [f"4102{i:02}" for i in range(20)]
    shapes = read_shapes(
        {
            "features": [
                {
                    "properties": {"code": code},
                    "geometry": {"type": "Polygon", "coordinates": [ring(114.0 + i % 5)]},
                }
                for i, code in enumerate(codes)
            ]
        }
    )
    long_name = {"area_name": "名称很长的经济技术开发区"}
    row = values(**long_name).to_dicts()[0]
    frame = pl.DataFrame([row | {"area_code": code} for code in codes])
    (_, _, bare) = written(draw(frame, shapes=shapes))
    assert set(bare.text) == {"19.0"}


def test_a_brief_name_leaves_the_kind_away_and_keeps_two_characters() -> None:
    codes = [f"4102{i:02}" for i in range(20)]
    outlines = [
        {
            "properties": {"code": code},
            "geometry": {"type": "Polygon", "coordinates": [ring(114.0 + i)]},
        }
        for i, code in enumerate(codes)
    ]
    names = ["通许县", "顺河区", "长葛市", "杞县", "镇平镇", *["名称很长的经济技术开发区"] * 15]
    row = values().to_dicts()[0]
    frame = pl.DataFrame(
        [row | {"area_code": c, "area_name": n} for c, n in zip(codes, names, strict=True)]
    )
    figure = draw(frame, shapes=read_shapes({"features": outlines}), size=(940, 300))
    brief = {name for trace in written(figure) for name in trace.text}
    assert {"通许", "顺河", "长葛", "杞县"} <= brief


def test_hostile_names_are_inert_text() -> None:
    for text in texts(draw(values(area_name=HOSTILE))):
        assert "<img" not in text
        assert "<a " not in text


def test_a_map_without_outlines_says_so() -> None:
    figure = draw(values().filter(pl.col("area_code") == "411371"))
    assert not polygons(figure)
    assert any("不绘地图" in text for text in texts(figure))


def test_class_limits_are_printed_in_the_unit_and_do_not_overlap() -> None:
    assert class_labels(CLASSES, unit_zh="%", decimals=1) == [
        "&lt;20.0",
        "20.0～22.9",
        "23.0～25.9",
        "26.0～28.9",
        "≥29.0",
    ]
    assert class_labels((5, 10, 20, 40), unit_zh="所", decimals=0)[:2] == ["&lt;5", "5～9"]


def test_the_legend_explains_marks_only_where_there_is_a_polarity() -> None:
    with_marks = " ".join(texts(draw(values())))
    assert "差于全市（经检验）" in with_marks
    assert "深色＝更需关注" in with_marks
    without = " ".join(texts(draw(values(), polarity="none")))
    assert "优于" not in without
    assert "更需关注" not in without


def test_no_text_is_smaller_than_sixteen_pixels() -> None:
    figure = draw(values())
    sizes = [note.font.size for note in figure.layout.annotations]
    sizes += [size for trace in written(figure) for size in trace.textfont.size]
    assert min(sizes) >= 16


def test_a_map_too_small_for_most_labels_carries_none() -> None:
    assert written(draw(values(), size=(520, 520)))
    assert not written(draw(values(), size=(28, 80)))
