"""Messages of a page run that go to the browser's line together, in their order."""

from __future__ import annotations

from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.runtime_util import serialize_forward_msg

from dashboard.runs import sending
from dashboard.runs.packing import Packet


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


def _lines() -> sending.Lines:
    """Return three messages, the second of which browsers keep, a file, and another message."""
    return sending.Lines(
        [
            sending.Line(b"a", "a"),
            sending.Line(b"chart", "b", b"see b"),
            sending.FileLine(b"file", "f", download={"filename": "x"}),
            sending.Line(b"c", "c"),
        ]
    )


def _offered(line: sending.FileLine) -> bytes:
    return line.content + line.download["filename"].encode()


@pytest.mark.parametrize(("kept", "chart"), [("", b"chart"), ("ba", b"see b"), ("z", b"chart")])
def test_a_browser_is_sent_what_it_has_not_kept(kept: str, chart: bytes) -> None:
    sent = list(_lines().sent_to(frozenset(kept), _offered))
    assert sent == [Packet((b"a", chart)), b"filex", Packet((b"c",))]


def test_browsers_that_have_kept_the_same_are_sent_the_same_packets() -> None:
    lines = _lines()
    first, other, again = (
        list(lines.sent_to(frozenset(kept), _offered)) for kept in ("", "b", "xyz")
    )
    assert first[0] is again[0]
    assert first[0] is not other[0]


def test_few_packets_are_kept() -> None:
    lines = sending.Lines([sending.Line(b"m", str(n), b"r") for n in range(9)])
    for n in range(9):
        list(lines.sent_to(frozenset(map(str, range(n))), _offered))
        assert len(lines._packets) <= sending.MOST_WAYS
