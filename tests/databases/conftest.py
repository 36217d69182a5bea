"""A real PostgreSQL server for the tests, from a wheel, on a port and in a folder of its own."""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from adbc_driver_postgresql import dbapi

PASSWORD = "pw-7Kq2"
START_SECONDS = 60.0
# The server refuses to be root's; this account exists everywhere and owns nothing.
NOBODY = "nobody"

Execute = Callable[..., None]


def _programs(folder: Path) -> Path:
    """Return the server's programs where its account can run them."""
    spec = importlib.util.find_spec("pgserver")
    assert spec is not None
    assert spec.submodule_search_locations
    home = Path(spec.submodule_search_locations[0]) / "pginstall"
    if all(parent.stat().st_mode & 0o001 for parent in home.parents):
        return home / "bin"
    shutil.copytree(home, folder / "pginstall")
    return folder / "pginstall" / "bin"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(port: int, server: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise RuntimeError("the PostgreSQL server did not start")


@contextmanager
def _running(folder: Path) -> Iterator[int]:
    account = NOBODY if os.geteuid() == 0 else None
    programs = _programs(folder)
    folder.chmod(0o755)
    home = folder / "server"
    home.mkdir(mode=0o700)
    password = home / "password"
    password.write_text(PASSWORD)
    if account is not None:
        shutil.chown(home, account)
        shutil.chown(password, account)
    environment = {"PATH": os.environ["PATH"], "LC_ALL": "C"}
    made = subprocess.run(
        [
            *(programs / "initdb", "-D", home / "data", "-U", "postgres", "-A", "scram-sha-256"),
            *("--pwfile", password, "-E", "UTF8", "--locale=C", "--no-sync"),
        ],
        user=account,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    port = _free_port()
    settings = ("listen_addresses=127.0.0.1", f"unix_socket_directories={home}", "fsync=off")
    options = [word for setting in settings for word in ("-c", setting)]
    server = subprocess.Popen(
        [programs / "postgres", "-D", home / "data", "-p", str(port), *options],
        user=account,
        env=environment,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, server)
        yield port
    finally:
        server.send_signal(2)  # end now, with clients still there
        server.wait(START_SECONDS)


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """Return the address of a server."""
    folder = Path(tempfile.mkdtemp(prefix="postgresql-"))
    try:
        with _running(folder) as port:
            uri = f"postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/postgres"
            _until_answered(uri)
            yield uri
    finally:
        shutil.rmtree(folder)


def _until_answered(uri: str) -> None:
    end = time.monotonic() + START_SECONDS
    while True:
        try:
            dbapi.connect(uri).close()
        except dbapi.Error:
            if time.monotonic() > end:
                raise
            time.sleep(0.1)
        else:
            return


@pytest.fixture
def execute(postgresql: str) -> Iterator[Execute]:
    """Return a function that runs statements; the tables it made are gone afterwards."""
    with dbapi.connect(postgresql, autocommit=True) as connection, connection.cursor() as cursor:

        def run(*statements: str, rows: list[tuple[Any, ...]] | None = None) -> None:
            for statement in statements:
                if rows is None:
                    cursor.execute(statement)
                else:
                    cursor.executemany(statement, rows)

        run("DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
        yield run
