"""With and without the resettled, and at primary institutions: what two rates tell of few people.

The judge is linear algebra: a count is told if the published sums, solved all together, leave it
one value only. It knows nothing of how the marts hide.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from random import Random

import numpy as np
import polars as pl
import pytest

from pipeline.catalog import catalogue
from tests.counters import rows
from tests.marts import small_world as world

COUNTIES = ("410202", "410203")
CITY = "410200"
RATE = "out_of_county_rate_without_resettled"
WITH, FUND, VISITS = (
    "out_of_county_inpatient_rate",
    "fund_primary_share",
    "primary_settlement_share",
)
# The atoms of the two tables: who by where, and where at home.
STAYS = [(who, where) for who in ("resettled", "other") for where in ("inside", "outside")]
COUNTERS = {
    "inpatient_settlements": STAYS,
    "inpatient_out_of_county": [s for s in STAYS if s[1] == "outside"],
    "inpatient_same_county": [s for s in STAYS if s[1] == "inside"],
    "inpatient_not_resettled": [s for s in STAYS if s[0] == "other"],
    "inpatient_not_resettled_outside": [("other", "outside")],
}
KINDS = [("primary", "inside"), ("hospital", "inside")]
VISIT_COUNTERS = {"settlements_in_county": KINDS, "settlements_primary": KINDS[:1]}


def some(seed: int) -> list[dict]:
    """Return stays of two counties and six months, few of them of resettled people."""
    random = Random(seed)
    given: list[dict] = []
    for county in COUNTIES:
        for month in world.MONTHS:
            for tier, most in (("same_county", 40), ("same_city", 60)):
                for is_resettled in (True, False):
                    few = random.choice([0, 0, 3, 9, 14]) if is_resettled else most
                    for stay in world.stays(county, month, tier, random.randint(few // 2, few)):
                        kind = {
                            "is_resettled": is_resettled,
                            "institution_code": random.choice(["H1", "H9", "H9", "H9"]),
                        }
                        given.append(stay | kind)  # fmt: skip
    return [row | {"settlement_id": f"S{n}"} for n, row in enumerate(given)]


@cache
def marts(seed: int) -> dict[str, pl.DataFrame]:
    register = [{"county_code": "410202"}, {"institution_code": "H2", "county_code": "410203"},
                {"institution_code": "H9", "institution_type": "secondary_hospital"}]  # fmt: skip
    return world.build(
        {
            "settlements": rows.settlements(*some(seed)),
            "institutions": rows.institutions(*register),
        }
    )


def published(monthly: pl.DataFrame, month: date) -> dict[tuple[str, str], int]:
    """Return the counters that a month shows, by counter and area."""
    shown = {}
    for indicator in catalogue().indicators.values():
        of = monthly.filter(pl.col("month") == month, indicator_id=indicator.id)
        for role in ("numerator", "denominator"):
            for area, value in of.select("area_code", role).iter_rows():
                if value is not None:
                    shown[str(getattr(indicator, role)), area] = value
    return shown


def told(shown: dict[tuple[str, str], int], parts: dict[str, list], atoms: list) -> set:
    """Return the counts of people that the sums leave one value only: sets of atoms by county."""
    unknown = [(county, atom) for county in COUNTIES for atom in atoms]
    sums = []
    for counter, area in shown:
        if counter in parts and area in (*COUNTIES, CITY):
            counties = COUNTIES if area == CITY else (area,)
            wanted = {(c, atom) for c in counties for atom in parts[counter]}
            sums.append([float(u in wanted) for u in unknown])
    space = np.linalg.svd(np.array(sums))[2][np.linalg.matrix_rank(sums) :]
    found = set()
    for county in COUNTIES:
        for group in {tuple(a) for a in (*parts.values(), *([x] for x in atoms))}:
            of = np.array([float(c == county and a in group) for c, a in unknown])
            if np.allclose(space @ of, 0):
                found.add((county, group))
    return found


def truth(seed: int, month: date, county: str, group: tuple) -> int:
    count = 0
    for row in some(seed):
        if row["service_date"].month != month.month or row["insured_county"] != county:
            continue
        where = "inside" if row["destination_tier"] == "same_county" else "outside"
        who = "resettled" if row["is_resettled"] else "other"
        kind = "primary" if row["institution_code"] == "H1" else "hospital"
        count += bool({(who, where), (kind, where)} & set(group))
    return count


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("parts", [COUNTERS, VISIT_COUNTERS], ids=["resettled", "primary"])
def test_no_small_count_follows_from_the_rates_with_and_without(seed: int, parts: dict) -> None:
    monthly = marts(seed)["indicator_monthly"]
    atoms = STAYS if parts is COUNTERS else KINDS
    judged = 0
    for month in world.MONTHS:
        for county, group in told(published(monthly, month), parts, atoms):
            value = truth(seed, month, county, group)
            assert not 0 < value < 10, (month, county, group, value)
            judged += 1
    assert judged > 10


def test_the_judge_finds_what_two_visible_rates_tell() -> None:
    """All and those without: the difference of both numerators is told."""
    shown = dict.fromkeys([(c, "410202") for c in COUNTERS], 1)
    assert ("410202", (("resettled", "outside"),)) in told(shown, COUNTERS, STAYS)
    del shown["inpatient_not_resettled_outside", "410202"]
    assert ("410202", (("resettled", "outside"),)) not in told(shown, COUNTERS, STAYS)


def rate(given: list[dict], indicator: str = RATE) -> pl.DataFrame:
    numbered = [row | {"settlement_id": f"S{n}"} for n, row in enumerate(given)]
    built = world.build(
        {"settlements": rows.settlements(*numbered), "institutions": rows.institutions({})}
    )
    return built["indicator_monthly"].filter(
        indicator_id=indicator, month=date(2025, 1, 1)
    ).with_columns(pl.col("status").cast(pl.String))  # fmt: skip


JANUARY = date(2025, 1, 1)


def stays(county: str, told: bool | None, *, home: int = 40, away: int = 20) -> list[dict]:
    both = [*world.stays(county, JANUARY, "same_county", home),
            *world.stays(county, JANUARY, "same_city", away)]  # fmt: skip
    return [row | {"is_resettled": told} for row in both]


def test_a_county_whose_extract_does_not_say_has_no_rate_and_not_zero() -> None:
    moved = [row | {"is_resettled": True} for row in stays("410202", told=False)[:30]]
    found = rate([*stays("410202", told=False), *moved, *stays("410203", told=None)])
    by_area = {row["area_code"]: row for row in found.iter_rows(named=True)}
    home = by_area["410202"]
    assert (home["numerator"], home["denominator"], home["status"]) == (20, 60, "final")
    other = by_area["410203"]
    assert (other["numerator"], other["value"], other["status"]) == (None, None, "missing")
    # The city is that of the counties that say it, and not whole.
    assert (by_area[CITY]["numerator"], by_area[CITY]["status"]) == (20, "provisional")


def test_where_no_extract_says_it_there_is_no_rate_at_all() -> None:
    assert rate(stays("410202", told=None)).is_empty()


def test_the_funds_share_of_primary_institutions_is_money_over_money() -> None:
    at_centre = [row | {"institution_code": "H1", "fund_fen": 300}
                 for row in world.stays("410202", JANUARY, "same_county", 20)]  # fmt: skip
    found = rate([*at_centre, *stays("410202", told=False)], FUND)
    of_county = found.filter(area_code="410202").row(0, named=True)
    assert of_county["numerator"] == 20 * 300
    assert of_county["denominator"] == 20 * 300 + 40 * 500
    assert of_county["method"] == "share"
    visits = rate([*at_centre, *stays("410202", told=False)], VISITS)
    assert visits.filter(area_code="410202")["value"].item() == pytest.approx(20 / 60)


def test_money_of_few_people_at_hospitals_is_hidden_as_that_at_centres_is() -> None:
    at_centre = [row | {"institution_code": "H1"}
                 for row in world.stays("410202", JANUARY, "same_county", 40)]  # fmt: skip
    few_elsewhere = stays("410202", told=False, home=4)
    for given in ([*at_centre, *few_elsewhere], [*at_centre[:4], *stays("410202", told=False)]):
        found = rate(given, FUND).filter(area_code="410202")
        assert found["status"].item() == "suppressed"
        assert found["numerator"].item() is None
    assert rate([*at_centre, *stays("410202", told=False)], WITH).height
