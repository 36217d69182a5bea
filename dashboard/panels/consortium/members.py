"""What the page on consortia shares: its indicators, claim, picker and list of consortia."""

from __future__ import annotations

from functools import partial

import polars as pl
import streamlit as st

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.measure import Measure
from dashboard.charts.ranked import in_order_of_need, ranked_figure
from dashboard.charts.reference import Yardsticks
from dashboard.components import chart, draw, panel, state_message, table_twin
from dashboard.look import grids
from dashboard.look.css_consortium import CONSORTIUM_CSS
from dashboard.look.css_reference import REFERENCE_CSS
from dashboard.look.css_topics import TOPIC_CSS
from dashboard.look.markup import span
from dashboard.messages import t
from dashboard.panels.consortium import behind, fund, items, monitor
from dashboard.panels.consortium.values import Figures
from dashboard.panels.overview.board import reference_words
from dashboard.panels.shared import topic_panels
from dashboard.panels.shared.ranking import FRAME, ROW
from dashboard.queries import consortium as queries
from dashboard.reading import topics
from dashboard.selectors import navigate
from dashboard.view import View
from pipeline.catalog import Indicator, catalogue

FIRST = "primary_visit_share"
CARDS = (
    FIRST,
    "bundled_execution_rate",
    "contact_to_catheter_minutes",
    "senior_doctors_seconded",
)
MEMBERS = (
    "county",
    "lead",
    "members",
    "centres",
    "basic",
    "recommended",
    "tcm_clinics",
    "sub_centres",
    "models",
)
MEMBER_TEXTS = {"county", "lead"}
MIN_RANKED = 2
FIRST_ROW, PICKER = 600, 63  # pixels of the first row, and of the choice above the comparison


def indicator_ids() -> tuple[str, ...]:
    """Return every indicator of the page, its default first."""
    declared = catalogue()
    listed = (i.id for i in items.all_indicators(declared))
    return tuple(dict.fromkeys((*CARDS, *monitor.indicator_ids(), *_ledger(), *listed)))


def _ledger() -> tuple[str, ...]:
    return (*fund.SPENT.values(), fund.PREPAID)


def indicators(view: View) -> list[Indicator]:
    """Return the declarations of every indicator of the page."""
    return [view.catalogue.indicators[i] for i in indicator_ids()]


def style() -> None:
    """Add the constant style of the page."""
    st.html(f"<style>{TOPIC_CSS}{REFERENCE_CSS}{CONSORTIUM_CSS}</style>")


def claim(view: View, figures: Figures) -> str:
    """Say how many counties are behind on anything, and how the fund is being spent."""
    said = [words for words in (_behind_words(view, figures), _fund_words(view, figures)) if words]
    return "；".join(said)


def _behind_words(view: View, figures: Figures) -> str:
    if view.reference is None or not behind.is_told(view, figures, indicators(view)):
        return ""
    found = behind.behind(view, figures, indicators(view))
    n = len(found) if view.county is None else sum(len(one.worse) for one in found)
    if not n:
        return t("consortium.claim_none", reference=reference_words(view))
    key = "consortium.claim" if view.county is None else "consortium.claim_county"
    return t(key, n=n, reference=reference_words(view))


def _fund_words(view: View, figures: Figures) -> str:
    spent = figures.of(CARDS[1]).value
    if spent is None:
        return ""
    said = t("consortium.claim_fund", spent=formats.percent(spent))
    if view.county is not None:
        return said + t("consortium.claim_time", done=formats.percent(fund.time_done(view)))
    n = fund.overspent(view, figures)
    return said + t("consortium.claim_over" if n else "consortium.claim_none_over", n=n)


def indicator_picker(view: View) -> None:
    """Draw the choice of the indicator that is compared between counties."""
    names = {i.id: i.name_zh for i in indicators(view)}
    st.session_state["pick-consortium"] = view.indicator.id
    with st.container(
        key="pick-compared", horizontal=True, vertical_alignment="center", gap="small"
    ):
        label = t("consortium.pick")
        draw(span(label, cls="panel-note"), width="content", taken_along=False)
        st.selectbox(
            label,
            list(names),
            format_func=names.__getitem__,
            key="pick-consortium",
            label_visibility="collapsed",
            on_change=lambda: navigate(indicator=st.session_state["pick-consortium"]),
        )


