"""Page runs done again from a recording: an area somebody has looked at costs little the next time.

A recording belongs to a view (snapshot, scope, page, area, indicator, month) and a link. It stands
for a run only when the session holds what the recorded run found in it: what the page read there
and what its widgets held. Everything else runs as usual, and is recorded.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from functools import partial
from typing import Any

import streamlit as st
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import get_instance
from streamlit.runtime.scriptrunner_utils.script_run_context import (
    ScriptRunContext,
    get_script_run_ctx,
)

from dashboard.exports.collect import Contents
from dashboard.remembering import Memory, key_of
from dashboard.runs import recording
from dashboard.runs.recording import MISSING, Recording, Widget
from dashboard.runs.sending import FileLine, hand_over
from dashboard.view import View

log = logging.getLogger(__name__)
TRIED_WITH = "1.67.0"  # the framework's version whose inner names are used here
MOST_BYTES = 40 * 2**20
Make = Callable[[], Any]
Own = Callable[[Make], Make]
MOST_OF_A_PAGE = 4  # recordings of the same page and link, for sessions that hold other values


class Replayed(BaseException):
    """The page has been drawn from a recording: the rest of its script need not run."""


class Recordings:
    """The recordings of a process."""

    def __init__(self, most_bytes: int) -> None:
        self.is_on = False
        self.played = 0
        self._kept = Memory(most_bytes)

    def of(self, key: bytes) -> tuple[Recording, ...]:
        """Return the recordings of one page and link, the newest first."""
        found = self._kept.get(key)
        return found[0] if found else ()

    def keep(self, key: bytes, done: Recording) -> None:
        """Keep one more."""
        kept = (done, *self.of(key))[:MOST_OF_A_PAGE]
        self._kept.put(key, kept, sum(one.size for one in kept))

    def forget(self) -> None:
        """Forget all of them."""
        self._kept.forget()


recordings = Recordings(MOST_BYTES)


@contextmanager
def allowed() -> Iterator[None]:
    """Let pages be recorded and replayed, if the framework is the one this was tried with."""
    recordings.is_on = st.__version__ == TRIED_WITH
    if not recordings.is_on:
        log.warning("streamlit %s: pages are not replayed", st.__version__)
    try:
        yield
    finally:
        recordings.is_on = False
        recordings.forget()


def begin(view: View, contents: Contents, *, seen_besides: object = None) -> None:
    """Draw the page from a recording, or start to record it.

    Args:
        view: of the page run.
        contents: of the page run, still empty.
        seen_besides: what the page shows beside its view, its link and its session.

    Raises:
        Replayed: the page is drawn.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if not recordings.is_on or context is None or context.fragment_ids_this_run:
        return
    key = key_of(begin, (view, sorted(st.query_params.to_dict().items()), seen_besides), {})
    if key is None:
        return
    for recorded in recordings.of(key):
        if _stands(recorded, context.session_state) and _announced(recorded, context):
            _play(recorded, context, contents)
            recordings.played += 1
            raise Replayed
    recording.start(context, contents, key)


def run(page: Callable[[], None]) -> None:
    """Run a page; keep what it did, or see that it was drawn from a recording."""
    try:
        page()
    except Replayed:
        return
    except BaseException:  # stopped, or interrupted by a newer run
        recording.spoil()
        raise
    finally:
        recorder = recording.running()
        if recorder is not None:
            recorder.stop()
            done = recorder.finished()
            if done is not None:
                recordings.keep(recorder.key, done)


def _stands(recorded: Recording, state: Any) -> bool:
    """Say whether the session holds what the recorded run found in it."""
    if any(_held(state, key) != value for key, value in recorded.reads):
        return False
    written = {key for key, _ in recorded.writes}
    seen = [one for one in recorded.widgets if one.is_seen and one.key and one.key not in written]
    return all(_will_hold(state, widget) == widget.value for widget in seen)


def _held(state: Any, key: str) -> Any:
    try:
        return state[key]
    except KeyError:
        return MISSING


def _will_hold(state: Any, widget: Widget) -> Any:
    held = _held(state, str(widget.key))
    return widget.metadata.deserializer(None) if held is MISSING else held


def _announced(recorded: Recording, context: ScriptRunContext) -> bool:
    """Set what the page set and announce its widgets; False when one holds something else.

    The page then runs as usual: it sets and announces the same once more.
    """
    state = context.session_state
    for key, value in recorded.writes:
        state[key] = deepcopy(value)
    for widget in recorded.widgets:
        now = state.register_widget(widget.metadata, widget.key)
        if now.value_changed != widget.is_set or (widget.is_seen and now.value != widget.value):
            return False
    return True


def _play(recorded: Recording, context: ScriptRunContext, contents: Contents) -> None:
    """Send what the recorded run sent."""
    for name in recorded.ids:
        context.shared.widget_ids_this_run.check_and_add(name)
    for name, fragment in recorded.fragments:
        context.shared.new_fragment_ids.check_and_add(name)
        context.fragment_storage.register(name, fragment)
    contents.take_over(recorded.contents)

    def own(make: Make) -> Make:
        """Let a file be made of what this session sees, whose map may move on by itself."""
        if not isinstance(make, partial):
            return make
        args = (contents if one is recorded.own_contents else one for one in make.args)
        return partial(make.func, *args, **make.keywords)

    lines = recorded.lines.sent_to(context.cached_message_hashes, partial(_offered, own=own))
    hand_over(context._enqueue, tuple(lines))


def _offered(line: FileLine, *, own: Own) -> bytes:
    """Offer a file in this session."""
    file, message = line.download, ForwardMsg.FromString(line.content)
    offered = get_instance().media_file_mgr.add_deferred(
        own(file["callable"]),
        file["mimetype"],
        file["coordinates"],
        file_name=file["filename"],
        element_id=file["element_id"],
    )
    message.delta.new_element.download_button.deferred_file_id = offered
    message.hash = offered  # the browser takes messages of one hash for the same
    content: bytes = message.SerializeToString()
    return content
