"""Messages of a page run sent many at once.

The framework hands over every message by itself, and each takes a turn of the server's loop, which
costs more than to pack and send it. Here they go the framework's way as one, to be taken apart by
`packing.ToBrowser`. See `recording` for the names with an underscore.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any, cast

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from dashboard.runs.packing import Packet

Way = Callable[[ForwardMsg], None]
Sent = bytes | Packet
MOST_WAYS = 2  # packed for browsers that have kept different messages


@dataclass(frozen=True)
class Line:
    """One message: as bytes, which no garbage collection walks through."""

    content: bytes
    digest: str
    reference: bytes = b""  # what is sent to a browser that has kept the message; empty: never kept

    def sent_to(self, kept: frozenset[str]) -> bytes:
        """Return what is sent to a browser that has kept the messages of some digests."""
        return self.reference if self.reference and self.digest in kept else self.content


@dataclass(frozen=True, kw_only=True)
class FileLine(Line):
    """The message of a file that is made when somebody asks for it: another one each session."""

    download: Mapping[str, Any]


class Lines:
    """The messages of a page run in their order, packed for browsers that have kept the same."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self.all = tuple(lines)
        self._kept_ones = frozenset(line.digest for line in self.all if line.reference)
        self._packets: dict[tuple[int, frozenset[str]], Packet] = {}

    @property
    def size(self) -> int:
        """Estimate the bytes they take, and their packets: a quarter of what is in them."""
        contents = sum(len(line.content) for line in self.all)
        others = sum(len(line.reference) + 200 for line in self.all)
        return contents + contents * MOST_WAYS // 4 + others

    def sent_to(self, kept: frozenset[str], offered: Callable[[FileLine], bytes]) -> Iterator[Sent]:
        """Return what is sent to a browser that has kept the messages of some digests.

        Args:
            kept: the digests.
            offered: gives the message of a file.
        """
        kept &= self._kept_ones
        for n, run in enumerate(self._runs):
            if isinstance(run, FileLine):
                yield offered(run)
            else:
                yield self._packet(n, run, kept)

    @cached_property
    def _runs(self) -> tuple[FileLine | tuple[Line, ...], ...]:
        """The messages of files, and between them what everybody is sent."""
        runs = groupby(self.all, key=_file)
        return tuple(tuple(lines) if file is None else file for file, lines in runs)

    def _packet(self, n: int, lines: Iterable[Line], kept: frozenset[str]) -> Packet:
        found = self._packets.get((n, kept))
        if found is None:
            if len(self._packets) >= MOST_WAYS * len(self._runs):
                self._packets.clear()
            found = Packet(tuple(line.sent_to(kept) for line in lines))
            self._packets[n, kept] = found
        return found


def _file(line: Line) -> FileLine | None:
    return line if isinstance(line, FileLine) else None


class Together:
    """Several messages that the framework takes for one, of a kind that it leaves alone."""

    hash = "together"
    delta = None

    def __init__(self, messages: Sequence[Sent]) -> None:
        self._messages = tuple(messages)

    def WhichOneof(self, _group: str) -> str:  # noqa: N802
        """Name the kind."""
        return "together"

    def HasField(self, _name: str) -> bool:  # noqa: N802
        """Say that it is no part of a page, which could be put in the place of an earlier one."""
        return False

    def SerializeToString(self) -> tuple[Sent, ...]:  # noqa: N802
        """Return what is sent; `packing.ToBrowser` expects it."""
        return self._messages


def hand_over(way: Way, messages: Sequence[Sent]) -> None:
    """Send messages together, in the framework's way, which stops where a newer run took over."""
    way(cast(ForwardMsg, Together(messages)))
