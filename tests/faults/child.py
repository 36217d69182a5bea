"""Run a command of the pipeline, and die before its N-th file call below a folder.

    python -m tests.faults.child ROOT N REPORT GO COMMAND …

File calls are those that Python tells its audit hooks of: opening for writing, making, renaming,
removing, truncating, changing times and modes. What native code writes by itself is not among them;
the kills that are spread over time fall there. With N = 0 the calls are only counted, the count is
written to REPORT. With GO the command starts when that file exists, everything imported before.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
CHANGING = {
    *("os.rename", "os.mkdir", "os.rmdir", "os.remove", "os.truncate", "os.chmod", "os.utime"),
    *("fcntl.flock", "shutil.rmtree"),
}


class Calls:
    """Counts the file calls below a folder and dies before the wanted one."""

    def __init__(self, root: str, fatal: int) -> None:
        self.root, self.fatal, self.count = root, fatal, 0

    def hook(self, event: str, args: tuple[Any, ...]) -> None:
        """Take note of an audit event."""
        writes = event == "open" and isinstance(args[2], int) and args[2] & WRITING
        if not (writes or event in CHANGING):
            return
        path = args[0]
        # A number is a file already open, a bare name lies in a folder already open.
        if isinstance(path, str | Path) and Path(path).is_absolute():
            if not str(path).startswith(self.root):
                return
        elif event == "open":
            return
        self.count += 1
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> int:
    """Run the command under the hook."""
    root, fatal, report, go, *command = sys.argv[1:]
    from pipeline import build  # noqa: F401  slow to import: before the hook
    from pipeline.__main__ import main as run

    calls = Calls(root, int(fatal))
    while go and not Path(go).exists():
        time.sleep(0.005)
    sys.addaudithook(calls.hook)
    code = run(command)
    calls.fatal = -1
    if report:
        Path(report).write_text(str(calls.count))
    return code


if __name__ == "__main__":
    sys.exit(main())
