"""数据质量: what every county sent, what became of every row, and which snapshot this is."""

from dashboard import shell
from dashboard.look.columns import columns
from dashboard.messages import t
from dashboard.panels.quality import accounts, changes, matrix, reasons, snapshots
from dashboard.panels.shared import reference_frame

view = shell.open_page(
    "quality", indicators=reference_frame.INDICATORS, shows_besides=snapshots.kept
)
reference_frame.style()
shell.title_band(view, title=t("page.quality"), claim=accounts.claim(view))
accounts.stale_notice(view)

left, right = columns(8, 4)
with left:
    matrix.matrix_panel(view)
with right:
    snapshots.snapshot_panel(view)
    snapshots.kept_panel(view)

left, right = columns(7, 5)
with left:
    if view.meeting:  # one screen: the title's sentence says what became of all rows
        snapshots.files_panel(view)
    else:
        accounts.accounts_panel(view)
with right:
    reasons.reasons_panel(view)

if not view.meeting:
    snapshots.files_panel(view)
    earlier = changes.before(view)
    left, right = columns(7, 5)
    with left:
        changes.values_panel(view, earlier)
    with right:
        changes.files_panel(view, earlier)
    accounts.templates_panel()

shell.footer(view, sources=("accounts",))
