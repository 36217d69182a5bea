"""The map's months in the link: which are shown, which are set side by side, what is said."""

from __future__ import annotations

import datetime as dt

from dashboard import state
from dashboard.state import Moments

OFFERED = tuple(dt.date(2023 + n // 12, n % 12 + 1, 1) for n in range(30))
UNSETTLED = frozenset(OFFERED[-3:])
DEFAULT = dt.date(2025, 3, 1)


def moments(*, unsettled: frozenset[dt.date] = UNSETTLED, **wanted: str) -> Moments:
    link = {key.replace("_", "-"): value for key, value in wanted.items()}
    return state.moments(link, offered=OFFERED, default=DEFAULT, unsettled=unsettled)


def test_a_bare_link_shows_the_default_month_alone_and_stays_bare() -> None:
    found = moments()
    assert (found.shown, found.earlier, found.notices, found.link) == (DEFAULT, None, (), {})


def test_the_months_of_the_link_are_taken_and_kept() -> None:
    found = moments(map_month="2024-08", compare="2023-08")
    assert (found.shown, found.earlier) == (dt.date(2024, 8, 1), dt.date(2023, 8, 1))
    assert found.link == {"map-month": "2024-08", "compare": "2023-08"}
    assert found.notices == ()


def test_months_still_arriving_can_be_shown() -> None:
    found = moments(map_month="2025-06")
    assert found.shown == dt.date(2025, 6, 1)
    assert found.comparable == ()


def test_an_unknown_month_falls_to_the_default_and_says_so() -> None:
    for wish in ("2022-12", "2025-07", "三月", "2024-8"):
        found = moments(map_month=wish)
        assert found.shown == DEFAULT
        assert found.notices == ("链接中的地图月份没有数据，地图已显示2025年3月。",)


def test_a_month_still_arriving_is_set_beside_no_other() -> None:
    found = moments(map_month="2025-05", compare="2024-05")
    assert (found.shown, found.earlier) == (DEFAULT, dt.date(2024, 5, 1))
    assert found.notices == ("2025年5月结算尚未到齐，不用于对比，地图已显示2025年3月。",)


def test_a_comparison_in_vain_falls_to_the_year_before() -> None:
    for wish in ("2025-04", "2025-03", "2019-01", "去年"):
        found = moments(compare=wish)
        assert found.earlier == dt.date(2024, 3, 1)
        assert found.notices == ("链接中的对比月份没有可比数据，已改为与2024年3月对比。",)


def test_the_first_year_has_nothing_to_fall_back_to() -> None:
    found = moments(map_month="2023-06", compare="2024-01")
    assert (found.earlier, found.link) == (None, {"map-month": "2023-06"})
    assert found.notices == ("没有可以对比的月份，未作对比。",)


def test_when_nothing_is_settled_nothing_is_compared() -> None:
    found = moments(unsettled=frozenset(OFFERED), compare="2024-03")
    assert (found.shown, found.earlier) == (DEFAULT, None)
    assert found.notices == ("没有可以对比的月份，未作对比。",)


def test_stocks_compare_any_earlier_month() -> None:
    found = moments(unsettled=frozenset(), map_month="2025-06", compare="2025-05")
    assert found.earlier == dt.date(2025, 5, 1)
    assert found.comparable == OFFERED[:-1]


def test_the_map_forgets_its_months_when_the_link_does() -> None:
    merged = state.merged({"area": "410200"}, {"map-month": "2024-08", "compare": "2023-08"})
    assert merged == {"area": "410200"}
