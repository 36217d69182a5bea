"""A small sticky proxy for the bench: a browser stays with the server it first came to, by cookie.

A connection belongs to one browser, so its first request decides. For real use see README.md.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from itertools import count
from urllib.parse import urlsplit

COOKIE = "server"
END = b"\r\n\r\n"


async def _pass_on(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while data := await source.read(1 << 16):
            sink.write(data)
            await sink.drain()
    with suppress(ConnectionError):
        sink.close()


@asynccontextmanager
async def proxy(addresses: Sequence[str]) -> AsyncIterator[tuple[str, dict[int, int]]]:
    """Run the proxy; yield its address and, by connection, the server that served it."""
    served: dict[int, int] = {}
    numbers = count()
    open_tasks: set[asyncio.Task[None]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        number = next(numbers)
        head = await reader.readuntil(END)
        named = re.search(rb"(?mi)^cookie:.*\b" + COOKIE.encode() + rb"=(\d+)", head)
        chosen = int(named[1]) % len(addresses) if named else number % len(addresses)
        served[number] = chosen
        parts = urlsplit(addresses[chosen])
        from_server, to_server = await asyncio.open_connection(parts.hostname, parts.port)
        to_server.write(head)
        answer = await from_server.readuntil(END)
        if not named:
            answer = answer[:-2] + f"Set-Cookie: {COOKIE}={chosen}; Path=/\r\n\r\n".encode()
        writer.write(answer)
        await asyncio.gather(_pass_on(reader, to_server), _pass_on(from_server, writer))

    def start(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.ensure_future(serve(reader, writer))
        open_tasks.add(task)
        task.add_done_callback(open_tasks.discard)

    listener = await asyncio.start_server(start, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}", served
    finally:
        listener.close()
        for task in open_tasks:
            task.cancel()
