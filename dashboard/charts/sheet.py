"""A figure whose layout stays plain data until somebody asks for it.

Plotly validates and copies the whole layout at every change: an empty chart with its axes took nine
milliseconds, fifty texts a second. A sheet notes the changes and sends them as they are; whoever
reads `layout` gets Plotly's own checked object. A test checks what every page sends.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import plotly.graph_objects as go

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
        elif isinstance(value, Mapping):
            inner = into.setdefault(name, {})
            _put(inner, value)
        elif value is None:
            into.pop(name, None)
        else:
            into[name] = value


def _plain(options: Mapping[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    _put(plain, options)
    return plain


class Sheet(go.Figure):  # type: ignore[misc]
    """A figure that takes its axes, texts and shapes at once."""

    def __init__(self, **options: Any) -> None:
        self._wanted: dict[str, Any] = {"template": NO_TEMPLATE}
        self._texts: list[dict[str, Any]] = []
        self._strokes: list[dict[str, Any]] = []
        self._is_settled = True  # Plotly looks at its own empty layout while it sets itself up
        super().__init__()
        self.update_layout(**options)

    def add_annotation(self, **annotation: Any) -> Sheet:
        """Note a text."""
        self._texts.append(_plain(annotation))
        self._is_settled = False
        return self

    def add_shape(self, **shape: Any) -> Sheet:
        """Note a shape."""
        self._strokes.append(_plain(shape))
        self._is_settled = False
        return self

    def update_layout(self, changes: Mapping[str, Any] | None = None, **options: Any) -> Sheet:
        """Note changes of the layout."""
        _put(self._wanted, {**(changes or {}), **options})
        self._is_settled = False
        return self

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

    @property
    def layout(self) -> Any:
        """Return the layout as Plotly checked it; to read, changes of it are not kept.

        Raises:
            ValueError: Plotly knows no such property or value.
        """
        if not self._is_settled:
            self._is_settled = True
            go.Figure.layout.fset(self, go.Layout(deepcopy(self._noted())))
        return super().layout

    def to_dict(self) -> dict[str, Any]:
        """Return the figure as plain data."""
        bare: dict[str, Any] = super().to_dict()
        return {**bare, "layout": deepcopy(self._noted())}
