"""The pages on published figures, data quality and definitions, run against the small world."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.messages import t
from dashboard.panels import definition_panels, published_panels, quality_matrix
from dashboard.queries import quality as queries
from dashboard.queries.published import VERDICTS
from pipeline import snapshots
from pipeline.catalog import catalogue
from pipeline.catalog.sources import SOURCE_IDS
from tests.builders.accounts import (
    COUNTIES,
    data_quality,
    inputs,
    publish_accounts,
    published_facts,
)

Run = Callable[..., AppTest]
Html = Callable[[AppTest], str]
PAGES = ("published", "quality", "definitions")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("area", ["410200", "410225", "410225001", "6109HK", "all"])
def test_page_runs_for_every_kind_of_area(
    open_at: Run, html_of: Html, page: str, area: str
) -> None:
    app = open_at(page, area=area)
    assert not app.exception
    assert app.query_params["area"] == area
    assert t(f"page.{page}") in html_of(app)


@pytest.mark.parametrize("page", PAGES)
def test_meeting_mode_has_no_widget(open_at: Run, page: str) -> None:
    app = open_at(page, meeting="1")
    assert not app.exception
    widgets = (
        app.selectbox,
        app.radio,
        app.text_input,
        app.button_group,
        app.get("download_button"),
    )
    assert [list(kind) for kind in widgets] == [[], [], [], [], []]


@pytest.mark.parametrize("page", PAGES)
def test_hostile_names_stay_text(
    open_at: Run, html_of: Html, hostile_accounts: Path, page: str
) -> None:
    app = open_at(page, marts=hostile_accounts, area="410225")
    assert not app.exception
    assert "<img src=x" not in html_of(app)


@pytest.mark.parametrize("page", PAGES)
def test_no_identifier_of_ours_is_on_the_page(open_at: Run, html_of: Html, page: str) -> None:
    shown = re.sub(r"<style>.*?</style>", "", html_of(open_at(page)), flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", shown)
    known = {*catalogue().indicators, *catalogue().counters, *VERDICTS, "BAD_DATE", "CORRUPT"}
    assert [word for word in known if word in text] == []


def test_published_page_counts_every_figure_once(open_at: Run, html_of: Html) -> None:
    counts = dict(published_facts()["verdict"].cast(pl.String).value_counts().iter_rows())
    text = html_of(open_at("published"))
    for verdict in VERDICTS:
        card = rf'{t(f"verdict_fact.{verdict}")}</div><div><span class="strip-value">(\d+)<'
        assert int(re.search(card, text).group(1)) == counts[verdict]  # type: ignore[union-attr]


def test_figures_of_the_area_stand_first(open_at: Run, html_of: Html) -> None:
    text = html_of(open_at("published", area="410225"))
    assert text.index("兰考县（11项）") < text.index("其他地区（214项）")


def test_filters_come_from_the_link_and_stay_in_it(open_at: Run, html_of: Html) -> None:
    app = open_at("published", place="411328", topic="workforce", verdict="match")
    assert app.query_params["place"] == "411328"
    assert app.query_params["topic"] == "workforce"
    assert app.query_params["verdict"] == "match"
    facts = published_facts().filter(
        (pl.col("area_code") == "411328") & (pl.col("topic") == "workforce")
    )
    shown = html_of(app).count('class="mk mk-')
    assert shown == facts.filter(pl.col("verdict") == "match").height > 0


def test_a_choice_goes_to_the_link(open_at: Run) -> None:
    app = open_at("published")
    app.selectbox(key="pick-place").set_value("411328").run()
    assert app.query_params["place"] == "411328"
    app.selectbox(key="pick-place").set_value("").run()
    assert "place" not in app.query_params


def test_unknown_filter_is_told_and_dropped(open_at: Run, html_of: Html) -> None:
    app = open_at("published", place="999999", topic="workforce")
    assert t("published.unknown_filter") in html_of(app)
    assert "place" not in app.query_params
    assert app.query_params["topic"] == "workforce"


def test_filters_without_a_figure_say_so(open_at: Run, html_of: Html) -> None:
    app = open_at("published", place="411681", topic="workforce")
    assert t("published.none") in html_of(app)
    assert not app.exception


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("410200", "超过1900<"),
        ("410200", "超过200万人<"),
        ("411600", "近5000例<"),
        ("411600", "不低于95%<"),
    ],
)
def test_comparators_are_printed_in_words(
    open_at: Run, html_of: Html, place: str, words: str
) -> None:
    assert words in html_of(open_at("published", place=place))


def test_long_list_is_cut_and_says_so(open_at: Run, html_of: Html) -> None:
    text = html_of(open_at("published"))
    shown, total = published_panels.MOST_ROWS, published_facts().height
    assert text.count('class="mk mk-') == shown
    assert t("published.cut", shown=shown, n=total) in text
    assert len(text.encode()) < 80_000


def test_published_download_holds_every_figure_with_both_numbers() -> None:
    facts = published_facts()
    table = published_panels.download(facts)
    assert table.height == facts.height
    assert table[t("published.ours")].null_count() == facts["our_value"].null_count()


def test_quality_page_shows_the_grade_of_the_latest_report(open_at: Run, html_of: Html) -> None:
    text = html_of(open_at("quality"))
    assert text.count('class="grade-missing"') == 2  # the two silent counties
    assert '<td class="grade-none">—</td>' in text  # targets never came


def test_quality_page_shows_an_earlier_month_as_it_was(open_at: Run, html_of: Html) -> None:
    text = html_of(open_at("quality", month="2025-04"))
    assert 'class="grade-missing"' not in text
    assert t("quality.unnamed") not in text


def test_month_before_the_first_report_says_so(open_at: Run, html_of: Html) -> None:
    text = html_of(open_at("quality", month="2023-01"))
    assert t("state.no_rows") in text
    assert t("quality.no_reasons") in text


def test_rows_of_all_files_add_up_on_the_page(open_at: Run, html_of: Html) -> None:
    entries = inputs()
    read = sum(e.rows_read for e in entries)
    parts = [sum(getattr(e, n) for e in entries) for n in ("accepted", "rejected", "duplicates")]
    assert read == sum(parts)
    total = html_of(open_at("quality")).split('<tr class="sum">')[1].split("</tr>")[0]
    figures = re.findall(r">(\d+)<", total)
    assert figures[-5:] == [str(n) for n in (len(entries), read, *parts)]


def test_refused_and_replaced_files_are_named_with_their_reason(
    open_at: Run, html_of: Html
) -> None:
    text = html_of(open_at("quality"))
    assert "兰考县村卫生室.xlsx" in text
    assert "整份未采用：文件已损坏，打不开，请重新导出或重新传输。" in text
    assert "已由“尉氏县_202503_v2.csv”替代。" in text


def test_reasons_are_chinese_sentences_with_their_rows(open_at: Run, html_of: Html) -> None:
    text = html_of(open_at("quality", area="410225"))
    assert "日期无法识别，请改为2025-06-30的写法。" in text
    assert "BAD_DATE" not in text


def test_rows_without_a_county_stand_apart_without_a_grade(open_at: Run, html_of: Html) -> None:
    text = html_of(open_at("quality"))
    assert t("quality.unnamed") in text
    assert ">3行<" in text
    assert 'class="grade-D"' not in text


def test_age_and_delay_are_told_in_words(open_at: Run, html_of: Html) -> None:
    text = html_of(open_at("quality"))
    for words in ("迟报4天", "30天前", "当日", "已报"):
        assert words in text


def test_many_counties_stand_as_rows(
    open_at: Run, html_of: Html, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality_matrix, "MOST_COLUMNS", 3)
    text = html_of(open_at("quality"))
    assert '<th scope="row">兰考县</th>' in text
    assert text.count('class="grade-missing"') == 2


def test_quality_download_has_a_row_for_every_cell(accounts_world: Path) -> None:
    cells = queries.latest_cells(
        data_quality().lazy(), counties=[*COUNTIES, ""], until=dt.date(2025, 6, 1)
    )
    table = quality_matrix.matrix_file({"410225": "兰考县"}, cells)
    assert table.height == cells.height
    assert set(table[t("quality.state")]) <= {"优", "良", "中", "差", "未报"}


def test_snapshot_without_files_says_that_nothing_was_left_out(
    open_at: Run, html_of: Html, tmp_path: Path
) -> None:
    marts = tmp_path / "marts"
    publish_accounts(marts, files=False)
    text = html_of(open_at("quality", marts=marts))
    assert t("quality.no_refused") in text
    published = html_of(open_at("published", marts=marts))
    assert t("published.calibrated") not in published


def test_area_without_reports_says_so(open_at: Run, html_of: Html) -> None:
    text = html_of(open_at("quality", area="6109HK"))
    assert 'class="grade-A"' not in text
    assert t("quality.no_reasons") in text


def test_kept_snapshots_link_to_themselves(open_at: Run, html_of: Html, tmp_path: Path) -> None:
    marts = tmp_path / "marts"
    first, second = publish_accounts(marts), publish_accounts(marts)
    text = html_of(open_at("quality", marts=marts))
    assert f"snapshot={first.id}" in text
    assert f">{second.id}</a>" in text
    other = tmp_path / "other"
    third, _ = publish_accounts(other), publish_accounts(other)
    broken = other / "snapshots" / third.id / "manifest.json"
    broken.chmod(0o644)
    broken.write_bytes(b"{}")
    text = html_of(open_at("quality", marts=other))
    assert t("quality.damaged") in text
    assert f"snapshot={third.id}" not in text


def test_snapshot_says_what_it_is(open_at: Run, html_of: Html, accounts_world: Path) -> None:
    manifest = snapshots.current(accounts_world).manifest
    text = html_of(open_at("quality"))
    assert manifest.content_hash[:12] in text
    assert f"{len(manifest.inputs)}份，共81500行" in text


def test_quality_page_offers_a_template_for_every_source(open_at: Run) -> None:
    buttons = open_at("quality").get("download_button")
    keys = [button.proto.id.split("-template-")[-1] for button in buttons]
    assert [key for key in keys if key in SOURCE_IDS] == list(SOURCE_IDS)


def test_definitions_open_at_the_indicator_of_the_link(open_at: Run, html_of: Html) -> None:
    app = open_at("definitions", indicator="contract_rate")
    declared = catalogue().indicators["contract_rate"]
    assert app.radio(key="pick-definition").value == "contract_rate"
    assert declared.definition_zh in html_of(app)


def test_choice_of_a_definition_goes_to_the_link(open_at: Run, html_of: Html) -> None:
    app = open_at("definitions", indicator="contract_rate")
    app.radio(key="pick-definition").set_value("key_group_contract_rate").run()
    assert app.query_params["indicator"] == "key_group_contract_rate"
    assert catalogue().indicators["key_group_contract_rate"].definition_zh in html_of(app)


def test_words_search_all_subjects(open_at: Run, html_of: Html) -> None:
    app = open_at("definitions", indicator="contract_rate")
    app.text_input(key="definition-words").set_value("三大件").run()
    assert app.radio(key="pick-definition").value == "three_device_coverage"
    assert catalogue().indicators["three_device_coverage"].definition_zh in html_of(app)


@pytest.mark.parametrize(
    ("indicator", "area", "words"),
    [
        ("contract_rate", "410000", "该地区本期没有上报数据。"),
        ("equipment_items_delivered", "410200", "计数指标，没有分母"),
        ("equipment_items_delivered", "410200", "件不作高低判断"),
        ("fund_outflow_rate", "410225", "万元）</dd>"),
    ],
)
def test_definition_prints_the_value_of_the_area(
    open_at: Run, html_of: Html, indicator: str, area: str, words: str
) -> None:
    assert words in html_of(open_at("definitions", indicator=indicator, area=area))


def test_suppressed_value_is_not_shown(
    open_at: Run, html_of: Html, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = pl.DataFrame({"status": ["suppressed"], "value": [0.5]})
    monkeypatch.setattr(definition_panels.topics, "values_of", lambda *_: hidden)
    assert t("state.suppressed") in html_of(open_at("definitions"))


def test_search_without_a_find_says_so(open_at: Run, html_of: Html) -> None:
    app = open_at("definitions")
    app.text_input(key="definition-words").set_value("没有这个词").run()
    assert t("definitions.none") in html_of(app)
    assert not app.exception


def test_link_to_another_subject_wins_over_the_search(open_at: Run, html_of: Html) -> None:
    app = open_at("definitions", indicator="contract_rate")
    app.text_input(key="definition-words").set_value("三大件").run()
    app.query_params["indicator"] = "fund_outflow_rate"
    app.run()
    assert app.radio(key="pick-definition").value == "fund_outflow_rate"


@pytest.mark.parametrize("indicator", list(catalogue().indicators))
def test_every_indicator_prints_its_classes_and_policy(indicator: str) -> None:
    declared = catalogue().indicators[indicator]
    drawn = str(definition_panels.classes(declared)) + str(definition_panels.policy(declared))
    assert drawn.count('class="swatch') == 5
    assert t(f"policy.{declared.policy_status}") in drawn


def test_definitions_download_names_every_indicator() -> None:
    found = list(catalogue().indicators.values())
    table = definition_panels.download(catalogue(), found)
    assert table[t("definitions.name")].to_list() == [i.name_zh for i in found]
    assert io.StringIO(table.write_csv()).readline().startswith(t("definitions.name"))


def test_glossary_has_no_english(open_at: Run, html_of: Html) -> None:
    text = html_of(open_at("definitions"))
    assert "紧密型县域医共体" in text
    assert "consortium" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
