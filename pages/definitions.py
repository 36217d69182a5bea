"""指标口径: what every indicator means, what it is made of and what it rests on."""

from dashboard import shell
from dashboard.look.columns import columns
from dashboard.messages import t
from dashboard.panels import definition_panels, reference_frame

view = shell.open_page("definitions", indicators=reference_frame.INDICATORS)
reference_frame.style()
shell.title_band(view, title=t("page.definitions"), claim=definition_panels.claim(view))

found = definition_panels.found_indicators(view)
left, right = columns(4, 8)
with left:
    definition_panels.list_panel(view, found)
with right:
    definition_panels.detail_panel(view, definition_panels.shown_indicator(view, found))

if not view.meeting:  # one screen
    definition_panels.glossary_panel()

shell.footer(view, sources=("catalogue",))
