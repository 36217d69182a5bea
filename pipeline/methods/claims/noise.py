"""The noise of a series, told from its own past.

The mean square of differences one, two and three reports apart, the wider sibling of the moving
range of an XmR chart. A slow climb or an old jump hardly enters it. The estimator is Müller and
Stadtmüller's (Annals of Statistics 1987, 15:610–625) with equal weights; by Satterthwaite it has
close to (n − 1)·6/7 degrees of freedom.
"""

from __future__ import annotations

import polars as pl

LAGS = (1, 2, 3)
# With fewer reports the noise of a series is not known.
LEAST_REPORTS = 12


def variance(values: pl.Expr) -> pl.Expr:
    """Return the variance of one report about the level of its time, reports in order."""
    return pl.mean_horizontal(*(values.diff(n).pow(2).mean() for n in LAGS)) / 2


def freedom(reports: pl.Expr) -> pl.Expr:
    """Return the degrees of freedom of that variance."""
    return (reports - 1) / (1 + 1 / (2 * len(LAGS)))
