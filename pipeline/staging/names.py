"""Names of institutions: whether a row's code and name mean the same one."""

from __future__ import annotations

import polars as pl

from pipeline.staging.references import References
from pipeline.staging.rules import Rule

_ASIDE = r"\([^)]*\)"
_NOISE = r"[\s\p{P}\p{S}]"


def with_registered_name(
    rows: pl.LazyFrame, references: References, *, code: str, name: str
) -> pl.LazyFrame:
    """Add `_registered`, the register's name for the code, and whether the row's is another one.

    `_is_other` is null where the code is not registered or the row gives no name.
    """
    register = references.institutions.lazy().select(
        pl.col("institution_code").alias(code), _registered="institution_name"
    )
    confirmed = references.aliases.lazy().select(
        pl.col("institution_code").alias(code),
        pl.col("alias_name").alias(name),
        _is_confirmed=pl.lit(value=True),
    )
    pair = pl.struct(written=name, registered="_registered")
    return (
        rows.join(register, on=code, how="left", validate="m:1", maintain_order="left")
        .join(confirmed, on=[code, name], how="left", validate="m:1", maintain_order="left")
        .with_columns(
            _is_other=pair.map_batches(_differ, return_dtype=pl.Boolean())
            & pl.col("_is_confirmed").is_null()
        )
        .drop("_is_confirmed")
    )


def name_rule(column: str) -> Rule:
    """Refuse a row whose code belongs to an institution of another name."""
    shown = pl.format("{}（名录中为{}）", pl.col(column), pl.col("_registered"))
    return Rule("CODE_NAME_CONFLICT", column, pl.col("_is_other"), shown)


def folded(name: pl.Expr) -> pl.Expr:
    """Fold what is written one way or another: width, blanks, brackets, 中心, 镇 or 乡."""
    return (
        name.str.normalize("NFKC")
        .str.to_lowercase()
        .str.replace_all(_ASIDE, "")
        .str.replace_all(_NOISE, "")
        .str.replace("中心卫生院$", "卫生院")
        .str.replace("(镇|乡|街道)卫生院$", "卫生院")
    )


def _differ(pairs: pl.Series) -> pl.Series:
    """Compare each distinct pair once; names agree if one, folded, is part of the other."""
    frame = pairs.struct.unnest()
    given = pl.col("written").is_not_null() & pl.col("registered").is_not_null()
    doubtful = frame.filter(given & (pl.col("written") != pl.col("registered"))).unique()
    written, registered = folded(pl.col("written")), folded(pl.col("registered"))
    agree = written.str.contains(registered, literal=True) | registered.str.contains(
        written, literal=True
    )
    judged = doubtful.with_columns(differ=agree.not_())
    return (
        frame.join(judged, on=["written", "registered"], how="left", maintain_order="left")
        .select(pl.when(given).then(pl.col("differ").fill_null(value=False)))
        .to_series()
    )
