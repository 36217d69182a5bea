"""A headline card in words: value, numerator and denominator, change, target, sparkline."""

from __future__ import annotations

from dashboard import formats, theme
from dashboard.charts.sparkline import sparkline_svg
from dashboard.look.markup import Markup, div, el, span, svg_image
from dashboard.messages import t
from dashboard.reading import measured
from dashboard.reading.facts import Fact, Point
from pipeline.catalog import Indicator
from pipeline.methods.claims import Mark
from pipeline.methods.festival import festival_days
from pipeline.methods.periods import month_end, previous_month

Counts = tuple[float | None, float | None]
SPARK_WIDTH, SPARK_HEIGHT = 108, 46
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16" viewBox="0 0 16 16">{}</svg>'
# Marks are images: as glyphs their sizes differ by font.
MARK_SHAPES = {
    "better": f'<circle cx="8" cy="8" r="6" fill="{theme.BETTER}"/>',
    "worse": f'<path d="M8 1l7 7-7 7-7-7z" fill="{theme.WORSE}"/>',
    "similar": (
        f'<circle cx="8" cy="8" r="5.2" fill="{theme.CARD}" '
        f'stroke="{theme.SIMILAR}" stroke-width="1.6"/>'
    ),
}
MARK_SHAPES["plain"] = f'<rect x="3" y="3" width="10" height="10" fill="{theme.TEXT_2}"/>'
VERDICT_CLASS = {"improved": "good", "worsened": "bad", "advanced": "good", "receded": "bad"}
GOOD = frozenset({"improved", "advanced"})
DISTANCE_CLASS: dict[Mark, str] = {"worse": "bad", "better": "good", "similar": "", "none": ""}


def mark_image(mark: str) -> Markup | None:
    """Return the image of a mark with its meaning as alternative text."""
    if mark not in MARK_SHAPES:
        return None
    svg = SVG.format(MARK_SHAPES[mark])
    return svg_image(svg, alt=t(f"mark.alt_{mark}"), cls="mark", width=16, height=16)


def value_words(fact: Fact) -> str:
    """Print the shown value without its unit; suppressed and missing have their signs."""
    if fact.status == "suppressed":
        return formats.SUPPRESSED
    indicator = fact.indicator
    return formats.indicator_value(fact.reading.value, indicator)


def fraction_words(fact: Fact) -> str:
    """Print numerator and denominator with their unit."""
    indicator = fact.indicator
    if measured.is_registry(indicator) and fact.numerator is not None:
        # Facilities are counted one by one; a director reads the exact numbers.
        whole = formats.count(fact.denominator)
        return f"{formats.count(fact.numerator)}／{whole}{indicator.count_unit_zh}"
    return formats.indicator_counts(fact.numerator, fact.denominator, indicator)


def table_counts(counted: Fact | Point, indicator: Indicator) -> Counts:
    """Return numerator and denominator for a table: money in yuan, the rest as counted."""
    numerator, denominator = counted.numerator, counted.denominator
    if indicator.form != "money_share":
        return numerator, denominator
    return (
        None if numerator is None else numerator / 100,
        None if denominator is None else denominator / 100,
    )


def count_headers(indicator: Indicator) -> dict[str, str]:
    """Return the headers of the columns numerator and denominator, with their unit."""
    unit = indicator.count_unit_zh
    return {part: f"{t(f'table.{part}')}（{unit}）" for part in ("numerator", "denominator")}


def _is_by_quarter(fact: Fact) -> bool:
    """Say whether the value is a sum of quarters, without months beside it."""
    return fact.level == "township" and fact.indicator.kind == "flow"


def change_words(fact: Fact) -> list[tuple[str, str]]:
    """Return two changes as (comparison, amount).

    截至同期 and 环比 for flows; for stocks 较上周 and what the gate tested, against the mean of the
    earlier reports (较以往), else 环比.
    """
    indicator = fact.indicator
    monthly = (_month_words(fact), _points(fact.monthly_points, indicator))
    if indicator.kind == "flow":
        same = (t("change.same_period"), _points(fact.same_period_points, indicator))
        return [same, (t("towns.by_quarter"), "") if _is_by_quarter(fact) else monthly]
    if not measured.is_registry(indicator):
        tested = fact.change.difference
        longer = (t("change.baseline"), _points(tested, indicator))
        weekly = (t("change.week"), _points(fact.weekly_points, indicator))
        return [weekly, monthly if tested is None else longer]
    change = fact.weekly_change
    amount = formats.DASH
    if change is not None:
        amount = formats.signed(formats.count(change)) + indicator.count_unit_zh
    return [(t("change.week"), amount if change != 0 else t("change.flat")), monthly]


def _month_words(fact: Fact) -> str:
    """Name the comparison of two months, and say of flows where the Spring Festival distorts it."""
    if not fact.final_months:
        return t("change.month")
    month = fact.final_months[-1].period
    name = t("change.month_of", month=month.month)
    days = {festival_days(first, month_end(first)) for first in (month, previous_month(month))}
    is_distorted = fact.indicator.kind == "flow" and len(days) > 1
    return t("change.festival", name=name) if is_distorted else name


def _points(change: float | None, indicator: Indicator) -> str:
    if change is not None and not round(change * 100, indicator.decimals):
        return t("change.flat")
    return formats.points(change, decimals=indicator.decimals)


def gap_words(difference: float, indicator: Indicator) -> str:
    """Print the size of a difference without its sign: 1.4个百分点."""
    return formats.points(abs(difference), decimals=indicator.decimals).lstrip("+")


