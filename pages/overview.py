"""总览: how the area stands on the six headline indicators, and which counties need attention."""

import streamlit as st

from dashboard import shell
from dashboard.look.columns import columns
from dashboard.messages import t
from dashboard.panels.overview import board, county_map, scorecard, week_points
from dashboard.panels.shared import map_months, side_by_side

view = shell.open_page("overview", indicators=board.HEADLINE, own=map_months.KEYS)
scorecard.switch_if_asked(view)
own, others = board.own_facts(view), board.all_facts(view)

shell.title_band(
    view,
    title=t("overview.title", name=view.area.name),
    claim=board.claim(view, own),
)
board.draw_cards(view, own)
side_by_side.compare_row(view)
with st.container(key="main-row"):
    left, middle, right = columns(3, 4, 5)
    with left:
        board.draw_points(view, week_points.points(view, own, others))
    with middle:
        county_map.draw_map(view, others)
    with right:
        scorecard.draw_scorecard(view, own, others)
shell.footer(
    view, sources=("settlements", "referrals", "clinics", "equipment", "contracts", "population")
)
