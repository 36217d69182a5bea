"""Many sessions at once, on one server or on several behind a sticky proxy."""

from __future__ import annotations

import asyncio
import random
import statistics
import urllib.request
from collections import Counter
from collections.abc import Sequence
from urllib.error import HTTPError

from bench.load_client import Session
from bench.load_proxy import COOKIE, proxy
from bench.load_server import Server

SECONDS = 40.0
TOLD = 0.75  # of them; the first quarter only warms
LONGEST_THOUGHT = 6.0


async def _person(
    address: str, pages: Sequence[str], areas: Sequence[str], chance: random.Random, end: float
) -> list[float]:
    """Look around as a person does: mostly other areas on a page, sometimes another page."""
    clock, seconds = asyncio.get_running_loop().time, []
    start = clock()
    async with Session(address) as session:
        page = chance.choice(pages)
        while clock() < end:
            await asyncio.sleep(chance.uniform(0, LONGEST_THOUGHT))
            if chance.random() < 0.3:
                page = chance.choice(pages)
            answer = await session.open(page, f"area={chance.choice(areas)}")
            if clock() > start + (end - start) * (1 - TOLD):
                seconds.append(answer.seconds)
    return seconds


async def warm(address: str, pages: Sequence[str], areas: Sequence[str]) -> None:
    """Look at every page of every area once."""
    async with Session(address) as session:
        for page in pages:
            for area in areas:
                await session.open(page, f"area={area}")


async def crowd(
    address: str, pages: Sequence[str], areas: Sequence[str], *, sessions: int
) -> list[float]:
    """Let sessions look around at once; return the seconds of their page runs, ascending."""
    end = asyncio.get_running_loop().time() + SECONDS
    people = [
        _person(address, pages, areas, random.Random(n), end)  # noqa: S311
        for n in range(sessions)
    ]
    return sorted(s for seconds in await asyncio.gather(*people) for s in seconds)


def in_words(seconds: Sequence[float]) -> str:
    """Print median and 95th percentile."""
    late = statistics.quantiles(seconds, n=20)[-1]
    middle = statistics.median(seconds)
    return f"{len(seconds)} page runs, p50 {middle * 1000:.0f} ms, p95 {late * 1000:.0f} ms"


async def two_processes(
    servers: Sequence[Server], pages: Sequence[str], areas: Sequence[str], *, sessions: int
) -> None:
    """Print whether files reach their session behind the proxy, who served whom, and latency."""
    async with proxy([server.address for server in servers]) as (address, served):
        for chosen in range(len(servers)):
            await _take_along(address, areas[0], process=chosen, processes=len(servers))
        served.clear()
        seconds = await crowd(address, pages, areas, sessions=sessions)
        print(f"{sessions} sessions, {len(servers)} processes: {in_words(seconds)}")
        print("sessions of each process:", dict(sorted(Counter(served.values()).items())))


async def _take_along(address: str, area: str, *, process: int, processes: int) -> None:
    """Take along what a page offers, from its own process and from the next one."""
    own, other = ({"Cookie": f"{COOKIE}={n % processes}"} for n in (process, process + 1))
    async with Session(address, own) as session:
        await session.open("", f"area={area}")
        made = [await session.make_file(file_id) for file_id in list(session.files)]
        for name, headers in (("its own process", own), ("another", other)):
            codes = Counter([await asyncio.to_thread(_status, address + u, headers) for u in made])
            print(f"{len(made)} files of a session of process {process}, {name}: {dict(codes)}")


def _status(url: str, headers: dict[str, str]) -> int:
    request = urllib.request.Request(url, headers=headers)  # noqa: S310
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
            return int(answer.status)
    except HTTPError as error:
        return error.code
