"""Coverage really rests in whole runs: a tracer left on would cost as much as measuring."""

from __future__ import annotations

import sys
import threading


def test_neither_this_thread_nor_another_is_traced() -> None:
    found = [sys.gettrace()]
    thread = threading.Thread(target=lambda: found.append(sys.gettrace()))
    thread.start()
    thread.join()
    assert found == [None, None]
