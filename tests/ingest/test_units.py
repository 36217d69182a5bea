"""Units in cells, in headers and in titles: the same number, another number, or nobody can say."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.catalog.sources import SourceColumn, sources
from pipeline.ingest.cells.grammar import parse
from pipeline.ingest.cells.units import declared_in
from pipeline.ingest.cells.values import typed
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused

from .conftest import small_source


def parsed(text: str, column: SourceColumn, *, ten_thousand: bool = False) -> tuple[object, object]:
    return parse(pl.Series([text]), column, ten_thousand=ten_thousand).row(0)


def column(source: str, id_: str) -> SourceColumn:
    return sources()[source].by_id[id_]


@pytest.mark.parametrize(
    ("source", "id_", "text", "value"),
    [
        ("equipment", "quantity", "2台", 2),
        ("equipment", "quantity", "2 套", 2),
        ("equipment", "quantity", "２台", 2),
        ("clinics", "doctors", "3人", 3),
        ("clinics", "doctors", "3名", 3),
        ("clinics", "served_population", "1,200人", 1200),
        ("clinics", "floor_area_m2", "120㎡", 120.0),
        ("clinics", "floor_area_m2", "120.5m²", 120.5),
        ("clinics", "floor_area_m2", "120 平方米", 120.0),
        ("contracts", "teams", "3支", 3),
        ("population", "year", "2024年度", 2024),
        ("settlements", "age", "60周岁", 60.0),
    ],
)
def test_a_number_may_carry_the_unit_of_its_column(
    source: str, id_: str, text: str, value: float
) -> None:
    assert parsed(text, column(source, id_)) == (value, None)


@pytest.mark.parametrize(
    ("source", "id_", "text"),
    [
        ("equipment", "quantity", "2人"),
        ("equipment", "quantity", "台"),
        ("equipment", "quantity", "两台"),
        ("clinics", "served_population", "1200户"),
        ("clinics", "served_population", "0.12万人"),
        ("clinics", "floor_area_m2", "120亩"),
        ("settlements", "age", "60个"),
        ("settlements", "age", "周岁"),
        ("settlements", "total", "1.2万元"),
    ],
)
def test_another_unit_is_refused(source: str, id_: str, text: str) -> None:
    assert parsed(text, column(source, id_)) == (None, "BAD_NUMBER")


@pytest.mark.parametrize(
    ("text", "value"),
    [("1岁3月", 1.25), ("3个月", 0.25), ("18个月", 1.5), ("2岁零6个月", 2.5), ("6月龄", 0.5)],
)
def test_months_of_small_children_are_parts_of_a_year(text: str, value: float) -> None:
    assert parsed(text, column("settlements", "age")) == (value, None)


def test_a_new_born_of_some_days_is_no_year_old() -> None:
    value, reason = parsed("15天", column("settlements", "age"))
    assert isinstance(value, float)
    assert 0 < value < 0.05
    assert reason is None


@pytest.mark.parametrize(
    ("text", "fen"),
    [("12.5", 12_500_000), ("12.5万", 12_500_000), ("12.5万元", 12_500_000), ("0.5亿元", 5e9)],
)
def test_a_price_in_ten_thousands_may_say_so(text: str, fen: int) -> None:
    assert parsed(text, column("equipment", "price"), ten_thousand=True) == (fen, None)


def test_yuan_in_a_column_of_ten_thousands_would_be_ten_thousand_times_as_much() -> None:
    found = parsed("125000元", column("equipment", "price"), ten_thousand=True)
    assert found == (None, "BAD_NUMBER")


@pytest.mark.parametrize(
    ("title", "units"),
    [
        ("设备台账 单位：万元", {"万元"}),
        ("月报表（单位：万元、人次）", {"万元"}),
        ("收入情况表（万元）", {"万元"}),
        ("金额单位: 千元", {"千元"}),
        ("人口，单位：万人", {"万人"}),
        ("单位：元", {"元"}),
        ("填报单位：万元镇卫生院", set()),
        ("单位：兰考县卫生健康委员会 截至2025年6月30日", set()),
        ("服务十万人口的医共体", set()),
        ("", set()),
    ],
)
def test_titles_declare_units(title: str, units: set[str]) -> None:
    assert declared_in(title) == units


def test_the_unit_of_a_title_is_that_of_columns_without_one() -> None:
    index = HeaderIndex(small_source())
    found = index.match(["编码", "原值"], title="台账 单位：万元")
    assert found.positions == {"code": 0, "price@10000": 1}
    own = index.match(["编码", "原值(元)"], title="台账 单位：万元")
    assert own.positions == {"code": 0, "price": 1}
    both = index.match(["编码", "原值"], title="台账 单位：元、万元")
    assert both.positions == {"code": 0, "price": 1}


def test_a_report_without_units_in_its_headers_takes_them_from_its_title() -> None:
    index = HeaderIndex(sources()["activity"])
    item = next(c for c in sources()["activity"].columns if c.type == "money")
    name = item.headers[0].removesuffix("(元)")
    assert index.match(["县区", name]).unknown == (name,)
    assert f"{item.id}@10000" in index.match(["县区", name], title="（单位：万元）").positions
    assert item.id in index.match(["县区", name], title="单位：元").positions


@pytest.mark.parametrize(
    ("source", "header", "title"),
    [
        ("settlements", "总费用", "结算表 单位：万元"),
        ("population", "人数", "常住人口（单位：万人）"),
    ],
)
def test_a_unit_that_a_column_cannot_have_refuses_the_file(
    source: str, header: str, title: str
) -> None:
    index = HeaderIndex(sources()[source])
    headers = [c.headers[0] for c in sources()[source].columns if c.required]
    found = index.match(headers, title=title)
    with pytest.raises(FileRefused) as refused:
        index.require(found, headers)
    assert refused.value.code == "HEADER_MISSING"
    assert f"“{header}”列不能以" in refused.value.note
    index.require(index.match(headers, title="单位：元、人"), headers)


def test_whoever_wrote_another_unit_is_told_the_right_one() -> None:
    base = {"device_code": "D1", "device_name": "DR", "state": "在用", "extract_date": "2025-06-30"}
    rows = pl.DataFrame([base | {"quantity": text} for text in ("2人", "x", "2台")])
    assert typed(rows, sources()["equipment"])["_detail"].to_list() == [
        "2人（本列单位为台，只填数字）",
        "x",
        None,
    ]
    prices = pl.DataFrame([base | {"price@10000": text} for text in ("125000元", "(100.00)")])
    assert typed(prices, sources()["equipment"])["_detail"].to_list() == [
        "125000元（本列单位为万元，只填数字）",
        "(100.00)",
    ]
