"""Tables whose cells wrap and carry marks, as escaped HTML in a box that scrolls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dashboard.look.markup import Markup, div, el


def cell(*children: str, cls: str = "", title: str | None = None) -> Markup:
    """Build one cell of the body."""
    return el("td", children, cls=cls, title=title)


def head(*titles: str | tuple[str, str]) -> Markup:
    """Build a header row; a pair is a title and its class."""
    pairs = [title if isinstance(title, tuple) else (title, "") for title in titles]
    return el("tr", [el("th", title, cls=cls, scope="col") for title, cls in pairs])


def row(cells: Iterable[Markup], *, cls: str = "") -> Markup:
    """Build one row of the body."""
    return el("tr", cells, cls=cls)


def group_row(text: str, *, columns: int) -> Markup:
    """Build a row that names the rows below it."""
    return el("tr", el("th", text, colspan=columns, scope="rowgroup"), cls="group")


def grid(heads: Sequence[Markup], rows: Iterable[Markup], *, label: str, cls: str = "") -> Markup:
    """Build the table in its box; the box takes the keyboard, so that it can be scrolled by it."""
    table = el("table", el("thead", heads), el("tbody", rows), cls=f"ref {cls}".strip())
    return div(table, cls=f"ref-box {cls}".strip(), tabindex=0, role="region", aria_label=label)


def mark(kind: str) -> Markup:
    """Build the mark that stands before its words; the shape says the same as the words."""
    return el("i", cls=f"mk mk-{kind}", aria_hidden="true")


def small(text: str) -> Markup:
    """Build the quiet second line of a cell."""
    return el("small", text)


def folded(summary: str, content: Markup) -> Markup:
    """Put content behind a line that opens and closes it."""
    return el("details", el("summary", summary), content, cls="folded")


def pairs(items: Iterable[tuple[str, str | Markup]]) -> Markup:
    """Build a list of terms and what they are."""
    parts = [(el("dt", term), el("dd", text)) for term, text in items]
    return el("dl", [part for pair in parts for part in pair], cls="pairs")


def row_head(text: str) -> Markup:
    """Build the cell that names a row."""
    return el("th", text, scope="row")


def over_row(*titles: tuple[str, int, str]) -> Markup:
    """Build a header row above another: title, columns it spans, class."""
    return el("tr", [el("th", text, colspan=n, cls=cls) for text, n, cls in titles])
