"""Templates: what is in the workbook."""

from __future__ import annotations

import io
from typing import Any

import openpyxl
import pytest

from pipeline.catalog import catalogue
from pipeline.catalog.sources import (
    CODES,
    EXPLANATIONS,
    SOURCE_IDS,
    Source,
    SourceColumn,
    sources,
)
from pipeline.documents.fields import TITLES, fields, template_columns
from pipeline.documents.template import template_bytes, template_name, workbook_of
from pipeline.errors import UsageError
from pipeline.ingest.headers import HeaderIndex

from .rows import book_of, headers_of


@pytest.mark.parametrize("source", SOURCE_IDS)
def test_headers_are_the_canonical_ones_and_no_name_is_asked_for(source: str) -> None:
    declared = sources()[source]
    headers = list(headers_of(book_of(source).worksheets[0]))
    assert headers == [column.headers[0] for column in template_columns(declared)]
    index = HeaderIndex(declared)
    assert [header for header in headers if index.find(header) is None] == []
    must = {column.headers[0] for column in declared.columns if column.required}
    assert must <= set(headers)
    assert not {"姓名", "出生日期", "疾病名称"} & set(headers)


def test_a_table_of_persons_asks_for_nothing_that_is_not_read() -> None:
    assert "性别" not in headers_of(book_of("settlements").worksheets[0])
    assert "机构名称" in headers_of(book_of("equipment").worksheets[0])


def test_required_columns_look_different_and_say_so() -> None:
    sheet = book_of("clinics").worksheets[0]
    headers = headers_of(sheet)
    must, may, unread = (
        sheet.cell(1, headers[name]) for name in ("村卫生室编码", "行政村", "运行状态")
    )
    assert len({cell.fill.start_color.rgb for cell in (must, may, unread)}) == 3
    assert must.comment.text.startswith("必填，编码")
    assert may.comment.text.startswith("选填，文字")
    assert "不读取" in unread.comment.text


@pytest.mark.parametrize("source", SOURCE_IDS)
def test_codes_are_text_and_dates_are_dates(source: str) -> None:
    sheet = book_of(source).worksheets[0]
    formats = {
        openpyxl.utils.column_index_from_string(letter): dimension.number_format
        for letter, dimension in sheet.column_dimensions.items()
    }
    for at, column in enumerate(template_columns(sources()[source]), 1):
        dimension = max(start for start in formats if start <= at)
        wanted = {"code": "@", "text": "@", "month": "@", "date": "yyyy-mm-dd", "money": "0.00"}
        if column.type in wanted:
            assert formats[dimension] == wanted[column.type], column.id


def rules_of(source: str) -> dict[str, Any]:
    """Return the validations of the data sheet by header."""
    sheet = book_of(source).worksheets[0]
    by_column = {column: header for header, column in headers_of(sheet).items()}
    return {
        by_column[cells.min_col]: rule
        for rule in sheet.data_validations.dataValidation
        for cells in rule.sqref.ranges
    }


def test_choices_drop_down_in_chinese() -> None:
    rules = rules_of("clinics")
    assert rules["建设状态"].formula1 == '"未启动,在建,已完成,已验收"'
    assert (rules["建设状态"].type, rules["建设状态"].errorStyle) == ("list", None)
    assert rules["是否规划内"].formula1 == '"是,否"'
    assert rules_of("settlements")["险种类型"].formula1 == '"职工,居民,其他"'
    # Any other word has a meaning of its own there, so that Excel only warns.
    assert rules_of("settlements")["险种类型"].errorStyle == "warning"
    assert "村卫生室名称" not in rules


def test_numbers_and_dates_are_checked_while_they_are_typed() -> None:
    clinics, people = rules_of("clinics"), rules_of("population")
    year = people["年份"]
    assert (year.type, year.formula1, year.formula2) == ("whole", "1990", "2100")
    assert (clinics["建筑面积"].type, clinics["建筑面积"].formula1) == ("decimal", "0")
    assert clinics["建筑面积"].errorStyle == "warning"  # "/" and 无 are accepted
    day = clinics["数据日期"]
    cell = str(day.sqref).split(":")[0]
    assert day.formula1 == (
        f"IF(ISNUMBER({cell}),AND({cell}>=15000,{cell}<=80000),ISNUMBER(DATEVALUE({cell})))"
    )
    assert "2025-06-30" in day.error


def test_targets_offer_the_indicators_of_the_catalogue() -> None:
    book = book_of("targets")
    listed = [row[0].value for row in book[CODES].iter_rows(min_row=2)]
    assert listed == list(catalogue().indicators)
    assert rules_of("targets")["指标编号"].formula1 == f"'{CODES}'!$A$2:$A${len(listed) + 1}"


