"""What the reference pages put first, and what they leave out where there is one screen."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.messages import t
from dashboard.panels import definitions, published
from dashboard.panels.quality import accounts
from dashboard.queries import quality as queries
from tests.builders.drawn import html

Run = Callable[..., AppTest]
JANUARY = dt.date(2024, 1, 1)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"is_due": None, "delay_days": None}, "—"),
        ({"is_due": True, "delay_days": 0}, "已报"),
        ({"is_due": True, "delay_days": 400}, "迟报400天"),
        ({"is_due": True, "delay_days": 0, "lacking": 2}, "2县区未报"),
        ({"is_due": None, "delay_days": None, "unfit": 3}, "—"),
        ({"is_due": False, "delay_days": None, "unfit": 3}, "3县区未通过"),
        ({"is_due": False, "delay_days": None}, "当日"),
        ({"is_due": False, "delay_days": 90}, "90天前"),
        ({"is_due": False, "delay_days": 516}, "2024年1月"),
    ],
)
def test_an_old_extract_is_told_by_its_month(given: dict[str, Any], said: str) -> None:
    assert accounts._delay({"latest": JANUARY, "lacking": 0, "unfit": 0, **given}) == said


def part(text: str, start: str, end: str) -> str:
    return text[text.index(start) :].split(end, maxsplit=1)[0]


def test_what_was_refused_stands_before_what_came_twice(open_at: Run) -> None:
    rows = part(html(open_at("quality")), t("quality.reason_where"), "</table>")
    kinds = [word for word in rows.replace("<", ">").split(">") if word in {"拒收", "提示", "重复"}]
    assert kinds == sorted(kinds, key=["拒收", "提示", "重复"].index)
    assert {"拒收", "重复"} <= set(kinds)
    assert "龙亭区28" in rows


def test_a_meeting_reads_short_sentences(open_at: Run) -> None:
    shown = html(open_at("quality", meeting="1"))
    rows = part(shown, t("quality.reason_where"), "</table>")
    assert "<small>" not in rows
    assert "，请" not in rows


@pytest.mark.breaks_a_panel
def test_one_broken_panel_leaves_the_others(open_at: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError

    monkeypatch.setattr(queries, "reasons", broken)
    shown = html(open_at("quality"))
    assert "本块未能显示" in shown
    assert t("quality.templates") in shown


def test_a_meeting_lists_whole_rows_and_counts_them(open_at: Run) -> None:
    shown = html(open_at("published", meeting="1"))
    assert shown.count('<i class="mk') <= published.MEETING_ROWS


def test_a_meeting_marks_the_indicator_that_is_explained(open_at: Run) -> None:
    shown = html(open_at("definitions", meeting="1"))
    chosen = part(shown, 'class="def-name">', "<").removeprefix('class="def-name">')
    assert f"<b>{chosen}</b>" in shown


def test_who_sent_nothing_since_when_and_who_asks_is_said_above_all(open_at: Run) -> None:
    shown = html(open_at("quality"))
    last = "最近一次报送的是2025年5月"
    assert f"应报未报：通许县医共体月报（{last}）、禹王台区医保结算（{last}）；" in shown
    assert "请所在县区卫生健康委催报" in shown
    assert shown.index("应报未报") < shown.index(t("quality.matrix"))
    assert "1县区未报" in shown
    assert "应报未报" not in html(open_at("quality", area="410225"))


def test_of_many_missing_reports_the_first_are_named(
    open_at: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = pl.DataFrame(
        {
            "source": ["settlements"] * 7,
            "county_code": ["410225"] * 7,
            "last": [None] * 7,
        }
    )
    monkeypatch.setattr(queries, "unreported", lambda *_, **__: many)
    assert "等7处；请所在县区" in html(open_at("quality"))


def test_definitions_that_never_changed_say_so(
    open_at: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert t("definitions.change_text") in html(open_at("definitions"))
    monkeypatch.setattr(definitions.queries, "changes", lambda _: [])
    assert t("definitions.no_changes") in html(open_at("definitions"))
