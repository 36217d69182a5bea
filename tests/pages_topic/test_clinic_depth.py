"""When the clinics will be done, which take long, and which meet the standard."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import plotly.graph_objects as go
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.burn_up import Goal, burn_up_figure
from dashboard.messages import t
from dashboard.panels.clinics import pace, progress
from dashboard.panels.clinics.pace import pace_words
from dashboard.reading.pace import pace_of
from dashboard.reading.registries import clinics_of
from tests.builders.drawn import html
from tests.builders.pages import view_in

Run = Callable[..., AppTest]
FAULT = "本块未能显示"
FRIDAY = dt.date(2025, 6, 27)
MONDAY = FRIDAY + dt.timedelta(days=3)
DUE = FRIDAY + dt.timedelta(weeks=20)


def weeks(*done: int | None, planned: int | None = 100) -> list[tuple[dt.date, Any, Any]]:
    last = len(done) - 1
    return [(FRIDAY - dt.timedelta(weeks=last - n), d, planned) for n, d in enumerate(done)]


def words(rows: list[tuple[dt.date, Any, Any]], due: dt.date | None = DUE) -> str:
    pace = pace_of(rows, target=0.95, due=due)
    return pace_words(pace, target=0.95, due=due, no_target="未设目标")


def test_the_pace_of_eight_weeks_gives_the_date_and_the_pace_needed() -> None:
    # 9 reports: 40 more in eight weeks is 5 a week; 95 - 75 = 20 missing, four weeks on.
    pace = pace_of(weeks(*range(35, 80, 5)), target=0.95, due=DUE)
    assert pace is not None
    assert (pace.done, pace.planned, pace.goal, pace.missing) == (75, 100, 95, 20)
    assert pace.per_week == 5.0
    assert pace.reached_on == FRIDAY + dt.timedelta(weeks=4)
    assert pace.needed_per_week == 1.0


def test_the_speed_is_of_weeks_and_the_rest_is_counted_on_the_day_of_the_cards() -> None:
    pace = pace_of(weeks(*range(35, 80, 5)), target=0.95, due=DUE, now=(MONDAY, 80, 100))
    assert pace is not None
    assert (pace.on, pace.done, pace.missing, pace.per_week) == (FRIDAY, 80, 15, 5.0)
    assert pace.reached_on == FRIDAY + dt.timedelta(weeks=3)
    unknown = pace_of(weeks(*range(35, 80, 5)), target=0.95, due=DUE, now=(MONDAY, None, 100))
    assert unknown == pace_of(weeks(*range(35, 80, 5)), target=0.95, due=DUE)


def test_what_is_still_missing_on_the_day_of_the_cards_is_not_reached_before_it() -> None:
    # The missing one takes two days of the pace: counted on from Friday that were Sunday.
    pace = pace_of(weeks(*range(35, 80, 5)), target=0.95, due=DUE, now=(MONDAY, 94, 100))
    assert pace is not None
    assert (pace.missing, pace.reached_on) == (1, MONDAY + dt.timedelta(days=1))


def test_the_sentence_names_pace_date_and_need() -> None:
    assert words(weeks(*range(35, 80, 5))) == (
        "按近8周进度（每周5.0所），2025年7月25日达95%；要在2025年11月14日前达标，还差20所，"
        "每周需1.0所。"
    )


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (weeks(*[96] * 9), "已达到95%的目标。"),
        (weeks(70, 71), "不足8周的数据，不推算日期"),
        (weeks(*[75] * 9), "到6月27日的8周没有新完成的，按此进度达不到95%"),
        (weeks(*[80] * 8, 75), "到6月27日的8周没有新完成的"),
        (weeks(*[10] * 8, 11), "三年内达不到95%"),
        (weeks(None), "未设目标"),
        (weeks(1, planned=0), "未设目标"),
    ],
)
def test_what_cannot_be_projected_is_said(rows: list[tuple[dt.date, Any, Any]], said: str) -> None:
    assert said in words(rows)


def test_a_target_that_only_some_counties_speak_of_is_reached_by_these() -> None:
    pace = pace_of(weeks(*[96] * 9), target=0.95, due=DUE, is_whole=False)
    assert pace_words(pace, target=0.95, due=DUE, no_target="") == "已报县区达到95%的目标。"


@pytest.mark.parametrize("due", [None, FRIDAY])
def test_without_a_day_ahead_no_pace_is_asked_for(due: dt.date | None) -> None:
    assert words(weeks(*range(35, 80, 5)), due).endswith("达95%。")


def series(*done: int | None) -> pl.DataFrame:
    rows = weeks(*done)
    return pl.DataFrame(rows, schema=["period", "numerator", "denominator"], orient="row")


def texts(figure: go.Figure) -> str:
    return "\n".join(one.text for one in figure.layout.annotations)


def test_the_burn_up_draws_done_planned_target_and_projection() -> None:
    reached = FRIDAY + dt.timedelta(weeks=4)
    goal = Goal(units=95, due=DUE, reached_on=reached)
    figure = burn_up_figure(series(*range(35, 80, 5)), unit_zh="所", goal=goal)
    drawn = {trace.name: trace for trace in figure.data}
    assert drawn["numerator"].line.dash is None
    assert drawn["projection"].line.dash is not None
    assert list(drawn["projection"].x) == [FRIDAY.isoformat(), reached.isoformat()]
    assert list(drawn["projection"].y) == [75, 95]
    for part in ("已完成 75", "规划 100", "目标 95", "7月25日达标", "11月14日到期"):
        assert part in texts(figure)


def test_without_goal_or_date_nothing_is_projected() -> None:
    for goal in (None, Goal(units=95)):
        figure = burn_up_figure(series(70, 71), unit_zh="所", goal=goal)
        assert "projection" not in {trace.name for trace in figure.data}


def test_a_burn_up_without_reports_says_so() -> None:
    assert t("chart.no_rows") in texts(burn_up_figure(series(None), unit_zh="所"))


def test_the_page_projects_lists_what_takes_long_and_the_standards(run_topic: Run) -> None:
    app = run_topic("clinics")
    shown = html(app)
    assert FAULT not in shown
    specs = [element.proto.spec for element in app.get("plotly_chart")]
    assert any('"numerator"' in json.dumps(json.loads(spec)["data"]) for spec in specs)
    assert "九成工程120天内竣工，九成竣工后50天内验收，超过的列入。" in shown
    assert 'class="num strong worse"' in shown
    assert "面积与产权" in shown
    assert "面积达标" in shown


def test_the_file_of_the_list_tells_area_and_ownership_of_each_clinic(small_world: Path) -> None:
    known = clinics_of(view_in(small_world)).head(3).collect()
    told = progress._printed(known.with_columns(is_public=pl.Series([True, False, None])))
    assert told["owner_zh"].to_list() == ["公有", "非公有", None]
    assert set(progress.FILE) <= set(told.columns) | {"county_name"}


def test_a_county_lists_its_townships_by_standard(run_topic: Run) -> None:
    shown = html(run_topic("clinics", area="410225"))
    standards = shown[shown.index("面积达标") :]
    assert "镇" in standards
    assert FAULT not in shown


def test_a_meeting_sends_nobody_to_search_or_download(run_topic: Run) -> None:
    shown = html(run_topic("clinics", meeting="1"))
    assert "先列前" in shown
    assert "请用查找" not in shown
    assert "下载" not in shown
    assert "面积与产权" not in shown


def test_without_data_the_panels_say_so(run_topic: Run, bare_topic_world: Path) -> None:
    shown = html(run_topic("clinics", marts=bare_topic_world))
    assert FAULT not in shown
    assert "该地区本期没有可用的数据。" in shown


def test_without_a_target_nothing_is_projected(
    run_topic: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "target_and_day", lambda *_, **__: (None, None))
    shown = html(run_topic("clinics"))
    assert "未设目标，不作推算。" in shown
    assert FAULT not in shown
