"""The matrix of flows as a table: rows as high as the buttons that stand beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from dashboard.look import grids
from dashboard.look.markup import Markup, div, el, span

SHADES = (0.10, 0.20, 0.35)  # of a county's outflow, from which a cell is shaded darker


@dataclass(frozen=True, kw_only=True)
class Cell:
    """A printed number with its share below, and the share itself for the shade."""

    text: str
    below: str = ""
    share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Line:
    """One row: name, cells, and what they are parts of."""

    name: str
    cells: tuple[Cell, ...]
    total: str
    cls: str = ""


def shade(share: float | None) -> str:
    """Return the class of a cell's shade; small shares and unknown ones have none."""
    step = sum(share >= least for least in SHADES) if share is not None else 0
    return f"share-{step}" if step else ""


def _unseen(text: str) -> Markup:
    return span(text, cls="unseen")


def _row(line: Line) -> Markup:
    cells = [
        grids.cell(cell.text, grids.small(cell.below), cls=f"num {shade(cell.share)}".strip())
        for cell in line.cells
    ]
    head = el("th", _unseen(line.name), scope="row", cls="od-name")
    total = grids.cell(line.total, cls="num strong")
    return grids.row((head, *cells, total), cls=line.cls)


def matrix(
    tiers: Sequence[tuple[str, int]],
    ends: Sequence[str],
    lines: Sequence[Line],
    *,
    corner: str,
    total: str,
    label: str,
) -> Markup:
    """Build the table.

    Names of rows and tiers are buttons beside it on the page; here they are for those who hear
    the page and for what is taken along.

    Args:
        tiers: names with the number of columns below each.
        ends: names of the columns.
        lines: the rows.
        corner: what the rows are.
        total: head of the last column.
        label: of the table.
    """
    over = el(
        "tr",
        el("th", "", cls="od-name"),
        [el("th", _unseen(name), colspan=n, scope="colgroup") for name, n in tiers],
        el("th", ""),
        cls="od-over",
    )
    first = el("th", _unseen(corner), cls="od-name", scope="col")
    others = [el("th", name, cls="num", scope="col") for name in (*ends, total)]
    heads = el("tr", first, others)
    body = el("tbody", [_row(line) for line in lines])
    widths = el("colgroup", el("col", cls="od-name"), [el("col") for _ in (*ends, total)])
    table = el("table", widths, el("thead", over, heads), body, cls="od matrix", aria_label=label)
    return div(table, cls="od-box")
