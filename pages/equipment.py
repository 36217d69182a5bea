"""三大件: which institutions have DR, colour ultrasound and analyser in use, and which nearly."""

from dashboard import shell
from dashboard.look.columns import columns, map_and_ranking, rows, wide
from dashboard.messages import t
from dashboard.panels.equipment import devices, ledger
from dashboard.panels.shared import map_months, ranking, side_by_side, topic_cards, topic_panels

INDICATORS = (
    "three_device_coverage",
    "dr_coverage",
    "colour_ultrasound_coverage",
    "biochemistry_analyser_coverage",
)

view = shell.open_page("equipment", indicators=INDICATORS, own=map_months.KEYS)
topic_panels.style(ranking_first=True)
shell.title_band(view, title=t("page.equipment"), claim=devices.claim(view))

topic_cards.draw_cards(topic_cards.indicator_cards(view, INDICATORS))

side_by_side.compare_row(view)
first, second = rows(
    view,
    600,
    ranking.ranking_height(view, least=420, counties_only=True),
    meeting=map_and_ranking(view),
)
left, right = columns(5, 7)
with left:
    topic_panels.map_panel(view, height=first, width=wide(view))
with right:
    devices.grid_panel(view, height=first)

left, middle, right = columns(4, 3, 5)
with left:
    ranking.ranking_panel(view, height=second, counties_only=True)
with middle:
    topic_panels.trend_panel(view, height=second)
with right:
    devices.away_panel(view, height=second)

if not view.meeting:
    left, right = columns(6, 6)
    with left:
        devices.counts_panel(view, height=330)
    with right:
        ledger.ages_panel(view, height=330)
    ledger.doubts_panel(view, height=420)
    topic_panels.caveats(view)

shell.footer(view, sources=("equipment", "institutions"))
