"""Small lines side by side: one scale, gaps stay gaps, what is provisional is dashed."""

from __future__ import annotations

import plotly.graph_objects as go
import pytest

from dashboard import theme
from dashboard.charts.courses import Course, Moment, courses_figure

SOLID, DASHED = (theme.ACCENT, 2.5, "solid"), (theme.AXIS, 2.0, "6px,4px")
THIN = (theme.AXIS, 1.2, "solid")


def moments(*values: float | None, final: int | None = None) -> tuple[Moment, ...]:
    settled = len(values) if final is None else final
    return tuple(Moment(value=v, is_final=n < settled) for n, v in enumerate(values))


def course(code: str, *values: float | None, mark: str = "", final: int | None = None) -> Course:
    return Course(
        code=code,
        name=f"{code}县",
        label="30.0",
        mark=mark,
        moments=moments(*values, final=final),
        hover=code,
    )


def drawn(*courses: Course, reference: tuple[Moment, ...] = (), height: int = 200) -> go.Figure:
    return courses_figure(courses, reference, height=height, width=1000)


def heights(figure: go.Figure, look: tuple[str, float, str]) -> list[float | None]:
    """Return the pixels from the top of the points of all lines of one look."""
    found: list[float | None] = []
    for trace in figure.data:
        if trace.type == "scatter" and trace.mode == "lines":
            line = trace.line
            found += trace.y if (line.color, line.width, line.dash) == look else ()
    return found


def rows(figure: go.Figure) -> go.Bar:
    return next(trace for trace in figure.data if trace.name == "rows")


def test_all_areas_share_one_scale_from_which_heights_can_be_read() -> None:
    # The scale runs from 10 to 40; its 138 pixels begin below the 54 of the head.
    figure = drawn(course("a", 10.0, 40.0), course("b", 25.0, 25.0))
    assert heights(figure, SOLID) == [192.0, 54.0, None, 123.0, 123.0, None]


def test_provisional_months_are_dashed_from_the_last_settled_one() -> None:
    figure = drawn(course("a", 10.0, 40.0, 25.0, final=2))
    assert heights(figure, SOLID) == [192.0, 54.0, None]
    assert heights(figure, DASHED) == [54.0, 123.0, None]


def test_a_month_without_a_value_breaks_the_line() -> None:
    figure = drawn(course("a", 10.0, None, 40.0))
    assert heights(figure, SOLID) == [192.0, None, 54.0, None]
    lone = next(t for t in figure.data if t.type == "scatter" and t.mode == "markers")
    assert list(lone.y) == [192.0, 54.0]  # a month between two gaps is a dot


def test_the_whole_is_a_thin_line_behind_each_area() -> None:
    figure = drawn(
        course("a", 10.0, 40.0), course("b", 10.0, 40.0), reference=moments(25.0, 25.0, final=1)
    )
    assert heights(figure, THIN) == [123.0, None] * 2


def test_a_claim_has_its_mark_and_a_worse_one_its_ink() -> None:
    figure = drawn(
        course("a", 10.0, mark="worse"), course("b", 20.0, mark="better"), course("c", 30.0)
    )
    scatters = [trace for trace in figure.data if trace.type == "scatter"]
    symbols = next(trace.marker.symbol for trace in scatters if trace.mode == "markers")
    assert [symbol for symbol in symbols if symbol == "diamond"] == ["diamond"]
    inks = {trace.textfont.color: len(trace.text) for trace in scatters if trace.mode == "text"}
    assert inks[theme.WORSE] == 1


@pytest.mark.parametrize(("count", "columns"), [(9, 9), (10, 10), (11, 6), (29, 10)])
def test_many_areas_stand_in_lines_of_like_length(count: int, columns: int) -> None:
    figure = drawn(*(course(str(n), 1.0, 2.0) for n in range(count)), height=600)
    places = list(zip(rows(figure).base, rows(figure).y, strict=True))
    assert len({left for left, _ in places}) == columns
    assert len({middle for _, middle in places}) == -(-count // columns)
    ends = [left + width for left, width in zip(rows(figure).base, rows(figure).x, strict=True)]
    assert max(ends) == pytest.approx(100)


def test_a_click_names_the_area() -> None:
    assert list(rows(drawn(course("a", 1.0), course("b", 2.0))).customdata) == ["a", "b"]


def test_without_any_value_the_chart_says_so() -> None:
    figure = drawn(course("a", None))
    assert [note.text for note in figure.layout.annotations] == ["该地区本期没有可用的数据。"]


def test_small_values_print_a_decimal_on_the_scale() -> None:
    traces = drawn(course("a", 0.2, 0.8)).data
    words = {text for trace in traces for text in trace.text or ()}
    assert {"0.2", "0.8"} <= words
