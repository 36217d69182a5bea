"""What is asked of the marts once for all areas, and what is held in memory."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import polars as pl
import pytest

from dashboard import store
from dashboard.queries import clinics, headline, measures, townships
from dashboard.reading import topics
from dashboard.remembering import key_of, memory
from dashboard.store import Marts, open_marts
from dashboard.view import View
from pipeline.catalog import catalogue
from pipeline.methods import claims

JUNE = dt.date(2025, 6, 1)
STOCKS = [i for i in catalogue().indicators.values() if i.kind == "stock"]


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows by one with every question put to a mart."""
    memory.forget()
    asked: list[int] = []
    collect = pl.LazyFrame.collect

    def noted(frame: pl.LazyFrame, *args: Any, **options: Any) -> Any:
        asked.append(1)
        return collect(frame, *args, **options)

    monkeypatch.setattr(pl.LazyFrame, "collect", noted)
    return asked


def _months(view: View, *areas: str) -> pl.DataFrame:
    return headline.months_of(
        view.scan("indicator_monthly"), indicators=STOCKS, areas=areas, until=JUNE, months=3
    )


def test_the_months_of_a_second_county_are_known_with_those_of_the_first(
    view_of: Callable[..., View], collected: list[int]
) -> None:
    view = view_of("410225")
    first = _months(view, "410225")
    before = len(collected)
    assert set(_months(view, "410221", "410200")["area_code"]) == {"410221", "410200"}
    assert len(collected) == before
    ids = [i.id for i in STOCKS]
    rows = (
        view.scan("indicator_monthly")
        .filter(pl.col("area_code") == "410225", pl.col("indicator_id").is_in(ids))
        .filter(pl.col("month").is_between(dt.date(2025, 4, 1), JUNE))
        .sort("indicator_id", "month")
        .collect()
    )
    assert first["value"].to_list() == rows["value"].to_list()
    assert first["period"].to_list() == rows["month"].to_list()


def test_the_limits_of_a_second_county_are_known_with_those_of_the_first(
    view_of: Callable[..., View], collected: list[int]
) -> None:
    def marked(code: str) -> pl.DataFrame:
        view = view_of(code)
        return topics.marked_series_of(view, STOCKS[0], view.area)

    marked("410225")
    before = len(collected)
    second = marked("410221")
    assert len(collected) == before
    view = view_of("410221")
    series = topics.series_of(view, STOCKS[0], view.area)
    alone = claims.process_marks(series.lazy(), order="period", polarity=STOCKS[0].polarity)
    assert second.equals(alone.collect())
    assert second.height > 0


def test_a_township_is_asked_for_by_itself(view_of: Callable[..., View]) -> None:
    assert measures.among(["410225", "410200"]) is None
    assert measures.among(["410225", "410225001"]) == ("410225", "410225001")
    found = _months(view_of("410225001"), "410225001")
    assert set(found["area_code"]) == {"410225001"}


def test_a_county_without_a_series_is_known_with_those_that_have_one(
    view_of: Callable[..., View], collected: list[int]
) -> None:
    def heights(*codes: str) -> list[int]:
        mart = view_of().scan("indicator_monthly")
        asked = [("contract_rate", code) for code in codes]
        series = [
            measures.monthly_series(mart, indicator_id=i, area=a, until=JUNE) for i, a in asked
        ]
        return [found.height for found in series]

    assert heights("410225")[0] > 0
    before = len(collected)
    assert heights("410999") == [0]
    assert len(collected) == before


def test_areas_without_a_row_are_missing_and_stand_where_they_were_asked(
    view_of: Callable[..., View],
) -> None:
    asked = ["410225001", "nowhere", "410225"]
    found = measures.values_in_month(
        view_of().scan("indicator_monthly"), indicator_id="contract_rate", areas=asked, month=JUNE
    )
    assert found["area_code"].to_list() == asked
    assert found["status"][1] == "missing"
    assert found["value"].is_null().to_list() == [False, True, False]


def test_townships_of_another_county_are_known_with_those_of_the_first(
    view_of: Callable[..., View], collected: list[int]
) -> None:
    monthly = view_of().scan("indicator_monthly")

    def rates(*codes: str) -> pl.DataFrame:
        ids = ["contract_rate"]
        return townships.rates_in_month(monthly, indicator_ids=ids, townships=codes, month=JUNE)

    assert rates("410225001")["area_code"].to_list() == ["410225001"]
    before = len(collected)
    assert rates("410221").height == 1
    assert rates().is_empty()
    assert len(collected) == before


def test_small_marts_are_held_and_long_ones_stay_on_the_disk(
    marts: Marts, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "PARQUET" not in marts.scan("targets").explain().upper()
    monkeypatch.setattr(store, "HELD_ROWS", 0)
    again = Marts(marts.snapshot)
    assert "PARQUET" in again.scan("clinics").explain().upper()
    assert again.scan("clinics").collect().equals(marts.scan("clinics").collect())


def test_a_registry_as_it_stood_is_told_apart_by_its_day(marts: Marts) -> None:
    first, second = (
        marts.scan_at("clinics", day, clinics.at_day) for day in (JUNE, dt.date(2025, 6, 30))
    )
    assert marts.scan_at("clinics", JUNE, clinics.at_day) is first
    assert "status" not in first.explain()  # worked out once, and not with every question
    names = {key_of(len, (frame,), {}) for frame in (first, second, marts.scan("clinics"))}
    assert len(names) == 3
    other = open_marts(scope=frozenset({"410225"}))
    assert key_of(len, (other.scan_at("clinics", JUNE, clinics.at_day),), {}) not in names
