"""Messages of a page run that go to the browser's line together, in their order."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.runtime_util import serialize_forward_msg

from dashboard.runs import sending


def _sent(queue: ForwardMsgQueue) -> list[Any]:
    """Return what the framework would put on the line; several messages as their names."""
    return [_names(serialize_forward_msg(message)) for message in queue.flush()]


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


def test_the_framework_forgets_them_when_a_newer_run_of_the_page_begins() -> None:
    queue = ForwardMsgQueue()
    sending.hand_over(queue.enqueue, [_delta("a").SerializeToString()])
    queue.enqueue(_finished())
    queue.clear(retain_lifecycle_msgs=True)
    assert _sent(queue) == ["end"]


def test_the_framework_keeps_them_when_only_a_part_of_the_page_is_run_again() -> None:
    queue = ForwardMsgQueue()
    sending.hand_over(queue.enqueue, [_delta("a").SerializeToString()])
    queue.clear(retain_lifecycle_msgs=True, fragment_ids_this_run=["map"])
    assert _sent(queue) == [["a"]]


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
