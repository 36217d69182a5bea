"""How messages are packed for the line to a browser; what a recording sends is packed once for all.

Packing leans on what went over the same line before. A packet leans on nothing but itself, so that
its frames can be sent to every browser that agreed to be packed for in this way; what comes after
it begins anew.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from isal import isal_zlib
from uvicorn.protocols.websockets import websockets_sansio_impl as line
from websockets.exceptions import InvalidState
from websockets.extensions.permessage_deflate import (
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.frames import Frame, Opcode
from websockets.protocol import State
from websockets.server import ServerProtocol

WINDOW_BITS = 15  # looks back over 32 KB, eight times as far as the server would
LEVEL = 2  # as few bytes as zlib's level 3, in half of its time


def _packer() -> Any:
    return isal_zlib.compressobj(LEVEL, wbits=-WINDOW_BITS)


@dataclass(frozen=True)
class Packet:
    """Messages that come to the browser one after the other."""

    messages: tuple[bytes, ...]

    @cached_property
    def frames(self) -> bytes:
        """What goes over the line, worked out when it is sent for the first time."""
        packing = PerMessageDeflate(False, False, WINDOW_BITS, WINDOW_BITS)
        packing.encoder = _packer()
        frames = (Frame(Opcode.BINARY, message) for message in self.messages)
        return b"".join(frame.serialize(mask=False, extensions=[packing]) for frame in frames)


class ToBrowser(ServerProtocol):
    """The line to a browser, which takes several messages and packets at once."""

    def send_binary(self, data: Any, fin: bool = True) -> None:
        """Put on the line what `Together` holds, or one message of the framework's own."""
        for one in data if isinstance(data, tuple) else (data,):
            if isinstance(one, Packet):
                self._send_packet(one)
            else:
                super().send_binary(one, fin)

    def _send_packet(self, packet: Packet) -> None:
        if self.state is not State.OPEN:
            raise InvalidState(f"connection is {self.state.name.lower()}")
        packing: Any = self.extensions[0] if self.extensions else None
        if isinstance(getattr(packing, "encoder", None), isal_zlib.Compress):
            self.writes.append(packet.frames)
            packing.encoder = _packer()
        else:
            for message in packet.messages:
                super().send_binary(message)


class Packing(ServerPerMessageDeflateFactory):
    """Packs in our way for browsers that agree to it, in the server's for others."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"server_max_window_bits": None})

    def process_request_params(
        self, params: Any, accepted_extensions: Any
    ) -> tuple[Any, PerMessageDeflate]:
        """Agree with the browser on how to pack."""
        agreed, packing = super().process_request_params(params, accepted_extensions)
        if packing.local_max_window_bits == WINDOW_BITS and not packing.local_no_context_takeover:
            packing.encoder = cast(Any, _packer())
        return agreed, packing


@contextmanager
def packed_well() -> Iterator[None]:
    """Pack so for browsers that connect meanwhile; the server has no setting for it."""
    names: Any = line
    of_the_server = names.ServerProtocol, names.ServerPerMessageDeflateFactory
    names.ServerProtocol, names.ServerPerMessageDeflateFactory = ToBrowser, Packing
    try:
        yield
    finally:
        names.ServerProtocol, names.ServerPerMessageDeflateFactory = of_the_server
