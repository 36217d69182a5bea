"""Townships of settlements: with the unnamed rows they are the county, and tell no more."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date
from random import Random

import polars as pl
import pytest

from pipeline.catalog import Catalogue, catalogue
from pipeline.counters.settlements import SUMS, TOWNSHIP_COUNTERS, TOWNSHIP_DIFFERENCES
from pipeline.errors import CatalogueError
from pipeline.marts.small_townships import hidden_quarters
from pipeline.marts.township_quarters import TownshipQuarters, complete_quarters, reaching
from tests.counters import rows
from tests.marts import small_world as world

COUNTIES = {"410202": ("410202001", "410202002"), "410203": ("410203001",)}
# Of another county, so that the row is the county's own.
STRANGE = "610902107"
REST = {county: f"{county}000" for county in COUNTIES}
QUARTERS = {date(2025, 3, 1): (1, 2, 3), date(2025, 6, 1): (4, 5, 6)}


def changed(threshold: int = 10, **levels: str) -> Catalogue:
    known = catalogue()
    return replace(
        known,
        settings=replace(known.settings, small_number_threshold=threshold),
        indicators={
            i.id: replace(i, finest_level=levels.get(i.id, i.finest_level))
            for i in known.indicators.values()
        },
    )


def stays(seed: int, *, most: int = 60) -> list[dict]:
    """Return settlements of two counties, half a year: place, kind, money, township by chance."""
    random = Random(seed)
    named = [
        (county, township, random.randint(0, most))
        for county, own in COUNTIES.items()
        for township in (*own, None, STRANGE)
    ]
    return [
        {
            "settlement_id": f"{county}{township}{month}{n}",
            "insured_county": county,
            "insured_township": township,
            "institution_code": random.choice(["H1", "H2"]),
            "destination_tier": random.choice(["same_county"] * 5 + ["same_city", "same_province"]),
            "care_type": random.choice(["inpatient", "outpatient", "pharmacy", "maternity"]),
            "service_date": date(2025, month, 1 + n % 28),
            "settled_on": date(2025, month, 28),
            "fund_fen": random.randint(1, 10**6),
            "sign": 1,
        }
        for county, township, size in named
        for month in range(1, 7)
        for n in range(random.randint(0, size))
    ]


def build(given: list[dict], **changes) -> pl.DataFrame:
    """Return indicator_to_date of some settlements; H1 is the primary institution of 410202."""
    marts = world.build(
        {"settlements": rows.settlements(*given), "institutions": rows.institutions({})},
        **{"catalogue": changed(), **changes},
    )
    return marts["indicator_to_date"].with_columns(pl.col("area_level").cast(pl.String))


def below(mart: pl.DataFrame) -> pl.DataFrame:
    counts = pl.col("indicator_id").is_in([i.id for i in reaching(catalogue())])
    return mart.filter(pl.col("area_level") == "township", counts)


@pytest.mark.parametrize("seed", range(4))
def test_townships_and_the_rest_are_the_county_in_rows_and_fen(seed: int) -> None:
    mart = build(stays(seed), catalogue=changed(threshold=0))
    keys = ["indicator_id", "period_kind", "month"]
    parts = below(mart).with_columns(county=pl.col("area_code").str.head(6))
    sums = parts.group_by(*keys, "county").agg(pl.col("numerator", "denominator").sum())
    whole = mart.filter(pl.col("area_code").is_in(list(COUNTIES)))
    both = sums.join(whole, left_on=[*keys, "county"], right_on=[*keys, "area_code"])
    assert both.height == sums.height >= 7 * 2 * 2 + 5 * 2 * 2
    assert both.filter(pl.col("numerator") != pl.col("numerator_right")).is_empty()
    assert both.filter(pl.col("denominator") != pl.col("denominator_right")).is_empty()


def test_a_quarter_of_a_township_is_what_its_rows_say() -> None:
    given = stays(5)
    counted: Counter[tuple] = Counter()
    for stay in given:
        own = stay["insured_township"] in COUNTIES[stay["insured_county"]]
        area = stay["insured_township"] if own else REST[stay["insured_county"]]
        quarter = 3 if stay["service_date"].month <= 3 else 6
        if stay["care_type"] == "pharmacy":
            continue
        counted["fund", area, quarter] += stay["fund_fen"]
        home = stay["destination_tier"] == "same_county"
        counted["fund_in", area, quarter] += stay["fund_fen"] * home
        counted["in", area, quarter] += home
        primary = home and stay["institution_code"] == "H1"
        counted["primary", area, quarter] += primary
        inpatient = stay["care_type"] in {"inpatient", "maternity"}
        counted["beds", area, quarter] += inpatient
        counted["away", area, quarter] += inpatient and not home
    mart = below(build(given, catalogue=changed(threshold=0))).filter(period_kind="quarter")
    pairs = {
        "out_of_county_inpatient_rate": ("away", "beds"),
        "fund_in_county_share": ("fund_in", "fund"),
        "primary_settlement_share": ("primary", "in"),
    }
    checked = 0
    for row in mart.filter(pl.col("indicator_id").is_in(list(pairs))).iter_rows(named=True):
        top, bottom = pairs[row["indicator_id"]]
        at = (row["area_code"], row["month"].month)
        assert (row["numerator"], row["denominator"]) == (counted[top, *at], counted[bottom, *at])
        checked += 1
    # 410203 has no primary institution, so nothing is said of it.
    assert checked == (5 + 5 + 3) * 2


@pytest.mark.parametrize("seed", range(3))
def test_what_counties_show_stays_as_it_is_without_townships(seed: int) -> None:
    given = stays(seed, most=25)
    reached = [i.id for i in reaching(catalogue())]
    without = build(given, catalogue=changed(**dict.fromkeys(reached, "county")))
    assert below(without).is_empty()
    assert without.filter(pl.col("status") == "suppressed").height
    assert build(given).filter(pl.col("area_level") != "township").equals(without)


def known_cells(mart: pl.DataFrame) -> dict[tuple, int]:
    """Return what a reader knows: counter, area, kind, month → value."""
    known = {}
    for i in reaching(catalogue()):
        shown = mart.filter(indicator_id=i.id)
        for role in ("numerator", "denominator"):
            names = ("area_code", "period_kind", "month", role)
            for area, kind, month, value in shown.select(names).drop_nulls(role).iter_rows():
                known[getattr(i, role), area, kind, month] = value
    return known


def equations(counters: set[str]) -> list[list[tuple]]:
    """Return every sum there is, the total first."""
    found = []
    areas = [*COUNTIES, *REST.values(), *(t for own in COUNTIES.values() for t in own)]
    periods = [
        *(("quarter", month) for month in QUARTERS),
        *(("year", month) for month in QUARTERS),
        *(("month", date(2025, n, 1)) for n in range(1, 7)),
    ]
    for kind, month in periods:
        for total, parts in SUMS:
            found += [[(c, area, kind, month) for c in (total, *parts)] for area in areas]
        for county, own in COUNTIES.items():
            places = (county, REST[county], *own)
            found += [[(c, place, kind, month) for place in places] for c in counters]
    for area in areas:
        for c in counters:
            first, second = ((c, area, "quarter", month) for month in QUARTERS)
            year = [(c, area, "year", month) for month in QUARTERS]
            found += [[year[1], first, second], [year[0], first]]
            found += [
                [(c, area, "quarter", at), *((c, area, "month", date(2025, n, 1)) for n in months)]
                for at, months in QUARTERS.items()
            ]
    return found


def solved(known: dict[tuple, int], sums: list[list[tuple]]) -> dict[tuple, int]:
    """Return what can be had by solving sums one by one until nothing moves.

    Where a total leaves nothing, all that is unknown of it is zero.
    """
    told = dict(known)
    moved = True
    while moved:
        moved = False
        for total, *parts in sums:
            unknown = [c for c in (total, *parts) if c not in told]
            rest = sum(told[p] for p in parts if p in told)
            if len(unknown) == 1:
                told[unknown[0]] = rest if unknown[0] == total else told[total] - rest
                moved = True
            elif unknown and told.get(total) == rest:
                told |= dict.fromkeys(unknown, 0)
                moved = True
    return {cell: n for cell, n in told.items() if cell not in known}


def is_small_count(cell: tuple, value: int) -> bool:
    return not cell[0].endswith("_fen") and 0 < value < 10


@pytest.mark.parametrize("seed", range(4))
def test_no_hidden_count_of_a_township_can_be_had_by_subtraction(seed: int) -> None:
    mart = build(stays(seed, most=45))
    counters = {c for total, parts in SUMS for c in (total, *parts)}
    sums = equations(counters)
    known = known_cells(mart)
    told = solved(known, sums)
    # Large differences that nobody prints may be had, and what counties' own rows already tell.
    already = solved(known_cells(mart.filter(pl.col("area_level") != "township")), sums)
    counted = {cell for cell, n in told.items() if n and cell[0] not in TOWNSHIP_DIFFERENCES}
    assert not counted - set(already)
    towns = {t for own in COUNTIES.values() for t in own} | set(REST.values())
    small = {cell for cell, n in {**known, **told}.items() if is_small_count(cell, n)}
    assert not {cell for cell in small if cell[1] in towns or cell not in {**known, **already}}
    statuses = below(mart)["status"].cast(pl.String).value_counts()
    assert {"suppressed"} < set(statuses["status"])


def test_a_township_without_visits_protects_no_other() -> None:
    """Its visits are a visible zero: all that is made of them is zero, whatever is hidden."""
    visits = {  # all, in county, primary
        "410202001": (18, 17, 9), "410202002": (65, 56, 18), "410202003": (200, 100, 60),
        REST["410202"]: (0, 0, 0),
    }  # fmt: skip
    named = ("settlements_all", "settlements_in_county", "settlements_primary")
    rows_ = [{"area_code": a, **dict(zip(named, v, strict=True))} for a, v in visits.items()]
    places = pl.DataFrame(rows_).with_columns(
        pl.lit(0).alias(c) for c in TOWNSHIP_COUNTERS if c not in named
    )
    townships = places.with_columns(quarter=date(2025, 1, 1), county_code=pl.lit("410202"))
    county = townships.group_by("quarter", area_code="county_code").agg(
        pl.col(TOWNSHIP_COUNTERS).sum()
    )
    closed = pl.DataFrame(
        schema={"counter_id": pl.String, "area_code": pl.String, "quarter": pl.Date}
    )
    quarters = TownshipQuarters(townships=townships, counties=county)
    hidden = hidden_quarters(quarters, closed, catalogue())
    beside = hidden.filter(counter_id="settlements_not_primary")["area_code"]
    # 17 − 9 = 8 are small, and the next smallest goes with them.
    assert set(beside) == {"410202001", "410202002"}


def test_a_year_is_shown_where_all_its_quarters_are() -> None:
    mart = below(build(stays(2, most=45)))
    keys = ["indicator_id", "area_code"]
    hidden = {
        (*row[:2], row[2].month)
        for row in mart.filter(period_kind="quarter", status="suppressed")
        .select(*keys, "month")
        .iter_rows()
    }
    june = mart.filter(period_kind="year", month=date(2025, 6, 1))
    assert hidden
    for i, area, status in june.select(*keys, pl.col("status").cast(pl.String)).iter_rows():
        assert (status == "suppressed") == bool({(i, area, 3), (i, area, 6)} & hidden)


def test_only_quarters_that_have_ended_are_told() -> None:
    mart = below(build(stays(1), as_of=date(2025, 6, 29)))
    found = set(mart.select("month", pl.col("period_kind").cast(pl.String)).iter_rows())
    assert found == {(date(2025, 3, 1), "quarter"), (date(2025, 3, 1), "year")}
    assert complete_quarters(date(2024, 11, 1), date(2025, 6, 29)) == [date(2025, 1, 1)]
    assert complete_quarters(date(2025, 1, 1), date(2025, 6, 30))[-1] == date(2025, 4, 1)


def test_a_quarter_in_which_the_county_began_to_name_townships_is_provisional() -> None:
    given = [
        stay if stay["service_date"].month > 1 else stay | {"insured_township": None}
        for stay in stays(3)
    ]
    mart = below(build(given, catalogue=changed(threshold=0), as_of=date(2025, 9, 30)))
    told = mart.filter(
        pl.col("month").is_in(list(QUARTERS)),
        indicator_id="in_county_visit_rate",
        area_code="410202001",
    )
    assert {
        (month.month, kind): status
        for month, kind, status in told.select(
            "month", *(pl.col(c).cast(pl.String) for c in ("period_kind", "status"))
        ).iter_rows()
    } == {
        (3, "quarter"): "provisional", (3, "year"): "provisional",
        (6, "quarter"): "final", (6, "year"): "provisional",
    }  # fmt: skip


def test_a_county_whose_rows_name_no_township_has_no_row_below() -> None:
    given = [stay | {"insured_township": None} for stay in stays(1)]
    assert below(build(given)).is_empty()


def test_what_is_not_counted_by_township_cannot_reach_it() -> None:
    with pytest.raises(CatalogueError, match="inpatient_outflow_referred"):
        build(stays(1), catalogue=changed(referred_outflow_share="township"))
