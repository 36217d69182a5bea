"""What a page drew, and a click on one of its marks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

Run = Callable[..., AppTest]


def html(app: AppTest) -> str:
    """Return everything that was put on the page as HTML."""
    return "\n".join(element.proto.body for element in app.get("html"))


def address(app: AppTest, key: str) -> str:
    value = app.query_params[key]
    return value if isinstance(value, str) else value[0]


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def map_trace(app: AppTest) -> dict[str, Any]:
    return next(t for c in charts(app) for t in c["data"] if t["type"] == "choropleth")


def click(app: AppTest, key: str, code: str) -> None:
    """Click a mark of a chart: send what the browser would send, so that the callback runs."""
    chart = next(e for e in app.get("plotly_chart") if e.proto.id.endswith(f"-{key}"))
    event = {
        "selection": {
            "points": [{"customdata": code}],
            "point_indices": [0],
            "box": [],
            "lasso": [],
        }
    }
    before = app._tree.get_widget_states

    def with_click() -> WidgetStates:
        states = before()
        state = states.widgets.add()
        state.id, state.string_value = chart.proto.id, json.dumps(event)
        return states

    app._tree.get_widget_states = with_click  # type: ignore[method-assign]
    app.run()
