from __future__ import annotations

import io

import pytest

from pipeline.ingest.grid import Grid
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused
from pipeline.ingest.texts.delimited import read_delimited


def read(text: str, index: HeaderIndex) -> Grid:
    return read_delimited(io.BytesIO(text.encode()), index)[0]


def cells(text: str, index: HeaderIndex) -> list[tuple[object, ...]]:
    grid = read(text, index)
    return grid.cells.select("_row", "c0", "c1").rows()


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_rows_keep_their_physical_line(index: HeaderIndex, delimiter: str) -> None:
    text = "编码,名称\n1,甲\n\n2,乙\n".replace(",", delimiter)
    assert cells(text, index) == [(2, "1", "甲"), (4, "2", "乙")]


def test_a_title_above_the_header_is_kept_for_its_date(index: HeaderIndex) -> None:
    grid = read("台账 截至2025年6月30日\n编码,名称\n1,甲\n", index)
    assert grid.title == "台账 截至2025年6月30日"
    assert grid.cells["_row"].to_list() == [3]


def test_lines_that_do_not_fit_are_refused_one_by_one(index: HeaderIndex) -> None:
    grid = read("编码,名称\n1,甲\n2\n3,丙,多\n4,丁\n", index)
    assert [(r.row, r.reason) for r in grid.refused] == [(3, "RAGGED"), (4, "RAGGED")]
    assert grid.cells["c0"].to_list() == ["1", "4"]


def test_faults_that_balance_out_are_still_seen(index: HeaderIndex) -> None:
    grid = read("编码,名称,日期\n1,甲\n2,乙,x,y\n3,丙,2025-01-01\n", index)
    assert [r.row for r in grid.refused] == [2, 3]
    assert grid.cells["c0"].to_list() == ["3"]


def test_quoted_fields_may_hold_delimiters_and_quotes(index: HeaderIndex) -> None:
    assert cells('编码,名称\n1,"甲,""乙"""\n"2",丙\n', index) == [
        (2, "1", '甲,"乙"'),
        (3, "2", "丙"),
    ]


def test_quoted_fields_may_hold_line_ends(index: HeaderIndex) -> None:
    assert cells('编码,名称\n1,"甲\n乙"\n\n2,丙\n', index) == [(2, "1", "甲\n乙"), (5, "2", "丙")]


@pytest.mark.parametrize("name", ['"名称\n（必填）"', '"名\n称"'])
def test_a_header_wrapped_in_its_cell_is_one_header(index: HeaderIndex, name: str) -> None:
    text = f"台账\n编码,{name},日期\n1,甲,2025-01-01\n"
    grid = read(text, index)
    assert grid.cells.select("_row", "c0").rows() == [(4, "1")]
    assert len(grid.header) == 3
    assert grid.title == "台账"


def test_a_stray_quote_costs_its_own_line_only(index: HeaderIndex) -> None:
    grid = read('编码,名称\n1,张"三\n2,乙\n3,"丙\n4,丁\n', index)
    assert [(r.row, r.reason) for r in grid.refused] == [(2, "QUOTING"), (4, "QUOTING")]
    assert grid.cells["c0"].to_list() == ["2", "4"]


def test_totals_signatures_and_repeated_headers_are_not_data(index: HeaderIndex) -> None:
    text = "编码,名称\n1,甲\n编码,名称\n合 计,5\n合计：5\n填报人：某某,\n注：口径见说明,\n,\n"
    grid = read(text, index)
    assert grid.cells["c0"].to_list() == ["1"]
    assert grid.refused == ()


def test_a_row_without_its_first_cell_is_data(index: HeaderIndex) -> None:
    assert cells("编码,名称\n,甲\n", index) == [(2, None, "甲")]


def test_only_recognised_columns_and_the_first_are_kept(index: HeaderIndex) -> None:
    grid = read("序号,备用,编码,姓名\n1,x,a,张三\n", index)
    assert set(grid.cells.columns) == {"c0", "c2", "_row"}


