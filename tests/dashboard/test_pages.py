"""Overview and county profile, run as the browser would run them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.testing.v1 import AppTest

from dashboard import shell, store
from dashboard.charts.base import CONFIG
from dashboard.panels import scorecard
from dashboard.store import Marts
from tests.builders.world import HOSTILE, publish_world

Run = Callable[..., AppTest]


def html(app: AppTest) -> str:
    """Return everything that was put on the page as HTML."""
    return "\n".join(element.proto.body for element in app.get("html"))


def address(app: AppTest, key: str) -> str:
    value = app.query_params[key]
    return value if isinstance(value, str) else value[0]


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(element.proto.spec) for element in app.get("plotly_chart")]


def map_trace(app: AppTest) -> dict[str, Any]:
    return next(t for c in charts(app) for t in c["data"] if t["type"] == "choropleth")


def click(app: AppTest, key: str, code: str) -> None:
    """Click a mark of a chart: send what the browser would send, so that the callback runs."""
    chart = next(e for e in app.get("plotly_chart") if e.proto.id.endswith(f"-{key}"))
    event = {
        "selection": {
            "points": [{"customdata": code}],
            "point_indices": [0],
            "box": [],
            "lasso": [],
        }
    }
    before = app._tree.get_widget_states

    def with_click() -> WidgetStates:
        states = before()
        state = states.widgets.add()
        state.id, state.string_value = chart.proto.id, json.dumps(event)
        return states

    app._tree.get_widget_states = with_click  # type: ignore[method-assign]
    app.run()


def test_the_overview_opens_on_the_first_complete_city(run_page: Run) -> None:
    app = run_page()
    assert not app.exception
    page = html(app)
    assert "开封市运行总览" in page
    assert "6项主要指标：" in page
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
    assert "各市对照" in html(app)
    click(app, "scorecard", "410200")
    assert address(app, "area") == "410200"


@pytest.mark.parametrize("page", ["overview", "county"])
@pytest.mark.parametrize("area", ["all", "410200", "410225", "6109HK", "410225102"])
def test_every_level_opens_cold(run_page: Run, page: str, area: str) -> None:
    app = run_page(page, area=area)
    assert not app.exception
    assert address(app, "area") == area


@pytest.mark.parametrize("month", ["2023-01", "2023-06", "2024-02"])
def test_early_months_have_less_to_say_and_say_it(run_page: Run, month: str) -> None:
    for page in ("overview", "county"):
        app = run_page(page, area="410225", month=month)
        assert not app.exception


def test_a_zone_has_no_map_but_its_figures(run_page: Run) -> None:
    page = html(run_page(area="6109HK"))
    assert "该地区没有独立的边界，不绘地图。" in page
    assert "无独立边界：" in page


def test_the_meeting_has_no_widgets_and_refuses_half_a_page(run_page: Run) -> None:
    for page in ("overview", "county"):
        app = run_page(page, area="410225", meeting="1")
        assert not app.exception
        assert not app.selectbox
        assert not app.button
        assert not app.get("segmented_control")
        assert not app.get("download_button")
        assert not app.get("page_link")
        shown = html(app)
        assert "页面未加载完，请稍候" in shown
        assert "complete" in shown
        assert "快照" in shown


def test_hostile_names_reach_no_markup(run_page: Run, hostile_world: Path) -> None:
    for page, area in (
        ("overview", "410200"),
        ("overview", "410225"),
        ("county", "410225"),
        ("county", "410225102"),
        ("county", "410225001"),
    ):
        app = run_page(page, marts=hostile_world, area=area)
        assert not app.exception
        assert "<img src=x" not in html(app)
        for figure in charts(app):
            words = json.dumps(figure, ensure_ascii=False)
            assert HOSTILE not in words
            assert "<img src=x" not in words
        for link in app.get("page_link"):
            assert "](http" not in link.proto.label.replace("\\]\\(", "")


def test_without_a_snapshot_the_page_says_what_to_do(run_page: Run, tmp_path: Path) -> None:
    app = run_page(marts=tmp_path)
    assert not app.exception
    page = html(app)
    assert "还没有可以显示的数据" in page
    assert "python -m pipeline build" in page


def test_a_damaged_snapshot_is_not_shown(run_page: Run, tmp_path: Path) -> None:
    snapshot = publish_world(tmp_path / "marts")
    mart = snapshot.path / "indicator_monthly.parquet"
    content = bytearray(mart.read_bytes())
    content[len(content) // 2] ^= 1
    mart.chmod(0o644)
    mart.write_bytes(bytes(content))
    from pipeline.snapshots import reading

    reading._verified.clear()
    app = run_page(marts=tmp_path / "marts")
    assert not app.exception
    assert "校验未通过" in html(app)
    assert "24." not in html(app)


@pytest.fixture(scope="module")
def zone_world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    marts = tmp_path_factory.mktemp("zone") / "marts"
    publish_world(marts, zone="410205")
    return marts


def test_a_county_without_polygon_is_listed_beside_the_map(run_page: Run, zone_world: Path) -> None:
    app = run_page(marts=zone_world)
    assert "410205" not in map_trace(app)["locations"]
    app.button(key="zone-410205").click().run()
    assert address(app, "area") == "410205"
    meeting = run_page(marts=zone_world, meeting="1")
    assert not meeting.button
    assert "禹王台区 " in html(meeting)
    profile = run_page("county", marts=zone_world, area="410205")
    assert "禹王台区概况" in html(profile)
    assert not [e for e in profile.get("plotly_chart") if e.proto.id.endswith("-locator")]


def test_every_chart_has_its_numbers_beside_it(run_page: Run) -> None:
    app = run_page(area="410225", indicator="fund_outflow_rate")
    tables = [table.value for table in app.dataframe]
    areas = next(t for t in tables if "状态" in t.columns)
    assert list(areas["地区"])[-1] == "兰考县"
    assert set(areas["状态"]) == {"已定案"}
    profile = run_page("county", area="410225", indicator="fund_outflow_rate")
    trend = next(t.value for t in profile.dataframe if "期间" in t.value.columns)
    assert list(trend["期间"])[-1] == "2025-06"
    assert list(trend["状态"])[-3:] == ["暂定"] * 3
    downloads = {button.key for button in profile.get("download_button")}
    assert {"csv-spine", "csv-townships", "csv-process", "csv-grid"} <= downloads


def test_the_breadcrumb_goes_up(run_page: Run) -> None:
    app = run_page(area="410225102")
    app.button(key="crumb-410225").click().run()
    assert address(app, "area") == "410225"
    app.button(key="crumb-410200").click().run()
    assert address(app, "area") == "410200"


def test_the_meeting_button_and_the_way_back(run_page: Run) -> None:
    app = run_page()
    app.button(key="meeting").click().run()
    assert address(app, "meeting") == "1"
    del app.query_params["meeting"]
    app.run()
    assert app.selectbox


@pytest.mark.breaks_a_panel
def test_a_broken_panel_leaves_the_others(run_page: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("410225198001011234")

    monkeypatch.setattr(scorecard, "score_rows", broken)
    app = run_page()
    assert not app.exception
    page = html(app)
    assert "本块未能显示，其余内容不受影响。编号 " in page
    assert "410225198001011234" not in page
    assert "本周要点" in page


@pytest.mark.breaks_a_panel
def test_a_broken_page_says_so_in_chinese(run_page: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("410225198001011234")

    monkeypatch.setattr(shell, "title_band", broken)
    app = run_page()
    assert not app.exception
    assert "本块未能显示" in html(app)
    assert "410225198001011234" not in html(app)


def test_data_that_are_no_demonstration_do_not_say_so(
    run_page: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Marts, "is_demonstration", False)
    assert "演示数据" not in html(run_page())


def test_an_empty_snapshot_says_so(run_page: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "_opened", {})
    monkeypatch.setattr(Marts, "months", ())
    app = run_page()
    assert not app.exception
    assert "还没有可以显示的数据" in html(app)
