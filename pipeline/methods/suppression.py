"""Small numbers: hide counts of patients that are small, and what would give them away.

Primary: a count from 1 to below the threshold. Complementary: in every published sum (a city and
its counties, a total and its parts) never exactly one cell stays hidden, because the sum minus the
others would be the hidden one; the smallest visible cell is hidden with it, and so on until
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
    order of `cell`, so that the result does not depend on the order of rows.
    """
    members = sums.join(cells.select("cell", "value", "may_hide"), on="cell", validate="m:1")
    # Zeros last: a hidden zero protects, but tells the reader less than a hidden small count.
    members = members.sort("sum", pl.col("value") == 0, "value", "cell")
    hidden = cells.filter("is_hidden").select("cell")
    # Ends: every round hides at least one more of finitely many cells.
    while not (added := _second_cells(members, hidden)).is_empty():
        hidden = pl.concat([hidden, added])
    return (
        cells.drop("is_hidden")
        .join(
            hidden.with_columns(is_hidden=pl.lit(value=True)), on="cell", how="left", validate="1:1"
        )
        .with_columns(pl.col("is_hidden").fill_null(value=False))
    )


def _second_cells(members: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """Return for every sum with exactly one hidden cell the visible cell to hide with it."""
    marked = members.join(
        hidden.with_columns(is_hidden=pl.lit(value=True)), on="cell", how="left", validate="m:1"
    ).with_columns(pl.col("is_hidden").fill_null(value=False))
    can_hide = ~pl.col("is_hidden") & pl.col("may_hide")
    return (
        marked.filter(pl.col("is_hidden").sum().over("sum") == 1)
        .filter(can_hide)
        .unique("sum", keep="first", maintain_order=True)
        .select("cell")
        .unique()
    )
