"""What goes to a browser is packed in few bytes, and comes out there as it was put in."""

from __future__ import annotations

import random
from typing import Any

import pytest
from uvicorn.protocols.websockets import websockets_sansio_impl as line
from websockets.client import ClientProtocol
from websockets.exceptions import InvalidState
from websockets.extensions.permessage_deflate import (
    ClientPerMessageDeflateFactory,
    ServerPerMessageDeflateFactory,
)
from websockets.protocol import Protocol
from websockets.server import ServerProtocol
from websockets.uri import parse_uri

from dashboard.runs.packing import Packet, packed_well

WISHES = [{}, {"server_max_window_bits": 10}, {"server_no_context_takeover": True}, None]
TEXTS = tuple(f"第{n}条{'县' * n * 50}".encode() for n in range(120))


def _lines(wishes: dict[str, Any] | None) -> tuple[ServerProtocol, ClientProtocol]:
    """Return both ends of a line that packs as the browser wishes, or not at all."""
    extensions = None if wishes is None else [ClientPerMessageDeflateFactory(**wishes)]
    browser = ClientProtocol(parse_uri("ws://127.0.0.1/"), extensions=extensions)
    with packed_well():
        server = line.ServerProtocol(extensions=[line.ServerPerMessageDeflateFactory()])
    browser.send_request(browser.connect())
    (request,) = _passed(browser, server)
    server.send_response(server.accept(request))
    _passed(server, browser)
    assert bool(server.extensions) == (wishes is not None)
    return server, browser


def _passed(sender: Protocol, receiver: Protocol) -> list[Any]:
    """Carry what waits on one end to the other; return what comes out there."""
    receiver.receive_data(b"".join(sender.data_to_send()))
    return receiver.events_received()


@pytest.mark.parametrize("wishes", WISHES, ids=str)
def test_each_message_comes_to_the_browser_by_itself(wishes: dict[str, Any] | None) -> None:
    server, browser = _lines(wishes)
    server.send_binary(b"alone")
    server.send_binary((*TEXTS, Packet(TEXTS), b"between", Packet(TEXTS[:9]), Packet(TEXTS[:9])))
    server.send_binary(TEXTS[0])
    came = [frame.data for frame in _passed(server, browser)]
    assert came == [b"alone", *TEXTS, *TEXTS, b"between", *TEXTS[:9] * 2, TEXTS[0]]


def test_a_packet_is_packed_once_for_all_browsers() -> None:
    packet = Packet(TEXTS)
    for _ in range(2):
        server, browser = _lines({})
        server.send_binary((packet,))
        assert [frame.data for frame in _passed(server, browser)] == list(TEXTS)
    assert packet.__dict__["frames"] is packet.frames
    assert len(packet.frames) < sum(map(len, TEXTS)) / 20


def test_nothing_is_put_on_a_line_that_is_closed() -> None:
    server, _ = _lines({})
    server.send_close(1000)
    with pytest.raises(InvalidState):
        server.send_binary((Packet(TEXTS),))


def test_what_was_said_before_is_not_sent_again() -> None:
    server, _ = _lines({})
    message = random.Random(1).randbytes(10_000)
    sizes = []
    for _ in range(2):
        server.send_binary(message)
        sizes.append(len(b"".join(server.data_to_send())))
    assert sizes[0] > 10_000
    assert sizes[1] < 2_500


def test_the_server_has_its_own_way_back_afterwards() -> None:
    with packed_well():
        assert line.ServerProtocol is not ServerProtocol
    assert line.ServerProtocol is ServerProtocol
    assert line.ServerPerMessageDeflateFactory is ServerPerMessageDeflateFactory
