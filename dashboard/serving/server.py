"""What stands around the pages: start-up, security headers, health, boundaries."""

from __future__ import annotations

import gc
import importlib
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import plotly.graph_objects as go
import polars as pl
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from dashboard import boundaries as outlines
from dashboard.runs import replay
from dashboard.runs.packing import packed_well
from dashboard.serving.front_page import Translated
from dashboard.serving.garbage import keep_collections_short
from dashboard.store import Marts, open_marts
from pipeline.errors import PipelineError, StorageError

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; "
        "connect-src 'self' data: blob:; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
YEAR = "public, max-age=31536000, immutable"  # a snapshot never changes

Send = Callable[[dict[str, Any]], Awaitable[None]]
Receive = Callable[[], Awaitable[dict[str, Any]]]


class SecurityHeaders:
    """ASGI middleware that adds the headers to every response."""

    def __init__(self, app: Any) -> None:
        self.app = app

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Pass the request on, with headers on the way back."""

        async def with_headers(message: dict[str, Any]) -> None:
            if message["type"] == "http.response.start":
                present = {name.lower() for name, _ in message.get("headers", [])}
                extra = [
                    (name.lower().encode(), value.encode())
                    for name, value in HEADERS.items()
                    if name.lower().encode() not in present
                ]
                message = {**message, "headers": [*message.get("headers", []), *extra]}
            await send(message)

        await self.app(scope, receive, with_headers)


async def boundaries(request: Request) -> Response:
    """Serve the county shapes of one city of a snapshot: codes, names and outlines, no data."""
    try:
        content = outlines.encoded(request.path_params["snapshot"], request.path_params["parent"])
    except PipelineError:
        return Response(status_code=404)
    if content is None:
        return Response(status_code=404)
    return Response(content, media_type="application/geo+json", headers={"Cache-Control": YEAR})


async def health(_request: Request) -> Response:
    """Answer 200 with the snapshot in force, 503 when there is none to serve."""
    try:
        marts = open_marts()
    except StorageError:
        return JSONResponse({"status": "no snapshot"}, status_code=503)
    return JSONResponse({"status": "ok", "snapshot": marts.id})


def _warm(marts: Marts) -> None:
    """Read what every first page reads: hashes, areas, months, the outlines."""
    start = marts.places.default
    if marts.months and start is not None:
        city = marts.places.city_of(start.code)
        outlines.encoded(marts.id, city.code if city else start.code)


@asynccontextmanager
async def lifespan(_app: Any) -> AsyncIterator[None]:
    """Warm what every page needs, then freeze the start-up heap and what is added to it."""
    # What the pages import is imported here, so that the first visitor does not wait.
    importlib.import_module("dashboard.panels.overview.board")
    importlib.import_module("dashboard.panels.shared.topic_panels")
    go.Figure(go.Scatter(), layout=go.Layout(geo={}))
    try:
        marts = open_marts()
        _warm(marts)
        log.info("snapshot %s: %d areas", marts.id, len(marts.places.by_code))
    except StorageError as error:
        log.warning("%s", error.message_zh)
    gc.collect()
    gc.freeze()
    with pl.Config() as polars, keep_collections_short(), packed_well(), replay.allowed():
        # Questions of a page are small; the engine for large ones takes twice the time for them.
        polars.set_engine_affinity("in-memory")
        yield


ROUTES = (
    Route("/healthz", health),
    Route("/geo/{snapshot}/{parent}.geojson", boundaries),
)
MIDDLEWARE = (Middleware(SecurityHeaders), Middleware(Translated))
