"""The panels of the page on definitions: the searchable list and one indicator."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.map_legend import class_words
from dashboard.components import draw, panel, state_message
from dashboard.look import grids
from dashboard.look.markup import Markup, div, el, span
from dashboard.messages import t
from dashboard.panels.shared.reference_frame import csv_button
from dashboard.queries import definitions as queries
from dashboard.reading import printed, topics
from dashboard.selectors import navigate
from dashboard.view import View
from pipeline.catalog import Catalogue, Indicator
from pipeline.catalog.sources import sources

WORDS, SUBJECT, CHOSEN = "definition-words", "definition-subject", "pick-definition"
LAST = "definition-last"
LIST_HEIGHT = 13 * 41  # pixels: whole rows


def claim(view: View) -> str:
    """Say how many indicators there are and what their policy sources are worth."""
    indicators = view.catalogue.indicators.values()
    return t("definitions.claim", n=len(indicators), **queries.status_counts(indicators))


def found_indicators(view: View) -> list[Indicator]:
    """Return what the search leaves: words look everywhere, else the subject's indicators.

    A link to another indicator than before starts anew with the subject of that indicator.
    """
    if view.meeting:
        return queries.search(view.catalogue, "", topic=view.indicator.topic)
    found = _searched(view)
    if st.session_state.get(LAST) != view.indicator.id:
        st.session_state[LAST] = view.indicator.id
        if SUBJECT not in st.session_state or view.indicator not in found:
            st.session_state[SUBJECT] = view.indicator.topic
            st.session_state[WORDS] = ""
            found = _searched(view)
    return found


def _searched(view: View) -> list[Indicator]:
    words: str = st.session_state.get(WORDS) or ""
    subject: str | None = st.session_state.get(SUBJECT)
    return queries.search(view.catalogue, words, topic=None if words.strip() else subject)


def shown_indicator(view: View, found: list[Indicator]) -> Indicator:
    """Return the indicator of the link while the search leaves it, else the first found."""
    return view.indicator if view.indicator in found or not found else found[0]


@block
def list_panel(view: View, found: list[Indicator]) -> None:
    """Draw the search and the list; a choice goes to the link."""
    note = t("definitions.list_note", shown=len(found), all=len(view.catalogue.indicators))
    button = partial(
        csv_button,
        view,
        partial(download, view.catalogue, found),
        key="list",
        name_zh=t("definitions.csv"),
    )
    with panel(
        "list",
        title=t("definitions.list"),
        note=note,
        button=None if view.meeting else button,
    ):
        if not view.meeting:
            _search(view)
        if not found:
            state_message("definitions.none")
            return
        if view.meeting:
            shown = shown_indicator(view, found)
            names = [div(el("b", i.name_zh) if i == shown else i.name_zh) for i in found]
            draw(div(names, cls="terms"))
            return
        with st.container(height=LIST_HEIGHT, border=False, key="found"):
            _choice(view, found)


def _search(view: View) -> None:
    st.text_input(
        t("definitions.search"),
        key=WORDS,
        label_visibility="collapsed",
        placeholder=t("definitions.search"),
        max_chars=40,
    )
    st.pills(
        t("definitions.topic"),
        queries.topics(view.catalogue.indicators.values()),
        format_func=lambda topic: t(f"subject.{topic}"),
        key=SUBJECT,
        label_visibility="collapsed",
    )


def _choice(view: View, found: list[Indicator]) -> None:
    names = {i.id: formats.markdown(i.name_zh) for i in found}
    st.session_state[CHOSEN] = shown_indicator(view, found).id
    st.radio(
        t("definitions.list"),
        list(names),
        format_func=names.__getitem__,
        key=CHOSEN,
        label_visibility="collapsed",
        on_change=lambda: navigate(indicator=st.session_state[CHOSEN]),
        width="stretch",
    )


def _counter(view: View, counter: str) -> str:
    declared = view.catalogue.counters[counter]
    return t(
        "definitions.counter", name=declared.name_zh, source=sources()[declared.source].name_zh
    )


def _level(catalogue: Catalogue, indicator: Indicator) -> str:
    """Name the lowest level, and that townships have quarters alone where that is so."""
    if catalogue.is_by_quarter(indicator):
        return t("towns.level")
    return t(f"level.{indicator.finest_level}")


def _unit(indicator: Indicator) -> str:
    key = "definitions.unit_value" if indicator.decimals else "definitions.unit_whole"
    return t(key, unit=indicator.unit_zh, n=indicator.decimals)


def _target(indicator: Indicator, target: float | None) -> str:
    if target is None:
        return t("target.none")
    is_ceiling = indicator.polarity == "lower_is_better"
    key = "definitions.at_most" if is_ceiling else "definitions.at_least"
    return t(key, value=formats.indicator_value(target, indicator) + indicator.unit_zh)


def _target_in_force(view: View, indicator: Indicator) -> str:
    """Print the target of the area whose value stands above it, and who has set it."""
    target, due = topics.target_and_day(view, indicator, topics.place_for(view, indicator))
    words = _target(indicator, target)
    if due is not None:
        return t("definitions.target_set", target=words, day=formats.day(due))
    return words if target is None else t("definitions.target_declared", target=words)


def _material(indicator: Indicator) -> str:
    if indicator.unit_zh == "%":
        n = printed.number(indicator.material_difference * 100, decimals=4)
        return t("definitions.material_points", n=n)
    n = printed.number(indicator.material_difference, decimals=4)
    return t("definitions.material_count", n=n, unit=indicator.unit_zh)


def classes(indicator: Indicator) -> Markup:
    """Draw the five classes of the map with their edges, in the colours of the map."""
    words = class_words(indicator.classes, unit_zh=indicator.unit_zh, decimals=indicator.decimals)
    name = "swatch-rev" if indicator.polarity == "higher_is_better" else "swatch"
    return span([span(text, cls=f"{name}-{n}") for n, text in enumerate(words)], cls="classes")


def policy(indicator: Indicator) -> Markup:
    """Draw the status of the policy source in words, then the source."""
    status = t(f"policy.{indicator.policy_status}")
    pill = span(status, cls=f"pill pill-{indicator.policy_status}")
    # Local indicators without a document would only repeat the pill.
    text = "" if indicator.policy_zh == status else indicator.policy_zh
    return span(pill, text)


def history(indicator: Indicator) -> Markup:
    """Draw the changes of the definition, the newest first; a definition may never have changed."""
    if not indicator.history:
        return span(t("definitions.never_changed"))
    newest_first = reversed(indicator.history)
    lines = [t("definitions.change", day=formats.day(day), text=text) for day, text in newest_first]
    return div([div(line) for line in (*lines, t("definitions.recounted"))])


def _now(view: View, indicator: Indicator) -> str:
    """Print the indicator's value in the area, with numerator and denominator."""
    place = topics.place_for(view, indicator)
    row = topics.values_of(view, indicator, [place.code]).row(0, named=True)
    if row["status"] == "suppressed":
        return t("state.suppressed")
    if row["value"] is None:
        return t(f"state.{row['status']}")
    words = {
        "area": place.name,
        "period": topics.period_words(view, indicator),
        "value": formats.indicator_value(row["value"], indicator) + indicator.unit_zh,
    }
    if row["denominator"] is None:
        return t("definitions.now_value", **words)
    fraction = formats.indicator_counts(row["numerator"], row["denominator"], indicator)
    return t("definitions.now_fraction", fraction=fraction, **words)


