"""Text with a few tags, as Plotly and our markup write it: runs of one look, lines, wrapping."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html.parser import HTMLParser

from dashboard.exports import faces
from dashboard.exports.canvas import Align, Canvas

BOLD_TAGS = frozenset({"b", "strong", "th"})
COLOUR = re.compile(r"color:\s*([^;]+)")
ON_SCREEN = ("点击", "请用", "下载", "选择县区", "查看数据", "可改选")
LEADING = 1.3  # line height, of the size
ELLIPSIS = "…"
WIDE = r"\u2e80-\uffff\u2010-\u2027·"  # after each of these a line may end
# A line never begins with one of the first, and never ends with one of the others.
HANGING = (
    "，。、；：！？）”’》〉】"  # whose ink is narrow or at the left: may stand past a line's end
)
CLOSING, OPENING = f"{HANGING}％%／", "（“《〈【"
WORD = re.compile(rf"[{OPENING}]*(?:[{WIDE}]|[^\s{WIDE}]+)[{CLOSING}]*\s*|\s+")


@dataclass(frozen=True)
class Run:
    """A piece of text of one look; what is None is as the text around it."""

    text: str
    is_bold: bool = False
    colour: str | None = None


Line = tuple[Run, ...]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[list[Run]] = [[]]
        self.looks = [Run("")]
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self.lines.append([])
            return
        style = COLOUR.search(dict(attrs).get("style") or "")
        top = self.looks[-1]
        self.looks.append(
            replace(
                top,
                is_bold=top.is_bold or tag in BOLD_TAGS,
                colour=style.group(1).strip() if style else top.colour,
            )
        )
        self.tags.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in self.tags:
            while self.tags.pop() != tag:
                self.looks.pop()
            self.looks.pop()

    def handle_data(self, data: str) -> None:
        if data:
            self.lines[-1].append(replace(self.looks[-1], text=data))


def parse(text: str) -> list[Line]:
    """Read a text with tags into lines of runs."""
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return [tuple(line) for line in reader.lines]


def line_width(line: Line, *, size: float, weight: int = 400) -> float:
    """Return the width of a line in pixels."""
    return sum(
        faces.width(run.text, size=size, weight=700 if run.is_bold else weight) for run in line
    )


def write_line(
    canvas: Canvas,
    x: float,
    middle: float,
    line: Line,
    *,
    size: float,
    colour: str,
    weight: int = 400,
    align: Align = "left",
) -> float:
    """Write a line of runs; return its width."""
    wide = line_width(line, size=size, weight=weight)
    pen = x - {"left": 0.0, "center": wide / 2, "right": wide}[align]
    for run in line:
        pen += canvas.words(
            pen,
            middle,
            run.text,
            size=size,
            colour=run.colour or colour,
            weight=700 if run.is_bold else weight,
        )
    return wide


def shortened(text: str, *, size: float, room: float, weight: int = 400) -> str:
    """Cut a text that is wider than its room; the cut shows as an ellipsis."""
    if faces.width(text, size=size, weight=weight) <= room:
        return text
    kept = text
    while kept and faces.width(kept + ELLIPSIS, size=size, weight=weight) > room:
        kept = kept[:-1]
    return kept.rstrip() + ELLIPSIS


def _words(text: str) -> list[str]:
    """Cut a text where a line may end: after each Chinese character or Latin word and its marks."""
    return WORD.findall(text)


def wrapped(
    text: str, *, size: float, room: float, weight: int = 400, most: int | None = None
) -> list[str]:
    """Break a text into lines that fit; beyond `most` lines the last one ends in an ellipsis."""
    lines = [""]
    for word in _words(" ".join(text.split())):
        # The last mark of a line may hang over its end.
        seen = word.rstrip()
        seen = seen[:-1] if len(seen) > 1 and seen[-1] in HANGING else seen
        wide = faces.width(lines[-1] + seen, size=size, weight=weight)
        if lines[-1] and wide > room:
            lines.append(word.lstrip())
        else:
            lines[-1] += word
    if most is not None and len(lines) > most:
        lines = [*lines[: most - 1], "".join(lines[most - 1 :])]
        lines[-1] = shortened(lines[-1], size=size, room=room, weight=weight)
    return lines


def said(text: str, *, ends: str = "。；") -> str:
    """Return a text without the clauses that tell what to do on the screen.

    Args:
        text: of the page.
        ends: the characters that end a clause.
    """
    clauses = re.split(rf"(?<=[{ends}])", text)
    kept = "".join(c for c in clauses if not any(word in c for word in ON_SCREEN))
    return kept.rstrip("；，")
