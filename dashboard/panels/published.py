"""The panels of the page on published figures: counts, filters, the table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import polars as pl
import streamlit as st

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import draw, notice, panel, state_message
from dashboard.exports import collect
from dashboard.look import grids
from dashboard.look.markup import Markup, div
from dashboard.messages import t
from dashboard.panels.shared.reference_frame import csv_button
from dashboard.panels.shared.topic_cards import Card, draw_cards
from dashboard.queries import published as queries
from dashboard.reading import printed
from dashboard.remembering import remembered
from dashboard.selectors import navigate
from dashboard.view import View

PLACE, TOPIC, VERDICT = "place", "topic", "verdict"
KEYS = (PLACE, TOPIC, VERDICT)
ALL = ""  # the choice of a filter left open
# Rows drawn: a page sends at most 80 KB; the rest is found by the filters or in the download.
MOST_ROWS = 130
MEETING_ROWS, MEETING_OF_PART = 7, 4  # whole rows that one screen has room for
COLUMNS = (
    "verdict",
    "place",
    "measure",
    "printed",
    "printed_time",
    "ours",
    "reason",
    "source",
)


@dataclass(frozen=True, kw_only=True)
class Filters:
    """What the link asks for; unknown ids are left out and remembered."""

    place: str | None
    topic: str | None
    verdict: str | None
    places: dict[str, str]
    topics: list[str]
    is_unknown: bool


def read_filters(view: View) -> Filters:
    """Check the ids of the link against what the snapshot holds."""
    facts = view.scan("published_facts")
    options = queries.place_options(facts)
    places = dict(zip(options["place_code"], options["place"], strict=True))
    topics = queries.topics(facts)
    known = {PLACE: places, TOPIC: topics, VERDICT: queries.VERDICTS}
    wanted = {key: st.query_params.get(key) for key in KEYS}
    kept = {key: value if value in known[key] else None for key, value in wanted.items()}
    for key in KEYS:
        if kept[key] != wanted[key]:
            navigate(**{key: None})
    return Filters(**kept, places=places, topics=topics, is_unknown=kept != wanted)


def _selected(view: View, filters: Filters) -> pl.LazyFrame:
    facts = view.scan("published_facts")
    return queries.selected(facts, place=filters.place, topic=filters.topic)


def claim(view: View) -> str:
    """Say how many of all published figures can be checked and how they came out."""
    counts = queries.verdict_counts(view.scan("published_facts"))
    total = sum(counts.values())
    known = total - counts["not_computable"]
    if not known:
        return t("published.claim_none", total=total)
    parts = [
        t(f"published.claim_{verdict}", n=counts[verdict])
        for verdict in ("match", "explained", "unexplained")
        if counts[verdict]
    ]
    if not counts["unexplained"]:
        parts.append(t("published.claim_none_apart"))
    return t("published.claim", total=total, known=known, parts="，".join(parts))


@block
def draw_counts(view: View, filters: Filters) -> None:
    """Draw one card per verdict, of the figures that the filters leave."""
    counts = queries.verdict_counts(_selected(view, filters))
    total = sum(counts.values())
    cards = []
    for verdict in ("match", "explained", "unexplained", "not_computable"):
        share = counts[verdict] / total if total else None
        cards.append(
            Card(
                label=t(f"verdict_fact.{verdict}"),
                value=str(counts[verdict]),
                unit=t("published.unit"),
                lines=(
                    t("published.share", n=total, share=formats.rate(share)),
                    t(f"verdict_card.{verdict}"),
                ),
            )
        )
    draw_cards(cards)


def _go(key: str) -> None:
    navigate(**{key: st.session_state[f"pick-{key}"] or None})


def _filter_row(view: View, filters: Filters) -> None:
    counts = queries.verdict_counts(_selected(view, filters))
    names = {
        PLACE: {ALL: t("published.all_places")} | filters.places,
        TOPIC: {ALL: t("published.all_topics")}
        | {topic: t(f"fact_topic.{topic}") for topic in filters.topics},
    }
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="filters"):
        for key, chosen in ((PLACE, filters.place), (TOPIC, filters.topic)):
            st.session_state[f"pick-{key}"] = chosen or ALL
            st.selectbox(
                t(f"published.{key}"),
                list(names[key]),
                format_func=names[key].__getitem__,
                key=f"pick-{key}",
                on_change=partial(_go, key),
                label_visibility="collapsed",
                width=210,
            )
        _verdict_choice(filters, counts)


def _verdict_choice(filters: Filters, counts: dict[str, int]) -> None:
    words = {ALL: t("published.all_verdicts", n=sum(counts.values()))}
    words |= {v: f"{t(f'verdict_fact.{v}')} {n}" for v, n in counts.items()}
    st.session_state[f"pick-{VERDICT}"] = filters.verdict or ALL
    st.segmented_control(
        t("published.verdict"),
        list(words),
        format_func=words.__getitem__,
        key=f"pick-{VERDICT}",
        on_change=partial(_go, VERDICT),
        label_visibility="collapsed",
    )


def _ours(fact: dict[str, object]) -> Markup:
    value = printed.ours(fact["our_value"], printed=fact["value"], unit=fact["unit"])  # type: ignore[arg-type]
    day = fact["our_as_of"]
    note = t("published.until", day=formats.day(day)) if day else ""  # type: ignore[arg-type]
    return grids.cell(value, grids.small(note))


def _source(fact: dict[str, object]) -> str:
    title = str(fact["source_title"])
    if not fact["source_date"]:
        return title
    return t("published.issued", title=title, day=printed.time_words(str(fact["source_date"])))


def _row(fact: dict[str, object]) -> Markup:
    verdict = str(fact["verdict"])
    said = printed.figure(
        fact["value"],  # type: ignore[arg-type]
        comparator=str(fact["comparator"]),
        unit=str(fact["unit"]),
    )
    topic = grids.small(t(f"fact_topic.{fact['topic']}"))
    return grids.row(
        (
            grids.cell(grids.mark(verdict), t(f"verdict_fact.{verdict}")),
            grids.cell(str(fact["place_name"])),
            grids.cell(str(fact["measure_zh"]), topic),
            grids.cell(said),
            grids.cell(printed.time_words(str(fact["as_of"]))),
            _ours(fact),
            grids.cell(str(fact["reason_zh"])),
            grids.cell(_source(fact)),
        )
    )


def _shown(view: View, rows: pl.DataFrame) -> pl.DataFrame:
    """Return the figures drawn: what a page may weigh; in a meeting the first of each part."""
    if view.meeting:
        return rows.group_by("part", maintain_order=True).head(MEETING_OF_PART).head(MEETING_ROWS)
    return rows.head(MOST_ROWS)


def _part_words(view: View, part: int, verdict: str, *, n: int) -> str:
    """Name a part of the list: its verdict, where it is not the same everywhere, how many."""
    words = {"verdict": t(f"verdict_fact.{verdict}"), "n": n}
    if part < queries.APART:
        return t("published.part", **words)
    if part >= len(queries.VERDICTS):
        return t("published.part_elsewhere", **words)
    own = "published.part_inside" if view.county else "published.part_inside_city"
    return t(own, name=(view.county or view.area).name, **words)


@remembered
def _body(view: View, rows: pl.DataFrame) -> list[Markup]:
    body: list[Markup] = []
    sizes = dict(rows.group_by("part").len().iter_rows())
    for (part,), facts in _shown(view, rows).group_by("part", maintain_order=True):
        words = _part_words(view, int(str(part)), str(facts["verdict"][0]), n=sizes[part])
        body.append(grids.group_row(words, columns=len(COLUMNS)))
        body += [_row(fact) for fact in facts.iter_rows(named=True)]
    return body


def download(rows: pl.DataFrame) -> pl.DataFrame:
    """Return the table as it leaves: the printed words and both plain numbers."""
    shown = [
        {
            t("published.verdict"): t(f"verdict_fact.{fact['verdict']}"),
            t("published.place"): fact["place_name"],
            t("published.topic"): t(f"fact_topic.{fact['topic']}"),
            t("published.measure"): fact["measure_zh"],
            t("published.printed"): printed.figure(
                fact["value"], comparator=fact["comparator"], unit=fact["unit"]
            ),
            t("published.printed_time"): printed.time_words(fact["as_of"]),
            t("published.ours"): fact["our_value"],
            t("published.our_time"): formats.iso_day(fact["our_as_of"]),
            t("published.reason"): fact["reason_zh"],
            t("published.source"): fact["source_title"],
            t("published.source_date"): fact["source_date"] or formats.DASH,
        }
        for fact in rows.iter_rows(named=True)
    ]
    return pl.DataFrame(shown, infer_schema_length=None)


@block
def table_panel(view: View, filters: Filters) -> None:
    """Draw the filters and the figures, those of the area first."""
    rows = queries.listed(
        _selected(view, filters), place=view.area, places=view.places, verdict=filters.verdict
    )
    button = partial(
        csv_button, view, partial(download, rows), key="facts", name_zh=t("published.file")
    )
    with panel(
        "facts",
        title=t("published.table"),
        note=t("published.table_note", name=(view.county or view.area).name),
        button=None if view.meeting else button,
    ):
        if filters.is_unknown:
            notice(t("published.unknown_filter"), cls="notice")
        if not view.meeting:
            _filter_row(view, filters)
        if rows.is_empty():
            state_message("published.none")
            return
        cls = "facts meeting" if view.meeting else "facts"
        heads = [grids.head(*(t(f"published.{column}") for column in COLUMNS))]
        draw(grids.grid(heads, _body(view, rows), label=t("published.table"), cls=cls))
        _notes(view, rows)


def _notes(view: View, rows: pl.DataFrame) -> None:
    """Say how many figures are not in sight, on slides in the table; and what agreeing means."""
    calibrated = t("published.calibrated") if view.marts.is_demonstration else ""
    shown, cut = _shown(view, rows).height, ""
    if rows.height > shown:
        key = "published.cut_meeting" if view.meeting else "published.cut"
        cut = t(key, shown=shown, n=rows.height)
    draw(div(cut + calibrated, cls="note"), taken_along=False)
    collect.markup(div(calibrated, cls="note"))
