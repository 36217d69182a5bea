# ruff: noqa: RUF001 - full-width digits are what is tested
from __future__ import annotations

from datetime import date
from typing import Any, get_args

import polars as pl
import pytest

from pipeline.catalog.sources import ColumnType, SourceColumn
from pipeline.ingest.cells import values
from pipeline.ingest.cells.grammar import parse
from pipeline.ingest.cells.values import dtype_of, pseudonymised, typed, typed_column

from .conftest import KEY, small_source

SPELLINGS = {
    "money": ["1", "1.2", "1.23", "-1.23", "1,000", "1.005", "", "x", None, "９"],
    "date": ["2025-06-30", "2025-06-30 10:00:00", "2025-02-30", "1850-01-01", "45838", "x", None],
    "code": ["0012", "A1", "1.2E+17", "a b", "Ａ１", "", None, "x" * 65],
}


@pytest.mark.parametrize("type_", sorted(SPELLINGS))
def test_the_cheap_reading_agrees_with_the_full_grammar(type_: str) -> None:
    column = SourceColumn(id="x", headers=("x",), type=type_)  # type: ignore[arg-type]
    raw = pl.Series("raw", SPELLINGS[type_], dtype=pl.String)
    value, reason = typed_column(raw, column)
    slow = parse(raw, column)
    assert value.to_list() == slow["value"].to_list()
    assert reason.to_list() == slow["reason"].to_list()


def rows(**columns: list[str | None]) -> pl.DataFrame:
    height = len(next(iter(columns.values())))
    place = {"_file": [1] * height, "_sheet": [None] * height, "_row": range(2, height + 2)}
    return pl.DataFrame(
        place | columns,
        schema_overrides={"_sheet": pl.String} | dict.fromkeys(columns, pl.String),
    )


def test_the_first_fault_of_a_row_counts_and_keeps_the_offending_text() -> None:
    result = typed(
        rows(code=["a", None, "b"], **{"原": ["", "", ""]}, price=["x", "y", "1.5"]), small_source()
    )
    assert result.select("_reason", "_column", "_detail").rows() == [
        ("BAD_NUMBER", "price", "x"),
        ("MISSING_VALUE", "code", None),
        (None, None, None),
    ]
    assert result["price"].to_list() == [None, None, 150]


def test_a_price_may_stand_in_either_unit() -> None:
    frame = rows(code=["a", "b"], price=["12.5", None])
    frame = frame.with_columns(pl.Series("price@10000", [None, "12.5"], dtype=pl.String))
    assert typed(frame, small_source())["price"].to_list() == [1_250, 12_500_000]


def test_columns_the_file_lacks_are_null_of_the_right_type() -> None:
    result = typed(rows(code=["a"]), small_source())
    assert result.schema["day"] == pl.Date
    assert result.schema["price"] == pl.Int64
    assert result.row(0, named=True)["group.count"] is None


def test_a_personal_value_is_never_kept_as_detail() -> None:
    result = typed(rows(code=["a"], person=["4.1E+17"]), small_source())
    assert result.select("_reason", "_column", "_detail").row(0) == (
        "PRECISION_LOSS",
        "person",
        None,
    )


def test_persons_become_hashes_that_depend_on_the_key() -> None:
    result = typed(rows(code=["a", "b", "c"], person=["P1x", "p1X", None]), small_source())
    hashed = pseudonymised(result, small_source(), key=KEY)["person"]
    other = pseudonymised(result, small_source(), key=b"z" * 32)["person"]
    assert hashed.dtype == pl.Int64
    assert hashed[0] == hashed[1]
    assert hashed[2] is None
    assert hashed[0] != other[0]


def test_columns_that_are_not_read_leave_no_trace() -> None:
    result = typed(rows(code=["a"], who=["张三"]), small_source())
    assert "who" not in result.columns


def test_every_type_that_is_read_has_a_data_type() -> None:
    for type_ in get_args(ColumnType):
        if type_ != "ignored":
            column = SourceColumn(id="x", headers=("x",), type=type_)
            assert dtype_of(column) is not None


def test_days_typed_in_one_column_may_be_spelled_differently() -> None:
    result = typed(rows(code=["a", "b"], day=["2025-06-30", "2025年6月30日"]), small_source())
    assert result["day"].to_list() == [date(2025, 6, 30)] * 2


def test_words_parsed_before_are_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    column = SourceColumn(id="name", headers=("名称",), type="text")
    parses = values.Parses()
    first = typed_column(pl.Series(["甲 ", "乙"]), column, parses=parses)[0]
    assert first.to_list() == ["甲", "乙"]
    parsed: list[list[str]] = []
    parse = values._parsed

    def watched(texts: pl.Series, *args: Any, **options: Any) -> pl.DataFrame:
        parsed.append(texts.sort().to_list())
        return parse(texts, *args, **options)

    monkeypatch.setattr(values, "_parsed", watched)
    again = typed_column(pl.Series(["乙", None, "甲 ", "丙"]), column, parses=parses)[0]
    assert again.to_list() == ["乙", None, "甲", "丙"]
    assert parsed == [["丙"]]
    typed_column(pl.Series(["丙", "甲 "]), column, parses=parses)
    assert parsed == [["丙"]]


def test_neither_persons_nor_too_many_words_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(values, "MOST_KNOWN", 2)
    parses = values.Parses()
    person = SourceColumn(id="person", headers=("证件",), type="code", personal="hash")
    typed_column(pl.Series(["（甲"]), person, parses=parses)
    name = SourceColumn(id="name", headers=("名称",), type="text")
    typed_column(pl.Series(["甲", "乙", "丙"]), name, parses=parses)
    assert parses.known == {}


def test_names_that_lost_their_characters_are_garbled() -> None:
    name = SourceColumn(id="x", headers=("x",), type="text")
    texts = ["甲医院".encode().decode("gb18030", "replace"), "??县????", "甲医院", "甲医院??"]
    _, reason = typed_column(pl.Series(texts), name)
    assert reason.to_list() == ["MOJIBAKE", "MOJIBAKE", None, None]


@pytest.mark.parametrize("type_", ["code", "text"])
def test_few_words_and_many_texts_are_typed_alike(
    type_: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = SourceColumn(id="x", headers=("x",), type=type_)  # type: ignore[arg-type]
    raw = pl.Series(["a1", None, "1.2E+17", "a1", "\ufffd", " b2 "] * 3)
    words = [part.to_list() for part in typed_column(raw, column)]
    monkeypatch.setattr("pipeline.ingest.cells.values.MOST_KNOWN", 1)
    assert [part.to_list() for part in typed_column(raw, column)] == words
    assert words[0][:2] == ["a1", None]
    assert words[1][4] == "MOJIBAKE"
