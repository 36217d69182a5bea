"""Overview and county profile when data are few, odd, hostile, damaged or absent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import shell, store
from dashboard.panels.overview import scorecard
from dashboard.store import Marts
from tests.builders.drawn import address, charts, html, map_trace
from tests.builders.world import HOSTILE, publish_world
from tests.snapshots.spoiling import write_over

Run = Callable[..., AppTest]


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


def test_without_a_snapshot_the_page_says_whom_to_call(
    run_page: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    app = run_page(marts=tmp_path)
    assert not app.exception
    page = html(app)
    assert "还没有可以显示的数据" in page
    assert "请联系信息科" in page
    # The commands are for the log, not for every reader.
    assert "pipeline" not in page
    assert "python -m pipeline build" in caplog.text


def test_a_damaged_snapshot_is_not_shown(
    run_page: Run, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    snapshot = publish_world(tmp_path / "marts")
    mart = snapshot.path / "indicator_monthly.parquet"
    content = bytearray(mart.read_bytes())
    content[len(content) // 2] ^= 1
    write_over(mart, bytes(content))
    from pipeline.snapshots import reading

    reading._verified.clear()
    app = run_page(marts=tmp_path / "marts")
    assert not app.exception
    page = html(app)
    assert "24." not in page
    # A reader reads what it means and whom to call; what is wrong and what mends it is in the log.
    assert "现用数据没有通过校验，暂不显示" in page
    assert "请通知信息科恢复数据" in page
    assert "pipeline" not in page
    assert "校验未通过" in caplog.text


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
    assert not app.dataframe  # sent when it is looked at
    app.session_state["twin-map"] = True
    areas = app.run().dataframe[0].value
    assert list(areas["地区"])[-1] == "兰考县"
    assert set(areas["状态"]) == {"已定案"}
    profile = run_page("county", area="410225", indicator="fund_outflow_rate")
    profile.session_state["twin-trend"] = True
    trend = profile.run().dataframe[0].value
    assert list(trend["期间"])[-1] == "2025-06"
    assert list(trend["状态"])[-3:] == ["暂定"] * 3
    twins = ("spine", "townships", "process", "grid")
    for twin in twins:
        assert f"csv-{twin}" not in {button.key for button in profile.get("download_button")}
        profile.session_state[f"twin-{twin}"] = True
    downloads = {button.key for button in profile.run().get("download_button")}
    assert {f"csv-{twin}" for twin in twins} <= downloads


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
