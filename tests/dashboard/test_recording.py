"""What a page run does to its session, noted; and what keeps it from being done again."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.scriptrunner_utils.shared_run_state import SharedRunState
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

from dashboard.exports import collect
from dashboard.runs import recording, replay


class _Session:
    """A page run with nothing behind it but the framework's own state."""

    def __init__(self, kept: frozenset[str] = frozenset()) -> None:
        self.held = SafeSessionState(SessionState(), lambda: None)
        self.sent: list[Any] = []
        self.checks = 0
        self.context: Any = ScriptRunContext.__new__(ScriptRunContext)
        self.context.session_state, self.context.shared = self.held, SharedRunState()
        self.context._enqueue, self.context.cached_message_hashes = self.send, kept
        self.context.yield_check = self.yield_check
        contents = collect.Contents.__new__(collect.Contents)
        self.recorder = recording.Recorder(b"page", self.context, contents)
        self.state: Any = self.context.session_state

    def yield_check(self) -> None:
        self.checks += 1

    def send(self, message: Any) -> None:
        """Note what goes on its way, several messages as their names in brackets."""
        content = message.SerializeToString()
        is_one = isinstance(content, bytes)
        names = [_name(one) for one in ([content] if is_one else content)]
        self.sent += names if is_one else [names]

    def draw(self, name: str, *, is_kept: bool = False) -> None:
        message = ForwardMsg(hash=name)
        message.delta.new_element.html.body = name
        message.metadata.cacheable = is_kept
        self.context._enqueue(message)


def _name(content: bytes) -> str:
    message = ForwardMsg.FromString(content)
    return f"ref {message.ref_hash}" if message.ref_hash else str(message.hash)


def test_messages_wait_for_each_other_and_go_in_their_order() -> None:
    session = _Session()
    for name in "abc":
        session.draw(name)
    assert session.sent == []
    session.recorder.stop()
    assert session.sent == [["a", "b", "c"]]
    assert session.checks == 3
    session.draw("d")
    assert session.sent == [["a", "b", "c"], "d"]
    assert [line.digest for line in session.recorder.lines] == ["a", "b", "c"]


def test_what_is_no_part_of_the_page_goes_at_once_after_what_waits() -> None:
    session = _Session()
    session.draw("a")
    session.context._enqueue(
        ForwardMsg(hash="end", script_finished=ForwardMsg.FINISHED_SUCCESSFULLY)
    )
    assert session.sent == [["a"], "end"]
    session.recorder.stop()
    assert session.sent == [["a"], "end"]
    assert session.recorder.finished() is None


def test_nothing_waits_longer_than_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "LONGEST", -1.0)
    session = _Session()
    session.draw("a")
    session.draw("b")
    assert session.sent == [["a"], ["b"]]


def test_what_a_browser_has_kept_is_named_to_it_and_recorded_whole() -> None:
    session = _Session(kept=frozenset({"a", "c"}))
    assert session.context.cached_message_hashes == frozenset()
    session.draw("a", is_kept=True)
    session.draw("b", is_kept=True)
    session.draw("c")
    session.recorder.stop()
    assert session.sent == [["ref a", "b", "c"]]
    assert session.context.cached_message_hashes == {"a", "c"}
    assert [_name(line.content) for line in session.recorder.lines] == ["a", "b", "c"]


def test_a_page_run_is_left_as_it_was_found() -> None:
    session = _Session()
    assert session.state is not session.held
    session.recorder.stop()
    assert session.context.session_state is session.held
    assert session.context._enqueue == session.send


def test_what_a_page_reads_and_sets_is_noted_with_what_was_there_before() -> None:
    session = _Session()
    session.held["known"] = ["a"]
    assert "known" in session.state
    assert "unknown" not in session.state
    session.state["mine"] = 1
    assert session.state["mine"] == 1
    assert session.state.is_new_state_value("mine")
    assert session.recorder.reads == {"known": ["a"], "unknown": recording.MISSING}
    assert session.recorder.writes == {"mine": 1}
    assert not session.recorder.is_spoilt


@pytest.mark.parametrize(
    "spoils",
    [
        lambda state: state.__delitem__("known"),
        lambda state: state.reset_state_value("known", "b"),
        lambda state: list(state.filtered_state),
        lambda state: len(state.filtered_state),
    ],
)
def test_what_cannot_be_done_again_or_compared_spoils_a_recording(
    spoils: Callable[[Any], object],
) -> None:
    session = _Session()
    session.held["known"] = "a"
    spoils(session.state)
    assert session.recorder.is_spoilt
    assert session.recorder.finished() is None


def test_outside_of_a_page_there_is_nothing_to_spoil() -> None:
    recording.spoil()
    assert recording.running() is None


def test_a_run_that_is_stopped_halfway_is_stopped_here_too() -> None:
    def stopped() -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        replay.run(stopped)


@pytest.mark.parametrize(("now", "is_set", "expected"), [("a", True, True), ("b", True, False)])
def test_a_widget_that_turns_out_to_hold_something_else_lets_the_page_run(
    now: str, is_set: bool, expected: bool
) -> None:
    metadata = SimpleNamespace(id="x-words", value_type="string_value")
    widget = recording.Widget(metadata, "words", "a", is_set=True, is_seen=True)
    recorded = recording.Recording(
        lines=(),
        reads=(),
        writes=(("mine", [1]),),
        widgets=(widget,),
        ids=frozenset(),
        fragments=(),
        contents=collect.Contents.__new__(collect.Contents),
        own_contents=collect.Contents.__new__(collect.Contents),
    )
    state = _Held(SimpleNamespace(value=now, value_changed=is_set))
    assert replay._announced(recorded, _context_of(state)) is expected
    assert state == {"mine": [1]}


class _Held(dict[str, Any]):
    """A session's state with one widget in it."""

    def __init__(self, result: Any) -> None:
        super().__init__()
        self.result = result

    def register_widget(self, _metadata: Any, _key: str) -> Any:
        return self.result


def _context_of(state: _Held) -> ScriptRunContext:
    context = ScriptRunContext.__new__(ScriptRunContext)
    context.session_state = cast(SafeSessionState, state)
    return context
