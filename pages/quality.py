"""数据质量: what every county sent, what became of every row, and which snapshot this is."""

from dashboard import shell
from dashboard.look.columns import columns
from dashboard.messages import t
from dashboard.panels import (
    change_panels,
    quality_matrix,
    quality_panels,
    reference_frame,
    snapshot_panels,
)

view = shell.open_page("quality", indicators=reference_frame.INDICATORS)
reference_frame.style()
shell.title_band(view, title=t("page.quality"), claim=quality_panels.claim(view))
quality_panels.stale_notice(view)

left, right = columns(8, 4)
with left:
    quality_matrix.matrix_panel(view)
with right:
    snapshot_panels.snapshot_panel(view)
    snapshot_panels.kept_panel(view)

left, right = columns(7, 5)
with left:
    if view.meeting:  # one screen: the title's sentence says what became of all rows
        snapshot_panels.files_panel(view)
    else:
        quality_panels.accounts_panel(view)
with right:
    quality_panels.reasons_panel(view)

if not view.meeting:
    snapshot_panels.files_panel(view)
    earlier = change_panels.before(view)
    left, right = columns(7, 5)
    with left:
        change_panels.values_panel(view, earlier)
    with right:
        change_panels.files_panel(view, earlier)
    quality_panels.templates_panel()

shell.footer(view, sources=("accounts",))
