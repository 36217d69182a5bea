"""Measure what a page costs the server, as sessions without a browser see it.

cpu       CPU and bytes of each page, beside a page with one static chart on the same framework
sessions  thirty sessions that think up to six seconds between two clicks: latency
memory    what the server holds after warming up and after many more page runs
processes two servers behind a sticky proxy: latency, who serves whom, files to take along

Run: .venv/bin/python -m bench.page_load [--marts data/marts] [--parts cpu,sessions] [--runs 100]
"""

from __future__ import annotations

import argparse
import asyncio
import statistics
import tempfile
from contextlib import ExitStack
from itertools import cycle, islice
from pathlib import Path

from bench.load_client import Session
from bench.load_crowd import SECONDS, TOLD, crowd, in_words, two_processes, warm
from bench.load_server import Server, peer_app, serve
from dashboard.places import Places
from dashboard.site import HOME, ORDER
from pipeline.snapshots import current

PARTS = ("cpu", "sessions", "memory", "processes")
WARM_RUNS = 300
WATCHED = 12  # areas that thirty people look at; what they look at has been looked at before


def areas_of(marts: Path) -> list[str]:
    """Return the codes a picker offers: the whole, complete cities, their counties."""
    places = Places.read(current(marts).scan("areas"))
    cities = [city for city in places.cities if city.is_complete]
    codes = [place.code for place in places.by_code.values() if place.level == "group"]
    for city in cities:
        codes += [city.code, *(county.code for county in places.counties(city.code))]
    return codes


def path_of(page: str) -> str:
    """Return what the address of a page ends with."""
    return "" if page == HOME else page


async def _cost(session: Session, server: Server, page: str, query: str) -> tuple[float, int]:
    before = server.cpu_seconds()
    answer = await session.open(page, query)
    return (server.cpu_seconds() - before) * 1000, answer.wire_bytes


async def cpu(server: Server, peer: Server, areas: list[str], *, runs: int) -> None:
    """Print CPU milliseconds and kilobytes of each page: areas new to the process, then known."""
    print("page: CPU ms new, known, unchanged, peer, known ÷ peer; KB known (most), unchanged")
    async with Session(server.address) as ours, Session(peer.address) as other:
        for _ in range(10):
            await other.open("")
        for page in ORDER:
            path, costs = path_of(page), dict[str, list[tuple[float, int]]]()
            await ours.open(path, f"area={areas[0]}")
            for n, area in enumerate(islice(cycle(areas), runs + len(areas))):
                kind = "new" if n < len(areas) else "known"
                query = f"area={area}"
                costs.setdefault(kind, []).append(await _cost(ours, server, path, query))
                costs.setdefault("peer", []).append(await _cost(other, peer, "", ""))
                if n % 4 == 0:
                    again = await _cost(ours, server, path, query)
                    costs.setdefault("unchanged", []).append(again)
            ms = {kind: statistics.median(c for c, _ in found) for kind, found in costs.items()}
            known = [size / 1000 for _, size in costs["known"]]
            same = statistics.median(size for _, size in costs["unchanged"]) / 1000
            print(
                f"{page:12} {ms['new']:6.0f} {ms['known']:6.0f} {ms['unchanged']:6.0f}"
                f" {ms['peer']:5.1f} {ms['known'] / ms['peer']:6.1f}"
                f" {statistics.median(known):7.0f} ({max(known):.0f}) {same:6.0f}",
                flush=True,
            )


async def memory(server: Server, areas: list[str], *, runs: int) -> None:
    """Print what the server holds after warming up, after half and after all of the runs."""
    queries = [(path_of(page), f"area={area}") for area in areas for page in ORDER]
    async with Session(server.address) as session:
        for n, (page, query) in enumerate(islice(cycle(queries), WARM_RUNS + runs + 1)):
            if n in (WARM_RUNS, WARM_RUNS + runs // 2, WARM_RUNS + runs):
                print(f"memory after {n} page runs: {server.memory_mb():.0f} MB", flush=True)
            await session.open(page, query)


async def measure(options: argparse.Namespace) -> None:
    """Run the parts asked for, each on a server of its own."""
    areas, parts = areas_of(options.marts), options.parts.split(",")
    pages, sessions = [path_of(page) for page in ORDER], options.sessions
    with ExitStack() as stack:
        if "cpu" in parts:
            peer = peer_app(Path(stack.enter_context(tempfile.TemporaryDirectory())))
            with serve(options.marts) as server, serve(options.marts, peer) as other:
                await cpu(server, other, areas, runs=options.runs)
        if "sessions" in parts:
            with serve(options.marts) as server:
                watched = areas if options.cold else areas[:WATCHED]
                if not options.cold:
                    await warm(server.address, pages, watched)
                before = server.cpu_seconds()
                seconds = await crowd(server.address, pages, watched, sessions=sessions)
                busy = (server.cpu_seconds() - before) / SECONDS
                each = busy * SECONDS * TOLD / len(seconds) * 1000
                print(f"{sessions} sessions, one process: {in_words(seconds)}", end="; ")
                print(f"{busy:.2f} of a core busy, {each:.0f} ms a page run", flush=True)
        if "memory" in parts:
            with serve(options.marts) as server:
                await memory(server, areas, runs=options.memory_runs)
        if "processes" in parts:
            with serve(options.marts) as one, serve(options.marts) as two:
                for server in (one, two):
                    await warm(server.address, pages, areas[:WATCHED])
                await two_processes([one, two], pages, areas[:WATCHED], sessions=sessions)


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--marts", type=Path, default=Path("data/marts"))
    parser.add_argument("--parts", default=",".join(PARTS))
    parser.add_argument("--runs", type=int, default=100, help="page runs a page, areas known")
    parser.add_argument("--sessions", type=int, default=30)
    parser.add_argument("--cold", action="store_true", help="sessions: all areas, none seen before")
    parser.add_argument("--memory-runs", type=int, default=2000)
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
