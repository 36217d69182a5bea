"""A session of the dashboard without a browser: Streamlit's protobuf over its websocket.

It keeps big messages as the browser does and tells the server which ones it has, so that the bytes
counted are those a browser would receive.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self, cast

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.asyncio.client import ClientConnection, connect


class Counting(ClientConnection):
    """A connection that counts the bytes as they come over the wire, compressed or not."""

    received = 0

    def data_received(self, data: bytes) -> None:
        """Count."""
        self.received += len(data)
        super().data_received(data)


STALE_AFTER_RUNS = 2  # what the server tells browsers unless configured otherwise


@dataclass(frozen=True)
class Answer:
    """What one rerun sent back."""

    seconds: float
    wire_bytes: int
    elements: dict[str, int]  # element type -> bytes


@dataclass
class Session:
    """One open tab."""

    address: str  # http://host:port
    headers: dict[str, str] = field(default_factory=dict)
    _socket: Counting | None = None
    _kept: dict[str, int] = field(default_factory=dict)  # hash -> run in which it was last used
    _runs: int = 0
    _id: str = ""
    _longest_age: int = STALE_AFTER_RUNS
    files: list[str] = field(default_factory=list)  # what the last page run offers to download

    async def __aenter__(self) -> Self:
        """Connect as a browser does."""
        opened = await connect(
            self.address.replace("http", "ws", 1) + "/_stcore/stream",
            subprotocols=["streamlit"],  # type: ignore[list-item]
            additional_headers=self.headers,
            max_size=None,
            create_connection=Counting,
            proxy=None,
        )
        self._socket = cast(Counting, opened)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the tab."""
        if self._socket is not None:
            await self._socket.close()

    async def open(self, page: str, query: str = "") -> Answer:
        """Run a page and wait until its script has finished."""
        if self._socket is None:
            raise RuntimeError("the session is not connected")
        wanted = BackMsg()
        state = wanted.rerun_script
        state.query_string = query
        state.page_name = page
        state.cached_message_hashes.extend(self._kept)
        started = time.perf_counter()
        await self._socket.send(wanted.SerializeToString())
        return await self._collect(self._socket, started)

    async def make_file(self, file_id: str) -> str:
        """Let the server make a file that a page offers; return where it lies."""
        if self._socket is None:
            raise RuntimeError("the session is not connected")
        wanted = BackMsg()
        wanted.backend_operation_request.request_id = file_id
        wanted.backend_operation_request.session_id = self._id
        wanted.backend_operation_request.deferred_file.file_id = file_id
        await self._socket.send(wanted.SerializeToString())
        while True:
            message = ForwardMsg()
            message.ParseFromString(await self._socket.recv(decode=False))
            if message.WhichOneof("type") == "backend_operation_response":
                answer = message.backend_operation_response
                if answer.error_msg:
                    raise RuntimeError(answer.error_msg)
                return str(answer.deferred_file.url)

    async def _collect(self, socket: Counting, started: float) -> Answer:
        before, elements = socket.received, dict[str, int]()
        self.files.clear()
        while True:
            raw = await socket.recv(decode=False)
            message = ForwardMsg()
            message.ParseFromString(raw)
            kind = self._note(message)
            elements[kind] = elements.get(kind, 0) + len(raw)
            if message.WhichOneof("type") == "script_finished":
                seconds = time.perf_counter() - started
                if message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                    self._forget_stale()
                    return Answer(seconds, socket.received - before, elements)

    def _note(self, message: ForwardMsg) -> str:
        kind = str(message.WhichOneof("type"))
        if kind == "new_session":
            self._id = message.new_session.initialize.session_id
            self._longest_age = message.new_session.config.max_cached_message_age
        if kind == "ref_hash":
            self._kept[message.ref_hash] = self._runs
        elif message.metadata.cacheable:
            self._kept[message.hash] = self._runs
        if kind != "delta":
            return kind
        if message.delta.WhichOneof("type") != "new_element":
            return str(message.delta.WhichOneof("type"))
        element = message.delta.new_element
        if element.WhichOneof("type") == "download_button":
            self.files.append(element.download_button.deferred_file_id)
        return str(element.WhichOneof("type"))

    def _forget_stale(self) -> None:
        self._runs += 1
        self._kept = {
            digest: run
            for digest, run in self._kept.items()
            if self._runs - run <= self._longest_age
        }
