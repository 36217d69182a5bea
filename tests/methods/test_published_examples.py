"""Examples that peers have printed, to the digits they printed.

- UKHSA, PHEindicatormethods, introduction and DSR vignettes (2018) and test data of its funnels.
- NHS England, statistical process control tool (Making Data Count), its demonstration series.
- NHSRplotthedots, printed summaries of its own tests (twenty normal numbers of R's seed 123).
- NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2, an individuals chart of flow rates.
"""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.methods.funnel import with_funnel_limits
from pipeline.methods.intervals import with_proportion_interval, with_rate_interval
from pipeline.methods.standardise import directly_standardised_rate
from tests.methods.process_charts import chart

OBSERVED = [24, 6, 68, 95, 46, 56, 76, 18]
POPULATION = [162, 120, 173, 146, 143, 132, 183, 149]
PERCENT_95 = [
    (10.162049, 21.09760),
    (2.311436, 10.48029),
    (32.336123, 46.74118),
    (57.038874, 72.32550),
    (25.064630, 40.20403),
    (34.324611, 50.95234),
    (34.636288, 48.77211),
    (7.779726, 18.28745),
]
PERCENT_998 = [
    (8.166047, 25.38084),
    (1.533517, 15.10069),
    (28.680466, 51.05106),
    (52.294492, 75.99232),
    (21.543623, 45.02461),
    (30.088158, 55.78251),
    (30.968023, 52.93222),
    (6.046514, 22.68239),
]
RATE_95 = [
    (9489.334, 22044.21),
    (1834.912, 10882.90),
    (30521.553, 49830.92),
    (52642.965, 79543.66),
    (23548.788, 42908.37),
    (32044.793, 55092.43),
    (32719.746, 51981.74),
    (7156.037, 19093.45),
]
RATE_998 = [
    (7.1693910, 26.77154),
    (0.9225872, 15.05136),
    (26.1925701, 56.39516),
    (46.3595418, 88.46988),
    (19.4573177, 49.71192),
    (27.0186592, 63.05222),
    (28.3382512, 58.47473),
    (5.1176169, 23.75627),
]
Limits = list[tuple[float, float]]


def areas() -> pl.LazyFrame:
    return pl.LazyFrame({"numerator": OBSERVED, "denominator": POPULATION})


def assert_limits(rows: pl.DataFrame, expected: Limits) -> None:
    for row, (lower, upper) in zip(rows.iter_rows(named=True), expected, strict=True):
        assert row["lower"] == pytest.approx(lower, rel=1e-6)
        assert row["upper"] == pytest.approx(upper, rel=1e-6)


@pytest.mark.parametrize(("confidence", "expected"), [(0.95, PERCENT_95), (0.998, PERCENT_998)])
def test_proportions_of_eight_areas(confidence: float, expected: Limits) -> None:
    rows = with_proportion_interval(areas(), confidence=confidence).collect()
    assert_limits(rows.with_columns(pl.col("lower", "upper") * 100), expected)


@pytest.mark.parametrize(
    ("options", "expected"), [({}, RATE_95), ({"confidence": 0.998, "per": 100}, RATE_998)]
)
def test_rates_of_eight_areas(options: dict[str, float], expected: Limits) -> None:
    rows = with_rate_interval(areas(), **options).collect()
    assert_limits(rows, expected)
    assert rows["method"].to_list() == ["byar", "exact", *["byar"] * 6]


def test_deaths_standardised_to_the_european_population() -> None:
    """Nineteen age bands, three of them without a death; European standard population 2013."""
    deaths = [1, 1, 0, 0, 0, 1, 1, 3, 3, 3, 3, 10, 10, 10, 10, 8, 8, 8, 8]
    people = [30, 35, 35, 35, 40, 40, 45, 50, 50, 50, 60, 60, 70, 75, 70, 60, 20, 20, 15]
    standard = [5000, 5500, 5500, 5500, 6000, 6000, 6500, 7000, 7000, 7000]
    standard += [7000, 6500, 6000, 5500, 5000, 4000, 2500, 1500, 1000]
    columns = {"numerator": deaths, "denominator": people, "standard_weight": standard}
    row = directly_standardised_rate(pl.LazyFrame(columns), by=[]).collect().row(0, named=True)
    assert row["total_count"] == 88
    assert row["value"] == pytest.approx(8283.016, rel=1e-7)
    assert row["lower"] == pytest.approx(6570.819, rel=1e-7)
    assert row["upper"] == pytest.approx(10289.65, rel=1e-6)


