"""Say how far long work has come: files and rows done, time left; nothing about quick work."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol, TextIO

QUIET_SECONDS = 2.0
TERMINAL_SECONDS = 0.2
LINE_SECONDS = 5.0


class ProgressCallback(Protocol):
    """What long work calls after each piece of a stage."""

    def __call__(self, stage: str, done: int, total: int, rows: int) -> None:
        """Take note that `done` of `total` pieces with `rows` rows so far are finished."""


def silent(stage: str, done: int, total: int, rows: int) -> None:
    """Say nothing."""


def duration_zh(seconds: float) -> str:
    """Write a duration the way people say it: 8 秒, 1 分 05 秒."""
    whole = max(round(seconds), 0)
    return f"{whole} 秒" if whole < 60 else f"{whole // 60} 分 {whole % 60:02d} 秒"


@dataclass(kw_only=True)
class Progress:
    """Write progress to a stream: one line rewritten on a terminal, a plain line now and then else.

    Silent for the first two seconds, so that quick work leaves no trace.
    """

    stream: TextIO
    names_zh: dict[str, str] = field(default_factory=dict)
    clock: Callable[[], float] = time.monotonic
    _started: float = field(init=False)
    _last: tuple[int, int] = field(init=False, default=(0, 0))  # done, total
    _count_started: float = field(init=False, default=0.0)
    _written: float = field(init=False)
    _width: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self._started = self._written = self.clock()

    def __call__(self, stage: str, done: int, total: int, rows: int) -> None:
        """Take note of a finished piece and say so when it is time."""
        now = self.clock()
        if total != self._last[1] or done < self._last[0]:  # a new count, whatever it is called
            self._count_started = now
        self._last = (done, total)
        if now - self._started < QUIET_SECONDS:
            return
        pause = TERMINAL_SECONDS if self.stream.isatty() else LINE_SECONDS
        if now - self._written >= pause:
            self._write(self._sentence(stage, done, total, rows, now - self._count_started))
            self._written = now

    def _sentence(self, stage: str, done: int, total: int, rows: int, elapsed: float) -> str:
        text = f"{self.names_zh.get(stage, stage)}：{done}/{total}"
        if rows:
            text += f"，{rows:,} 行"
        if 0 < done < total and elapsed >= 1:
            text += f"，约剩 {duration_zh(elapsed * (total - done) / done)}"
        return text

    def _write(self, text: str) -> None:
        if self.stream.isatty():
            # A Chinese character is two columns wide; blanks wipe what the last line left.
            width = len(text.encode("gb18030"))
            self.stream.write(f"\r{text}{' ' * max(self._width - width, 0)}")
            self._width = width
        else:
            self.stream.write(f"{text}\n")
        self.stream.flush()

    def clear(self) -> None:
        """Wipe the line of a terminal, so that other text can follow."""
        if self._width:
            self.stream.write(f"\r{' ' * self._width}\r")
            self.stream.flush()
            self._width = 0
