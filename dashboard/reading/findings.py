"""The list of points: sentences made of facts, none stronger than its interval allows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard import formats
from dashboard.look import cards
from dashboard.messages import t
from dashboard.reading import marks
from dashboard.reading.facts import Fact

NAMED = 3  # more counties than this are counted, not listed
SHAPE = {"improved": "better", "worsened": "worse"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One point: its mark, a heading and a sentence."""

    mark: marks.Mark
    title: str
    text: str


def named(names: Sequence[str]) -> str:
    """Join names; from the fourth on only their number is told."""
    shown = "、".join(names[:NAMED])
    return shown if len(names) <= NAMED else t("finding.and_more", names=shown, n=len(names))


def period_words(fact: Fact) -> str:
    """Name the months of a year so far."""
    if fact.until is None:
        return ""
    return formats.months(fact.until.replace(month=1, day=1), fact.until)


def change(fact: Fact) -> Finding | None:
    """Say how an indicator moved; None without a value."""
    if not fact.is_known:
        return None
    verdict, _ = fact.verdict
    indicator = fact.indicator
    values = {
        "value": f"{cards.value_words(fact)}{indicator.unit_zh}",
        "change": cards.change_words(fact)[0][1],
        "target": formats.percent(fact.target, decimals=indicator.decimals),
    }
    if indicator.kind == "flow":
        text = t("finding.change_text", period=period_words(fact), **values)
    else:
        text = t("finding.week_text", **values)
    key = verdict if verdict in SHAPE or verdict == "not_judged" else "normal"
    shape: marks.Mark = "similar"
    if verdict == "improved":
        shape = "better"
    elif verdict == "worsened":
        shape = "worse"
    title = t(f"finding.change_title_{key}", name=indicator.name_zh)
    return Finding(mark=shape, title=title, text=text)


def outliers(
    facts: Sequence[Fact],
    names: Mapping[str, str],
    *,
    reference: float | None,
    reference_zh: str,
) -> Finding | None:
    """Name the areas that need attention on one indicator."""
    known = [f for f in facts if f.reading.value is not None]
    if reference is None or len(known) < 2:
        return None
    indicator = known[0].indicator
    if indicator.form == "money_share":
        return _spread(known, names)
    worse = [f for f in known if marks.mark(f.reading, reference, indicator) == "worse"]
    is_high = indicator.polarity == "lower_is_better"
    worse.sort(key=lambda f: f.reading.value or 0.0, reverse=is_high)
    if not worse:
        title = t("finding.none_title", name=indicator.short_zh)
        return Finding(
            mark="similar", title=title, text=t("finding.none_text", reference=reference_zh)
        )
    shown = worse[:NAMED]
    values = "、".join(f"{cards.value_words(f)}{indicator.unit_zh}" for f in shown)
    gaps = "、".join(
        formats.rounded(abs((f.reading.value or 0.0) - reference) * 100, indicator.decimals)
        for f in shown
    )
    key = "finding.worse_high" if is_high else "finding.worse_low"
    return Finding(
        mark="worse",
        title=t(key, names=named([names[f.area_code] for f in worse]), name=indicator.short_zh),
        text=t("finding.worse_text", values=values, gaps=gaps, reference=reference_zh),
    )


def _spread(facts: Sequence[Fact], names: Mapping[str, str]) -> Finding:
    ordered = sorted(facts, key=lambda f: (f.reading.value or 0.0, f.area_code))
    low, high = ordered[0], ordered[-1]
    indicator = low.indicator
    gap = (high.reading.value or 0.0) - (low.reading.value or 0.0)
    return Finding(
        mark="similar",
        title=t(
            "finding.money_title",
            name=indicator.short_zh,
            gap=formats.rounded(gap * 100, indicator.decimals),
        ),
        text=t(
            "finding.money_text",
            high=names[high.area_code],
            low=names[low.area_code],
            high_value=f"{cards.value_words(high)}%",
            low_value=f"{cards.value_words(low)}%",
        ),
    )


def devices(fact: Fact, *, one_away: int, names: Sequence[str]) -> Finding | None:
    """Say how many centres lack a device, and how many only one.

    Args:
        fact: the coverage in the area.
        one_away: centres that lack exactly one of the three.
        names: areas in which centres lack something.
    """
    if fact.numerator is None or fact.denominator is None:
        return None
    short = fact.denominator - fact.numerator
    if not short:
        text = t("finding.devices_met_text", n=fact.denominator)
        return Finding(mark="better", title=t("finding.devices_met"), text=text)
    verdict, weeks = fact.verdict
    title = t("finding.devices_short", n=short)
    if verdict == "unchanged":
        title = t("finding.devices_still", weeks=weeks)
    text = t("finding.devices_text", n=short, one=one_away, names=named(names))
    return Finding(mark="worse", title=title, text=text)


def clinics(fact: Fact) -> Finding | None:
    """Say whether the clinics will be done by the target's date at the pace of eight weeks."""
    if fact.numerator is None or fact.denominator is None or fact.target is None:
        return None
    n = marks.missing_units(fact.numerator, fact.denominator, fact.target)
    target = formats.percent(fact.target)
    value = formats.percent(fact.reading.value)
    if not n:
        text = t("finding.clinics_short_text", value=value, target=target, n=0)
        return Finding(mark="better", title=t("finding.clinics_met"), text=text)
    weeks = _weeks_left(fact.until, fact.due)
    if fact.pace is None or weeks is None:
        text = t("finding.clinics_short_text", value=value, target=target, n=n)
        return Finding(mark="similar", title=t("finding.clinics_open", n=n), text=text)
    on_time = fact.pace * weeks >= n
    text = t(
        "finding.clinics_text",
        pace=formats.rounded(fact.pace, 1),
        need=formats.rounded(n / weeks, 1),
        due=formats.day(fact.due),
        target=target,
    )
    key = "finding.clinics_on_time" if on_time else "finding.clinics_late"
    return Finding(mark="better" if on_time else "worse", title=t(key), text=text)


def _weeks_left(until: dt.date | None, due: dt.date | None) -> float | None:
    if until is None or due is None or due <= until:
        return None
    return (due - until).days / 7
