"""Colours as Plotly writes them, for matplotlib."""

from __future__ import annotations

from functools import lru_cache
from itertools import pairwise

from matplotlib.colors import to_hex, to_rgba

Colour = tuple[float, float, float, float]


@lru_cache(maxsize=512)
def colour_of(text: str) -> Colour:
    """Read #rrggbb, rgb(), rgba() or a name."""
    inner = text.strip()
    if inner.startswith("rgb"):
        numbers = [float(part) for part in inner[inner.index("(") + 1 : -1].split(",")]
        red, green, blue = (number / 255 for number in numbers[:3])
        return red, green, blue, numbers[3] if len(numbers) > 3 else 1.0
    red, green, blue, alpha = to_rgba(inner)
    return red, green, blue, alpha


def faded(text: str, opacity: float) -> str:
    """Return a colour made transparent by an opacity."""
    if opacity >= 1:
        return text
    red, green, blue, alpha = colour_of(text)
    return f"rgba({red * 255:.0f},{green * 255:.0f},{blue * 255:.0f},{alpha * opacity:.3f})"


def on_scale(share: float, scale: list[tuple[float, str]]) -> str:
    """Return the colour at a place (0 to 1) of a Plotly colour scale."""
    share = min(max(share, 0.0), 1.0)
    for (start, low), (end, high) in pairwise(scale):
        if start <= share <= end and end > start:
            part = (share - start) / (end - start)
            mixed = [
                a + (b - a) * part for a, b in zip(colour_of(low), colour_of(high), strict=True)
            ]
            return to_hex((mixed[0], mixed[1], mixed[2], mixed[3]))
    return scale[-1][1]
