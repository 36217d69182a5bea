"""Published: UKHSA PHEindicatormethods, testdata_funnel_prop_inputs.csv (satisfaction by primary
care trust, pooled 0.80642448; significance as printed there) and testdata_funnel_ratio_outputs.csv
(expected events at which a count lies on the limit). A few rows of each, cited, not the files."""

from __future__ import annotations

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from pipeline.errors import MethodError
from pipeline.methods.funnel import with_funnel_limits
from tests.methods import oracle_funnel

LIMITS = ["lower_95", "upper_95", "lower_998", "upper_998"]
# The rest of the country: all of it together has the published pooled proportion.
REST = 10_000_000
POOLED = 0.80642448

TRUSTS = [
    ("New Forest", 35078.488, 41980, "high_998"),
    ("Norwich", 24803.6256, 31824, "low_998"),
    ("South Gloucestershire", 50050.7443, 61921, "within"),
    ("West Norfolk", 26789.238, 33012, "high_95"),
    ("North Devon", 30277.5312, 37828, "low_95"),
    ("Mid-Hampshire", 34502.0685, 42485, "high_95"),
    ("Exeter", 24866.916, 30929, "within"),
]


def frame(*places: tuple[float | None, float | None]) -> pl.LazyFrame:
    schema = {"numerator": pl.Float64, "denominator": pl.Float64}
    return pl.LazyFrame(list(places), schema=schema, orient="row")


def funnel(*places: tuple[float | None, float | None], **options: object) -> pl.DataFrame:
    return with_funnel_limits(frame(*places), **options).collect()


def around(centre: float, *places: tuple[float, float]) -> list[tuple[float, float]]:
    """Return the places and one more, so large that the pooled rate is what is asked for."""
    others = sum(o for o, _ in places), sum(n for _, n in places)
    return [*places, (centre * (REST + others[1]) - others[0], REST)]


def test_a_proportion_of_one_person_has_the_published_limits() -> None:
    row = funnel(*around(POOLED, (1, 1))).row(0, named=True)
    assert row["centre"] == pytest.approx(POOLED, rel=1e-12)
    assert row["lower_95"] == pytest.approx(0.03204264, abs=5e-9)
    assert row["upper_95"] == 1
    assert row["lower_998"] == 0
    assert row["limits_method"] == "normal"


def test_published_trusts_lie_where_they_are_published() -> None:
    rows = funnel(*around(POOLED, *((o, n) for _, o, n, _ in TRUSTS)))
    assert rows["position"].to_list()[:-1] == [where for *_, where in TRUSTS]


@pytest.mark.parametrize(
    ("events", "expected_low", "expected_high"),
    [
        (1, 5.571644585, 0.025317898),
        (10, 18.39035799, 4.795387629),
        (100, 121.6268111, 81.36400699),
    ],
)
def test_rates_lie_on_the_published_poisson_limits(
    events: int, expected_low: float, expected_high: float
) -> None:
    places = [(events, expected_low), (events, expected_high)]
    rows = funnel(*around(1, *places), kind="rate")
    assert rows["lower_95"][0] == pytest.approx(events / expected_low, rel=1e-5)
    assert rows["upper_95"][1] == pytest.approx(events / expected_high, rel=1e-5)
    assert rows["limits_method"].unique().to_list() == ["poisson_exact"]


def test_three_sigma_limits_of_a_rate_are_the_published_ones() -> None:
    rows = funnel(*around(1, (10, 24.13397235), (716, 636.1521174)), kind="rate")
    assert rows["lower_998"][0] == pytest.approx(10 / 24.13397235, rel=1e-5)
    assert rows["upper_998"][1] == pytest.approx(716 / 636.1521174, rel=1e-5)


places = st.lists(
    st.floats(1, 1e5).flatmap(lambda n: st.tuples(st.floats(0, n), st.just(n))),
    min_size=2,
    max_size=40,
)


@pytest.mark.parametrize("model", [False, True, "additive", "multiplicative"])
@settings(max_examples=40)  # of each model
@given(places)
def test_limits_of_proportions_equal_the_oracle(
    model: bool | str, rows: list[tuple[float, float]]
) -> None:
    centre = sum(o for o, _ in rows) / sum(n for _, n in rows)
    assume(1e-6 < centre < 1 - 1e-6)
    name = {False: None, True: "additive"}.get(model, model)
    expected = oracle_funnel.normal_limits(rows, "proportion", name)
    phi, tau_squared = oracle_funnel.dispersion(rows, "proportion")
    found = funnel(*rows, overdispersion=model)
    assert found["phi"].to_list() == pytest.approx([phi] * len(rows), rel=1e-6)
    assert found["tau_squared"].to_list() == pytest.approx(
        [tau_squared] * len(rows), rel=1e-6, abs=1e-15
    )
    for row, limits in zip(found.iter_rows(named=True), expected, strict=True):
        assert {c: row[c] for c in LIMITS} == pytest.approx(limits, rel=1e-6, abs=1e-12)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 400), st.floats(0.5, 300)), min_size=2, max_size=8))
def test_positions_of_rates_equal_the_tails_of_the_poisson_distribution(
    rows: list[tuple[int, float]],
) -> None:
    assume(sum(o for o, _ in rows) > 0)
    centre = sum(o for o, _ in rows) / sum(n for _, n in rows)
    found = funnel(*rows, kind="rate")["position"].to_list()
    assert found == [oracle_funnel.position(o, n * centre) for o, n in rows]


