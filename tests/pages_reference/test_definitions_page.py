"""The page on definitions, run against the small world."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.messages import t
from dashboard.panels import definitions
from pipeline.catalog import catalogue
from tests.builders.drawn import html

Run = Callable[..., AppTest]


def test_definitions_open_at_the_indicator_of_the_link(open_at: Run) -> None:
    app = open_at("definitions", indicator="contract_rate")
    declared = catalogue().indicators["contract_rate"]
    assert app.radio(key="pick-definition").value == "contract_rate"
    assert declared.definition_zh in html(app)


def test_choice_of_a_definition_goes_to_the_link(open_at: Run) -> None:
    app = open_at("definitions", indicator="contract_rate")
    app.radio(key="pick-definition").set_value("key_group_contract_rate").run()
    assert app.query_params["indicator"] == "key_group_contract_rate"
    assert catalogue().indicators["key_group_contract_rate"].definition_zh in html(app)


def test_words_search_all_subjects(open_at: Run) -> None:
    app = open_at("definitions", indicator="contract_rate")
    app.text_input(key="definition-words").set_value("三大件").run()
    assert app.radio(key="pick-definition").value == "three_device_coverage"
    assert catalogue().indicators["three_device_coverage"].definition_zh in html(app)


@pytest.mark.parametrize(
    ("indicator", "area", "words"),
    [
        ("equipment_items_delivered", "410200", "计数指标，没有分母"),
        ("equipment_items_delivered", "410200", "件不作高低判断"),
        ("fund_outflow_rate", "410225", "万元）</dd>"),
    ],
)
def test_definition_prints_the_value_of_the_area(
    open_at: Run, indicator: str, area: str, words: str
) -> None:
    assert words in html(open_at("definitions", indicator=indicator, area=area))


@pytest.mark.parametrize(
    ("status", "value", "said"),
    [
        ("suppressed", 0.5, "＊　人数过少，按规定不显示。"),
        ("missing", None, "该地区本期没有上报数据。"),
    ],
)
def test_a_value_that_is_hidden_or_missing_is_said_to_be(
    open_at: Run, monkeypatch: pytest.MonkeyPatch, status: str, value: float | None, said: str
) -> None:
    row = pl.DataFrame({"status": [status], "value": [value]})
    monkeypatch.setattr(definitions.topics, "values_of", lambda *_: row)
    assert said in html(open_at("definitions"))


def test_a_target_says_who_has_set_it(open_at: Run) -> None:
    own = html(open_at("definitions", indicator="contract_rate"))
    assert "≥54.5%（本地目标表，2025年12月31日到期）" in own
    elsewhere = html(open_at("definitions", area="6109HK", indicator="training_pass_rate"))
    assert "≥100.0%（目标表未列，取自指标目录）" in elsewhere


def test_search_without_a_find_says_so(open_at: Run) -> None:
    app = open_at("definitions")
    app.text_input(key="definition-words").set_value("没有这个词").run()
    assert t("definitions.none") in html(app)
    assert not app.exception


def test_link_to_another_subject_wins_over_the_search(open_at: Run) -> None:
    app = open_at("definitions", indicator="contract_rate")
    app.text_input(key="definition-words").set_value("三大件").run()
    app.query_params["indicator"] = "fund_outflow_rate"
    app.run()
    assert app.radio(key="pick-definition").value == "fund_outflow_rate"


@pytest.mark.parametrize("indicator", list(catalogue().indicators))
def test_every_indicator_prints_its_classes_and_policy(indicator: str) -> None:
    declared = catalogue().indicators[indicator]
    drawn = str(definitions.classes(declared)) + str(definitions.policy(declared))
    assert drawn.count('class="swatch') == 5
    assert t(f"policy.{declared.policy_status}") in drawn


def test_definitions_download_names_every_indicator() -> None:
    found = list(catalogue().indicators.values())
    table = definitions.download(catalogue(), found)
    assert table[t("definitions.name")].to_list() == [i.name_zh for i in found]
    assert io.StringIO(table.write_csv()).readline().startswith(t("definitions.name"))


def test_glossary_has_no_english(open_at: Run) -> None:
    text = html(open_at("definitions"))
    assert "紧密型县域医共体" in text
    assert "consortium" not in re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL)
