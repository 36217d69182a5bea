"""Time a first build, one with nothing new and one with a changed month, as whole processes.

The demonstration world is built afresh, again as it is, again after one file of settlements
changed, and once more with --full; the last two must publish the same content.

Run: .venv/bin/python -m bench.incremental [--scale 0.036] [--runs 3]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

from bench.build import timed

STEPS = ("first", "unchanged", "one month", "full")


def change(raw: Path, run: int) -> None:
    """Drop the last rows of one file of settlements."""
    path = sorted((raw / "settlements").glob("*_202503.csv"))[0]
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[: -1 - run]))


def content(marts: Path) -> str:
    """Return the content hash of the snapshot in force."""
    name = (marts / "CURRENT").read_text().strip()
    manifest = json.loads((marts / "snapshots" / name / "manifest.json").read_text())
    return str(manifest["content_hash"])


def main() -> None:
    """Run the builds and print medians and ratios to the first."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", default="0.036")
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float, float]]] = {step: [] for step in STEPS}
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DASHBOARD_KEY_FILE": f"{folder}/key"}
        pipeline = [sys.executable, "-m", "pipeline"]
        raw = Path(folder) / "raw"
        timed([*pipeline, "demo", "--out", str(raw), "--scale", options.scale], environment)
        for run in range(options.runs):
            marts = Path(folder) / f"data{run}" / "marts"
            build = [*pipeline, "build", "--raw", str(raw), "--marts", str(marts)]
            for step in STEPS:
                if step == "one month":
                    change(raw, run)
                before = content(marts) if step == "full" else ""
                command = [*build, "--full"] if step == "full" else build
                found[step].append(timed(command, environment))
                if before and content(marts) != before:
                    raise SystemExit("a full build gave something else")
    medians = {
        step: [statistics.median(column) for column in zip(*runs, strict=True)]
        for step, runs in found.items()
    }
    for step, (wall, cpu, memory) in medians.items():
        share = cpu / medians["first"][1]
        print(
            f"{step:10} wall {wall:6.1f} s   cpu {cpu:6.1f} s ({share:.2f})   peak {memory:5.0f} MB"
        )


if __name__ == "__main__":
    main()
