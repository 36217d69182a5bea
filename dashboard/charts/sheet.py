"""A figure that stays plain data until somebody asks for Plotly's objects.

Plotly validates and copies the whole layout at every change, and each trace several times: an empty
chart with its axes took nine milliseconds, fifty texts a second, half of a page was checking
traces. A sheet notes what is drawn and sends it as it is; whoever reads `layout` or `data` gets
Plotly's own checked objects. A test checks what every page sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import plotly.graph_objects as go
import polars as pl

# What Plotly makes of `template="none"`.
NO_TEMPLATE: dict[str, Any] = {"data": {"scatter": [{"type": "scatter"}]}}


# The only properties of a layout with an underscore; in other names it leads a level down.
WHOLE_NAMES = frozenset({"paper_bgcolor", "plot_bgcolor"})


def _put(into: dict[str, Any], changes: Mapping[str, Any]) -> None:
    """Set changes in place, level by level; None takes a property away, as Plotly has it."""
    for name, value in changes.items():
        if "_" in name and name not in WHOLE_NAMES:
            outer, _, inner_name = name.partition("_")
            _put(into, {outer: {inner_name: value}})
        elif isinstance(value, dict):
            inner = into.setdefault(name, {})
            _put(inner, value)
        elif value is None:
            into.pop(name, None)
        elif isinstance(value, pl.Series):
            into[name] = value.to_list()
        else:
            into[name] = value


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    _put(plain, options)
    return plain


class Sheet(go.Figure):  # type: ignore[misc]
    """A figure that takes its axes, texts and shapes at once."""

    def __init__(self, **options: Any) -> None:
        # Plotly's own beginning is left out: it builds and checks an empty figure first.
        self._wanted: dict[str, Any] = {"template": NO_TEMPLATE}
        self._texts: list[dict[str, Any]] = []
        self._strokes: list[dict[str, Any]] = []
        self._traces: list[dict[str, Any]] = []
        self._checked: go.Figure | None = None
        self.update_layout(**options)

    def _changed(self) -> Sheet:
        self._checked = None
        return self

    def _add(self, kind: str, options: Mapping[str, Any]) -> Sheet:
        self._traces.append({"type": kind, **_plain(options)})
        return self._changed()

    def add_scatter(self, **trace: Any) -> Sheet:
        """Note points or a line."""
        return self._add("scatter", trace)

    def add_bar(self, **trace: Any) -> Sheet:
        """Note bars."""
        return self._add("bar", trace)

    def add_sankey(self, **trace: Any) -> Sheet:
        """Note flows."""
        return self._add("sankey", trace)

    def add_choropleth(self, **trace: Any) -> Sheet:
        """Note the coloured areas of a map."""
        return self._add("choropleth", trace)

    def add_scattergeo(self, **trace: Any) -> Sheet:
        """Note points or lines on a map."""
        return self._add("scattergeo", trace)

    def add_annotation(self, **annotation: Any) -> Sheet:
        """Note a text."""
        self._texts.append(_plain(annotation))
        return self._changed()

    def add_shape(self, **shape: Any) -> Sheet:
        """Note a shape."""
        self._strokes.append(_plain(shape))
        return self._changed()

    def update_layout(self, changes: Mapping[str, Any] | None = None, **options: Any) -> Sheet:
        """Note changes of the layout."""
        _put(self._wanted, {**(changes or {}), **options})
        return self._changed()

    def _update_all(self, prefix: str, options: Mapping[str, Any]) -> Sheet:
        names = [prefix, *(name for name in self._wanted if name.startswith(prefix))]
        return self.update_layout(dict.fromkeys(names, options))

    def update_xaxes(self, **options: Any) -> Sheet:
        """Note changes of every horizontal axis."""
        return self._update_all("xaxis", options)

    def update_yaxes(self, **options: Any) -> Sheet:
        """Note changes of every vertical axis."""
        return self._update_all("yaxis", options)

    def update_geos(self, **options: Any) -> Sheet:
        """Note changes of the map."""
        return self._update_all("geo", options)

    @property
    def wanted(self) -> Mapping[str, Any]:
        """Return the layout as noted so far, unchecked, without texts and shapes."""
        return self._wanted

    def _noted(self) -> dict[str, Any]:
        noted = dict(self._wanted)
        if self._texts:
            noted["annotations"] = self._texts
        if self._strokes:
            noted["shapes"] = self._strokes
        return noted

    def _as_plotly_has_it(self) -> go.Figure:
        if self._checked is None:
            self._checked = go.Figure(self.to_dict())
        return self._checked

    @property
    def layout(self) -> Any:
        """Return the layout as Plotly checked it; to read, changes of it are not kept.

        Raises:
            ValueError: Plotly knows no such property or value.
        """
        return self._as_plotly_has_it().layout

    @property
    def data(self) -> Any:
        """Return the traces as Plotly checked them; to read, changes of them are not kept.

        Raises:
            ValueError: Plotly knows no such property or value.
        """
        return self._as_plotly_has_it().data

    def noted(self) -> dict[str, Any]:
        """Return the figure as noted so far, shared with the sheet: to read."""
        return {"data": self._traces, "layout": self._noted()}

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as plain data of its own."""
        return deepcopy(self.noted())
