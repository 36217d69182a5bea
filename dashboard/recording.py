"""What one run of a page does to its session, noted so that it can be done again without the page.

A page run reads a few values of its session, sets others, announces its widgets and sends messages.
All of that is noted here while the page runs as usual. The framework has no door for it: names with
an underscore are its own, which is why its version is pinned and `replay.allowed` asks for it.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import Any

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import get_instance
from streamlit.runtime.forward_msg_cache import create_reference_msg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state.safe_session_state import SafeSessionState

from dashboard.exports.collect import Contents
from dashboard.sending import Batches

MISSING = "<missing>"  # what was read where the session held nothing
WIDGET_BYTES = 1_500  # what a widget's functions and a kept panel take beside their content
PANEL_BYTES = 6_000
TRIGGERS = frozenset({"trigger_value", "string_trigger_value", "json_trigger_value"})
# Elements that are the same for every session; files and big tables hang on one.
PLAIN = frozenset(
    {
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
)


@dataclass(frozen=True)
class Download:
    """A file that is made when somebody asks for it."""

    make: Callable[[], Any]
    mime: str | None
    file_name: str | None
    coordinates: str
    element_id: str


@dataclass(frozen=True)
class Line:
    """One message: as bytes, which no garbage collection walks through."""

    content: bytes
    digest: str
    reference: bytes = b""  # what is sent to a browser that has kept the message; empty: never kept
    download: Download | None = None


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

    lines: tuple[Line, ...]
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
        sent = sum(len(line.content) + len(line.reference) + 200 for line in self.lines)
        return sent + WIDGET_BYTES * len(self.widgets) + PANEL_BYTES * len(self.contents.panels)


class TracedState(SafeSessionState):
    """The session's state, every reading and setting noted."""

    def __init__(self, state: SafeSessionState, recorder: Recorder) -> None:
        # The class takes plain attributes for keys of the state.
        for name in ("_state", "_lock", "_yield_callback"):
            object.__setattr__(self, name, object.__getattribute__(state, name))
        object.__setattr__(self, "_recorder", recorder)

    def __getitem__(self, key: str) -> Any:
        """Read a value."""
        recorder: Recorder = object.__getattribute__(self, "_recorder")
        try:
            value = super().__getitem__(key)
        except KeyError:
            recorder.note_read(key, MISSING)
            raise
        recorder.note_read(key, value)
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
        object.__getattribute__(self, "_recorder").writes[key] = copy.deepcopy(value)
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        """Remove a value, which is not done again."""
        object.__getattribute__(self, "_recorder").spoil()
        super().__delitem__(key)

    def reset_state_value(self, user_key: str, value: Any | None) -> None:
        """Put a value right that a widget cannot hold, which is not done again."""
        object.__getattribute__(self, "_recorder").spoil()
        super().reset_state_value(user_key, value)

    @property
    def filtered_state(self) -> Any:
        """Return all values; a select box asks them for its own."""
        recorder: Recorder = object.__getattribute__(self, "_recorder")
        return _Values(super().filtered_state, recorder)

    def register_widget(self, metadata: Any, user_key: str | None) -> Any:
        """Announce a widget."""
        result = super().register_widget(metadata, user_key)
        object.__getattribute__(self, "_recorder").note_widget(metadata, user_key, result)
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


@dataclass
class Recorder:
    """Notes a page run while it happens."""

    key: bytes
    context: ScriptRunContext
    contents: Contents
    ids_before: frozenset[str]
    state: SafeSessionState
    batches: Batches | None = None
    is_spoilt: bool = False
    lines: list[Line] = field(default_factory=list)
    reads: dict[str, Any] = field(default_factory=dict)
    writes: dict[str, Any] = field(default_factory=dict)
    widgets: dict[str, Widget] = field(default_factory=dict)

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

    def enqueue(self, msg: ForwardMsg) -> None:
        """Send a message, and note it."""
        message = msg
        ScriptRunContext.enqueue(self.context, message)
        kind = message.delta.WhichOneof("type") if message.HasField("delta") else ""
        element = message.delta.new_element
        file_id = element.download_button.deferred_file_id
        is_plain = kind == "new_element" and element.WhichOneof("type") in PLAIN
        if not (is_plain or kind == "add_block") or element.download_button.url:
            self.spoil()
            return
        is_kept = message.metadata.cacheable
        self.lines.append(
            Line(
                content=message.SerializeToString(),
                digest=message.hash,
                reference=create_reference_msg(message).SerializeToString() if is_kept else b"",
                download=_download(file_id) if file_id else None,
            )
        )

    def finished(self) -> Recording | None:
        """Return the recording; None when the run cannot be done again."""
        if self.is_spoilt:
            return None
        shared, storage = self.context.shared, self.context.fragment_storage
        fragments = sorted(shared.new_fragment_ids.snapshot())
        return Recording(
            lines=tuple(self.lines),
            reads=tuple(self.reads.items()),
            writes=tuple(self.writes.items()),
            widgets=tuple(self.widgets.values()),
            ids=shared.widget_ids_this_run.snapshot() - self.ids_before,
            fragments=tuple((name, storage.lookup(name)) for name in fragments),
            contents=self.contents.copied(),
            own_contents=self.contents,
        )

    def stop(self) -> None:
        """Leave the page run as it was found."""
        del self.context.enqueue
        self.context.session_state = self.state
        if self.batches is not None:
            self.batches.close()
        _running.set(None)


def _is_seen(metadata: Any, value: Any) -> bool:
    """Say whether a page looks at a widget as it draws: not at presses and marks clicked."""
    is_chart = isinstance(value, Mapping) and "selection" in value
    return metadata.value_type not in TRIGGERS and not is_chart


def _download(file_id: str) -> Download:
    """Return what the framework will call for a file."""
    entry = get_instance().media_file_mgr._deferred_callables[file_id]
    return Download(
        make=entry["callable"],
        mime=entry["mimetype"],
        file_name=entry["filename"],
        coordinates=entry["coordinates"],
        element_id=entry["element_id"],
    )


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
    ids = context.shared.widget_ids_this_run.snapshot()
    recorder = Recorder(key, context, contents, ids, context.session_state)
    context.session_state = TracedState(context.session_state, recorder)
    recorder.batches = Batches(context)
    context.enqueue = recorder.enqueue  # type: ignore[method-assign]
    _running.set(recorder)
