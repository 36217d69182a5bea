from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest

from dashboard.charts.sheet import NO_TEMPLATE, Sheet


def checked(figure: go.Figure) -> dict[str, Any]:
    """Return the layout as Plotly itself would send it."""
    return dict(go.Figure(figure.to_dict()).to_dict()["layout"])


def test_a_sheet_sends_what_plotly_would_have_made_of_the_same_changes() -> None:
    figures = (Sheet(height=100), go.Figure(layout={"template": "none", "height": 100}))
    for figure in figures:
        figure.add_bar(x=[1], y=[2], marker_color="red", name=None)
        figure.add_scatter(x=[1], y=[2], mode="lines", line={"width": 2})
        figure.add_sankey(arrangement="fixed", node={"label": ["甲"]})
        figure.add_choropleth(locations=["1"], z=[2], colorbar_title_text="乙")
        figure.add_scattergeo(lon=[1], lat=[2], mode="text", text=["丙"])
        figure.update_layout(margin={"l": 1, "r": 2}, paper_bgcolor="red")
        figure.update_layout(margin_r=5, bargap=0)
        figure.update_layout({"xaxis2": {"range": [0, 1]}})
        figure.update_xaxes(visible=False, title_text="甲", linewidth=None)
        figure.update_yaxes(range=[0, 1], tickfont={"size": 16})
        figure.update_geos(lonaxis_range=[1, 2])
        figure.add_annotation(text="乙", x=1, font={"size": 3}, ax=None)
        figure.add_shape(type="line", x0=1, line_width=2)
    ours, plotlys = (figure.to_dict() for figure in figures)
    assert ours == plotlys


def test_plotlys_template_none_is_what_a_sheet_sends() -> None:
    assert go.Figure(layout={"template": "none"}).to_dict()["layout"]["template"] == NO_TEMPLATE


def test_the_layout_read_is_plotlys_own_and_follows_later_changes() -> None:
    figure = Sheet(height=100)
    assert figure.layout.height == 100
    figure.update_layout(height=120)
    figure.add_shape(type="line", x0=1)
    assert (figure.layout.height, len(figure.layout.shapes)) == (120, 1)
    assert figure.layout is figure.layout
    assert figure.wanted["height"] == 120


@pytest.mark.parametrize("wrong", [{"hight": 100}, {"height": "tall"}])
def test_a_mistake_shows_when_the_layout_is_read(wrong: dict[str, Any]) -> None:
    figure = Sheet(**wrong)
    with pytest.raises(ValueError, match=r"hight|tall"):
        _ = figure.layout


def test_what_was_sent_does_not_change_with_the_sheet() -> None:
    figure = Sheet(height=100)
    sent = figure.to_dict()
    figure.update_layout(height=120, margin={"l": 3})
    assert sent["layout"] == {"template": NO_TEMPLATE, "height": 100}
    assert checked(figure)["margin"] == {"l": 3}


def test_the_traces_read_are_plotlys_own_and_follow_later_ones() -> None:
    figure = Sheet(height=100)
    figure.add_bar(x=[1], y=[2])
    assert figure.data[0].y == (2,)
    figure.add_scatter(x=pl.Series([1, None]), y=[3, 4], line_width=2)
    assert [trace.type for trace in figure.data] == ["bar", "scatter"]
    assert figure.data[1].x == (1, None)
    assert figure.to_dict()["data"][1]["line"] == {"width": 2}


def test_a_mistake_in_a_trace_shows_when_it_is_read() -> None:
    figure = Sheet(height=100)
    figure.add_bar(heigth=[1])
    with pytest.raises(ValueError, match="heigth"):
        _ = figure.data
