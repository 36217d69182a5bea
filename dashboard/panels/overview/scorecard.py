"""The areas against all headline indicators, most in need first."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import polars as pl
import streamlit as st

from dashboard import formats, shell, site
from dashboard.blocks import block
from dashboard.charts.scorecard import (
    Cell,
    Main,
    ScoreRow,
    narrow_intervals,
    rows_in,
    scorecard_figure,
)
from dashboard.components import chart, panel, table_twin
from dashboard.formats import plain
from dashboard.look import cards
from dashboard.messages import t
from dashboard.panels.overview.board import (
    Facts,
    compared,
    indicators,
    mark_of,
    needy,
    panel_height,
    reference_value,
    reference_words,
    title_words,
)
from dashboard.places import Place
from dashboard.reading.facts import Fact
from dashboard.selectors import navigate
from dashboard.view import View

FEW = 30
HEAD = 88  # pixels of the panel above its chart


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


def _by_need(view: View, row: ScoreRow) -> tuple[bool, float, str]:
    """Order by the shown indicator, the worst first."""
    sign = 1 if view.indicator.polarity == "higher_is_better" else -1
    return row.value is None, sign * (row.value or 0.0), row.code


def score_rows(view: View, facts: Facts) -> list[ScoreRow]:
    """Return the rows of the scorecard: the reference, then the areas most in need first.

    Below several cities stand the counties with most claims against them, as many as there is
    room for.
    """
    rows = [_score_row(view, facts, place, is_reference=False) for place in compared(view)]
    rows.sort(key=partial(_by_need, view))
    if view.reference is not None:
        rows.insert(0, _score_row(view, facts, view.reference, is_reference=True))
    if view.area.level == "group":
        rows += _needy_rows(view, facts, room=rows_in(panel_height(view) - HEAD) - len(rows) - 1)
    return rows


def _needy_rows(view: View, facts: Facts, *, room: int) -> list[ScoreRow]:
    """Return the counties worse than the whole on most indicators; the first one has a heading."""
    counts = needy(view, view.counties)
    found = [
        _score_row(view, facts, place, is_reference=False)
        for place in view.counties
        if place.code in counts
    ]
    found.sort(key=lambda row: (-counts[row.code], *_by_need(view, row)))
    shown = found[: max(room, 0)]
    if shown:
        words = "overview.table_needy" if len(shown) == len(found) else "overview.table_needy_most"
        said = t(
            words,
            total=len(view.counties),
            n=len(found),
            most=len(shown),
            reference=reference_words(view),
        )
        shown[0] = replace(shown[0], heading=said)
    return shown


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
    click = "overview.table_group_note" if view.area.level == "group" else "overview.table_note"
    with panel(
        "scorecard",
        title=title_words(view),
        note="" if view.meeting else t(click),
        height=panel_height(view),
        twin=None if view.meeting else lambda: _twin(view, facts),
    ):
        figure = scorecard_figure(rows, main=main, heads=heads, height=panel_height(view) - HEAD)
        chart(
            figure,
            key="scorecard",
            alt=title_words(view),
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
    below = view.counties if view.area.level == "group" else ()
    places = [*([view.reference] if view.reference else []), *compared(view), *below]
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
    table_twin(
        pl.DataFrame(data),
        key="scorecard",
        name_zh=f"{view.area.name}{title_words(view)}{view.data_date:%Y%m%d}",
        columns={name: name for name in data},
        areas=(t("table.area_code"), t("table.area")),
        follow=lambda code: open_profile(view, code),
    )
