from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import pytest

from tests.counters import rows
from tests.marts import small_world as world

JUNE, APRIL = date(2025, 6, 5), date(2025, 4, 2)
Shown = dict[tuple[str, str], int | None]


def marts(*given: dict, as_of: date = date(2026, 3, 31)) -> dict[str, pl.DataFrame]:
    numbered = [{"service_date": JUNE, "settled_on": JUNE, **row, "settlement_id": f"S{n}"}
                for n, row in enumerate(given)]  # fmt: skip
    return world.build({"settlements": rows.settlements(*numbered)}, as_of=as_of)


def levels(*given: dict, **options: date) -> pl.DataFrame:
    return marts(*given, **options)["outflow_levels_yearly"]


def of(level: str | None, count: int, *, tier: str = "same_city", **more: object) -> list[dict]:
    return [{"hospital_level": level, "destination_tier": tier, **more}] * count


def shown(frame: pl.DataFrame) -> Shown:
    text = [pl.col(c).cast(pl.String) for c in ("destination_tier", "hospital_level")]
    return {(t, h): n for t, h, n in frame.select(*text, "settlements").iter_rows()}


def test_admissions_are_told_by_tier_and_level_of_the_hospital() -> None:
    frame = levels(
        *of("tertiary", 30, fund_fen=700), *of("secondary", 20),
        *of("primary", 12, tier="same_county"), *of("ungraded", 11, tier="same_county"),
        *of("tertiary", 10, care_type="maternity"),
        *of("tertiary", 40, care_type="outpatient"), *of("tertiary", 40, care_type="pharmacy"),
    )  # fmt: skip
    assert shown(frame) == {
        ("same_city", "tertiary"): 40, ("same_city", "secondary"): 20,
        ("same_county", "primary"): 12, ("same_county", "ungraded"): 11,
    }  # fmt: skip
    assert frame["fund_fen"].to_list() == [12 * 500, 11 * 500, 30 * 700 + 10 * 500, 20 * 500]
    assert set(frame["status"].cast(pl.String)) == {"final"}
    assert frame["year"].to_list() == [2025] * 4
    assert frame["months"].unique().to_list() == [7]


def test_a_level_that_nobody_tells_is_unknown_and_not_ungraded() -> None:
    assert shown(levels(*of(None, 12, tier="other_province"))) == {
        ("other_province", "unknown"): 12
    }


def test_a_small_cell_takes_a_second_one_of_its_tier_with_it() -> None:
    frame = levels(*of("tertiary", 40), *of("secondary", 20), *of("ungraded", 3),
                   *of("tertiary", 15, tier="same_province"))  # fmt: skip
    assert shown(frame) == {
        ("same_city", "tertiary"): 40, ("same_city", "secondary"): None,
        ("same_city", "ungraded"): None, ("same_province", "tertiary"): 15,
    }  # fmt: skip
    hidden = frame.filter(pl.col("settlements").is_null())
    assert hidden["fund_fen"].null_count() == hidden.height
    assert set(hidden["status"].cast(pl.String)) == {"suppressed"}


def test_a_hidden_month_of_the_tier_hides_a_level_of_the_year() -> None:
    """Eleven visible months and the sum of visible levels would tell the twelfth."""
    frame = levels(
        *of("tertiary", 30),
        *of("tertiary", 4, service_date=APRIL, settled_on=APRIL),
        *of("secondary", 20),
        *of("secondary", 200, tier="same_county"),
    )
    assert None in (cells := shown(frame)).values()
    assert cells[("same_county", "secondary")] in (200, None)
    assert cells[("same_city", "secondary")] is None or cells[("same_city", "tertiary")] is None


def test_the_visible_levels_of_a_tier_add_up_to_its_total_elsewhere() -> None:
    built = marts(*of("tertiary", 40, disease_category="I25", age=70),
                  *of("secondary", 20, disease_category="K80", age=30))  # fmt: skip
    total = built["case_mix_yearly"].filter(disease_category="all", age_band="all")
    ours = built["outflow_levels_yearly"]
    assert ours["settlements"].sum() == total["settlements"].item() == 60
    assert ours["fund_fen"].sum() == total["fund_fen"].item()


def test_a_cancelled_stay_is_no_row() -> None:
    reversal = of("secondary", 12, sign=-1, total_fen=-1000, fund_fen=-500)
    cells = shown(levels(*of("tertiary", 30), *of("secondary", 12), *reversal))
    assert cells == {("same_city", "tertiary"): 30}


def test_a_year_in_which_claims_still_arrive_is_provisional() -> None:
    frame = levels(*of("tertiary", 30), as_of=date(2025, 8, 31))
    assert set(frame["status"].cast(pl.String)) == {"provisional"}


def test_years_stand_apart_and_care_after_the_as_of_date_counts_for_nothing() -> None:
    later = date(2026, 2, 3)
    frame = levels(
        *of("tertiary", 30),
        *of("tertiary", 50, service_date=later, settled_on=later),
        *of("tertiary", 9, service_date=date(2026, 4, 1), settled_on=date(2026, 4, 1)),
    )
    assert dict(frame.select("year", "settlements").iter_rows()) == {2025: 30, 2026: 50}


@pytest.mark.parametrize("seed", range(3))
def test_no_hidden_level_is_the_rest_of_what_is_shown(seed: int) -> None:
    random = Random(seed)
    given: list[dict] = []
    for tier in world.TIERS:
        for level in ("tertiary", "secondary", "primary", "ungraded", None):
            given += of(level, random.choice([0, 2, 9, 15, 40]), tier=tier)
    built = marts(*given)
    cells = shown(built["outflow_levels_yearly"])
    total = built["case_mix_yearly"].filter(disease_category="all", age_band="all")
    told = dict(total.select(pl.col("destination_tier").cast(pl.String), "settlements").iter_rows())
    assert None in cells.values()
    for tier in {tier for tier, _ in cells}:
        hidden = [level for t, level in cells if t == tier and cells[(t, level)] is None]
        assert told[tier] is None or len(hidden) != 1, (tier, hidden)


def test_rows_are_sorted_by_the_county_that_a_page_asks_for() -> None:
    given = [*of("tertiary", 30), *of("secondary", 30), *of(None, 30, tier="same_county")]
    frame = levels(*given, *(row | {"insured_county": "410203"} for row in given))
    keys = ["insured_county", "year", "destination_tier", "hospital_level"]
    assert frame.equals(frame.sort(keys))
    assert frame.select(keys).is_unique().all()
    assert frame.height == 6
