"""公开数据核对: each published figure beside ours on the same scope and date."""

from dashboard import shell
from dashboard.messages import t
from dashboard.panels import published_panels, reference_frame

view = shell.open_page(
    "published", indicators=reference_frame.INDICATORS, own=published_panels.KEYS
)
reference_frame.style()
shell.title_band(view, title=t("page.published"), claim=published_panels.claim(view))

filters = published_panels.read_filters(view)
published_panels.draw_counts(view, filters)
published_panels.table_panel(view, filters)

shell.footer(view, sources=("public",))
