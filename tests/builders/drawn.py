"""What a page drew, and a click on one of its marks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

Run = Callable[..., AppTest]


def html(app: AppTest) -> str:
    """Return everything that was put on the page as HTML, the style left out."""
    bodies = [element.proto.body for element in app.get("html")]
    return "\n".join(body for body in bodies if not body.startswith("<style>"))


def address(app: AppTest, key: str) -> str | None:
    """Return what the link says; AppTest gives a list or, unchanged, what was put in."""
    value = app.query_params.get(key)
    return value[-1] if isinstance(value, list) else value


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def chart(app: AppTest, key: str) -> dict[str, Any]:
    """Return the chart of a key, as it was drawn last."""
    found = [e for e in app.get("plotly_chart") if e.proto.id.endswith(f"-{key}")]
    spec: dict[str, Any] = json.loads(found[-1].proto.spec)
    return spec


def traces(app: AppTest, kind: str) -> list[dict[str, Any]]:
    return [trace for chart in charts(app) for trace in chart["data"] if trace["type"] == kind]


def notes(app: AppTest) -> list[str]:
    return [
        note["text"] for chart in charts(app) for note in chart["layout"].get("annotations", [])
    ]


def map_trace(app: AppTest) -> dict[str, Any]:
    return traces(app, "choropleth")[0]


def click(app: AppTest, key: str, code: str) -> AppTest:
    """Click a mark of a chart: send what the browser would send, so that the callback runs."""
    chart = next(e for e in app.get("plotly_chart") if e.proto.id.endswith(f"-{key}"))
    points = [{"customdata": code}]
    event = {"selection": {"points": points, "point_indices": [0], "box": [], "lasso": []}}
    before = app._tree.get_widget_states

    def with_click() -> WidgetStates:
        states = before()
        state = states.widgets.add()
        state.id, state.string_value = chart.proto.id, json.dumps(event)
        return states

    app._tree.get_widget_states = with_click  # type: ignore[method-assign]
    return app.run()
