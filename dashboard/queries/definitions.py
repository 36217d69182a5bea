"""The catalogue as readers search it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable
from functools import lru_cache

from pipeline.catalog import Catalogue, Indicator

STATUSES = ("verified", "second_hand", "local", "from_memory")


# In the order of the pages; topics that are not named here follow.
TOPICS = ("outflow", "clinics", "equipment", "contracts", "capability")


def topics(indicators: Iterable[Indicator]) -> tuple[str, ...]:
    """Return the topics of the indicators in the order of the pages."""
    present = dict.fromkeys(indicator.topic for indicator in indicators)
    known = [topic for topic in TOPICS if topic in present]
    return (*known, *(topic for topic in present if topic not in TOPICS))


def searched_text(indicator: Indicator, catalogue: Catalogue) -> str:
    """Return all words by which an indicator may be found."""
    used = [indicator.numerator, indicator.denominator]
    counters = [catalogue.counters[name].name_zh for name in used if name]
    return "\n".join(
        (
            indicator.id,
            indicator.name_zh,
            indicator.short_zh,
            indicator.definition_zh,
            indicator.caveats_zh,
            indicator.policy_zh,
            indicator.responsible_zh,
            *counters,
        )
    ).casefold()


LETTERS = re.compile(r"[a-z]+")


@lru_cache(maxsize=512)
def initials(words: str) -> str:
    """Return the first letters of the pinyin of Chinese words: 县域外 is xyw."""
    # Half a second of dictionaries, which only a search by letters needs.
    from pypinyin import Style, lazy_pinyin

    return "".join(lazy_pinyin(words, style=Style.FIRST_LETTER)).casefold()


def _is_named(indicator: Indicator, letters: str) -> bool:
    """Say whether letters are initials of the indicator's name or short name."""
    if not LETTERS.fullmatch(letters):
        return False
    return any(letters in initials(name) for name in (indicator.name_zh, indicator.short_zh))


def search(
    catalogue: Catalogue,
    words: str,
    *,
    topic: str | None = None,
) -> list[Indicator]:
    """Return the indicators that hold every word, in the order of the pages.

    A word of letters may be the initials of the name's pinyin. Those with a word in their name
    come first.
    """
    order = topics(catalogue.indicators.values())
    wanted = words.casefold().split()
    found = [
        indicator
        for indicator in catalogue.indicators.values()
        if (topic is None or indicator.topic == topic)
        and all(
            word in searched_text(indicator, catalogue) or _is_named(indicator, word)
            for word in wanted
        )
    ]
    return sorted(
        found,
        key=lambda i: (
            not any(w in i.name_zh.casefold() or _is_named(i, w) for w in wanted),
            order.index(i.topic),
        ),
    )


def changes(indicators: Iterable[Indicator]) -> list[tuple[dt.date, str, list[str]]]:
    """Return the changes of definitions, the newest first: day, text, names of the indicators.

    A change that several indicators share is one.
    """
    found: dict[tuple[dt.date, str], list[str]] = {}
    for indicator in indicators:
        for change in indicator.history:
            found.setdefault(change, []).append(indicator.name_zh)
    newest_first = sorted(found, key=lambda change: change[0], reverse=True)
    return [(day, text, found[day, text]) for day, text in newest_first]


def status_counts(indicators: Iterable[Indicator]) -> dict[str, int]:
    """Return how many indicators stand on each kind of policy source, zeros included."""
    all_statuses = [indicator.policy_status for indicator in indicators]
    return {status: all_statuses.count(status) for status in STATUSES}  # type: ignore[arg-type]
