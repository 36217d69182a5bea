"""Colours, type sizes and spacing of the pages; the only place that names a colour.

The palettes were chosen by contrast, lightness steps and colour-blind simulation; a test keeps
the check. Dark always means "needs more attention" on a map whose indicator has a polarity.
"""

from __future__ import annotations

from typing import Literal

PAGE, CARD, LINE, GRID, AXIS = "#F4F5F3", "#FFFFFF", "#D8DDDF", "#E7EAEB", "#7B8791"
TEXT_1, TEXT_2, TEXT_3 = "#17222B", "#44515C", "#5C6872"
ACCENT = "#12566B"
WORSE, WORSE_TINT = "#8F300B", "#FAEAE0"
BETTER, BETTER_TINT = "#1D6C98", "#E3F0F7"
SIMILAR = "#5C6872"
PROVISIONAL_BAND = "#EEEFEC"
NO_DATA = "#FFFFFF"
NEUTRAL_FILL = "#E0E5E0"
# A bar of all and the part of it in the middle, both behind a mark.
RANGE, MIDDLE = "#CFD8D6", "#9BADB0"

SEQUENTIAL = ("#E9F1F0", "#AFCFD1", "#74A9B2", "#3A7887", "#0C485B")
# Ink on each class.
SEQUENTIAL_INK = (TEXT_1, TEXT_1, TEXT_1, CARD, CARD)

DESTINATION = {
    "same_county": "#E0E5E0",
    "same_city": "#88BDAE",
    "same_province": "#3A7BA1",
    "other_province": "#2A2B5E",
}
CLINIC_STATUS = {
    "not_started": "#EDF0EF",
    "in_progress": "#A6C9C8",
    "completed": "#55949F",
    "accepted": "#0C485B",
}

FONT_FAMILY = (
    "'Noto Sans SC', 'Noto Sans Marks', 'Microsoft YaHei', 'PingFang SC', "
    "'Noto Sans CJK SC', sans-serif"
)
# Pixels.
SIZE_TITLE, SIZE_CLAIM, SIZE_VALUE, SIZE_UNIT = 32, 20, 54, 28
SIZE_CARD_TITLE, SIZE_LABEL, SIZE_BODY, SIZE_NOTE = 22, 20, 18, 16
GAP, PADDING, RADIUS = 18, 20, 6

Polarity = Literal["higher_is_better", "lower_is_better", "none"]


def class_colours(polarity: Polarity) -> tuple[str, ...]:
    """Return five fills in ascending order of value; reversed where high is good."""
    return SEQUENTIAL[::-1] if polarity == "higher_is_better" else SEQUENTIAL


def class_inks(polarity: Polarity) -> tuple[str, ...]:
    """Return the readable ink on each fill of `class_colours`."""
    return SEQUENTIAL_INK[::-1] if polarity == "higher_is_better" else SEQUENTIAL_INK


def class_of(value: float, classes: tuple[float, ...]) -> int:
    """Return 0-4: the class of a value; an edge belongs to the class above it."""
    return sum(value >= edge for edge in classes)
