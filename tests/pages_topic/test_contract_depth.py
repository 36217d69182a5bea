"""Contracts against the policy, and the cascade from due to renewed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import plotly.graph_objects as go
import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts.cascade import Step, cascade_figure
from dashboard.charts.policy import Wedge, policy_figure
from dashboard.messages import t
from dashboard.panels.contracts.policy import policy_words, wedge_of
from pipeline.catalog import catalogue
from tests.builders.drawn import html

Run = Callable[..., AppTest]
FAULT = "本块未能显示"


def texts(figure: go.Figure) -> str:
    return "\n".join(one.text for one in figure.layout.annotations)


def series(*values: float | None, status: str = "final") -> pl.DataFrame:
    """One value a year, from December 2021."""
    return pl.DataFrame(
        {
            "period": [dt.date(2021 + n, 12, 1) for n in range(len(values))],
            "value": values,
            "status": status,
        },
        schema={"period": pl.Date, "value": pl.Float64, "status": pl.String},
    )


def test_the_wedge_starts_at_the_first_known_month_and_opens_by_points_a_year() -> None:
    wedge = wedge_of(series(None, 0.40, 0.42), (0.01, 0.03))
    assert wedge is not None
    assert (wedge.since, wedge.start) == (dt.date(2022, 12, 1), 0.40)
    four_years = dt.date(2026, 12, 1)
    assert wedge.at(four_years, wedge.least) == pytest.approx(0.44)
    assert wedge.at(four_years, wedge.most) == pytest.approx(0.52)


def test_without_a_pace_or_a_value_there_is_no_wedge() -> None:
    assert wedge_of(series(0.4), None) is None
    assert wedge_of(series(None), (0.01, 0.03)) is None


def test_the_sentence_says_start_end_and_points_a_year() -> None:
    indicator = catalogue().indicators["contract_rate"]
    said = policy_words(series(0.40, 0.43, 0.46), indicator)
    assert said.startswith(indicator.policy_zh + "。")
    assert said.endswith("2021年12月40.0%，2023年12月46.0%，平均每年+3.0个百分点。")


def test_less_than_a_year_makes_no_yearly_pace() -> None:
    indicator = catalogue().indicators["contract_rate"]
    assert policy_words(series(0.40), indicator) == indicator.policy_zh + "。"


def test_the_figure_shades_the_wedge_and_names_goal_and_edges() -> None:
    wedge = Wedge(since=dt.date(2021, 12, 1), start=0.40, least=0.01, most=0.03)
    figure = policy_figure(
        series(0.40, 0.42), decimals=1, name_zh="常住签约", goal=0.75, wedge=wedge
    )
    drawn = {trace.name: trace for trace in figure.data}
    assert [round(y, 1) for y in drawn["wedge"].y] == [40.0, 43.0, 41.0, 40.0]
    for part in ("常住签约 42.0", "2035年目标 75", "每年1个百分点", "每年3个百分点"):
        assert part in texts(figure)


def test_the_figure_without_pace_or_values() -> None:
    figure = policy_figure(series(0.8), decimals=1, name_zh="重点签约", goal=0.85)
    assert "wedge" not in {trace.name for trace in figure.data}
    empty = policy_figure(series(None), decimals=1, name_zh="重点签约", goal=0.85)
    assert t("chart.no_rows") in texts(empty)


def step(done: int | None, whole: int | None) -> Step:
    return Step(name="签约", done=done, whole=whole, counts="1／2人", share="50.0%", of="常住人口")


def test_each_bar_stands_before_its_own_denominator() -> None:
    figure = cascade_figure([step(90, 100), step(40, 80)], height=300)
    drawn = {trace.name: list(trace.x) for trace in figure.data}
    assert drawn == {"whole": [100, 80], "done": [90, 40]}
    assert list(figure.layout.xaxis.range) == [0, 100]


@pytest.mark.parametrize("steps", [[], [step(None, None)], [step(0, 0)]])
def test_a_cascade_without_counts_says_so(steps: list[Step]) -> None:
    assert t("chart.no_rows") in texts(cascade_figure(steps, height=300))


@pytest.mark.parametrize("area", ["410200", "410225", "410225102"])
def test_the_page_shows_policy_cascade_and_groups(run_topic: Run, area: str) -> None:
    shown = html(run_topic("contracts", area=area))
    assert FAULT not in shown
    for part in ("常住签约与国家要求", "应签、签约、履约、续约", "2022年起每年提高"):
        assert part in shown


def test_key_groups_have_their_own_goal(run_topic: Run) -> None:
    shown = html(run_topic("contracts", indicator="key_group_contract_rate"))
    assert "重点签约与国家要求" in shown
    assert "2035年不低于85%。" in shown


def test_an_indicator_without_policy_leaves_the_residents(run_topic: Run) -> None:
    shown = html(run_topic("contracts", indicator="renewal_rate"))
    assert "常住签约与国家要求" in shown
    assert FAULT not in shown


def test_a_meeting_shows_the_cascade_without_buttons(run_topic: Run) -> None:
    app = run_topic("contracts", meeting="1")
    assert "应签、签约、履约、续约" in html(app)
    assert FAULT not in html(app)


def test_without_data_the_panels_say_so(run_topic: Run, bare_topic_world: Path) -> None:
    shown = html(run_topic("contracts", marts=bare_topic_world))
    assert FAULT not in shown
    assert shown.count("该地区本期没有可用的数据。") >= 2


def test_a_suppressed_step_shows_the_mark(run_topic: Run, suppressed_contracts: Path) -> None:
    app = run_topic("contracts", marts=suppressed_contracts, area="410225102")
    specs = "".join(element.proto.spec for element in app.get("plotly_chart"))
    assert FAULT not in html(app)
    assert "\\uff0a" in specs or "＊" in specs


def test_a_first_month_is_a_point_and_more_are_a_line() -> None:
    def modes(*values: float) -> set[str]:
        figure = policy_figure(series(*values), decimals=1, name_zh="常住签约", goal=0.75)
        return {trace.mode for trace in figure.data if trace.mode}

    assert any("markers" in mode for mode in modes(0.48))
    assert not any("markers" in mode for mode in modes(0.48, 0.49))
