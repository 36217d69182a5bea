"""Time what a page asks of the marts: `scan_parquet` each time beside a frame kept in memory.

One indicator's trend of one county and the map of one month, on the snapshot in force.

Run: .venv/bin/python -m bench.page_query [--marts data/marts] [--runs 101]
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from datetime import date
from functools import partial
from pathlib import Path

import polars as pl

from pipeline.snapshots import current

INDICATOR = "out_of_county_inpatient_rate"


def questions(monthly: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return what a page asks: a trend and a map."""
    own = monthly.filter(pl.col("indicator_id") == INDICATOR)
    county = pl.col("area_level").cast(pl.String) == "county"
    last = date(2025, 1, 1)
    return {
        "trend": own.filter(pl.col("area_code") == "410221").select("month", "value", "status"),
        "map": own.filter(county, pl.col("month") == last).select("area_code", "value", "status"),
    }


def cpu_of(frame: Callable[[], pl.LazyFrame], question: str) -> float:
    """Return the CPU seconds of one question to a frame."""
    started = time.process_time()
    questions(frame())[question].collect()
    return time.process_time() - started


def main() -> None:
    """Interleave both ways and print the medians of their CPU seconds."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--marts", type=Path, default=Path("data/marts"))
    parser.add_argument("--runs", type=int, default=101)
    options = parser.parse_args()
    snapshot = current(options.marts)
    cached = snapshot.scan("indicator_monthly").collect()
    for name in ("trend", "map"):
        costs: dict[str, list[float]] = {"scan": [], "cached": []}
        for _ in range(options.runs):
            costs["scan"].append(cpu_of(partial(snapshot.scan, "indicator_monthly"), name))
            costs["cached"].append(cpu_of(cached.lazy, name))
        scan, kept = (statistics.median(costs[way]) * 1000 for way in ("scan", "cached"))
        print(f"{name}: scan {scan:.2f} ms, cached {kept:.2f} ms, ratio {scan / kept:.2f}")
    print(f"{cached.height:,} rows")


if __name__ == "__main__":
    main()