@block
def focus_panel(view: View, *, height: int) -> None:
    """Compare the counties in the chosen indicator; a county alone is shown over time."""
    if len(view.counties) < MIN_RANKED:
        topic_panels.trend_panel(view, height=height)
        return
    indicator = view.indicator
    value = topics.reference_of(view, indicator, view.reference)
    frame = topics.labelled(view, indicator, view.counties, reference=view.reference)
    drawn, note = frame, topics.period_words(view, indicator)
    if frame.height > (most := (height - FRAME) // ROW):
        drawn = in_order_of_need(frame, indicator.polarity).head(most)
        note += t("consortium.neediest", n=most)
    twin = None if view.meeting else partial(_focus_twin, view, frame)
    with panel("focus", title=indicator.name_zh, note=note, height=height, twin=twin):
        if frame["value"].drop_nulls().is_empty():
            state_message(_absence(frame))
            return
        figure = ranked_figure(
            drawn,
            Measure.of(indicator),
            beside=Yardsticks(
                reference=value if indicator.form != "count" else None,
                reference_zh=topics.reference_words(view.reference),
                target=topics.target_of(view, indicator, view.reference or view.area),
            ),
            selected=view.county.code if view.county else "",
            height=height - 84,
        )
        chart(
            figure,
            key="focus",
            alt=t("topic.ranking_alt", name=indicator.name_zh),
            on_click=partial(topic_panels.follow, view),
        )


def _absence(frame: pl.DataFrame) -> str:
    is_hidden = (frame["status"] == "suppressed").any()
    return "state.suppressed" if is_hidden else "state.no_rows"


def _focus_twin(view: View, frame: pl.DataFrame) -> None:
    indicator = view.indicator
    status = pl.Series([t(f"status.{s}") for s in frame["status"]], dtype=pl.String)
    columns = {
        "area_code": t("table.area_code"),
        "area_name": t("table.area"),
        "label": f"{indicator.short_zh}（{indicator.unit_zh}）",
        "numerator": t("topic.numerator"),
        "denominator": t("topic.denominator"),
        "status_zh": t("topic.status"),
    }
    if indicator.denominator is None:
        del columns["denominator"]
    table_twin(
        frame.with_columns(status_zh=status),
        key="focus",
        name_zh=f"{indicator.name_zh}_{topics.period_words(view, indicator)}",
        columns=columns,
    )


@block
def members_panel(view: View, figures: Figures) -> None:
    """List the consortia of the area with what their members have reached."""
    place = figures.place
    counties = (
        {place.code: place} if place.level == "county" else {c.code: c for c in view.counties}
    )
    found = queries.consortia(view.scan("institutions"), counties=list(counties))
    names = {code: county.name for code, county in counties.items()}
    frame = found.with_columns(
        county=pl.col("county_code").replace_strict(names, return_dtype=pl.String)
    ).select("consortium_name", *MEMBERS)
    with panel(
        "members",
        title=t("consortium.members"),
        note=t("consortium.members_note", n=frame.height),
        twin=None if view.meeting else partial(_members_twin, figures, frame),
    ):
        if frame.is_empty():
            state_message("consortium.no_members")
            return
        heads = grids.head(
            t("consortium.members.name"),
            *((t(f"consortium.members.{m}"), "" if m in MEMBER_TEXTS else "num") for m in MEMBERS),
        )
        rows = [
            grids.row(
                [
                    grids.row_head(row["consortium_name"] or formats.DASH),
                    *(
                        grids.cell(_text(row[m]), cls="" if m in MEMBER_TEXTS else "num")
                        for m in MEMBERS
                    ),
                ]
            )
            for row in frame.iter_rows(named=True)
        ]
        draw(grids.grid([heads], rows, label=t("consortium.members"), cls="members"))


def _text(value: object) -> str:
    return formats.DASH if value is None else str(value)


def _members_twin(figures: Figures, frame: pl.DataFrame) -> None:
    table_twin(
        frame,
        key="members",
        name_zh=f"{figures.place.name}{t('consortium.members')}",
        columns={
            "consortium_name": t("consortium.members.name"),
            **{m: t(f"consortium.members.{m}") for m in MEMBERS},
        },
    )
