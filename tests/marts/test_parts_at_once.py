from __future__ import annotations

import pytest

from pipeline.marts import cells, plan
from pipeline.marts.cells import groups_of
from tests.marts import small_world as world


def test_few_rows_are_measured_in_one_group_in_the_order_of_the_marts() -> None:
    assert groups_of(["b", "c", "a"], rows=0) == [["a", "b", "c"]]
    assert groups_of([], rows=0) == [[]]


def test_more_rows_make_more_groups_and_no_indicator_is_lost() -> None:
    named = [f"i{n:02d}" for n in range(11)]
    groups = groups_of(reversed(named), rows=3 * cells.ROWS_AT_ONCE)
    assert [len(group) for group in groups] == [2, 2, 2, 2, 2, 1]
    assert [name for group in groups for name in group] == named
    assert groups_of(named, rows=10**9) == [[name] for name in named]


def test_the_marts_do_not_depend_on_how_much_is_done_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once = world.whole()
    monkeypatch.setattr(cells, "ROWS_AT_ONCE", 40)
    monkeypatch.setattr(cells, "DAYS_AT_ONCE", 3)
    monkeypatch.setattr(plan, "DAYS_AT_ONCE", 2)
    one_by_one = world.build(world.tables())
    assert all(one_by_one[name].equals(mart) for name, mart in at_once.items())
