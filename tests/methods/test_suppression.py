from __future__ import annotations

import random

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.methods.suppression import hide, is_small


def hidden(
    values: dict[str, int],
    sums: dict[str, list[str]],
    *,
    first: set[str] | None = None,
    exact: frozenset[str] = frozenset(),
) -> set[str]:
    """Return the names of the hidden cells; `first` are hidden to begin with, else the small."""
    names = sorted(values)
    index = {name: n for n, name in enumerate(names)}
    start = {n for n in names if 0 < values[n] < 10} - exact if first is None else first
    cells = pl.DataFrame(
        {
            "cell": list(index.values()),
            "value": [values[n] for n in names],
            "is_hidden": [n in start for n in names],
            "may_hide": [n not in exact for n in names],
        },
        schema={
            "cell": pl.Int64,
            "value": pl.Int64,
            "is_hidden": pl.Boolean,
            "may_hide": pl.Boolean,
        },
    )
    members = [
        (k, index[c]) for k, (name, parts) in enumerate(sums.items()) for c in [name, *parts]
    ]
    table = pl.DataFrame(members, schema={"sum": pl.Int64, "cell": pl.Int64}, orient="row")
    judged = hide(cells, table)
    return {names[i] for i in judged.filter("is_hidden")["cell"]}


def recoverable(values: dict[str, int], sums: dict[str, list[str]], secret: set[str]) -> set[str]:
    """Return the hidden cells that subtraction gives away: the oracle, one sum after another."""
    unknown = set(secret)
    found = True
    while found:
        found = False
        for total, parts in sums.items():
            open_cells = [c for c in (total, *parts) if c in unknown]
            if len(open_cells) == 1:
                unknown.remove(open_cells[0])
                found = True
    return secret - unknown


def test_small_is_above_zero_and_below_the_threshold() -> None:
    is_small_of = {-1: False, 0: False, 1: True, 9: True, 10: False, 11: False, None: False}
    frame = pl.DataFrame({"v": list(is_small_of)})
    found = frame.select(is_small(pl.col("v"), threshold=10))["v"]
    assert found.to_list() == list(is_small_of.values())


def test_a_single_small_sibling_takes_the_smallest_other_with_it() -> None:
    values = {"city": 161, "a": 4, "b": 57, "c": 100}
    assert hidden(values, {"city": ["a", "b", "c"]}, exact=frozenset({"city"})) == {"a", "b"}


def test_two_small_siblings_protect_each_other() -> None:
    values = {"city": 107, "a": 4, "b": 3, "c": 100}
    assert hidden(values, {"city": ["a", "b", "c"]}, exact=frozenset({"city"})) == {"a", "b"}


def test_a_hidden_part_of_a_county_hides_the_same_part_of_a_neighbour() -> None:
    """Parts and siblings together: four cells are needed, not two."""
    values = {
        "city": 300, "city.x": 104, "city.y": 196,
        "a": 100, "a.x": 4, "a.y": 96,
        "b": 200, "b.x": 100, "b.y": 100,
    }  # fmt: skip
    sums = {
        "city.x": ["a.x", "b.x"],
        "city.y": ["a.y", "b.y"],
        "city": ["a", "b"],
        "a": ["a.x", "a.y"],
        "b": ["b.x", "b.y"],
    }
    exact = frozenset({"city", "city.x", "city.y"})
    assert hidden(values, sums, exact=exact) == {"a.x", "a.y", "b.x", "b.y"}


def test_zeros_are_hidden_last() -> None:
    values = {"city": 64, "a": 4, "b": 0, "c": 60}
    assert hidden(values, {"city": ["a", "b", "c"]}, exact=frozenset({"city"})) == {"a", "c"}


def test_nothing_small_hides_nothing() -> None:
    values = {"city": 30, "a": 10, "b": 20}
    assert hidden(values, {"city": ["a", "b"]}) == set()


def test_a_hidden_total_hides_one_of_its_parts() -> None:
    values = {"a": 60, "t1": 20, "t2": 40}
    assert hidden(values, {"a": ["t1", "t2"]}, first={"a"}) == {"a", "t1"}


def test_an_only_child_of_an_exact_total_cannot_be_protected() -> None:
    """Written down, not wished away: a city of one county is its county."""
    assert hidden({"city": 4, "a": 4}, {"city": ["a"]}, exact=frozenset({"city"})) == {"a"}


