"""The week's tests and facts: series against their own past, registries as counts."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import polars as pl
import pytest

from pipeline.methods.claims import registry_facts, weekly_tests
from tests.methods import oracle_claims as oracle

FIRST = dt.date(2024, 1, 5)


def weeks(
    counts: list[int | None], *, size: int = 1000, status: str | list[str] = "final", **columns: Any
) -> pl.DataFrame:
    rows = len(counts)
    given = {
        "indicator_id": ["one"] * rows,
        "area_code": ["A"] * rows,
        "week_ending": [FIRST + dt.timedelta(weeks=n) for n in range(rows)],
        "numerator": counts,
        "denominator": [size] * rows,
        "status": [status] * rows if isinstance(status, str) else status,
        "polarity": ["higher_is_better"] * rows,
    }
    return pl.DataFrame(given | columns).with_columns(
        value=pl.col("numerator") / pl.col("denominator")
    )


def judged(*frames: pl.DataFrame) -> dict[str, dict[str, Any]]:
    rows = weekly_tests(pl.concat(frames).lazy()).filter(pl.col("area_code") == "A").collect()
    return {row["statistic"]: row for row in rows.iter_rows(named=True)}


def noise(seed: int, length: int = 40, spread: int = 60) -> list[int | None]:
    chance = random.Random(seed)
    return [500 + chance.randint(-spread, spread) for _ in range(length)]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("spread", [3, 60])
def test_both_statistics_agree_with_the_plain_ones(seed: int, spread: int) -> None:
    counts = [*noise(seed, spread=spread), 560, 590, 610]
    # A repeated count is no new report, so let none repeat.
    counts = [c for n, c in enumerate(counts) if n == 0 or c != counts[n - 1]]
    found = judged(weeks(counts))
    expected = oracle.weekly([c / 1000 for c in counts if c], [1000] * len(counts))
    for statistic, p_value in expected.items():
        assert found[statistic]["p_value"] == pytest.approx(p_value, rel=0.05)
    assert found["last"]["reports"] == len(counts) - 3


def test_the_difference_is_that_of_the_latest_reports_from_the_mean_before() -> None:
    found = judged(weeks([500, 510] * 10 + [520, 530, 540]))
    assert found["last"]["baseline"] == pytest.approx(0.505)
    assert found["last"]["difference"] == pytest.approx(0.035)
    assert found["last_three"]["difference"] == pytest.approx(0.025)


def test_a_quiet_series_must_leave_the_limits_of_sampling() -> None:
    # Of 1000 people 1.58 points is one sigma of sampling; 520 is 1.2 of them away, 560 is 3.7.
    quiet = [500, 501] * 20
    assert judged(weeks([*quiet, 500, 501, 520]))["last"]["p_value"] == 1
    assert judged(weeks([*quiet, 500, 501, 560]))["last"]["p_value"] < 1e-6


def test_weeks_that_repeat_a_report_are_one_report() -> None:
    monthly = [c for c in noise(3, length=20) for _ in range(4)]
    found = judged(weeks(monthly))
    assert found["last"]["reports"] == 17
    assert found["last"]["p_value"] == pytest.approx(
        judged(weeks(noise(3, length=20)))["last"]["p_value"]
    )


def test_few_earlier_reports_make_no_test() -> None:
    assert not judged(weeks(noise(1, length=14)))
    assert judged(weeks(noise(1, length=15)))["last"]["reports"] == 12


@pytest.mark.parametrize("status", ["provisional", "suppressed", "missing"])
def test_a_series_whose_newest_week_is_not_final_is_not_tested(status: str) -> None:
    frame = weeks(noise(2))
    last = pl.col("week_ending") == pl.col("week_ending").max()
    frame = frame.with_columns(
        status=pl.when(last).then(pl.lit(status)).otherwise(pl.col("status"))
    )
    assert not judged(frame)


def test_a_series_that_ended_before_the_others_is_not_tested() -> None:
    longer = weeks(noise(5, length=41), area_code=["B"] * 41)
    assert not judged(weeks(noise(4)), longer)
    assert judged(weeks(noise(4, length=41)), longer)


def test_provisional_weeks_within_the_series_are_left_out() -> None:
    statuses = ["final"] * 40
    statuses[10] = "provisional"
    counts = noise(6)
    counts[10] = 999_000
    found = judged(weeks(counts, size=1_000_000, status=statuses))
    assert found["last"]["baseline"] < 0.01


def test_what_cannot_vary_is_not_tested() -> None:
    full = weeks([1000 + n for n in range(20)], denominator=[1000 + n for n in range(20)])
    assert judged(full)["last"]["p_value"] is None


def fact(counts: list[int | None], **columns: Any) -> dict[str, Any]:
    return registry_facts(weeks(counts, **columns).lazy()).collect().row(0, named=True)


@pytest.mark.parametrize(
    ("counts", "verdict", "change", "still"),
    [
        ([5, 6], "advanced", 1, 0),
        ([6, 5], "receded", -1, 0),
        ([5, 6, 6], "unchanged", 0, 1),
        ([5, 6, 6, 6, 6, 6], "unchanged", 0, 4),
        ([6, 6, 6], "unchanged", 0, 2),
        ([6], "not_judged", None, 0),
    ],
)
def test_a_registry_says_what_its_count_did(
    counts: list[int | None], verdict: str, change: int | None, still: int
) -> None:
    found = fact(counts)
    assert (found["verdict"], found["change"], found["weeks_unchanged"]) == (verdict, change, still)


def test_fewer_is_an_advance_where_lower_is_better() -> None:
    assert fact([6, 5], polarity=["lower_is_better"] * 2)["verdict"] == "advanced"
    assert fact([5, 6], polarity=["lower_is_better"] * 2)["verdict"] == "receded"
    assert fact([5, 5], polarity=["lower_is_better"] * 2, size=5)["verdict"] == "unchanged"
    assert fact([6, 5], polarity=["none"] * 2)["verdict"] == "not_judged"


def test_a_complete_registry_does_not_stand_still() -> None:
    assert fact([9, 9, 9], size=9)["verdict"] == "complete"


def test_a_change_over_a_gap_is_no_weekly_change() -> None:
    gap = [FIRST, FIRST + dt.timedelta(weeks=1), FIRST + dt.timedelta(weeks=3)]
    found = fact([4, 5, 9], week_ending=gap)
    assert (found["change"], found["verdict"]) == (None, "not_judged")


def test_a_registry_whose_newest_week_is_not_final_says_nothing() -> None:
    frame = weeks([5, 6], status=["final", "provisional"])
    assert registry_facts(frame.lazy()).collect().is_empty()
