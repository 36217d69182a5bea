"""The strip of four cards at the top of a topic page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboard import formats
from dashboard.components import draw
from dashboard.exports import collect
from dashboard.look import cards as look
from dashboard.look.markup import Markup, div, span
from dashboard.messages import t
from dashboard.places import Place
from dashboard.queries import measures
from dashboard.reading import measured, topics
from dashboard.reading.facts import Fact, read_facts
from dashboard.view import View
from pipeline.catalog import Indicator
from pipeline.methods.claims import Mark
from pipeline.methods.periods import month_end, previous_month

UNCHANGED = "0.个百分点%所家人次件"  # what is left of a change that rounds to nothing
LONG = 7  # characters; longer values are set smaller
LONG_LABEL = 14  # characters; beside a longer one the verdict stands lower


@dataclass(frozen=True, kw_only=True)
class Card:
    """What one card prints: all of it text, and which mark stands before the distance."""

    label: str
    value: str
    unit: str
    lines: tuple[str, ...] = ()
    verdict: tuple[str, str] = ("", "")  # its words and their class
    target: str | None = None  # None: a card that has no place for one
    distance: tuple[Mark, str] = ("none", "")
    is_pair: bool = False


def draw_cards(cards: Sequence[Card]) -> None:
    """Draw the cards side by side, equally wide, as one element of the page."""
    framed = []
    for card in cards:
        strip = _markup(card)
        collect.markup(strip)
        framed.append(div(strip, cls="strip-card strip-pair" if card.is_pair else "strip-card"))
    draw(div(framed, cls="strips"), taken_along=False)


def _markup(card: Card) -> Markup:
    lines = [div(line) for line in card.lines]
    # Two values have one size on every page, whichever of them is hidden.
    is_small = card.is_pair or len(card.value) > LONG
    left = div(
        div(card.label, cls="strip-label"),
        div(
            span(card.value, cls="strip-value strip-long" if is_small else "strip-value"),
            span(card.unit, cls="strip-unit"),
        ),
    )
    is_long = len(card.label) > LONG_LABEL
    said, tone = card.verdict
    verdict = span(said, cls=f"card-verdict {tone}") if said else None
    corner = div("\u3000" if is_long or not said else verdict, cls="strip-corner")
    right = div(corner, lines, cls="strip-side")
    if card.target is None:
        return div(left, right, cls="strip")
    mark, words = card.distance
    foot = div(
        span(span(card.target or "\u3000"), verdict if is_long else None, cls="card-side"),
        span(look.mark_image(mark), span(words), cls=f"card-distance {look.DISTANCE_CLASS[mark]}"),
        cls="strip-foot",
    )
    return div(left, right, foot, cls="strip")


def indicator_cards(view: View, ids: Sequence[str]) -> list[Card]:
    """Describe indicators of the area, what is known of them asked at once."""
    indicators = [view.catalogue.indicators[id_] for id_ in ids]
    places = {one.id: topics.headline_place(view, one) for one in indicators}
    facts: dict[tuple[str, str], Fact] = {}
    for has_pace in (True, False):  # the history alone tells a pace
        asked = [one for one in indicators if measured.is_registry(one) == has_pace]
        areas = sorted({places[one.id].code for one in asked})
        if asked:
            facts |= read_facts(view, indicators=asked, areas=areas, history=has_pace)
    return [_indicator_card(view, places[i.id], facts[i.id, places[i.id].code]) for i in indicators]


def _indicator_card(view: View, place: Place, fact: Fact) -> Card:
    """Describe one indicator: value, numerator and denominator, change, target."""
    indicator = fact.indicator
    row = topics.values_of(view, indicator, [place.code]).row(0, named=True)
    lines = [look.fraction_words(fact)] if row["denominator"] is not None else []
    if row["value"] is None:  # a dash says why
        lines = [t(f"status.{row['status']}")]
    is_judged = fact.is_known and fact.change.verdict != "not_judged"
    if measured.is_registry(indicator) and not view.is_latest:
        is_judged = False  # the verdict is of weeks, the change of a month
    return Card(
        label=_label(view, indicator, place),
        value=_value(indicator, row),
        unit=indicator.unit_zh if row["value"] is not None else "",
        lines=(*lines, _tested_change(fact) or _change(view, indicator, row)),
        verdict=look.verdict_words(fact) if is_judged else ("", ""),
        target=_target_words(view, fact, row["value"]),
        distance=_distance(fact),
    )


def _tested_change(fact: Fact) -> str:
    """Say the change of a contract that the verdict speaks of: a week's alone is seldom any."""
    is_week = fact.indicator.kind == "flow" or measured.is_registry(fact.indicator)
    if is_week or fact.change.difference is None:
        return ""
    return " ".join(look.change_words(fact)[1])


