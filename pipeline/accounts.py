"""The ledger of a run: what happened to every row of every file."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import polars as pl

from pipeline.catalog.sources import sources
from pipeline.contracts.ledger import LedgerCell, LedgerFile, Rejected
from pipeline.errors import ContractError
from pipeline.ingest.batch import FileResult
from pipeline.ingest.reasons import DUPLICATES, row_message

_IS_DUPLICATE = pl.col("_reason").is_in(list(DUPLICATES))
_COUNTS = (
    pl.col("_reason").is_null().sum().cast(pl.Int64).alias("accepted"),
    (pl.col("_reason").is_not_null() & _IS_DUPLICATE.not_()).sum().cast(pl.Int64).alias("rejected"),
    _IS_DUPLICATE.fill_null(value=False).sum().cast(pl.Int64).alias("duplicates"),
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
    }
)


def all_accounts(accounts: pl.DataFrame, files: Sequence[FileResult]) -> pl.DataFrame:
    """Add the rows that were refused before their values were looked at."""
    refused = [result.refused for result in files if result.refused.height]
    return pl.concat([accounts, *refused], how="diagonal_relaxed")


def _listed(column: str, groups: Sequence[str], accounts: pl.DataFrame) -> pl.DataFrame:
    """Count the codes of a column by group as text: BAD_DATE:3 UNKNOWN_CODE:1, by code."""
    return (
        accounts.filter(pl.col(column).is_not_null())
        .group_by(*groups, column)
        .len()
        .sort(*groups, column)
        .group_by(*groups, maintain_order=True)
        .agg(pl.concat_str(column, pl.lit(":"), "len").str.join(" ").alias("_list"))
    )


def _listing(source: str, files: Sequence[FileResult]) -> pl.DataFrame:
    return pl.DataFrame(
        [
            (
                *(r.file_id, source, r.file.name, r.file.sha256, r.rows_read, r.refusal),
                r.message_zh,
                " ".join(f"{w}:{r.warnings.count(w)}" for w in sorted(set(r.warnings))),
            )
            for r in files
        ],
        schema=_LISTED,
        orient="row",
    )


def ledger_files(
    source: str, files: Sequence[FileResult], accounts: pl.DataFrame, replaced: pl.DataFrame
) -> pl.DataFrame:
    """Return one row per file of a source.

    Raises:
        ContractError: rows read are not accepted + rejected + duplicates; a fault of ours.
    """
    listed = _listing(source, files)
    frame = (
        listed.join(accounts.group_by("_file").agg(_COUNTS), on="_file", how="left")
        .join(_listed("_warning", ["_file"], accounts), on="_file", how="left")
        .join(replaced, on="_file", how="left", validate="1:1")
        .with_columns(
            pl.col("accepted", "rejected", "duplicates").fill_null(0),
            warnings=pl.concat_str(
                "_own", pl.col("_list").fill_null(""), separator=" "
            ).str.strip_chars(),
        )
        .join(listed.select(by="_file", superseded_by="file"), on="by", how="left", validate="m:1")
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


def ledger_cells(
    source: str, files: Sequence[FileResult], accounts: pl.DataFrame, *, as_of: date
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
    main = accounts.group_by("_file").agg(_main=pl.col("_month").drop_nulls().mode().sort().first())
    dated = accounts.join(main, on="_file", how="left", validate="m:1").join(
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


# What looks like an identity number or a mobile number, in whatever column it strayed into.
_PERSONAL = (
    r"[1-9]\d{5}(?:18|19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx]"
    r"|\b1[3-9]\d{9}\b"
)


def _masked(detail: pl.Expr) -> pl.Expr:
    return detail.str.replace_all(_PERSONAL, "（已隐去）")


def rejected_rows(source: str, files: Sequence[FileResult], accounts: pl.DataFrame) -> pl.DataFrame:
    """Return one row per refused or duplicate row, with its sentence; no personal value."""
    headers = {c.id: c.headers[0] for c in sources()[source].columns}
    bad = accounts.filter(pl.col("_reason").is_not_null())
    ids = set(bad["_file"].unique().to_list())
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
        bad.join(labels, on=["_file", "_column"], how="left", validate="m:1")
        .join(names, on="_file", how="left", validate="m:1")
        .with_columns(source=pl.lit(source), _detail=_masked(pl.col("_detail")))
        .rename(
            {"_file": "file_id", "_sheet": "sheet", "_row": "row", "_reason": "reason"}
            | {"_detail": "detail"}
        )
        .with_columns(
            message_zh=row_message(
                file="file", sheet="sheet", row="row", column="column", reason="reason"
            )
        )
        .select(Rejected.column_names())
        .sort("file_id", "sheet", "row", nulls_last=False)
    )
    return Rejected.validate(frame)
