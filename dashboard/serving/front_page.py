"""The framework's HTML page in our words and our style, before a page has run."""

from __future__ import annotations

import gzip
import re
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import quote

from starlette.responses import RedirectResponse
from streamlit import config

from dashboard.look.css import PAGE_CSS
from dashboard.messages import t
from pipeline.catalog import catalogue

# Headers that speak of the framework's file, not of what is sent.
OF_THE_FILE = {b"content-length", b"etag", b"last-modified", b"accept-ranges"}
# Headers by which a browser would be told that it has the page, or get it packed and in English.
OF_THE_CLIENT = {b"accept-encoding", b"if-none-match", b"if-modified-since"}

STYLE = f"<style>{PAGE_CSS}</style>".encode()
# The framework writes an address in two steps: first the query, then the page, or first a page
# without its query. Back would stop at what nobody has seen, so that the second step takes the
# place of the first. A page opened soon after another one was complete is a step of its own.
HISTORY = b"""<script>(() => {
  const push = history.pushState.bind(history);
  let last = -Infinity;
  history.pushState = (state, unused, url) => {
    const to = new URL(url, location.href), now = performance.now();
    const isSamePage = to.pathname === location.pathname, isFirst = isSamePage && !location.search;
    const isSecond = !isSamePage && to.search === location.search && now - last < 2000;
    (isFirst || isSecond ? history.replaceState.bind(history) : push)(state, unused, url);
    last = isSamePage && !isFirst ? now : -Infinity;
  };
})()</script>"""
# A box that opens under its button stands behind everything else on the page: Tab leads from the
# button into it, and from its end to what follows the button.
BOXES = b"""<script>document.addEventListener('keydown', event => {
  const box = document.querySelector('[data-testid=stPopoverBody]');
  const button = document.querySelector('[data-testid=stPopoverButton][aria-expanded=true]');
  if (event.key !== 'Tab' || !box || !button) return;
  const stops = [...box.querySelectorAll('a[href], button, input, canvas')]
    .filter(stop => stop.tabIndex >= 0 && stop.getClientRects().length);
  const here = document.activeElement, first = stops[0], last = stops[stops.length - 1];
  if (first && here === (event.shiftKey ? first : button)) {
    (event.shiftKey ? button : first).focus();
    event.preventDefault();
  } else if (here === last && !event.shiftKey) button.focus();
}, true)</script>"""
# What the framework's scripts take for granted (Chrome 119): without it an older browser, as
# offices have them, shows an empty page.
SINCE = b"""<script>
Promise.withResolvers = Promise.withResolvers || function () {
  const parts = {};
  parts.promise = new this((resolve, reject) => Object.assign(parts, {resolve, reject}));
  return parts;
};
Array.prototype.toSorted = Array.prototype.toSorted || function (order) {
  return [...this].sort(order);
};</script>"""
WITHOUT_SCRIPTS = re.compile(rb"<noscript>.*?</noscript>", re.DOTALL)

Message = dict[str, Any]
Send = Callable[[Message], Awaitable[None]]
Receive = Callable[[], Awaitable[Message]]


def translated(page: bytes) -> bytes:
    """Name the language of the page, put our name and words where the framework's stood, our style.

    With the framework's `lang="en"` a browser offers to translate the page, and a screen reader
    spells Chinese with an English voice.
    """
    name = catalogue().settings.product_name_zh.encode()
    page = page.replace(b'<html lang="en">', b'<html lang="zh-CN" translate="no">', 1)
    # After the head, where the framework adds its own style: of equal rules the later one stands.
    page = page.replace(b"<body>", b"<body>" + STYLE + SINCE + HISTORY + BOXES, 1)
    page = page.replace(b"<title>Streamlit</title>", b"<title>" + name + b"</title>", 1)
    # What a slow line shows until the scripts are there.
    opening = f'<div id="root"><p>{t("frame.wait")}</p></div>'.encode()
    page = page.replace(b'<div id="root"></div>', opening, 1)
    without_scripts = f"<noscript><p>{t('frame.no_script')}</p></noscript>".encode()
    return WITHOUT_SCRIPTS.sub(without_scripts, page, count=1)


def _is_plain_html(start: Message) -> bool:
    headers = {name.lower(): value for name, value in start.get("headers", [])}
    kind = headers.get(b"content-type", b"").lower()
    return kind.startswith(b"text/html") and b"content-encoding" not in headers


def _page_above(scope: Message) -> str | None:
    """Return the address of the page that a path goes below; None for a page's own path.

    The framework answers there too, with a page that cannot find its scripts and stays empty.
    Relative, since a proxy may have taken the start of the path away.
    """
    base = str(config.get_option("server.baseUrlPath")).strip("/")
    path = str(scope["path"]).strip("/").removeprefix(base).lstrip("/")
    first, _, below = path.partition("/")
    if not below:
        return None
    up = "../" * (path.count("/") + str(scope["path"]).endswith("/"))
    query = scope["query_string"].decode("latin-1")
    return f"{up}{quote(first, safe='')}" + (f"?{query}" if query else "")


def _readable(scope: Message) -> Message:
    """Return the request for a page as one that takes it whole and as it is."""
    headers = scope["headers"]
    if not any(name == b"accept" and b"text/html" in value for name, value in headers):
        return scope
    return {**scope, "headers": [h for h in headers if h[0] not in OF_THE_CLIENT]}


def _whole(start: Message, page: bytes, *, is_packed: bool) -> tuple[Message, Message]:
    """Return the answer that carries a page of ours."""
    headers = [(n, v) for n, v in start["headers"] if n.lower() not in OF_THE_FILE]
    if is_packed:
        page = gzip.compress(page, mtime=0)
        headers.append((b"content-encoding", b"gzip"))
    headers.append((b"content-length", str(len(page)).encode()))
    return {**start, "headers": headers}, {"type": "http.response.body", "body": page}


class Translated:
    """ASGI middleware that hands every HTML page through `translated`."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Hold an HTML answer until it is whole, and send it in our words."""
        if scope["type"] != "http" or scope.get("method") != "GET":
            await self.app(scope, receive, send)
            return
        above = _page_above(scope)  # now: the framework writes into the scope
        takes_gzip = b"gzip" in dict(scope["headers"]).get(b"accept-encoding", b"")
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
            if above:
                await RedirectResponse(above)(scope, receive, send)  # type: ignore[arg-type]
                return
            page = translated(b"".join(parts))
            for part in _whole(held[0], page, is_packed=takes_gzip):
                await send(part)

        await self.app(_readable(scope), receive, pass_on)
