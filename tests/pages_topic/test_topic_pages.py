"""The four topic pages, run as the browser would run them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from html import unescape
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.base import CONFIG
from dashboard.panels.county import township
from dashboard.store import Marts
from tests.builders.drawn import address, charts, click, html, notes, traces
from tests.builders.pages import open_page

Run = Callable[..., AppTest]
PAGES = ("outflow", "clinics", "equipment", "contracts")
FAULT = "本块未能显示"
TOWNSHIP = "410225102"


@pytest.mark.parametrize(
    ("page", "area"),
    [
        *((page, area) for page in PAGES for area in ("410225", TOWNSHIP)),
        ("outflow", "all"),
        ("clinics", "all"),
        ("equipment", "6109HK"),
        ("contracts", "6109HK"),
    ],
)
def test_a_page_opens_for_every_kind_of_area(run_topic: Run, page: str, area: str) -> None:
    app = run_topic(page, area=area)
    assert not app.exception
    assert FAULT not in html(app)
    assert address(app, "area") == area
    assert "演示数据，非真实统计" in html(app)


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_map_trend_and_table(run_topic: Run, page: str) -> None:
    app = run_topic(page)
    main = max(traces(app, "choropleth"), key=lambda trace: len(trace["locations"]))
    assert len(main["locations"]) == 9
    assert main["geojson"].startswith("./geo/")
    assert len(charts(app)) >= 3
    assert '<table class="grid">' in html(app)


@pytest.mark.parametrize("page", PAGES)
def test_no_chart_asks_the_outside_for_anything(run_topic: Run, page: str) -> None:
    for element in run_topic(page).get("plotly_chart"):
        config = json.loads(element.proto.config)
        assert config["topojsonURL"] == CONFIG["topojsonURL"]
        assert "http" not in element.proto.spec.replace("http://www.w3.org", "")


@pytest.mark.parametrize("page", PAGES)
def test_a_click_on_the_map_takes_the_whole_page_to_the_county(run_topic: Run, page: str) -> None:
    app = click(run_topic(page), "map", "410225")
    assert address(app, "area") == "410225"
    outlined = [t for t in traces(app, "choropleth") if t["marker"]["line"]["width"] == 4]
    assert outlined[0]["locations"] == ["410225"]


def test_a_click_on_the_chosen_county_goes_back_up(run_topic: Run) -> None:
    app = click(run_topic("contracts", area="410225"), "map", "410225")
    assert address(app, "area") == "410200"


def test_a_click_on_a_ranked_township_goes_down(run_topic: Run) -> None:
    app = run_topic("contracts", area="410225")
    rows = next(t for t in traces(app, "bar") if t["name"] == "row")
    assert all(code.startswith("410225") and len(code) == 9 for code in rows["customdata"])
    app = click(app, "ranking", rows["customdata"][0])
    assert address(app, "area") == rows["customdata"][0]


def test_a_bar_of_the_clinic_stack_can_be_clicked(run_topic: Run) -> None:
    app = click(run_topic("clinics"), "stack", "410223")
    assert address(app, "area") == "410223"


@pytest.mark.parametrize("page", PAGES)
def test_a_link_chooses_the_indicator(run_topic: Run, page: str) -> None:
    indicator = {
        "outflow": "fund_outflow_rate",
        "clinics": "accepted_clinic_rate",
        "equipment": "dr_coverage",
        "contracts": "fulfilment_rate",
    }[page]
    app = run_topic(page, indicator=indicator)
    assert address(app, "indicator") == indicator
    assert app.segmented_control(key="pick-topic").value == indicator
    assert not app.exception


def test_the_switch_writes_the_indicator_to_the_link(run_topic: Run) -> None:
    app = run_topic("equipment")
    app.segmented_control(key="pick-topic").set_value("dr_coverage").run()
    assert address(app, "indicator") == "dr_coverage"
    assert "DR覆盖率" in html(app)


def test_outflow_shows_destinations_for_its_own_indicator_and_a_trend_for_others(
    run_topic: Run,
) -> None:
    bars = [t["name"] for t in traces(run_topic("outflow"), "bar")]
    stacked = [name for name in bars if name not in {"row", "rows"}]
    assert stacked == ["跨省", "省内跨市", "市内跨县"]
    other = run_topic("outflow", indicator="fund_outflow_rate")
    assert "跨省" not in [t.get("name") for t in traces(other, "bar")]
    assert any(t.get("name") == "已定案" for t in traces(other, "scatter"))


def test_money_shares_are_marked_and_the_map_says_what_its_marks_mean(run_topic: Run) -> None:
    app = run_topic("outflow", indicator="fund_outflow_rate")
    dots = next(t for t in traces(app, "scatter") if t.get("name") == "value")
    assert "diamond" in dots["marker"]["symbol"]
    assert any("优于" in note for note in notes(app))


def test_provisional_months_are_hatched_and_named(run_topic: Run) -> None:
    app = run_topic("outflow")
    bars = next(t for t in traces(app, "bar") if t["name"] == "市内跨县")
    assert bars["marker"]["pattern"]["shape"][-3:] == ["/", "/", "/"]
    assert "/" not in bars["marker"]["pattern"]["shape"][:-3]
    assert "暂定" in notes(app)


def test_a_final_month_in_the_link_shows_nothing_provisional(run_topic: Run) -> None:
    app = run_topic("outflow", month="2025-03")
    bars = next(t for t in traces(app, "bar") if t["name"] == "市内跨县")
    assert "/" not in bars["marker"]["pattern"]["shape"]


def test_the_clinic_list_carries_every_clinic_of_the_township(run_topic: Run) -> None:
    page = html(run_topic("clinics", area=TOWNSHIP))
    listed = set(re.findall(r"第\d+村卫生室", page))
    assert listed == {f"第{n}村卫生室" for n in range(1, 19)}


def test_a_township_in_a_meeting_shows_whole_rows_and_says_of_how_many(
    small_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(township, "LIST_HEIGHT", 400)
    query = {"area": TOWNSHIP, "meeting": "1"}
    page = html(open_page("county", marts=small_world, query=query))
    assert len(set(re.findall(r"第\d+村卫生室", page))) == 12
    assert "先列前12条，共18条。" in page


def test_words_and_states_narrow_the_clinic_list(run_topic: Run) -> None:
    app = run_topic("clinics", area="410225")
    app.text_input(key="clinic-words").set_value("第17村").run()
    tables = re.findall(r"<table.*?</table>", html(app), flags=re.DOTALL)
    assert "第17村" in tables[1]
    assert "第16村" not in tables[1]
    app.text_input(key="clinic-words").set_value("不存在的村").run()
    assert "没有符合条件的村卫生室。" in html(app)


def test_the_clinic_list_of_a_city_is_cut_and_says_so(run_topic: Run) -> None:
    app = run_topic("clinics")
    assert "显示前200条，共" in html(app)


def test_the_equipment_grid_of_a_county_has_every_institution(
    run_topic: Run, topic_marts: Marts
) -> None:
    app = run_topic("equipment", area="410225")
    cells = [t for t in traces(app, "scatter") if t.get("name") in {"square", "diamond"}]
    shown = {code for trace in cells for code in trace["customdata"]}
    known = topic_marts.scan("devices").filter(pl.col("county_code") == "410225").collect()
    assert shown == set(known["institution_code"])


def test_the_groups_table_names_each_denominator(run_topic: Run) -> None:
    page = html(run_topic("contracts"))
    assert "65岁及以上" in page
    assert "已管理数" in page
    assert "一人可属多个人群" in page


@pytest.mark.parametrize("page", PAGES)
def test_meeting_mode_has_no_widget(run_topic: Run, page: str) -> None:
    app = run_topic(page, meeting="1")
    assert not app.exception
    widgets = ("selectbox", "segmented_control", "text_input", "button", "download_button")
    assert not [w for kind in widgets for w in app.get(kind)]


@pytest.mark.parametrize("page", PAGES)
def test_hostile_names_stay_text_everywhere(run_topic: Run, hostile_world: Path, page: str) -> None:
    app = run_topic(page, marts=hostile_world, area="410225")
    assert not app.exception
    assert FAULT not in html(app)
    assert "<img src=x" not in html(app)
    shown = json.dumps(charts(app), ensure_ascii=False)
    assert "<img" not in shown
    assert "img src=x" in shown


@pytest.mark.parametrize("page", PAGES)
def test_no_english_word_reaches_the_reader(run_topic: Run, page: str) -> None:
    text = unescape(re.sub(r"<[^>]*>", " ", html(run_topic(page))))
    words = set(re.findall(r"[A-Za-z]{2,}", text)) - {"DR", "CT", "CGCS", "EPSG"}
    assert not {w for w in words if not re.fullmatch(r"[0-9a-f]+", w)}


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_rows_says_so_and_shows_no_zero(
    run_topic: Run, bare_topic_world: Path, page: str
) -> None:
    app = run_topic(page, marts=bare_topic_world)
    assert not app.exception
    text = html(app)
    assert FAULT not in text
    assert "没有" in text
    assert "0.0%" not in text
    assert not re.search(r"(?<!\d)0[所家人]|0／0", text)
    assert ">0.0<" not in text


@pytest.mark.parametrize(
    ("page", "sentence"),
    [
        ("outflow", "人数过少，按规定不显示"),
        ("contracts", "个人群的签约数大于分母"),
        ("equipment", "全部机构三大件齐全并在用"),
    ],
)
def test_hidden_doubtful_and_complete_are_said(
    run_topic: Run, odd_topic_world: Path, page: str, sentence: str
) -> None:
    app = run_topic(page, marts=odd_topic_world)
    assert not app.exception
    assert FAULT not in html(app)
    assert sentence in html(app)


def test_a_hidden_value_is_a_mark_on_the_cards(run_topic: Run, odd_topic_world: Path) -> None:
    page = html(run_topic("outflow", marts=odd_topic_world))
    assert ">＊<" in page
    assert '"strip-value strip-long">＊／＊<' in page  # as small as two long values beside it
    assert "上转 人数过少，不显示" in page


@pytest.mark.breaks_a_panel
def test_a_panel_that_fails_leaves_the_rest_of_the_page(
    run_topic: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("dashboard.panels.clinics.progress.status_stack_figure", broken)
    app = run_topic("clinics")
    assert not app.exception
    assert FAULT in html(app)
    assert "村卫生室名单" in html(app)
