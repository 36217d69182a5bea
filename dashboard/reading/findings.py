"""The points of the week: sentences made of what the gate claims and of what registries count.

Every sentence has its number, numerator and denominator, and who acts on it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboard import formats
from dashboard.look import cards
from dashboard.messages import t
from dashboard.reading import measured
from dashboard.reading.facts import Fact
from pipeline.catalog import Indicator
from pipeline.methods.claims import UNCHANGED_WEEKS, Mark

NAMED = 3  # more counties than this are counted, not listed
NAMED_IN_TITLE = 2
SHAPE: dict[str, Mark] = {"improved": "better", "worsened": "worse"}


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One point: its mark, a heading and a sentence, and what these speak of."""

    mark: Mark
    title: str
    text: str
    indicator: Indicator | None = None
    area_code: str = ""  # empty: the area whose points these are


def named(names: Sequence[str]) -> str:
    """Join names; from the fourth on only their number is told."""
    shown = "、".join(names[:NAMED])
    return shown if len(names) <= NAMED else t("finding.and_more", names=shown, n=len(names))


def in_title(names: Sequence[str]) -> str:
    """Join two names; of more only the first is told, so that a heading keeps to its line."""
    if len(names) <= NAMED_IN_TITLE:
        return "、".join(names)
    return t("finding.and_more", names=names[0], n=len(names))


def period_words(fact: Fact) -> str:
    """Name the months of a year so far."""
    if fact.until is None:
        return ""
    return formats.months(fact.until.replace(month=1, day=1), fact.until)


def responsible(fact: Fact) -> str:
    """Name who acts."""
    return t("finding.responsible", unit=fact.indicator.responsible_zh)


def value_with_counts(fact: Fact) -> str:
    """Print a value with numerator and denominator: 26.8%（3863／14395人次）."""
    value = f"{cards.value_words(fact)}{fact.indicator.unit_zh}"
    return t("finding.with_counts", value=value, counts=cards.fraction_words(fact))


def change(fact: Fact) -> Finding | None:
    """Say how an indicator moved, if the gate claims that it did."""
    found, indicator = fact.change, fact.indicator
    if found.verdict not in SHAPE or found.difference is None or not fact.is_known:
        return None
    words = {
        "period": period_words(fact),
        "value": value_with_counts(fact),
        "side": t("finding.higher" if found.difference > 0 else "finding.lower"),
        "gap": cards.gap_words(found.difference, indicator),
        "n": found.reports,
    }
    return Finding(
        mark=SHAPE[found.verdict],
        title=t(f"finding.change_title_{found.verdict}", name=indicator.name_zh),
        text=t(f"finding.change_{found.statistic}", **words) + responsible(fact),
        indicator=indicator,
    )


def areas_in_need(
    facts: Sequence[Fact], names: Mapping[str, str], *, reference: Fact | None, reference_zh: str
) -> Finding | None:
    """Name the areas that the gate calls worse than their whole on one indicator.

    Args:
        facts: of the areas marked worse, in any order.
        names: of areas by code.
        reference: the whole they are compared with.
        reference_zh: its name.
    """
    if not facts or reference is None:
        return None
    indicator = facts[0].indicator
    is_high = indicator.polarity == "lower_is_better"
    ordered = sorted(facts, key=lambda f: (f.reading.value or 0.0, f.area_code), reverse=is_high)
    text = t(
        "finding.areas_text" if len(ordered) == 1 else "finding.areas_text_many",
        name=names[ordered[0].area_code],
        value=value_with_counts(ordered[0]),
        reference=reference_zh,
        other=f"{cards.value_words(reference)}{indicator.unit_zh}",
    )
    return Finding(
        mark="worse",
        title=t(
            "finding.areas_high" if is_high else "finding.areas_low",
            names=in_title([names[f.area_code] for f in ordered]),
            name=indicator.short_zh,
            reference=reference_zh,
        ),
        text=text + responsible(facts[0]),
        indicator=indicator,
        area_code=ordered[0].area_code if len(ordered) == 1 else "",
    )


