"""县域画像: one county against its city, its townships, and every clinic of a township."""

from dashboard import shell
from dashboard.look.columns import columns
from dashboard.messages import t
from dashboard.panels.clinics import progress
from dashboard.panels.county import courses, peers, profile, spine, township, townships
from dashboard.panels.equipment import devices
from dashboard.panels.overview import board, county_map, scorecard
from dashboard.panels.shared import map_months, process, side_by_side, topic_panels
from dashboard.reading.topics import is_flow

SOURCES = ("settlements", "referrals", "clinics", "equipment", "contracts", "institutions")

view = shell.open_page("county", indicators=spine.SHOWN, own=(*peers.KEYS, *map_months.KEYS))
topic_panels.style()
scorecard.switch_if_asked(view)

if view.area.level == "township":
    facts, listed = township.own_facts(view), township.clinics(view)
    shell.title_band(view, title=view.area.name, claim=township.claim(listed, facts))
    left, right = columns(8, 4)
    with left:
        township.draw_clinics(view, listed)
    with right:
        township.draw_outflow(view)
        township.draw_contracts(facts)
        township.draw_devices(view)
elif view.county is not None:
    place = view.county
    group = peers.read_group(view, place)
    compared = peers.compared(view, group)
    own, others = spine.own_facts(view, place), spine.peer_facts(view, compared)
    shell.title_band(view, title=place.name, claim=spine.claim(view, own, place))
    left, right = columns(8, 4)
    with left:
        spine.draw_spine(view, own, others, place)
    with right:
        profile.draw_profile(view, own, place)
    left, right = columns(8, 4)
    with left:
        townships.draw_townships(view, own, place)
    with right:
        townships.draw_trend(view, own, place)
    if not view.meeting:
        height = peers.height_of(group, least=420)
        left, right = columns(8, 4)
        with left:
            peers.peers_panel(view, place, group, height=height)
        with right:
            if is_flow(view.indicator):
                process.process_panel(view, height=height)
            else:
                devices.away_panel(view, height=height)
        grid_height = devices.grid_height(view)
        devices.grid_panel(view, height=grid_height, width=devices.COUNTY_WIDTH)
        progress.list_panel(view, height=470, most=60)
else:
    own, others = board.own_facts(view), board.all_facts(view)
    shell.title_band(view, title=t("page.county"), claim=board.needy_claim(view))
    side_by_side.compare_row(view)
    left, right = columns(5, 7)
    with left:
        county_map.draw_map(view, others)
    with right:
        scorecard.draw_scorecard(view, own, others)
    courses.draw_courses(view, others)
shell.footer(view, sources=SOURCES)
