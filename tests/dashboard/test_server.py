"""Headers, health and outlines around the pages."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from starlette.applications import Starlette

from dashboard.serving import server
from dashboard.store import Marts
from tests.builders.pages import show

APP = Starlette(
    routes=list(server.ROUTES), middleware=list(server.MIDDLEWARE), lifespan=server.lifespan
)


def get(path: str) -> tuple[int, dict[str, str], bytes]:
    """Ask the application without a socket."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [],
        "server": ("127.0.0.1", 80),
        "scheme": "http",
        "http_version": "1.1",
    }
    asyncio.run(APP(scope, receive, send))
    headers = {k.decode(): v.decode() for k, v in sent[0]["headers"]}
    body = b"".join(m.get("body", b"") for m in sent[1:])
    return int(sent[0]["status"]), headers, body


def test_health_names_the_snapshot_and_every_answer_has_the_headers(marts: Marts) -> None:
    status, headers, body = get("/healthz")
    assert status == 200
    assert json.loads(body) == {"status": "ok", "snapshot": marts.id}
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


def test_health_fails_without_a_snapshot(tmp_path: Path) -> None:
    show(tmp_path)
    assert get("/healthz")[0] == 503


def test_outlines_are_shapes_and_names_only(marts: Marts) -> None:
    status, headers, body = get(f"/geo/{marts.id}/410200.geojson")
    assert status == 200
    assert "immutable" in headers["cache-control"]
    features = json.loads(body)["features"]
    assert len(features) == 9
    assert {key for f in features for key in f["properties"]} == {"code", "name", "city"}
    assert get(f"/geo/{marts.id}/all.geojson")[2] == body


@pytest.mark.parametrize(
    "path", ["/geo/9999-00000000/410200.geojson", "/geo/..%2f..%2fetc/passwd.geojson"]
)
def test_unknown_snapshots_have_no_outlines(marts: Marts, path: str) -> None:
    assert get(path)[0] == 404


def test_a_place_without_polygons_has_no_outlines(marts: Marts) -> None:
    assert get(f"/geo/{marts.id}/610900.geojson")[0] == 404


def test_start_up_warms_the_snapshot_and_survives_without_one(
    marts: Marts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    frozen: list[str] = []
    monkeypatch.setattr(server.gc, "freeze", lambda: frozen.append("frozen"))

    async def start() -> str | None:
        async with server.lifespan(None):
            return pl.Config.state()["POLARS_ENGINE_AFFINITY"]

    monkeypatch.delenv("POLARS_ENGINE_AFFINITY", raising=False)
    assert asyncio.run(start()) == "in-memory"  # the engine for small questions
    assert pl.Config.state()["POLARS_ENGINE_AFFINITY"] is None
    show(tmp_path)
    asyncio.run(start())
    assert frozen == ["frozen", "frozen"]
