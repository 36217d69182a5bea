"""医共体监测: the national list, the fund's ledger, and all that the monthly reports tell."""

from dashboard import shell
from dashboard.look.columns import columns, rows
from dashboard.messages import t
from dashboard.panels.consortium import behind, fund, items, members, monitor, values
from dashboard.panels.shared import topic_cards, topic_panels

view = shell.open_page("consortium", indicators=members.indicator_ids())
members.style()
every = members.indicators(view)
figures = values.read_figures(view, every)
shell.title_band(view, title=t("page.consortium"), claim=members.claim(view, figures))

known = view.catalogue.indicators
topic_cards.draw_cards(topic_cards.indicator_cards(view, members.CARDS))

if view.meeting:
    (height,) = rows(view, 0, meeting=(100,))
    low, rest = rows(view, 0, 0, meeting=(32, 68))
    left, right = columns(8, 4)
    with left:
        monitor.monitor_panel(view, figures, height=height)
    with right:
        # Without a whole to be compared with there is a sentence, and room for the months.
        behind.behind_panel(view, figures, every, height=height if view.reference else low)
        if view.reference is None:
            members.focus_panel(view, height=rest)
else:
    # Without a whole to be compared with, the left panel has a sentence: it lies above.
    left, right = columns(5, 7) if view.reference else (*columns(12), *columns(12))
    with left:
        behind.behind_panel(view, figures, every, height=members.FIRST_ROW)
    with right:
        members.indicator_picker(view)
        members.focus_panel(view, height=members.FIRST_ROW - members.PICKER)
    monitor.monitor_panel(view, figures, height="content")
    left, right = columns(6, 6)
    with left:
        fund.ledger_panel(view, figures)
    with right:
        fund.surplus_panel(view, figures)
    found = behind.behind(view, figures, every)
    for tables in items.ROWS:
        for column, table in zip(columns(6, 6), tables, strict=True):
            with column:
                items.items_panel(view, figures, table, found)
    members.members_panel(view, figures)
    topic_panels.caveats(view)

shell.footer(view, sources=("activity", "institutions", "settlements"))
