"""指标口径: what every indicator means, what it is made of and what it rests on."""

from dashboard import shell
from dashboard.look.columns import columns
from dashboard.messages import t
from dashboard.panels import definitions, glossary
from dashboard.panels.shared import reference_frame

view = shell.open_page("definitions", indicators=reference_frame.INDICATORS)
reference_frame.style()
shell.title_band(view, title=t("page.definitions"), claim=definitions.claim(view))

found = definitions.found_indicators(view)
left, right = columns(4, 8)
with left:
    definitions.list_panel(view, found)
with right:
    definitions.detail_panel(view, definitions.shown_indicator(view, found))

if not view.meeting:  # one screen
    glossary.changes_panel(view)
    glossary.glossary_panel()

shell.footer(view, sources=("catalogue",))
