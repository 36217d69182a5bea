"""The gates as a publication passes them: sums that must agree, jumps that need a reason."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import snapshots
from pipeline.errors import ContractError, JumpError
from tests.snapshots.frames import CITY, draft, measured, provenance, publish, quality, tables
from tests.snapshots.spoiling import cut_short, write_over

READ = {"settlements": 10, "clinics": 3}


def pass_gates(
    marts: Path,
    frames: dict[str, pl.DataFrame],
    *,
    accept_jump: str | None = None,
    **said: Any,
) -> snapshots.Snapshot:
    """Publish frames as a build does."""
    run = provenance(**READ, **said)
    with snapshots.lock(marts) as held:
        inspect = snapshots.gates(marts, run, accept_jump=accept_jump)
        return snapshots.publish(held, frames.items(), run, inspect=inspect)


def clinics(number: int) -> dict[str, pl.DataFrame]:
    return tables(measured(number), read=READ)


def test_the_first_publication_has_nothing_to_jump_from(tmp_path: Path) -> None:
    manifest = pass_gates(tmp_path, clinics(1000)).manifest
    assert (manifest.jumps, manifest.accepted_jump) == ((), None)


def test_control_totals_are_the_sums_of_whole_numbers_per_mart(tmp_path: Path) -> None:
    rows = [measured(1000, 5), measured(7, area="410222")]
    totals = pass_gates(tmp_path, tables(*rows, read=READ)).manifest.control_totals
    assert totals["indicator_monthly"] == {"numerator": 1007, "denominator": 5}
    assert totals["data_quality"]["rows_read"] == 13
    assert totals["areas"] == {}


def test_a_jump_stops_the_publication_and_says_what_to_do(tmp_path: Path) -> None:
    before = pass_gates(tmp_path, clinics(1000))
    with pytest.raises(JumpError) as refusal:
        pass_gates(tmp_path, clinics(500))
    assert refusal.value.exit_code == 7
    said = refusal.value.message_zh
    assert said.startswith(
        f"与快照 {before.id} 相比变化过大，没有发布，现用快照不变：1. 村卫生室总数"
    )
    assert '--accept-jump "原因"' in said
    assert "演示数据" not in said
    assert snapshots.current(tmp_path).id == before.id
    assert [line.id for line in snapshots.list_snapshots(tmp_path)] == [before.id]


def test_a_reason_publishes_and_is_kept_in_manifest_and_log(tmp_path: Path) -> None:
    pass_gates(tmp_path, clinics(1000))
    pass_gates(tmp_path, clinics(500), accept_jump="撤并村卫生室")
    manifest = snapshots.current(tmp_path).manifest
    assert manifest.accepted_jump == "撤并村卫生室"
    assert "1,000 → 500" in manifest.jumps[0]
    assert "撤并村卫生室" in (tmp_path / "publications.jsonl").read_text().splitlines()[-1]


def test_a_reason_without_a_jump_is_not_kept(tmp_path: Path) -> None:
    pass_gates(tmp_path, clinics(1000))
    assert pass_gates(tmp_path, clinics(1001), accept_jump="多余").manifest.accepted_jump is None


def test_many_jumps_are_counted_beyond_five(tmp_path: Path) -> None:
    lists = {f"list_{n}": pl.DataFrame({"a": range(10)}) for n in range(7)}
    pass_gates(tmp_path, clinics(1000) | lists)
    with pytest.raises(JumpError, match="等共 7 项"):
        pass_gates(tmp_path, clinics(1000))


def test_the_advice_names_likely_causes(tmp_path: Path) -> None:
    with snapshots.lock(tmp_path) as held:
        older = replace(provenance(demonstration=True), catalogue_hash="another")
        snapshots.publish(held, clinics(1000).items(), older)
    with pytest.raises(JumpError, match=r"换了演示数据的规模.*指标目录已改动"):
        pass_gates(tmp_path, clinics(500), demonstration=True)
    with pytest.raises(JumpError, match="截止日期早于上次的 2025-06-30"):
        pass_gates(tmp_path, clinics(500), demonstration=True, as_of=date(2025, 5, 31))


def test_a_damaged_snapshot_in_force_leaves_the_newest_whole_one_to_compare_with(
    tmp_path: Path,
) -> None:
    whole, *damaged = (publish(tmp_path, clinics(number)) for number in (1000, 300, 200))
    for snapshot in damaged:
        cut_short(snapshot.path / "areas.parquet", 10)
    with pytest.raises(JumpError, match=whole.id):
        pass_gates(tmp_path, clinics(200))


def test_with_every_snapshot_damaged_there_is_nothing_to_compare_with(tmp_path: Path) -> None:
    cut_short(publish(tmp_path, clinics(1000)).path / "areas.parquet", 10)
    assert pass_gates(tmp_path, clinics(1)).id.startswith("0002-")


@pytest.mark.parametrize(
    "marts", [{"settlements": 9, "clinics": 3}, {"settlements": 10}, READ | {"x": 1}]
)
def test_rows_that_the_ledger_and_the_quality_mart_count_differently_stop_it(
    tmp_path: Path, marts: dict[str, int]
) -> None:
    with pytest.raises(ContractError, match="账目不符"):
        pass_gates(tmp_path, tables(read=marts))
    assert not snapshots.list_snapshots(tmp_path)


def test_rows_moved_from_accepted_to_refused_are_noticed(tmp_path: Path) -> None:
    moved = quality(**READ).with_columns(accepted=pl.lit(3), rejected=pl.lit(7))
    with pytest.raises(ContractError, match=r"settlements（各文件合计\(10, 10, 0, 0\)"):
        pass_gates(tmp_path, tables(read=READ) | {"data_quality": moved})


@pytest.mark.parametrize(("kept", "stops"), [(6, False), (11, True)])
def test_what_the_quality_mart_hides_of_a_source_can_only_be_missing(
    tmp_path: Path, kept: int, stops: bool
) -> None:
    # Of ten rows some stand in a month whose rows are hidden; more than ten cannot be shown.
    hidden = quality(settlements=1).with_columns(rows_read=None, accepted=None)
    shown = quality(settlements=kept, clinics=3)
    frames = tables(read=READ) | {"data_quality": pl.concat([shown, hidden.cast(shown.schema)])}
    with pytest.raises(ContractError, match="账目不符") if stops else nullcontext():
        pass_gates(tmp_path, frames)


@pytest.mark.parametrize(
    ("group", "cities", "stops"),
    [
        ((10, 4), [(6, 3), (4, 1)], False),
        ((10, 4), [(6, 3), (3, 1)], True),
        ((10, 4), [(6, 3), (4, 2)], True),
        ((None, 4), [(6, 3), (4, 1)], True),
        ((10, None), [(6, None), (4, None)], False),
        ((10, 4), [(6, 3), (None, 1)], False),
    ],
    ids=["equal", "numerator", "denominator", "no whole", "counts", "a part unknown"],
)
def test_the_cities_add_up_to_the_whole(
    tmp_path: Path,
    group: tuple[int | None, int | None],
    cities: list[tuple[int | None, int | None]],
    stops: bool,
) -> None:
    codes = (CITY, "411600")
    rows = [measured(*group, area="all")]
    rows += [
        measured(*own, area=code) | {"area_level": "city"}
        for own, code in zip(cities, codes, strict=True)
    ]
    if stops:
        with pytest.raises(ContractError, match="village_clinics 2025年1月 各市之和不等于合计"):
            pass_gates(tmp_path, tables(*rows, read=READ))
    else:
        pass_gates(tmp_path, tables(*rows, read=READ))


def test_what_is_inspected_is_what_lies_on_the_disk(tmp_path: Path) -> None:
    written = draft(tmp_path / "draft", tables(measured(1), read=READ))
    (written.path / "data_quality.parquet").unlink()
    quality(settlements=10).write_parquet(written.path / "data_quality.parquet")
    with pytest.raises(ContractError, match="clinics"):
        snapshots.gates(tmp_path, provenance(**READ))(written)


def test_a_pointer_to_nothing_leaves_the_newest_snapshot_to_compare_with(tmp_path: Path) -> None:
    whole = publish(tmp_path, clinics(1000))
    write_over(tmp_path / "CURRENT", b"0007-00000000\n")
    with pytest.raises(JumpError, match=whole.id):
        pass_gates(tmp_path, clinics(200))