def test_a_cell_that_an_exact_total_tells_protects_no_other() -> None:
    values = {"all": 69, "away": 12, "a": 12, "b": 7, "c": 50}
    sums = {"all": ["a", "b", "c"], "away": ["a"]}
    assert hidden(values, sums, exact=frozenset({"all", "away"})) == {"b", "c"}


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, int], dict[str, list[str]], frozenset[str]]:
    """A city of counties, each a partition into parts; totals of the city are exact."""
    counties = draw(st.integers(2, 5))
    parts = draw(st.integers(2, 4))
    cell = st.integers(0, 30)
    values: dict[str, int] = {}
    sums: dict[str, list[str]] = {}
    for c in range(counties):
        for p in range(parts):
            values[f"{c}.{p}"] = draw(cell)
        names = [f"{c}.{p}" for p in range(parts)]
        values[f"{c}"] = sum(values[n] for n in names)
        sums[f"{c}"] = names
    for p in range(parts):
        names = [f"{c}.{p}" for c in range(counties)]
        values[f"city.{p}"] = sum(values[n] for n in names)
        sums[f"city.{p}"] = names
    values["city"] = sum(values[f"{c}"] for c in range(counties))
    sums["city"] = [f"{c}" for c in range(counties)]
    exact = frozenset(n for n in values if n.startswith("city"))
    return values, sums, exact


@settings(max_examples=80, deadline=None)
@given(tables())
def test_no_hidden_cell_can_be_had_by_subtraction(table) -> None:
    values, sums, exact = table
    secret = hidden(values, sums, exact=exact)
    small = {n for n, v in values.items() if 0 < v < 10} - exact
    assert small <= secret
    assert secret.isdisjoint(exact)
    assert recoverable(values, sums, secret) == set()


def ranges(
    values: dict[str, int], sums: dict[str, list[str]], secret: set[str]
) -> dict[str, tuple[int, int]]:
    """Return the least and largest value that each cell can have by any chain of sums.

    Slow: every sum narrows its cells, over and over; no count is below zero.
    """
    found = {n: (0, 10**9) if n in secret else (v, v) for n, v in values.items()}
    before = None
    while found != before:
        before = dict(found)
        for total, parts in sums.items():
            least, most = (sum(found[part][end] for part in parts) for end in (0, 1))
            low, high = max(found[total][0], least), min(found[total][1], most)
            found[total] = low, high
            for part in parts:
                low_part, high_part = found[part]
                # What the others leave of the total.
                found[part] = (
                    max(low_part, low - (most - high_part)),
                    min(high_part, high - (least - low_part)),
                )
    return found


def crowded_table(seed: int) -> tuple[dict[str, int], dict[str, list[str]], frozenset[str]]:
    """A city of counties by four parts, a quarter of the cells small and a quarter empty."""
    random_ = random.Random(seed)
    counties = [str(c) for c in range(random_.randint(4, 9))]
    kinds = ((0, 0), (1, 9), (10, 200), (10, 200))
    values = {f"{c}.{p}": random_.randint(*random_.choice(kinds)) for c in counties for p in "wxyz"}
    sums = {c: [f"{c}.{p}" for p in "wxyz"] for c in counties}
    sums |= {f"city.{p}": [f"{c}.{p}" for c in counties] for p in "wxyz"}
    sums["city"] = counties
    for total, parts in sums.items():
        values[total] = sum(values[part] for part in parts)
    return values, sums, frozenset(n for n in values if n.startswith("city"))


def test_the_level_of_protection_is_what_is_written_down() -> None:
    """In crowded tables no small cell is told to within one, and one in eighteen to within four.

    That subtraction tells none is by construction; how wide the ranges are is a figure.
    """
    widths = []
    for seed in range(120):
        values, sums, exact = crowded_table(seed)
        secret = hidden(values, sums, exact=exact)
        found = ranges(values, sums, secret)
        assert all(low <= values[n] <= high for n, (low, high) in found.items())
        widths += [found[n][1] - found[n][0] for n in secret if 0 < values[n] < 10]
    assert len(widths) > 500
    assert min(widths) >= 2
    assert sum(width < 5 for width in widths) <= len(widths) / 18


@settings(max_examples=30, deadline=None)
@given(tables())
def test_the_oracle_finds_what_primary_suppression_alone_gives_away(table) -> None:
    """The oracle can fail: it does, whenever exactly one cell of a sum is small."""
    values, sums, exact = table
    small = {n for n, v in values.items() if 0 < v < 10} - exact
    alone = any(len([c for c in (t, *parts) if c in small]) == 1 for t, parts in sums.items())
    assert bool(recoverable(values, sums, small)) == alone
