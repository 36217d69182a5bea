"""家庭医生签约: residents and key groups under contract, fulfilled and renewed."""

from dashboard import shell
from dashboard.look.columns import columns, rows
from dashboard.messages import t
from dashboard.panels.contracts import cascade, groups, matrix, policy
from dashboard.panels.shared import map_months, ranking, side_by_side, topic_cards, topic_panels

INDICATORS = ("contract_rate", "key_group_contract_rate", "fulfilment_rate", "renewal_rate")

view = shell.open_page("contracts", indicators=INDICATORS, own=map_months.KEYS)
topic_panels.style()
shell.title_band(view, title=t("page.contracts"), claim=groups.claim(view))

topic_cards.draw_cards(topic_cards.indicator_cards(view, INDICATORS))

side_by_side.compare_row(view)
first, second = rows(view, ranking.ranking_height(view, least=600), 450, meeting=(54, 46))
left, middle, right = columns(4, 4, 4)
with left:
    topic_panels.map_panel(view, height=first)
with middle:
    policy.policy_panel(view, height=first)
with right:
    ranking.ranking_panel(view, height=first)

left, right = columns(5, 7)
with left:
    cascade.cascade_panel(view, height=second)
with right:
    groups.groups_panel(view, height=second)

if not view.meeting:
    matrix.matrix_panel(view, height=matrix.matrix_height(view))
    left, right = columns(8, 4)
    with left:
        groups.group_trends_panel(view, height=360)
    with right:
        topic_panels.trend_panel(view, height=360)
    topic_panels.caveats(view)

shell.footer(view, sources=("contracts", "population"))
