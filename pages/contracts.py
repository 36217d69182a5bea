"""家庭医生签约: residents and key groups under contract, fulfilled and renewed."""

from dashboard import shell
from dashboard.look.columns import columns, rows
from dashboard.messages import t
from dashboard.panels import contract_panels, topic_cards, topic_panels

INDICATORS = ("contract_rate", "key_group_contract_rate", "fulfilment_rate", "renewal_rate")

view = shell.open_page("contracts", indicators=INDICATORS)
topic_panels.style()
shell.title_band(view, title=t("page.contracts"), claim=contract_panels.claim(view))

known = view.catalogue.indicators
topic_cards.draw_cards([topic_cards.indicator_card(view, known[i]) for i in INDICATORS])

first, second = rows(view, topic_panels.ranking_height(view, least=600), 450, meeting=(50, 50))
left, middle, right = columns(4, 3, 5)
with left:
    topic_panels.map_panel(view, height=first)
with middle:
    topic_panels.trend_panel(view, height=first)
with right:
    topic_panels.ranking_panel(view, height=first)

left, right = columns(6, 6)
with left:
    contract_panels.groups_panel(view, height=second)
with right:
    contract_panels.group_trends_panel(view, height=second)

if not view.meeting:
    topic_panels.caveats(view)

shell.footer(view, sources=("contracts", "population"))
