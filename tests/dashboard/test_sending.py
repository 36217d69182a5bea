"""Messages of a page run that go to the server's loop together, in their order."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard import sending


class _Runner:
    """What a page run hands its messages to, and the session behind it."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.handed: list[list[str]] = []
        self.checks = 0
        self._scriptrunner: object = self
        self._browser_queue = SimpleNamespace(enqueue=self._queue)
        self._enqueue_forward_msg = self._queue

    def _queue(self, message: ForwardMsg) -> None:
        self.handed[-1].append(message.hash)

    def send(self, message: ForwardMsg) -> None:
        self.sent.append(message.hash)

    def yield_check(self) -> None:
        self.checks += 1

    def _call_soon_on_event_loop(self, callback: Callable[[], None]) -> None:
        self.handed.append([])
        callback()


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> _Runner:
    """Stand in for the session that the framework would find."""
    found = _Runner()
    known: dict[str, Any] = {"me": found}
    monkeypatch.setattr(sending, "get_instance", lambda: SimpleNamespace(get_app_session=known.get))
    return found


def _context(runner: _Runner, session: str = "me") -> Any:
    return SimpleNamespace(session_id=session, _enqueue=runner.send, yield_check=runner.yield_check)


def _delta(name: str) -> ForwardMsg:
    message = ForwardMsg(hash=name)
    message.delta.new_element.html.body = name
    return message


def test_messages_wait_for_each_other_and_go_in_their_order(runner: _Runner) -> None:
    context = _context(runner)
    batches = sending.Batches(context)
    for name in "abc":
        context._enqueue(_delta(name))
    assert runner.handed == []
    batches.close()
    assert runner.handed == [["a", "b", "c"]]
    assert runner.checks == 3
    context._enqueue(_delta("d"))
    assert runner.sent == ["d"]


def test_what_is_no_part_of_the_page_goes_at_once_after_what_waits(runner: _Runner) -> None:
    context = _context(runner)
    batches = sending.Batches(context)
    context._enqueue(_delta("a"))
    context._enqueue(ForwardMsg(hash="link", script_finished=ForwardMsg.FINISHED_SUCCESSFULLY))
    assert (runner.handed, runner.sent) == ([["a"]], ["link"])
    batches.close()
    assert runner.handed == [["a"]]


def test_nothing_waits_longer_than_a_moment(
    runner: _Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sending, "LONGEST", -1.0)
    context = _context(runner)
    batches = sending.Batches(context)
    context._enqueue(_delta("a"))
    context._enqueue(_delta("b"))
    assert runner.handed == [["a"], ["b"]]
    batches.close()


def test_a_run_that_was_overtaken_or_whose_tab_is_closed_sends_nothing(runner: _Runner) -> None:
    runner._scriptrunner = object()
    sending.hand_over(_context(runner), [_delta("a")])
    sending.hand_over(_context(runner, session="gone"), [_delta("a")])
    assert runner.handed == [[]]
