"""The areas against all headline indicators, most in need first."""

from __future__ import annotations

import polars as pl
import streamlit as st

from dashboard import formats, shell, site
from dashboard.blocks import block
from dashboard.charts.scorecard import Cell, Main, ScoreRow, narrow_intervals, scorecard_figure
from dashboard.components import chart, panel, table_twin
from dashboard.formats import plain
from dashboard.look import cards
from dashboard.messages import t
from dashboard.panels.overview.board import (
    Facts,
    compared,
    compared_words,
    indicators,
    mark_of,
    panel_height,
    reference_value,
    reference_words,
)
from dashboard.places import Place
from dashboard.reading.facts import Fact
from dashboard.selectors import navigate
from dashboard.view import View

FEW = 30


def cell_words(fact: Fact) -> str:
    """Print a cell: of few facilities both counts, since one more would move the rate by points."""
    numerator, denominator = fact.numerator, fact.denominator
    if fact.indicator.form != "proportion" or numerator is None or denominator is None:
        return cards.value_words(fact)
    if denominator >= FEW or fact.status == "suppressed":
        return cards.value_words(fact)
    return formats.fraction(numerator, denominator, unit_zh="")


def _score_row(view: View, facts: Facts, place: Place, *, is_reference: bool) -> ScoreRow:
    shown = view.indicator
    fact = facts[shown.id, place.code]
    others = [i for i in indicators(view) if i.id != shown.id]
    cells = [
        Cell(
            label=cell_words(facts[i.id, place.code]),
            mark=mark_of(view, i, place.code),
        )
        for i in others
    ]
    own_mark = "" if is_reference else mark_of(view, shown, place.code)
    name = reference_words(view) if is_reference else view.places.short_name(place)
    interval = formats.interval(fact.reading.lower, fact.reading.upper, decimals=shown.decimals)
    return ScoreRow(
        code=place.code,
        name=name,
        value=fact.reading.value,
        lower=fact.reading.lower,
        upper=fact.reading.upper,
        main=Cell(label=cell_words(fact), mark=own_mark),
        cells=tuple(cells),
        hover=(
            f"<b>{plain(place.name)}</b>　{plain(shown.name_zh)}<br>"
            f"{cards.value_words(fact)}{shown.unit_zh}　{cards.fraction_words(fact)}<br>"
            f"{t('overview.interval')} {interval}"
        ),
        is_reference=is_reference,
        is_selected=view.county is not None and place.code == view.county.code,
    )


def score_rows(view: View, facts: Facts) -> list[ScoreRow]:
    """Return the rows of the scorecard: the reference, then the areas most in need first."""
    rows = [_score_row(view, facts, place, is_reference=False) for place in compared(view)]
    sign = 1 if view.indicator.polarity == "higher_is_better" else -1
    rows.sort(key=lambda r: (r.value is None, sign * (r.value or 0.0), r.code))
    if view.reference is None:
        return rows
    return [_score_row(view, facts, view.reference, is_reference=True), *rows]


@block
def draw_scorecard(view: View, own: Facts, facts: Facts) -> None:
    """Draw the areas against all headline indicators; a click opens the county's profile."""
    shown = view.indicator
    rows = score_rows(view, facts)
    heads = [i.short_zh for i in indicators(view) if i.id != shown.id]
    target = own[shown.id, view.area.code].target
    note = t("overview.interval_narrow" if narrow_intervals(rows) else "overview.interval")
    main = Main(
        title=shown.name_zh,
        note=t("overview.money_no_interval") if shown.form == "money_share" else note,
        reference=reference_value(view, facts, shown),
        reference_zh=reference_words(view),
        target=target,
        target_zh=t("chart.target") + " " + formats.rate(target, decimals=shown.decimals),
    )
    with panel(
        "scorecard",
        title=t("overview.table", what=compared_words(view)),
        note="" if view.meeting or view.area.level == "group" else t("overview.table_note"),
        height=panel_height(view),
        twin=None if view.meeting else lambda: _twin(view, facts),
    ):
        figure = scorecard_figure(rows, main=main, heads=heads, height=panel_height(view) - 88)
        chart(
            figure,
            key="scorecard",
            alt=t("overview.table", what=compared_words(view)),
            on_click=lambda code: open_profile(view, code),
        )


def open_profile(view: View, code: str) -> None:
    """Open the county's profile; a city goes down on the same page."""
    place = view.places.get(code)
    if place is not None and place.level == "county":
        st.session_state["open-profile"] = code
    else:
        navigate(area=code)


def switch_if_asked(view: View) -> None:
    """Switch to the profile asked for by a click; callbacks may not switch pages themselves."""
    code = st.session_state.pop("open-profile", None)
    if code is not None:
        st.switch_page(site.page("county"), query_params=shell.link_to(view, area=code))


def _twin(view: View, facts: Facts) -> None:
    places = ([view.reference] if view.reference else []) + list(compared(view))
    data: dict[str, list[object]] = {
        t("table.area_code"): [p.code for p in places],
        t("table.area"): [p.name for p in places],
    }
    for i in indicators(view):
        mine = [facts[i.id, p.code] for p in places]
        data[f"{i.short_zh}（{i.unit_zh}）"] = [cards.value_words(f) for f in mine]
        counts = [cards.table_counts(f, i) for f in mine]
        for n, header in enumerate(cards.count_headers(i).values()):
            data[f"{i.short_zh}{header}"] = [pair[n] for pair in counts]
    title = t("overview.table", what=compared_words(view))
    table_twin(
        pl.DataFrame(data),
        key="scorecard",
        name_zh=f"{view.area.name}{title}{view.data_date:%Y%m%d}",
        columns={name: name for name in data},
        demonstration=view.marts.is_demonstration,
        areas=(t("table.area_code"), t("table.area")),
        follow=lambda code: open_profile(view, code),
    )
