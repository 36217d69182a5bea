"""医共体监测: the national list, the fund's ledger, and all that the monthly reports tell."""

from dashboard import shell
from dashboard.look.columns import columns, rows
from dashboard.messages import t
from dashboard.panels import (
    consortium,
    consortium_fund,
    consortium_items,
    consortium_monitor,
    consortium_values,
    topic_cards,
    topic_panels,
)

view = shell.open_page("consortium", indicators=consortium.indicator_ids())
consortium.style()
figures = consortium_values.read_figures(view, consortium.indicators(view))
shell.title_band(view, title=t("page.consortium"), claim=consortium.claim(view, figures))

known = view.catalogue.indicators
topic_cards.draw_cards([topic_cards.indicator_card(view, known[i]) for i in consortium.CARDS])

(first,) = rows(view, 736, meeting=(100,))
left, right = columns(8, 4)
with left:
    consortium_monitor.monitor_panel(view, figures, height=first)
with right:
    if not view.meeting:
        consortium.indicator_picker(view)
    picker = 0 if view.meeting else 58
    consortium.focus_panel(view, height=first - picker)

if not view.meeting:
    left, right = columns(6, 6)
    with left:
        consortium_fund.ledger_panel(view, figures)
    with right:
        consortium_fund.surplus_panel(view, figures)
    for column, tables in zip(columns(4, 4, 4), consortium_items.STACKS, strict=True):
        with column:
            for table in tables:
                consortium_items.items_panel(view, figures, table)
    consortium.members_panel(view, figures)
    topic_panels.caveats(view)

shell.footer(view, sources=("activity", "institutions", "settlements"))
