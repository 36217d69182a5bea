"""转诊外流: who is treated outside the county, how far away, and where the fund goes."""

from dashboard import shell
from dashboard.look.columns import columns, map_and_ranking, rows, wide
from dashboard.messages import t
from dashboard.panels.outflow import cases, destinations, flows, matrix, referrals
from dashboard.panels.outflow.resettled import resettled_height, resettled_panel
from dashboard.panels.shared import map_months, ranking, side_by_side, topic_cards, topic_panels
from dashboard.panels.shared.funnel import funnel_panel
from dashboard.panels.shared.process import process_panel

INDICATORS = ("out_of_county_inpatient_rate", "fund_outflow_rate", "referred_outflow_share")

KEYS = (*flows.KEYS, *matrix.KEYS, *map_months.KEYS)

view = shell.open_page("outflow", indicators=INDICATORS, own=KEYS)
topic_panels.style(ranking_first=True)
matrix.style()
shell.title_band(view, title=t("page.outflow"), claim=destinations.claim(view))

known = view.catalogue.indicators
cards = topic_cards.indicator_cards(view, INDICATORS)
pair = topic_cards.pair_card(view, known["upward_referrals"], known["downward_referrals"])
topic_cards.draw_cards([*cards, pair])

side_by_side.compare_row(view)
first, second = rows(
    view, 600, ranking.ranking_height(view, least=480), meeting=map_and_ranking(view)
)
left, right = columns(5, 7)
with left:
    # In a meeting on a laptop the map has half of the screen.
    topic_panels.map_panel(view, height=first, width=wide(view, meeting=590))
with right:
    destinations.destinations_panel(view, height=first)

cells, tier = flows.read(view), matrix.read_tier()
# Beside the long list of several cities' counties the matrix of cities has room.
is_beside = view.area.level == "group" and not view.meeting
left, right = columns(5, 7)
with left:
    ranking.ranking_panel(view, height=second)
with right:
    flows.sankey_panel(view, cells, height=480 if is_beside else second)
    if is_beside:
        matrix.matrix_panel(view, cells, tier=tier)

if not view.meeting:
    if not is_beside:
        matrix.matrix_panel(view, cells, tier=tier)
    # What few rows fill stands together, and so do the two lists of counties.
    third = destinations.table_height(view, most=540)
    left, right = columns(7, 5)
    with left:
        destinations.table_panel(view, tier=tier, height=third)
    with right:
        referrals.months_panel(view, height=third)
    fourth = resettled_height(view, least=referrals.counties_height(view, least=480))
    left, right = columns(7, 5)
    with left:
        referrals.counties_panel(view, height=fourth)
    with right:
        resettled_panel(view, height=fourth)
    left, right = columns(6, 6)
    with left:
        process_panel(view, height=480)
    with right:
        funnel_panel(view, height=480)
    left, right = columns(7, 5)
    with left:
        cases.diseases_panel(view, height=600)
    with right:
        cases.standardised_panel(view, height=600)
    topic_panels.caveats(view)

shell.footer(view, sources=("settlements", "referrals"))
