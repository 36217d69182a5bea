"""Time demo and build as whole processes, with bare Polars on the same settlement files.

The peer reads every settlement CSV as text, casts the money column without any check and counts
rows and sums by insured county and month: what one would write in an hour, losing rows silently.
It reads no workbook. Ratios of medians of interleaved runs; seconds are of this machine.

Run: .venv/bin/python -m bench.build [--runs 3] [--scale 0.036]
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent

PEER = """
import io, sys
from pathlib import Path
import polars as pl
AREA = ["参保地区划代码", "参保地", "参保地行政区划代码", "insuplc_admdvs"]
COST = ["总费用", "医疗费总额", "medfee_sumamt"]
DAY = ["结算日期", "结算时间", "setl_time"]
parts = []
for path in sorted((Path(sys.argv[1]) / "settlements").glob("*.csv")):
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("gb18030", errors="replace")
    frame = pl.read_csv(io.StringIO(text), infer_schema=False, truncate_ragged_lines=True)
    names = [next((n for n in group if n in frame.columns), None) for group in (AREA, COST, DAY)]
    if None in names:
        continue
    area, cost, day = names
    parts.append(frame.select(area=area, cost=pl.col(cost).cast(pl.Float64, strict=False),
                              month=pl.col(day).str.slice(0, 7)))
sums = pl.concat(parts).group_by("area", "month").agg(pl.len(), pl.col("cost").sum())
sums.write_parquet(sys.argv[2])
"""


def timed(command: list[str], environment: dict[str, str]) -> tuple[float, float, float]:
    """Run a command; return wall seconds, CPU seconds with its children, and peak memory in MB."""
    started = time.perf_counter()
    process = os.fork()
    if process == 0:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.chdir(ROOT)
        os.execve(command[0], command, environment)  # noqa: S606
    _, status, usage = os.wait4(process, 0)
    if status:
        raise SystemExit(f"{command} ended with {status}")
    return time.perf_counter() - started, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def main() -> None:
    """Interleave the runs and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--scale", default="0.036")
    options = parser.parse_args()
    found: dict[str, list[tuple[float, float, float]]] = {"demo": [], "build": [], "peer": []}
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"DASHBOARD_KEY_FILE": f"{folder}/key"}
        pipeline = [sys.executable, "-m", "pipeline"]
        for run in range(options.runs):
            raw, marts = f"{folder}/raw{run}", f"{folder}/marts{run}/marts"
            steps = {
                "demo": [*pipeline, "demo", "--out", raw, "--scale", options.scale],
                "build": [*pipeline, "build", "--raw", raw, "--marts", marts],
                "peer": [sys.executable, "-c", PEER, raw, f"{folder}/peer.parquet"],
            }
            for name, command in steps.items():
                found[name].append(timed(command, environment))
    medians = {
        name: [statistics.median(column) for column in zip(*runs, strict=True)]
        for name, runs in found.items()
    }
    for name, (wall, cpu, memory) in medians.items():
        print(f"{name:6} wall {wall:6.1f} s   cpu {cpu:6.1f} s   peak {memory:7.0f} MB")
    ratio = [ours / theirs for ours, theirs in zip(medians["build"], medians["peer"], strict=True)]
    print(f"build / peer: wall {ratio[0]:.2f}   cpu {ratio[1]:.2f}   peak memory {ratio[2]:.2f}")


if __name__ == "__main__":
    main()
