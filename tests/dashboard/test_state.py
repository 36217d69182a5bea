"""The URL is the state."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from dashboard import state
from dashboard.places import Places
from pipeline.catalog import catalogue

MONTHS = (dt.date(2025, 5, 1), dt.date(2025, 6, 1))
OFFERED = ("contract_rate", "fulfilment_rate")


def places(*above: tuple[str, str, str, str | None, bool]) -> Places:
    rows = [
        *above,
        ("410000", "河南省", "province", None, False),
        ("340000", "安徽省", "province", None, False),
        ("410200", "开封市", "city", "410000", True),
        ("410225", "兰考县", "county", "410200", True),
        ("340600", "淮北市", "city", "340000", False),
        ("340621", "濉溪县", "county", "340600", True),
        ("410225001", "兰阳街道", "township", "410225", True),
    ]
    columns = ["area_code", "area_name", "area_level", "parent_code", "is_complete"]
    frame = pl.DataFrame(rows, schema=columns, orient="row").with_columns(
        valid_until=pl.lit(None, dtype=pl.Date),
        located_in=pl.lit(None, dtype=pl.String),
        has_polygon=pl.lit(value=True),
        population=pl.lit(1, dtype=pl.Int64),
    )
    return Places.read(frame.lazy())


def choose(
    known: Places | None = None, *, told: tuple[str, ...] = OFFERED, **wanted: str
) -> state.Choice:
    found = state.choose(
        wanted,
        places=known or places(),
        indicators=catalogue().indicators,
        offered=OFFERED,
        months=MONTHS,
        told=lambda _: told,
    )
    assert found is not None
    return found


def test_the_default_is_the_first_indicator_of_which_the_area_has_values() -> None:
    assert choose(told=OFFERED[1:]).indicator.id == OFFERED[1]
    assert choose(told=("elsewhere",)).indicator.id == OFFERED[0]
    assert choose(told=OFFERED[1:], indicator=OFFERED[0]).indicator.id == OFFERED[0]


def test_a_bare_link_shows_the_defaults_without_a_word() -> None:
    found = choose()
    assert (found.area.code, found.indicator.id, found.month) == (
        "410200",
        "contract_rate",
        dt.date(2025, 6, 1),
    )
    assert found.notices == ()


def test_ids_in_the_link_are_taken() -> None:
    found = choose(area="410225001", indicator="fulfilment_rate", month="2025-05")
    assert (found.area.name, found.indicator.id, found.month.month) == (
        "兰阳街道",
        "fulfilment_rate",
        5,
    )


@pytest.mark.parametrize(
    ("wanted", "shown", "said"),
    [
        ("340600", "濉溪县", "没有淮北市的合计数据，已显示濉溪县。"),
        ("340000", "濉溪县", "没有安徽省的合计数据，已显示濉溪县。"),
        ("410000", "开封市", "没有河南省的合计数据，已显示开封市。"),
    ],
)
def test_an_area_without_a_sum_is_never_a_page_of_nothing(
    wanted: str, shown: str, said: str
) -> None:
    found = choose(area=wanted)
    assert (found.area.name, found.notices) == (shown, (said,))


def test_a_province_is_shown_by_the_group_of_its_cities() -> None:
    part = choose(places(("all", "一市合计", "group", None, True)), area="410000")
    assert (part.area.code, len(part.notices)) == ("all", 1)
    whole = choose(places(("all", "河南省", "group", None, True)), area="410000")
    assert (whole.area.code, whole.notices) == ("all", ())


def test_unknown_ids_fall_to_the_default_and_say_so() -> None:
    found = choose(area="兰考县", indicator="签约率", month="2019-01")
    assert (found.area.code, found.indicator.id, found.month) == (
        "410200",
        "contract_rate",
        MONTHS[-1],
    )
    assert found.notices == (
        "链接中的地区不存在，已显示开封市。",
        "链接中的指标不存在，已显示常住人口签约率。",
        "链接中的期间没有数据，已显示2025年6月。",
    )


def test_an_indicator_of_another_page_is_replaced_without_a_word() -> None:
    found = choose(indicator="three_device_coverage")
    assert (found.indicator.id, found.notices) == ("contract_rate", ())


def test_an_empty_snapshot_has_no_choice() -> None:
    options = {"indicators": catalogue().indicators, "offered": OFFERED, "told": lambda _: ()}
    assert state.choose({}, places=Places([]), months=MONTHS, **options) is None
    assert state.choose({}, places=places(), months=(), **options) is None


def test_the_link_wins_over_the_session_and_empty_or_strange_values_are_dropped() -> None:
    merged = state.merged(
        {"area": "410225", "foreign": "1", "indicator": ""},
        {"area": "410200", "meeting": "1"},
    )
    assert merged == {"area": "410225"}


def test_an_endless_id_is_cut_and_told_as_unknown() -> None:
    merged = state.merged({"area": "410225" + "0" * 200_000}, {})
    assert len(merged["area"]) < 100
    assert choose(**merged).notices == ("链接中的地区不存在，已显示开封市。",)


def test_the_meeting_mode_ends_with_its_link() -> None:
    assert state.merged({}, {"meeting": "1", "month": "2025-05"}) == {"month": "2025-05"}
    assert state.merged({"meeting": "1"}, {}) == {"meeting": "1"}
