"""How the picture's texts look, by the classes of our markup; the page's style sheet in small."""

from __future__ import annotations

from dashboard import theme

# Class of a cell -> its fill and its ink.
FILLS: dict[str, tuple[str, str]] = {
    "grade-A": (theme.CARD, theme.TEXT_1),
    "grade-B": (theme.SEQUENTIAL[0], theme.TEXT_1),
    "grade-C": (theme.SEQUENTIAL[1], theme.TEXT_1),
    "grade-D": (theme.SEQUENTIAL[3], theme.CARD),
    "grade-refused": (theme.SEQUENTIAL[4], theme.CARD),
    "grade-missing": (theme.SEQUENTIAL[4], theme.CARD),
    "grade-none": (theme.CARD, theme.TEXT_3),
}
INKS = {
    "bad": theme.WORSE,
    "worse": theme.WORSE,
    "good": theme.BETTER,
    "quiet": theme.TEXT_2,
    "card-side": theme.TEXT_3,
    "card-fraction": theme.TEXT_2,
    "strip-corner": theme.TEXT_3,
    "pair-name": theme.TEXT_2,
    "pair-side": theme.TEXT_3,
    "note": theme.TEXT_3,
    "state": theme.TEXT_2,
    "point-text": theme.TEXT_2,
    "panel-note": theme.TEXT_3,
    "def-subject": theme.TEXT_3,
}
# Chips of the classes of a map, by class of the element.
CHIPS: dict[str, tuple[str, str]] = {
    f"{name}-{n}": pair
    for name, fills, inks in (
        ("swatch", theme.SEQUENTIAL, theme.SEQUENTIAL_INK),
        ("swatch-rev", theme.SEQUENTIAL[::-1], theme.SEQUENTIAL_INK[::-1]),
    )
    for n, pair in enumerate(zip(fills, inks, strict=True))
}
FILLS |= CHIPS  # a table in the colours of a map
SMALL = frozenset({"note", "card-side", "card-low", "strip-corner", "pair-side", "sub"})
STRONG = frozenset({"strong", "here", "pair-value", "point-title", "def-name", "sum", "group"})


def ink_of(classes: frozenset[str], default: str = theme.TEXT_1) -> str:
    """Return the ink of an element."""
    return next((INKS[name] for name in INKS if name in classes), default)


def size_of(classes: frozenset[str], default: int = theme.SIZE_BODY) -> int:
    """Return the size of an element's text in pixels."""
    if "point-title" in classes:
        return theme.SIZE_LABEL
    return theme.SIZE_NOTE if classes & SMALL else default


def weight_of(classes: frozenset[str]) -> int:
    """Return the weight of an element's text."""
    return 700 if classes & STRONG else 400