def verdict_words(fact: Fact) -> tuple[str, str]:
    """Return the verdict on the change and its CSS class; 较上周 持平 says one week alone."""
    verdict = fact.change.verdict
    if verdict == "unchanged" and fact.change.weeks == 1:
        return "", ""
    arrow = {"unchanged": "→ ", "normal": "∿ "}.get(verdict, "")
    if verdict in VERDICT_CLASS:
        rises = (verdict in GOOD) == (fact.indicator.polarity == "higher_is_better")
        arrow = "↗ " if rises else "↘ "
    words = t(f"verdict.{verdict}", weeks=fact.change.weeks)
    return arrow + words, VERDICT_CLASS.get(verdict, "")


def target_words(fact: Fact) -> str:
    """Print the target with the side on which it is met."""
    if fact.target is None:
        return no_target_words(fact)
    return share_target_words(fact.target, fact.indicator)


def no_target_words(fact: Fact) -> str:
    """Say that nobody set a target, or that none of those sent was fit."""
    return t("target.refused" if fact.has_lost_targets else "target.none")


def share_target_words(target: float, indicator: Indicator) -> str:
    """Print the target of a share with the side on which it is met; above all there is nothing."""
    is_lower = indicator.polarity == "lower_is_better"
    if target == 1 and not is_lower:
        return t("target.whole")
    key = "target.at_most" if is_lower else "target.at_least"
    return t(key, value=formats.percent(target, decimals=indicator.decimals))


def distance(fact: Fact) -> tuple[Mark, str]:
    """Return the mark and the words for how far the target is."""
    value, target, indicator = fact.reading.value, fact.target, fact.indicator
    if value is None or target is None:
        return "none", ""
    if fact.standing != "short":
        return "better" if fact.standing == "met" else "none", t(f"target.{fact.standing}")
    gap = measured.shortfall(value, target, indicator)
    if not measured.is_registry(indicator) or fact.numerator is None or fact.denominator is None:
        words = formats.points(gap, decimals=indicator.decimals).lstrip("+")
        is_far = gap >= indicator.material_difference
        return "worse" if is_far else "similar", t("target.short_points", points=words)
    units = measured.missing_units(fact.numerator, fact.denominator, target)
    words = t("target.short_count", n=units, unit=indicator.count_unit_zh)
    if _on_time(fact, units):
        return "similar", words + t("target.on_time")
    return "worse", words


def _on_time(fact: Fact, units: int) -> bool:
    if not fact.pace or fact.pace <= 0 or fact.weeks_left is None:
        return False
    return units <= fact.pace * fact.weeks_left


def span_words(fact: Fact) -> str:
    """Name what the sparkline spans."""
    if fact.status == "provisional":
        return t("chart.provisional")
    if _is_by_quarter(fact) and fact.until is not None:
        return t("towns.span", last=fact.until.month)
    if fact.indicator.kind == "flow":
        return t("overview.span_months", n=len(fact.months))
    return t("overview.span_weeks", n=len(fact.weeks))


def _spark_alt(fact: Fact) -> str:
    tail = t("overview.span_provisional", n=fact.provisional_count)
    return span_words(fact) + (tail if fact.provisional_count else "")


def sparkline(fact: Fact) -> Markup:
    """Draw the history: months with the provisional tail for flows, weeks for stocks."""
    is_flow = fact.indicator.kind == "flow"
    points = fact.months if is_flow else fact.weeks
    svg = sparkline_svg(
        [p.reading.value for p in points],
        provisional=fact.provisional_count if is_flow else 0,
        target=fact.target,
        width=SPARK_WIDTH,
        height=SPARK_HEIGHT,
    )
    alt = _spark_alt(fact)
    return svg_image(svg, alt=alt, cls="spark", width=SPARK_WIDTH, height=SPARK_HEIGHT)


def card(fact: Fact) -> Markup:
    """Build a headline card; its size is the same whatever is missing."""
    indicator = fact.indicator
    head = div(
        span(indicator.name_zh, cls="card-label"),
        span(t(f"polarity.{indicator.polarity}"), cls="card-side"),
        cls="card-row",
    )
    if not fact.is_known:
        return div(head, div(absence_words(fact), cls="card-absent"), cls="card")
    value = div(
        div(span(value_words(fact), cls="card-value"), span(indicator.unit_zh, cls="card-unit")),
        sparkline(fact),
        cls="card-row card-middle",
    )
    below = div(
        span(fraction_words(fact), cls="card-fraction"),
        span(span_words(fact), cls="card-side"),
        cls="card-row",
    )
    return div(head, value, below, el("hr"), *_lower_rows(fact), cls="card")


def _lower_rows(fact: Fact) -> list[Markup]:
    verdict, cls = verdict_words(fact)
    rows = []
    # The verdict stands beside the change that was tested.
    judged = 0 if fact.change.baseline is None else 1
    for number, (name, amount) in enumerate(change_words(fact)):
        right = span(verdict, cls=f"card-verdict {cls}") if number == judged else None
        rows.append(div(span(f"{name} {amount}"), right, cls="card-row card-low"))
    mark, words = distance(fact)
    right = span(mark_image(mark), span(words), cls=f"card-distance {DISTANCE_CLASS[mark]}")
    rows.append(div(span(target_words(fact)), right, cls="card-row card-low"))
    return rows


def absence_words(fact: Fact) -> str:
    """Say why there is no value."""
    if fact.status == "suppressed":
        return t("state.suppressed")
    # Sums over time reach a township only where the rows of its county name townships.
    if _is_by_quarter(fact) or not fact.indicator.reaches(fact.level):
        return t("state.not_applicable")
    return t("state.refused" if fact.status == "refused" else "state.missing")