def test_a_widened_rate_has_normal_limits_with_the_variance_between_places() -> None:
    rows = [(50, 100), (150, 100), (300, 200), (20, 80), (90, 60)]
    found = funnel(*rows, kind="rate", overdispersion=True)
    expected = oracle_funnel.normal_limits(rows, "rate", "additive")
    assert found["limits_method"].unique().to_list() == ["additive"]
    for row, limits in zip(found.iter_rows(named=True), expected, strict=True):
        assert {c: row[c] for c in LIMITS} == pytest.approx(limits, rel=1e-9)


def test_at_a_hundred_thousand_cases_plain_limits_flag_everyone_and_wide_ones_do_not() -> None:
    rows = [(20_000 + 1000 * n, 100_000) for n in range(10)]
    plain, wide = (funnel(*rows, overdispersion=o) for o in (False, True))
    assert set(plain["position_998"]) == {"low", "high"}
    assert set(wide["position_95"]) == {"within"}
    assert plain["limits_method"].unique().to_list() == ["normal"]
    assert wide["limits_method"].unique().to_list() == ["additive"]
    assert plain["phi"][0] > 50


@pytest.mark.parametrize("kind", ["proportion", "rate"])
@pytest.mark.parametrize("model", ["additive", "multiplicative"])
def test_without_overdispersion_the_plain_limits_stand(kind: str, model: str) -> None:
    rows = [(20, 100), (40, 200), (61, 300)]
    plain = funnel(*rows, kind=kind)
    assert funnel(*rows, kind=kind, overdispersion=model).equals(plain)


def test_a_little_overdispersion_widens_as_well() -> None:
    """z = −2, 0, 2, pulled in to ∓1.6: φ = 5.12 / 3; half widths 1.96 · 0.05 · √φ."""
    rows = funnel((40, 100), (50, 100), (60, 100), overdispersion="multiplicative")
    assert rows["phi"][0] == pytest.approx(5.12 / 3)
    assert rows["upper_95"][0] == pytest.approx(0.5 + 1.959964 * 0.05 * 1.306395, abs=1e-6)


def test_one_place_is_its_own_centre_and_widens_nothing() -> None:
    row = funnel((20, 100), overdispersion=True).row(0, named=True)
    assert (row["centre"], row["tau_squared"], row["position"]) == (0.2, 0, "within")


def test_each_group_has_its_own_funnel() -> None:
    lf = frame((10, 100), (30, 100), (80, 100), (60, 100)).with_columns(
        year=pl.Series([1, 1, 2, 2])
    )
    together = with_funnel_limits(lf, by=["year"], overdispersion=True).collect()
    for year in (1, 2):
        alone = with_funnel_limits(lf.filter(pl.col("year") == year), overdispersion=True).collect()
        assert together.filter(pl.col("year") == year).equals(alone)


def test_limits_are_in_the_unit_of_the_rate() -> None:
    rows = [(50, 100), (150, 100), (300, 200)]
    one, many = (
        funnel(*rows, kind="rate", overdispersion=True, per=p).row(0, named=True) for p in (1, 1000)
    )
    for column in ("centre", *LIMITS):
        assert many[column] == pytest.approx(one[column] * 1000)
    assert many["tau_squared"] == pytest.approx(one["tau_squared"] * 1e6)
    assert (many["phi"], many["position"]) == (one["phi"], one["position"])


def test_positions_at_each_level_and_together() -> None:
    """θ = 0.5, n = 100: limits 0.402, 0.598 (95 %) and 0.345, 0.655 (99.8 %)."""
    rows = funnel(*around(0.5, (30, 100), (37, 100), (50, 100), (63, 100), (70, 100)))[:-1]
    assert rows["position"].to_list() == ["low_998", "low_95", "within", "high_95", "high_998"]
    assert rows["position_95"].to_list() == ["low", "low", "within", "high", "high"]
    assert rows["position_998"].to_list() == ["low", "within", "within", "within", "high"]


@pytest.mark.parametrize("kind", ["proportion", "rate"])
def test_a_missing_number_moves_no_centre_and_has_no_place(kind: str) -> None:
    rows = funnel((30, 100), (None, 100), (50, None), (20, 100), kind=kind)
    assert rows["centre"].to_list() == [0.25] * 4
    for column in (*LIMITS, "position", "position_95", "position_998"):
        assert rows[column].is_null().to_list() == [False, True, True, False]


@pytest.mark.parametrize("kind", ["proportion", "rate"])
def test_where_nothing_happened_the_funnel_is_flat(kind: str) -> None:
    rows = funnel((0, 100), (0, 50), kind=kind, overdispersion=True)
    for column in ("centre", *LIMITS):
        assert rows[column].to_list() == [0, 0]
    assert rows["position"].to_list() == ["within"] * 2


def test_where_all_happened_everyone_is_within() -> None:
    rows = funnel((100, 100), (50, 50), overdispersion=True)
    assert rows["lower_95"].to_list() == [1, 1]
    assert rows["position"].to_list() == ["within"] * 2


@pytest.mark.parametrize(
    ("row", "fault"), [((-1, 10), "分子小于0"), ((1, 0), "分母不大于0"), ((11, 10), "分子大于分母")]
)
def test_impossible_numbers_are_refused(row: tuple[float, float], fault: str) -> None:
    with pytest.raises(MethodError, match=fault):
        funnel((1, 10), row)


def test_a_rate_may_exceed_one() -> None:
    assert funnel((11, 10), (9, 10), kind="rate")["centre"][0] == 1


@pytest.mark.parametrize(
    ("options", "fault"), [({"kind": "ratio"}, "kind"), ({"overdispersion": "random"}, "漏斗图")]
)
def test_an_unknown_model_is_refused(options: dict[str, str], fault: str) -> None:
    with pytest.raises(MethodError, match=fault):
        funnel((1, 10), **options)
