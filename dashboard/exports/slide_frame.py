"""What stands around the panels of the picture: title band above, sources and snapshot below."""

from __future__ import annotations

from typing import Any

from dashboard import formats, origins, theme
from dashboard.exports import faces
from dashboard.exports.canvas import Box, Canvas, Ink
from dashboard.exports.collect import Contents
from dashboard.exports.rich_text import LEADING, said, shortened, wrapped
from dashboard.messages import t

WIDTH, SIDE = 1920, 36.0
FOOTER_TOP = 1026.0
TITLE, CLAIM = 40, 24
PILL = Box(1920 - SIDE - 108, 20, 108, 36)
SEPARATOR, BAR, ARROW = "　·　", "　\uff5c　", " \u203a "


def place_words(contents: Contents) -> str:
    """Return where and when: product, areas from the top, data date, settled months."""
    view = contents.view
    areas = ARROW.join(place.name for place in view.chain)
    day = t("frame.as_of", day=formats.day_with_weekday(view.data_date))
    past = t("frame.past_short") if view.is_past else ""
    parts = [view.settings.product_name_zh, past, areas, day, contents.dates]
    return BAR.join(part for part in parts if part)


def claim_words(contents: Contents) -> str:
    """Return the claim without what it says to do on the screen."""
    return said(contents.claim, ends="，。；")


def _claim_lines(contents: Contents) -> list[str]:
    """Return the claim in lines of its own; nothing if it stands beside the title."""
    title = faces.width(contents.title, size=TITLE, weight=700)
    if faces.width(claim_words(contents), size=CLAIM) <= WIDTH - 2 * SIDE - title - 28:
        return []
    return wrapped(claim_words(contents), size=CLAIM, room=WIDTH - 2 * SIDE, most=2)


def title_bottom(contents: Contents, *, is_first: bool) -> float:
    """Return where the title band ends; the claim stands on the first slide only."""
    lines = _claim_lines(contents) if is_first else []
    return 124.0 + len(lines) * CLAIM * LEADING


def draw_title(canvas: Canvas, contents: Contents, *, is_first: bool) -> None:
    """Draw the title band."""
    is_demo = contents.view.marts.is_demonstration
    room = WIDTH - 2 * SIDE - (PILL.width + 24 if is_demo else 0)
    words = shortened(place_words(contents), size=18, room=room)
    canvas.words(SIDE, 36, words, size=18, colour=theme.TEXT_2)
    if is_demo:
        canvas.box(PILL, theme.CARD, Ink(theme.WORSE), radius=4)
        middle = (PILL.left + PILL.width / 2, PILL.top + PILL.height / 2)
        canvas.words(*middle, t("frame.demo"), size=20, colour=theme.WORSE, align="center")
    title = shortened(contents.title, size=TITLE, room=WIDTH - 2 * SIDE, weight=700)
    wide = canvas.words(SIDE, 82, title, size=TITLE, colour=theme.TEXT_1, weight=700)
    if not is_first:
        return
    lines = _claim_lines(contents)
    if not lines:
        canvas.words(SIDE + wide + 28, 87, claim_words(contents), size=CLAIM, colour=theme.TEXT_1)
    for n, line in enumerate(lines):
        middle_of_line = 112.0 + CLAIM * LEADING * (n + 0.5)
        canvas.words(SIDE, middle_of_line, line, size=CLAIM, colour=theme.TEXT_1)


def source_words(contents: Contents) -> str:
    """Return the sources, with the mark of demonstration data before them."""
    view = contents.view
    parts = [t("frame.demo_footer")] if view.marts.is_demonstration else []
    return SEPARATOR.join([*parts, *origins.source_words(view, contents.sources)])


def snapshot_words(contents: Contents, *, has_map: bool) -> str:
    """Return the snapshot, and where a map stands whose outlines it is drawn on."""
    parts = [t("frame.snapshot", id=contents.view.marts.id)]
    return SEPARATOR.join([*parts, origins.boundary_words(contents.view)] if has_map else parts)


def draw_footer(
    canvas: Canvas, contents: Contents, *, number: str, has_map: bool, left_out: str = ""
) -> None:
    """Draw the last lines: sources, snapshot, which slide it is, and what others show."""
    size, first, right = theme.SIZE_NOTE, FOOTER_TOP + 20, WIDTH - SIDE
    canvas.line([(SIDE, FOOTER_TOP), (right, FOOTER_TOP)], Ink(theme.LINE))
    look: dict[str, Any] = {"size": size, "align": "right"}
    if number:
        right -= 28 + canvas.words(right, first, number, colour=theme.TEXT_2, weight=500, **look)
    words = snapshot_words(contents, has_map=has_map)
    right -= 36 + canvas.words(right, first, words, colour=theme.TEXT_3, **look)
    words = shortened(source_words(contents), size=size, room=right - SIDE)
    canvas.words(SIDE, first, words, size=size, colour=theme.TEXT_3)
    words = shortened(left_out, size=size, room=WIDTH - 2 * SIDE)
    canvas.words(SIDE, FOOTER_TOP + 40, words, size=size, colour=theme.TEXT_3)
