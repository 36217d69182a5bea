"""A figure as it was sent before: it can be sent again and read, not changed."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import orjson
import plotly.graph_objects as go
from plotly.io import to_json

from dashboard.charts.sheet import Sheet


class Printed(go.Figure):  # type: ignore[misc]
    """A figure out of its JSON; Plotly's objects are made only for whoever asks for them."""

    def __init__(self, content: bytes) -> None:
        object.__setattr__(self, "_content", content)

    @staticmethod
    def encoded(figure: go.Figure) -> bytes:
        """Return what is kept of a figure."""
        plain = figure.noted() if isinstance(figure, Sheet) else figure.to_dict()
        return str(to_json(plain, validate=False)).encode()

    @cached_property
    def _whole(self) -> go.Figure:
        return go.Figure(self.to_dict())

    @property
    def data(self) -> Any:
        """Return the traces."""
        return self._whole.data

    @property
    def layout(self) -> Any:
        """Return the layout."""
        return self._whole.layout

    @cached_property
    def kinds(self) -> frozenset[str]:
        """Return the types of its traces, for which no object of Plotly's is made."""
        return frozenset(trace["type"] for trace in self.to_dict()["data"])

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as plain data."""
        found: dict[str, Any] = orjson.loads(self._content)
        return found


def is_map(figure: go.Figure) -> bool:
    """Say whether a figure draws areas; what is printed or noted is not made Plotly's for it."""
    if isinstance(figure, Printed):
        return "choropleth" in figure.kinds
    traces = figure.noted()["data"] if isinstance(figure, Sheet) else figure.data
    return any(trace["type"] == "choropleth" for trace in traces)
