from __future__ import annotations

import polars as pl
import pytest

from pipeline.catalog.sources import SourceColumn
from pipeline.ingest.cells.marks import (
    CELL_ERROR,
    FORMULA_NO_VALUE,
    NO_TEXT,
    PRECISION_LOSS,
    damage,
    unmarked,
    utf8_read_as_gb18030,
)
from pipeline.ingest.cells.values import typed_column


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a\x00b", "CONTROL_CHAR"),
        ("\x7f", "CONTROL_CHAR"),
        ("兰考县\x85人民医院", "CONTROL_CHAR"),
        ("\x85Õ", "MOJIBAKE"),  # a byte of GBK
        ("锟斤拷", "MOJIBAKE"),
        ("烫烫烫", "MOJIBAKE"),
        ("张\ufffd", "MOJIBAKE"),
        ("开封市中心医院".encode().decode("latin-1"), "MOJIBAKE"),
        ("开封市中心医院".encode().decode("cp1252", "ignore"), "MOJIBAKE"),
        ("张三李".encode("gbk").decode("latin-1"), "MOJIBAKE"),
        ("开封·示范区（一）", None),
        ("岞𪨰镇", None),
        ("5×3±2°C é", None),
        ("a\tb\n", None),
        (None, None),
    ],
)
def test_damage_is_told_from_rare_characters(text: str | None, reason: str | None) -> None:
    frame = pl.DataFrame({"text": [text]}, schema={"text": pl.String})
    assert frame.select(damage(pl.col("text"))).item() == reason


@pytest.mark.parametrize("meant", ["张三", "张三丰", "开封市示例肿瘤医院", "（城关镇）卫生院"])
def test_utf8_read_as_gb18030_is_known_again(meant: str) -> None:
    assert utf8_read_as_gb18030(meant.encode().decode("gb18030", "replace"))
    assert not utf8_read_as_gb18030(meant)


def test_plain_text_is_no_mojibake() -> None:
    assert not utf8_read_as_gb18030("CT-01")
    assert not utf8_read_as_gb18030("")


@pytest.mark.parametrize(
    ("mark", "reason"),
    [
        (CELL_ERROR, "CELL_ERROR"),
        (FORMULA_NO_VALUE, "FORMULA_NO_VALUE"),
        (PRECISION_LOSS, "PRECISION_LOSS"),
        (NO_TEXT, "BAD_TEXT"),
    ],
)
@pytest.mark.parametrize("type_", ["money", "text", "code", "date"])
def test_a_mark_is_the_reason_in_a_column_of_any_type(mark: str, reason: str, type_: str) -> None:
    column = SourceColumn(id="x", headers=("x",), type=type_)  # type: ignore[arg-type]
    values, reasons = typed_column(pl.Series([f"{mark}12", "2025-01-01", None]), column)
    assert (values[0], reasons[0]) == (None, reason)
    assert values[2] is None
    assert reasons[2] is None


def test_names_that_were_read_in_the_wrong_encoding_are_refused() -> None:
    column = SourceColumn(id="x", headers=("x",), type="text")
    values, reasons = typed_column(
        pl.Series(["城关镇卫生院".encode().decode("gb18030"), "城关镇\n卫生院"]), column
    )
    assert values.to_list() == [None, "城关镇卫生院"]
    assert reasons.to_list() == ["MOJIBAKE", None]


def test_the_detail_carries_no_mark() -> None:
    frame = pl.DataFrame({"text": [f"{CELL_ERROR}#N/A", FORMULA_NO_VALUE, "12"]})
    assert frame.select(unmarked(pl.col("text"))).to_series().to_list() == ["#N/A", None, "12"]
