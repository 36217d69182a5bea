"""Whatever a program writes by the rules of CSV is read as it was written."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.texts.delimited import read_delimited

from .conftest import small_source

INDEX = HeaderIndex(small_source())
CELL = st.text(alphabet="a1,;\t\" '甲𪨰·-|", max_size=6)
OVER_LINES = st.text(alphabet='a1"\n 甲', max_size=6)


def written(rows: list[list[str]], delimiter: str, line_end: str) -> str:
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=delimiter, lineterminator=line_end)
    writer.writerows([["编码", "名称", "日期"], *rows])
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@given(
    names=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=8),
    delimiter=st.sampled_from(",;\t"),
    line_end=st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_cells_come_back_as_they_were_written(
    encoding: str, names: list[tuple[str, str]], delimiter: str, line_end: str
) -> None:
    rows = [[f"k{at}", *cells] for at, cells in enumerate(names)]
    text = written(rows, delimiter, line_end)
    grid, _ = read_delimited(io.BytesIO(text.encode(encoding)), INDEX)
    assert grid.refused == ()
    read = grid.cells.select("_row", "c0", "c1", "c2").rows()
    assert [[cell or "" for cell in row[1:]] for row in read] == rows
    assert [row[0] for row in read] == list(range(2, len(rows) + 2))


@given(names=st.lists(OVER_LINES, min_size=1, max_size=8))
def test_text_over_several_lines_comes_back_with_its_first_line(names: list[str]) -> None:
    rows = [[f"k{at}", name, "z"] for at, name in enumerate(names)]
    grid, _ = read_delimited(io.BytesIO(written(rows, ",", "\n").encode()), INDEX)
    assert grid.refused == ()
    line, expected = 2, []
    for row in rows:
        expected.append((line, row[0], row[1] or None))
        line += 1 + row[1].count("\n")
    found = grid.cells.select("_row", "c0", "c1").rows()
    assert [(at, code, name or None) for at, code, name in found] == expected
