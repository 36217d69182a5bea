"""Every reason code is given by `check` to a file that was made for it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.checking import check
from pipeline.ingest.reasons import REASONS

from . import broken

# Two files that tell one month differently: made below, not a file of its own.
OF_SEVERAL_FILES = {"OVERLAP"}
Report = dict[str, Any]


@pytest.fixture(scope="module")
def checked(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., dict[str, Report]]:
    codes = tmp_path_factory.mktemp("codes")
    (codes / "ref_regions.csv").write_text(broken.REGIONS, encoding="utf-8")
    (codes / "ref_institutions.csv").write_text(broken.INSTITUTIONS, encoding="utf-8")

    def run(**files: tuple[str, bytes]) -> dict[str, Report]:
        folder: Path = tmp_path_factory.mktemp("settlements")
        for name, (kind, data) in files.items():
            (folder / f"{name}.{kind}").write_bytes(data)
        reports = check(folder, source="settlements", reference=codes, as_of=date(2025, 12, 31))
        return {Path(report["file"]).stem: report for report in reports["files"]}

    return run


@pytest.fixture(scope="module")
def files(checked: Callable[..., dict[str, Report]]) -> dict[str, Report]:
    return checked(**broken.OF_FILES)


@pytest.fixture(scope="module")
def rows(checked: Callable[..., dict[str, Report]]) -> dict[str, Report]:
    return checked(**broken.OF_ROWS)


@pytest.fixture(scope="module")
def warnings(checked: Callable[..., dict[str, Report]]) -> dict[str, Report]:
    return checked(**broken.OF_WARNINGS)


@pytest.mark.parametrize("code", broken.OF_FILES)
def test_a_file_made_for_a_reason_is_refused_for_it(files: dict[str, Report], code: str) -> None:
    report = files[code]
    assert report["file_reject"] == code
    assert report["read"] == 0
    assert REASONS[code].sentence_zh in report["message"]


@pytest.mark.parametrize("code", broken.OF_ROWS)
def test_a_row_made_for_a_reason_is_refused_for_it_alone(
    rows: dict[str, Report], code: str
) -> None:
    report = rows[code]
    (refused,) = report["rejected"]
    last = broken.GOOD_ROWS + 2
    assert (refused["reason"], refused["row"]) == (code, 2 if code == "HIDDEN_SHEET" else last)
    assert report["accepted"] == report["read"] - 1 >= broken.GOOD_ROWS
    assert report["sums"]["total_cost"] == f"{100 * report['accepted']}.00"


@pytest.mark.parametrize("code", broken.OF_WARNINGS)
def test_a_file_made_for_a_warning_is_taken_with_it(warnings: dict[str, Report], code: str) -> None:
    assert code in warnings[code]["warnings"]
    assert warnings[code]["accepted"] >= broken.GOOD_ROWS


def test_two_files_that_tell_a_month_differently_overlap(
    checked: Callable[..., dict[str, Report]],
) -> None:
    one = broken.text(broken.rows("Q")).encode()
    other = broken.spoiled("Q").replace(b"100.00", b"101.00")
    reports = checked(a=("csv", one), b=("csv", other))
    reasons = {row["reason"] for report in reports.values() for row in report["rejected"]}
    assert reasons == {"OVERLAP"}
    assert [report["accepted"] for report in reports.values()] == [0, 0]


def test_every_declared_code_has_a_file_made_for_it() -> None:
    made = {*broken.OF_FILES, *broken.OF_ROWS, *broken.OF_WARNINGS, *OF_SEVERAL_FILES}
    assert made == set(REASONS)


def test_every_code_is_made_for_all_that_it_may_befall() -> None:
    for code, reason in REASONS.items():
        if reason.scope in ("file", "both") and code != "MISSING_VALUE":
            assert code in broken.OF_FILES
        if reason.scope == "warning":
            assert code in broken.OF_WARNINGS
