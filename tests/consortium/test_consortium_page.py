"""The page on consortia, run as the browser would run it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels.consortium import fund, items, members, monitor, values
from dashboard.panels.consortium.behind import Behind
from dashboard.panels.consortium.values import read_figures, target_words
from dashboard.view import View
from pipeline.catalog import Indicator, catalogue
from pipeline.catalog.monitoring import monitoring
from tests.builders.drawn import charts, html

Run = Callable[..., AppTest]
Views = Callable[..., View]
FAULT = "本块未能显示"
TOWNSHIP = "410225102"


def table(app: AppTest, cls: str) -> list[list[str]]:
    """Return the printed cells of the page's table of a class, row by row."""
    found = re.search(rf'<table class="ref {cls}">(.*?)</table>', html(app), flags=re.DOTALL)
    assert found is not None
    rows = re.findall(r"<tr.*?</tr>", found.group(1), flags=re.DOTALL)
    cells = [re.findall(r"<t[dh].*?</t[dh]>", row, flags=re.DOTALL) for row in rows]
    return [[re.sub(r"<[^>]*>", "", cell) for cell in row] for row in cells]


@pytest.mark.parametrize("area", ["410200", "410225", TOWNSHIP, "6109HK", "all"])
def test_the_page_opens_for_every_kind_of_area(run_consortium: Run, area: str) -> None:
    app = run_consortium(area=area)
    assert not app.exception
    assert FAULT not in html(app)
    assert "演示数据，非真实统计" in html(app)


def test_all_fourteen_national_indicators_have_their_line(run_consortium: Run) -> None:
    page = html(run_consortium(area="410200"))
    for row in monitoring().rows:
        assert row.name_zh in page
    lines = table(run_consortium(area="410200"), "monitor")
    assert len(lines) == 1 + len(monitoring().rows)


def test_what_cannot_be_computed_says_what_is_missing(run_consortium: Run) -> None:
    page = html(run_consortium(area="410200"))
    missing = [row for row in monitoring().rows if row.indicator is None]
    assert missing
    assert page.count("暂不能计算：缺少") == len(missing)
    assert "缺少死因监测和分年龄死亡数据" in page
    assert "可参考：统一管理事项" in page


def test_a_line_shows_value_parts_change_and_range(view_of: Views) -> None:
    view = view_of()
    figures = read_figures(view, members.indicators(view))
    row = next(r for r in monitoring().rows if r.indicator == "primary_visit_share")
    own = view.scan("indicator_to_date").filter(
        (pl.col("indicator_id") == "primary_visit_share")
        & (pl.col("area_code") == "410200")
        & (pl.col("month") == view.final_month)
        & (pl.col("period_kind") == "year")
    )
    numerator, denominator = own.select("numerator", "denominator").collect().row(0)
    words = monitor.words_of(view, figures, row)
    assert words["value"] == f"{numerator / denominator * 100:.1f}%"
    assert words["fraction"] == f"{numerator}／{denominator}人次"
    assert "～" in words["spread"]


def test_the_income_ratio_divides_two_indicators(view_of: Views) -> None:
    view = view_of()
    figures = read_figures(view, members.indicators(view))
    row = next(r for r in monitoring().rows if r.over is not None)
    primary, lead = figures.of("primary_staff_income").value, figures.of("lead_staff_income").value
    assert primary is not None
    assert lead is not None
    words = monitor.words_of(view, figures, row)
    assert words["value"] == f"{primary / lead:.2f}"
    assert words["fraction"] == f"{primary:.0f}／{lead:.0f}元"


def test_every_reported_item_of_a_topic_is_listed(run_consortium: Run) -> None:
    page = html(run_consortium(area="410200"))
    for indicator in items.all_indicators(catalogue()):
        assert indicator.name_zh in page


