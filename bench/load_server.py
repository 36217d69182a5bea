"""Servers to be measured: processes of their own on the loopback interface, CPU and memory told."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent
# Everything that is not the page itself is the dashboard's: heap, start-up, headers, settings.
PEER_APP = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
import streamlit as st
from dashboard.serving import server
app = st.App(Path(__file__).with_name("chart.py"), lifespan=server.lifespan,
             routes=server.ROUTES, middleware=server.MIDDLEWARE)
"""
PEER_PAGE = """
import plotly.graph_objects as go
import streamlit as st

st.set_page_config(page_title="peer", layout="wide")
st.plotly_chart(go.Figure(go.Bar(x=list(range(12)), y=list(range(12)))), key="chart", theme=None)
"""


@dataclass(frozen=True)
class Server:
    """A running server."""

    address: str
    pid: int

    def cpu_seconds(self) -> float:
        """Return the CPU time of all its threads so far, those that ended included."""
        # Linux: the clock of another process, to the nanosecond; /proc counts in hundredths.
        return time.clock_gettime((~self.pid << 3) | 2)

    def memory_mb(self) -> float:
        """Return what it holds in memory now."""
        pages = int(Path(f"/proc/{self.pid}/statm").read_text().split()[1])
        return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def peer_app(folder: Path) -> Path:
    """Write an application of one page with one static chart, around it what is around ours."""
    app = folder / "peer.py"
    app.write_text(PEER_APP.format(root=str(ROOT)))
    (folder / "chart.py").write_text(PEER_PAGE)
    return app


@contextmanager
def serve(marts: Path, app: Path = ROOT / "app.py", *options: str) -> Iterator[Server]:
    """Run an application under Streamlit; yield it once it answers."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("streamlit")), "run", str(app)]
    command += ["--server.port", str(port), *options]
    environment = os.environ | {"DASHBOARD_MARTS": str(marts.resolve())}
    with subprocess.Popen(  # noqa: S603
        command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            server = Server(f"http://127.0.0.1:{port}", process.pid)
            _wait(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(timeout=20)


def _wait(server: Server, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped with code {process.returncode}")
        try:
            with urllib.request.urlopen(f"{server.address}/_stcore/health", timeout=1):  # noqa: S310
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the server did not answer in a minute")
