"""The framework's HTML page leaves in our words, everything else untouched."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import streamlit

from dashboard.front_page import Translated, translated

PAGE = b'<html lang="en"><title>Streamlit</title><p>You need to enable JavaScript to run this app.'
INDEX = Path(streamlit.__file__).parent / "static" / "index.html"


def answer(
    *parts: bytes,
    method: str = "GET",
    kind: str = "http",
    headers: tuple[tuple[bytes, bytes], ...] = ((b"Content-Type", b"text/html; charset=utf-8"),),
) -> list[dict[str, Any]]:
    """Run the middleware over an application that sends these parts."""
    sent: list[dict[str, Any]] = []

    async def app(_scope: object, _receive: object, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": list(headers)})
        for n, part in enumerate(parts):
            more = n < len(parts) - 1
            await send({"type": "http.response.body", "body": part, "more_body": more})

    async def receive() -> dict[str, Any]:
        return {}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    asyncio.run(Translated(app)({"type": kind, "method": method}, receive, send))
    return sent


def test_language_title_and_notice_are_ours() -> None:
    page = translated(INDEX.read_bytes())
    assert b'<html lang="zh-CN" translate="no">' in page
    assert "<title>县域医共体运行监测</title>".encode() in page
    assert "请在浏览器设置中允许本站运行脚本".encode() in page
    assert b"You need to enable" not in page


def test_a_page_in_parts_is_sent_whole_with_its_length() -> None:
    headers = ((b"content-type", b"text/html"), (b"Content-Length", b"7"), (b"ETag", b"x"))
    start, body = answer(PAGE[:30], PAGE[30:], headers=headers)
    assert body["body"] == translated(PAGE)
    assert start["headers"] == [
        (b"content-type", b"text/html"),
        (b"content-length", str(len(translated(PAGE))).encode()),
    ]


def test_other_answers_pass_untouched() -> None:
    script = ((b"content-type", b"text/javascript"),)
    packed = ((b"content-type", b"text/html"), (b"content-encoding", b"gzip"))
    assert answer(PAGE, headers=script)[1]["body"] == PAGE
    assert answer(PAGE, headers=packed)[1]["body"] == PAGE
    assert answer(PAGE, method="HEAD")[1]["body"] == PAGE
    assert answer(PAGE, kind="websocket")[1]["body"] == PAGE
