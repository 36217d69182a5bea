"""The page's numbers as a workbook."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from openpyxl.workbook import Workbook

from dashboard.exports import indicators, workbook
from dashboard.exports.cells import columns_of, is_identifier
from dashboard.exports.collect import Contents, Panel, Table
from dashboard.look import grids
from dashboard.messages import t
from dashboard.places import GROUP
from tests.browser import hostile

Read = Callable[..., Contents]
HEADER = workbook.HEADER_ROW + 1


def book_of(contents: Contents) -> Workbook:
    return openpyxl.load_workbook(io.BytesIO(workbook.write_workbook(contents)))


def column(book: Workbook, sheet: str, header: str) -> list[object]:
    page = book[sheet]
    heads = [cell.value for cell in page[HEADER]]
    n = heads.index(header) + 1
    return [page.cell(row, n).value for row in range(HEADER + 1, page.max_row + 1)]


@pytest.mark.parametrize(
    "page",
    [
        "overview",
        "outflow",
        "clinics",
        "equipment",
        "contracts",
        "county",
        "published",
        "quality",
        "definitions",
    ],
)
def test_every_page_has_its_numbers(contents_of: Read, page: str) -> None:
    contents = contents_of(page)
    book = book_of(contents)
    assert book.sheetnames[0] == "说明"
    assert len(book.sheetnames) > 1
    told = {row[0].value: row[1].value for row in book["说明"].iter_rows()}
    assert told["页面"] == contents.title
    assert told["快照编号"].startswith(contents.view.marts.id)
    assert "演示数据，非真实统计" in told["来源"]
    has_map = page not in {"published", "quality", "definitions"}
    assert ("审图号：待确认" in told.get("地图", "")) == has_map
    for sheet in book.worksheets[1:]:
        assert sheet.freeze_panes == f"B{HEADER + 1}"
        assert contents.view.marts.id in sheet["A2"].value
        assert "数据截至2025年6月30日" in sheet["A2"].value
        assert "演示数据" in sheet["A2"].value


def test_indicators_stand_with_counts_date_and_snapshot(contents_of: Read) -> None:
    contents = contents_of("contracts", area="410225")
    book = book_of(contents)
    numerators, denominators = (column(book, "指标数值", h) for h in ("分子", "分母"))
    values = column(book, "指标数值", "数值")
    for numerator, denominator, value in zip(numerators, denominators, values, strict=True):
        if value is not None:
            assert value == pytest.approx(numerator / denominator)  # type: ignore[operator]
    assert set(column(book, "指标数值", "快照编号")) == {contents.view.marts.id}
    assert set(column(book, "指标数值", "数据日期")) == {"2025-06-30"}
    codes = column(book, "指标数值", "代码")
    assert codes[0] == "410225"
    assert "410225001" in codes
    sheet = book["指标数值"]
    assert sheet.cell(HEADER + 1, 8).number_format == "0.00%"


def test_money_is_counted_in_yuan(contents_of: Read) -> None:
    contents = contents_of("outflow")
    money = contents.view.catalogue.indicators["fund_outflow_rate"]
    (fen,) = indicators.topics.values_of(contents.view, money, ["410200"])["numerator"]
    book = book_of(contents)
    names = column(book, "指标数值", "指标")
    n = names.index(money.name_zh)
    assert column(book, "指标数值", "分子")[n] == pytest.approx(fen / 100)
    # To the fen, 321168.4 as well; the people of the row above are whole.
    looks = [row[4].number_format for row in book["指标数值"].iter_rows(min_row=HEADER + 1)]
    assert (looks[0], looks[n]) == ("0", "0.00")


def test_pages_that_carry_on_every_indicator_list_none(contents_of: Read) -> None:
    assert indicators.values(contents_of("definitions")) is None


def test_several_cities_together_have_no_division_code(contents_of: Read) -> None:
    book = book_of(contents_of("overview", area="all"))
    cells = [c.value for sheet in book for row in sheet.iter_rows() for c in row]
    assert GROUP not in cells
    assert column(book, "指标数值", t("table.area_code"))[0] == "—"


def test_no_cell_is_a_formula_and_names_stay_names(contents_of: Read, tmp_path: Path) -> None:
    hostile.publish_hostile(tmp_path)
    book = book_of(contents_of("clinics", marts=tmp_path, area="410225"))
    texts = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert not [cell for cell in texts if cell.data_type == "f"]
    words = [cell.value for cell in texts if isinstance(cell.value, str)]
    assert not [text for text in words if text.startswith("=")]  # nor once somebody edits it
    assert any(text.startswith("'=cmd()") for text in words)
    assert not [text for text in words if hostile.MARK in text]


def test_what_to_click_on_the_screen_is_not_in_the_workbook(contents_of: Read) -> None:
    book = book_of(contents_of("overview"))
    titles = [str(sheet["A1"].value) for sheet in book.worksheets[1:]]
    assert titles
    assert not any("点击" in title for title in titles)


def test_printed_numbers_become_numbers() -> None:
    frame = pl.DataFrame(
        {
            "签约率%": ["24.8", "—", None, "\u22121.25"],
            "签约数": [3, None, 4, 5],
            "基金（万元）": [350.5, 1.0, None, 2.0],
            "人数": [1.0, None, 2.0, 3.0],
            "代码": ["410225", "410226", "", None],
            "范围": ["20.0～22.9%", "1", "2", "3"],
        }
    )
    found = {c.header: (c.values, c.number_format) for c in columns_of(frame)}
    assert found["签约率%"] == ([0.248, "—", None, -0.0125], "0.00%")
    assert found["签约数"] == ([3, None, 4, 5], "0")
    assert found["基金（万元）"][1] == "0.00"
    assert found["人数"][1] == "0"
    assert found["代码"] == (["410225", "410226", "", None], None)
    assert found["范围"][1] is None


def test_signed_amounts_are_numbers_with_their_sign_and_mixed_units_keep_their_decimals() -> None:
    frame = pl.DataFrame(
        {
            "结余": ["+5523.6", "\u2212756.4", "—"],
            "差%": ["+1.0", "\u22120.5", "0.0"],
            "数值": ["11462", "68.0", "1.64"],
        }
    )
    found = {c.header: (c.values, [c.format_of(n) for n in range(3)]) for c in columns_of(frame)}
    assert found["结余"] == ([5523.6, -756.4, "—"], ["+0.0;-0.0;0.0"] * 3)
    assert found["差%"] == ([0.01, -0.005, 0.0], ["+0.0%;-0.0%;0.0%"] * 3)
    assert found["数值"] == ([11462.0, 68.0, 1.64], ["0", "0.0", "0.00"])


def test_formulas_are_text_and_dates_are_written_out() -> None:
    frame = pl.DataFrame({"名称": ["=1+1"], "日子": ["2025-06-30"]}).with_columns(
        pl.col("日子").str.to_date()
    )
    assert [c.values for c in columns_of(frame)] == [["'=1+1"], ["2025-06-30"]]


@pytest.mark.parametrize(
    ("header", "expected"),
    [("村卫生室代码", True), ("开工日期", True), ("clinic_code", True), ("签约率%", False)],
)
def test_codes_and_dates_are_no_numbers(header: str, expected: bool) -> None:
    assert is_identifier(header) is expected


def test_sheet_names_are_such_as_excel_takes() -> None:
    taken: set[str] = set()
    names = [workbook.sheet_name(x, taken) for x in ("a/b:[c]", "A b", "ab" * 20, "ab" * 20, "??")]
    assert names[0] == "abc"
    assert names[3] == ("ab" * 20)[:28] + "（2）"
    assert names[4] == "数据"
    assert all(len(name) <= 31 for name in names)


def panel_of(*, drawn: bool, tables: list[Table]) -> Panel:
    found = Panel("k", "名单", "2项", None, None, tables=tables)
    if drawn:
        heads = [grids.over_row(("合计", 2, "")), grids.head("县区", ("行数", "num"), "行数")]
        rows = [
            grids.group_row("开封市", columns=3),
            grids.row([grids.cell("兰考县"), grids.cell("3"), grids.cell("4")]),
        ]
        found.drawn = [grids.grid(heads, rows, label="名单")]
    return found


def test_a_panel_without_numbers_of_its_own_gives_the_table_it_draws(contents_of: Read) -> None:
    contents = Contents(contents_of("overview").view)
    contents.panels = [panel_of(drawn=True, tables=[])]
    ((title, note, frame),) = workbook.tables_of(contents)
    assert (title, note) == ("名单", "2项")
    assert frame.to_dicts() == [{"县区": "兰考县", "行数": "3", "行数（2）": "4"}]


def test_the_download_of_a_panel_goes_before_what_it_draws(contents_of: Read) -> None:
    contents = Contents(contents_of("overview").view)
    full = Table("全表", lambda: pl.DataFrame({"县区": ["兰考县", "杞县"]}))
    drawn = Table("", lambda: pl.DataFrame({"县区": ["兰考县"]}))
    untitled = panel_of(drawn=False, tables=[full])
    untitled.title = ""
    empty = panel_of(drawn=False, tables=[Table("空", pl.DataFrame)])
    contents.panels = [panel_of(drawn=True, tables=[drawn, full]), untitled, empty]
    found = list(workbook.tables_of(contents))
    assert [frame.height for _, _, frame in found] == [2, 2]
    assert found[1][0] == "全表"


def test_townships_of_outflow_go_into_the_workbook(contents_of: Read) -> None:
    book = book_of(contents_of("outflow", area="410225"))
    codes, statuses = (column(book, "指标数值", header) for header in ("代码", "状态"))
    assert "410225001" in codes
    assert "人数过少，不显示" in statuses
    # Counties whose rows name no township have none.
    other = book_of(contents_of("outflow", area="410221"))
    assert "410221001" not in column(other, "指标数值", "代码")


def test_a_list_that_a_screen_cuts_is_whole_in_the_workbook(contents_of: Read) -> None:
    contents = contents_of("clinics")
    book = book_of(contents)
    planned = contents.view.scan("clinics").select("clinic_code", "county_code").collect()
    within = [p.code for p in contents.view.counties]
    codes = planned.filter(pl.col("county_code").is_in(within))["clinic_code"]
    listed = column(book, "村卫生室名单", "代码")
    assert len(codes) > 200
    assert sorted(map(str, listed)) == sorted(codes)


def test_columns_are_as_wide_as_their_widest_text_wherever_it_stands(contents_of: Read) -> None:
    contents = Contents(contents_of("overview").view)
    names = ["兰考县"] * 300 + ["南阳市城乡一体化示范区"]
    long = ["按年度目标责任书核对。"] * 300 + ["按年度目标责任书核对。" * 5]
    frame = pl.DataFrame({"县区": names, "说明": long})
    contents.panels = [panel_of(drawn=False, tables=[Table("", lambda: frame)])]
    book = book_of(contents)
    sheet = book["名单"]
    assert sheet.column_dimensions["A"].width >= 2 * len(names[-1])
    # What is longer than any column is wrapped: the cell beside it would hide its end.
    last = sheet.cell(HEADER + 301, 2)
    assert (last.value, last.alignment.wrap_text) == (long[-1], True)
    assert not sheet.cell(HEADER + 301, 1).alignment.wrap_text
    # Wrapped lines have room in every program: 55 characters of twice a letter's width on 60.
    assert sheet.row_dimensions[HEADER + 301].height == 3 * sheet.row_dimensions[HEADER + 1].height
    assert sheet.cell(HEADER + 301, 1).alignment.vertical == "top"
    about = book["说明"]
    widest = max(len(str(row[0].value or "")) for row in about.iter_rows())
    assert about.column_dimensions["A"].width >= 2 * widest


def test_numbers_stand_to_the_right_under_their_header_and_text_clear_of_them(
    contents_of: Read,
) -> None:
    contents = Contents(contents_of("overview").view)
    frame = pl.DataFrame(
        {"县区": ["兰考县", "杞县"], "签约率%": ["24.8", "—"], "状态": ["已定案"] * 2}
    )
    contents.panels = [panel_of(drawn=False, tables=[Table("", lambda: frame)])]
    sheet = book_of(contents)["名单"]
    header, first, second = (sheet[HEADER + n] for n in range(3))
    assert [cell.alignment.horizontal for cell in (header[1], second[1])] == ["right", "right"]
    assert first[1].alignment.horizontal is None  # numbers go to the right by themselves
    assert [cell.alignment.indent for cell in (header[2], first[2], first[0])] == [1, 1, 0]


def test_every_sheet_prints_all_its_columns_on_a_page(contents_of: Read) -> None:
    for sheet in book_of(contents_of("outflow")):
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) in ((None, 0), (1, 0))
        assert (sheet.page_setup.orientation, sheet.page_setup.paperSize) == ("landscape", 9)
