from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import plotly.graph_objects as go
import polars as pl
import pytest
from plotly.io import to_json

from dashboard import remembering as kept
from dashboard.charts.base import new_figure, note
from dashboard.charts.printed import Printed, is_map
from dashboard.places import Places
from dashboard.remembering import Memory, drawn_once, remembered
from dashboard.store import Marts, open_marts
from dashboard.view import View

asked: list[object] = []


@pytest.fixture(autouse=True)
def _nothing_asked() -> None:
    asked.clear()
    kept.memory.forget()


@remembered
def doubled(frame: pl.LazyFrame | pl.DataFrame, *, times: object = 2) -> pl.DataFrame:
    asked.append(times)
    return frame.lazy().with_columns(pl.col("n") * 2).collect()


@remembered
def noted(thing: object) -> dict[str, object]:
    asked.append(thing)
    return {"thing": str(thing)}


@remembered
def plan(frame: pl.LazyFrame) -> pl.LazyFrame:
    asked.append("plan")
    return frame


@drawn_once
def chart(values: tuple[float, ...], *, day: dt.date) -> go.Figure:
    asked.append(values)
    figure = new_figure(height=100)
    figure.add_scatter(x=[day] * len(values), y=pl.Series(values))
    note(figure, "<b>一</b>", x=0, y=1)
    return figure


def test_a_question_is_answered_once_for_equal_arguments() -> None:
    first = doubled(pl.DataFrame({"n": [1, 2]}), times=3)
    again = doubled(pl.DataFrame({"n": [1, 2]}), times=3)
    assert again["n"].to_list() == first["n"].to_list() == [2, 4]
    assert asked == [3]


@pytest.mark.parametrize("other", [1.0, True, "1", (1,), None, dt.date(2025, 1, 1)])
def test_arguments_that_only_look_alike_are_told_apart(other: object) -> None:
    noted(1)
    noted(other)
    assert asked == [1, other]


def test_tables_are_told_apart_by_content_and_by_the_file_they_are_read_from(
    tmp_path: Path,
) -> None:
    for name, n in (("a", 1), ("b", 5)):
        pl.DataFrame({"n": [n]}).write_parquet(tmp_path / name)
    scans = [pl.scan_parquet(tmp_path / name) for name in ("a", "b", "a")]
    assert [doubled(scan)["n"].item() for scan in scans] == [2, 10, 2]
    assert len(asked) == 2
    assert doubled(scans[0].filter(pl.col("n") > 1)).height == 0
    assert doubled(pl.DataFrame({"n": [7]}))["n"].item() == 14


def test_what_a_caller_adds_to_an_answer_stays_with_the_caller() -> None:
    noted("a")["more"] = 1
    assert noted("a") == {"thing": "a"}
    assert len(asked) == 1


def test_an_argument_without_content_is_asked_about_every_time() -> None:
    for _ in range(2):
        noted(lambda: 1)
    assert len(asked) == 2


def test_a_table_still_to_be_read_is_not_kept() -> None:
    frame = pl.LazyFrame({"n": [1]})
    plan(frame)
    plan(frame)
    assert asked == ["plan", "plan"]


def test_two_viewers_with_different_rights_never_share_an_answer(marts: Marts) -> None:
    some = open_marts(scope=frozenset({"410225"}))

    def codes(seen: Marts) -> list[str]:
        frame = seen.scan("clinics").select("county_code", n=pl.lit(1))
        return doubled(frame)["county_code"].unique().to_list()

    assert set(codes(marts)) > set(codes(some)) == {"410225"}
    noted(marts)
    noted(some)
    noted(open_marts())
    assert asked[-2:] == [marts, some]


def test_a_view_is_told_apart_by_what_it_shows(view_of: Callable[..., View]) -> None:
    one = view_of("410225")
    assert one.final_month
    for view in (one, view_of("410225"), view_of("410200"), view_of("410225", meeting=True)):
        noted(view)
    assert len(asked) == 3


def test_what_is_asked_at_large_is_answered_once_for_all_areas(
    view_of: Callable[..., View],
) -> None:
    one, other = view_of("410225", meeting=True), view_of("410200")
    for view in (one, other, view_of("410225", month=-2)):
        noted(view.at_large)
    assert len(asked) == 2
    assert one.at_large == other.at_large
    for name in ("marts", "month", "data_date", "final_month", "provisional_months"):
        assert getattr(one.at_large, name) == getattr(one, name)


def test_lasting_objects_are_told_apart_by_which_one_they_are() -> None:
    noted(Places([]))
    noted(Places([]))
    same = Places([])
    noted(same)
    noted(same)
    assert len(asked) == 3


def test_a_chart_drawn_before_is_sent_byte_by_byte_as_the_first_time() -> None:
    first = chart((1.0, 2.5), day=dt.date(2025, 3, 1))
    again = chart((1.0, 2.5), day=dt.date(2025, 3, 1))
    assert len(asked) == 1
    assert isinstance(again, Printed)
    assert to_json(again, validate=False) == to_json(first, validate=False)
    assert again.layout.annotations[0].text == "<b>一</b>"
    assert again.data[0].y == (1.0, 2.5)


def test_whether_a_chart_is_a_map_is_told_without_making_objects_of_plotlys(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    areas = Printed(Printed.encoded(go.Figure(go.Choropleth(locations=["a"], z=[1]))))
    lines = Printed(Printed.encoded(go.Figure(go.Scatter(y=[1], name="choropleth"))))
    monkeypatch.setattr(go, "Figure", None)
    assert (is_map(areas), is_map(lines)) == (True, False)


def test_a_chart_whose_arguments_have_no_content_is_drawn_every_time() -> None:
    @drawn_once
    def odd(_paint: Callable[[], None]) -> go.Figure:
        asked.append("odd")
        return new_figure(height=100)

    odd(lambda: None)
    odd(lambda: None)
    assert asked == ["odd", "odd"]


def test_what_was_not_asked_for_longest_is_forgotten_first() -> None:
    memory = Memory(most_bytes=250)
    for key in (b"a", b"b"):
        memory.put(key, key, 100)
    assert memory.get(b"a") == (b"a",)
    memory.put(b"c", None, 100)
    memory.put(b"c", "second", 100)
    assert (memory.get(b"b"), memory.get(b"a"), memory.get(b"c")) == (None, (b"a",), ("second",))
    assert memory.bytes == 200
    memory.forget()
    assert (memory.get(b"a"), memory.bytes) == (None, 0)


@pytest.mark.parametrize(
    ("answer", "least", "most"),
    [
        (pl.DataFrame({"n": [1] * 100}), 800, 1_000),
        ("x" * 1_000, 1_000, 1_100),
        (["x" * 500, ("x" * 500,)], 1_000, 1_200),
        (None, 0, 0),
    ],
)
def test_the_size_of_an_answer_is_about_what_it_holds(
    answer: object, least: int, most: int
) -> None:
    assert least <= kept.size_of(answer) <= most


def test_memory_is_bounded() -> None:
    assert kept.memory.bytes <= kept.MOST_BYTES
