"""Messages of a page run that go to the browser's line together, in their order."""

from __future__ import annotations

import random
from typing import Any

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.runtime_util import serialize_forward_msg
from uvicorn.protocols.websockets import websockets_sansio_impl as line
from websockets.client import ClientProtocol
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)
from websockets.protocol import Protocol
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

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


def _lines(**wishes: Any) -> tuple[ServerProtocol, ClientProtocol]:
    """Return both ends of a line that have agreed on how to pack, as the browser wishes."""
    browser = ClientProtocol(
        parse_uri("ws://127.0.0.1/"), extensions=[ClientPerMessageDeflateFactory(**wishes)]
    )
    with sending.sent_well():
        server = line.ServerProtocol(extensions=[line.ServerPerMessageDeflateFactory()])
    browser.send_request(browser.connect())
    (request,) = _passed(browser, server)
    server.send_response(server.accept(request))
    _passed(server, browser)
    assert server.extensions
    return server, browser


def _passed(sender: Protocol, receiver: Protocol) -> list[Any]:
    """Carry what waits on one end to the other; return what comes out there."""
    receiver.receive_data(b"".join(sender.data_to_send()))
    return receiver.events_received()


@pytest.mark.parametrize(
    "wishes", [{}, {"server_max_window_bits": 10}, {"server_no_context_takeover": True}], ids=str
)
def test_each_message_comes_to_the_browser_by_itself(wishes: dict[str, Any]) -> None:
    server, browser = _lines(**wishes)
    together = tuple(f"第{n}条{'县' * n * 50}".encode() for n in range(120))
    server.send_binary(b"alone")
    server.send_binary(together)
    assert [frame.data for frame in _passed(server, browser)] == [b"alone", *together]


def test_what_was_said_before_is_not_sent_again() -> None:
    server, _ = _lines()
    message = random.Random(1).randbytes(10_000)
    sizes = []
    for _ in range(2):
        server.send_binary(message)
        sizes.append(len(b"".join(server.data_to_send())))
    assert sizes[0] > 10_000
    assert sizes[1] < 2_500


def test_the_server_has_its_own_way_back_afterwards() -> None:
    with sending.sent_well():
        assert line.ServerProtocol is not ServerProtocol
    assert line.ServerProtocol is ServerProtocol
    assert line.ServerPerMessageDeflateFactory is ServerPerMessageDeflateFactory
