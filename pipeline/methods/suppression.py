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
    open_members = _without_told(members.filter(pl.col("is_hidden") | pl.col("may_hide"))).drop(
        "is_hidden"
    )
    hidden = added = cells.filter("is_hidden").select("cell")
    # Ends: every round hides at least one more of finitely many cells.
    while not added.is_empty():
        added = _second_cells(_sums_with(added, open_members), hidden)
        hidden = pl.concat([hidden, added])
    marked = cells.drop("is_hidden").join(_marks(hidden), on="cell", how="left", validate="1:1")
    return marked.with_columns(pl.col("is_hidden").fill_null(value=False))


def _marks(hidden: pl.DataFrame) -> pl.DataFrame:
    return hidden.with_columns(is_hidden=pl.lit(value=True))


def _sums_with(cells: pl.DataFrame, members: pl.DataFrame) -> pl.DataFrame:
    """Keep the sums with one of the cells: no other can have changed."""
    touched = members.join(cells, on="cell", how="semi").select("sum").unique()
    return members.join(touched, on="sum", how="semi")


def _without_told(members: pl.DataFrame) -> pl.DataFrame:
    """Drop, over and over, the cells that are alone in a sum whose other cells are known.

    What is left has no sum with a single member, so a cell that must not stay alone has company.
    """
    told = _alone(members)
    while not told.is_empty():
        shrunk = members.join(told, on="cell", how="semi").select("sum").unique()
        members = members.join(told, on="cell", how="anti")
        told = _alone(members.join(shrunk, on="sum", how="semi"))
    return members


def _alone(members: pl.DataFrame) -> pl.DataFrame:
    counted = members.group_by("sum").agg(pl.col("cell").first(), n=pl.len())
    return counted.filter(pl.col("n") == 1).select("cell").unique()


def _second_cells(members: pl.DataFrame, hidden: pl.DataFrame) -> pl.DataFrame:
    """Return for every sum with exactly one hidden cell the visible cell to hide with it."""
    marked = members.join(_marks(hidden), on="cell", how="left", validate="m:1")
    lonely = marked.group_by("sum").agg(n=pl.col("is_hidden").sum()).filter(pl.col("n") == 1)
    return (
        marked.filter(pl.col("is_hidden").is_null())
        .join(lonely, on="sum", how="semi")
        # Zeros last: a hidden zero protects, but tells the reader less than a hidden small count.
        .sort("sum", pl.col("value") == 0, "value", "cell")
        .unique("sum", keep="first", maintain_order=True)
        .select("cell")
        .unique()
    )