def test_a_file_of_one_column_is_read(index: HeaderIndex) -> None:
    with pytest.raises(FileRefused):
        read("不认识\n1\n", index)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("名称,日期\n甲,2025-01-01\n", "HEADER_MISSING"),
        ("a,b\n1,2\n", "HEADER_MISSING"),
        ("编码|名称\n1|甲\n", "DELIMITER"),
        ("编码 名称 日期\n1 甲 x\n", "DELIMITER"),
        ("编码,编码,名称\n1,1,甲\n", "HEADER_DUPLICATE"),
        ("编码,名称\n1,甲乙\n".encode().decode("gb18030"), "MOJIBAKE"),
        ("编\ufffd,名\ufffd\n1,甲\n", "MOJIBAKE"),
        ("编码表,名称,日期\n".encode().decode("gb18030", "replace") + "1,甲,x\n", "MOJIBAKE"),
    ],
)
def test_a_file_that_cannot_be_trusted_is_refused(index: HeaderIndex, text: str, code: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(text, index)
    assert refused.value.code == code


def test_a_missing_header_is_named_with_those_found(index: HeaderIndex) -> None:
    with pytest.raises(FileRefused) as refused:
        read("名称,日期\n甲,2025-01-01\n", index)
    assert refused.value.note == "缺少：编码；文件里的表头：名称、日期"


def test_a_file_without_any_header_shows_none_of_its_data(index: HeaderIndex) -> None:
    with pytest.raises(FileRefused) as refused:
        read("张三,410225199001011234\n李四,410225199001011235\n", index)
    assert "张三" not in str(refused.value)


def test_quoted_fields_on_one_line_each_are_read_line_by_line(index: HeaderIndex) -> None:
    grid = read('编码,名称\n"1","甲"\n"2","乙","多"\n', index)
    assert grid.cells.select("_row", "c0", "c1").rows() == [(2, "1", "甲")]
    assert [(r.row, r.reason) for r in grid.refused] == [(3, "RAGGED")]


def test_a_file_whose_every_line_is_refused_has_no_data(index: HeaderIndex) -> None:
    grid = read("编码,名称\n1\n2\n", index)
    assert grid.cells.is_empty()
    assert len(grid.refused) == 2


def test_text_behind_a_closing_quote_refuses_the_row(index: HeaderIndex) -> None:
    grid = read('编码,名称\n"a"b,甲\n2,"丙"丁\n"3","戊"\n', index)
    assert [(r.row, r.reason) for r in grid.refused] == [(2, "QUOTING"), (3, "QUOTING")]
    assert grid.cells["c1"].to_list() == ["戊"]


def test_a_field_over_two_lines_is_read_whatever_befell_the_others(index: HeaderIndex) -> None:
    grid = read('编码,名称\n1,"甲\n甲"\n5\n2,"乙\n', index)
    assert grid.cells.select("_row", "c0", "c1").rows() == [(2, "1", "甲\n甲")]
    assert [(r.row, r.reason) for r in grid.refused] == [(4, "RAGGED"), (5, "QUOTING")]


def test_two_stray_quotes_do_not_swallow_the_rows_between_them(index: HeaderIndex) -> None:
    text = '编码,名称,日期\n1,"甲,2025-01-01\n2,乙,2025-01-01\n3,丙",2025-01-01\n'
    grid = read(text, index)
    assert grid.cells["_row"].to_list() == [3]
    assert [(r.row, r.reason) for r in grid.refused] == [(2, "QUOTING"), (4, "QUOTING")]


def test_a_quoted_field_of_too_many_lines_is_a_stray_quote(index: HeaderIndex) -> None:
    grid = read('编码,名称\n1,"甲\n' + "x\n" * 60 + '乙"\n2,丙\n', index)
    assert grid.cells["_row"].to_list() == [64]
    assert {r.reason for r in grid.refused} == {"QUOTING", "RAGGED"}


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("2,\x00乙,x", "CONTROL_CHAR"),
        ("2,\x1b乙,x", "CONTROL_CHAR"),
        ("2,\ufffd\ufffd,x", "MOJIBAKE"),
        ("2,锟斤拷,x", "MOJIBAKE"),
        ("2," + "张三".encode().decode("latin-1") + ",x", "MOJIBAKE"),
        ("2,ÕÅÈýÀî,x", "MOJIBAKE"),
        (f"2,{'长' * 1_001},x", "FIELD_TOO_LONG"),
        (f'2,"{"长" * 1_001}",x', "FIELD_TOO_LONG"),
        (f'2,"长\n{"长" * 1_001}",x', "QUOTING"),
        ("2", "RAGGED"),
        ("2,乙,x,", "RAGGED"),
        ('2,"乙,x', "QUOTING"),
    ],
)
def test_damage_costs_its_own_line_in_whatever_column(
    index: HeaderIndex, line: str, reason: str
) -> None:
    good = "".join(f"{i},甲·A,y\n" for i in range(3, 9))
    grid = read(f"编码,名称,又\n1,甲,y\n{line}\n{good}", index)
    assert (grid.refused[0].row, grid.refused[0].reason) == (3, reason)
    assert grid.cells["c0"].to_list() == ["1", *"345678"]


def test_an_undecodable_line_costs_itself_only(index: HeaderIndex) -> None:
    lines = ["编码,名称", *(f"{i},城关镇卫生院" for i in range(8))]
    data = [line.encode("gb18030") for line in lines]
    data[4] = b"3,\xff\xff"
    grid = read_delimited(io.BytesIO(b"\n".join(data) + b"\n"), index)[0]
    assert [(r.row, r.reason) for r in grid.refused] == [(5, "ENCODING")]
    assert grid.cells["c0"].to_list() == list("0124567")


