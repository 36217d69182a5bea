"""The list of refused rows to download from the quality page."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.exports.collect import Contents, Panel, Table
from dashboard.exports.workbook import tables_of
from dashboard.look import grids
from dashboard.panels.quality import reasons
from dashboard.queries import quality
from dashboard.store import open_marts
from pipeline.snapshots import InputFile
from tests.builders.accounts import publish_accounts
from tests.builders.pages import show

ROWS = pl.LazyFrame(
    {
        "source": ["clinics", "clinics"],
        "file_sha256": ["a" * 64, "b" * 64],
        "sheet": ["红庙镇", ""],
        "row": [7, 3],
        "column": ["验收日期", None],
        "reason": ["BAD_DATE", "NO_SUCH_REASON"],
    }
)


def entry(file: str, sha256: str) -> InputFile:
    counts = {"rows_read": 9, "accepted": 8, "rejected": 1, "duplicates": 0}
    return InputFile(source="clinics", file=file, sha256=sha256, **counts)


def test_a_file_is_named_by_what_it_holds() -> None:
    inputs = [entry("兰考县.xlsx", "a" * 64), entry("兰考县（副本）.xlsx", "a" * 64)]
    found = quality.rejected_list(ROWS, inputs=inputs)
    assert dict(zip(found["row"], found["file"], strict=True)) == {7: "兰考县.xlsx", 3: None}


def test_the_download_says_place_and_reason_in_words(
    accounts_world: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quality, "rejected_list", lambda *_, **__: _listed())
    show(accounts_world)

    class View:
        marts = open_marts()

        def scan(self, name: str) -> pl.LazyFrame:
            return self.marts.scan(name)

    table = reasons.rejected_file(View())  # type: ignore[arg-type]
    assert table.columns == ["数据来源", "文件", "工作表", "行号", "列", "原因和处理办法"]
    assert table["数据来源"].to_list() == ["村卫生室台账"] * 2
    assert table["行号"].to_list() == [7, 3]
    assert "日期" in table["原因和处理办法"][0]
    assert table["原因和处理办法"][1] == "其他原因，详见数据接收记录"


def _listed() -> pl.DataFrame:
    return ROWS.with_columns(file=pl.lit("兰考县.xlsx")).collect()


def test_the_button_stands_on_the_quality_page(open_at: Callable[..., AppTest]) -> None:
    keys = [button.proto.id for button in open_at("quality").get("download_button")]
    assert sum("csv-rejected" in key for key in keys) == 1


def test_who_sees_part_of_the_areas_sees_no_refused_rows(tmp_path: Path) -> None:
    marts = tmp_path / "marts"
    publish_accounts(marts)
    show(marts)
    some = open_marts(scope=frozenset({"410225"}))
    assert some.scan("rejected_rows").collect().is_empty()
    assert open_marts().scan("rejected_rows").collect().height == 0


def test_a_list_apart_stands_beside_the_table_that_is_drawn() -> None:
    row = grids.row([grids.cell("日期无法识别"), grids.cell("5")])
    panel = Panel("reasons", "未采用的原因", "", None, None)
    panel.drawn = [grids.grid([grids.head("原因", "行数")], [row], label="原因")]
    panel.tables = [Table("拒收明细", lambda: pl.DataFrame({"行号": [7]}), is_apart=True)]
    contents = Contents(None, panels=[panel])  # type: ignore[arg-type]
    assert [name for name, _, _ in tables_of(contents)] == ["未采用的原因", "拒收明细"]
