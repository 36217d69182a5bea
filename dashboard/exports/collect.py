"""What the running page has drawn so far, kept by reference until somebody takes it along.

One page run collects into one `Contents`; every script thread has its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

import plotly.graph_objects as go
import polars as pl

from dashboard.charts.printed import is_map
from dashboard.formats import iso_day
from dashboard.look.markup import Markup
from dashboard.messages import t
from dashboard.view import View

# Roots of markup that are a card wherever they stand.
CARD_ROOTS = ('<div class="card"', '<div class="strip"')

IN_SESSION = "page-contents"  # key of the session's state: what the page shows that it ran last


@dataclass(frozen=True)
class Place:
    """Where a panel stands: the row of columns, and which of them."""

    row: int
    column: int


@dataclass(frozen=True)
class Table:
    """Numbers behind a panel; the frame has printed headers and is made when asked for."""

    name: str
    frame: Callable[[], pl.DataFrame]
    is_apart: bool = False  # a list of its own, not the numbers of what the panel draws


@dataclass
class Panel:
    """One white card of the page."""

    key: str
    title: str
    note: str
    height: int | None  # pixels; None takes what the content needs
    place: Place | None
    drawn: list[go.Figure | Markup] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    twins: list[Callable[[], None]] = field(default_factory=list)


@dataclass
class Contents:
    """What a page shows, top to bottom."""

    view: View
    title: str = ""
    claim: str = ""
    dates: str = ""
    sources: tuple[str, ...] = ()
    cards: list[Markup] = field(default_factory=list)
    rows: list[tuple[int, ...]] = field(default_factory=list)  # spans of each row of columns
    panels: list[Panel] = field(default_factory=list)

    def copied(self) -> Contents:
        """Return the same contents; a panel drawn again in one is not drawn again in the other."""
        return replace(self, cards=list(self.cards), rows=list(self.rows), panels=list(self.panels))

    def take_over(self, other: Contents) -> None:
        """Show what another page run showed."""
        self.title, self.claim, self.dates = other.title, other.claim, other.dates
        self.sources = other.sources
        self.cards, self.rows = list(other.cards), list(other.rows)
        self.panels = list(other.panels)

    @property
    def has_map(self) -> bool:
        """Say whether any panel so far draws a map."""
        drawn = (item for panel in self.panels for item in panel.drawn)
        return any(isinstance(item, go.Figure) and is_map(item) for item in drawn)

    def spans(self, panel: Panel) -> tuple[int, ...]:
        """Return the spans of the row in which a panel stands; alone it takes the whole width."""
        return (12,) if panel.place is None else self.rows[panel.place.row]


_page: ContextVar[Contents | None] = ContextVar("page", default=None)
_panel: ContextVar[Panel | None] = ContextVar("panel", default=None)
_place: ContextVar[Place | None] = ContextVar("place", default=None)
_taken: ContextVar[bool] = ContextVar("taken", default=False)


def begin(view: View) -> Contents:
    """Start the contents of a page run; what an earlier run left is forgotten."""
    contents = Contents(view)
    _page.set(contents)
    _panel.set(None)
    _place.set(None)
    return contents


def forget() -> None:
    """Forget the page that was drawn last."""
    _page.set(None)


def current() -> Contents | None:
    """Return the contents of the running page; None outside a page."""
    return _page.get()


def origin() -> dict[str, str]:
    """Return what tables of the running page say of themselves, by header; outside of none.

    Day and snapshot, and on demonstration data that they are invented.
    """
    page = _page.get()
    if page is None:
        return {}
    view = page.view
    demo = {t("frame.demo"): t("frame.demo_footer")} if view.marts.is_demonstration else {}
    return {t("export.day"): iso_day(view.data_date), t("export.snapshot"): view.marts.id} | demo


def band(*, title: str, claim: str, dates: str) -> None:
    """Note the title band."""
    page = _page.get()
    if page is not None:
        page.title, page.claim, page.dates = title, claim, dates


def has_map() -> bool:
    """Say whether the running page has drawn a map so far."""
    page = _page.get()
    return page is not None and page.has_map


def sources(names: Sequence[str]) -> None:
    """Note the sources that the footer names."""
    page = _page.get()
    if page is not None:
        page.sources = tuple(names)


def row_of(spans: Sequence[int]) -> int:
    """Note a row of columns and return its number."""
    page = _page.get()
    if page is None:
        return 0
    page.rows.append(tuple(spans))
    return len(page.rows) - 1


@contextmanager
def inside(place: Place) -> Iterator[None]:
    """Let panels drawn inside stand in a column."""
    token = _place.set(place)
    try:
        yield
    finally:
        _place.reset(token)


def current_place() -> Place | None:
    """Return where the next panel stands; None outside of columns."""
    return _place.get()


@contextmanager
def resumed(contents: Contents | None, place: Place | None) -> Iterator[None]:
    """Let a panel that is drawn again by itself take the place it had on the page."""
    page, inside_of = _page.set(contents), _place.set(place)
    try:
        yield
    finally:
        _page.reset(page)
        _place.reset(inside_of)


def _add(panels: list[Panel], found: Panel) -> None:
    """Add a panel; one drawn again replaces what it was."""
    for n, panel in enumerate(panels):
        if panel.key == found.key:
            panels[n] = found
            return
    panels.append(found)


@contextmanager
def panel(key: str, *, title: str, note: str, height: int | None) -> Iterator[None]:
    """Let what is drawn inside belong to one panel."""
    found = Panel(key, title, note, height, _place.get())
    page = _page.get()
    if page is not None:
        _add(page.panels, found)
    token = _panel.set(found)
    try:
        yield
    finally:
        _panel.reset(token)


def figure(drawn: go.Figure) -> None:
    """Note a chart of the open panel."""
    holder = _panel.get()
    if holder is not None:
        holder.drawn.append(drawn)


def markup(drawn: Markup) -> None:
    """Note a text or table of the open panel, or a card."""
    page, holder = _page.get(), _panel.get()
    if page is not None and drawn.startswith(CARD_ROOTS):
        page.cards.append(drawn)
    elif holder is not None:
        holder.drawn.append(drawn)


def table(name: str, frame: Callable[[], pl.DataFrame], *, is_apart: bool = False) -> None:
    """Note the numbers behind the open panel; a later table of the same name replaces it."""
    holder = _panel.get()
    if holder is None:
        return
    holder.tables = [found for found in holder.tables if found.name != name]
    holder.tables.append(Table(name, frame, is_apart))


def later(twin: Callable[[], None]) -> None:
    """Note what notes the numbers behind the open panel, once they are asked for."""
    holder = _panel.get()
    if holder is not None:
        holder.twins.append(twin)


def is_taken_along() -> bool:
    """Say whether a twin is asked for its numbers alone, with no page to draw on."""
    return _taken.get()


def tables_of(panel: Panel) -> list[Table]:
    """Return the numbers behind a panel, those of its twins first."""
    apart = replace(panel, tables=[])
    tokens = _panel.set(apart), _taken.set(True)
    try:
        for twin in panel.twins:
            twin()
    finally:
        _panel.reset(tokens[0])
        _taken.reset(tokens[1])
    names = {table.name for table in apart.tables}
    return apart.tables + [table for table in panel.tables if table.name not in names]
