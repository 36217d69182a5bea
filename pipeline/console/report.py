"""Tell a build's accounts: one line a file for people, one object for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import polars as pl

from pipeline.catalog.sources import sources
from pipeline.snapshots import Snapshot
from pipeline.wording import minute_zh, outcome_zh, remarks_zh, short_zh

if TYPE_CHECKING:
    from pipeline.build import BuildResult

SENTENCES_PER_FILE = 5
COUNTS = ("rows_read", "accepted", "rejected", "duplicates")


def counts_zh(row: dict[str, Any]) -> str:
    """Write the identity of a file's rows."""
    read, accepted, rejected, duplicates = (row[name] for name in COUNTS)
    return f"读入 {read:,} = 采用 {accepted:,} + 拒收 {rejected:,} + 重复 {duplicates:,}"


def file_lines(files: pl.DataFrame, rejected: pl.DataFrame) -> Iterator[str]:
    """Tell every file's rows, why it was refused or replaced, and its first refused rows."""
    refused_rows = {
        key[0]: frame for key, frame in rejected.group_by("file_id", maintain_order=True)
    }
    for row in files.sort("source", "file").iter_rows(named=True):
        line = f"{row['file']}：{counts_zh(row)}"
        if row["superseded_by"]:
            line += f"；已由 {row['superseded_by']} 替代"
        yield line + remarks_zh(row["warnings"].split())
        if told := outcome_zh(row):
            yield f"  {told}"
        if row["file_id"] in refused_rows and not row["superseded_by"]:
            yield from _row_lines(refused_rows[row["file_id"]])


def _row_lines(rows: pl.DataFrame) -> Iterator[str]:
    shown = rows.sort("sheet", "row", "reason", nulls_last=True).head(SENTENCES_PER_FILE)
    for message in shown["message_zh"]:
        yield f"  {message}"
    if rows.height > SENTENCES_PER_FILE:
        counts = rows["reason"].value_counts().sort("reason").iter_rows()
        reasons = "、".join(f"{short_zh(reason)} {count} 行" for reason, count in counts)
        yield f"  其余从略，共 {rows.height:,} 行（{reasons}），明细见隔离区。"


def check_lines(checked: dict[str, Any]) -> Iterator[str]:
    """Tell what a check found, file by file."""
    for file in checked["files"]:
        refused = file["rejected"]
        counts = {
            "rows_read": file["read"],
            "accepted": file["accepted"],
            "rejected": len(refused) - file["duplicates"],
            "duplicates": file["duplicates"],
        }
        yield f"{file['file']}：{counts_zh(counts)}{remarks_zh(file['warnings'])}"
        if file["message"]:
            yield f"  {file['message']}"
        for row in refused[:SENTENCES_PER_FILE]:
            # The cell is shown to whoever sent it; it is null where it may be a person's.
            shown = f"填的是：{row['detail']}" if row["detail"] else ""
            yield f"  {row['message_zh']}{shown}"
        if len(refused) > SENTENCES_PER_FILE:
            yield f"  其余从略，共 {len(refused):,} 行；加 --json 可看到全部。"
    yield from _not_yet(checked)
    yield from _not_read(checked["not_read"])
    whole = sum(file["file_reject"] is not None for file in checked["files"])
    yield f"检查了 {len(checked['files'])} 个文件，其中 {whole} 个整份不可用。没有写入任何文件。"


def _not_yet(checked: dict[str, Any]) -> Iterator[str]:
    """Name the sources all of whose rows are later than the as-of date."""
    later = [
        source.name_zh
        for source in sources().values()
        if (files := [file for file in checked["files"] if file["source"] == source.id])
        and not any(file["accepted"] for file in files)
        and any(row["reason"] == "FUTURE_DATE" for file in files for row in file["rejected"])
    ]
    if later:
        yield f"截至{checked['as_of']}还没有数据：{'、'.join(later)}。请核对 --as-of 的日期。"


