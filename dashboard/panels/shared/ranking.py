"""The ranking that topic pages share: counties, or a county's townships, the neediest first."""

from __future__ import annotations

from functools import partial

from dashboard.blocks import block
from dashboard.charts.measure import Measure
from dashboard.charts.ranked import ranked_figure
from dashboard.charts.reference import Yardsticks
from dashboard.components import chart, notice, panel
from dashboard.messages import t
from dashboard.panels.shared import town_notes
from dashboard.panels.shared.topic_panels import follow, values_twin
from dashboard.places import Place
from dashboard.reading.topics import (
    labelled,
    period_words,
    ranked_places,
    reference_of,
    reference_words,
    target_of,
)
from dashboard.view import View

# Pixels of a panel's head, of a ranking's axis and legend, and of each of its rows.
HEAD, AXES, ROW, LEAST_ROW = 84, 68, 24, 22
FRAME = HEAD + AXES
LONG_NAME = 8  # characters; beside a longer one a phone has no room for the marks
STEP = 120  # few heights: the map beside has its labels placed anew for each


def ranking_height(view: View, *, least: int, counties_only: bool = False) -> int:
    """Return a panel's height in which every ranked row is seen, in steps up to a screen."""
    if view.meeting:
        return least
    places = view.counties if counties_only else ranked_places(view, view.indicator)
    is_by_quarter = not counties_only and places == town_notes.listed(view)
    needed = town_notes.height_of(len(places)) if is_by_quarter else FRAME + ROW * len(places)
    steps = max(-(-(needed - least) // STEP), 0)
    return min(least + STEP * steps, town_notes.MOST_HEIGHT)


@block
def ranking_panel(view: View, *, height: int, counties_only: bool = False) -> None:
    """Draw counties, or a county's townships, in order of need; a click follows.

    `counties_only`: below a county the denominators are too small for a rate to mean anything.
    """
    indicator = view.indicator
    places = view.counties if counties_only else ranked_places(view, indicator)
    above = view.county if places and places[0].level == "township" else view.reference
    frame = labelled(view, indicator, places, reference=above)
    period = period_words(view, indicator, places[0] if places else None)
    is_below = above is not None and above.level == "county"
    words = "" if counties_only else town_notes.words(view, indicator, frame)
    interval = "topic.interval_note" if indicator.form == "proportion" else "topic.no_interval"
    with panel(
        "ranking",
        title=t("topic.townships" if is_below else "topic.counties", n=len(places)),
        note=period if is_below and words else t(interval),
        height=height,
        twin=None
        if view.meeting
        else partial(values_twin, view, frame, key="ranking", period=period),
    ):
        room = height - FRAME - town_notes.note_height(words)
        drawn, words = town_notes.fitting(view, frame, words, room=room)
        room = height - HEAD - town_notes.note_height(words)
        figure = ranked_figure(
            drawn,
            Measure.of(indicator),
            beside=_yardsticks(view, above, beside=places[0] if places else None),
            selected=view.county.code if counties_only and view.county else view.area.code,
            height=room if view.meeting else max(room, AXES + LEAST_ROW * drawn.height),
        )
        name = t("topic.ranking_alt", name=indicator.name_zh)
        is_long = any(len(place) > LONG_NAME for place in drawn["short_name"])
        key = "ranking-long" if is_long else "ranking"
        chart(figure, key=key, alt=name, on_click=partial(follow, view))
        if words:
            notice(words, cls="note")


def _yardsticks(view: View, above: Place | None, *, beside: Place | None) -> Yardsticks:
    """Return what the ranked areas are measured by: the value above them, and its target."""
    return Yardsticks(
        reference=reference_of(view, view.indicator, above, beside=beside),
        reference_zh=reference_words(above),
        target=target_of(view, view.indicator, above) if above else None,
    )
