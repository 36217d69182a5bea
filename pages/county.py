"""县域画像: one county against its city, its townships, and every clinic of a township."""

from dashboard import shell
from dashboard.look.columns import columns
from dashboard.messages import t
from dashboard.panels import (
    clinic_panels,
    county,
    county_map,
    county_peers,
    county_profile,
    county_townships,
    equipment_panels,
    map_months,
    overview,
    process_panel,
    scorecard,
    side_by_side,
    topic_panels,
    township,
)
from dashboard.reading.topics import is_flow

SOURCES = ("settlements", "referrals", "clinics", "equipment", "contracts", "institutions")

view = shell.open_page(
    "county", indicators=county.SHOWN, own=(*county_peers.KEYS, *map_months.KEYS)
)
topic_panels.style()
scorecard.switch_if_asked(view)

if view.area.level == "township":
    facts, listed = township.own_facts(view), township.clinics(view)
    shell.title_band(view, title=view.area.name, claim=township.claim(listed, facts))
    left, right = columns(8, 4)
    with left:
        township.draw_clinics(view, listed)
    with right:
        township.draw_contracts(facts)
        township.draw_devices(view)
elif view.county is not None:
    place = view.county
    group = county_peers.read_group(view, place)
    compared = county_peers.compared(view, group)
    own, peers = county.own_facts(view, place), county.peer_facts(view, compared)
    shell.title_band(view, title=place.name, claim=county.claim(view, place))
    left, right = columns(8, 4)
    with left:
        county.draw_spine(view, own, peers, place)
    with right:
        county_profile.draw_profile(view, own, place)
    left, right = columns(8, 4)
    with left:
        county_townships.draw_townships(view, own, place)
    with right:
        county_townships.draw_trend(view, own, place)
    if not view.meeting:
        height = county_peers.height_of(group, least=420)
        left, right = columns(8, 4)
        with left:
            county_peers.peers_panel(view, place, group, height=height)
        with right:
            if is_flow(view.indicator):
                process_panel.process_panel(view, height=height)
            else:
                equipment_panels.away_panel(view, height=height)
        grid_height = equipment_panels.grid_height(view)
        equipment_panels.grid_panel(view, height=grid_height, width=1720)
        clinic_panels.list_panel(view, height=470, most=60)
else:
    own, others = overview.own_facts(view), overview.all_facts(view)
    shell.title_band(view, title=t("page.county"), claim=t("county.pick_a_county"))
    side_by_side.compare_row(view)
    left, right = columns(5, 7)
    with left:
        county_map.draw_map(view, others)
    with right:
        scorecard.draw_scorecard(view, own, others)
shell.footer(view, sources=SOURCES)
