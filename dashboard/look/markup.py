"""HTML that is escaped by construction: text becomes markup only through `el`.

Names from registries may hold anything. Every string child and attribute is escaped here, and
`components.draw` accepts nothing but `Markup`, so no page can pass raw text by mistake.
"""

from __future__ import annotations

import base64
import html
from collections.abc import Iterable

from dashboard.formats import visible

VOID = frozenset({"img", "br", "hr", "col"})


class Markup(str):
    """A string that is already safe HTML."""

    __slots__ = ()


Child = str | Iterable[str] | None


def text(value: object) -> Markup:
    """Escape one piece of text."""
    return Markup(html.escape(visible(value), quote=True))


def join(children: Iterable[str]) -> Markup:
    """Join children, escaping those that are not markup yet."""
    return Markup("".join(c if isinstance(c, Markup) else text(c) for c in children))


def _flatten(child: Child) -> Markup:
    if child is None:
        return Markup("")
    return join([child] if isinstance(child, str) else child)


def el(tag: str, *children: Child, cls: str = "", **attributes: str | int | None) -> Markup:
    """Build one element; `None` attributes and children are left out."""
    pairs = {"class": cls or None, **attributes}
    shown = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{text(value)}"'
        for name, value in pairs.items()
        if value is not None
    )
    if tag in VOID:
        return Markup(f"<{tag}{shown}>")
    inner = "".join(_flatten(child) for child in children)
    return Markup(f"<{tag}{shown}>{inner}</{tag}>")


def div(*children: Child, cls: str = "", **attributes: str | int | None) -> Markup:
    """Build a div."""
    return el("div", *children, cls=cls, **attributes)


def span(*children: Child, cls: str = "", **attributes: str | int | None) -> Markup:
    """Build a span."""
    return el("span", *children, cls=cls, **attributes)


def svg_image(svg: str, *, alt: str, cls: str = "", width: int, height: int) -> Markup:
    """Embed an SVG as an image; Streamlit drops inline SVG, and an image runs no script."""
    payload = base64.b64encode(svg.encode()).decode()
    return el(
        "img",
        cls=cls,
        src=f"data:image/svg+xml;base64,{payload}",
        alt=alt,
        width=width,
        height=height,
    )
