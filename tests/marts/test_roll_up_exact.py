"""Every node is the sum of its children, in rows and in fen, when nothing is hidden."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from random import Random

import polars as pl
import pytest

from pipeline.catalog import Catalogue, catalogue
from tests.counters import rows
from tests.marts import small_world as world

CHILDREN = {"410200": ["410202", "410203"], "all": ["410200"]}
TOWNSHIPS = {"410202": ["410202001", "410202002"], "410203": ["410203001"]}


def open_catalogue() -> Catalogue:
    """Return the catalogue without the small-number rule."""
    known = catalogue()
    return replace(known, settings=replace(known.settings, small_number_threshold=0))


def tables(seed: int) -> dict[str, pl.LazyFrame]:
    """Return the small world with places, money and townships drawn by chance."""
    random = Random(seed)
    given = world.tables(seed)
    frame = given["settlements"].filter(pl.col("insured_county").is_in(list(TOWNSHIPS))).collect()
    townships = [
        random.choice([*TOWNSHIPS[county], None, "610902107"]) for county in frame["insured_county"]
    ]
    given["settlements"] = frame.with_columns(
        pl.Series("insured_township", townships, dtype=pl.String),
        pl.Series("fund_fen", [random.randint(1, 10**7) for _ in townships]),
        pl.Series("disease_category", [random.choice(["I25", "K80", None]) for _ in townships]),
        pl.Series("age", [random.choice([3, 40, 80, None]) for _ in townships], dtype=pl.Int16),
    ).lazy()
    given["clinics"] = rows.clinics({}, {"county_code": "410203", "township_code": "410203001"})
    return given


@cache
def built(seed: int) -> dict[str, pl.DataFrame]:
    """Build the world of a seed with nothing hidden."""
    return world.build(tables(seed), catalogue=open_catalogue())


def by_area(mart: pl.DataFrame, time: str) -> dict[tuple, tuple[int, int]]:
    columns = ("indicator_id", time, "area_code", "numerator", "denominator")
    return {
        (i, t, a): (n, d)
        for i, t, a, n, d in mart.drop_nulls("numerator").select(columns).iter_rows()
    }


@pytest.mark.parametrize("seed", range(3))
def test_every_area_is_the_sum_of_its_children(seed: int) -> None:
    marts = built(seed)
    checked = 0
    for name, time in (("indicator_monthly", "month"), ("indicator_weekly", "week_ending")):
        found = by_area(marts[name], time)
        for (indicator, at, area), (numerator, denominator) in found.items():
            below = [found.get((indicator, at, c)) for c in CHILDREN.get(area, ())]
            if not below or None in below:
                continue
            checked += 1
            assert numerator == sum(n for n, _ in below)
            assert denominator is None or denominator == sum(d for _, d in below)
    assert checked > 100


@pytest.mark.parametrize("seed", range(3))
def test_flows_cases_and_counters_agree_in_rows_and_fen(seed: int) -> None:
    marts = built(seed)
    accepted = tables(seed)["settlements"].collect()
    flows, cases = marts["flow_monthly"], marts["case_mix_yearly"]
    total = accepted.select(pl.col("sign").cast(pl.Int64).sum(), pl.col("fund_fen").sum()).row(0)
    assert flows.select("settlements", "fund_fen").sum().row(0) == total
    is_disease = pl.col("disease_category") == "all"
    is_age = pl.col("age_band").cast(pl.String) == "all"
    for part in (is_disease & is_age, ~is_disease & ~is_age, is_disease & ~is_age):
        assert cases.filter(part).select("settlements", "fund_fen").sum().row(0) == total
    monthly = marts["indicator_monthly"].filter(indicator_id="fund_outflow_rate", area_code="all")
    assert monthly["denominator"].sum() == total[1]


def test_persons_of_a_city_are_no_more_than_those_of_its_counties() -> None:
    persons = built(1)["persons_yearly"]
    found = {(a, str(t)): n for a, t, n in
             persons.select("area_code", "destination_tier", "persons").iter_rows()}  # fmt: skip
    assert {a for a, _ in found} == {"all", "410200", "410202", "410203"}
    for (area, tier), n in found.items():
        if area in CHILDREN:
            below = [found[(c, tier)] for c in CHILDREN[area]]
            assert max(below) <= n <= sum(below)


def test_few_persons_are_hidden_with_a_second_county() -> None:
    stays = [
        *({"person_key": n} for n in range(4)),
        *({"person_key": 100 + n, "insured_county": "410203"} for n in range(40)),
    ]
    given = rows.settlements(*({**s, "settlement_id": f"{n}"} for n, s in enumerate(stays)))
    clinics = rows.clinics({}, {"county_code": "410203", "township_code": "410203001"})
    persons = world.build({"settlements": given, "clinics": clinics})["persons_yearly"]
    assert dict(persons.select("area_code", "persons").iter_rows()) == {
        "all": 44, "410200": 44, "410202": None, "410203": None,
    }  # fmt: skip
    status = dict(persons.select("area_code", pl.col("status").cast(pl.String)).iter_rows())
    assert status["410202"] == "suppressed"
    assert status["410200"] == "provisional"
