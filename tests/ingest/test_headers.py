from __future__ import annotations

import pytest

from pipeline.catalog.sources import sources
from pipeline.ingest.grid import find_header, flattened
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused

from .conftest import small_source


def test_headers_match_whatever_their_width_blanks_and_marks(index: HeaderIndex) -> None:
    found = index.match([" 编 码*", "原值（元）", "姓名 ", "没见过"])
    assert found.positions == {"code": 0, "price": 1}
    assert found.labels["price"] == "原值（元）"
    assert found.labels["who"] == "姓名 "
    assert found.unknown == ("没见过",)


def test_of_two_aliases_the_earlier_declared_is_read(index: HeaderIndex) -> None:
    assert index.match(["代码", "编码"]).positions == {"code": 1}
    assert index.match(["编码", "代码"]).positions == {"code": 0}


def test_the_unit_of_money_is_part_of_the_column(index: HeaderIndex) -> None:
    assert index.match(["编码", "原值（万元）"]).positions == {"code": 0, "price@10000": 1}


def test_yuan_may_be_written_behind_any_money_header_and_no_other(index: HeaderIndex) -> None:
    assert index.find("原值(元)") is not None
    assert index.find("名称(元)") is None


@pytest.mark.parametrize("headers", [["原值", "原值(元)"], ["原值(元)", "原值 "]])
def test_an_amount_under_two_of_its_names_is_refused(
    index: HeaderIndex, headers: list[str]
) -> None:
    with pytest.raises(FileRefused) as refused:
        index.match(["编码", *headers])
    assert refused.value.code == "HEADER_DUPLICATE"
    assert all(header in refused.value.note for header in headers)


def test_one_amount_in_two_units_or_under_two_upper_headers_is_the_first(
    index: HeaderIndex,
) -> None:
    assert index.match(["原值(万元)", "原值(元)"]).positions == {"price": 1}
    assert index.match(["甲/原值", "原值"]).positions == {"price": 1}


def test_a_header_twice_is_refused(index: HeaderIndex) -> None:
    with pytest.raises(FileRefused) as refused:
        index.match(["编码", "名称", "编 码"])
    assert refused.value.code == "HEADER_DUPLICATE"


def test_of_alternative_columns_one_must_be_there() -> None:
    index = HeaderIndex(small_source(one_of=(("name", "day"), ("price", "items"))))
    with pytest.raises(FileRefused) as refused:
        index.require(index.match(["编码"]), ["编码"])
    assert "名称或日期、原值(元)" in refused.value.note
    index.require(index.match(["编码", "日期", "原值"]), [])


def test_item_columns_satisfy_an_alternative() -> None:
    index = HeaderIndex(small_source(one_of=(("name", "items"),), item_columns=("price",)))
    index.require(index.match(["编码", "原值"]), [])


def test_two_rows_are_flattened_with_the_upper_covering_to_its_right() -> None:
    upper = ["编码", "老年人", "", "日期"]
    lower = ["", "人数", "签约数", "日期"]
    assert flattened(upper, lower) == ["编码", "老年人/人数", "老年人/签约数", "日期"]
    assert flattened([""], ["人数"]) == ["人数"]


def test_the_pair_of_rows_wins_where_it_is_recognised_better(index: HeaderIndex) -> None:
    rows = [
        ["台账", "", ""],
        ["编码", "老年人", ""],
        ["", "人数", "签约数"],
        ["1", "2", "3"],
    ]
    header_at, data_at, labels = find_header(rows, index)
    assert (header_at, data_at) == (1, 3)
    assert labels == ["编码", "老年人/人数", "老年人/签约数"]


def test_a_single_row_wins_a_tie(index: HeaderIndex) -> None:
    assert find_header([["编码", "名称"], ["1", "甲"]], index)[:2] == (0, 1)


def test_the_last_row_can_be_the_header(index: HeaderIndex) -> None:
    assert find_header([["说明", ""], ["编码", "名称"]], index)[:2] == (1, 2)


def test_a_column_for_numbering_or_remarks_is_not_worth_a_warning(index: HeaderIndex) -> None:
    assert index.match(["序号", "编码", "", "备注", "别的"]).unknown == ("别的",)


def test_a_money_header_in_yuan_of_a_column_that_is_none_is_unknown(index: HeaderIndex) -> None:
    assert index.find("编码(元)") is None


