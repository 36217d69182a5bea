"""A filled template is taken as it is, an empty one refused as empty."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.catalog.sources import SOURCE_IDS, sources
from pipeline.checking import check
from pipeline.documents.fields import chosen_words, template_columns

from .rows import ROWS, filled

AS_OF = date(2025, 12, 31)


@pytest.fixture
def codes(tmp_path: Path) -> Path:
    own = tmp_path / "codes"
    own.mkdir()
    (own / "ref_institutions.csv").write_text(
        "机构编码,机构名称,区划代码,类型\n007,示例卫生院,410225,乡镇卫生院\n", encoding="utf-8"
    )
    return own


@pytest.fixture
def report(codes: Path, tmp_path: Path) -> Callable[..., dict[str, Any]]:
    """Check a filled template and return the accounts of the file."""

    def run(source: str, *rows: dict[str, Any], name: str = "a.xlsx") -> dict[str, Any]:
        path = filled(source, rows, tmp_path / name)
        (found,) = check(path, source=source, reference=codes, as_of=AS_OF)["files"]
        return dict(found)

    return run


def test_every_source_has_a_row_to_try() -> None:
    assert tuple(ROWS) == SOURCE_IDS


@pytest.mark.parametrize("source", SOURCE_IDS)
def test_a_filled_template_is_accepted_as_it_is(
    report: Callable[..., dict[str, Any]], source: str
) -> None:
    found = report(source, ROWS[source])
    assert (found["file_reject"], found["rejected"], found["warnings"]) == (None, [], [])
    assert (found["read"], found["accepted"]) == (1, 1)


@pytest.mark.parametrize("source", SOURCE_IDS)
def test_every_word_of_the_drop_downs_is_accepted(
    report: Callable[..., dict[str, Any]], source: str
) -> None:
    lists = [column for column in template_columns(sources()[source]) if column.values]
    rows = [
        ROWS[source] | {column.headers[0]: word}
        for column in lists
        for word in chosen_words(column)
    ]
    found = report(source, ROWS[source], *rows)
    assert found["read"] == 1 + len(rows)
    told = {row["reason"] for row in found["rejected"]}
    assert told <= {"DUPLICATE_ROW", "DUPLICATE_KEY"}  # the rows share their number


@pytest.mark.parametrize("source", SOURCE_IDS)
def test_an_empty_template_is_refused_as_empty(
    report: Callable[..., dict[str, Any]], source: str
) -> None:
    found = report(source, {})
    assert (found["file_reject"], found["read"]) == ("EMPTY", 0)
    assert found["message"].startswith("文件a.xlsx未采用：文件里没有数据行")


def test_leading_zeros_and_money_survive_the_round_trip(
    report: Callable[..., dict[str, Any]],
) -> None:
    found = report("settlements", ROWS["settlements"])
    filled = {name: amount for name, amount in found["sums"].items() if amount != "0.00"}
    assert filled == {"total_cost": "1234.50", "pooled_fund_paid": "1000.05"}
    wrong = report("settlements", ROWS["settlements"] | {"定点医药机构编号": "008"}, name="b.xlsx")
    assert [(r["row"], r["reason"], r["detail"]) for r in wrong["rejected"]] == [
        (2, "UNKNOWN_CODE", "008")
    ]


def test_a_registry_may_say_its_date_in_the_file_name_instead(
    report: Callable[..., dict[str, Any]],
) -> None:
    row = {name: value for name, value in ROWS["clinics"].items() if name != "数据日期"}
    assert report("clinics", row, name="村卫生室台账_20250630.xlsx")["accepted"] == 1


@pytest.mark.parametrize("source", ["clinics", "equipment", "contracts", "institutions"])
def test_a_registry_row_without_a_date_anywhere_is_refused_and_no_more(
    report: Callable[..., dict[str, Any]], source: str
) -> None:
    row = {name: value for name, value in ROWS[source].items() if name != "数据日期"}
    (refused,) = report(source, row)["rejected"]
    assert (refused["column"], refused["reason"]) == ("数据日期", "MISSING_VALUE")
