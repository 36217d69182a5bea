"""The sentence beside a page's title: how far from the target, by when, who lags."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels.clinics.pace import claim_words, counties_words
from dashboard.panels.contracts import groups
from dashboard.reading import lagging, topics
from dashboard.reading.pace import Pace, pace_of
from dashboard.view import View
from tests.builders.drawn import html
from tests.builders.facts import Judged
from tests.builders.pages import view_in

Run = Callable[..., AppTest]

FRIDAY = dt.date(2025, 6, 27)


def words(*done: int, due: dt.date | None = None, is_whole: bool = True) -> str:
    last = len(done) - 1
    rows = [(FRIDAY - dt.timedelta(weeks=last - n), d, 100) for n, d in enumerate(done)]
    pace = pace_of(rows, target=0.95, due=due, is_whole=is_whole)
    assert pace is not None
    return claim_words(pace, building=12, idle=8)


# 40 more in eight weeks is 5 a week; 95 - 75 = 20 missing, four weeks from 27 June.
STEADY = tuple(range(35, 80, 5))


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("完成率75.0%，离目标差20所，按近8周进度2025年7月25日达标", words(*STEADY)),
        (
            "完成率75.0%，离目标差20所，按近8周进度2025年7月25日达标，晚于期限",
            words(*STEADY, due=dt.date(2025, 7, 24)),
        ),
        ("完成率80.0%，离目标差15所，按近8周进度三年内难以达标", words(*[80] * 9)),
        ("完成率80.0%，离目标差15所，在建12所，未启动8所", words(79, 80)),
        ("完成率96.0%，已达95%目标；在建12所，未启动8所", words(*[96] * 9)),
        (
            "完成率96.0%，已报县区达到95%目标；在建12所，未启动8所",
            words(*[96] * 9, is_whole=False),
        ),
    ],
)
def test_clinics_say_how_far_and_by_when(said: str, found: str) -> None:
    assert found == said


def pace(*done: int, due: dt.date | None) -> Pace | None:
    last = len(done) - 1
    rows = [(FRIDAY - dt.timedelta(weeks=last - n), d, 100) for n, d in enumerate(done)]
    return pace_of(rows, target=0.95, due=due)


def test_counties_that_miss_the_due_day_at_their_own_pace_are_named() -> None:
    soon = dt.date(2025, 7, 24)
    late, stopped, met = pace(*STEADY, due=soon), pace(*[80] * 9, due=soon), pace(96, due=soon)
    timely = pace(*STEADY, due=dt.date(2025, 7, 25))
    named = counties_words({"甲县": late, "乙县": met, "丙县": stopped})
    assert named == "按各自进度，甲县、丙县到期前达不到。"
    many = counties_words(dict.fromkeys("甲乙丙丁", late))
    assert many == "按各自进度，甲、乙、丙等4个县区到期前达不到。"
    assert counties_words({"甲县": timely, "乙县": met}) == "按各自进度，各县区都能按期达到。"
    # Too short a history, no due day, no report at all: nothing is said of all.
    for unknown in (pace(79, 80, due=soon), pace(*STEADY, due=None), None):
        assert counties_words({"甲县": met, "乙县": unknown}) == ""


def test_a_city_says_it_of_its_counties_and_a_county_of_none(run_topic: Run) -> None:
    assert "按各自进度，" in html(run_topic("clinics"))
    assert "按各自进度，" not in html(run_topic("clinics", area="410225"))


def claimed(view: View, monkeypatch: pytest.MonkeyPatch, *worse: str) -> str:
    monkeypatch.setattr(lagging, "week_of", lambda _view: Judged(*worse))
    return groups.claim(view)


@pytest.mark.parametrize(
    ("status", "said"), [("final", "，已达目标"), ("provisional", "，已报县区达到目标")]
)
def test_contracts_reach_a_target_for_good_where_all_counties_speak(
    small_world: Path, monkeypatch: pytest.MonkeyPatch, status: str, said: str
) -> None:
    row = pl.DataFrame({"area_code": ["410200"], "value": [0.71], "status": [status]})
    monkeypatch.setattr(topics, "values_of", lambda *_: row)
    monkeypatch.setattr(topics, "target_of", lambda *_: 0.7)
    assert f"71.0%{said}" in claimed(view_in(small_world), monkeypatch)


def test_contracts_name_who_is_certainly_below(
    small_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    topic_view = view_in(small_world)
    codes = [place.code for place in topic_view.counties]
    one = claimed(topic_view, monkeypatch, codes[0])
    assert one.endswith(f"；{topic_view.counties[0].name}低于全市")
    assert f"等{len(codes)}个县区低于全市" in claimed(topic_view, monkeypatch, *codes)
    assert claimed(topic_view, monkeypatch).endswith("；各县区无明显差异")


def test_a_county_is_said_to_be_below_its_city_or_nothing(
    small_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = view_in(small_world).counties[0].code
    view = view_in(small_world, county)
    assert claimed(view, monkeypatch, county).endswith("；本县区低于全市")
    assert "全市" not in claimed(view, monkeypatch)


def test_without_a_whole_nobody_is_below_it(
    small_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(View, "reference", None)
    assert "低于" not in groups.claim(view_in(small_world))


def test_equipment_says_what_is_planned_only_where_something_is(run_topic: Run) -> None:
    text = html(run_topic("equipment"))
    assert "家三大件齐全；" in text