@pytest.mark.parametrize(
    ("area", "title", "text"),
    [
        ("410200", "2项差于全市", "老年人体检（杞县、通许县）；血压控制（通许县）。"),
        ("410225", "2项差于全市", "老年人体检、血压控制。"),
    ],
)
def test_a_closed_table_says_who_is_worse_on_what(
    view_of: Views, area: str, title: str, text: str
) -> None:
    view = view_of(area)
    checked, pressure = (
        catalogue().indicators[i] for i in ("elderly_management_rate", "bp_control_rate")
    )
    found = [
        Behind(county=view.places.by_code["410221"], worse=(checked,)),
        Behind(county=view.places.by_code["410222"], worse=(pressure, checked)),
    ]
    shown = items.indicators_of(view.catalogue, "public_health")
    said = items.worse_in(view, shown, found)
    assert said is not None
    assert (said.mark, said.title, said.text) == ("worse", title, text)
    assert items.worse_in(view, items.indicators_of(view.catalogue, "emergency"), found) is None


def test_every_reported_table_opens_at_a_click(run_consortium: Run) -> None:
    page = html(run_consortium(area="410200"))
    assert page.count('<details class="folded"><summary>全部') == len(items.TABLES)


def test_every_table_stands_in_one_of_the_columns() -> None:
    placed = [table for row in items.ROWS for table in row]
    assert sorted(placed) == sorted(items.TABLES)


def test_the_ledger_lists_the_area_and_its_counties(run_consortium: Run) -> None:
    ledger = table(run_consortium(area="410200"), "ledger")
    assert ledger[1][0] == "开封市"
    assert len(ledger) == 2 + 9


def test_counties_that_outspend_the_even_pace_are_counted(view_of: Views) -> None:
    view = view_of()
    figures = read_figures(view, members.indicators(view))
    lines = fund.lines(view, figures)
    by_hand = 0
    for county in figures.counties:
        line = lines[county.code]
        assert line.budget is not None
        assert line.spent is not None
        by_hand += line.spent > round(line.budget * 6 / 12)
    assert fund.overspent(view, figures) == by_hand > 0
    assert f"{by_hand}个县区快于时间进度" in members.claim(view, figures)


def test_a_december_shows_the_surplus_of_its_own_year(view_of: Views) -> None:
    december = view_of(month=-7)
    assert december.month.month == 12
    figures = read_figures(december, members.indicators(december))
    found = fund.last_year(december, figures)
    own = figures.of("bundled_execution_rate", "410225")
    assert own.denominator is not None
    assert own.numerator is not None
    assert found["bundled", "410225"].amount == own.denominator - own.numerator


def test_the_choice_of_an_indicator_goes_to_the_link(run_consortium: Run) -> None:
    app = run_consortium(area="410200")
    app.selectbox(key="pick-consortium").set_value("contact_to_catheter_minutes").run()
    assert not app.exception
    assert app.query_params["indicator"] in (
        "contact_to_catheter_minutes",
        ["contact_to_catheter_minutes"],
    )
    assert "首次医疗接触到进导管室时间" in html(app)


def test_a_county_alone_is_shown_over_time(run_consortium: Run) -> None:
    titles = re.findall(r'class="panel-title">(.*?)<', html(run_consortium(area="6109HK")))
    assert "基层诊疗占比的变化" in titles


def test_a_column_that_says_nothing_is_left_out(run_consortium: Run) -> None:
    alone, among = run_consortium(area="6109HK"), run_consortium(area="410225")
    assert table(among, "monitor")[0][-2:] == ["较上年同期", "各县区范围"]
    assert table(among, "items")[0] == ["指标", "数值", "较上年同期", "各县区范围"]
    assert table(alone, "monitor")[0][-1] == "较上年同期"
    assert table(alone, "items")[0] == ["指标", "数值", "较上年同期"]


