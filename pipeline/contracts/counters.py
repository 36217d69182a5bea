"""Counters: additive quantities at the finest area and finest period."""

from __future__ import annotations

import dataframely as dy


class FlowCounter(dy.Schema):
    """One row per flow counter, finest area and day; sums over areas and over time."""

    counter_id = dy.String(primary_key=True)
    area_code = dy.String(primary_key=True)
    date = dy.Date(primary_key=True)
    value = dy.Int64()


class StockCounter(dy.Schema):
    """One row per stock counter, finest area and evaluation date; sums over areas only.

    Evaluation dates are the month ends and the meeting Fridays up to the as-of date.
    """

    counter_id = dy.String(primary_key=True)
    area_code = dy.String(primary_key=True)
    as_of = dy.Date(primary_key=True)
    value = dy.Int64()
