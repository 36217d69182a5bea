"""标准化村卫生室: how far the work is, where it lags, and every clinic by name."""

from dashboard import clinic_panels, shell, topic_cards, topic_panels
from dashboard.columns import columns
from dashboard.messages import t

INDICATORS = (
    "standardised_clinic_rate",
    "accepted_clinic_rate",
    "public_ownership_rate",
    "area_standard_rate",
)
CARDS = ("standardised_clinic_rate", "accepted_clinic_rate", "clinics_in_progress")

view = shell.open_page("clinics", indicators=INDICATORS)
topic_panels.style()
shell.title_band(view, title=t("page.clinics"), claim=clinic_panels.claim(view))

known = view.catalogue.indicators
topic_cards.draw_cards(
    [topic_cards.indicator_card(view, known[i]) for i in (*CARDS, "area_standard_rate")]
)

left, right = columns(4, 8)
with left:
    topic_panels.map_panel(view, height=430)
    clinic_panels.building_panel(view, height=298)
with right:
    first, second = columns(5, 3)
    with first:
        clinic_panels.stack_panel(view, height=410)
    with second:
        topic_panels.trend_panel(view, height=410)
    clinic_panels.list_panel(view, height=318)

shell.footer(view, sources=("clinics",))
