from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ContractError
from pipeline.methods.rollup import lineage, roll_up


def edges(parents: dict[str, str | None]) -> pl.DataFrame:
    return pl.DataFrame(
        {"area_code": list(parents), "parent_code": list(parents.values())},
        schema={"area_code": pl.String, "parent_code": pl.String},
    )


TREE = edges({"all": None, "c1": "all", "a": "c1", "b": "c1", "a1": "a", "zone": None})


def rolled(rows: list[tuple[str, int, int | None]], tree: pl.DataFrame = TREE) -> dict:
    lf = pl.LazyFrame(
        rows, schema={"area_code": pl.String, "t": pl.Int64, "n": pl.Int64}, orient="row"
    )
    out = roll_up(lf, ancestors=lineage(tree), by=["t"], values=["n"]).collect()
    return {(area, t): n for area, t, n in out.select("area_code", "t", "n").iter_rows()}


def test_every_area_is_the_sum_of_what_lies_below_and_its_own() -> None:
    sums = rolled([("a1", 1, 101), ("a", 1, 10), ("b", 1, 1000), ("b", 2, 7)])
    assert sums == {
        ("a1", 1): 101,
        ("a", 1): 101 + 10,
        ("b", 1): 1000,
        ("c1", 1): 101 + 10 + 1000,
        ("all", 1): 101 + 10 + 1000,
        ("b", 2): 7,
        ("c1", 2): 7,
        ("all", 2): 7,
    }


def test_an_area_without_a_parent_is_in_no_sum_but_its_own() -> None:
    assert rolled([("zone", 1, 5)]) == {("zone", 1): 5}


def test_nulls_are_skipped_and_only_nulls_give_null() -> None:
    assert rolled([("a1", 1, None), ("b", 1, 3)])[("a", 1)] is None
    assert rolled([("a1", 1, None), ("b", 1, 3)])[("c1", 1)] == 3


def test_rows_of_unknown_areas_fall_away() -> None:
    assert rolled([("elsewhere", 1, 5)]) == {}


def test_a_circle_of_parents_is_refused() -> None:
    with pytest.raises(ContractError, match="成环"):
        lineage(edges({"a": "b", "b": "a"}))


@st.composite
def worlds(draw: st.DrawFn) -> tuple[dict[str, str | None], list[tuple[str, int, int]]]:
    """Random trees: every area's parent comes before it, or it has none."""
    size = draw(st.integers(1, 12))
    parents: dict[str, str | None] = {}
    for n in range(size):
        above = draw(st.none() | st.sampled_from(sorted(parents))) if n else None
        depth, up = 0, above
        while up is not None:
            depth, up = depth + 1, parents[up]
        parents[f"x{n}"] = above if depth < 9 else None
    rows = draw(
        st.lists(
            st.tuples(
                st.sampled_from(sorted(parents)), st.integers(1, 2), st.integers(-(10**12), 10**12)
            ),
            max_size=20,
        )
    )
    return parents, rows


@settings(max_examples=60, deadline=None)
@given(worlds(), st.randoms())
def test_children_and_own_rows_add_up_to_the_parent_at_every_node(world, random) -> None:
    parents, rows = world
    sums = rolled(rows, edges(parents))
    for area in parents:
        for t in (1, 2):
            own = sum(n for a, when, n in rows if (a, when) == (area, t))
            below = sum(sums.get((c, t), 0) or 0 for c, p in parents.items() if p == area)
            assert (sums.get((area, t)) or 0) == own + below
    shuffled = list(rows)
    random.shuffle(shuffled)
    assert rolled(shuffled, edges(parents)) == sums
