"""What the outflow page says in words, where parts may and may not be told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels.outflow import destinations, referrals
from dashboard.queries import outflow
from dashboard.queries import referrals as referral_queries
from dashboard.reading import flows, topics
from dashboard.view import View
from tests.builders.drawn import html
from tests.builders.pages import view_in

RATE = "out_of_county_inpatient_rate"


@pytest.fixture
def view(small_world: Path, monkeypatch: pytest.MonkeyPatch) -> View:
    return view_in(small_world, monkeypatch, page="outflow", indicator=RATE)


def told(
    view: View, monkeypatch: pytest.MonkeyPatch, parts: dict[str, float | None], value: float | None
) -> str:
    """Return the claim of a year in which 500 of all admissions were outside."""
    row = pl.DataFrame(
        {"value": [value], "numerator": [500]}, schema={"value": pl.Float64, "numerator": pl.Int64}
    )
    monkeypatch.setattr(topics, "values_of", lambda *_: row)
    monkeypatch.setattr(outflow, "destination_totals", lambda *_, **__: parts)
    return destinations.claim(view)


def test_the_claim_shares_out_those_treated_outside(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts: dict[str, float | None] = {
        "same_city": 0.10,
        "same_province": 0.12,
        "other_province": 0.03,
    }
    said = told(view, monkeypatch, parts, 0.25)
    assert said == "500人次在县外住院：40%留在市内，12%出省"


def test_a_part_that_may_not_be_told_hides_the_sharing_out(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = {"same_city": 0.10, "same_province": 0.12, "other_province": None}
    assert told(view, monkeypatch, parts, 0.25) == (
        "500人次在县外住院：去向的人数过少，按规定不分列"
    )
    assert told(view, monkeypatch, parts, None) == ""


def test_referrals_hidden_both_ways_are_one_sentence(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = pl.DataFrame(
        {"up": [None], "down": [None], "up_status": ["suppressed"], "down_status": ["suppressed"]}
    )
    monkeypatch.setattr(referral_queries, "by_county", lambda *_, **__: row)
    assert referrals._ratio_words(view, view.area).endswith(
        "：上转、下转的人次过少，按规定不显示。"
    )


def test_a_year_that_may_not_be_told_leaves_the_flows_that_may(
    run_topic: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch, small_world: Path
) -> None:

    read = flows.read_flows

    def without_totals(view: View, wanted: str | None) -> flows.Flows:

        return replace(read(view, wanted), totals={})

    monkeypatch.setattr(flows, "read_flows", without_totals)
    page = html(run_topic("outflow", area="410200", fresh=True))
    assert "，可显示" in page
    assert "—人次中" not in page
