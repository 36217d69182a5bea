"""The framework's HTML page leaves in our words, everything else untouched."""

from __future__ import annotations

import asyncio
import gzip
import re
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import streamlit
from streamlit import config

from dashboard.serving.front_page import Translated, translated

PAGE = b'<html lang="en"><title>Streamlit</title><noscript>\nYou need JavaScript.\n</noscript>'
INDEX = Path(streamlit.__file__).parent / "static" / "index.html"


def answer(
    *parts: bytes,
    method: str = "GET",
    kind: str = "http",
    headers: tuple[tuple[bytes, bytes], ...] = ((b"Content-Type", b"text/html; charset=utf-8"),),
    path: str = "/county",
    query: bytes = b"",
    asked: tuple[tuple[bytes, bytes], ...] = (),
    seen: list[dict[str, Any]] | None = None,
) -> list[dict[str, Any]]:
    """Run the middleware over an application that sends these parts."""
    sent: list[dict[str, Any]] = []

    async def app(scope: dict[str, Any], _receive: object, send: Any) -> None:
        if seen is not None:
            seen.append(scope)
        packed = [(b"content-encoding", b"gzip")] * (b"accept-encoding" in dict(scope["headers"]))
        found = [*headers, *packed]
        await send({"type": "http.response.start", "status": 200, "headers": found})
        for n, part in enumerate(parts):
            more = n < len(parts) - 1
            await send({"type": "http.response.body", "body": part, "more_body": more})

    async def receive() -> dict[str, Any]:
        return {}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope: dict[str, Any] = {"type": kind, "method": method, "path": path, "query_string": query}
    scope["headers"] = list(asked)
    asyncio.run(Translated(app)(scope, receive, send))
    return sent


def test_language_title_and_notice_are_ours() -> None:
    page = translated(INDEX.read_bytes())
    assert b'<html lang="zh-CN" translate="no">' in page
    assert "<title>县域医共体运行监测</title>".encode() in page
    assert "没有连上服务器" in page.decode().split("<noscript>")[0]
    notice = page.decode().split("<noscript>")[1].split("</noscript>")[0]
    assert "请在浏览器设置中允许本站运行脚本" in notice
    assert re.findall("[A-Za-z]{2,}", notice) == []
    assert "页面未加载完，请稍候" in page.decode().split("</noscript>")[1]


def test_a_page_in_parts_is_sent_whole_with_its_length() -> None:
    headers = ((b"content-type", b"text/html"), (b"Content-Length", b"7"), (b"ETag", b"x"))
    start, body = answer(PAGE[:30], PAGE[30:], headers=headers)
    assert body["body"] == translated(PAGE)
    assert start["headers"] == [
        (b"content-type", b"text/html"),
        (b"content-length", str(len(translated(PAGE))).encode()),
    ]


@pytest.mark.parametrize(
    ("path", "query", "page"),
    [
        ("/county/410221", b"", "/county"),
        ("/county/410221/", b"", "/county"),
        ("/county/410221/x", b"month=2025-05", "/county?month=2025-05"),
        ("//192.0.2.1/x", b"", "/192.0.2.1"),
        ("/\\192.0.2.1/x", b"", "/%5C192.0.2.1"),
    ],
)
def test_an_address_below_a_page_leads_to_the_page(path: str, query: bytes, page: str) -> None:
    start = answer(PAGE, path=path, query=query)[0]
    location = dict(start["headers"])[b"location"].decode()
    assert start["status"] == 307
    assert urljoin(f"http://dashboard.local{path}", location) == f"http://dashboard.local{page}"


def test_an_address_below_a_page_keeps_the_path_that_the_server_lives_under(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(config, "get_option", {"server.baseUrlPath": "board"}.__getitem__)
    assert answer(PAGE, path="/board/county")[0]["status"] == 200
    location = dict(answer(PAGE, path="/board/county/410221")[0]["headers"])[b"location"].decode()
    assert urljoin("http://dashboard.local/board/county/410221", location) == (
        "http://dashboard.local/board/county"
    )


def test_the_style_stands_behind_the_head_where_the_framework_adds_its_own() -> None:
    page = translated(INDEX.read_bytes())
    assert page.index(b"</head>") < page.index(b".panel-title") < page.index(b'<div id="root">')


def test_a_browser_that_takes_packed_pages_is_sent_ours_packed() -> None:
    packs = (b"accept-encoding", b"gzip, br")
    page = (b"accept", b"text/html,application/xhtml+xml"), packs
    script = (b"accept", b"*/*"), packs
    start, body = answer(PAGE, asked=page)
    assert dict(start["headers"])[b"content-encoding"] == b"gzip"
    assert int(dict(start["headers"])[b"content-length"]) == len(body["body"])
    assert gzip.decompress(body["body"]) == translated(PAGE)
    assert answer(PAGE, asked=script)[1]["body"] == PAGE


def test_a_browser_never_hears_that_it_has_the_page() -> None:
    seen: list[dict[str, Any]] = []
    old = (b"if-none-match", b'"x"')
    answer(PAGE, asked=((b"accept", b"text/html"), old), seen=seen)
    answer(PAGE, asked=((b"accept", b"*/*"), old), seen=seen)
    assert [old in scope["headers"] for scope in seen] == [False, True]


def test_other_answers_pass_untouched() -> None:
    script = ((b"content-type", b"text/javascript"),)
    packed = ((b"content-type", b"text/html"), (b"content-encoding", b"gzip"))
    assert answer(PAGE, headers=script)[1]["body"] == PAGE
    assert answer(PAGE, headers=packed)[1]["body"] == PAGE
    assert answer(PAGE, method="HEAD")[1]["body"] == PAGE
    assert answer(PAGE, kind="websocket")[1]["body"] == PAGE
