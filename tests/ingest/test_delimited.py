from __future__ import annotations

import pytest

from pipeline.ingest.delimited import read_delimited
from pipeline.ingest.grid import Grid
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.refusal import FileRefused


def read(text: str, index: HeaderIndex) -> Grid:
    return read_delimited(text.encode(), index)[0]


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


@pytest.mark.parametrize("end", ["2,乙\n", '2,"乙\n', "3\n"])
def test_a_field_over_two_lines_counts_only_when_every_record_fits(
    index: HeaderIndex, end: str
) -> None:
    grid = read(f'编码,名称\n1,"甲\n甲"\n5\n{end}', index)
    assert {r.reason for r in grid.refused} == {"QUOTING", "RAGGED"}
    assert {2, 3, 4} <= {r.row for r in grid.refused}
