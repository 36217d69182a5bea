"""转诊外流: who is treated outside the county, how far away, and where the fund goes."""

from dashboard import shell
from dashboard.look.columns import columns, map_and_ranking, rows, wide
from dashboard.messages import t
from dashboard.panels import case_panels, outflow_panels, topic_cards, topic_panels
from dashboard.panels.funnel_panel import funnel_panel
from dashboard.panels.process_panel import process_panel

INDICATORS = ("out_of_county_inpatient_rate", "fund_outflow_rate", "referred_outflow_share")

view = shell.open_page("outflow", indicators=INDICATORS)
topic_panels.style()
shell.title_band(view, title=t("page.outflow"), claim=outflow_panels.claim(view))

known = view.catalogue.indicators
cards = [topic_cards.indicator_card(view, known[i]) for i in INDICATORS]
pair = topic_cards.pair_card(view, known["upward_referrals"], known["downward_referrals"])
topic_cards.draw_cards([*cards, pair])

first, second = rows(
    view, 600, topic_panels.ranking_height(view, least=420), meeting=map_and_ranking(view)
)
left, right = columns(5, 7)
with left:
    topic_panels.map_panel(view, height=first, width=wide(view))
with right:
    outflow_panels.destinations_panel(view, height=first)

left, right = columns(5, 7)
with left:
    topic_panels.ranking_panel(view, height=second)
with right:
    outflow_panels.sankey_panel(view, height=second)

if not view.meeting:
    left, right = columns(6, 6)
    with left:
        process_panel(view, height=480)
    with right:
        funnel_panel(view, height=480)
    left, right = columns(7, 5)
    with left:
        case_panels.diseases_panel(view, height=600)
    with right:
        case_panels.standardised_panel(view, height=600)
    outflow_panels.table_panel(view, most=520)
    topic_panels.caveats(view)

shell.footer(view, sources=("settlements", "referrals"))
