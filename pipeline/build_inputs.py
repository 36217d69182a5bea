"""What a build stands on: files of a source, a reason, accounts that balance, rows to count."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from pipeline.catalog.sources import sources, sources_zh
from pipeline.errors import ContractError, SourceError, UsageError
from pipeline.ingest.files import raw_paths, readable_name

DEMO_MARK = "DEMO.json"
DEMO_TRUTH = "truth.json"

# The registries that the six figures of the overview rest on. Files of one of these without a
# single acceptable row stop the build; a source that sent nothing at all shows as missing.
REGISTER = "institutions"
NEEDED = (REGISTER, "settlements", "clinics", "equipment", "contracts")


def find_inputs(raw: Path) -> tuple[str, ...]:
    """Return what lies in the raw folder but belongs to no source, so that it can be told.

    Raises:
        UsageError: there is no such folder.
        SourceError: no source has a file.
        OSError: a folder cannot be listed.
    """
    if not raw.is_dir():
        raise UsageError(f"没有文件夹 {raw}。请用 --raw 指定存放原始文件的文件夹。")
    folders = [raw / source for source in sources() if (raw / source).is_dir()]
    if not any(map(raw_paths, folders)):
        raise SourceError(
            f"{raw} 中没有原始文件。请把文件放入以来源命名的文件夹：{sources_zh()}；"
            "或先运行 python -m pipeline demo 生成演示数据。"
        )
    return strangers_in(raw)


def strangers_in(raw: Path, *, besides: Path | None = None) -> tuple[str, ...]:
    """Return the names in a raw folder that belong to no source; one path in it may be known."""
    known = besides and besides.resolve()
    paths = [path for path in raw.iterdir() if path.resolve() != known]
    names = sorted(readable_name(path.name) for path in paths)
    visible = [name for name in names if not name.startswith(".")]
    return tuple(name for name in visible if name not in {*sources(), DEMO_MARK, DEMO_TRUTH})


def one_line(accept_jump: str | None) -> str | None:
    """Return the reason for a jump on one line.

    Raises:
        UsageError: it says nothing.
    """
    if accept_jump is None:
        return None
    reason = " ".join(accept_jump.split())
    if not reason:
        raise UsageError('--accept-jump 后面要写明原因，例如：--accept-jump "补报1月结算"。')
    return reason


def checked_ledger(files: pl.DataFrame) -> pl.DataFrame:
    """Return the ledger by file when every row of every file is accounted for.

    Raises:
        ContractError: read is not accepted + rejected + duplicates for some file.
    """
    counted = pl.col("accepted") + pl.col("rejected") + pl.col("duplicates")
    wrong = files.filter(pl.col("rows_read") != counted)
    if wrong.height:
        raise ContractError(
            f"行数对不上：{'、'.join(wrong['file'].head(5))}，共 {wrong.height} 个文件的"
            "“读入”不等于“采用＋拒收＋重复”。这是程序的缺陷，没有发布，请报告。"
        )
    return files.sort("source", "file")


def _refusals(files: pl.DataFrame, rejected: pl.DataFrame) -> str:
    """Say why nothing of some files was acceptable: whole files first, then rows by reason."""
    told = files.filter(pl.col("message_zh").is_not_null())["message_zh"].head(3).to_list()
    reasons = rejected["reason"].value_counts().sort("count", "reason", descending=True).head(3)
    if reasons.height:
        counts = "、".join(f"{reason} {count:,} 行" for reason, count in reasons.iter_rows())
        first = rejected.sort("file", "sheet", "row", nulls_last=True)["message_zh"][0]
        told.append(f"逐行拒收：{counts}；例如：{first}")
    return "".join(told)


def _require_a_start(accepted: Mapping[str, int], first: Mapping[str, str], as_of: date) -> None:
    """Check that the day asked for is not before all data; `first` are days after it, by source.

    Raises:
        SourceError: it is, or it is before the first register, which all others are held to.
    """
    later = [source for source in NEEDED if accepted.get(source) == 0 and source in first]
    if REGISTER in later:
        later = [REGISTER]
    elif any(accepted.get(source) for source in NEEDED):
        return
    if later:
        names = "、".join(sources()[source].name_zh for source in later)
        day = min(first[source] for source in later)
        raise SourceError(
            f"截至{as_of}还没有{names}的数据，最早的数据日期是{day}；没有发布，现用快照不变。"
            f"请用 --as-of 指定{day}或之后的日期，或不写 --as-of。"
        )


def require_sources(files: pl.DataFrame, rejected: pl.DataFrame, *, as_of: date) -> tuple[str, ...]:
    """Check that the build has something to stand on; return needed sources that have nothing.

    A source whose rows are later than the as-of date has nothing yet, which is no fault of it.

    Raises:
        SourceError: nothing at all, or nothing in a needed source that sent files, is acceptable;
            or the as-of date is before all data or the first register.
    """
    accepted = dict(files.group_by("source").agg(pl.col("accepted").sum()).iter_rows())
    later = rejected.filter(pl.col("reason") == "FUTURE_DATE").group_by("source")
    first = dict(later.agg(pl.col("detail").min()).iter_rows())
    _require_a_start(accepted, first, as_of)
    empty = [source for source in NEEDED if accepted.get(source) == 0 and source not in first]
    if not any(accepted.values()):
        empty = sorted(accepted)
    if empty:
        names = "、".join(sources()[source].name_zh for source in empty)
        is_theirs = pl.col("source").is_in(empty)
        refused = _refusals(files.filter(is_theirs), rejected.filter(is_theirs))
        raise SourceError(f"{names}的文件中没有一行可以采用，没有发布，现用快照不变。{refused}")
    return tuple(source for source in NEEDED if not accepted.get(source))
