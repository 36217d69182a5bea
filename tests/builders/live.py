"""A dashboard served in this process, and browsers' sessions with it that are none."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, cast

import streamlit as st
import uvicorn
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.runtime import Runtime
from websockets.sync.client import ClientConnection, connect

from dashboard.serving import server
from tests.builders.pages import MAIN


@contextmanager
def served() -> Iterator[str]:
    """Serve the dashboard on a free port of the loopback interface; yield its address."""
    app = st.App(MAIN, lifespan=server.lifespan, routes=server.ROUTES, middleware=server.MIDDLEWARE)
    running = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error"))
    thread = threading.Thread(target=running.run, daemon=True)
    thread.start()
    try:
        while not running.started:
            time.sleep(0.02)
        yield f"ws://127.0.0.1:{running.servers[0].sockets[0].getsockname()[1]}/_stcore/stream"
    finally:
        running.should_exit = True
        thread.join(timeout=20)
        Runtime._instance = None


class LiveSession:
    """One open tab."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self.headers = socket.response.headers if socket.response else {}  # of the server's answer
        self.id = ""
        self.link = ""

    def open(
        self,
        page: str,
        link: str,
        *,
        widgets: Sequence[WidgetState] = (),
        fragment: str = "",
        kept: Sequence[str] = (),
    ) -> list[ForwardMsg]:
        """Run a page, or one fragment of it, and return what the server sent."""
        wanted = BackMsg()
        state = wanted.rerun_script
        state.query_string, state.page_name = link, page
        state.widget_states.widgets.extend(widgets)
        state.fragment_id = fragment
        state.cached_message_hashes.extend(kept)
        self._socket.send(wanted.SerializeToString())
        return self._until("script_finished")

    def make_file(self, file_id: str) -> str:
        """Let the server make a file that a page offers; return where it lies."""
        wanted = BackMsg()
        wanted.backend_operation_request.request_id = file_id
        wanted.backend_operation_request.session_id = self.id
        wanted.backend_operation_request.deferred_file.file_id = file_id
        self._socket.send(wanted.SerializeToString())
        answer = self._until("backend_operation_response")[-1].backend_operation_response
        assert not answer.error_msg, answer.error_msg
        return str(answer.deferred_file.url)

    def _until(self, kind: str) -> list[ForwardMsg]:
        received: list[ForwardMsg] = []
        while not received or received[-1].WhichOneof("type") != kind:
            message = ForwardMsg.FromString(self._socket.recv(timeout=60, decode=False))
            received.append(message)
            if message.WhichOneof("type") == "new_session":
                self.id = message.new_session.initialize.session_id
            if message.WhichOneof("type") == "page_info_changed":
                self.link = message.page_info_changed.query_string
        return received


@contextmanager
def tab(address: str) -> Iterator[LiveSession]:
    """Open a tab."""
    protocols = cast(list[Any], ["streamlit"])
    with connect(address, subprotocols=protocols, max_size=None) as socket:
        yield LiveSession(socket)


def drawn(messages: Sequence[ForwardMsg]) -> list[tuple[Any, ...]]:
    """Return what a page shows: place, content, hash; files are offered to one session alone."""
    shown = []
    for message in messages:
        if message.WhichOneof("type") not in {"delta", "ref_hash"}:
            continue
        copied = ForwardMsg()
        copied.CopyFrom(message)
        digest = copied.hash
        if copied.delta.new_element.WhichOneof("type") == "download_button":
            copied.delta.new_element.download_button.deferred_file_id, digest = "", ""
        content = copied.delta.SerializeToString(deterministic=True) or copied.ref_hash
        metadata = copied.metadata.SerializeToString(deterministic=True)
        shown.append((tuple(copied.metadata.delta_path), metadata, digest, content))
    return shown


def elements(messages: Sequence[ForwardMsg], kind: str) -> list[Any]:
    """Return the elements of a kind, in the order in which they came."""
    found = (message.delta.new_element for message in messages)
    return [getattr(one, kind) for one in found if one.WhichOneof("type") == kind]
