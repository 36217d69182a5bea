from __future__ import annotations

from datetime import date
from random import Random

import polars as pl
import pytest

from tests.counters import rows
from tests.marts import small_world as world

JUNE = date(2025, 6, 5)
KEYS = ["insured_county", "destination_tier", "disease_category", "age_band", "year"]


def mart(*given: dict, as_of: date = date(2026, 3, 31)) -> pl.DataFrame:
    numbered = [{"service_date": JUNE, "settled_on": JUNE, **row, "settlement_id": f"S{n}"}
                for n, row in enumerate(given)]  # fmt: skip
    tables = {"settlements": rows.settlements(*numbered)}
    return world.build(tables, as_of=as_of)["case_mix_yearly"]


def of(disease: str | None, age: int | None, count: int, **more: object) -> list[dict]:
    return [{"disease_category": disease, "age": age, **more}] * count


def shown(frame: pl.DataFrame) -> dict[tuple[str, str], int | None]:
    text = pl.col("age_band").cast(pl.String)
    return {(d, a): n for d, a, n in
            frame.select("disease_category", text, "settlements").iter_rows()}  # fmt: skip


def test_admissions_are_told_by_disease_and_age_with_their_totals() -> None:
    frame = mart(*of("I25", 70, 30), *of("I25", 30, 20), *of("K80", 30, 15, care_type="maternity"),
                 *of("J06", 30, 50, care_type="outpatient"))  # fmt: skip
    assert shown(frame) == {
        ("I25", "65-74"): 30, ("I25", "25-34"): 20, ("K80", "25-34"): 15,
        ("I25", "all"): 50, ("K80", "all"): 15,
        ("all", "65-74"): 30, ("all", "25-34"): 35, ("all", "all"): 65,
    }  # fmt: skip
    assert frame["months"].unique().to_list() == [7]
    assert set(frame["status"].cast(pl.String)) == {"final"}
    fund = frame.filter(disease_category="I25", age_band="all")["fund_fen"].item()
    assert fund == 50 * 500


def test_what_is_not_known_is_said() -> None:
    frame = mart(*of(None, None, 12))
    assert set(shown(frame)) >= {("unknown", "unknown"), ("unknown", "all"), ("all", "unknown")}


def test_rare_diseases_are_taken_together() -> None:
    frame = mart(*of("I25", 70, 30), *of("A01", 70, 9), *of("B02", 70, 9))
    assert shown(frame)[("other", "all")] == 18
    assert {d for d, _ in shown(frame)} == {"I25", "other", "all"}


def test_a_small_cell_takes_a_second_one_with_it() -> None:
    frame = mart(*of("I25", 70, 30), *of("I25", 30, 4), *of("K80", 70, 40), *of("K80", 30, 20))
    cells = shown(frame)
    assert cells[("I25", "25-34")] is cells[("I25", "65-74")] is None
    assert cells[("K80", "25-34")] is cells[("K80", "65-74")] is None
    assert cells[("I25", "all")] == 34
    assert cells[("all", "25-34")] == 24
    hidden = frame.filter(pl.col("settlements").is_null())
    assert hidden["fund_fen"].null_count() == hidden.height
    assert set(hidden["status"].cast(pl.String)) == {"suppressed"}


def test_a_hidden_month_hides_the_years_total() -> None:
    """Eleven visible months and the year's total would tell the twelfth."""
    april = date(2025, 4, 2)
    frame = mart(
        *of("I25", 70, 30, destination_tier="same_city"),
        *of("I25", 70, 4, destination_tier="same_city", service_date=april, settled_on=april),
        *of("K80", 30, 40, destination_tier="same_city"),
        *of("K80", 30, 200),
    )
    cells = shown(frame.filter(pl.col("destination_tier").cast(pl.String) == "same_city"))
    assert cells[("all", "all")] is None
    assert cells[("all", "65-74")] is None or cells[("all", "25-34")] is None
    assert cells[("I25", "all")] is None or cells[("K80", "all")] is None


def test_a_year_in_which_claims_still_arrive_is_provisional() -> None:
    frame = mart(*of("I25", 70, 30), as_of=date(2025, 8, 31))
    assert set(frame["status"].cast(pl.String)) == {"provisional"}


def test_a_cancelled_stay_is_no_row() -> None:
    reversal = of("K80", 30, 12, sign=-1, total_fen=-1000, fund_fen=-500)
    frame = mart(*of("I25", 70, 30), *of("K80", 30, 12), *reversal)
    assert {d for d, _ in shown(frame)} == {"I25", "all"}


@pytest.mark.parametrize("seed", range(4))
def test_no_hidden_cell_is_the_rest_of_what_is_shown(seed: int) -> None:
    random = Random(seed)
    given: list[dict] = []
    for disease in ("A01", "I25", "K80", "S72"):
        for age in (3, 30, 50, 70, None):
            given += of(disease, age, random.choice([0, 2, 9, 15, 40]))
    frame = mart(*given)
    cells = shown(frame)
    sums = [[k for k in cells if k[at] == name] for at in (0, 1) for name in {k[at] for k in cells}]
    hidden = {k for k, n in cells.items() if n is None}
    assert hidden
    for keys in sums:
        assert len([k for k in keys if k in hidden]) != 1, keys


def test_rows_are_sorted_by_the_county_that_a_page_asks_for() -> None:
    frame = mart(*of("I25", 70, 30), *of("I25", 70, 30, insured_county="410203"))
    assert frame.equals(frame.sort("insured_county", "year", "destination_tier",
                                   "disease_category", "age_band"))  # fmt: skip
    assert frame.select(KEYS).is_unique().all()
