"""总览: how the area stands on the six headline indicators, and which counties need attention."""

import streamlit as st

from dashboard import shell
from dashboard.look.columns import columns
from dashboard.messages import t
from dashboard.panels import (
    county_map,
    map_months,
    overview,
    scorecard,
    side_by_side,
    week_points,
)

view = shell.open_page("overview", indicators=overview.HEADLINE, own=map_months.KEYS)
scorecard.switch_if_asked(view)
own, others = overview.own_facts(view), overview.all_facts(view)

shell.title_band(
    view,
    title=t("overview.title", name=view.area.name),
    claim=overview.claim(view, own),
)
overview.draw_cards(view, own)
side_by_side.compare_row(view)
with st.container(key="main-row"):
    left, middle, right = columns(3, 4, 5)
    with left:
        overview.draw_points(view, week_points.points(view, own, others))
    with middle:
        county_map.draw_map(view, others)
    with right:
        scorecard.draw_scorecard(view, own, others)
shell.footer(
    view, sources=("settlements", "referrals", "clinics", "equipment", "contracts", "population")
)
