"""公开数据核对: each published figure beside ours on the same scope and date."""

from dashboard import shell
from dashboard.messages import t
from dashboard.panels import published
from dashboard.panels.shared import reference_frame

view = shell.open_page("published", indicators=reference_frame.INDICATORS, own=published.KEYS)
reference_frame.style()
shell.title_band(view, title=t("page.published"), claim=published.claim(view))

filters = published.read_filters(view)
published.draw_counts(view, filters)
published.table_panel(view, filters)

shell.footer(view, sources=("public",))
