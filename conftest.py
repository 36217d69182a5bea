"""Note which lines and branches the workers go through, in the folder that MEASURED names.

It stands above the tests because what is measured must not be imported before. Code is made to note
its own lines, and stops once they are noted: a tool that Python calls at every line, those of
libraries too, took as long as the tests themselves.

Memory is set as a build sets it, before Polars is loaded: to fetch its pages anew took tests a
twelfth of their CPU.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

MEASURED = ["pipeline", "dashboard"]
# What is declared and never run.
LEFT_OUT = [r"raise NotImplementedError", r"\.\.\.$"]

if os.environ.get("MEASURED") and os.environ.get("PYTEST_XDIST_WORKER"):
    import slipcover

    lines = slipcover.Slipcover(branch=True, source=MEASURED, exclude_also=LEFT_OUT)
    slipcover.ImportManager(lines, slipcover.FileMatcher(sources=MEASURED)).__enter__()

    def pytest_sessionfinish() -> None:
        """Write down what this worker has seen."""
        name = f"{os.environ['PYTEST_XDIST_WORKER']}.json"
        (Path(os.environ["MEASURED"]) / name).write_text(json.dumps(lines.get_coverage()))


import pipeline.memory  # noqa: E402, F401
