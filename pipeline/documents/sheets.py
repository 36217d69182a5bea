"""What every workbook of ours keeps to: wrapped lines have room, paper shows all columns."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

LINE_HEIGHT = 18  # points
_SLACK = 1.1  # lines break where a word or a mark allows it
_A4 = 9


def span(value: object) -> int:
    """Return how many characters wide a value is; Chinese ones count twice."""
    return sum(2 if char >= "\u2e80" else 1 for char in str(value))


def row_height(texts: Iterable[tuple[object, float]]) -> float:
    """Return the height in points of a row of texts, each with the width of its column.

    Not every program makes room for wrapped lines by itself.
    """
    lines = (math.ceil(span(text) * _SLACK / width) for text, width in texts if text is not None)
    return float(LINE_HEIGHT * max(1, *lines))


def print_whole(sheet: Any) -> None:
    """Print all columns of a sheet on the width of one page."""
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
