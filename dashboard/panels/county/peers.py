"""Whom a county is compared with: its city, its like in size or income, or a group of the link."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial

import polars as pl
import streamlit as st

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.measure import Measure
from dashboard.charts.ranked import ranked_figure
from dashboard.charts.reference import Yardsticks
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.messages import t
from dashboard.places import Place
from dashboard.reading.topics import (
    labelled,
    period_words,
    reference_of,
    reference_words,
    target_of,
)
from dashboard.selectors import navigate
from dashboard.view import View

PEERS = "peers"  # the key of the link: size, income, own, or codes with commas
CITY, SIZE, INCOME, OWN = "city", "size", "income", "own"
KEYS = (PEERS,)
BANDS = (300_000, 600_000, 900_000)  # residents, from which the next band begins
PARTS = 3  # of the counties by income, as large as can be
LINE = 34
ABOVE = 150  # pixels of title and picker
MOST = 12  # counties of a group of one's own
WHOLE = 24  # counties of the largest group that is seen whole; a larger one scrolls


@dataclass(frozen=True, kw_only=True)
class Group:
    """The counties compared, the county itself among them, and how they were chosen."""

    kind: str
    places: tuple[Place, ...]
    is_unknown: bool = False  # the link names counties that do not exist

    @property
    def words(self) -> str:
        """Name the group."""
        return t(f"peers.{self.kind}_n", n=len(self.places))


def _counties(view: View) -> dict[str, Place]:
    return {c: p for c, p in view.places.by_code.items() if p.level == "county"}


def band_of(place: Place) -> int | None:
    """Return the number of the population band; None without a population."""
    return None if place.population is None else bisect_right(BANDS, place.population)


def income_peers(place: Place, known: Iterable[Place]) -> tuple[Place, ...]:
    """Return the counties of the same third by the income of country dwellers, itself included.

    Only incomes of the same year are compared. Counties with the same income are in the same
    third. Nothing without an income of the county's own.
    """
    alike = [p for p in known if p.rural_income is not None and p.income_year == place.income_year]
    if place.rural_income is None:
        return ()
    incomes = sorted(p.rural_income for p in alike if p.rural_income is not None)

    def third(income: int | None) -> int:
        return bisect_left(incomes, income or 0) * PARTS // len(incomes)

    return tuple(p for p in alike if third(p.rural_income) == third(place.rural_income))


def group_of(view: View, county: Place, wanted: str | None) -> Group:
    """Return the group that the link asks for; unknown counties are left out, and said."""
    known = _counties(view)
    city = Group(kind=CITY, places=view.counties)
    if wanted is None:
        return city
    if wanted == SIZE:
        band = band_of(county)
        alike = tuple(p for p in known.values() if band is not None and band_of(p) == band)
        return Group(kind=SIZE, places=alike) if len(alike) > 1 else city
    if wanted == INCOME:
        alike = income_peers(county, known.values())
        return Group(kind=INCOME, places=alike) if len(alike) > 1 else city
    if wanted == OWN:
        return Group(kind=OWN, places=(county,))
    asked = wanted.split(",")[: MOST + 1]
    is_unknown = any(code not in known for code in asked)
    # The county itself may be among them: the link was made on the page of another.
    codes = [code for code in dict.fromkeys(asked) if code in known]
    if not codes:
        return Group(kind=CITY, places=view.counties, is_unknown=True)
    others = [known[code] for code in codes if code != county.code][:MOST]
    return Group(kind=OWN, places=(county, *others), is_unknown=is_unknown)


def read_group(view: View, county: Place) -> Group:
    """Return the group of the link."""
    return group_of(view, county, st.query_params.get(PEERS))


def compared(view: View, group: Group) -> tuple[Place, ...]:
    """Return the counties of the range bars: the city's until a group of one's own has members."""
    return group.places if len(group.places) > 1 else view.counties


def _choose_kind() -> None:
    kind = st.session_state["pick-peers"]
    navigate(peers=None if kind in {None, CITY} else kind)


def _choose_own() -> None:
    codes = st.session_state["pick-own-peers"][:MOST]
    navigate(peers=",".join(codes) or OWN)


def _picker(view: View, county: Place, group: Group) -> None:
    st.session_state["pick-peers"] = group.kind
    has_like = {
        SIZE: band_of(county) is not None,
        INCOME: len(income_peers(county, _counties(view).values())) > 1,
    }
    kinds = [kind for kind in (CITY, SIZE, INCOME, OWN) if has_like.get(kind, True)]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.segmented_control(
            t("peers.title"),
            kinds,
            format_func=lambda kind: t(f"peers.{kind}"),
            key="pick-peers",
            label_visibility="collapsed",
            on_change=_choose_kind,
        )
        if group.kind != OWN:
            return
        others = {c: p.name for c, p in _counties(view).items() if c != county.code}
        chosen = [p.code for p in group.places if p.code in others]
        st.session_state["pick-own-peers"] = chosen
        st.multiselect(
            t("peers.own"),
            list(others),
            format_func=lambda code: formats.markdown(others[code]),
            key="pick-own-peers",
            label_visibility="collapsed",
            placeholder=t("peers.choose"),
            on_change=_choose_own,
        )


def _rows(group: Group) -> int:
    return 40 + 27 * len(group.places)


def height_of(group: Group, *, least: int) -> int:
    """Return the panel's height in which a group of usual size is seen whole."""
    return max(least, _above(group) + _rows(group)) if len(group.places) <= WHOLE else least


def _above(group: Group) -> int:
    """Return the pixels of title, picker and the line that tells how incomes are parted."""
    return ABOVE + (LINE if group.kind == INCOME else 0)


@block
def peers_panel(view: View, county: Place, group: Group, *, height: int) -> None:
    """Draw the chosen indicator of the group in order of need; a click follows."""
    indicator = view.indicator
    frame = labelled(view, indicator, group.places, reference=view.reference)
    twin = partial(_twin, view, frame)
    title = t("peers.of", name=indicator.short_zh)
    note = f"{group.words}，{period_words(view, indicator)}"
    with panel("peers", title=title, note=note, height=height, twin=twin):
        _picker(view, county, group)
        if group.kind == INCOME:
            notice(t("peers.income_how", year=county.income_year), cls="note")
        if group.is_unknown:
            notice(t("peers.unknown"), cls="note")
        if len(group.places) < 2:
            state_message("peers.none")
            return
        figure = ranked_figure(
            frame,
            Measure.of(indicator),
            beside=Yardsticks(
                reference=reference_of(view, indicator, view.reference),
                reference_zh=reference_words(view.reference),
                target=target_of(view, indicator, county),
            ),
            selected=county.code,
            height=max(height - _above(group), _rows(group)),
        )
        alt = t("topic.ranking_alt", name=indicator.name_zh)
        chart(figure, key="peers", alt=alt, on_click=lambda code: navigate(area=code))


def _twin(view: View, frame: pl.DataFrame) -> None:
    indicator = view.indicator
    table_twin(
        frame,
        key="peers",
        name_zh=t("peers.of", name=indicator.short_zh),
        columns={
            "area_code": t("table.area_code"),
            "area_name": t("table.area"),
            "numerator": t("topic.numerator"),
            "denominator": t("topic.denominator"),
            "label": f"{indicator.short_zh}（{indicator.unit_zh}）",
        },
    )
