"""What people write into a table beside the data, one row each."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.catalog.sources import sources
from pipeline.ingest.files import RawFile
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.read import read_file
from pipeline.ingest.workbooks.excel import ExcelReader

from .conftest import small_source

HEADER = "序号,编码,名称,原值,日期,老年人/人数"
DATA = "1,A1,甲,10,2025-01-01,3"
SETTLED = "结算ID,个人编号,参保地区划代码,定点医药机构编号,医疗类别,结算日期,总费用,统筹基金支出"
SETTLEMENT = "异地安置,S1,P1,340621,H1,住院,2024-01-02,10,5"


@pytest.fixture
def rows(
    raw_file: Callable[..., RawFile], excel: ExcelReader
) -> Callable[..., tuple[list[int], list[str]]]:
    def read(line: str, *, kind: str = "table") -> tuple[list[int], list[str]]:
        index = HeaderIndex(small_source(kind=kind))
        text = f"{HEADER}\n{line}\n{DATA}\n"
        table = read_file(raw_file("表.csv", text.encode()), index, excel=excel)
        return table.rows["_row"].to_list(), list(table.warnings)

    return read


@pytest.mark.parametrize(
    "line",
    [
        ",合计,,30,,9",
        ",,小　计,30,,9",
        ",A1,城关镇小计,30,,9",
        "兰考县合计,,,30,,9",
        ",（盖章）,,,,",
        "单位负责人（签字）：张某　联系电话：1,,,,,",
        ",以上数据截至六月,,,,",
        ",一、城关镇,,,,",
        "7,,,,,",
        "1,2,3,4,5,6",
        "栏次,甲,1,2,3,4",
        "(1),(2),(3),(4),(5),(6)",
    ],
)
def test_a_row_of_the_form_is_left_out_with_a_remark(
    rows: Callable[..., tuple[list[int], list[str]]], line: str
) -> None:
    assert rows(line) == ([3], ["NONDATA_ROW"])


@pytest.mark.parametrize(
    "line",
    [
        "2,A2,合计村卫生室,30,,9",
        "2,A2,电话抽查人次合计,30,,9",
        "电话抽查人次累计,A2,甲,30,,9",
        "2,A2,,,,",  # a code without anything else is a row that was not filled in
        "2,,,30,,9",  # numbers of nobody: somebody must look
        "2,3,4,5,2025-01-01,8",
        "1,2,3,,,",
        "1,2,4,4,5,6",
    ],
)
def test_a_row_that_may_be_data_stays(
    rows: Callable[..., tuple[list[int], list[str]]], line: str
) -> None:
    assert rows(line)[0] == [2, 3]


def test_in_a_list_of_events_a_sum_in_any_column_is_for_the_values_to_refuse(
    rows: Callable[..., tuple[list[int], list[str]]],
) -> None:
    assert rows(",A2,小计,30,,9", kind="events")[0] == [2, 3]


def test_a_source_none_of_whose_read_columns_is_there_has_no_furniture(
    raw_file: Callable[..., RawFile], excel: ExcelReader
) -> None:
    index = HeaderIndex(small_source(one_of=()))
    table = read_file(raw_file("表.csv", b"\xe7\xbc\x96\xe7\xa0\x81,x\nA1,\n"), index, excel=excel)
    assert table.rows_read == 1


@pytest.mark.parametrize("header", ["特殊人员类型", "异地安置"])
def test_a_word_that_is_also_a_name_of_the_first_column_is_data(
    raw_file: Callable[..., RawFile], excel: ExcelReader, header: str
) -> None:
    # Columns may stand in any order; 异地安置 is a value of this one and another name of it.
    index = HeaderIndex(sources()["settlements"])
    text = f"{header},{SETTLED}\n{SETTLEMENT}\n".encode()
    table = read_file(raw_file("表.csv", text), index, excel=excel)
    assert (table.rows["_row"].to_list(), table.warnings) == ([2], ())


def test_a_header_once_more_is_no_data(
    raw_file: Callable[..., RawFile], excel: ExcelReader
) -> None:
    index = HeaderIndex(sources()["settlements"])
    head = f"特殊人员类型,{SETTLED}"
    text = f"{head}\n{SETTLEMENT}\n{head}\n".encode()
    table = read_file(raw_file("表.csv", text), index, excel=excel)
    assert (table.rows["_row"].to_list(), table.warnings) == ([2], ("NONDATA_ROW",))
