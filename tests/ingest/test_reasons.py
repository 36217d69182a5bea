from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from pipeline.ingest.reasons import DUPLICATES, REASONS, file_message, row_message

CODES = [
    "EMPTY",
    "ENCODING",
    "MOJIBAKE",
    "DELIMITER",
    "QUOTING",
    "TRUNCATED",
    "CORRUPT",
    "ENCRYPTED",
    "WRONG_FORMAT",
    "RESOURCE_LIMIT",
    "UNSAFE_ARCHIVE",
    "SHEET_AMBIGUOUS",
    "HEADER_MISSING",
    "HEADER_DUPLICATE",
    "HEADER_EXTRA",
    "SCHEMA_TYPE",
    "RAGGED",
    "CONTROL_CHAR",
    "BAD_TEXT",
    "FIELD_TOO_LONG",
    "NONDATA_ROW",
    "MISSING_VALUE",
    "BAD_NUMBER",
    "PRECISION_LOSS",
    "RANGE",
    "AMOUNT_RANGE",
    "AMOUNT_IDENTITY",
    "NEGATIVE_UNEXPLAINED",
    "REFUND_ORPHAN",
    "BAD_DATE",
    "FUTURE_DATE",
    "DATE_ORDER",
    "AGE_RANGE",
    "ID_INVALID",
    "UNKNOWN_CODE",
    "REGION_LEVEL",
    "REGION_PERIOD",
    "CODE_NAME_CONFLICT",
    "DUPLICATE_ROW",
    "DUPLICATE_KEY",
    "OVERLAP",
    "CELL_ERROR",
    "FORMULA_NO_VALUE",
    "HIDDEN_SHEET",
    "HIDDEN_ROWS",
    "REGION_STALE",
]


def test_every_stable_code_has_a_sentence_of_its_own() -> None:
    assert sorted(REASONS) == sorted(CODES)
    sentences = [reason.sentence_zh for reason in REASONS.values()]
    assert len(set(sentences)) == len(sentences)
    assert set(DUPLICATES) <= set(REASONS)


@pytest.mark.parametrize("code", CODES)
def test_sentences_are_chinese_and_carry_no_full_stop(code: str) -> None:
    sentence = REASONS[code].sentence_zh
    assert any("\u4e00" <= letter <= "\u9fff" for letter in sentence)
    assert "。" not in sentence


def test_the_sentence_of_a_file_says_what_where_and_why() -> None:
    assert file_message("a.csv", "HEADER_MISSING", "缺少：编码") == (
        "文件a.csv未采用：缺少必需的列，请对照填报模板补上表头（缺少：编码）。"
    )
    assert file_message("a.csv", "EMPTY").endswith("再放入。")


def test_the_sentence_of_a_row_names_file_sheet_row_and_column() -> None:
    rows = pl.DataFrame(
        {
            "file": ["a.xlsx", "b.csv"],
            "sheet": ["城关镇", None],
            "row": [5, 7],
            "column": ["竣工日期", None],
            "reason": ["BAD_DATE", "RAGGED"],
        }
    )
    message = row_message(file="file", sheet="sheet", row="row", column="column", reason="reason")
    assert rows.select(message.alias("m"))["m"].to_list() == [
        "文件a.xlsx，工作表“城关镇”，第5行，“竣工日期”列："
        "日期无法识别或不完整，请改为2025-06-30的写法。",
        "文件b.csv，第7行：列数与表头不一致，请检查该行是否多了或少了分隔符；"
        "内容里有逗号时，整格要加英文双引号。",
    ]


def test_the_documentation_tells_every_code_with_its_sentence() -> None:
    told = (Path(__file__).parents[2] / "docs" / "sources.md").read_text(encoding="utf-8")
    for code, reason in REASONS.items():
        assert any(
            line.startswith(f"| `{code}` |") and line.endswith(f"| {reason.sentence_zh} |")
            for line in told.splitlines()
        ), code
