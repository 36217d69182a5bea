"""The flows of a Plotly Sankey trace whose nodes have fixed places."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from dashboard import theme
from dashboard.exports.canvas import Box, Canvas
from dashboard.exports.figure_axes import sequence
from dashboard.exports.figure_marks import nth

STEPS = 24  # points of a bent edge


@dataclass(frozen=True)
class Node:
    """One node in pixels."""

    x: float
    top: float
    height: float


def _sizes(link: Mapping[str, Any], count: int) -> list[float]:
    """Return the size of each node: what flows in or out, whichever is more."""
    into, out = [0.0] * count, [0.0] * count
    rows = zip(*(sequence(link.get(k)) for k in ("source", "target", "value")), strict=True)
    for source, target, value in rows:
        out[source] += value
        into[target] += value
    return [max(pair) for pair in zip(into, out, strict=True)]


def _nodes(trace: Mapping[str, Any], frame: Box) -> tuple[list[Node], float]:
    """Return the nodes and the pixels of one unit of flow."""
    node = trace["node"]
    xs, ys = sequence(node.get("x")), sequence(node.get("y"))
    sizes = _sizes(trace["link"], len(xs))
    columns: dict[float, list[int]] = defaultdict(list)
    for n, x in enumerate(xs):
        columns[x].append(n)
    pad = float(node.get("pad") or 0)
    unit = min(
        (frame.height - pad * (len(members) - 1)) / (sum(sizes[n] for n in members) or 1.0)
        for members in columns.values()
    )
    thick = float(node.get("thickness") or 20)
    found = [
        Node(
            frame.left + x * (frame.width - thick),
            frame.top + y * frame.height - size * unit / 2,
            size * unit,
        )
        for x, y, size in zip(xs, ys, sizes, strict=True)
    ]
    return found, unit


def _ribbon(
    start: tuple[float, float], end: tuple[float, float], thick: float
) -> list[tuple[float, float]]:
    """Return the outline of a flow between two upper corners."""
    share = np.linspace(0, 1, STEPS)
    bend = 3 * share**2 - 2 * share**3
    xs = start[0] + (end[0] - start[0]) * share
    ys = start[1] + (end[1] - start[1]) * bend
    upper = list(zip(xs.tolist(), ys.tolist(), strict=True))
    return [*upper, *((x, y + thick) for x, y in reversed(upper))]


def draw_sankey(canvas: Canvas, trace: Mapping[str, Any], frame: Box) -> None:
    """Draw flows, then nodes."""
    nodes, unit = _nodes(trace, frame)
    link = trace["link"]
    thick = float(trace["node"].get("thickness") or 20)
    rows = list(
        enumerate(zip(*(sequence(link.get(k)) for k in ("source", "target", "value")), strict=True))
    )
    tops: dict[int, dict[bool, float]] = {n: {} for n in range(len(nodes))}
    starts: dict[int, float] = {}
    ends: dict[int, float] = {}
    # Flows leave a node in the order of where they go, and arrive in the order whence they come.
    for n, (source, _, value) in sorted(rows, key=lambda r: (r[1][0], nodes[r[1][1]].top)):
        starts[n] = tops[source].get(True, nodes[source].top)
        tops[source][True] = starts[n] + value * unit
    for n, (_, target, value) in sorted(rows, key=lambda r: (r[1][1], nodes[r[1][0]].top)):
        ends[n] = tops[target].get(False, nodes[target].top)
        tops[target][False] = ends[n] + value * unit
    for n, (source, target, value) in rows:
        outline = _ribbon(
            (nodes[source].x + thick, starts[n]), (nodes[target].x, ends[n]), value * unit
        )
        canvas.area([outline], str(nth(link.get("color"), n, theme.NEUTRAL_FILL)))
    for n, node in enumerate(nodes):
        colour = str(nth(trace["node"].get("color"), n, theme.TEXT_2))
        canvas.box(Box(node.x, node.top, thick, max(node.height, 1)), colour)
