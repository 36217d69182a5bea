"""Messages of a page run sent many at once, and how they are packed.

The framework hands over every message by itself, and each takes a turn of the server's loop, which
costs more than to pack and send it. Here they go the framework's way as one, and are taken apart
before they reach the browser's line. See `recording` for the names with an underscore.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from uvicorn.protocols.websockets import websockets_sansio_impl as line
from websockets.extensions.permessage_deflate import ServerPerMessageDeflateFactory

# Looks back over 32 KB, eight times as far as the server would: fewer bytes in half of the time.
PACKING = {"server_max_window_bits": None, "compress_settings": {"level": 3, "memLevel": 8}}

Way = Callable[[ForwardMsg], None]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


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
        """Return what is sent; `TakenApart` expects it."""
        return self._messages


def hand_over(way: Way, messages: Sequence[bytes]) -> None:
    """Send messages together, in the framework's way, which stops where a newer run took over."""
    way(cast(ForwardMsg, Together(messages)))


class TakenApart:
    """ASGI middleware that sends each of several messages by itself, as the browser expects."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Pass everything on."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return

        async def apart(message: dict[str, Any]) -> None:
            content = message.get("bytes")
            if not isinstance(content, tuple):
                await send(message)
                return
            for one in content:
                await send({"type": "websocket.send", "bytes": one})

        await self.app(scope, receive, apart)


@contextmanager
def packed_well() -> Iterator[None]:
    """Pack what goes to browsers that connect meanwhile by `PACKING`, for which no setting is."""

    def packing(**given: Any) -> ServerPerMessageDeflateFactory:
        return ServerPerMessageDeflateFactory(**given | PACKING)

    line.ServerPerMessageDeflateFactory = packing  # type: ignore[attr-defined, assignment]
    try:
        yield
    finally:
        line.ServerPerMessageDeflateFactory = ServerPerMessageDeflateFactory  # type: ignore[attr-defined]
