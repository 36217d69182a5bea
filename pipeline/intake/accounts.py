"""The ledger of a run: what happened to every row of every file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import polars as pl

from pipeline.catalog.sources import sources
from pipeline.contracts.ledger import LedgerCell, LedgerFile, Rejected
from pipeline.errors import ContractError
from pipeline.ingest.batch import FileResult
from pipeline.ingest.cells.strays import masked
from pipeline.ingest.files import RawFile
from pipeline.ingest.reasons import DUPLICATES, REPLACED, row_message

_IS_DUPLICATE = pl.col("_reason").is_in([*DUPLICATES, REPLACED.code])
_ROWS = pl.col("_rows")
_COUNTS = (
    _ROWS.filter(pl.col("_reason").is_null()).sum().alias("accepted"),
    _ROWS.filter(pl.col("_reason").is_not_null() & _IS_DUPLICATE.not_()).sum().alias("rejected"),
    _ROWS.filter(_IS_DUPLICATE).sum().alias("duplicates"),
)
_TALLIED = pl.Schema(
    {
        "_file": pl.UInt32(),
        "_county": pl.String(),
        "_month": pl.Date(),
        "_reason": pl.String(),
        "_warning": pl.String(),
    }
)
_NAMED = pl.Schema(
    {
        "_file": pl.UInt32(),
        "_sheet": pl.String(),
        "_row": pl.Int64(),
        "_reason": pl.String(),
        "_column": pl.String(),
        "_detail": pl.String(),
    }
)
_LISTED = pl.Schema(
    {
        "_file": pl.UInt32(),
        "source": pl.String(),
        "file": pl.String(),
        "sha256": pl.String(),
        "rows_read": pl.Int64(),
        "refusal": pl.String(),
        "message_zh": pl.String(),
        "_own": pl.String(),
        "sums": pl.String(),
    }
)


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """The accounts of a source: every row in the tally, each refused one by itself as well."""

    tally: pl.DataFrame  # _TALLIED and _rows, how many rows say so; fen by money column, if any
    refused: pl.DataFrame  # _NAMED


def counted(accounts: pl.DataFrame) -> Accounts:
    """Count the accounts of rows (`pipeline.staging.run.ACCOUNT`) of a source or a part of it.

    What else the frame has is money in fen, and summed.
    """
    money = [name for name in accounts.columns if name[0] != "_"]
    tally = accounts.group_by(_TALLIED.names()).agg(
        pl.len().cast(pl.Int64).alias("_rows"), pl.col(money).sum()
    )
    refused = accounts.filter(pl.col("_reason").is_not_null()).select(_NAMED.names())
    return Accounts(tally=tally, refused=refused)


def together(parts: Sequence[Accounts], files: Sequence[FileResult]) -> Accounts:
    """Put the accounts of parts together, and those of rows refused before they were typed."""
    early = [counted(_complete(file.refused)) for file in files if file.refused.height]
    both = [*parts, *early]
    return Accounts(
        tally=pl.concat((part.tally for part in both), how="diagonal"),
        refused=pl.concat(part.refused for part in both),
    )


def _complete(refused: pl.DataFrame) -> pl.DataFrame:
    """Add what is not known of a row that was refused before it was typed."""
    unknown = {**_TALLIED, **_NAMED}
    return refused.with_columns(
        pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in unknown.items()
        if name not in refused.columns
    )


def _listed(column: str, groups: Sequence[str], tally: pl.DataFrame) -> pl.DataFrame:
    """Count the codes of a column by group as text: BAD_DATE:3 UNKNOWN_CODE:1, by code."""
    return (
        tally.filter(pl.col(column).is_not_null())
        .group_by(*groups, column)
        .agg(len=_ROWS.sum())
        .sort(*groups, column)
        .group_by(*groups, maintain_order=True)
        .agg(pl.concat_str(column, pl.lit(":"), "len").str.join(" ").alias("_list"))
    )


def _sums(files: Sequence[FileResult], tally: pl.DataFrame) -> dict[int, str]:
    """Sum the accepted rows of each file in fen, of the money columns that the file has."""
    money = [name for name in tally.columns if name[0] != "_"]
    labels = {file.file_id: file.labels for file in files}
    taken = tally.filter(pl.col("_reason").is_null()).group_by("_file").agg(pl.col(money).sum())
    return {
        row["_file"]: " ".join(
            f"{name}:{row[name]}" for name in money if name in labels[row["_file"]]
        )
        for row in taken.iter_rows(named=True)
    }


def _listing(source: str, files: Sequence[FileResult], sums: Mapping[int, str]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (
                *(r.file_id, source, r.file.name, r.file.sha256, r.rows_read, r.refusal),
                r.message_zh,
                " ".join(f"{w}:{r.warnings.count(w)}" for w in sorted(set(r.warnings))),
                sums.get(r.file_id, ""),
            )
            for r in files
        ],
        schema=_LISTED,
        orient="row",
    )


def ledger_files(
    source: str, files: Sequence[FileResult], tally: pl.DataFrame, replaced: pl.DataFrame
) -> pl.DataFrame:
    """Return one row per file of a source.

    Raises:
        ContractError: rows read are not accepted + rejected + duplicates; a fault of ours.
    """
    listed = _listing(source, files, _sums(files, tally))
    frame = (
        listed.join(tally.group_by("_file").agg(_COUNTS), on="_file", how="left")
        .join(_listed("_warning", ["_file"], tally), on="_file", how="left")
        .join(replaced, on="_file", how="left", validate="1:1")
        .with_columns(
            pl.col("accepted", "rejected", "duplicates").fill_null(0),
            warnings=pl.concat_str(
                "_own", pl.col("_list").fill_null(""), separator=" "
            ).str.strip_chars(),
            kept_instead=pl.lit(None, dtype=pl.String),
        )
        .rename({"_file": "file_id"})
        .select(LedgerFile.column_names())
        .sort("file_id")
    )
    lost = frame.filter(
        pl.col("rows_read") != pl.sum_horizontal("accepted", "rejected", "duplicates")
    )
    if lost.height:
        raise ContractError(f"文件{lost['file'][0]}的行数对不上账，这是程序错误，请报告。")
    return LedgerFile.validate(frame)


def with_kept(files: pl.DataFrame, listed: Sequence[RawFile]) -> pl.DataFrame:
    """Say of files nothing of which is acceptable which earlier one of their series stays in force.

    `files` is the ledger of all sources; a file's id is its place in `listed`, from 1.
    """
    named = pl.DataFrame(
        [(at, file.series, file.batch) for at, file in enumerate(listed, 1)],
        schema={"file_id": pl.UInt32, "_series": pl.String, "_batch": pl.Int64},
        orient="row",
    )
    known = files.drop("kept_instead").join(named, on="file_id", how="left", validate="1:1")
    is_spoilt = (pl.col("rejected") > 0) | pl.col("refusal").is_not_null()
    is_gone = pl.col("superseded_by").is_not_null()
    kept = known.filter((pl.col("accepted") > 0) & ~is_gone).select(
        "source", "_series", kept_instead="file", _earlier="_batch"
    )
    instead = (
        known.filter((pl.col("accepted") == 0) & is_spoilt & ~is_gone)
        .join(kept, on=["source", "_series"])
        .filter(pl.col("_earlier") < pl.col("_batch"))
        .sort("_earlier", "kept_instead")
        .unique("file_id", keep="last", maintain_order=True)
        .select("file_id", "kept_instead")
    )
    told = known.join(instead, on="file_id", how="left", validate="1:1", maintain_order="left")
    return LedgerFile.validate(told.select(LedgerFile.column_names()))


def ledger_cells(
    source: str, files: Sequence[FileResult], tally: pl.DataFrame, *, as_of: date
) -> pl.DataFrame:
    """Return one row per file, county and month.

    A row that does not say its month counts in the file's main month, else in the month of the
    file's name, else in that of the as-of date; without a county it counts under "".
    """
    named = pl.DataFrame(
        [(r.file_id, r.file.date_in_name) for r in files],
        schema={"_file": pl.UInt32, "_named": pl.Date},
        orient="row",
    )
    dated = tally.join(_main_months(tally), on="_file", how="left", validate="m:1").join(
        named, on="_file", how="left", validate="m:1"
    )
    cells = dated.with_columns(
        county_code=pl.col("_county").fill_null(""),
        month=pl.coalesce(
            "_month",
            "_main",
            pl.col("_named").dt.truncate("1mo"),
            pl.lit(as_of.replace(day=1)),
        ),
    )
    keys = ["_file", "county_code", "month"]
    frame = (
        cells.group_by(keys)
        .agg(_COUNTS)
        .join(_listed("_reason", keys, cells), on=keys, how="left", validate="1:1")
        .with_columns(source=pl.lit(source), reasons=pl.col("_list").fill_null(""))
        .rename({"_file": "file_id"})
        .select(LedgerCell.column_names())
        .sort("file_id", "county_code", "month")
    )
    return LedgerCell.validate(frame)


def _main_months(tally: pl.DataFrame) -> pl.DataFrame:
    """Return the month that most rows of a file say, the earliest of several: `_file`, `_main`."""
    said = tally.drop_nulls("_month").group_by("_file", _main="_month").agg(_ROWS.sum())
    ordered = said.sort("_file", "_rows", "_main", descending=[False, True, False])
    return ordered.unique("_file", keep="first", maintain_order=True).drop("_rows")


def rejected_rows(source: str, files: Sequence[FileResult], refused: pl.DataFrame) -> pl.DataFrame:
    """Return one row per refused or duplicate row, with its sentence; no personal value.

    A row of a replaced batch is a duplicate by its key; only the sentence says what became of it.
    """
    headers = {c.id: c.headers[0] for c in sources()[source].columns}
    ids = set(refused["_file"].unique().to_list())
    labels = pl.DataFrame(
        [
            (r.file_id, column, label)
            for r in files
            if r.file_id in ids
            for column, label in (headers | r.labels).items()
        ],
        schema={"_file": pl.UInt32, "_column": pl.String, "column": pl.String},
        orient="row",
    )
    names = pl.DataFrame(
        [(r.file_id, r.file.name) for r in files],
        schema={"_file": pl.UInt32, "file": pl.String},
        orient="row",
    )
    frame = (
        refused.join(labels, on=["_file", "_column"], how="left", validate="m:1")
        .join(names, on="_file", how="left", validate="m:1")
        .with_columns(source=pl.lit(source), _detail=masked(pl.col("_detail")))
        .rename(
            {"_file": "file_id", "_sheet": "sheet", "_row": "row", "_reason": "reason"}
            | {"_detail": "detail"}
        )
        .with_columns(
            message_zh=row_message(
                file="file", sheet="sheet", row="row", column="column", reason="reason"
            )
        )
        .with_columns(pl.col("reason").replace({REPLACED.code: "DUPLICATE_KEY"}))
        .select(Rejected.column_names())
        .sort("file_id", "sheet", "row", nulls_last=False)
    )
    return Rejected.validate(frame)
