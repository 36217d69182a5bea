"""What stands beside figures of townships: their time, what is hidden, what names no township."""

from __future__ import annotations

from typing import Any

import polars as pl

from dashboard import formats, freshness
from dashboard.charts.ranked import in_order_of_need
from dashboard.messages import t
from dashboard.places import Place
from dashboard.reading import topics
from dashboard.view import View
from pipeline.catalog import Indicator
from pipeline.contracts.words import UNPLACED

LINE, CHARACTERS = 24, 36  # of a note in the narrowest panel
MOST_HEIGHT = 960
FEN = 100
MEETING_ROW, LEAST_ROW = 22, 20  # pixels; in less the names lie over each other


def listed(view: View) -> tuple[Place, ...]:
    """Return the townships that a list of the page's indicator shows by quarter, if it does."""
    by_quarter = view.catalogue.is_by_quarter(view.indicator)
    return topics.towns_of(view, view.indicator) if by_quarter else ()


def note_height(words: str) -> int:
    """Return the room that a note needs under a figure."""
    return 16 + LINE * -(-len(words) // CHARACTERS) if words else 0


def height_of(towns: int) -> int:
    """Return a panel's height in which every township is seen, up to a screen of them."""
    return min(84 + 16 + 2 * LINE + 68 + 27 * towns, MOST_HEIGHT)


def fitting(view: View, frame: pl.DataFrame, words: str, *, room: int) -> tuple[pl.DataFrame, str]:
    """Return the rows that a meeting's panel has room for, the neediest, and what then is said.

    A screen that is shown to all cannot be scrolled; elsewhere all rows are drawn.

    Args:
        view: of the page.
        frame: the rows, in any order.
        words: what is said of them, for whose lines `room` already gives way.
        room: pixels for the rows.
    """
    if not view.meeting or LEAST_ROW * frame.height <= room:
        return frame, words
    left = room + note_height(words) - note_height(t("towns.first", n=frame.height) + words)
    rows = in_order_of_need(frame, view.indicator.polarity).head(max(left // MEETING_ROW, 1))
    return rows, t("towns.first", n=rows.height) + words


def words(view: View, indicator: Indicator, frame: pl.DataFrame) -> str:
    """Say what a list of townships leaves out; nothing for lists of counties, and of other kinds.

    `frame` are the values listed: area_code, status.
    """
    if view.county is None or not view.catalogue.is_by_quarter(indicator):
        return ""
    if not freshness.was_sent(view, "settlements"):
        return ""
    if not topics.towns_of(view, indicator):
        return t("towns.none" if has_quarter(view) else "towns.early")
    hidden = frame.filter(pl.col("status") == "suppressed").height
    parts = [t("towns.hidden", n=hidden) if hidden else "", _unplaced(view, indicator)]
    interval = t("topic.interval_note") + "。" if indicator.form == "proportion" else ""
    return t("towns.note") + interval + "".join(parts)


def has_quarter(view: View) -> bool:
    """Say whether a first quarter is complete: before it nothing is known of any township."""
    return view.quarter_month >= view.marts.months[0]


def _unplaced(view: View, indicator: Indicator) -> str:
    """Say how much of the county names no township of it."""
    assert view.county is not None  # asked above
    code = view.county.code + UNPLACED
    row = topics.year_to(view, indicator, [code], month=view.quarter_month).row(0, named=True)
    if row["status"] == "suppressed":
        return t("towns.unplaced_hidden")
    return t("towns.unplaced", n=_amount(row, indicator)) if row["denominator"] else ""


def _amount(row: dict[str, Any], indicator: Indicator) -> str:
    if indicator.form == "money_share":
        return f"{formats.compact(row['denominator'] / FEN)}元"
    return f"{formats.count(row['denominator'])}{indicator.count_unit_zh}"
