"""The gamma distribution, as far as exact Poisson limits need it; elementwise, by NumPy.

P(a, x) is the regularised lower incomplete gamma function. A Poisson count and a gamma variable
are linked: P(N ≥ a | mean x) = P(a, x), so that limits of a count are quantiles in x and limits of
a funnel are quantiles in a, both also for counts that are no whole numbers. Relative error of the
quantiles is below 1e-10 (tested against published limits and against plain summation).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
import polars as pl

FloatArray = npt.NDArray[np.float64]

# Below this shape a power series is short, above it Stirling's series is exact to 1e-13.
_LARGE_SHAPE = 30.0
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(80)
_log_gamma = np.vectorize(math.lgamma, otypes=[np.float64])


def _small_cdf(shape: FloatArray, log_x: FloatArray) -> FloatArray:
    """Return P by its power series: positive terms only, so nothing cancels."""
    # Beyond the cap P is 1 to the last digit; without it the series would not end.
    log_x = np.minimum(log_x, np.log(shape + 15 * np.sqrt(shape) + 40))
    x = np.exp(log_x)
    term = np.ones_like(x)
    total = np.ones_like(x)
    step = 0
    while np.any(term > 1e-17 * total):
        step += 1
        term = term * x / (shape + step)
        total = total + term
    cdf: FloatArray = np.exp(shape * log_x - x - _log_gamma(shape + 1)) * total
    return np.minimum(cdf, 1.0)


def _large_cdf(shape: FloatArray, log_x: FloatArray) -> FloatArray:
    """Return P as the integral of the density over the ten standard deviations left of x."""
    spread = np.sqrt(shape)
    x = np.exp(np.minimum(log_x, np.log(shape + 15 * spread + 40)))
    low = np.maximum(shape - 10 * spread, 0)
    half = np.maximum(x - low, 0)[:, None] / 2
    t = low[:, None] + half * (1 + _NODES)
    a = shape[:, None]
    # Written around the mode, so that numbers of the size of a·ln(a) never meet.
    distance = (t - a) / a
    stirling = 1 / (12 * a) - 1 / (360 * a**3) + 1 / (1260 * a**5)
    scale = 0.5 * np.log(a / (2 * np.pi)) - stirling
    density = np.exp(scale - a * (distance - np.log1p(distance))) / t
    cdf: FloatArray = np.minimum((density * _WEIGHTS * half).sum(axis=1), 1.0)
    return cdf


def _cdf(shape: FloatArray, log_x: FloatArray) -> FloatArray:
    is_large = shape >= _LARGE_SHAPE
    result = np.empty_like(shape)
    result[~is_large] = _small_cdf(shape[~is_large], log_x[~is_large])
    result[is_large] = _large_cdf(shape[is_large], log_x[is_large])
    return result


def gamma_cdf(shape: npt.ArrayLike, x: npt.ArrayLike) -> FloatArray:
    """Return P(shape, x) for positive shapes and positive x, of equal length."""
    return _cdf(np.asarray(shape, dtype=np.float64), np.log(np.asarray(x, dtype=np.float64)))


def gamma_quantile(shape: npt.ArrayLike, probability: float) -> FloatArray:
    """Return x with P(shape, x) = probability, for positive shapes.

    Newton's method on ln P as a function of ln x. That function is concave (a log-gamma variable
    has a log-concave density), so from a point left of the root every step stays left of it and
    none can fail; P ≤ x^a / Γ(a + 1) gives such a point. For large shapes Wilson and Hilferty's
    approximation is closer; from the right the first step lands on the left.
    """
    a = np.asarray(shape, dtype=np.float64)
    log_gamma_next = _log_gamma(a + 1)
    left = (math.log(probability) + log_gamma_next) / a
    large = np.maximum(a, _LARGE_SHAPE)
    z = NormalDist().inv_cdf(probability)
    near = np.log(large * (1 - 1 / (9 * large) + z / (3 * np.sqrt(large))) ** 3)
    log_x = np.where(a >= _LARGE_SHAPE, near, left)
    # The density at ln x is a·x^a·e^−x / Γ(a + 1); its error costs steps, not exactness.
    for _ in range(100):
        cdf = _cdf(a, log_x)
        slope = np.exp(a * log_x - np.exp(log_x) + np.log(a) - log_gamma_next) / cdf
        step = (np.log(cdf) - math.log(probability)) / slope
        log_x = log_x - step
        if np.all(np.abs(step) <= 1e-14 * (1 + np.abs(log_x))):
            break
    x: FloatArray = np.exp(log_x)
    return x


def gamma_shape(x: npt.ArrayLike, probability: float) -> FloatArray:
    """Return the shape a with P(a, x) = probability, for positive x; by bisection.

    P falls from 1 to 0 as the shape grows, so there is one.
    """
    mean = np.asarray(x, dtype=np.float64)
    log_mean = np.log(mean)
    low = np.full_like(mean, 1e-300)
    high = mean + 10 * np.sqrt(mean) + 50
    for _ in range(70):
        middle = (low + high) / 2
        is_left = _cdf(middle, log_mean) > probability
        low = np.where(is_left, middle, low)
        high = np.where(is_left, high, middle)
    shape: FloatArray = (low + high) / 2
    return shape


def of_positive(values: pl.Expr, function: Callable[[FloatArray], FloatArray]) -> pl.Expr:
    """Return a function of the values above zero; zero for the others, null for null.

    Equal values are worked out once: small counts repeat over a whole table.
    """

    def applied(series: pl.Series) -> pl.Series:
        is_positive = (series > 0).fill_null(value=False)
        distinct, places = np.unique(series.filter(is_positive).to_numpy(), return_inverse=True)
        result = np.zeros(len(series))
        result[is_positive.to_numpy()] = function(distinct)[places]
        return pl.Series(result).set(series.is_null(), None)

    return values.map_batches(applied, return_dtype=pl.Float64, is_elementwise=True)