def nothing(*, tests: int) -> Finding:
    """Say that no test of the week found more than chance."""
    text = t("finding.nothing_text", n=tests)
    return Finding(mark="similar", title=t("finding.nothing_title"), text=text)


def no_values() -> Finding:
    """Say that there was nothing to test."""
    title = t("finding.no_values_title")
    return Finding(mark="similar", title=title, text=t("finding.no_values_text"))


def devices(
    fact: Fact, *, one_away: int | None = None, names: Sequence[str] = ()
) -> Finding | None:
    """Say how many centres lack a device, and how many only one: counts, not estimates.

    Args:
        fact: the coverage in the area.
        one_away: centres that lack exactly one of the three; None where only today's ledger knows.
        names: areas in which centres lack something.
    """
    if fact.numerator is None or fact.denominator is None:
        return None
    short = fact.denominator - fact.numerator
    if not short:
        return _met(fact, "devices", t("finding.devices_met_text", n=fact.denominator))
    is_on_time = cards.distance(fact)[0] == "similar" and not is_stalled(fact)
    title = t("finding.devices_short", n=short)
    if is_on_time:
        missing = measured.missing_units(fact.numerator, fact.denominator, fact.target or 1.0)
        title = t("finding.devices_on_time", n=missing)
    if is_stalled(fact):
        title = t("finding.devices_still", weeks=fact.change.weeks)
    text = t("finding.devices_ready", n=fact.numerator, all=fact.denominator)
    if one_away is not None:
        areas = named(names) if len(names) <= NAMED else t("finding.in_areas", n=len(names))
        text += t("finding.devices_one_away", one=one_away, names=areas)
    text += t("finding.end")
    mark: Mark = "similar" if is_on_time else "worse"  # as on the card
    return _of(fact, mark, title, text)


def _of(fact: Fact, mark: Mark, title: str, text: str) -> Finding:
    """Build the point of a registry's count."""
    return Finding(mark=mark, title=title, text=text + responsible(fact), indicator=fact.indicator)


def _met(fact: Fact, kind: str, text: str) -> Finding:
    """Build the point of a registry that is done; of some counties alone it is no news."""
    is_open = fact.status == "provisional"
    title = t(f"finding.{kind}_met_so_far" if is_open else f"finding.{kind}_met")
    return _of(fact, "similar" if is_open else "better", title, text)


def is_stalled(fact: Fact) -> bool:
    """Say whether a registry's count has stood still for a month or more."""
    return fact.change.verdict == "unchanged" and fact.change.weeks >= UNCHANGED_WEEKS


def clinics(fact: Fact) -> Finding | None:
    """Say whether the clinics will be done by the target's date at the pace of eight weeks."""
    if fact.numerator is None or fact.denominator is None or fact.target is None:
        return None
    n = measured.missing_units(fact.numerator, fact.denominator, fact.target)
    target = formats.percent(fact.target)
    value = value_with_counts(fact)
    if not n:
        return _met(fact, "clinics", t("finding.clinics_met_text", value=value, target=target))
    weeks = fact.weeks_left
    if fact.pace is None or weeks is None:
        text = t("finding.clinics_short_text", value=value, target=target, n=n)
        return _of(fact, "similar", t("finding.clinics_open", n=n), text)
    on_time = fact.pace * weeks >= n
    # Of less than a week no pace can be asked.
    text = t(
        "finding.clinics_text" if weeks >= 1 else "finding.clinics_short_text",
        value=value,
        target=target,
        n=n,
        pace=formats.rounded(fact.pace, 1),
        need=formats.rounded(n / weeks, 1),
    )
    key = "finding.clinics_on_time" if on_time else "finding.clinics_late"
    return _of(fact, "better" if on_time else "worse", t(key), text)
