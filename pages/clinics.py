"""标准化村卫生室: how far the work is, where it lags, and every clinic by name."""

from dashboard import shell
from dashboard.look.columns import columns, rows
from dashboard.messages import t
from dashboard.panels.clinics import overdue, pace, progress, standards
from dashboard.panels.shared import map_months, ranking, side_by_side, topic_cards, topic_panels

INDICATORS = (
    "standardised_clinic_rate",
    "accepted_clinic_rate",
    "public_ownership_rate",
    "area_standard_rate",
)
CARDS = (
    "standardised_clinic_rate",
    "accepted_clinic_rate",
    "clinics_in_progress",
    "area_standard_rate",
)

view = shell.open_page("clinics", indicators=INDICATORS, own=map_months.KEYS)
topic_panels.style()
shell.title_band(view, title=t("page.clinics"), claim=progress.claim(view))

topic_cards.draw_cards(topic_cards.indicator_cards(view, CARDS))

side_by_side.compare_row(view)
first, second = rows(view, ranking.ranking_height(view, least=600), 470, meeting=(58, 42))
left, middle, right = columns(4, 4, 4)
with left:
    topic_panels.map_panel(view, height=first)
with middle:
    progress.stack_panel(view, height=first)
with right:
    pace.burn_up_panel(view, height=first)

left, right = columns(5, 7)
with left:
    overdue.overdue_panel(view, height=second)
with right:
    progress.list_panel(view, height=second)

if not view.meeting:
    left, right = columns(6, 6)
    with left:
        topic_panels.trend_panel(view, height=440)
    with right:
        standards.standards_panel(view, height=440)
    topic_panels.caveats(view)

shell.footer(view, sources=("clinics",))
