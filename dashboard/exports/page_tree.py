"""Our own markup read back: a small tree of elements, for drawing and for tables of text."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from html.parser import HTMLParser

from dashboard.look.markup import VOID

BLOCKS = frozenset({"div", "br", "small", "tr", "td", "th", "dt", "dd"})
SUB = "sub"  # class of a second line in a cell


@dataclass
class Node:
    """An element, or a piece of text with the empty tag."""

    tag: str
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Node] = field(default_factory=list)

    @property
    def classes(self) -> frozenset[str]:
        """Return the classes of the element."""
        return frozenset(self.attributes.get("class", "").split())

    @property
    def is_block(self) -> bool:
        """Say whether the element starts a line of its own."""
        return self.tag in BLOCKS or SUB in self.classes

    def walk(self) -> Iterator[Node]:
        """Yield the element and all below it, in order."""
        yield self
        for child in self.children:
            yield from child.walk()

    def all(self, *, tag: str | None = None, cls: str | None = None) -> list[Node]:
        """Return the elements below with a tag and a class."""
        return [
            node
            for node in self.walk()
            if node is not self
            and (tag is None or node.tag == tag)
            and (cls is None or cls in node.classes)
        ]

    def first(self, *, tag: str | None = None, cls: str | None = None) -> Node | None:
        """Return the first of `all`."""
        return next(iter(self.all(tag=tag, cls=cls)), None)

    @property
    def words(self) -> str:
        """Return the text of the element in one line."""
        return " ".join(" ".join(self.lines).split())

    @property
    def lines(self) -> list[str]:
        """Return the text of the element, line by line."""
        found = [""]
        for child in self.children:
            if child.tag == "":
                found[-1] += child.text
            elif child.is_block:
                found += [*child.lines, ""]
            else:
                first, *others = child.lines or [""]
                found[-1] += first
                found += others
        return [" ".join(line.split()) for line in found if line.strip()]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Node("root")
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        node = Node(tag, attributes={name: value or "" for name, value in attrs})
        self.open[-1].children.append(node)
        if tag not in VOID:
            self.open.append(node)

    def handle_endtag(self, tag: str) -> None:
        if tag in {node.tag for node in self.open[1:]}:
            while self.open.pop().tag != tag:
                pass

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(Node("", text=data))


def read(markup: str) -> Node:
    """Read markup into a tree."""
    builder = _Builder()
    builder.feed(markup)
    builder.close()
    return builder.root


def is_running_text(node: Node) -> bool:
    """Say whether an element holds nothing but text and inline elements."""
    return all(not child.is_block and child.tag not in {"table", "dl"} for child in node.children)


@lru_cache(maxsize=256)
def svg_of(source: str) -> Node | None:
    """Read an image that is an SVG in its own address; None for any other."""
    found = re.fullmatch(r"data:image/svg\+xml;base64,(.+)", source)
    if found is None:
        return None
    return read(base64.b64decode(found.group(1)).decode()).first(tag="svg")


def rows_left(table: Node, shown: int) -> int:
    """Return how many rows follow the first `shown`, also where the page has only some of them.

    Rows that name a group are none.
    """
    rows = table.all(tag="tr")
    names = sum("group" in row.classes for row in rows[shown:])
    return int(table.attributes.get("aria-rowcount") or len(rows)) - shown - names
