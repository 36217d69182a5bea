"""Messages of a page run that go to the browser's line together, in their order."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.runtime_util import serialize_forward_msg

from dashboard import sending


class _Run:
    """What a page run hands its messages to, by way of the framework's own queue."""

    def __init__(self) -> None:
        self.queue = ForwardMsgQueue()
        self.checks = 0
        self.context: Any = SimpleNamespace(
            _enqueue=self.queue.enqueue, yield_check=self.yield_check
        )

    def yield_check(self) -> None:
        self.checks += 1

    @property
    def sent(self) -> list[Any]:
        """Return what the framework would put on the line; several messages as their names."""
        return [_names(serialize_forward_msg(message)) for message in self.queue.flush()]


def _names(content: bytes | tuple[bytes, ...]) -> str | list[str]:
    if isinstance(content, tuple):
        return [ForwardMsg.FromString(one).hash for one in content]
    return str(ForwardMsg.FromString(content).hash)


def _delta(name: str) -> ForwardMsg:
    message = ForwardMsg(hash=name)
    message.delta.new_element.html.body = name
    return message


def _finished() -> ForwardMsg:
    return ForwardMsg(hash="end", script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)


def test_messages_wait_for_each_other_and_go_in_their_order() -> None:
    run = _Run()
    batches = sending.Batches(run.context)
    for name in "abc":
        run.context._enqueue(_delta(name))
    assert run.sent == []
    batches.close()
    assert run.sent == [["a", "b", "c"]]
    assert run.checks == 3
    run.context._enqueue(_delta("d"))
    assert run.sent == ["d"]


def test_what_is_no_part_of_the_page_goes_at_once_after_what_waits() -> None:
    run = _Run()
    batches = sending.Batches(run.context)
    run.context._enqueue(_delta("a"))
    run.context._enqueue(_finished())
    assert run.sent == [["a"], "end"]
    batches.close()
    assert run.sent == []


def test_nothing_waits_longer_than_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "LONGEST", -1.0)
    run = _Run()
    batches = sending.Batches(run.context)
    run.context._enqueue(_delta("a"))
    run.context._enqueue(_delta("b"))
    assert run.sent == [["a"], ["b"]]
    batches.close()


def test_the_framework_forgets_them_when_a_newer_run_of_the_page_begins() -> None:
    run = _Run()
    sending.hand_over(run.queue.enqueue, [_delta("a").SerializeToString()])
    run.queue.enqueue(_finished())
    run.queue.clear(retain_lifecycle_msgs=True)
    assert run.sent == ["end"]


def test_the_framework_keeps_them_when_only_a_part_of_the_page_is_run_again() -> None:
    run = _Run()
    sending.hand_over(run.queue.enqueue, [_delta("a").SerializeToString()])
    run.queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["map"])
    assert run.sent == [["a"]]


@pytest.mark.parametrize(
    ("kind", "content", "expected"),
    [
        ("websocket", (b"a", b"b"), [b"a", b"b"]),
        ("websocket", b"a", [b"a"]),
        ("http", b"a", [b"a"]),
    ],
)
def test_each_message_comes_to_the_browser_by_itself(
    kind: str, content: object, expected: list[bytes]
) -> None:
    sent = []

    async def app(_scope: object, _receive: object, send: sending.Send) -> None:
        await send({"type": f"{kind}.send", "bytes": content})

    async def to_browser(message: dict[str, Any]) -> None:
        sent.append((message["type"], message["bytes"]))

    async def receive() -> dict[str, Any]:
        return {}

    asyncio.run(sending.TakenApart(app)({"type": kind}, receive, to_browser))
    assert sent == [(f"{kind}.send", one) for one in expected]
