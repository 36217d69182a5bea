"""医共体监测: the national list, the fund's ledger, and all that the monthly reports tell."""

from dashboard import shell
from dashboard.look.columns import columns, rows
from dashboard.messages import t
from dashboard.panels.consortium import fund, items, members, monitor, values
from dashboard.panels.shared import topic_cards, topic_panels

view = shell.open_page("consortium", indicators=members.indicator_ids())
members.style()
figures = values.read_figures(view, members.indicators(view))
shell.title_band(view, title=t("page.consortium"), claim=members.claim(view, figures))

known = view.catalogue.indicators
topic_cards.draw_cards([topic_cards.indicator_card(view, known[i]) for i in members.CARDS])

(first,) = rows(view, 736, meeting=(100,))
left, right = columns(8, 4)
with left:
    monitor.monitor_panel(view, figures, height=first)
with right:
    if not view.meeting:
        members.indicator_picker(view)
    picker = 0 if view.meeting else 58
    members.focus_panel(view, height=first - picker)

if not view.meeting:
    left, right = columns(6, 6)
    with left:
        fund.ledger_panel(view, figures)
    with right:
        fund.surplus_panel(view, figures)
    for column, tables in zip(columns(4, 4, 4), items.STACKS, strict=True):
        with column:
            for table in tables:
                items.items_panel(view, figures, table)
    members.members_panel(view, figures)
    topic_panels.caveats(view)

shell.footer(view, sources=("activity", "institutions", "settlements"))
