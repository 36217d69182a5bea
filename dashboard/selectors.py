"""The pickers and what a choice does: it goes to the URL, and the whole page follows."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import streamlit as st

from dashboard import formats
from dashboard.messages import t
from dashboard.view import View

MEMORY = "choice"  # the session's memory of the last choice, kept across page switches


def navigate(**ids: str | None) -> None:
    """Change what the page shows; call from widget callbacks. None removes a choice."""
    for key, value in ids.items():
        if value is None:
            st.session_state.get(MEMORY, {}).pop(key, None)
            st.query_params.pop(key, None)
        else:
            st.query_params[key] = value


def area_options(view: View) -> list[str]:
    """Return the codes of the area picker: group, cities with their counties, small worlds last.

    Below the county shown stand its townships: the way down to them without a mouse.
    """
    places = view.places
    complete = [city for city in places.cities if city.is_complete]
    others = [city for city in places.cities if not city.is_complete]
    codes = [place.code for place in places.by_code.values() if place.level == "group"]
    for city in (*complete, *others):
        codes += [city.code] if city.is_complete else []
        for county in places.children(city.code):
            codes += [county.code] if county.level == "county" else []
            if view.county is not None and county.code == view.county.code:
                codes += [place.code for place in places.children(county.code)]
    if view.area.code not in codes:
        codes.append(view.area.code)
    return codes


def _area_label(view: View, code: str) -> str:
    place = view.places.by_code[code]
    if place.level == "city":
        n = len([p for p in view.places.children(code) if p.level == "county"])
        return t("pick.counties", name=formats.visible(place.name), n=n)
    name = formats.visible(view.places.short_name(place))  # its city stands above it
    indent = {"group": 0, "township": 2}.get(place.level, 1)
    return "\u3000" * indent + name


def area_picker(view: View) -> None:
    """Draw the picker of areas; a choice goes to the URL."""
    st.session_state["pick-area"] = view.area.code
    st.selectbox(
        t("pick.area"),
        area_options(view),
        format_func=lambda code: _area_label(view, code),
        key="pick-area",
        on_change=lambda: navigate(area=st.session_state["pick-area"]),
        width=220,
    )


def month_picker(view: View) -> None:
    """Draw the picker of months; a choice goes to the URL."""
    st.session_state["pick-month"] = formats.month_key(view.month)
    by_key = {formats.month_key(m): m for m in reversed(view.marts.months)}
    st.selectbox(
        t("pick.month"),
        list(by_key),
        format_func=lambda key: formats.month(by_key[key]),
        key="pick-month",
        on_change=lambda: navigate(month=st.session_state["pick-month"]),
        width=150,
    )


def go_to_area(code: str) -> None:
    """Let the whole page follow to an area."""
    navigate(area=code)


def area_jump(
    names: Mapping[str, str], *, key: str, follow: Callable[[str], None] = go_to_area
) -> None:
    """Draw the list of a table's areas that opens one: the way down without a mouse.

    Args:
        names: area code -> printed name, in the order of the table.
        key: unique on the page.
        follow: what the chart beside the table does at a click.
    """

    def open_chosen() -> None:
        code = st.session_state[key]
        st.session_state[key] = None
        if code is not None:
            follow(code)

    st.selectbox(
        t("table.open_area"),
        list(names),
        index=None,
        format_func=lambda code: formats.visible(names[code]),
        placeholder=t("table.choose_area"),
        key=key,
        on_change=open_chosen,
    )
