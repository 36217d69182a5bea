"""What the amounts of a settlement must say together; in whole fen."""

from __future__ import annotations

import polars as pl

from pipeline.staging.rules import Rule

LARGEST_FEN = 1_000_000_000  # ten million yuan
ROUNDING_FEN = 1  # parts are rounded one by one; the total is not their sum then
_LISTED_FUNDS = ("fund_large", "fund_serious", "fund_aid", "fund_servants", "fund_other")
_PARTS = ("fund_total", "account", "cash", "account_shared", "hospital_share", *_LISTED_FUNDS)
MONEY = ("total", "fund", *_PARTS)


def yuan(fen: pl.Expr) -> pl.Expr:
    """Write an amount the way people do, for the detail of a refused row."""
    return fen.cast(pl.Decimal(18, 2)) / 100


def is_negative() -> pl.Expr:
    """Say whether the cost or the pooled fund is below zero."""
    return (pl.col("total") < 0) | (pl.col("fund") < 0)


def amount_rules(*, reversal: pl.Expr) -> list[Rule]:
    """Refuse amounts without explanation, out of range, or that contradict each other.

    A negative part is as unexplained as a negative total. A flagged reversal of a named original
    must not be positive: the original would count twice.
    """
    total, fund = pl.col("total"), pl.col("fund")
    positive_reversal = pl.col("is_reversal") & pl.col("original_id").is_not_null() & (total > 0)
    unexplained = [
        Rule("NEGATIVE_UNEXPLAINED", part, (pl.col(part) < 0) & reversal.not_(), yuan(pl.col(part)))
        for part in MONEY
    ]
    return [
        *unexplained,
        Rule("AMOUNT_RANGE", "total", total.abs() > LARGEST_FEN, yuan(total)),
        Rule("AMOUNT_RANGE", "total", positive_reversal, yuan(total)),
        Rule("AMOUNT_IDENTITY", "fund", _exceeds(fund, total), yuan(fund)),
        Rule("AMOUNT_IDENTITY", "fund", _exceeds(fund, pl.col("fund_total")), yuan(fund)),
        Rule("AMOUNT_IDENTITY", "fund_total", _is_short(), yuan(pl.col("fund_total"))),
        Rule("AMOUNT_IDENTITY", "total", _does_not_add_up(), yuan(total)),
    ]


def _exceeds(part: pl.Expr, whole: pl.Expr) -> pl.Expr:
    """Say whether a part is more than the whole, or of the other sign."""
    return (part.abs() > whole.abs()) | (part.sign() * whole.sign() < 0)


def _funds() -> pl.Expr:
    """Add the funds that are told one by one."""
    return pl.col("fund") + pl.sum_horizontal(pl.col(part).fill_null(0) for part in _LISTED_FUNDS)


def _is_short() -> pl.Expr:
    """Say whether the sum of all funds is less than those told; there may be others."""
    return _funds().abs() > pl.col("fund_total").abs() + ROUNDING_FEN


def _does_not_add_up() -> pl.Expr:
    """Say whether funds, account and cash are not the total; null where one is not given.

    Without the sum of all funds, the pooled fund and those listed beside it are the funds. The
    family account may or may not be part of the personal account: both are right.
    """
    funds = pl.coalesce("fund_total", _funds())
    rest = (
        pl.col("total")
        - funds
        - pl.col("account")
        - pl.col("cash")
        - pl.col("hospital_share").fill_null(0)
    )
    shared = pl.col("account_shared").fill_null(0)
    return (rest.abs() > ROUNDING_FEN) & ((rest - shared).abs() > ROUNDING_FEN)
