"""Count settlements from the staged files beside their peers: CPU seconds and peak memory.

Every run is a process of its own; runs of the jobs are interleaved; medians are printed, with the
ratios the project is held to. CPU counts from after the imports and the reading of the program's
own declarations, which a build has read long before it counts.

Run: .venv/bin/pip install -r bench/requirements.txt
     .venv/bin/python -m bench.settlements --rows 2000000 --runs 3 [--folder DIR] [--jobs a,b]
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pipeline.memory  # noqa: F401  as a build sets it, before Polars is loaded

ROOT = Path(__file__).parent.parent
ORDER = ("decode", "additive", "sums", "marts", "duckdb_additive", "duckdb", "plain")
RATIOS = (
    ("sums", "decode"),
    ("marts", "decode"),
    ("additive", "duckdb_additive"),
    ("sums", "duckdb"),
    ("sums", "plain"),
    ("kept", "again"),
    ("months_kept", "months_again"),
)


def measured(job: str, world: Path, *, told: bool) -> dict[str, Any]:
    """Run a job in this process and say what it cost."""
    from bench.settled_jobs import JOBS, fingerprint, prepare

    prepare()
    before, started = _cpu(), time.perf_counter()
    tables = JOBS[job](world)
    cpu, wall = _cpu() - before, time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "cpu": cpu,
        "wall": wall,
        "peak": peak,
        "tables": fingerprint(tables) if told else {},
        "rows": {name: frame.height for name, frame in tables.items()},
    }


def _cpu() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


def apart(job: str, world: Path, *, told: bool) -> dict[str, Any]:
    """Run a job in a process of its own."""
    command = [sys.executable, "-m", "bench.settlements", "--job", job, "--folder", str(world)]
    done = subprocess.run(  # noqa: S603
        [*command, *(["--tell"] if told else [])], cwd=ROOT, check=True, capture_output=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def compare(world: Path, jobs: list[str], *, runs: int) -> dict[str, dict[str, float]]:
    """Interleave the runs of the jobs; return the medians."""
    found: dict[str, list[dict[str, Any]]] = {job: [] for job in jobs}
    for run in range(runs):
        for job in jobs[run % len(jobs) :] + jobs[: run % len(jobs)]:
            found[job].append(apart(job, world, told=run == 0))
    for ours, theirs in (("additive", "duckdb_additive"), ("sums", "duckdb")):
        if ours in found and theirs in found and found[ours]:
            same = found[ours][0]["tables"] == found[theirs][0]["tables"]
            print(f"{ours} and {theirs}: {'the same content' if same else 'DIFFERENT CONTENT'}")
    return {
        job: {key: statistics.median(run[key] for run in of_job) for key in ("cpu", "wall", "peak")}
        for job, of_job in found.items()
        if of_job
    }


def one_month(world: Path, *, runs: int) -> dict[str, dict[str, float]]:
    """Change one month of 36 and count again, beside counting everything again."""
    from bench.settled_world import change_month

    pairs = (("kept", "again"), ("months_kept", "months_again"))
    found: dict[str, list[dict[str, Any]]] = {job: [] for pair in pairs for job in pair}
    for _, full in pairs:
        apart(full, world, told=False)
    for _ in range(runs):
        change_month(world)
        for partly, full in pairs:
            found[partly].append(apart(partly, world, told=True))
            found[full].append(apart(full, world, told=True))
            same = found[partly][-1]["tables"] == found[full][-1]["tables"]
            print(f"{partly} and {full}: {'the same content' if same else 'DIFFERENT CONTENT'}")
    return {
        job: {key: statistics.median(run[key] for run in of_job) for key in ("cpu", "wall", "peak")}
        for job, of_job in found.items()
    }


def report(medians: dict[str, dict[str, float]], rows: int) -> None:
    """Print medians and ratios."""
    for job, cost in medians.items():
        each = cost["cpu"] / rows * 1e9
        print(
            f"{job:16} cpu {cost['cpu']:7.2f} s ({each:6.0f} ns/row)   "
            f"wall {cost['wall']:7.2f} s   peak {cost['peak']:6.0f} MB"
        )
    for ours, theirs in RATIOS:
        if ours in medians and theirs in medians:
            cpu, peak = (medians[ours][k] / medians[theirs][k] for k in ("cpu", "peak"))
            print(f"{ours} / {theirs}: cpu {cpu:.2f}   peak memory {peak:.2f}")


def main() -> None:
    """Write the world where it is not there yet, run, report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", type=int, default=2_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--folder", type=Path)
    parser.add_argument("--jobs", default=",".join(ORDER))
    parser.add_argument("--no-month", action="store_true")
    parser.add_argument("--job")
    parser.add_argument("--tell", action="store_true")
    options = parser.parse_args()
    if options.job:
        print(json.dumps(measured(options.job, options.folder, told=options.tell)))
        return
    with tempfile.TemporaryDirectory() as temporary:
        world = options.folder or Path(temporary)
        jobs = [job for job in options.jobs.split(",") if job]
        if not (world / "referrals.parquet").exists():
            code = "import sys; from pathlib import Path; from bench.settled_world import *;"
            code += f"write_world(Path(sys.argv[1]), {options.rows}, plain={'plain' in jobs})"
            subprocess.run([sys.executable, "-c", code, str(world)], cwd=ROOT, check=True)  # noqa: S603
        medians = compare(world, jobs, runs=options.runs) if jobs else {}
        if not options.no_month:
            medians |= one_month(world, runs=options.runs)
        report(medians, options.rows)


if __name__ == "__main__":
    main()
