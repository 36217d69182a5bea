"""Bytes that a page sends, before compression: a number that does not depend on the machine."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.testing.v1 import AppTest

Run = Callable[..., AppTest]
SETTINGS = tomllib.loads(
    (Path(__file__).parent.parent.parent / ".streamlit" / "config.toml").read_text()
)
ENOUGH = SETTINGS["global"]["minCachedMessageSize"]
REFERENCE = 60  # what stands for a part that the browser has


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Callable[[], dict[str, int]]:
    """Return a reader of what was sent since it was last read: a message's content -> its bytes."""
    seen: dict[str, int] = {}
    enqueue = ForwardMsgQueue.enqueue

    def noted(queue: ForwardMsgQueue, message: object) -> None:
        content = message.SerializeToString(deterministic=True)  # type: ignore[attr-defined]
        seen[str(hash(content))] = len(content)
        enqueue(queue, message)  # type: ignore[arg-type]

    monkeypatch.setattr(ForwardMsgQueue, "enqueue", noted)

    def read() -> dict[str, int]:
        found = dict(seen)
        seen.clear()
        return found

    return read


def weight(messages: dict[str, int], known: dict[str, int]) -> int:
    """Return the bytes on the wire when the browser keeps the big messages it knows."""
    return sum(
        REFERENCE if name in known and size >= ENOUGH else size for name, size in messages.items()
    )


@pytest.mark.parametrize(("page", "most"), [("overview", 60_000), ("contracts", 115_000)])
def test_another_county_costs_what_it_shows_and_nothing_else(
    run_page: Run, sent: Callable[[], dict[str, int]], page: str, most: int
) -> None:
    app = run_page(page, area="410225")
    first = sent()
    app.query_params["area"] = "410222"
    app.run()
    assert 1_000 < weight(sent(), first) < most


@pytest.mark.parametrize("page", ["overview", "contracts"])
def test_what_has_not_changed_is_hardly_sent_again(
    run_page: Run, sent: Callable[[], dict[str, int]], page: str
) -> None:
    app = run_page(page, area="410225")
    first = sent()
    app.run()
    again = sent()
    assert weight(again, first) < 25_000 < sum(again.values())
