"""p-values against exact sums, families of tests against a plain step-up."""

from __future__ import annotations

import random

import polars as pl
import pytest

from pipeline.methods.claims import with_adjusted_p
from pipeline.methods.claims.chance import binomial_p, normal_p, t_p, two_samples_p
from tests.methods import oracle_claims as oracle


def one(expr: pl.Expr, **columns: float | None) -> float | None:
    row = pl.DataFrame([columns], schema=dict.fromkeys(columns, pl.Float64))
    found: float | None = row.select(p=expr)["p"][0]
    return found


BINOMIAL = binomial_p(pl.col("o"), pl.col("n"), pl.col("share"))
TWO = two_samples_p(pl.col("a"), pl.col("n"), pl.col("b"), pl.col("m"))


@pytest.mark.parametrize(
    ("observed", "total", "share"),
    [
        (18, 20, 0.98),
        (16, 20, 0.95),
        (0, 40, 0.1),
        (40, 40, 0.9),
        (30, 100, 0.2),
        (52, 100, 0.5),
        (371, 1233, 0.265),
        (700, 2000, 0.3),
    ],
)
def test_a_binomial_tail_is_the_exact_one(observed: int, total: int, share: float) -> None:
    found = one(BINOMIAL, o=observed, n=total, share=share)
    assert found == pytest.approx(oracle.binomial(observed, total, share), rel=0.08)


def test_a_count_as_expected_is_no_surprise() -> None:
    assert one(BINOMIAL, o=50, n=100, share=0.5) == 1.0


def test_a_large_area_far_from_its_whole_cannot_be_chance() -> None:
    found = one(BINOMIAL, o=460_000, n=763_000, share=0.58)
    assert found is not None
    assert found < 1e-15


@pytest.mark.parametrize(
    ("observed", "total", "share"),
    [(0, 0, 0.5), (5, 4, 0.5), (-1, 4, 0.5), (4, 4, 1.0), (0, 4, 0.0), (None, 4, 0.5)],
)
def test_what_is_no_proportion_is_not_tested(
    observed: int | None, total: int, share: float
) -> None:
    assert one(BINOMIAL, o=observed, n=total, share=share) is None


@pytest.mark.parametrize(
    ("a", "n", "b", "m"),
    [(30, 100, 50, 110), (371, 1233, 320, 1200), (12, 60, 11, 50), (150, 4000, 90, 4100)],
)
def test_two_samples_agree_with_the_exact_table(a: int, n: int, b: int, m: int) -> None:
    found = one(TWO, a=a, n=n, b=b, m=m)
    exact = oracle.fisher(a, n, b, m)
    assert found == pytest.approx(exact, rel=0.12)
    assert found == one(TWO, a=b, n=m, b=a, m=n)


def test_two_equal_samples_do_not_differ_and_small_ones_are_not_asked() -> None:
    assert one(TWO, a=30, n=100, b=30, m=100) == 1.0
    assert one(TWO, a=1, n=40, b=4, m=40) is None
    assert one(TWO, a=39, n=40, b=36, m=40) is None
    assert one(TWO, a=None, n=40, b=36, m=40) is None


@pytest.mark.parametrize("freedom", [3.0, 8.0, 17.4, 68.2])
@pytest.mark.parametrize("t", [0.5, 2.0, -4.0])
def test_both_tails_of_t(t: float, freedom: float) -> None:
    found = one(t_p(pl.col("t"), pl.col("f")), t=t, f=freedom)
    assert found == pytest.approx(oracle.student(t, freedom), rel=0.05)


def test_normal_tails_of_published_quantiles() -> None:
    for z, p in ((0.0, 1.0), (1.959964, 0.05), (-3.090232, 0.002)):
        assert one(normal_p(pl.col("z")), z=z) == pytest.approx(p, rel=1e-5)
    assert one(normal_p(pl.col("z")), z=None) is None


def adjusted(p_values: list[float | None], **options: list[str]) -> list[float | None]:
    frame = pl.LazyFrame({"p_value": p_values, "n": list(range(len(p_values)))} | options)
    by = list(options)
    found: list[float | None] = (
        frame.pipe(with_adjusted_p, by=by).sort("n").collect()["adjusted_p"].to_list()
    )
    return found


def test_the_example_of_benjamini_and_hochberg() -> None:
    # Their fifteen comparisons of 1995, section 3.2: at 5 % the first four are rejected.
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344]
    p += [0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    found = [value is not None and value <= 0.05 for value in adjusted([*p])]
    assert found == [True] * 4 + [False] * 11
    assert found == oracle.claimed(p)


@pytest.mark.parametrize("seed", range(12))
def test_a_family_agrees_with_the_plain_step_up(seed: int) -> None:
    chance = random.Random(seed)
    p: list[float | None] = [chance.random() ** chance.choice((1, 4, 9)) for _ in range(60)]
    p += [None, None, p[0], p[0]]
    found = [value is not None and value <= 0.05 for value in adjusted(p)]
    assert found == oracle.claimed(p)


def test_families_do_not_share_their_tests() -> None:
    found = adjusted([0.04, 0.01, 0.9, None], family=["one", "two", "two", "two"])
    assert found == [pytest.approx(0.04), pytest.approx(0.02), pytest.approx(0.9), None]


def test_an_adjusted_value_is_never_above_one() -> None:
    assert adjusted([0.9, 0.99]) == [pytest.approx(0.99), pytest.approx(0.99)]
