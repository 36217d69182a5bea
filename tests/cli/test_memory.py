"""A run keeps its memory: settings are made before Polars is loaded, and those of others count."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

TOLD = """
import sys
import pipeline.memory
assert "polars" not in sys.modules
import gc, os
print(os.environ["_RJEM_MALLOC_CONF"], gc.get_threshold()[0])
import numpy
print(len(os.listdir("/proc/self/task")))
"""


def told(**environment: str) -> list[str]:
    ours = ("_RJEM_MALLOC_CONF", "OPENBLAS_NUM_THREADS")  # this process has them itself
    clean = {k: v for k, v in os.environ.items() if k not in ours}
    command = [sys.executable, "-c", TOLD]
    answer = subprocess.run(command, env=clean | environment, capture_output=True, check=True)
    return answer.stdout.decode().split()


def test_settings_stand_before_the_allocator_is_loaded() -> None:
    assert told()[:2] == ["dirty_decay_ms:1000,muzzy_decay_ms:0,narenas:2", "100000"]


def test_numpy_starts_no_threads() -> None:
    assert told()[2] == "1"


def test_settings_of_the_operator_go_first() -> None:
    assert told(_RJEM_MALLOC_CONF="narenas:1")[0] == "narenas:1"


@pytest.mark.parametrize("words", ["import pipeline.__main__", "import pipeline.memory, polars"])
def test_the_command_line_loads_it_first(words: str) -> None:
    code = f"import os\n{words}\nprint(os.environ['_RJEM_MALLOC_CONF'])"
    clean = {k: v for k, v in os.environ.items() if k != "_RJEM_MALLOC_CONF"}
    answer = subprocess.run(
        [sys.executable, "-c", code], env=clean, capture_output=True, check=True
    )
    assert b"narenas:2" in answer.stdout