def _distance(fact: Fact) -> tuple[Mark, str]:
    """Return the mark and the words for how far the target is; of shares and registries alone."""
    is_counted = fact.indicator.is_share or measured.is_registry(fact.indicator)
    return look.distance(fact) if is_counted else ("none", "")


def _value(indicator: Indicator, row: dict[str, Any]) -> str:
    if row["status"] == "suppressed":
        return formats.SUPPRESSED
    if indicator.form == "count":
        return formats.compact(row["value"])
    return formats.indicator_value(row["value"], indicator)


def _label(view: View, indicator: Indicator, place: Place) -> str:
    """Name the indicator; on the page of a township also say whose value it is, and of when."""
    if view.area.level != "township" or not topics.is_flow(indicator):
        return indicator.name_zh
    if place.level == "county":
        return t("towns.county_card", name=indicator.name_zh)
    last = topics.shown_month(view, indicator, place)
    return t("towns.card", name=indicator.name_zh, first=1, last=last.month)


def _target_words(view: View, fact: Fact, value: float | None) -> str:
    indicator = fact.indicator
    target = topics.target_of(view, indicator, topics.place_for(view, indicator))
    if target is None or value is None:
        is_wanted = target is None and indicator.polarity != "none"
        return look.no_target_words(fact) if is_wanted else ""
    if indicator.is_share:
        return look.share_target_words(target, indicator)
    key = "target.at_least" if indicator.polarity == "higher_is_better" else "target.at_most"
    printed = formats.rounded(target, indicator.decimals)
    return t(key, value=printed + indicator.unit_zh)


def _change(view: View, indicator: Indicator, row: dict[str, Any]) -> str:
    """Say the change on the same days of last year for flows, on last week for stocks.

    A stock of an earlier month is of its last day, which seldom ends a week: it is compared with
    the last day of the month before. So are those of the monthly reports, once the month is over:
    between two reports their weeks are all alike.
    """
    if topics.is_flow(indicator):
        now, before = row["value"], row["prior_value"]
        return _difference(t("change.same_period"), indicator, now, before)
    is_reported = view.catalogue.counters[indicator.numerator].source == "activity"
    if is_reported and view.data_date != month_end(view.month):
        return ""
    if is_reported or not view.is_latest:
        name = t("change.month_of", month=view.month.month)
        return _difference(name, indicator, row["value"], _month_before(view, indicator))
    series = measures.weekly_series(
        view.scan("indicator_weekly"),
        indicator_id=indicator.id,
        area=topics.place_for(view, indicator).code,
        until=view.data_date,
        weeks=2,
    )
    if series.height < 2:
        return ""
    return _difference(t("change.week"), indicator, series["value"][1], series["value"][0])


def _month_before(view: View, indicator: Indicator) -> float | None:
    found: float | None = measures.values_in_month(
        view.scan("indicator_monthly"),
        indicator_id=indicator.id,
        areas=[topics.place_for(view, indicator).code],
        month=previous_month(view.month),
    )["value"][0]
    return found


def _difference(name: str, indicator: Indicator, now: object, before: object) -> str:
    if not isinstance(now, float | int) or not isinstance(before, float | int):
        return ""
    if indicator.is_share:
        change = formats.points(now - before)
    elif topics.is_flow(indicator):
        change = formats.relative(now / before - 1) if before else formats.DASH
    elif indicator.form == "ratio":
        change = formats.signed(formats.rounded(now - before, indicator.decimals))
        change += indicator.unit_zh
    else:
        change = formats.signed(formats.count(now - before)) + indicator.count_unit_zh
    is_flat = not change.strip(UNCHANGED)
    return f"{name} {t('change.flat') if is_flat else change}"


def pair_card(view: View, first: Indicator, second: Indicator) -> Card:
    """Describe two counts in one card, for instance referrals up and down."""
    rows = [_row(view, one) for one in (first, second)]
    values = [
        formats.SUPPRESSED if row["status"] == "suppressed" else formats.compact(row["value"])
        for row in rows
    ]
    said = [
        t(f"status.{row['status']}") if row["value"] is None else _change(view, one, row)
        for one, row in zip((first, second), rows, strict=True)
    ]
    changes = [
        f"{one.short_zh} {words}" for one, words in zip((first, second), said, strict=True) if words
    ]
    unit = first.unit_zh
    if view.area.level == "township":
        unit = t("towns.county_unit", unit=unit)
    return Card(
        label=f"{first.short_zh}／{second.short_zh}（{unit}）",
        value="／".join(values),
        unit="",
        lines=tuple(changes),
        target="",
        is_pair=True,
    )


def _row(view: View, indicator: Indicator) -> dict[str, Any]:
    place = topics.place_for(view, indicator)
    frame: pl.DataFrame = topics.values_of(view, indicator, [place.code])
    return frame.row(0, named=True)