def test_a_header_is_known_by_its_lower_row_where_the_upper_only_groups(index: HeaderIndex) -> None:
    rows = [
        ["某县台账", "某县台账", "某县台账", "某县台账"],
        ["基本信息", "基本信息", "老年人", "老年人"],
        ["编码", "名称", "人数", "签约数"],
        ["1", "甲", "3", "2"],
    ]
    header_at, data_at, labels = find_header(rows, index)
    assert (header_at, data_at) == (1, 3)
    assert index.match(labels).positions == {
        "code": 0,
        "name": 1,
        "group.count": 2,
        "group.signed": 3,
    }


def test_a_title_is_not_the_upper_row_of_a_header(index: HeaderIndex) -> None:
    rows = [["台账"] * 3, ["编码", "名称", "日期"], ["1", "甲", "2025-01-01"]]
    assert find_header(rows, index)[:2] == (1, 2)


def test_a_lower_row_under_two_upper_ones_is_the_first(index: HeaderIndex) -> None:
    found = index.match(["甲/编码", "乙/编码", "丙/没有"])
    assert found.positions == {"code": 0}
    assert found.unknown == ("丙/没有",)


def test_a_merged_title_above_the_header_is_not_its_upper_half(index: HeaderIndex) -> None:
    title = ["开封市村卫生室台账（2025年6月）"] * 2
    header_at, data_at, labels = find_header([title, ["编码", "名称"], ["1", "甲"]], index)
    assert (header_at, data_at, labels) == (1, 2, ["编码", "名称"])


def test_what_stands_in_brackets_behind_a_header_is_no_part_of_it() -> None:
    index = HeaderIndex(small_source())
    found = index.match(["编码(必填)", "名称（全称）", "日期（年月日）", "老年人-人数（人）"])
    assert found.positions == {"code": 0, "name": 1, "day": 2, "group.count": 3}


def test_a_header_without_brackets_goes_before_one_with() -> None:
    found = HeaderIndex(small_source()).match(["名称（曾用名）", "名称"])
    assert found.positions == {"name": 1}


@pytest.mark.parametrize(
    "header", ["老年人/人数（万人）", "老年人/人数（男）", "原值（美元）", "名称（元）"]
)
def test_brackets_that_make_it_another_number_make_it_another_column(header: str) -> None:
    assert HeaderIndex(small_source()).find(header) is None


@pytest.mark.parametrize("header", ["老年人人数", "老年人_人数", "老年人:人数"])
def test_a_header_of_two_rows_may_be_written_in_one(header: str) -> None:
    found = HeaderIndex(small_source()).find(header)
    assert found is not None
    assert found[0].id == "group.count"


CITY, RURAL = "城镇居民", "农村居民"
INCOMES = "人均可支配收入"


@pytest.mark.parametrize(
    ("upper", "lower", "columns"),
    [
        ([f"{INCOMES}（元）", ""], [CITY, RURAL], ("urban_income", "rural_income")),
        ([INCOMES, ""], [f"{CITY}（元）", f"{RURAL}（元）"], ("urban_income", "rural_income")),
        ([f"居民{INCOMES}（元）", ""], ["农村", "城镇"], ("rural_income", "urban_income")),
        ([CITY, RURAL], [f"{INCOMES}（元）"] * 2, ("urban_income", "rural_income")),
        ([f"{INCOMES}（万元）", ""], ["城镇常住居民", "农村常住居民"],
         ("urban_income@10000", "rural_income@10000")),
    ],
)  # fmt: skip
def test_incomes_under_one_heading_are_known_whichever_half_stands_above(
    upper: list[str], lower: list[str], columns: tuple[str, str]
) -> None:
    index = HeaderIndex(sources()["income"])
    rows = [
        ["区划代码", "年份", *upper],
        ["区划代码", "年份", *lower],
        ["410225", "2024", "1", "2"],
    ]
    at, first, labels = find_header(rows, index)
    found = index.match(labels)
    index.require(found, labels)
    assert (at, first) == (0, 2)
    assert [found.positions[column] for column in columns] == [2, 3]


def test_a_heading_of_both_incomes_together_is_neither() -> None:
    index = HeaderIndex(sources()["income"])
    assert index.find(f"全体居民/{INCOMES}") is None
    assert index.match(["区划代码", "年份", f"{INCOMES}/增速（%）"]).matched == 2