# Limits in per cent around the pooled 80.642448 %, for places of so many people; six decimals are
# printed, the rest is cut off.
FUNNEL_OF_PROPORTIONS = [
    (2, 25.885383, 100, 0, 100),
    (3, 35.933491, 100, 10.150815, 100),
    (18, 62.390093, 98.894803, 51.864359, 100),
    (41, 68.548635, 92.73626, 61.574398, 99.710497),
    (113, 73.357676, 87.927219, 69.156708, 92.128188),
    (1008, 78.203374, 83.081521, 76.796814, 84.488082),
    (110000, 80.408963, 80.875933, 80.274317, 81.010578),
]
LIMITS = ["lower_95", "upper_95", "lower_998", "upper_998"]
# So large that all places together keep the pooled rate.
REST = 10**13


@pytest.mark.parametrize(("people", "low", "high", "lowest", "highest"), FUNNEL_OF_PROPORTIONS)
def test_a_funnel_of_proportions(
    people: int, low: float, high: float, lowest: float, highest: float
) -> None:
    centre = 0.80642448
    places = {"numerator": [people * centre, REST * centre], "denominator": [people, REST]}
    row = with_funnel_limits(pl.LazyFrame(places)).collect().row(0, named=True)
    found = [row[c] * 100 for c in LIMITS]
    assert found == pytest.approx([low, high, lowest, highest], abs=1e-6)


# Events, and for each limit the people a year (three years counted) at which they lie on it, with
# the limit per 100,000. Pooled: 116.1720835. The printed people were found by search.
FUNNEL_OF_RATES = [
    ("lower_95", 1, 1598.675694, 20.85059119),
    ("lower_95", 10, 5276.757672, 63.17010446),
    ("lower_95", 104, 36157.10817, 95.87787415),
    ("upper_95", 1, 7.264481402, 4588.535848),
    ("upper_95", 10, 1375.943768, 242.2579623),
    ("upper_95", 1360, 369759.5622, 122.6021934),
    ("lower_998", 1, 2649.348525, 12.58170943),
    ("lower_998", 104, 40036.31685, 86.58805154),
    ("upper_998", 2, 13.02722321, 5117.48863),
    ("upper_998", 1360, 358342.3275, 126.5084525),
]


@pytest.mark.parametrize(("limit", "events", "people_a_year", "expected"), FUNNEL_OF_RATES)
def test_a_funnel_of_rates(limit: str, events: int, people_a_year: float, expected: float) -> None:
    centre, people = 116.1720835e-5, 3 * people_a_year
    places = {"numerator": [float(events), REST * centre], "denominator": [people, REST]}
    rows = with_funnel_limits(pl.LazyFrame(places), kind="rate", per=100_000).collect()
    assert rows[limit][0] == pytest.approx(expected, rel=2e-6)


def test_the_demonstration_series_of_making_data_count() -> None:
    values = [89, 86, 75, 77, 81, 74, 72, 78, 76, 82, 77, 54, 66, 77, 86]
    rows = chart([float(v) for v in values])
    assert rows["mean"][0] == pytest.approx(76.67, abs=5e-3)
    assert rows["lower_limit"][0] == pytest.approx(57, abs=0.5)
    assert rows["upper_limit"][0] == pytest.approx(96, abs=0.5)
    assert rows["special_cause"].to_list() == [None] * 11 + ["astronomical"] + [None] * 3


# R: set.seed(123); rnorm(20)
NORMAL = [
    *(-0.56047565, -0.23017749, 1.55870831, 0.07050839, 0.12928774),
    *(1.71506499, 0.46091621, -1.26506123, -0.68685285, -0.44566197),
    *(1.22408180, 0.35981383, 0.40077145, 0.11068272, -0.55584113),
    *(1.78691314, 0.49785048, -1.96661716, 0.70135590, -0.47279141),
]


@pytest.mark.parametrize(
    ("values", "mean", "lower", "upper"),
    [
        (NORMAL, 0.142, -3.01, 3.29),
        (NORMAL[:10], 0.0746, -2.60, 2.75),
        (NORMAL[10:], 0.209, -3.28, 3.70),
    ],
)
def test_printed_summaries_of_plot_the_dots(
    values: list[float], mean: float, lower: float, upper: float
) -> None:
    rows = chart(values, screen_outliers=True, target=0.5)
    assert rows["mean"][0] == pytest.approx(mean, abs=5e-4)
    assert rows["lower_limit"][0] == pytest.approx(lower, abs=5e-3)
    assert rows["upper_limit"][0] == pytest.approx(upper, abs=5e-3)
    assert rows["point_type"].unique().to_list() == ["common_cause"]
    assert rows["assurance"].unique().to_list() == ["inconsistent"]


def test_flow_rates_of_the_nist_handbook() -> None:
    """The handbook divides by d₂ = 1.128, of which 2.66 is the rounded 3/d₂."""
    rows = chart([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    assert rows["mean"][0] == pytest.approx(50.81, abs=5e-3)
    assert rows["lower_limit"][0] == pytest.approx(45.8159, abs=1e-3)
    assert rows["upper_limit"][0] == pytest.approx(55.8041, abs=1e-3)
    assert set(rows["special_cause"]) == {None}
