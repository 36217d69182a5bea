"""What the outflow page says in words, where parts may and may not be told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.panels.outflow import destinations, referrals
from dashboard.panels.outflow import flows as drawn
from dashboard.queries import outflow
from dashboard.queries import referrals as referral_queries
from dashboard.reading import flows, lagging, topics
from dashboard.reading.facts import read_facts
from dashboard.reading.measured import Reading
from dashboard.reading.week import Change
from dashboard.view import View
from pipeline.methods.claims import Verdict
from tests.builders.drawn import html
from tests.builders.facts import Judged
from tests.builders.pages import view_in

RATE = "out_of_county_inpatient_rate"


@pytest.fixture
def view(small_world: Path) -> View:
    return view_in(small_world, page="outflow", indicator=RATE)


def told(
    view: View,
    monkeypatch: pytest.MonkeyPatch,
    parts: dict[str, float | None],
    value: float | None,
    *,
    verdict: Verdict = "not_judged",
    target: float | None = None,
    worse: Sequence[str] = (),
    status: str = "final",
) -> str:
    """Return the claim of a year in which 500 of all admissions were outside."""
    row = pl.DataFrame(
        {"value": [value], "numerator": [500]}, schema={"value": pl.Float64, "numerator": pl.Int64}
    )
    known = replace(
        read_facts(view, indicators=[view.indicator], areas=[view.area.code], history=False)[
            RATE, view.area.code
        ],
        reading=Reading(value=value),
        status=status,
        target=target,
        change=Change(verdict=verdict),
    )
    monkeypatch.setattr(
        destinations, "read_facts", lambda *_, **__: {(RATE, view.area.code): known}
    )
    monkeypatch.setattr(lagging, "week_of", lambda _view: Judged(*worse))
    values = topics.values_of
    monkeypatch.setattr(
        topics,
        "values_of",
        lambda seen, indicator, codes: (
            row if codes == [seen.area.code] else values(seen, indicator, codes)
        ),
    )
    monkeypatch.setattr(outflow, "destination_totals", lambda *_, **__: parts)
    return destinations.claim(view)


PARTS: dict[str, float | None] = {
    "same_city": 0.10,
    "same_province": 0.12,
    "other_province": 0.03,
}


@pytest.mark.parametrize(
    ("target", "verdict", "words"),
    [
        (None, "improved", ""),
        (0.23, "normal", "离目标差2.0个百分点，医政科、医保局负责"),
        (0.23, "improved", "离目标差2.0个百分点，在好转，医政科、医保局负责"),
        (0.23, "worsened", "离目标差2.0个百分点，在变差，医政科、医保局负责"),
        (0.23, "not_judged", "离目标差2.0个百分点，医政科、医保局负责"),
        # A gap below what matters asks nobody to act.
        (0.248, "normal", "离目标差0.2个百分点；"),
        (0.25, "normal", "已达标；"),
    ],
)
def test_the_claim_says_the_target_first_and_shares_out_those_treated_outside(
    view: View,
    monkeypatch: pytest.MonkeyPatch,
    target: float | None,
    verdict: Verdict,
    words: str,
) -> None:
    said = told(view, monkeypatch, PARTS, 0.25, verdict=verdict, target=target)
    shared = "" if words.endswith("负责") else "外流500人次，40%留在市内，12%出省"
    assert said == words + shared


def test_a_target_reached_while_claims_arrive_is_so_far_reached(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    so_far = told(view, monkeypatch, PARTS, 0.25, target=0.25, status="provisional")
    assert so_far.startswith("暂定达标；")
    missed = told(view, monkeypatch, PARTS, 0.25, target=0.23, status="provisional")
    assert missed.startswith("离目标差2.0个百分点")


def test_the_claim_names_who_is_certainly_above_the_whole_and_who_acts(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    values = topics.values_of(view, view.indicator, [p.code for p in view.counties])
    known = values.sort("value", "area_code", descending=[True, False]).drop_nulls("value")
    names = {place.code: place.name for place in view.counties}
    first, second = known["area_code"][:2]
    said = told(view, monkeypatch, PARTS, 0.25, worse=[second, first])
    assert said == f"{names[first]}、{names[second]}高于全市，医政科、医保局负责"
    both = told(view, monkeypatch, PARTS, 0.25, target=0.23, worse=[first])
    assert both == f"离目标差2.0个百分点；{names[first]}高于全市，医政科、医保局负责"


def test_the_claim_of_a_township_names_its_county(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    county = view.counties[0]
    monkeypatch.setattr(topics, "place_for", lambda *_: county)
    assert destinations.claim(view).startswith(county.name)


def test_a_part_that_may_not_be_told_hides_the_sharing_out(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    parts = PARTS | {"other_province": None}
    assert told(view, monkeypatch, parts, 0.25) == ("外流500人次，去向的人数过少，按规定不分列")
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
    page = html(run_topic("outflow", area="410200"))
    assert "，可显示" in page
    assert "—人次中" not in page


@pytest.mark.parametrize(
    ("count", "words"),
    [(300, "2025年，300人次"), (299, "2025年，300人次中可显示299人次")],
)
def test_flows_told_whole_name_no_part(count: int, words: str) -> None:
    known = SimpleNamespace(totals={"410225": 300}, period_zh="2025年")
    assert drawn._note(known, "410225", count) == words


def test_under_the_drawing_stands_what_is_missing_and_where_to_click() -> None:
    screen, meeting = SimpleNamespace(meeting=False), SimpleNamespace(meeting=True)
    hiding, whole = SimpleNamespace(hidden=2), SimpleNamespace(hidden=0)
    assert drawn._below(screen, whole) == "点击下表中的名称看明细。"
    assert drawn._below(screen, hiding).startswith("另有2个流向")
    assert drawn._below(meeting, whole) == ""


def hidden_words(
    view: View, monkeypatch: pytest.MonkeyPatch, whole: dict[str, float | None]
) -> str:
    """Return what is said beside a county of which one distance may not be told."""
    monkeypatch.setattr(outflow, "destination_totals", lambda *_, **__: whole)
    county = view.counties[0]
    own = {"same_city": 0.1, "same_province": 0.2, "other_province": None}
    return destinations._hidden_words(view, county, own)


def test_where_the_county_may_not_be_told_the_whole_is(
    view: View, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole: dict[str, float | None] = {
        "same_city": 0.088,
        "same_province": 0.136,
        "other_province": 0.04,
    }
    said = hidden_words(view, monkeypatch, whole)
    assert said.endswith(
        "的去向人数过少，按规定不分列。开封市县外住院占全部住院的："
        "市内跨县8.8%、省内跨市13.6%、跨省4.0%。"
    )
    assert hidden_words(view, monkeypatch, whole | {"same_city": None}) == ""
    assert destinations._hidden_words(view, view.area, {}) == ""
    assert destinations._hidden_words(view, view.counties[0], whole) == ""


def test_the_flows_of_several_cities_are_those_of_each(
    run_topic: Callable[..., AppTest], small_world: Path, view: View
) -> None:
    page = html(run_topic("outflow", area="all"))
    assert "各市的去向" in page
    together = replace(view, area=view.places.by_code["all"])
    cities, counties = (
        flows.read_flows(replace(together, area=area), None) for area in (together.area, view.area)
    )
    assert [place.code for place in cities.rows] == [p.code for p in together.children]
    own = cities.of("410200")
    assert own.links["settlements"].sum() == counties.links["settlements"].sum()
    assert own.links["hidden"].sum() == counties.links["hidden"].sum()
    assert cities.hidden >= counties.hidden
    assert cities.of("410221") is cities


def test_a_single_flow_that_may_be_told_is_a_sentence_and_no_drawing(
    run_topic: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    read = flows.read_flows

    def nearly_all_hidden(view: View, wanted: str | None) -> flows.Flows:
        found = read(view, wanted)
        known = found.links.filter(pl.col("settlements") > 0)
        return replace(found, links=known.head(1), hidden=3)

    monkeypatch.setattr(flows, "read_flows", nearly_all_hidden)
    page = html(run_topic("outflow", area="410200"))
    assert "可显示的流向只有：" in page
    assert "另有3个流向人数过少" in page
