"""One broken panel must not take the page with it."""

from __future__ import annotations

import functools
import logging
import uuid
from collections.abc import Callable
from typing import ParamSpec

from dashboard.components import state_message
from dashboard.runs import recording

log = logging.getLogger(__name__)
P = ParamSpec("P")


def block(draw: Callable[P, None]) -> Callable[P, None]:
    """Wrap a panel: a fault inside becomes one sentence with a number, and a line in the log.

    Streamlit stops and reruns scripts by exceptions that are not `Exception`; they pass.
    """

    @functools.wraps(draw)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            draw(*args, **kwargs)
        except Exception:
            recording.spoil()
            number = uuid.uuid4().hex[:4].upper()
            log.exception("panel %s failed, number %s", draw.__name__, number)
            state_message("state.error", number=number)

    return guarded
