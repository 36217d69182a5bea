"""HTML that is escaped by construction: text becomes markup only through `el`.

Names from registries may hold anything. Every string child and attribute is escaped here, and
`components.draw` accepts nothing but `Markup`, so no page can pass raw text by mistake.
"""

from __future__ import annotations

import base64
import html
import re
from collections.abc import Iterable
from functools import lru_cache

from dashboard.formats import DIRECTION_MARKS, visible

# What `text` changes: signs of markup, and marks of writing direction.
ODD = re.compile(f"[&<>\"']|{DIRECTION_MARKS}")
VOID = frozenset({"img", "br", "hr", "col"})


class Markup(str):
    """A string that is already safe HTML."""

    __slots__ = ()


Child = str | Iterable[str] | None


def text(value: object) -> Markup:
    """Escape one piece of text."""
    words = str(value)
    if ODD.search(words) is None:  # a table has thousands of pieces, hardly any of them odd
        return Markup(words)
    return Markup(html.escape(visible(words), quote=True))


def _piece(child: Child) -> str:
    """Return one child, escaped where it is not markup yet."""
    if type(child) is Markup:  # most of them: a page has thousands
        return child
    if isinstance(child, str):
        return text(child)
    if child is None:
        return ""
    return "".join([one if type(one) is Markup else text(one) for one in child])


def join(children: Iterable[str]) -> Markup:
    """Join children, escaping those that are not markup yet."""
    return Markup(_piece(children))


def el(tag: str, *children: Child, cls: str = "", **attributes: str | int | None) -> Markup:
    """Build one element; `None` attributes and children are left out."""
    shown = _classes(cls) if cls else ""
    for name, value in attributes.items():
        if value is not None:
            shown += f' {_attribute(name)}="{text(value)}"'
    if tag in VOID:
        return Markup(f"<{tag}{shown}>")
    inner = _piece(children[0]) if len(children) == 1 else "".join(map(_piece, children))
    return Markup(f"<{tag}{shown}>{inner}</{tag}>")


@lru_cache(maxsize=1_000)
def _classes(cls: str) -> str:
    return f' class="{text(cls)}"'


@lru_cache(maxsize=100)
def _attribute(name: str) -> str:
    return name.rstrip("_").replace("_", "-")


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
