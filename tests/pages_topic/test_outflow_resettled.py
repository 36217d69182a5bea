"""Outflow with and without resettled residents, in every state of the data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels.outflow import resettled
from tests.builders.drawn import charts, html
from tests.builders.outflow import CITY, QI, without_values
from tests.builders.world import publish_altered

Run = Callable[..., AppTest]
KEY = resettled.WITHOUT


def drawn(app: AppTest) -> dict[str, Any] | None:
    keys = [e.proto.id.rsplit("-", 1)[-1] for e in app.get("plotly_chart")]
    return charts(app)[keys.index("resettled")] if "resettled" in keys else None


def words(figure: dict[str, Any] | None) -> list[str]:
    assert figure is not None
    return [note["text"] for note in figure["layout"]["annotations"]]


def test_both_shares_stand_side_by_side_by_county(run_topic: Run) -> None:
    app = run_topic("outflow")
    shown = words(drawn(app))
    assert {"含异地安置", "不含异地安置", "杞县"} <= set(shown)
    assert "开封市：含" in html(app)
    assert "不是由本县流出" in html(app)


def test_a_county_whose_data_do_not_tell_is_named_and_the_sum_of_the_others_not_compared(
    run_topic: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        if name != "indicator_to_date":
            return frame
        untold = without_values(frame, KEY, pl.col("area_code") == QI, status="missing")
        is_part = (pl.col("indicator_id") == KEY) & (pl.col("area_code") == CITY)
        status = pl.when(is_part).then(pl.lit("provisional")).otherwise("status")
        return untold.with_columns(status=status).cast(dict(frame.schema))

    app = run_topic("outflow", marts=publish_altered(tmp_path_factory.mktemp("part") / "m", alter))
    assert "杞县" not in words(drawn(app))
    assert "一栏、不能剔除的县区：杞县。" in html(app)
    assert "开封市：含" not in html(app)


def test_where_no_county_may_be_told_the_city_is_drawn_over_time(
    run_topic: Run, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        is_county = pl.col("area_level").cast(pl.String) == "county"
        is_shown = name == "indicator_to_date"
        return without_values(frame, KEY, is_county, status="suppressed") if is_shown else frame

    marts = publish_altered(tmp_path_factory.mktemp("few") / "m", alter)
    app = run_topic("outflow", marts=marts)
    ends = [text.split(" ")[0] for text in words(drawn(app))]
    assert {"含", "不含", "暂定"} <= set(ends)
    assert "各县区相差的人数都少，按规定不分列。" in html(app)
    county = run_topic("outflow", marts=marts, area=QI)
    assert "开封市：含" in html(county)
    assert {"含", "不含"} <= {text.split(" ")[0] for text in words(drawn(county))}


def test_many_counties_are_counted_not_named() -> None:
    def told(*statuses: str) -> str:
        names = [f"第{n}县" for n in range(len(statuses))]
        return resettled._words(pl.DataFrame({"area_name": names, "status": statuses}))

    assert "第1县" in told("final", "missing")
    assert "有11个县区的医保结算数据没有这一栏" in told("final", *["missing"] * 11)
    assert "另有12个县区相差的人数过少" in told("final", *["suppressed"] * 12)
