"""The accounts as people read them."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest

from pipeline import snapshots
from pipeline.build import BuildResult
from pipeline.console import report
from pipeline.contracts.ledger import LedgerFile, Rejected
from tests.build.fakes import AS_OF, frame, ledger_file, rejected_row

NONE = frame([], Rejected)


def lines(*files: dict[str, object], rejected: pl.DataFrame = NONE) -> list[str]:
    return list(report.file_lines(frame(list(files), LedgerFile), rejected))


def test_every_file_has_a_line_with_its_identity() -> None:
    told = lines(
        ledger_file("settlements/b.csv", rows_read=1300, accepted=1290, rejected=8, duplicates=2),
        ledger_file("clinics/a.xlsx", file_id=1),
    )
    assert told == [
        "clinics/a.xlsx：读入 10 = 采用 10 + 拒收 0 + 重复 0",
        "settlements/b.csv：读入 1,300 = 采用 1,290 + 拒收 8 + 重复 2",
    ]


def test_a_refused_file_says_why() -> None:
    told = lines(
        ledger_file("clinics/a.xlsx", rows_read=0, accepted=0, refusal="CORRUPT", message_zh="坏。")
    )
    assert told[1] == "  坏。"


def test_a_replaced_file_names_its_successor_and_not_its_rows() -> None:
    told = lines(
        ledger_file(
            "settlements/a.csv",
            superseded_by="settlements/a_v2.csv",
            warnings="HIDDEN_ROWS:2 REGION_STALE:1",
        ),
        rejected=frame([rejected_row(0, 7)], Rejected),
    )
    assert len(told) == 1
    assert told[0].endswith(
        "；已由 settlements/a_v2.csv 替代"
        "；提示：含有隐藏的行，已读取（2处）；区划代码已停用，按现行代码统计"
    )


def test_refused_rows_are_sentences_and_many_are_counted() -> None:
    rows = [rejected_row(0, row) for row in (9, 2, 4, 3, 5)]
    told = lines(ledger_file("settlements/a.csv"), rejected=frame(rows, Rejected))
    assert [line[:4] for line in told[1:]] == ["  第2", "  第3", "  第4", "  第5", "  第9"]
    rows += [rejected_row(0, 11, reason="BAD_NUMBER"), rejected_row(1, 1)]
    told = lines(ledger_file("settlements/a.csv"), rejected=frame(rows, Rejected))
    counts = "日期无法识别或不完整 5 行、不是可读的数字 1 行"
    assert told[-1] == f"  其余从略，共 6 行（{counts}），明细见隔离区。"


@pytest.fixture
def snapshot(tmp_path: Path) -> snapshots.Snapshot:
    """Publish a snapshot of one mart and one input."""
    entry = snapshots.InputFile(
        source="clinics",
        file="clinics/a.xlsx",
        sha256="0",
        rows_read=12,
        accepted=9,
        rejected=2,
        duplicates=1,
    )
    provenance = snapshots.describe(as_of=AS_OF, demonstration=True, inputs=[entry])
    with snapshots.lock(tmp_path) as held:
        return snapshots.publish(held, [("areas", pl.DataFrame({"a": [1]}))], provenance)


def test_a_summary_adds_up_sources_and_names_absent_ones(snapshot: snapshots.Snapshot) -> None:
    files = [
        ledger_file("clinics/a.xlsx"),
        ledger_file("clinics/b.xlsx", file_id=1, accepted=0, rows_read=0, refusal="CORRUPT"),
        ledger_file("targets/c.csv", file_id=2, accepted=8, duplicates=2),
    ]
    result = BuildResult(
        snapshot=snapshot,
        ledger_files=frame(files, LedgerFile),
        rejected=frame([rejected_row(2, 3)], Rejected),
        quarantine=Path("quarantine"),
        absent=("equipment",),
        strangers=("结算",),
        cut_off_zh=None,
    )
    told = list(report.summary_lines(result))
    assert "2 个文件，其中 1 个整份拒收；读入 10 = 采用 10" in told[0]
    assert "没有收到截至数据日期的文件" in told[2]
    assert told[3] == "没有读取：结算（不是已知来源的文件夹）。"
    assert told[4] == "合计：3 个文件；读入 20 = 采用 18 + 拒收 0 + 重复 2"
    assert "quarantine" in told[5]
    clean = replace(result, rejected=NONE, absent=(), strangers=())
    assert len(list(report.summary_lines(clean))) == 3
    answer = report.build_object(result)
    assert answer["totals"]["accepted"] == 18
    assert answer["files"][1]["refusal"] == "CORRUPT"
    assert answer["content_hash"] == snapshot.manifest.content_hash


def test_a_snapshot_says_its_date_and_that_it_is_a_demonstration(
    snapshot: snapshots.Snapshot,
) -> None:
    assert "数据截至 2025-06-30，演示数据，1 个原始文件" in report.snapshot_zh(snapshot)
    assert report.manifest_totals(snapshot)["duplicates"] == 1


def test_an_accepted_jump_is_told_with_its_reason(snapshot: snapshots.Snapshot) -> None:
    manifest = replace(snapshot.manifest, jumps=("甲：1 → 9",), accepted_jump="补报")
    jumped = replace(snapshot, manifest=manifest)
    assert report.snapshot_zh(jumped).endswith("变化较大，说明：补报")
    result = BuildResult(
        snapshot=jumped,
        ledger_files=frame([ledger_file("clinics/a.xlsx")], LedgerFile),
        rejected=NONE,
        quarantine=Path("quarantine"),
        absent=(),
        strangers=(),
        cut_off_zh=None,
    )
    assert "与上次相比：甲：1 → 9" in list(report.summary_lines(result))
    answer = report.snapshot_object(jumped)
    assert (answer["accepted_jump"], answer["jumps"]) == ("补报", ["甲：1 → 9"])


def test_a_snapshot_is_told_with_the_time_on_the_clocks_in_china(tmp_path: Path) -> None:
    provenance = snapshots.describe(as_of=AS_OF, demonstration=False)
    with snapshots.lock(tmp_path) as held:
        made = snapshots.publish(held, [("areas", pl.DataFrame({"value": [1]}))], provenance)
    late = dt.datetime(2025, 6, 30, 18, 5, 59, tzinfo=dt.UTC)
    told = report.snapshot_zh(replace(made, manifest=replace(made.manifest, created_at=late)))
    assert told.endswith("2025-07-01 02:05 生成")
