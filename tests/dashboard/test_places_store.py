"""The tree of areas, and the only reader of marts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from dashboard import store
from dashboard.places import Places
from dashboard.store import Marts, open_marts
from dashboard.view import View
from pipeline.errors import UsageError
from pipeline.snapshots import NoSnapshotError
from tests.builders.pages import show


def codes(places: tuple[object, ...]) -> list[str]:
    return [place.code for place in places]  # type: ignore[attr-defined]


def test_the_breadcrumb_goes_from_the_top_to_the_place(marts: Marts) -> None:
    assert codes(marts.places.chain("410225001")) == ["410000", "410200", "410225", "410225001"]
    assert marts.places.chain("nowhere") == ()


def test_codes_that_ended_are_not_shown(marts: Marts) -> None:
    assert marts.places.get("410224") is None
    assert marts.places.get(None) is None
    assert "410212" in codes(marts.places.counties("410200"))


def test_counties_of_a_township_of_the_group_and_of_nothing(marts: Marts) -> None:
    assert len(marts.places.counties("410225001")) == 9
    assert codes(marts.places.counties("all")) == codes(marts.places.counties("410200"))
    assert marts.places.counties("410000") == ()
    assert marts.places.county_of("410200") is None


def test_the_default_is_a_complete_city_else_any_county(marts: Marts) -> None:
    assert marts.places.default is not None
    assert marts.places.default.code == "410200"
    zone = marts.places.by_code["6109HK"]
    assert zone.is_zone
    assert Places([zone]).default == zone
    assert Places([]).default is None


def test_a_view_compares_with_a_complete_city_or_the_group(view_of: Callable[..., View]) -> None:
    assert view_of("410225").reference.code == "410200"  # type: ignore[union-attr]
    assert view_of("all").reference.code == "all"  # type: ignore[union-attr]
    assert view_of("6109HK").reference is None


def test_flows_show_the_last_final_month_and_stocks_the_chosen(
    view_of: Callable[..., View],
) -> None:
    view = view_of()
    indicators = view.catalogue.indicators
    assert view.shown_month(indicators["out_of_county_inpatient_rate"]).isoformat() == "2025-03-01"
    assert view.shown_month(indicators["contract_rate"]).isoformat() == "2025-06-01"
    assert view.shown_month() == view.month
    assert len(view.provisional_months) == 3
    assert view.data_date.isoformat() == "2025-06-30"
    assert view.is_latest
    earlier = view_of(month=-6)
    assert earlier.final_month == earlier.month
    assert not earlier.is_latest
    assert earlier.months_from_start[-1] == earlier.month


def test_before_the_first_final_month_the_chosen_one_is_shown(marts: Marts) -> None:
    before = marts.months[0].replace(year=2020)
    assert marts.final_month(until=before) == before


def test_a_scope_cuts_every_mart_before_a_page_sees_it(marts: Marts, small_world: Path) -> None:
    seen = open_marts(scope=frozenset({"410225"}))
    assert seen is not marts
    monthly = seen.scan("indicator_monthly").select("area_code").unique().collect()
    assert {c[:6] for c in monthly["area_code"]} == {"410225"}
    for mart in ("clinics", "devices", "institutions", "contract_groups"):
        column = store.AREA_COLUMN.get(mart, "area_code")
        found = seen.scan(mart).select(column).unique().collect()[column].to_list()
        assert found
        assert {code[:6] for code in found} == {"410225"}
    assert seen.scan("flow_monthly").collect()["insured_county"].unique().to_list() == ["410225"]
    assert "410221" not in seen.places.by_code


def test_a_snapshot_is_opened_once_and_by_id(marts: Marts) -> None:
    assert open_marts() is marts
    assert open_marts(marts.id) is marts
    with pytest.raises(UsageError):
        open_marts("../../etc")


def test_without_a_snapshot_the_error_says_so(tmp_path: Path) -> None:
    show(tmp_path)
    with pytest.raises(NoSnapshotError):
        open_marts()


def test_only_the_last_snapshots_stay_open(marts: Marts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store, "KEPT_OPEN", 1)
    monkeypatch.setattr(store, "_opened", {})
    first = open_marts()
    open_marts(scope=frozenset({"410225"}))
    assert open_marts() is not first
