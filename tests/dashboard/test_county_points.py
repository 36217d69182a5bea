"""The points of a county's profile, on registries small enough to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest

from dashboard.panels.county import profile, spine
from dashboard.reading.facts import Fact
from dashboard.reading.measured import Reading
from dashboard.view import View
from pipeline.catalog import catalogue
from tests.builders.places import place

COUNTY = place("410225", parent="410200", name="兰考县")


def fact(indicator_id: str, numerator: int | None, denominator: int | None) -> Fact:
    value = None if numerator is None or denominator is None else numerator / denominator
    return Fact(
        indicator=catalogue().indicators[indicator_id],
        area_code="410225",
        level="county",
        status="final",
        reading=Reading(value=value),
        numerator=numerator,
        denominator=denominator,
        until=None,
        same_period=None,
        target=None,
        due=None,
        months=(),
        weeks=(),
    )


def own(indicator_id: str, numerator: int | None, denominator: int | None) -> Any:
    return {(indicator_id, "410225"): fact(indicator_id, numerator, denominator)}


def view(*, is_latest: bool = True, **marts: pl.DataFrame) -> Any:
    return SimpleNamespace(
        scan=lambda name: marts[name].lazy(),
        scan_at=lambda name, at_day: at_day(marts[name].lazy(), on=dt.date(2025, 6, 30)),
        data_date=dt.date(2025, 6, 30),
        is_latest=is_latest,
        reference=None,
    )


def devices(rows: list[tuple[str, str, str, dt.date | None]]) -> pl.DataFrame:
    columns = ["institution_name", "device_type", "state", "reported_broken_on"]
    return pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        pl.col("reported_broken_on").cast(pl.Date),
        institution_code="institution_name",
        county_code=pl.lit("410225"),
        as_of=dt.date(2025, 6, 30),
    )


def test_one_centre_is_named_with_its_device_and_days() -> None:
    broken = devices([("许河镇卫生院", "biochemistry_analyser", "repair", dt.date(2025, 4, 28))])
    found = profile._device_point(
        view(devices=broken), own("three_device_coverage", 15, 16), COUNTY
    )
    assert found is not None
    assert found.title == "许河镇卫生院缺生化分析仪"
    assert found.text == "已报修63天；补齐后三大件可达16／16家。"


def test_several_centres_are_counted() -> None:
    broken = devices(
        [("甲卫生院", "dr", "missing", None), ("乙卫生院", "dr", "stopped", dt.date(2025, 1, 1))]
    )
    found = profile._device_point(
        view(devices=broken), own("three_device_coverage", 14, 16), COUNTY
    )
    assert found is not None
    assert found.title == "2家机构三大件未达标"
    assert found.text == "补齐后三大件可达16／16家。"


def test_nothing_broken_and_nothing_known() -> None:
    none = devices([("甲卫生院", "dr", "in_use", None)])
    found = profile._device_point(view(devices=none), own("three_device_coverage", 16, 16), COUNTY)
    assert found is not None
    assert found.mark == "better"
    unknown = own("three_device_coverage", None, None)
    assert profile._device_point(view(devices=none), unknown, COUNTY) is None
    # Which devices are out is not kept of earlier months.
    earlier = view(devices=none, is_latest=False)
    assert profile._device_point(earlier, own("three_device_coverage", 16, 16), COUNTY) is None


@pytest.mark.parametrize(
    ("statuses", "title", "text"),
    [
        (["accepted", "accepted"], "规划内村卫生室全部验收", "共2所。"),
        (["accepted", "completed"], "1所村卫生室尚未验收", "乙镇1所。"),
    ],
)
def test_clinics_not_yet_accepted(statuses: list[str], title: str, text: str) -> None:
    clinics = pl.DataFrame(
        {
            "county_code": "410225",
            "is_planned": True,
            "status": statuses,
            "township_name": ["甲镇", "乙镇"],
            "as_of": dt.date(2025, 6, 30),
            **dict.fromkeys(("started_on", "completed_on", "accepted_on"), dt.date(2025, 1, 1)),
        }
    )
    found = profile._clinic_point(
        view(clinics=clinics), own("standardised_clinic_rate", 2, 2), COUNTY
    )
    assert found is not None
    assert (found.title, found.text) == (title, text)


def test_unknown_clinics_have_no_point() -> None:
    unknown = own("standardised_clinic_rate", None, None)
    assert profile._clinic_point(view(), unknown, COUNTY) is None


def test_without_a_reference_outflow_is_not_compared() -> None:
    known = catalogue()
    there = SimpleNamespace(catalogue=known, reference=None)
    facts = {(i.id, "410225"): fact(i.id, 1, 4) for i in known.indicators.values()}
    assert profile._outflow_point(there, facts, COUNTY) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(("status", "said"), [("missing", "9项无数据"), ("suppressed", "9项")])
def test_a_county_judges_no_indicator_without_a_value(
    view_of: Callable[..., View], status: str, said: str
) -> None:
    view = view_of("410225")
    own = {
        (i.id, "410225"): replace(fact(i.id, None, None), status=status)
        for i in spine.indicators(view)
    }
    words = spine.claim(view, own, view.places.by_code["410225"])
    assert said in words
    assert ("无数据" in words) == (status == "missing")
