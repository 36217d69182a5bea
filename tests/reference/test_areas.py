"""The committed areas: complete, consistent, with their history."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.contracts.marts import AREA_LEVELS, Areas
from pipeline.errors import ContractError, StorageError
from pipeline.reference import (
    AREAS_SCHEMA,
    DEFAULT,
    ancestors,
    current_code,
    land_moved,
    load_reference,
    read_table,
)

AREAS = load_reference().areas


def area(code: str) -> dict[str, object]:
    return AREAS.row(by_predicate=pl.col("area_code") == code, named=True)


def small_areas(*rows: tuple[str, str, str | None, str | None]) -> pl.DataFrame:
    """Build areas from (code, level, parent, successor)."""
    return pl.DataFrame(
        [
            {
                "area_code": code,
                "area_name": code,
                "area_level": level,
                "parent_code": parent,
                "code_system": "gbt2260",
                "successor_code": successor,
                "has_polygon": False,
            }
            for code, level, parent, successor in rows
        ],
        schema=AREAS_SCHEMA,
    )


def test_columns_are_those_of_the_areas_mart_without_what_a_build_adds() -> None:
    built = {
        *("is_complete", "population", "note_zh"),
        *("urban_income_fen", "rural_income_fen", "income_year"),
    }
    assert set(AREAS.columns) == set(Areas.column_names()) - built


def test_every_code_appears_once_and_every_parent_exists() -> None:
    assert AREAS["area_code"].is_unique().all()
    assert set(AREAS["parent_code"].drop_nulls()) <= set(AREAS["area_code"])
    assert set(AREAS["area_level"]) == set(AREA_LEVELS) - {"group"}


def test_a_parent_is_of_a_higher_level_and_only_provinces_have_none() -> None:
    rank = {level: i for i, level in enumerate(AREA_LEVELS)}
    pairs = AREAS.join(
        AREAS.select(parent_code="area_code", parent_level="area_level"),
        on="parent_code",
        how="left",
    ).select("area_level", "parent_level")
    for level, parent in pairs.unique().iter_rows():
        assert (parent is None) == (level == "province")
        assert parent is None or rank[parent] < rank[level]


def test_counts_of_the_three_cities_are_those_of_the_division_list() -> None:
    # Counted in the package with grep: townships and villages by the city's four digits.
    three = AREAS.filter(pl.col("area_code").str.slice(0, 4).is_in(["4102", "4113", "4116"]))
    three = three.filter(pl.col("code_system") == "stats2023")
    counts = dict(three["area_level"].value_counts().iter_rows())
    assert counts == {"city": 3, "county": 9 + 15 + 11, "township": 589, "village": 12635}


def test_all_provinces_are_there_also_those_without_statistics_codes() -> None:
    assert AREAS.filter(pl.col("area_level") == "province").height == 31 + 3


@pytest.mark.parametrize("code", ["411371", "411372", "411671"])
def test_statistical_zones_are_counties_of_their_city_without_polygon(code: str) -> None:
    zone = area(code)
    assert (zone["area_level"], zone["has_polygon"]) == ("county", False)
    assert zone["parent_code"] == code[:4] + "00"
    assert AREAS.filter(pl.col("parent_code") == code).height > 0


def test_hengkou_is_a_local_zone_in_hanbin_with_its_township() -> None:
    zone = area("6109HK")
    assert (zone["code_system"], zone["parent_code"]) == ("local", "610900")
    assert (zone["located_in"], zone["has_polygon"]) == ("610902", False)
    children = AREAS.filter(pl.col("parent_code") == "6109HK")
    assert children["area_name"].to_list() == ["恒口镇"]
    villages = AREAS.filter(pl.col("parent_code") == children["area_code"].item())
    assert villages.height == 98


def test_hanbin_keeps_its_other_townships() -> None:
    assert AREAS.filter(pl.col("parent_code") == "610902").height == 27


@pytest.mark.parametrize(
    ("old", "new", "year"),
    [
        ("410211", "410202", 2014),
        ("410224", "410212", 2014),
        ("411222", "411203", 2015),
        ("411023", "411003", 2016),
        ("410728", "410783", 2019),
        ("411626", "411603", 2019),
        ("410381", "410307", 2021),
        ("410306", "410308", 2021),
        ("410322", "410308", 2021),
    ],
)
def test_old_code_leads_to_its_successor_and_ends_with_the_year(
    old: str, new: str, year: int
) -> None:
    codes = current_code(AREAS)
    row = codes.row(by_predicate=pl.col("area_code") == old, named=True)
    assert row["current_code"] == new
    assert row["valid_until"] == date(year, 12, 31)
    assert area(new)["valid_from"] in (None, date(year, 1, 1))
    assert area(old)["has_polygon"] is False


def test_a_code_in_force_is_its_own_current_code() -> None:
    codes = current_code(AREAS)
    own = codes.filter(pl.col("area_code") == pl.col("current_code"))
    assert own.height == AREAS["successor_code"].null_count()


def test_successors_are_followed_to_the_end() -> None:
    areas = small_areas(
        ("100001", "county", None, "100002"),
        ("100002", "county", None, "100003"),
        ("100003", "county", None, None),
    )
    assert current_code(areas)["current_code"].to_list() == ["100003"] * 3


def test_successors_in_a_circle_are_refused() -> None:
    areas = small_areas(("100001", "county", None, "100002"), ("100002", "county", None, "100001"))
    with pytest.raises(StorageError, match="成环"):
        current_code(areas)


def test_unknown_successor_is_named() -> None:
    with pytest.raises(StorageError, match="199999"):
        current_code(small_areas(("100001", "county", None, "199999")))


def test_ancestors_hold_the_area_itself_and_follow_parents_only() -> None:
    found = ancestors(AREAS).filter(pl.col("area_code") == "610902107")
    assert dict(found.select("ancestor_level", "ancestor_code").iter_rows()) == {
        "township": "610902107",
        "county": "6109HK",
        "city": "610900",
        "province": "610000",
    }


def test_every_village_has_all_five_levels() -> None:
    villages = AREAS.filter(pl.col("area_level") == "village").select("area_code")
    found = ancestors(AREAS).join(villages, on="area_code", how="semi")
    assert found.height == 5 * villages.height


def test_areas_that_lie_in_each_other_are_refused() -> None:
    areas = small_areas(("100001", "city", "100002", None), ("100002", "city", "100001", None))
    with pytest.raises(ContractError, match="成环"):
        ancestors(areas)


def test_published_facts_and_populations_are_all_there() -> None:
    reference = load_reference()
    assert reference.published_facts.height == 225
    assert reference.published_facts["fact_id"].is_unique().all()
    assert reference.published_facts["value"].null_count() == 0
    assert reference.population.height == 38
    assert set(reference.population["area_code"]) <= set(AREAS["area_code"])
    xiangfu = reference.population.row(by_predicate=pl.col("area_code") == "410212", named=True)
    assert (xiangfu["population"], xiangfu["share_0_14"]) == (672_000, 0.246)


def test_population_names_every_county_of_the_three_cities() -> None:
    counties = AREAS.filter(
        pl.col("parent_code").is_in(["410200", "411300", "411600"]),
        pl.col("successor_code").is_null(),
    )
    missing = set(counties["area_code"]) - set(load_reference().population["area_code"])
    assert missing == set()


def test_reference_is_loaded_once() -> None:
    assert load_reference() is load_reference(DEFAULT)


def test_missing_table_is_told_in_chinese(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"areas\.csv读不出来"):
        read_table(tmp_path / "areas.csv", AREAS_SCHEMA)


def test_table_with_another_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "areas.csv"
    path.write_text("code,name\n410000,河南省\n", encoding="utf-8")
    with pytest.raises(StorageError, match=r"areas\.csv"):
        read_table(path, AREAS_SCHEMA)


def test_land_that_moved_is_noted_of_areas_that_are_listed() -> None:
    moved = land_moved()
    assert moved["area_code"].is_sorted()
    assert set(moved["area_code"]) <= set(AREAS["area_code"])
    assert moved.filter(
        ~pl.col("note_zh").str.starts_with(pl.col("year").cast(pl.String))
    ).is_empty()
