"""The plan: what stops a build, what it publishes, what it accounts for."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import build as plan
from pipeline import snapshots
from pipeline.contracts.marts import MARTS, Targets
from pipeline.errors import BusyError, ContractError, JumpError, SourceError, UsageError
from tests.build.fakes import (
    AS_OF,
    GOOD,
    FakeIntake,
    a_raw_folder,
    ledger_file,
    plans,
    quality,
    rejected_row,
    targets,
)

Build = Callable[..., plan.BuildResult]


@pytest.fixture
def build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Build:
    """Build once with the intake and marts given."""
    raw = a_raw_folder(tmp_path / "raw")

    def run(
        intake: FakeIntake | None = None, marts: dict[str, pl.LazyFrame] | None = None, **more: Any
    ) -> plan.BuildResult:
        taken = intake or FakeIntake(files=list(GOOD))
        made = marts or plans(data_quality=quality(taken.files))
        monkeypatch.setattr(plan, "take_in", lambda *_, **__: taken)
        monkeypatch.setattr(plan, "build_marts", lambda *_, **__: made)
        return plan.build(raw, tmp_path / "data" / "marts", **more)

    return run


def test_a_build_publishes_every_mart_with_its_inputs(build: Build, tmp_path: Path) -> None:
    result = build()
    manifest = snapshots.current(tmp_path / "data" / "marts").manifest
    assert set(manifest.marts) == set(MARTS)
    assert manifest.marts["targets"].rows == 2
    assert [entry.file for entry in manifest.inputs] == ["clinics/a.xlsx", "settlements/a.csv"]
    assert manifest.as_of == AS_OF
    assert manifest.id == result.snapshot.id
    assert result.absent == ("institutions", "equipment", "contracts")


def test_a_world_with_the_mark_is_a_demonstration(build: Build, tmp_path: Path) -> None:
    assert build().snapshot.manifest.demonstration
    (tmp_path / "raw" / "DEMO.json").unlink()
    assert not build().snapshot.manifest.demonstration


def test_staged_and_quarantine_are_for_their_owner_alone(build: Build, tmp_path: Path) -> None:
    build()
    for name in ("staged", "quarantine"):
        assert stat.S_IMODE((tmp_path / "data" / name).stat().st_mode) == 0o700


def test_the_same_marts_in_another_order_have_the_same_content(build: Build) -> None:
    one = build(marts=dict(sorted(plans().items())))
    two = build(marts=dict(sorted(plans().items(), reverse=True)))
    assert one.snapshot.manifest.content_hash == two.snapshot.manifest.content_hash


def test_what_is_asked_for_reaches_the_intake(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: dict[str, Any] = {}

    def take_in(raw: Path, staged: Path, **options: Any) -> FakeIntake:
        asked.update(raw=raw, staged=staged, **options)
        return FakeIntake(files=list(GOOD))

    monkeypatch.setattr(plan, "take_in", take_in)
    monkeypatch.setattr(plan, "build_marts", lambda *_, **__: plans())
    raw = a_raw_folder(tmp_path / "raw")
    plan.build(raw, tmp_path / "marts", as_of=date(2025, 5, 31))
    assert (asked["as_of"], asked["staged"]) == (date(2025, 5, 31), tmp_path / "staged")


@pytest.mark.parametrize("file", [None, "a.csv", "结算/a.csv", "clinics/sub", "clinics/.a"])
def test_nothing_to_read_says_where_files_go(tmp_path: Path, file: str | None) -> None:
    raw = tmp_path / "raw"
    raw.mkdir()
    if file == "clinics/sub":
        (raw / file).mkdir(parents=True)
    elif file:
        (raw / file).parent.mkdir(exist_ok=True)
        (raw / file).write_text("")
    with pytest.raises(SourceError, match="clinics（村卫生室台账）") as refusal:
        plan.build(raw, tmp_path / "marts")
    assert refusal.value.exit_code == 3
    assert not (tmp_path / "marts").exists()


def test_files_of_linked_folders_alone_are_files(build: Build, tmp_path: Path) -> None:
    shutil.move(tmp_path / "raw", tmp_path / "share")
    (tmp_path / "raw" / "settlements").mkdir(parents=True)
    (tmp_path / "raw" / "settlements" / "linked").symlink_to(tmp_path / "share" / "settlements")
    assert build().snapshot.id.startswith("0001")


def test_a_raw_folder_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nowhere"):
        plan.build(tmp_path / "nowhere", tmp_path / "marts")


def test_what_belongs_to_no_source_is_told(build: Build, tmp_path: Path) -> None:
    packed_under_windows = os.fsdecode("报表".encode("gb18030"))
    for name in (".hidden", "truth.json", "结算.csv", packed_under_windows):
        (tmp_path / "raw" / name).write_text("")
    assert build().strangers == ("报表", "结算.csv")


def test_a_needed_source_with_nothing_acceptable_stops_the_build(build: Build) -> None:
    refused = ledger_file(
        "settlements/a.csv",
        accepted=0,
        rows_read=0,
        refusal="HEADER_MISSING",
        message_zh="settlements/a.csv 缺少“结算ID”列。",
    )
    with pytest.raises(SourceError, match=r"医保结算.*缺少“结算ID”列"):
        build(FakeIntake(files=[refused, GOOD[1]]))


def test_a_needed_source_refused_row_by_row_is_told_with_reasons(build: Build) -> None:
    refused = ledger_file("settlements/a.csv", accepted=0, rejected=10)
    rows = [rejected_row(0, 9), rejected_row(0, 8), rejected_row(0, 7, reason="BAD_NUMBER")]
    said = r"逐行拒收：BAD_DATE 2 行、BAD_NUMBER 1 行；例如：第7行"
    with pytest.raises(SourceError, match=said):
        build(FakeIntake(files=[refused, GOOD[1]], rejected_rows=rows))


def test_a_source_later_than_the_as_of_date_is_absent_not_at_fault(build: Build) -> None:
    refused = ledger_file("settlements/a.csv", accepted=0, rejected=10)
    rows = [rejected_row(0, row, reason="FUTURE_DATE") for row in range(10)]
    result = build(FakeIntake(files=[refused, GOOD[1]], rejected_rows=rows))
    assert "settlements" in result.absent


@pytest.mark.parametrize("others", [[], ["settlements"], ["settlements", "equipment"]])
def test_a_day_before_the_first_register_is_told_with_the_first_that_will_do(
    build: Build, others: list[str]
) -> None:
    sources = ["institutions", *others]
    files = [ledger_file(f"{s}/a.csv", accepted=0, rejected=10, file_id=9) for s in sources]
    days = ("2025-07-31", "2025-08-31")
    rows = [
        rejected_row(9, row, reason="FUTURE_DATE") | {"source": source, "detail": day}
        for source in ["institutions", "settlements"]
        for row, day in enumerate(days)
    ]
    said = (
        r"截至2025-06-30还没有机构名录的数据，最早的数据日期是2025-07-31；.*--as-of 指定2025-07-31"
    )
    with pytest.raises(SourceError, match=said):
        build(FakeIntake(files=[*files, GOOD[1]], rejected_rows=rows))


def test_a_day_before_all_data_is_told_however_many_targets_there_are(build: Build) -> None:
    refused = ledger_file("settlements/a.csv", accepted=0, rejected=10)
    row = rejected_row(0, 1, reason="FUTURE_DATE") | {"detail": "2025-07-02"}
    good = ledger_file("targets/a.csv", file_id=2)
    with pytest.raises(SourceError, match="还没有医保结算的数据，最早的数据日期是2025-07-02"):
        build(FakeIntake(files=[refused, good], rejected_rows=[row]))


def test_one_good_file_in_a_needed_source_is_enough(build: Build) -> None:
    refused = ledger_file("settlements/b.csv", file_id=2, accepted=0, rejected=10)
    assert build(FakeIntake(files=[*GOOD, refused])).snapshot.id


def test_a_source_that_is_not_needed_does_not_stop_the_build(build: Build) -> None:
    refused = ledger_file("targets/a.csv", file_id=2, accepted=0, rejected=10)
    assert build(FakeIntake(files=[*GOOD, refused])).snapshot.id


def test_nothing_acceptable_anywhere_stops_the_build(build: Build) -> None:
    refused = ledger_file("targets/a.csv", accepted=0, rejected=10)
    with pytest.raises(SourceError, match="目标"):
        build(FakeIntake(files=[refused]))


def test_rows_that_are_not_accounted_for_stop_the_build(build: Build, tmp_path: Path) -> None:
    lost = ledger_file("settlements/a.csv", accepted=9)
    with pytest.raises(ContractError, match=r"settlements/a\.csv.*共 1 个文件"):
        build(FakeIntake(files=[lost]))
    assert not snapshots.list_snapshots(tmp_path / "data" / "marts")


@pytest.mark.parametrize(
    ("mart", "said"),
    [
        (targets(0.9).with_columns(extra=1), r"多出\['extra'\]"),
        (targets(0.9).drop("target"), r"缺少\['target'\]"),
        (targets(0.9).with_columns(pl.col("target").cast(pl.Float32)), "target"),
        (pl.concat([targets(0.9), targets(0.8)]), "primary_key"),
        (targets(float("nan")), "target"),
    ],
)
def test_a_mart_that_breaks_its_contract_is_not_published(
    build: Build, tmp_path: Path, mart: pl.LazyFrame, said: str
) -> None:
    before = build()
    with pytest.raises(ContractError, match=said) as refusal:
        build(marts=plans(targets=mart))
    assert "Resolved plan" not in refusal.value.message_zh
    assert snapshots.current(tmp_path / "data" / "marts").id == before.snapshot.id


@pytest.mark.parametrize(
    "marts",
    [plans(surplus=targets(0.9)), {k: v for k, v in plans().items() if k != "areas"}],
)
def test_a_set_of_marts_other_than_declared_is_refused(
    build: Build, marts: dict[str, pl.LazyFrame]
) -> None:
    with pytest.raises(ContractError, match=r"surplus|areas"):
        build(marts=marts)


def test_columns_are_published_in_the_order_of_the_contract(build: Build) -> None:
    shuffled = targets(0.9).select(reversed(Targets.column_names()))
    snapshot = build(marts=plans(targets=shuffled)).snapshot
    assert snapshot.scan("targets").collect_schema().names() == Targets.column_names()


def test_progress_counts_the_marts(build: Build) -> None:
    told: list[tuple[str, int, int, int]] = []
    build(progress=lambda *step: told.append(step))
    assert told[-1] == ("marts", len(MARTS), len(MARTS), 4)


def test_a_build_into_marts_that_another_build_holds_is_refused(
    build: Build, tmp_path: Path
) -> None:
    with snapshots.lock(tmp_path / "data" / "marts"), pytest.raises(BusyError):
        build()


def test_two_marts_folders_do_not_share_one_staged_folder_at_the_same_time(
    build: Build, tmp_path: Path
) -> None:
    build()
    with (
        plan.exclusive(tmp_path / "data" / "staged"),
        pytest.raises(BusyError, match="staged"),
    ):
        build()


def test_a_cut_off_build_is_told_by_the_next(build: Build, tmp_path: Path) -> None:
    assert build().cut_off_zh is None
    (tmp_path / "data" / "marts" / ".lock").write_text('{"pid": 77, "doing": "build"}')
    assert "进程 77" in (build().cut_off_zh or "")
    assert build().cut_off_zh is None


def test_a_build_that_lost_most_of_a_mart_needs_a_reason(build: Build, tmp_path: Path) -> None:
    before = build(marts=plans(targets=targets(0.9, 0.8, 0.7)))
    with pytest.raises(JumpError, match="数据表 targets 由 3 行减为 1 行"):
        build(marts=plans(targets=targets(0.9)))
    marts = tmp_path / "data" / "marts"
    assert snapshots.current(marts).id == before.snapshot.id
    built = build(marts=plans(targets=targets(0.9)), accept_jump=" 目标\n调整 ")
    assert built.snapshot.manifest.accepted_jump == "目标 调整"


def test_a_reason_that_says_nothing_is_refused(build: Build) -> None:
    with pytest.raises(UsageError, match="写明原因"):
        build(accept_jump="  ")
