"""The framework's HTML page in our words: its language, its title before a page has run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from dashboard.messages import t
from pipeline.catalog import catalogue

# Headers that speak of the framework's file, not of what is sent.
OF_THE_FILE = {b"content-length", b"etag", b"last-modified", b"accept-ranges"}

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]


def translated(page: bytes) -> bytes:
    """Name the language of the page, and put our name and words where the framework's stood.

    With the framework's `lang="en"` a browser offers to translate the page, and a screen reader
    spells Chinese with an English voice.
    """
    name = catalogue().settings.product_name_zh.encode()
    page = page.replace(b'<html lang="en">', b'<html lang="zh-CN" translate="no">', 1)
    page = page.replace(b"<title>Streamlit</title>", b"<title>" + name + b"</title>", 1)
    return page.replace(
        b"You need to enable JavaScript to run this app.", t("frame.no_script").encode(), 1
    )


def _is_plain_html(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start.get("headers", [])}
    kind = headers.get(b"content-type", b"").lower()
    return kind.startswith(b"text/html") and b"content-encoding" not in headers


class Translated:
    """ASGI middleware that hands every uncompressed HTML page through `translated`."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Hold an HTML answer until it is whole, and send it in our words."""
        if scope["type"] != "http" or scope.get("method") != "GET":
            await self.app(scope, receive, send)
            return
        held: list[Message] = []
        parts: list[bytes] = []

        async def pass_on(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_plain_html(message):
                held.append(message)
                return
            if not held or message["type"] != "http.response.body":
                await send(message)
                return
            parts.append(message.get("body", b""))
            if message.get("more_body", False):
                return
            page = translated(b"".join(parts))
            start = held[0]
            kept = [(n, v) for n, v in start["headers"] if n.lower() not in OF_THE_FILE]
            length = (b"content-length", str(len(page)).encode())
            await send({**start, "headers": [*kept, length]})
            await send({"type": "http.response.body", "body": page})

        await self.app(scope, receive, pass_on)
