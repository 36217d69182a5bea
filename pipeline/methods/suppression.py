"""Small numbers: hide counts of patients that are small, and what would give them away.

Primary: a count from 1 to below the threshold. Complementary: in every published sum (a city and
its counties, a total and its parts) never exactly one cell stays unknown, because the sum minus
the others would be the unknown one; the smallest visible cell is hidden with it, and so on until
nothing changes. This withstands any chain of single subtractions. It is not a proof against
solving several sums together; robustness against that would need a linear programme.
"""

from __future__ import annotations

import polars as pl


def is_small(value: pl.Expr, *, threshold: int) -> pl.Expr:
    """Say whether a count is above zero and below the threshold; null is not."""
    return ((value > 0) & (value < threshold)).fill_null(value=False)


def hide(cells: pl.DataFrame, sums: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with `is_hidden` extended until no sum gives a hidden cell away.

    `cells`: cell (unique), value, is_hidden, and may_hide (a city total may not: it is exact).
    `sums`: sum, cell: the cells of one equation, its total among them. Ties are broken by the
    order of `cell`, so that the result does not depend on the order of rows. A cell that is told
    by exact cells alone (the only county of a city) cannot be protected and protects no other.
    """
    members = sums.join(cells, on="cell", validate="m:1")
    open_members = _without_told(members.filter(pl.col("is_hidden") | pl.col("may_hide")))
    # Zeros last: a hidden zero protects, but tells the reader less than a hidden small count.
    ordered = open_members.sort("sum", pl.col("value") == 0, "value", "cell").drop("is_hidden")
    hidden = cells.filter("is_hidden").select("cell")
    # Ends: every round hides at least one more of finitely many cells.
    while not (added := _second_cells(ordered, hidden)).is_empty():
        hidden = pl.concat([hidden, added])
    marked = cells.drop("is_hidden").join(_marks(hidden), on="cell", how="left", validate="1:1")
    return marked.with_columns(pl.col("is_hidden").fill_null(value=False))


def _marks(hidden: pl.DataFrame) -> pl.DataFrame:
    return hidden.with_columns(is_hidden=pl.lit(value=True))


def _without_told(members: pl.DataFrame) -> pl.DataFrame:
    """Drop, over and over, the cells that are alone in a sum whose other cells are known.

    What is left has no sum with a single member, so a cell that must not stay alone has company.
    """
    while not (told := members.filter(pl.len().over("sum") == 1)).is_empty():
        members = members.join(told, on="cell", how="anti")
    return members


def _second_cells(members: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """Return for every sum with exactly one hidden cell the visible cell to hide with it."""
    marked = members.join(_marks(hidden), on="cell", how="left", validate="m:1").with_columns(
        pl.col("is_hidden").fill_null(value=False)
    )
    return (
        marked.filter(pl.col("is_hidden").sum().over("sum") == 1)
        .filter(~pl.col("is_hidden"))
        .unique("sum", keep="first", maintain_order=True)
        .select("cell")
        .unique()
    )
