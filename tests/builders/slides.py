"""Panels and tables as pages collect them, of known heights."""

from __future__ import annotations

import plotly.graph_objects as go

from dashboard.exports.collect import Panel, Place
from dashboard.look import grids
from dashboard.look.markup import Markup, el


def panel_of(key: str, height: int = 200, *, place: Place | None = None, n: int = 1) -> Panel:
    """Return a panel of some charts of a height, named by its key."""
    found = Panel(key, key, "", None, place)
    found.drawn = [go.Figure(layout={"height": height}) for _ in range(n)]
    return found


def list_panel(key: str, rows: int) -> Panel:
    """Return a panel of a list of names, numbered from 1, and a note below it."""
    found = Panel(key, key, "", None, None)
    body = [grids.row([grids.cell(f"第{n}行"), grids.cell("在建")]) for n in range(1, rows + 1)]
    found.drawn = [grids.grid([grids.head("名称", "状态")], body, label="名单")]
    return found


def spanned_table(groups: int, size: int) -> Markup:
    """Return a table whose first column names groups of some rows."""
    rows = []
    for group in range(groups):
        first = el("th", f"组{group}", rowspan=size)
        rows.append(el("tr", first, el("td", f"{group}-0")))
        rows += [el("tr", el("td", f"{group}-{n}")) for n in range(1, size)]
    return grids.grid([grids.head("组", "项")], rows, label="表")
