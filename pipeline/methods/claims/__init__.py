"""The one gate: decides whether a rise, a difference, a rank or an anomaly may be drawn or written.

Tests (`area_tests`, `period_tests`, `weekly_tests`, `money_tests`) say how often chance alone would
do as much; `decide` claims what survives over all tests of a week, is material and final. Complete
registries have no chance in them: `registry_facts` says what their counts did. `process_marks` and
`funnel_claims` serve an indicator's own chart, `rank_intervals` any place of honour. Nothing else
in the project decides.
"""

from __future__ import annotations

from pipeline.methods.claims.comparisons import area_tests, period_tests
from pipeline.methods.claims.details import (
    LEAST_LIMIT_POINTS,
    funnel_claims,
    process_marks,
)
from pipeline.methods.claims.discovery import RATE, with_adjusted_p
from pipeline.methods.claims.money import money_tests, month_noise
from pipeline.methods.claims.ranks import rank_intervals
from pipeline.methods.claims.verdicts import Mark, Verdict, change_verdicts, decide
from pipeline.methods.claims.weekly import UNCHANGED_WEEKS, registry_facts, weekly_tests

__all__ = [
    "LEAST_LIMIT_POINTS",
    "RATE",
    "UNCHANGED_WEEKS",
    "Mark",
    "Verdict",
    "area_tests",
    "change_verdicts",
    "decide",
    "funnel_claims",
    "money_tests",
    "month_noise",
    "period_tests",
    "process_marks",
    "rank_intervals",
    "registry_facts",
    "weekly_tests",
    "with_adjusted_p",
]
