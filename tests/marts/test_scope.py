from __future__ import annotations

import polars as pl
import pytest

from pipeline.marts.plan import complete_tables
from pipeline.marts.scope import group_name, make_scope, reporting_counties
from tests.counters import rows


def scope_of(*counties: str):
    return make_scope(rows.AREAS, pl.DataFrame({"area_code": list(counties)}))


def complete(scope) -> dict[str, bool]:
    return dict(scope.areas.select("area_code", "is_complete").iter_rows())


def test_a_city_is_complete_when_all_counties_in_force_report() -> None:
    assert complete(scope_of("410202", "410203"))["410200"] is True
    assert complete(scope_of("410202"))["410200"] is False


def test_former_counties_do_not_have_to_report() -> None:
    """金明区 is part of 龙亭区 now; the city is complete without it."""
    scope = scope_of("410202", "410203")
    assert "410211" in complete(scope)
    assert "410211" not in scope.edges["area_code"]


def test_an_incomplete_city_and_province_are_nobodys_parent() -> None:
    scope = scope_of("410202", "6109HK")
    parents = dict(scope.edges.iter_rows())
    assert parents["410202"] is None
    assert parents["6109HK"] is None
    assert "410200" not in parents
    assert complete(scope)["410000"] is False


def test_complete_cities_are_children_of_the_group_and_not_of_an_incomplete_province() -> None:
    scope = scope_of("410202", "410203", "6109HK")
    assert dict(scope.edges.iter_rows()) == {
        "all": None,
        "410200": "all",
        "410202": "410200",
        "410203": "410200",
        "410202001": "410202",
        "410202002": "410202",
        "410203001": "410203",
        "6109HK": None,
    }
    group = scope.areas.row(0, named=True)
    assert (group["area_code"], group["area_name"], group["area_level"]) == (
        "all",
        "一市合计",
        "group",
    )


def test_a_province_is_complete_with_all_its_cities() -> None:
    areas = rows.AREAS.filter(~pl.col("area_code").is_in(["410100"]))
    scope = make_scope(areas, pl.DataFrame({"area_code": ["410202", "410203"]}))
    assert complete(scope)["410000"] is True
    assert scope.areas.row(0, named=True)["area_name"] == "河南省"


def test_what_lies_in_a_whole_province_is_summed_to_it_beside_the_group() -> None:
    whole = rows.AREAS.filter(~pl.col("area_code").is_in(["410100"]))
    scope = make_scope(whole, pl.DataFrame({"area_code": ["410202", "410203", "6109HK"]}))
    below = scope.whole_lineage.filter(ancestor_code="410000")["area_code"].to_list()
    assert sorted(below) == [
        *("410000", "410200", "410202", "410202001", "410202002", "410203", "410203001")
    ]
    in_part = scope_of("410202", "410203", "6109HK")
    assert in_part.whole_lineage.filter(ancestor_code="410000").is_empty()
    assert in_part.whole_lineage.sort(pl.all()).equals(in_part.lineage.sort(pl.all()))


def test_without_a_complete_city_there_is_no_group() -> None:
    assert "all" not in complete(scope_of("410202"))


def test_the_scope_reaches_down_to_villages_and_holds_nothing_else() -> None:
    codes = set(complete(scope_of("410202", "410203")))
    assert "410202001001" in codes
    assert codes.isdisjoint({"610902", "110000", "410100"})


@pytest.mark.parametrize(("cities", "name"), [(1, "一市合计"), (3, "三市合计"), (12, "12市合计")])
def test_the_group_is_named_by_its_number_of_cities(cities: int, name: str) -> None:
    assert group_name(cities) == name


def test_counties_report_through_any_source_of_months_or_extracts() -> None:
    tables = complete_tables(
        {
            "settlements": rows.settlements({"insured_county": "A00001"}),
            "clinics": rows.clinics({"county_code": "B00001"}, {"county_code": "B00001"}),
            "contracts": rows.contracts({"county_code": "C00001"}),
            "activity": rows.activity({"county_code": "D00001", "item": "x", "value": 1}),
            "referrals": rows.referrals({"county_code": "F00001"}),
            "institutions": rows.institutions(
                {"institution_code": "H7", "county_code": "G00001"},
                {"institution_code": "H8", "county_code": "X00001"},  # without a device
            ),
            "devices": rows.devices({"institution_code": "H7"}),
            "population": rows.population({"area_code": "E00001", "year": 2024, "persons": 1}),
        }
    )
    found = (
        reporting_counties(tables, rows.settled(tables["settlements"]).counties())
        .collect()["area_code"]
        .sort()
        .to_list()
    )
    assert found == ["A00001", "B00001", "C00001", "D00001", "F00001", "G00001"]


def test_a_stray_settlement_does_not_add_its_county() -> None:
    given = [{"insured_county": "410202"}] * 400 + [{"insured_county": "110101"}]
    numbered = ({**row, "settlement_id": f"{n}"} for n, row in enumerate(given))
    tables = complete_tables({"settlements": rows.settlements(*numbered)})
    assert reporting_counties(tables, rows.settled(tables["settlements"]).counties()).collect()[
        "area_code"
    ].to_list() == ["410202"]
