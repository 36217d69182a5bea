"""Progress: silent when quick, plain lines in a log, one line on a terminal."""

from __future__ import annotations

import io

import pytest

from pipeline.progress import Progress, duration_zh, silent


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        """Say yes."""
        return True


class Clock:
    """A clock that a test sets."""

    now = 0.0

    def __call__(self) -> float:
        """Tell the time."""
        return self.now


def told(stream: io.StringIO, *steps: tuple[float, str, int, int, int]) -> str:
    clock = Clock()
    progress = Progress(stream=stream, names_zh={"clinics": "读取村卫生室"}, clock=clock)
    for at, stage, done, total, rows in steps:
        clock.now = at
        progress(stage, done, total, rows)
    progress.clear()
    return stream.getvalue()


def test_quick_work_leaves_no_trace() -> None:
    assert told(io.StringIO(), (0.1, "clinics", 1, 2, 5), (1.9, "clinics", 2, 2, 9)) == ""


def test_a_log_gets_a_line_now_and_then_with_rows_and_time_left() -> None:
    steps = [(float(at), "clinics", at, 40, at * 1000) for at in range(1, 21)]
    assert told(io.StringIO(), *steps).splitlines() == [
        "读取村卫生室：5/40，5,000 行，约剩 28 秒",
        "读取村卫生室：10/40，10,000 行，约剩 27 秒",
        "读取村卫生室：15/40，15,000 行，约剩 23 秒",
        "读取村卫生室：20/40，20,000 行，约剩 19 秒",
    ]


def test_time_left_is_of_the_stage_and_only_when_it_can_be_known() -> None:
    text = told(io.StringIO(), (9.0, "clinics", 3, 4, 0), (20.0, "marts", 1, 12, 0))
    assert text.splitlines() == ["读取村卫生室：3/4", "marts：1/12"]


def test_a_count_goes_on_when_its_pieces_have_different_names() -> None:
    text = told(io.StringIO(), (0.0, "clinics", 1, 8, 0), (10.0, "marts", 2, 8, 0))
    assert text == "marts：2/8，约剩 30 秒\n"


def test_a_terminal_has_one_line_that_is_wiped_at_the_end() -> None:
    text = told(Terminal(), (3.0, "clinics", 3, 10, 100), (4.0, "clinics", 10, 10, 0))
    long, short = "读取村卫生室：3/10，100 行", "读取村卫生室：10/10"
    blanks = len(long.encode("gb18030")) - len(short.encode("gb18030"))
    wiped = " " * len(short.encode("gb18030"))
    assert text == f"\r{long}\r{short}{' ' * blanks}\r{wiped}\r"


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0 秒"), (59.4, "59 秒"), (60, "1 分 00 秒"), (125, "2 分 05 秒")]
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_zh(seconds) == text


def test_silence_is_a_callback_too() -> None:
    silent("clinics", 1, 2, 3)
