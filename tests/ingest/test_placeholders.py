"""Words for nothing are no values; in an amount they are no numbers."""

from __future__ import annotations

import polars as pl
import pytest

from pipeline.catalog.sources import SourceColumn, sources
from pipeline.ingest.cells.values import typed, typed_column

NULLS = ["NULL", "null", "(null)", "\\N", "NaN", "None"]


def of_type(type_: str, **more: object) -> SourceColumn:
    return SourceColumn(id="x", headers=("某列",), type=type_, **more)  # type: ignore[arg-type]


def one(text: str, column: SourceColumn) -> tuple[object, object]:
    value, reason = typed_column(pl.Series([text]), column)
    return value[0], reason[0]


@pytest.mark.parametrize("type_", ["code", "text", "date", "month", "integer", "decimal", "flag"])
@pytest.mark.parametrize("text", NULLS)
def test_what_databases_write_for_nothing_is_nothing(type_: str, text: str) -> None:
    assert one(text, of_type(type_)) == (None, None)


@pytest.mark.parametrize("text", ["-", "--", "—", "/", "／", "无", "不详"])
@pytest.mark.parametrize("type_", ["code", "text"])
def test_strokes_and_words_for_nothing_are_no_names(type_: str, text: str) -> None:
    assert one(text, of_type(type_)) == (None, None)


@pytest.mark.parametrize("text", [*NULLS, "--", "/", "无"])
def test_in_an_amount_they_are_no_numbers(text: str) -> None:
    assert one(text, of_type("money")) == (None, "BAD_NUMBER")


def test_a_word_of_the_code_set_stays_a_value() -> None:
    level = of_type("enum", values={"ungraded": ["无"], "third": ["三级"]}, otherwise="ungraded")
    assert one("无", level) == ("ungraded", None)
    assert one("-", level) == (None, None)
    assert one("无", of_type("flag")) == (False, None)


def test_text_that_is_kept_as_it_stands_keeps_its_strokes() -> None:
    assert one("/", of_type("text", is_verbatim=True)) == ("/", None)


def test_persons_called_null_are_not_one_person() -> None:
    row = {
        "settlement_id": "S1",
        "insured_area": "410225",
        "institution_code": "H1",
        "care_type": "21",
        "settled_on": "2025-03-01",
        "total": "1",
        "fund": "1",
    }
    rows = pl.DataFrame([row | {"person": text} for text in ("NULL", "不详", "-", "P1")])
    reasons = typed(rows, sources()["settlements"])["_reason"].to_list()
    assert reasons == ["MISSING_VALUE", "MISSING_VALUE", "MISSING_VALUE", None]


@pytest.mark.parametrize(
    ("column", "text", "told"),
    [
        ("total", "张三丰", "（文字，已隐去）"),
        ("settled_on", "张三", "（文字，已隐去）"),
        ("total", "张3", "张3"),
        ("care_type", "日间手术", "日间手术"),
    ],
)
def test_a_name_that_strayed_from_the_next_column_is_not_told(
    column: str, text: str, told: str
) -> None:
    source = sources()["settlements"]
    required = {c.id: "1" for c in source.read_columns if c.required}
    good = {"settled_on": "2025-03-01", "care_type": "21", "insured_area": "410225"}
    frame = typed(pl.DataFrame([required | good | {column: text}]), source)
    assert frame["_detail"].to_list() == [told]
