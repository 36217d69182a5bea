"""Messages of a page run handed to the server's loop many at once.

The framework hands over every message by itself and wakes the loop each time, which costs as much
as drawing the element. Its inner names are used here; see `recording`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext

Way = Callable[[ForwardMsg], None]
LONGEST = 0.03  # seconds that a message waits for others


def hand_over(
    context: ScriptRunContext, messages: Sequence[ForwardMsg], *, way: Way | None = None
) -> None:
    """Give messages to the loop, which sends them unless a newer run has taken over.

    `way`: how the framework sends a message of the page run, where that has been replaced.
    """
    session = get_instance().get_app_session(context.session_id)
    runner = (way or context._enqueue).__self__  # type: ignore[attr-defined]
    if session is None or not messages:
        return

    def enqueue() -> None:
        if session._scriptrunner is not runner:
            return
        for message in messages[:-1]:
            session._browser_queue.enqueue(message)
        session._enqueue_forward_msg(messages[-1])

    session._call_soon_on_event_loop(enqueue)


class Batches:
    """Takes the place of a page run's way to the loop until it is closed."""

    def __init__(self, context: ScriptRunContext) -> None:
        self._context = context
        self._send = context._enqueue
        self._waiting: list[ForwardMsg] = []
        self._since = time.perf_counter()
        context._enqueue = self.add

    def add(self, message: ForwardMsg) -> None:
        """Let a message wait for others; what is no part of the page goes at once, in its turn."""
        self._context.yield_check()  # as with every message of the framework's
        if message.WhichOneof("type") not in {"delta", "ref_hash"}:
            self._flush()
            self._send(message)
            return
        self._waiting.append(message)
        if time.perf_counter() - self._since > LONGEST:
            self._flush()

    def close(self) -> None:
        """Send what waits and leave the page run as it was found."""
        self._context._enqueue = self._send
        self._flush()

    def _flush(self) -> None:
        messages, self._waiting = self._waiting, []
        self._since = time.perf_counter()
        hand_over(self._context, messages, way=self._send)
