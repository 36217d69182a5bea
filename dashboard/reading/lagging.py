"""Who certainly does worse than the whole, in the few words of a page's title."""

from __future__ import annotations

from dashboard.messages import t
from dashboard.places import Place
from dashboard.reading import findings, topics
from dashboard.reading.week import week_of
from dashboard.view import View
from pipeline.catalog import Indicator


def worse_places(view: View, indicator: Indicator, place: Place) -> list[Place]:
    """Return the areas that the gate calls worse than the whole, the neediest first.

    Those are counties of a city or of several, and below a city `place` alone.
    """
    whole = view.reference
    if whole is None:
        return []
    week = week_of(view)
    asked = (place,) if view.county is not None else view.counties
    worse = [p for p in asked if week.claimed(indicator.id, p.code, whole.code) == "worse"]
    values = topics.values_of(view, indicator, [p.code for p in worse])
    value_of = dict(values.select("area_code", "value").iter_rows())
    is_high = indicator.polarity == "lower_is_better"
    return sorted(worse, key=lambda p: (value_of[p.code] * (-1 if is_high else 1), p.code))


def worse_words(view: View, indicator: Indicator, place: Place) -> str:
    """Say who is worse (通许县、兰考县高于全市; 本县区 on its own page), or nothing."""
    worse = worse_places(view, indicator, place)
    if not worse:
        return ""
    names = findings.in_title([p.name for p in worse])
    if view.county is not None:
        names = t("topic.this_township" if place.level == "township" else "topic.this_county")
    is_high = indicator.polarity == "lower_is_better"
    return t(
        "finding.areas_high" if is_high else "finding.areas_low",
        names=names,
        name="",
        reference=topics.reference_words(view.reference),
    )
