"""Names as registries write them lead to codes, and never to the wrong one."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.reference import AREAS_SCHEMA, county_by_name, load_reference, township_by_name

AREAS = load_reference().areas
COUNTIES = {
    (city, name): (code, kind) for city, name, code, kind in county_by_name(AREAS).iter_rows()
}
TOWNSHIPS = {
    (county, name): (code, kind) for county, name, code, kind in township_by_name(AREAS).iter_rows()
}
NO_ALIASES = load_reference().aliases.clear()


def areas_of(*rows: tuple[str, str, str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            dict(zip(("area_code", "area_name", "area_level", "parent_code"), row, strict=True))
            for row in rows
        ],
        schema=AREAS_SCHEMA,
    )


@pytest.mark.parametrize(
    ("city", "name", "code", "kind"),
    [
        ("410200", "祥符区", "410212", "full"),
        ("410200", "祥符", "410212", "short"),
        ("410200", "开封市祥符区", "410212", "full"),
        ("410200", "兰考", "410225", "short"),
        ("410200", "开封县", "410212", "former"),
        ("410200", "顺河区", "410203", "short"),
        ("411600", "淮阳县", "411603", "former"),
        ("411600", "淮阳", "411603", "short"),
        ("411600", "河南周口经济开发区", "411671", "former"),
        ("411300", "浙川县", "411326", "misprint"),
        ("411300", "邓州", "411381", "short"),
        ("411300", "高新区", "411371", "short"),
        ("610900", "恒口", "6109HK", "short"),
    ],
)
def test_county_names(city: str, name: str, code: str, kind: str) -> None:
    assert COUNTIES[city, name] == (code, kind)


def test_a_short_name_that_is_the_citys_own_is_left_out() -> None:
    assert ("410200", "开封") not in COUNTIES
    assert ("430600", "岳阳") not in COUNTIES


def test_a_one_character_stem_is_left_out() -> None:
    assert ("410200", "杞") not in COUNTIES
    assert COUNTIES["410200", "杞县"] == ("410221", "full")


def test_a_short_name_of_two_counties_is_left_out() -> None:
    areas = areas_of(
        ("900100", "甲市", "city", None),
        ("900101", "乙丙区", "county", "900100"),
        ("900121", "乙丙县", "county", "900100"),
    )
    names = county_by_name(areas, NO_ALIASES)["county_name"].to_list()
    assert sorted(names) == ["乙丙区", "乙丙县", "甲市乙丙区", "甲市乙丙县"]


def test_every_county_is_found_by_its_full_name() -> None:
    counties = AREAS.filter(pl.col("area_level") == "county", pl.col("successor_code").is_null())
    for code, city, name in counties.select("area_code", "parent_code", "area_name").iter_rows():
        assert COUNTIES[city, name] == (code, "full")


@pytest.mark.parametrize(
    ("county", "name", "code"),
    [
        ("411325", "岞岖镇", "411325110"),
        ("411325", "岞𪨰镇", "411325110"),
        ("411381", "㴔滩镇", "411381103"),
        ("411325", "赤眉", "411325105"),
        ("6109HK", "恒口镇", "610902107"),
        ("6109HK", "梅子铺镇", "610902107"),
        ("610902", "恒口镇", "610902107"),
        ("610902", "老城街道办事处", "610902001"),
        ("610902", "老城街道办", "610902001"),
        ("610902", "老城办事处", "610902001"),
        ("610902", "老城", "610902001"),
    ],
)
def test_township_names(county: str, name: str, code: str) -> None:
    assert TOWNSHIPS[county, name][0] == code


def test_a_zones_township_under_its_host_county_says_so() -> None:
    assert TOWNSHIPS["610902", "恒口镇"] == ("610902107", "zone")


def test_every_township_is_found_by_its_full_name() -> None:
    townships = AREAS.filter(pl.col("area_level") == "township")
    for code, county, name in townships.select("area_code", "parent_code", "area_name").iter_rows():
        assert TOWNSHIPS[county, name] == (code, "full")


def test_a_short_name_of_a_town_and_a_township_is_left_out() -> None:
    areas = areas_of(
        ("900121", "乙县", "county", None),
        ("900121100", "城关镇", "township", "900121"),
        ("900121200", "城关乡", "township", "900121"),
    )
    names = township_by_name(areas, NO_ALIASES)["township_name"].to_list()
    assert sorted(names) == ["城关乡", "城关镇"]


def test_the_order_of_areas_does_not_matter() -> None:
    turned = AREAS.reverse()
    assert county_by_name(turned).equals(county_by_name(AREAS))
    assert township_by_name(turned).equals(township_by_name(AREAS))


def test_aliases_point_to_areas_that_exist() -> None:
    aliases = load_reference().aliases
    assert set(aliases["area_code"]) <= set(AREAS["area_code"])
    assert set(aliases["parent_code"]) <= set(AREAS["area_code"])
    assert set(aliases["kind"]) <= {"short", "former", "variant", "misprint"}
