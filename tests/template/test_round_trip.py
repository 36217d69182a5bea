"""A filled template is taken as it is, an empty one refused as empty."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.catalog.sources import SOURCE_IDS, sources
from pipeline.checking import check
from pipeline.documents.fields import chosen_words, template_columns

from .rows import ROWS, filled

AS_OF = date(2025, 12, 31)


Report = dict[str, Any]
Files = Mapping[tuple[str, str], Sequence[dict[str, Any]]]  # source and name: rows
UNDATED = ("clinics", "equipment", "contracts", "institutions")


def undated(source: str) -> dict[str, Any]:
    return {name: value for name, value in ROWS[source].items() if name != "数据日期"}


def with_every_word(source: str) -> list[dict[str, Any]]:
    """Return the source's row, and again for each word of its drop-downs."""
    lists = [column for column in template_columns(sources()[source]) if column.values]
    words = [(column.headers[0], word) for column in lists for word in chosen_words(column)]
    return [ROWS[source], *(ROWS[source] | {header: word} for header, word in words)]


def checked(folder: Path, files: Files) -> dict[tuple[str, str], Report]:
    """Fill templates and check them together; return the accounts of each file."""
    codes = folder / "codes"
    codes.mkdir()
    (codes / "ref_institutions.csv").write_text(
        "机构编码,机构名称,区划代码,类型\n007,示例卫生院,410225,乡镇卫生院\n", encoding="utf-8"
    )
    for (source, name), rows in files.items():
        (folder / "raw" / source).mkdir(parents=True, exist_ok=True)
        filled(source, rows, folder / "raw" / source / f"{name}.xlsx")
    reports = check(folder / "raw", reference=codes, as_of=AS_OF)["files"]
    return {(report["source"], Path(report["file"]).stem): report for report in reports}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Report]:
    files = {(source, "一行"): [ROWS[source]] for source in SOURCE_IDS}
    files |= {(source, "空"): [{}] for source in SOURCE_IDS}
    files |= {(source, "没有日期"): [undated(source)] for source in UNDATED}
    other = {"结算ID": "1", "定点医药机构编号": "008"}
    files["settlements", "别的机构"] = [ROWS["settlements"] | other]
    return checked(tmp_path_factory.mktemp("reports"), files)


@pytest.fixture(scope="module")
def with_words(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Report]:
    files = {(source, "各词"): with_every_word(source) for source in SOURCE_IDS}
    files["clinics", "村卫生室台账_20240630"] = [undated("clinics")]
    return checked(tmp_path_factory.mktemp("words"), files)


def test_every_source_has_a_row_to_try() -> None:
    assert tuple(ROWS) == SOURCE_IDS


@pytest.mark.parametrize("source", SOURCE_IDS)
def test_a_filled_template_is_accepted_as_it_is(
    reports: dict[tuple[str, str], Report], source: str
) -> None:
    found = reports[source, "一行"]
    assert (found["file_reject"], found["rejected"], found["warnings"]) == (None, [], [])
    assert (found["read"], found["accepted"]) == (1, 1)


@pytest.mark.parametrize("source", SOURCE_IDS)
def test_every_word_of_the_drop_downs_is_accepted(
    with_words: dict[tuple[str, str], Report], source: str
) -> None:
    found = with_words[source, "各词"]
    assert found["read"] == len(with_every_word(source))
    told = {row["reason"] for row in found["rejected"]}
    assert told <= {"DUPLICATE_ROW", "DUPLICATE_KEY"}  # the rows share their number


@pytest.mark.parametrize("source", SOURCE_IDS)
def test_an_empty_template_is_refused_as_empty(
    reports: dict[tuple[str, str], Report], source: str
) -> None:
    found = reports[source, "空"]
    assert (found["file_reject"], found["read"]) == ("EMPTY", 0)
    assert found["message"].startswith(f"文件{source}/空.xlsx未采用：文件里没有数据行")


def test_leading_zeros_and_money_survive_the_round_trip(
    reports: dict[tuple[str, str], Report],
) -> None:
    sums = reports["settlements", "一行"]["sums"]
    filled = {name: amount for name, amount in sums.items() if amount != "0.00"}
    assert filled == {"total_cost": "1234.50", "pooled_fund_paid": "1000.05"}
    wrong = reports["settlements", "别的机构"]
    assert [(r["row"], r["reason"], r["detail"]) for r in wrong["rejected"]] == [
        (2, "UNKNOWN_CODE", "008")
    ]


def test_a_registry_may_say_its_date_in_the_file_name_instead(
    with_words: dict[tuple[str, str], Report],
) -> None:
    assert with_words["clinics", "村卫生室台账_20240630"]["accepted"] == 1


@pytest.mark.parametrize("source", UNDATED)
def test_a_registry_row_without_a_date_anywhere_is_refused_and_no_more(
    reports: dict[tuple[str, str], Report], source: str
) -> None:
    (refused,) = reports[source, "没有日期"]["rejected"]
    assert (refused["column"], refused["reason"]) == ("数据日期", "MISSING_VALUE")
