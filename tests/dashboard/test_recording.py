"""What a page run does to its session, noted; and what keeps it from being done again."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, cast

import pytest
from streamlit.runtime.scriptrunner_utils.script_run_context import ScriptRunContext
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.safe_session_state import SafeSessionState

from dashboard import recording, replay
from dashboard.exports import collect


class _Session:
    """What a page run has of its session, with nothing behind it."""

    def __init__(self) -> None:
        self.recorder = recording.Recorder(
            key=b"page",
            context=ScriptRunContext.__new__(ScriptRunContext),
            contents=collect.Contents.__new__(collect.Contents),
            ids_before=frozenset(),
            state=SafeSessionState(SessionState(), lambda: None),
        )
        self.state = recording.TracedState(self.recorder.state, self.recorder)


def test_what_a_page_reads_and_sets_is_noted_with_what_was_there_before() -> None:
    session = _Session()
    session.recorder.state["known"] = ["a"]
    assert "known" in session.state
    assert "unknown" not in session.state
    session.state["mine"] = 1
    assert session.state["mine"] == 1
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
    session.recorder.state["known"] = "a"
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