def test_targets_have_a_column_where_one_is_set(
    view_of: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_target(_: View, indicator: Indicator) -> str:
        return "≥65.0%" if indicator.id == "primary_visit_share" else "—"

    view = view_of("410225")
    figures = read_figures(view, members.indicators(view))
    monkeypatch.setattr(values, "target_words", one_target)
    assert "target" in monitor.columns_of(view, figures)
    monkeypatch.setattr(values, "target_words", lambda *_: "—")
    assert "target" not in monitor.columns_of(view, figures)


def test_the_meeting_mode_has_no_widget_and_one_row(run_consortium: Run) -> None:
    app = run_consortium(area="410200", meeting="1")
    assert not app.exception
    widgets = ("selectbox", "segmented_control", "text_input", "button", "download_button")
    assert not [w for kind in widgets for w in app.get(kind)]
    assert "国家监测指标" in html(app)
    assert "医保基金打包付费台账" not in html(app)


def test_hostile_names_stay_text(run_consortium: Run) -> None:
    app = run_consortium(area="410225")
    assert "<img src=x" not in html(app)
    assert "&lt;img src=x" in html(app)
    assert "<img" not in json.dumps(charts(app), ensure_ascii=False)


def test_no_english_word_reaches_the_reader(run_consortium: Run, hidden_world: Path) -> None:
    text = re.sub(r"<[^>]*>", " ", html(run_consortium(marts=hidden_world, area="410200")))
    words = set(re.findall(r"[A-Za-z]{2,}", text)) - {"DR", "CT"}
    assert not {w for w in words if not re.fullmatch(r"[0-9a-f]+", w)}


def test_without_reports_the_page_says_so_and_shows_no_zero(
    run_consortium: Run, bare_world: Path
) -> None:
    app = run_consortium(marts=bare_world, area="410200")
    assert not app.exception
    page = html(app)
    assert FAULT not in page
    assert page.count("该地区本期没有可用的数据。") >= 8
    assert "机构名录中没有该地区的医共体。" in page
    assert not re.search(r"(?<!\d)0\.0%", page)
    assert ">0.0<" not in page


def test_hidden_counts_are_said_to_be_hidden(run_consortium: Run, hidden_world: Path) -> None:
    app = run_consortium(marts=hidden_world, area="410225", indicator="thrombolysis")
    assert not app.exception
    page = html(app)
    assert FAULT not in page
    assert page.count("人数过少，按规定不显示") >= 2
    assert "＊" in page


def test_a_county_that_sent_nothing_has_dashes_in_the_ledger(
    run_consortium: Run, hidden_world: Path
) -> None:
    ledger = table(run_consortium(marts=hidden_world, area="410200"), "ledger")
    silent = next(row for row in ledger if row[0] == "杞县")
    assert set(silent[1:]) == {"—"}


@pytest.mark.parametrize(
    ("area", "indicator", "words"),
    [
        ("6109HK", "training_pass_rate", "100%"),
        ("6109HK", "centre_platform_coverage", "≥80.0%"),
        ("6109HK", "out_of_county_inpatient_rate", "—"),  # its city has set nothing
        ("410225", "out_of_county_inpatient_rate", "≤22.0%"),
        ("6109HK", "thrombolysis", "—"),
    ],
)
def test_a_target_names_the_side_on_which_it_is_met(
    view_of: Views, area: str, indicator: str, words: str
) -> None:
    assert target_words(view_of(area), catalogue().indicators[indicator]) == words


def test_only_the_newest_areas_and_months_are_kept(
    view_of: Views, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(values, "KEPT", 1)
    monkeypatch.setattr(values, "_read", {})
    indicators = [catalogue().indicators["remote_ecg"]]
    first = read_figures(view_of("410225"), indicators)
    assert read_figures(view_of("410225"), indicators).by_key is first.by_key
    other = read_figures(view_of("410221"), indicators)
    assert other.of("remote_ecg") != first.of("remote_ecg")
    assert len(values._read) == 1


def test_of_more_counties_than_there_is_room_for_the_neediest_are_drawn(
    view_of: Views, monkeypatch: pytest.MonkeyPatch, run_consortium: Run
) -> None:
    view = view_of(area="all")
    room = (members.FIRST_ROW - members.PICKER - members.FRAME) // members.ROW
    page = html(run_consortium(area="all"))
    assert ("列出需关注的前" in page) == (len(view.counties) > room)
    monkeypatch.setattr(members, "ROW", 200)
    assert "列出需关注的前1个" in html(run_consortium(area="410200"))