def test_the_header_stays_in_sight_and_a_tall_one_is_merged() -> None:
    assert book_of("activity").worksheets[0].freeze_panes == "A2"
    sheet = book_of("contracts").worksheets[0]
    assert sheet.freeze_panes == "A3"
    merged = {str(cells) for cells in sheet.merged_cells.ranges}
    column = headers_of(sheet)["高血压患者/人数"]
    first, last = (openpyxl.utils.get_column_letter(at) for at in (column, column + 3))
    assert {"A1:A2", f"{first}1:{last}1"} <= merged


def test_a_group_over_a_single_column_keeps_both_rows() -> None:
    columns = tuple(
        SourceColumn(id=header, headers=(header,), type="integer")
        for header in ("编号", "床位/合计", "人员/医师", "人员/护士")
    )
    own = Source(id="own", name_zh="示例", kind="table", key=("编号",), columns=columns)
    sheet = openpyxl.load_workbook(io.BytesIO(workbook_of(own))).worksheets[0]
    assert list(headers_of(sheet)) == [column.headers[0] for column in columns]
    assert {str(cells) for cells in sheet.merged_cells.ranges} == {"A1:A2", "C1:D1"}


@pytest.mark.parametrize("source", SOURCE_IDS)
def test_the_second_sheet_explains_every_column(source: str) -> None:
    sheet = book_of(source).worksheets[1]
    assert sheet.title == EXPLANATIONS
    rows = [tuple(cell or "" for cell in row) for row in sheet.iter_rows(values_only=True)]
    top = rows.index(TITLES)
    assert rows[top + 1 :] == [field.cells for field in fields(sources()[source])]
    assert len(rows) - top - 1 == len(sources()[source].columns)


def test_explanations_tell_aliases_units_choices_and_personal_data() -> None:
    by_header = {field.header: field for field in fields(sources()["settlements"])}
    person, name, total = (by_header[header] for header in ("个人编号", "姓名", "总费用"))
    assert person.aliases == "证件号码、身份证号、psn_no"
    assert person.personal.startswith("是：读取时即换成")
    assert name.personal.startswith("是：请勿提供")
    assert (name.note, name.type) == ("不读取，模板中没有这一列", "不读取")
    assert (total.unit, total.required, total.type) == ("元", "是", "金额")
    assert by_header["医疗类别"].values.startswith("普通门诊、11、13")
    assert by_header["险种类型"].note == "其他写法归入其他类"


def test_explanations_tell_what_is_needed_only_sometimes() -> None:
    activity = {field.header: field for field in fields(sources()["activity"])}
    assert activity["区划代码"].required == "与“县区”至少填一列"
    assert activity["月份"].required == "是"
    assert activity["指标"].required == "否"
    assert activity["指标"].note.startswith("只用于每行一个指标的写法")
    assert activity["打包资金累计结余(元)"].aliases == "打包资金累计结余(万元)"
    clinics = {field.header: field for field in fields(sources()["clinics"])}
    assert clinics["数据日期"].required == "文件名没有日期时必填"
    assert clinics["村医人数"].values == "0 至 1000"
    assert "也可写 / - -- —" in clinics["村医人数"].note
    assert clinics["运行状态"].note == "不读取，可不填"
    years = {field.header: field for field in fields(sources()["population"])}
    assert years["年份"].values == "1990 至 2100"


def test_the_same_bytes_come_every_time() -> None:
    assert template_bytes("contracts") == template_bytes("家庭医生签约进展")


def test_a_source_that_is_none_is_met_with_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"没有数据源“x”。可用的有：settlements（医保结算）"):
        template_bytes("x")
    assert template_name("clinics") == "村卫生室台账_模板.xlsx"


@pytest.mark.parametrize("source", SOURCE_IDS)
def test_explanations_have_room_for_all_their_lines_and_paper_shows_all_columns(
    source: str,
) -> None:
    book = book_of(source)
    for sheet in book.worksheets[:2]:
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    sheet = book[EXPLANATIONS]
    for row in sheet.iter_rows(min_row=len(TITLES)):
        for cell in row:
            # A Chinese character is two letters wide, and a line of eighteen points holds one.
            letters = sum(1 + (char >= "⺀") for char in str(cell.value or ""))
            lines = letters / sheet.column_dimensions[cell.column_letter].width
            if cell.alignment.wrap_text and not cell.font.b:
                assert 18 * lines <= sheet.row_dimensions[cell.row].height
