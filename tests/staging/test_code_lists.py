"""Code lists that a check brings: years, successors, several spans of one code, encodings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.errors import StorageError
from pipeline.reference import Reference, load_reference
from pipeline.reference.code_lists import own_codes
from pipeline.staging.references import references_of

REGIONS = """代码,名称,启用年,停用年,现行代码
410000,河南省,1949,,410000
411600,周口市,2000,,411600
411626,淮阳县,1965,2019,411603
411603,淮阳区,2019,,411603
410299,某县,1980,1990,410298
410299,某县,1995,1999,410298
"""
INSTITUTIONS = """机构编码,机构名称,区划代码,类型
T1,示例卫生院,411626,乡镇卫生院
T2,示例医院,411603,三级医院
T2,示例医院,411603,三级医院
,没有编码,411603,
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "ref_regions.csv").write_bytes(REGIONS.encode("utf-8-sig"))
    (tmp_path / "ref_institutions.csv").write_bytes(INSTITUTIONS.encode("gb18030"))
    return tmp_path


@pytest.fixture
def codes(folder: Path) -> Reference:
    return own_codes(folder, load_reference())[0]


def test_years_become_the_first_and_the_last_day(codes: Reference) -> None:
    frame = codes.areas.filter(pl.col("area_code").str.starts_with("4116"))
    columns = ("area_code", "area_level", "parent_code", "valid_from", "valid_until")
    assert frame.select(*columns, "successor_code").rows() == [
        ("411600", "city", "410000", date(2000, 1, 1), None, None),
        ("411603", "county", "411600", date(2019, 1, 1), None, None),
        ("411626", "county", "411600", date(1965, 1, 1), date(2019, 12, 31), "411603"),
    ]


def test_a_code_of_several_spans_holds_from_the_first_to_the_last(codes: Reference) -> None:
    frame = codes.areas.filter(pl.col("area_code").is_in(["410298", "410299"]))
    assert frame.select("area_code", "valid_from", "valid_until").rows() == [
        ("410298", None, None),  # not listed itself: a code of today all the same
        ("410299", date(1980, 1, 1), date(1999, 12, 31)),
    ]


def test_provinces_are_known_without_being_listed(codes: Reference) -> None:
    provinces = codes.areas.filter(pl.col("area_level") == "province")
    assert provinces["area_code"].to_list()[:2] == ["110000", "120000"]
    assert codes.areas["area_code"].is_unique().all()


def test_institutions_lie_in_the_county_of_today(folder: Path, codes: Reference) -> None:
    _, register = own_codes(folder, load_reference())
    assert register is not None
    looked_up = references_of(codes, as_of=date(2025, 6, 30)).with_register(register).institutions
    named = looked_up.sort("institution_code")
    assert named.select("institution_code", "institution_name", "institution_county").rows() == [
        ("T1", "示例卫生院", "411603"),
        ("T2", "示例医院", "411603"),
    ]


def test_confirmed_names_are_read(folder: Path) -> None:
    (folder / "ref_institution_aliases.csv").write_text("机构编码,别名,备注\nT1,老院,\nT2,,\n")
    codes, _ = own_codes(folder, load_reference())
    confirmed = codes.institution_aliases.select("institution_code", "alias_name").rows()
    assert confirmed == [("T1", "老院")]


@pytest.mark.parametrize("content", [b"", b"\xff\xff", "代码,名称\n1,2\n".encode()])
def test_a_list_that_cannot_be_read_is_said(folder: Path, content: bytes) -> None:
    (folder / "ref_regions.csv").write_bytes(content)
    with pytest.raises(StorageError, match="代码表"):
        own_codes(folder, load_reference())


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(",", "\t"),
        lambda text: text.replace(",", ";"),
        lambda text: text.replace("1949,", "1949年,至今").replace("2000,", "2000-05-01,—"),
        lambda text: text.replace("411603", "411603000000"),
        lambda text: text.replace("\n411603", "\n'411603").replace("\n411626", "\n411626.0"),
    ],
)
def test_other_spellings_of_a_list_say_the_same(
    folder: Path, codes: Reference, change: Callable[[str], str]
) -> None:
    (folder / "ref_regions.csv").write_text(change(REGIONS), encoding="utf-8")
    assert own_codes(folder, load_reference())[0].areas.equals(codes.areas)


def test_names_in_a_list_stay_as_they_are_written(folder: Path) -> None:
    (folder / "ref_institutions.csv").write_text(INSTITUTIONS.replace("示例医院", "医院（北院）"))
    register = own_codes(folder, load_reference())[1]
    assert register is not None
    assert register["institution_name"].to_list() == ["示例卫生院", "医院（北院）", "医院（北院）"]


def test_a_year_nobody_can_read_is_asked_for(folder: Path) -> None:
    (folder / "ref_regions.csv").write_text(REGIONS.replace("1965,2019", "1965,很晚"))
    with pytest.raises(StorageError, match=r"停用年.*很晚.*411626"):
        own_codes(folder, load_reference())