@pytest.mark.parametrize("end", ["9", '9,"甲', '9,甲,"'])
def test_a_file_that_ends_in_the_midst_of_a_row_is_refused(index: HeaderIndex, end: str) -> None:
    with pytest.raises(FileRefused) as refused:
        read(f"编码,名称,日期\n1,甲,2025-01-01\n{end}", index)
    assert refused.value.code == "TRUNCATED"


@pytest.mark.parametrize("end", ["9,甲,2025-01-01", "合计,5", "制表人：某某", ""])
def test_a_last_line_without_its_end_may_be_whole(index: HeaderIndex, end: str) -> None:
    assert read(f"编码,名称,日期\n1,甲,2025-01-01\n{end}", index).refused == ()


@pytest.mark.parametrize(
    "row",
    [
        "合计,,5",
        ",合计,5",
        "编码,名称,日期",
        "代码,x,y",
        "共12条记录,,",
        "共计12条记录,,9",
        "-----,,",
        "审核人,某某,",
    ],
)
def test_what_is_left_out_is_numbered(index: HeaderIndex, row: str) -> None:
    grid = read(f"编码,名称,日期\n1,甲,2025-01-01\n{row}\n,,\n", index)
    assert (grid.cells["c0"].to_list(), grid.left_out) == (["1"], (3,))


def test_a_header_longer_than_any_is_no_crash(index: HeaderIndex) -> None:
    with pytest.raises(FileRefused):
        read("x" * 200_000 + ',"y\n1,2\n', index)


def test_an_undecodable_header_is_a_fault_of_the_encoding(index: HeaderIndex) -> None:
    lines = [b"\xff\xff,\xff", *["1,城关镇卫生院".encode()] * 9]
    with pytest.raises(FileRefused) as refused:
        read_delimited(io.BytesIO(b"\n".join(lines)), index)
    assert refused.value.code == "ENCODING"


def test_an_unbalanced_quote_in_the_header_refuses_the_file(index: HeaderIndex) -> None:
    with pytest.raises(FileRefused) as refused:
        read('"编码,名称\n1,甲\n', index)
    assert refused.value.code == "QUOTING"


def test_quotes_that_cannot_be_paired_cost_their_lines(index: HeaderIndex) -> None:
    grid = read('编码,名称\n1,"甲"乙"丙\n2,"x\n3,丁\n', index)
    assert [(r.row, r.reason) for r in grid.refused] == [(2, "QUOTING"), (3, "QUOTING")]


def test_lines_that_are_no_record_together_are_looked_at_one_by_one(index: HeaderIndex) -> None:
    grid = read('编码,名称,日期\n1,"甲"乙"\n丙",x\n3,丁,\n', index)
    assert [(r.row, r.reason) for r in grid.refused] == [(2, "QUOTING"), (3, "QUOTING")]


@pytest.mark.parametrize(
    "text",
    ["编码,名称\n1,甲,,\n2,乙,,\n", "编码,名称,,\n1,甲\n2,乙\n", "编码,名称,\n1,甲,\n2,乙,\n"],
)
def test_delimiters_at_the_end_of_each_line_or_of_the_header_only_are_no_columns(
    index: HeaderIndex, text: str
) -> None:
    assert cells(text, index) == [(2, "1", "甲"), (3, "2", "乙")]


@pytest.mark.parametrize(
    "text", ["编码,名称\n1,甲,x\n2,乙,\n", "编码,名称,日期\n1,甲\n2,乙\n", "编码,名称\n1,甲,\n"]
)
def test_a_surplus_that_says_something_or_stands_alone_is_a_fault(
    index: HeaderIndex, text: str
) -> None:
    grid = read(text, index)
    assert {r.reason for r in grid.refused} == {"RAGGED"}
    assert grid.cells.is_empty()


def test_a_merged_header_saved_as_text_is_one_header(index: HeaderIndex) -> None:
    grid = read("台账,,,\n编码,名称,老年人,\n,,人数,签约数\n1,甲,3,2\n", index)
    assert grid.header == ("编码", "名称", "老年人/人数", "老年人/签约数")
    assert grid.cells["_row"].to_list() == [4]


def test_codes_kept_text_by_a_formula_are_bared(index: HeaderIndex) -> None:
    text = '编码,名称\n="001",="甲"\n="00,2",乙\n=1+1,丙"\n'
    grid = read(text, index)
    assert grid.cells.select("c0", "c1").rows() == [("001", "甲")]
    assert [(r.row, r.reason) for r in grid.refused] == [(3, "QUOTING"), (4, "QUOTING")]
