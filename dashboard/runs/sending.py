"""Messages of a page run sent many at once, and how they are packed.

The framework hands over every message by itself, and each takes a turn of the server's loop, which
costs more than to pack and send it. Here they go the framework's way as one, and are taken apart
before they reach the browser's line. See `recording` for the names with an underscore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from isal import isal_zlib
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from uvicorn.protocols.websockets import websockets_sansio_impl as line
from websockets.extensions.permessage_deflate import (
    PerMessageDeflate,
    ServerPerMessageDeflateFactory,
)
from websockets.server import ServerProtocol

LEVEL, WINDOW_BITS = 2, 15  # as few bytes as zlib's level 3, in half of its time; 32 KB back

Way = Callable[[ForwardMsg], None]


class Together:
    """Several messages that the framework takes for one, of a kind that it leaves alone."""

    hash = "together"
    delta = None

    def __init__(self, messages: Sequence[bytes]) -> None:
        self._messages = tuple(messages)

    def WhichOneof(self, _group: str) -> str:  # noqa: N802
        """Name the kind."""
        return "together"

    def HasField(self, _name: str) -> bool:  # noqa: N802
        """Say that it is no part of a page, which could be put in the place of an earlier one."""
        return False

    def SerializeToString(self) -> tuple[bytes, ...]:  # noqa: N802
        """Return what is sent; `Apart` expects it."""
        return self._messages


def hand_over(way: Way, messages: Sequence[bytes]) -> None:
    """Send messages together, in the framework's way, which stops where a newer run took over."""
    way(cast(ForwardMsg, Together(messages)))


class Apart(ServerProtocol):
    """The line to a browser: several messages each in a frame of its own, written at once."""

    def send_binary(self, data: Any, fin: bool = True) -> None:
        """Put a message on the line, or several."""
        for one in data if isinstance(data, tuple) else (data,):
            super().send_binary(one, fin)


class Packing(ServerPerMessageDeflateFactory):
    """Packs with a quicker library, and looks back eight times as far as the server would."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given | {"server_max_window_bits": None})

    def process_request_params(
        self, params: Any, accepted_extensions: Any
    ) -> tuple[Any, PerMessageDeflate]:
        """Agree with the browser on how to pack."""
        agreed, packing = super().process_request_params(params, accepted_extensions)
        if packing.local_max_window_bits == WINDOW_BITS and not packing.local_no_context_takeover:
            packing.encoder = cast(Any, isal_zlib.compressobj(LEVEL, wbits=-WINDOW_BITS))
        return agreed, packing


@contextmanager
def sent_well() -> Iterator[None]:
    """Send to browsers that connect meanwhile as above; the server has no setting for it."""
    names: Any = line
    of_the_server = names.ServerProtocol, names.ServerPerMessageDeflateFactory
    names.ServerProtocol, names.ServerPerMessageDeflateFactory = Apart, Packing
    try:
        yield
    finally:
        names.ServerProtocol, names.ServerPerMessageDeflateFactory = of_the_server
