"""The points of the week: at most five, the most pressing first, none stronger than its claim."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from dashboard.panels.overview import board
from dashboard.panels.overview.board import Facts
from dashboard.places import Place
from dashboard.queries.centres import centres_short_of_devices
from dashboard.reading import findings
from dashboard.reading.facts import Fact
from dashboard.reading.findings import Finding
from dashboard.reading.week import is_compared, week_of
from dashboard.view import View
from pipeline.catalog import Indicator

MOST, MOST_OF_AREAS = 5, 2


def points(view: View, own: Facts, others: Facts) -> list[Finding]:
    """Collect the points: what got worse, where, what registries lack, what got better.

    Where no test found anything the first point says so; what registries count still follows.
    """
    indicators = board.indicators(view)
    changes = [findings.change(own[i.id, view.area.code]) for i in indicators]
    moved = [finding for finding in changes if finding is not None]
    areas = _areas_in_need(view, others)
    facts = _registry_points(view, own)
    tested = [*(f for f in moved if f.mark == "worse"), *areas]
    improved = [f for f in moved if f.mark == "better"]
    if not tested and not improved:
        tests = week_of(view).tests
        tested = [findings.nothing(tests=tests) if _is_tested(view, own) else findings.no_values()]
    pressing = [f for f in facts if f.mark == "worse"]
    others_of_facts = [f for f in facts if f.mark != "worse"]
    return [*tested, *pressing, *improved, *others_of_facts][:MOST]


def _is_tested(view: View, own: Facts) -> bool:
    """Say whether a change of the area was judged, or its parts or itself held to the whole."""
    facts = [own[i.id, view.area.code] for i in board.indicators(view)]
    if any(fact.is_known and fact.change.verdict != "not_judged" for fact in facts):
        return True
    places = (view.county,) if view.county is not None else board.compared(view)
    return is_compared(week_of(view), board.indicators(view), places, view.reference)


def _areas_in_need(view: View, facts: Facts) -> list[Finding]:
    """Return two points that name areas: the county itself, or all that are compared.

    Of several cities together one point names cities and the other counties.
    """
    if view.county is not None:
        return _furthest(view, facts, (view.county,), most=MOST_OF_AREAS)
    if view.area.level != "group":
        return _furthest(view, facts, board.compared(view), most=MOST_OF_AREAS)
    cities = _furthest(view, facts, board.compared(view), most=1)
    counties = _furthest(view, facts, view.counties, most=MOST_OF_AREAS - len(cities))
    return [*cities, *counties]


def _furthest(view: View, facts: Facts, places: Sequence[Place], *, most: int) -> list[Finding]:
    """Return the indicators on which areas lie furthest beyond the material difference."""
    found: list[tuple[float, Finding]] = []
    for indicator in board.indicators(view):
        worse = [
            facts[indicator.id, place.code]
            for place in places
            if board.mark_of(view, indicator, place.code) == "worse"
        ]
        whole = facts.get((indicator.id, view.reference.code)) if view.reference else None
        names = {place.code: place.name for place in places}
        point = findings.areas_in_need(
            worse, names, reference=whole, reference_zh=board.reference_words(view)
        )
        if point is not None:
            found.append((_excess(worse, whole, indicator), point))
    found.sort(key=lambda pair: -pair[0])
    return [point for _, point in found[:most]]


def _excess(worse: Sequence[Fact], whole: Fact | None, indicator: Indicator) -> float:
    """Return the largest difference in units of the indicator's material difference."""
    other = (whole.reading.value if whole else None) or 0.0
    gaps = [abs((fact.reading.value or 0.0) - other) for fact in worse]
    return max(gaps) / indicator.material_difference


def _registry_points(view: View, own: Facts) -> list[Finding]:
    """Return what complete registries say: devices and clinics, as counts."""
    clinics = findings.clinics(own["standardised_clinic_rate", view.area.code])
    found = [_device_point(view, own["three_device_coverage", view.area.code]), clinics]
    return [finding for finding in found if finding is not None]


def _device_point(view: View, fact: Fact) -> Finding | None:
    """Return the point of the devices; which centres lack what is known of today alone.

    That is told by county: beside the one centre of a township it would count others.
    """
    if not view.is_latest or view.area.level == "township":
        return findings.devices(fact)
    counties = [place.code for place in board.shown_counties(view)]
    short = centres_short_of_devices(view.scan("devices"), counties=counties)
    names = {p.code: p.name for p in (*view.counties, *board.compared(view))}
    return findings.devices(
        fact,
        one_away=short.filter(pl.col("lacking") == 1).height,
        names=[names[c] for c in short["county_code"].unique(maintain_order=True)],
    )
