"""A fresh world, a fresh server and a real Chromium, for the journeys and for the gallery."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page, Request, WebSocket, sync_playwright

ROOT = Path(__file__).parent.parent.parent
SIZES = {"screen": (1920, 1080), "laptop": (1366, 768)}
PHONE = (390, 844)
# The same engine without a window around the page, which costs a fifth of the CPU, where Debian's
# package of it is installed.
CHROMIUM = shutil.which("chromium-headless-shell") or "/usr/bin/chromium"
# Without these Chromium looks for its own services at start, which an intranet refuses.
QUIET = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The framework's placeholders fade in and out until a page is there: each frame costs a drawing.
STILL = """document.addEventListener('DOMContentLoaded', () => {
    const still = document.createElement('style');
    still.textContent = '*, ::before, ::after { animation: none !important; '
        + 'transition: none !important; }';
    document.head.append(still);
})"""


def build_world(folder: Path, *options: str) -> Path:
    """Write a demonstration world and build it with the real commands; return the marts folder."""
    environment = os.environ | {"DASHBOARD_KEY_FILE": str(folder / "key")}
    raw, marts = folder / "raw", folder / "marts"
    for command in (
        ["demo", "--out", str(raw), *options],
        ["build", "--raw", str(raw), "--marts", str(marts)],
    ):
        done = subprocess.run(
            [sys.executable, "-m", "pipeline", *command],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stderr[-2000:]}")
    return marts


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serve(marts: Path, *, port: int | None = None) -> Iterator[str]:
    """Run the dashboard on a port of the loopback interface, any free one; yield its address."""
    port = port or free_port()
    command = [
        str(Path(sys.executable).with_name("streamlit")),
        "run",
        "app.py",
        "--server.port",
        str(port),
        "--server.address",
        "127.0.0.1",
        "--server.headless",
        "true",
    ]
    environment = os.environ | {"DASHBOARD_MARTS": str(marts)}
    with subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        try:
            _wait_until_healthy(f"http://127.0.0.1:{port}/_stcore/health", server)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(timeout=20)


def _wait_until_healthy(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if server.poll() is not None:
            raise RuntimeError(f"the dashboard stopped with code {server.returncode}")
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the dashboard did not answer in a minute")


@contextmanager
def chromium() -> Iterator[Browser]:
    """Start Debian's Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def watched(page: Page) -> Iterator[list[str]]:
    """Collect every request of the page that leaves the host."""
    outside: list[str] = []

    def note(asked: Request | WebSocket) -> None:
        parts = urlsplit(asked.url)
        if parts.scheme not in {"data", "blob"} and parts.hostname != "127.0.0.1":
            outside.append(asked.url)

    page.on("request", note)
    page.on("websocket", note)
    yield outside
    page.remove_listener("request", note)
    page.remove_listener("websocket", note)


def open_page(page: Page, address: str) -> None:
    """Open an address and wait until the script has run and every chart is drawn."""
    page.goto(address, wait_until="domcontentloaded")
    settle(page)


PATIENCE, LOOK_EVERY = 60_000, 100  # milliseconds; looking at every frame costs the page as much
READY = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    if (!app || app.dataset.testScriptState === 'running') return false;
    if (document.fonts.status !== 'loaded') return false;
    if (document.querySelector('[data-testid=stSkeleton], [data-testid=stAppSkeleton]'))
        return false;
    const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
    return document.querySelector('[data-testid=stMain] [class*=st-key-]')
        && charts.every(c => c.querySelector('svg.main-svg'));
}"""
# Nothing has changed for a moment; a page that never rests is taken as it is after five seconds.
QUIET_FOR = """moment => new Promise(done => {
    const start = performance.now();
    let last = start;
    const watch = new MutationObserver(() => { last = performance.now(); });
    watch.observe(document.body,
        {subtree: true, childList: true, attributes: true, characterData: true});
    const look = () => {
        const now = performance.now();
        if (now - last < moment && now - start < 5000) return setTimeout(look, 40);
        watch.disconnect();
        done();
    };
    look();
})"""


def resize(page: Page, size: tuple[int, int]) -> None:
    """Make the window larger or smaller and wait until the charts have followed."""
    width, height = size
    page.set_viewport_size({"width": width, "height": height})
    settle(page)


def settle(page: Page) -> None:
    """Wait until Streamlit is idle, the charts have drawn and nothing moves any more."""
    page.wait_for_function(READY, timeout=PATIENCE, polling=LOOK_EVERY)
    page.evaluate(QUIET_FOR, 350)
    page.wait_for_function(READY, timeout=PATIENCE, polling=LOOK_EVERY)