def _not_read(names: Sequence[str]) -> Iterator[str]:
    if names:
        yield f"没有读取：{'、'.join(names)}（不是已知来源的文件夹）。"


def totals(files: pl.DataFrame) -> dict[str, int]:
    """Sum the accounts over all files."""
    sums = files.select(pl.col(COUNTS).sum()).row(0, named=True)
    return {"files": files.height, **sums}


def summary_lines(result: BuildResult) -> Iterator[str]:
    """Tell the accounts of each source and what was published."""
    files = result.ledger_files
    grouped = files.group_by("source", maintain_order=True).agg(
        pl.len().alias("files"), pl.col("refusal").count().alias("refused"), pl.col(COUNTS).sum()
    )
    for row in grouped.iter_rows(named=True):
        refused = f"，其中 {row['refused']} 个整份拒收" if row["refused"] else ""
        name = sources()[row["source"]].name_zh
        yield f"{name}：{row['files']} 个文件{refused}；{counts_zh(row)}"
    for source in result.absent:
        yield f"{sources()[source].name_zh}：没有收到截至数据日期的文件，相关指标显示为缺报。"
    yield from _not_read(result.strangers)
    if result.reused:
        yield f"沿用上次读取结果的 {result.reused} 个文件，重读 {files.height - result.reused} 个。"
    yield f"合计：{files.height} 个文件；{counts_zh(totals(files))}"
    for jump in result.snapshot.manifest.jumps:
        yield f"与上次相比：{jump}"
    if result.rejected.height:
        yield f"拒收和重复的行记在 {result.quarantine}，改正后重新 build 即可。"


def snapshot_zh(snapshot: Snapshot) -> str:
    """Describe a snapshot in one line."""
    manifest = snapshot.manifest
    demonstration = "，演示数据" if manifest.demonstration else ""
    size = sum(entry.bytes for entry in manifest.marts.values()) / 1e6
    return (
        f"快照 {snapshot.id}，数据截至 {manifest.as_of}{demonstration}，"
        f"{len(manifest.inputs)} 个原始文件，{len(manifest.marts)} 张数据表 {size:.1f} MB，"
        f"{minute_zh(manifest.created_at)} 生成{_accepted_zh(snapshot)}"
    )


def _accepted_zh(snapshot: Snapshot) -> str:
    reason = snapshot.manifest.accepted_jump
    return f"，变化较大，说明：{reason}" if reason else ""


def snapshot_object(snapshot: Snapshot) -> dict[str, Any]:
    """Describe a snapshot for a program."""
    manifest = snapshot.manifest
    return {
        "snapshot": snapshot.id,
        "content_hash": manifest.content_hash,
        "as_of": manifest.as_of.isoformat(),
        "created_at": manifest.created_at.isoformat(),
        "demonstration": manifest.demonstration,
        "code_version": manifest.code_version,
        "catalogue_hash": manifest.catalogue_hash,
        "accepted_jump": manifest.accepted_jump,
        "jumps": list(manifest.jumps),
        "marts": {name: entry.rows for name, entry in manifest.marts.items()},
    }


def build_object(result: BuildResult) -> dict[str, Any]:
    """Describe a build and its accounts for a program."""
    columns = ("source", "file", "sha256", *COUNTS, "refusal", "message_zh")
    later = ("superseded_by", "kept_instead")
    return {
        **snapshot_object(result.snapshot),
        "last_build_cut_off": result.cut_off_zh,
        "absent_sources": result.absent,
        "not_read": result.strangers,
        "reused_files": result.reused,
        "totals": totals(result.ledger_files),
        "files": result.ledger_files.select(*columns, *later).to_dicts(),
    }


def manifest_totals(snapshot: Snapshot) -> dict[str, int]:
    """Sum the accounts over a published snapshot's inputs."""
    inputs = snapshot.manifest.inputs
    return {"files": len(inputs)} | {
        name: sum(getattr(entry, name) for entry in inputs) for name in COUNTS
    }
