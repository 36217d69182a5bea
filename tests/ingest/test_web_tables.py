"""Web pages that call themselves workbooks: read like sheets, limited, or refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.workbooks import excel_child, web_tables
from pipeline.ingest.workbooks.excel import ExcelReader
from pipeline.ingest.workbooks.excel_child import Refused, read_workbook
from pipeline.ingest.workbooks.web_tables import NoTablesError, Sheet, tables_of

HEAD = '<html xmlns:x="urn:schemas-microsoft-com:office:excel">'


def page(body: str, *, said: str = "utf-8") -> str:
    return f'{HEAD}<head><meta content="text/html; charset={said}"></head>{body}</html>'


def one(body: str) -> Sheet:
    (sheet,) = tables_of(page(body).encode())
    return sheet


@pytest.mark.parametrize(
    ("said", "encoding"),
    [
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("gb2312", "utf-8"),  # says one thing and is another
        ("utf-8", "gb18030"),
        ("unicode", "utf-16"),
    ],
)
def test_a_page_is_read_in_its_encoding(said: str, encoding: str) -> None:
    data = page("<table><tr><td>兰考县𠮷</table>", said=said).encode(encoding)
    assert web_tables.declares_itself(data)
    assert tables_of(data)[0].rows == [{0: "兰考县𠮷"}]


@pytest.mark.parametrize(
    ("body", "rows"),
    [
        ("<table><tr><td>1<td>2<tr><td>3</table>", [{0: "1", 1: "2"}, {0: "3"}]),
        ("<table><thead><tr><th>编码</th></tr></thead></table>", [{0: "编码"}]),
        ("<TABLE><TR><TD> a <b>b</b>\n c&nbsp;</TD></TR>说明</TABLE>", [{0: "a b c"}]),
        (
            "<table><tr><td>甲<br/>乙</td><td></td><td>丙</td></tr></table>",
            [{0: "甲\n乙", 2: "丙"}],
        ),
        ("<table><tr><td>&lt;b&gt;&amp;</td></tr></table>", [{0: "<b>&"}]),
        ("<td>无</td><table><td>无</td><tr><td>1</table>", [{0: "1"}]),
        (
            '<table><tr><td x:num="1000.5">1,001</td><td x:num>7</td></table>',
            [{0: "1000.5", 1: "7"}],
        ),
        ('<table><tr><td x:num="410225199001011234">4E+17</table>', [{0: "4.10225199001011e+17"}]),
        ('<table><tr><td x:num="0.30000000000000004">0.3</table>', [{0: "0.3"}]),
        ("<script>document.write('<tr>')</script><table><tr><td>1</table>", [{0: "1"}]),
    ],
)
def test_cells_say_what_the_page_shows_or_the_number_it_keeps(
    body: str, rows: list[dict[int, str]]
) -> None:
    assert one(body).rows == rows


def test_merged_cells_keep_the_others_in_their_columns() -> None:
    body = (
        '<table><tr><td colspan="3">台账</td></tr>'
        '<tr><td rowspan="2">a</td><td>b</td><td>c</td></tr><tr><td>d</td><td>e</td></tr>'
        '<tr><td colspan="x" rowspan="-1">f</td><td>g</td></tr></table>'
    )
    sheet = one(body)
    assert sheet.merges == [(1, 0, 1, 2), (2, 0, 3, 0)]
    assert sheet.rows == [
        {0: "台账"},
        {0: "a", 1: "b", 2: "c"},
        {1: "d", 2: "e"},
        {0: "f", 1: "g"},
    ]


def test_each_table_is_a_sheet_and_hidden_rows_are_known() -> None:
    body = "<table><tr><td>1</table><table></table><table><tr style='Display: none'><td>2</table>"
    first, second = tables_of(page(body).encode())
    assert [(sheet.name, sheet.hidden) for sheet in (first, second)] == [("表1", []), ("表3", [1])]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (page("没有表格").encode(), "WRONG_FORMAT"),
        (page("<table><tr><td></table>").encode(), "WRONG_FORMAT"),
        (page("<table><tr><td>").encode() + b"\xff\xff", "ENCODING"),
        (page("<table><tr><td>1</td><td>2</td></tr><tr><td>3</td>").encode(), "TRUNCATED"),
        (page("<table></table><table><tr><td>1</td><td>20").encode(), "TRUNCATED"),
    ],
)
def test_a_page_without_a_readable_table_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(NoTablesError, match=code):
        tables_of(data)


def test_a_page_too_long_or_too_wide_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.xls"
    path.write_text(
        page("<table><tr><td colspan=16384>1<td>2" + "<tr>" * 20 + "</table>"), encoding="utf-8"
    )
    with pytest.raises(Refused, match="RESOURCE_LIMIT"):
        read_workbook(path)
    monkeypatch.setattr(web_tables, "MAX_BYTES", 9)
    with pytest.raises(Refused, match="RESOURCE_LIMIT") as refused:
        excel_child.read_workbook(path)
    assert refused.value.note == ""


def test_a_page_goes_through_the_reader_of_workbooks(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex
) -> None:
    body = (
        "<table><tr><td colspan=3>台账（2025年6月30日）</td></tr>"
        "<tr><th rowspan=2>编码</th><th colspan=2>老年人</th></tr>"
        "<tr><th>人数</th><th>签约数</th></tr>"
        "<tr><td style=\"mso-number-format:'\\@'\">0012</td><td>5</td><td>4</td></tr></table>"
    )
    path = tmp_path / "a.xls"
    path.write_bytes(page(body, said="gb2312").encode("gb18030"))
    (grid,) = excel.read(path, index)
    assert grid.header == ("编码", "老年人/人数", "老年人/签约数")
    assert grid.cells.rows() == [("0012", "5", "4", 4)]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.xlsx", page("<table><tr><td>编码")),  # Excel does not open it either
        ("a.xls", "<html><table><tr><td>编码"),  # does not call itself a workbook
        ("a.xls", '<?xml version="1.0"?><a xmlns="urn:schemas-microsoft-com:office:excel"/>'),
    ],
)
def test_any_other_page_is_refused_with_what_to_do(
    tmp_path: Path, excel: ExcelReader, index: HeaderIndex, name: str, text: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(FileRefused) as refused:
        excel.read(tmp_path / name, index)
    assert refused.value.code == "WRONG_FORMAT"
    assert "另存为XLSX" in refused.value.note