def _facts(view: View, indicator: Indicator) -> list[tuple[str, str | Markup]]:
    denominator = (
        _counter(view, indicator.denominator)
        if indicator.denominator
        else t("definitions.no_denominator")
    )
    caveats = indicator.caveats_zh.strip("—") or t("definitions.no_caveats")
    return [
        ("definition", indicator.definition_zh),
        ("numerator", _counter(view, indicator.numerator)),
        ("denominator", denominator),
        ("now", _now(view, indicator)),
        ("caveats", caveats),
        ("policy", policy(indicator)),
        ("unit", _unit(indicator)),
        ("polarity", t(f"polarity.{indicator.polarity}") or t("definitions.polarity_none")),
        ("target", _target_in_force(view, indicator)),
        ("level", _level(view.catalogue, indicator)),
        ("kind", t(f"definitions.kind.{indicator.kind}")),
        ("classes", classes(indicator)),
        ("material", _material(indicator)),
        ("responsible", indicator.responsible_zh),
        ("reviewed", formats.day(indicator.reviewed_on)),
        ("history", history(indicator)),
    ]


@block
def detail_panel(view: View, indicator: Indicator) -> None:
    """Draw everything declared of one indicator, and its value in the area."""
    with panel("definition"):
        subject = t(f"subject.{indicator.topic}")
        draw(div(span(indicator.name_zh, cls="def-name"), span(subject, cls="def-subject")))
        facts = ((t(f"definitions.{key}"), text) for key, text in _facts(view, indicator))
        draw(grids.pairs(facts))


def download(declared: Catalogue, found: list[Indicator]) -> pl.DataFrame:
    """Return the definitions as a table, one row per indicator."""
    counters = declared.counters
    rows = [
        {
            t("definitions.name"): i.name_zh,
            t("definitions.topic"): t(f"subject.{i.topic}"),
            t("definitions.definition"): i.definition_zh,
            t("definitions.numerator"): counters[i.numerator].name_zh,
            t("definitions.denominator"): counters[i.denominator].name_zh
            if i.denominator
            else t("definitions.no_denominator"),
            t("definitions.unit"): i.unit_zh,
            t("definitions.polarity"): t(f"polarity.{i.polarity}")
            or t("definitions.polarity_none"),
            t("definitions.target"): _target(i, i.target),
            t("definitions.level"): _level(declared, i),
            t("definitions.kind"): t(f"definitions.kind.{i.kind}"),
            t("definitions.caveats"): i.caveats_zh,
            t("definitions.policy"): i.policy_zh,
            t("definitions.policy_status"): t(f"policy.{i.policy_status}"),
            t("definitions.responsible"): i.responsible_zh,
            t("definitions.reviewed"): formats.iso_day(i.reviewed_on),
            t("definitions.history"): "；".join(f"{day} {text}" for day, text in i.history)
            or t("definitions.never_changed"),
        }
        for i in found
    ]
    return pl.DataFrame(rows, infer_schema_length=None)
