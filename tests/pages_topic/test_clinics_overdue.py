"""Which clinics somebody has to be phoned about, as they stood on the day the page speaks of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.charts import status_stack
from dashboard.messages import t
from dashboard.panels.clinics import pace, progress, standards
from dashboard.queries import clinics
from dashboard.store import Marts
from tests.builders.drawn import html

Run = Callable[..., AppTest]
FAULT = "本块未能显示"
MAY = dt.date(2025, 5, 31)
ALL = pl.lit(value=True)
NAMES = pl.LazyFrame({"area_code": ["410225"], "area_name": ["兰考县"]})


def clinic(
    code: str, status: str, *days: str | None, extract: str = "2025-06-15"
) -> dict[str, Any]:
    """Build a clinic by the days on which it was started, completed and accepted."""
    known = [dt.date.fromisoformat(day) for day in days]
    dates = [*known, None, None, None][:3]
    return {
        **dict(zip(("started_on", "completed_on", "accepted_on"), dates, strict=True)),
        "clinic_code": code,
        "clinic_name": f"{code}卫生室",
        "village_name": "王村",
        "township_code": "410225100",
        "township_name": "城关镇",
        "county_code": "410225",
        "status": status,
        "is_planned": True,
        "as_of": dt.date.fromisoformat(extract),
    }


def registry(*rows: dict[str, Any]) -> pl.LazyFrame:
    days = dict.fromkeys(("started_on", "completed_on", "accepted_on"), pl.Date)
    return pl.LazyFrame(list(rows), schema_overrides=days)


def states(*rows: dict[str, Any], on: dt.date = MAY) -> list[str]:
    return clinics.at_day(registry(*rows), on=on).collect()["status"].to_list()


def test_before_its_extract_a_clinic_stands_where_its_dates_put_it() -> None:
    assert states(
        clinic("a", "accepted", "2025-01-01", "2025-05-31", "2025-06-01"),
        clinic("b", "accepted", "2025-01-01", "2025-04-01", "2025-05-31"),
        clinic("c", "completed", "2025-05-31", "2025-06-10"),
        clinic("d", "in_progress", "2025-06-01"),
    ) == ["completed", "accepted", "in_progress", "not_started"]


def test_days_that_had_not_come_are_not_told() -> None:
    late = clinic("a", "accepted", "2025-01-01", "2025-05-31", "2025-06-01")
    found = clinics.at_day(registry(late), on=MAY).collect().row(0, named=True)
    assert found["completed_on"] == MAY
    assert found["accepted_on"] is None


def test_from_its_extract_on_a_clinic_stands_where_the_extract_puts_it() -> None:
    undated = clinic("a", "completed", extract="2025-05-20")
    assert states(undated) == ["completed"]
    assert states(undated, on=dt.date(2025, 5, 19)) == ["not_started"]


def overdue(*rows: dict[str, Any], building: int | None = 100, waiting: int | None = 30) -> Any:
    usual = {"in_progress": building, "completed": waiting}
    return clinics.overdue(registry(*rows), where=ALL, names=NAMES, on=MAY, usual=usual)


SLOW = (
    clinic("a", "in_progress", "2025-02-20"),  # 100 days: as usual
    clinic("b", "in_progress", "2025-02-18"),  # 102 days
    clinic("c", "completed", "2024-09-01", "2025-04-01"),  # waits 60 days
    clinic("d", "completed", "2024-09-01", "2025-05-20"),
    clinic("e", "accepted", "2024-09-01", "2024-12-01", "2025-01-01"),
    clinic("f", "not_started"),
)


def test_what_takes_longer_than_usual_is_listed_furthest_over_first() -> None:
    found = overdue(*SLOW)
    assert found.select("clinic_code", "days", "over").rows() == [("c", 60, 30), ("b", 102, 2)]
    assert found["since"].to_list() == [dt.date(2025, 4, 1), dt.date(2025, 2, 18)]
    assert set(found["county_name"]) == {"兰考县"}


def test_outside_the_plan_nobody_is_phoned() -> None:
    assert overdue(SLOW[1] | {"is_planned": False}).is_empty()


def test_where_nothing_is_usual_all_under_way_is_listed_and_none_called_slow() -> None:
    found = overdue(*SLOW, building=None, waiting=None)
    assert found["clinic_code"].to_list() == ["b", "a", "c", "d"]
    assert found["over"].null_count() == 4


def finished(*days: int) -> pl.LazyFrame:
    start = dt.date(2025, 1, 1)
    return pl.LazyFrame(
        {"started_on": start, "completed_on": start + dt.timedelta(days=n)} for n in days
    )


def test_the_usual_time_is_what_nine_in_ten_works_took() -> None:
    assert clinics.usual_days(finished(*range(1, 22))) == 19
    assert clinics.usual_days(finished(*[100] * 20, *[-5] * 40)) == 100


def test_too_few_finished_works_give_no_usual_time() -> None:
    assert clinics.usual_days(finished(*[100] * 19)) is None


def test_acceptance_has_a_usual_time_of_its_own() -> None:
    rows = finished(*[100] * 20).with_columns(
        accepted_on=pl.col("completed_on") + dt.timedelta(days=7)
    )
    assert clinics.usual_days(rows, step="completed") == 7


def test_a_township_answers_through_its_health_centre() -> None:
    columns = ("institution_code", "institution_name", "institution_type", "township_code")
    rows = [
        ("I2", "城关镇中心卫生院", "township_health_centre", "410225100"),
        ("I1", "城关镇门诊部", "other", "410225100"),
        ("I3", "人民医院", "township_health_centre", None),
    ]
    frame = pl.LazyFrame(rows, schema=list(columns), orient="row")
    open_ones = frame.with_columns(valid_until=pl.lit(None, dtype=pl.Date))
    assert clinics.centres_by_township(open_ones) == {"410225100": "城关镇中心卫生院"}
    closed = frame.with_columns(valid_until=pl.lit(MAY))
    assert clinics.centres_by_township(closed) == {}


def test_a_city_phones_counties_and_a_county_its_health_centres(run_topic: Run) -> None:
    assert "卫生健康委" in html(run_topic("clinics"))
    shown = html(run_topic("clinics", area="410225"))
    assert "卫生院" in shown[shown.index("由谁督办") :]


def test_where_most_of_them_lie_is_told(run_topic: Run, topic_marts: Marts) -> None:
    assert "（所）。九成工程" in html(run_topic("clinics"))
    town = topic_marts.places.children("410225")[0].code
    assert "（所）。" not in html(run_topic("clinics", area=town))


def test_by_how_many_days_each_is_over_stands_beside_who_acts(run_topic: Run) -> None:
    shown = html(run_topic("clinics"))
    heads = [t(f"overdue.{name}") for name in ("days", "over", "who")]
    places = [shown.index(f">{head}<") for head in heads]
    assert places == sorted(places)


def test_a_pace_below_one_a_week_is_told_finely_enough_to_compare() -> None:
    assert (pace.weekly(0.125), pace.weekly(0.146)) == ("0.13", "0.15")
    assert pace.weekly(13.04) == "13.0"


def test_without_enough_finished_works_none_is_called_slow(
    run_topic: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clinics, "LEAST_FINISHED", 10**9)
    shown = html(run_topic("clinics"))
    assert t("overdue.no_rule") in shown
    assert "num strong worse" not in shown


def test_an_earlier_month_shows_the_clinics_of_that_month(
    run_topic: Run, topic_marts: Marts
) -> None:
    # Every clinic of the small world was started in the spring of 2024.
    month = dt.date(2024, 2, 1)
    assert month in topic_marts.months
    shown = html(run_topic("clinics", month=f"{month:%Y-%m}"))
    assert FAULT not in shown
    assert t("overdue.none") in shown
    assert "2024-03" not in shown


def test_a_month_from_before_the_kept_weeks_is_not_called_unreported(
    run_topic: Run, topic_marts: Marts
) -> None:
    earlier = f"{topic_marts.months[0]:%Y-%m}"
    shown = html(run_topic("clinics", month=earlier))
    assert shown.count(t("topic.no_weeks")) == 2  # the projection and the trend


def test_attributes_that_nobody_recorded_then_are_said_to_be_unknown(
    run_topic: Run, topic_marts: Marts, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = standards.standards
    monkeypatch.setattr(
        standards, "standards", lambda view: known(view).with_columns(area=pl.lit(None))
    )
    earlier = f"{topic_marts.months[-2]:%Y-%m}"
    assert t("clinics.standards_undated") in html(run_topic("clinics", month=earlier))
    assert t("clinics.standards_undated") not in html(run_topic("clinics"))


def test_a_card_without_a_value_says_why(run_topic: Run, bare_topic_world: Path) -> None:
    shown = html(run_topic("clinics", marts=bare_topic_world))
    assert '<div class="strip-side">' in shown
    assert t("status.missing") in shown


def test_a_meeting_draws_the_least_finished_areas_that_can_be_read(
    run_topic: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "LEAST_ROW", 100)
    shown = html(run_topic("clinics", meeting="1"))
    assert "；列出需关注的前3个" in shown
    assert "列出需关注的前" not in html(run_topic("clinics"))


def test_a_count_stands_only_in_a_part_wide_enough() -> None:
    assert status_stack._fits(5, 10.0, 200)  # 20 pixels for one figure
    assert not status_stack._fits(555, 10.0, 200)
