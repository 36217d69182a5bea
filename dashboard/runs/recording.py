"""What one run of a page does to its session, noted so that it can be done again without the page.

A page run reads a few values of its session, sets others, announces its widgets and sends messages.
All of that is noted here while the page runs as usual. The framework has no door for it: names with
an underscore are its own, which is why its version is pinned and `replay.allowed` asks for it.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any, cast

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import get_instance
from streamlit.runtime.forward_msg_cache import create_reference_msg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state.safe_session_state import SafeSessionState

from dashboard.exports.collect import Contents
from dashboard.runs.sending import FileLine, Line, Lines, hand_over

LONGEST = 0.03  # seconds that a message waits for others
MISSING = "<missing>"  # what was read where the session held nothing
WIDGET_BYTES = 1_500  # what a widget's functions and a kept panel take beside their content
PANEL_BYTES = 6_000
TRIGGERS = frozenset({"trigger_value", "string_trigger_value", "json_trigger_value"})
# Elements that are the same for every session; files and big tables hang on one.
PLAIN = {
    "button",
    "button_group",
    "download_button",
    "html",
    "multiselect",
    "page_link",
    "plotly_chart",
    "radio",
    "selectbox",
    "slider",
    "text_input",
}


@dataclass(frozen=True)
class Widget:
    """A widget as it was announced, and what it held."""

    metadata: Any
    key: str | None
    value: Any
    is_set: bool  # the browser was told to take the value
    is_seen: bool  # the page may look different with another value


@dataclass(frozen=True, kw_only=True)
class Recording:
    """All that a page run did."""

    lines: Lines
    reads: tuple[tuple[str, Any], ...]
    writes: tuple[tuple[str, Any], ...]
    widgets: tuple[Widget, ...]
    ids: frozenset[str]
    fragments: tuple[tuple[str, Callable[[], Any]], ...]
    contents: Contents  # what the page shows; only read
    own_contents: Contents  # the same of the session that ran the page: its files are named by it

    @property
    def size(self) -> int:
        """Estimate the bytes it takes."""
        return (
            self.lines.size
            + WIDGET_BYTES * len(self.widgets)
            + PANEL_BYTES * len(self.contents.panels)
        )


class TracedState:
    """The session's state, every reading and setting noted; the rest is the framework's."""

    def __init__(self, state: SafeSessionState, recorder: Recorder) -> None:
        self._state, self._recorder = state, recorder

    def __getattr__(self, name: str) -> Any:
        """Leave alone what neither reads nor sets a value."""
        return getattr(self._state, name)

    def __getitem__(self, key: str) -> Any:
        """Read a value."""
        try:
            value = self._state[key]
        except KeyError:
            self._recorder.note_read(key, MISSING)
            raise
        self._recorder.note_read(key, value)
        return value

    def __contains__(self, key: str) -> bool:
        """Ask for a value."""
        try:
            self[key]
        except KeyError:
            return False
        return True

    def __setitem__(self, key: str, value: Any) -> None:
        """Set a value."""
        self._recorder.writes[key] = copy.deepcopy(value)
        self._state[key] = value

    def __delitem__(self, key: str) -> None:
        """Remove a value, which is not done again."""
        self._recorder.spoil()
        del self._state[key]

    def reset_state_value(self, user_key: str, value: Any | None) -> None:
        """Put a value right that a widget cannot hold, which is not done again."""
        self._recorder.spoil()
        self._state.reset_state_value(user_key, value)

    @property
    def filtered_state(self) -> Mapping[str, Any]:
        """Return all values; a select box asks them for its own."""
        return _Values(self._state.filtered_state, self._recorder)

    def register_widget(self, metadata: Any, user_key: str | None) -> Any:
        """Announce a widget."""
        result = self._state.register_widget(metadata, user_key)
        self._recorder.note_widget(metadata, user_key, result)
        return result


class _Values(Mapping[str, Any]):
    """The values of a session, each reading noted."""

    def __init__(self, values: Mapping[str, Any], recorder: Recorder) -> None:
        self._values, self._recorder = values, recorder

    def __getitem__(self, key: str) -> Any:
        self._recorder.note_read(key, self._values.get(key, MISSING))
        return self._values[key]

    def __iter__(self) -> Iterator[str]:
        self._recorder.spoil()  # all of them cannot be compared
        return iter(self._values)

    def __len__(self) -> int:
        self._recorder.spoil()
        return len(self._values)


class Recorder:
    """Notes a page run while it happens, and sends what it draws many messages at once."""

    def __init__(self, key: bytes, context: ScriptRunContext, contents: Contents) -> None:
        self.key = key
        self.is_spoilt = False
        self.lines: list[Line] = []
        self.reads: dict[str, Any] = {}
        self.writes: dict[str, Any] = {}
        self.widgets: dict[str, Widget] = {}
        self._context, self._contents = context, contents
        self._ids_before = context.shared.widget_ids_this_run.snapshot()
        self._waiting: list[bytes] = []
        self._since = time.perf_counter()
        self._state, self._send = context.session_state, context._enqueue
        self._kept_by_browser = context.cached_message_hashes
        context.session_state = cast(SafeSessionState, TracedState(self._state, self))
        context._enqueue = self.add
        context.cached_message_hashes = frozenset()  # every message is to come as it is

    def spoil(self) -> None:
        """Let nothing of this run be done again."""
        self.is_spoilt = True

    def note_read(self, key: str, value: Any) -> None:
        """Note what the page found in the session; what it has set itself tells nothing."""
        widget = next((w for w in self.widgets.values() if w.key == key), None)
        if widget is not None:
            self.widgets[widget.metadata.id] = replace(widget, is_seen=True)
        elif key not in self.writes and key not in self.reads:
            self.reads[key] = copy.deepcopy(value)

    def note_widget(self, metadata: Any, key: str | None, result: Any) -> None:
        """Note a widget and what it held."""
        self.widgets[metadata.id] = Widget(
            metadata, key, result.value, result.value_changed, _is_seen(metadata, result.value)
        )

    def add(self, message: ForwardMsg) -> None:
        """Note a message and let it wait for others; what is no part of the page goes at once."""
        self._context.yield_check()  # as with every message of the framework's
        if not _is_plain(message):
            self.spoil()
        if not message.HasField("delta"):
            self._flush()
            self._send(message)
            return
        line = _line(message)
        self.lines.append(line)
        self._waiting.append(line.sent_to(self._kept_by_browser))
        if time.perf_counter() - self._since > LONGEST:
            self._flush()

    def _flush(self) -> None:
        messages, self._waiting = self._waiting, []
        self._since = time.perf_counter()
        if messages:
            hand_over(self._send, messages)

    def finished(self) -> Recording | None:
        """Return the recording; None when the run cannot be done again."""
        if self.is_spoilt:
            return None
        shared, storage = self._context.shared, self._context.fragment_storage
        fragments = sorted(shared.new_fragment_ids.snapshot())
        return Recording(
            lines=Lines(self.lines),
            reads=tuple(self.reads.items()),
            writes=tuple(self.writes.items()),
            widgets=tuple(self.widgets.values()),
            ids=shared.widget_ids_this_run.snapshot() - self._ids_before,
            fragments=tuple((name, storage.lookup(name)) for name in fragments),
            contents=self._contents.copied(),
            own_contents=self._contents,
        )

    def stop(self) -> None:
        """Send what waits and leave the page run as it was found."""
        self._context.session_state, self._context._enqueue = self._state, self._send
        self._context.cached_message_hashes = self._kept_by_browser
        self._flush()
        _running.set(None)


def _is_plain(message: ForwardMsg) -> bool:
    """Say whether a message is the same for every session: a container or one of some elements."""
    element = message.delta.new_element
    is_element = message.delta.WhichOneof("type") == "new_element"
    is_drawn = is_element and element.WhichOneof("type") in PLAIN
    is_block = message.delta.WhichOneof("type") == "add_block"
    return (is_drawn or is_block) and not element.download_button.url


def _line(message: ForwardMsg) -> Line:
    content, digest = message.SerializeToString(), message.hash
    file_id = message.delta.new_element.download_button.deferred_file_id
    if file_id:
        return FileLine(content, digest, download=_download(file_id))
    is_kept = message.metadata.cacheable
    reference = create_reference_msg(message).SerializeToString() if is_kept else b""
    return Line(content, digest, reference)


def _is_seen(metadata: Any, value: Any) -> bool:
    """Say whether a page looks at a widget as it draws: not at presses and marks clicked."""
    is_chart = isinstance(value, Mapping) and "selection" in value
    return metadata.value_type not in TRIGGERS and not is_chart


def _download(file_id: str) -> Mapping[str, Any]:
    """Return what the framework keeps of a file that is made when somebody asks for it."""
    kept: Mapping[str, Any] = get_instance().media_file_mgr._deferred_callables[file_id]
    return kept


_running: ContextVar[Recorder | None] = ContextVar("recorder", default=None)


def spoil() -> None:
    """Let what the running page does not be done again: something went wrong."""
    recorder = _running.get()
    if recorder is not None:
        recorder.spoil()


def running() -> Recorder | None:
    """Return the recorder of the running page."""
    return _running.get()


def start(context: ScriptRunContext, contents: Contents, key: bytes) -> None:
    """Note all that the page does from here on, to be found again by its key."""
    _running.set(Recorder(key, context, contents))
