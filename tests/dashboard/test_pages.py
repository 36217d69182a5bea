"""Overview and county profile, run as the browser would run them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.base import CONFIG
from tests.builders.drawn import address, click, html, map_trace

Run = Callable[..., AppTest]


def test_the_overview_opens_on_the_first_complete_city(run_page: Run) -> None:
    app = run_page()
    assert not app.exception
    page = html(app)
    assert "开封市运行总览" in page
    assert "6项指标：" in page
    for name in ("县域外住院占比", "医保基金外流率", "标准化村卫生室完成率", "三大件覆盖率"):
        assert name in page
    assert "演示数据，非真实统计" in page
    assert "审图号：待确认" in page


def test_the_address_says_what_is_shown(run_page: Run) -> None:
    app = run_page()
    assert address(app, "area") == "410200"
    assert address(app, "indicator") == "out_of_county_inpatient_rate"
    assert address(app, "month") == "2025-06"
    assert "snapshot" not in app.query_params


def test_the_map_shows_nine_counties_offline(run_page: Run) -> None:
    app = run_page()
    trace = map_trace(app)
    assert len(set(trace["locations"])) == 9
    assert trace["geojson"].startswith("./geo/")
    assert CONFIG["topojsonURL"].startswith("./")
    for element in app.get("plotly_chart"):
        assert json.loads(element.proto.config)["topojsonURL"] == CONFIG["topojsonURL"]


def test_a_click_on_the_map_takes_the_whole_page_to_the_county(run_page: Run) -> None:
    app = run_page()
    click(app, "map", "410225")
    assert address(app, "area") == "410225"
    assert "兰考县运行总览" in html(app)
    click(app, "map", "410225")
    assert address(app, "area") == "410200"


def test_a_click_on_a_card_changes_map_and_address(run_page: Run) -> None:
    app = run_page()
    before = map_trace(app)["z"]
    app.button(key="choose-contract_rate").click().run()
    assert address(app, "indicator") == "contract_rate"
    assert map_trace(app)["z"] != before


def test_pickers_write_the_address(run_page: Run) -> None:
    app = run_page()
    app.selectbox(key="pick-area").select("6109HK").run()
    assert address(app, "area") == "6109HK"
    app.selectbox(key="pick-month").select("2024-05").run()
    assert address(app, "month") == "2024-05"
    assert "2024年1—5月已定案" in html(app)
    assert not app.exception


def test_the_picker_offers_group_city_counties_and_small_worlds(run_page: Run) -> None:
    options = run_page().selectbox(key="pick-area").options
    assert options[:2] == ["一市合计", "开封市（9个县区）"]
    assert options[-1].strip() == "恒口示范区"


def test_unknown_ids_are_told_and_nothing_breaks(run_page: Run) -> None:
    app = run_page(area="999999", indicator="nonsense", month="1999-01", snapshot="0009-00000000")
    assert not app.exception
    page = html(app)
    assert "链接中的地区不存在，已显示开封市。" in page
    assert "链接中的指标不存在" in page
    assert "链接中的期间没有数据" in page
    assert "链接中的快照不存在" in page


@pytest.mark.parametrize("value", ["../../etc/passwd", "\x00", "<script>", "x" * 5000, "=1+1"])
def test_strange_values_are_never_shown(run_page: Run, value: str) -> None:
    app = run_page(area=value, snapshot=value)
    assert not app.exception
    assert value not in html(app)


def test_the_choice_survives_a_page_switch(run_page: Run) -> None:
    app = run_page(area="410225", month="2025-05")
    app.switch_page("../pages/county.py").run()
    assert address(app, "area") == "410225"
    assert address(app, "month") == "2025-05"
    assert "9项指标：" in html(app)


def test_a_pinned_snapshot_stays_in_the_address(run_page: Run, small_world: Path) -> None:
    snapshot = (small_world / "CURRENT").read_text().strip()
    app = run_page(snapshot=snapshot)
    assert address(app, "snapshot") == snapshot


def test_from_county_to_township_to_its_clinics(run_page: Run) -> None:
    app = run_page("county", area="410225")
    assert not app.exception
    assert "兰考县概况" in html(app)
    click(app, "townships", "410225102")
    assert address(app, "area") == "410225102"
    page = html(app)
    assert "南彰镇村卫生室名单" in page
    assert "第18村卫生室" in page
    assert "410225102018" in page
    assert "南彰镇卫生院" in page


def test_a_click_on_an_indicator_changes_the_trend(run_page: Run) -> None:
    app = run_page("county", area="410225")
    click(app, "spine", "fulfilment_rate")
    assert address(app, "indicator") == "fulfilment_rate"


def test_the_profile_of_a_city_asks_for_a_county(run_page: Run) -> None:
    app = run_page("county", area="410200")
    assert "请点击一个县区" in html(app)
    click(app, "scorecard", "410225")
    assert address(app, "area") == "410225"
    assert "兰考县概况" in html(app)


def test_a_row_of_the_scorecard_opens_the_profile(run_page: Run) -> None:
    app = run_page()
    click(app, "scorecard", "410221")
    assert "杞县概况" in html(app)
    assert address(app, "area") == "410221"


def test_the_scorecard_of_the_group_lists_cities_and_goes_down(run_page: Run) -> None:
    app = run_page(area="all")
    assert "各市与需关注的县区" in html(app)
    click(app, "scorecard", "410200")
    assert address(app, "area") == "410200"
