"""The container of old workbooks (.xls): one named stream out of a compound file.

Only what is needed to look into a workbook beside its reader. Runs in the child process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Sequence

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_HEADER = 512
_ENTRY = 128
_FREE = 0xFFFFFFFA  # this and above are no sectors
_IN_HEADER = 109  # so many sectors of the allocation table are named in the header


class BrokenContainerError(Exception):
    """The container is damaged; `is_cut` when sectors lie beyond the end of the file."""

    def __init__(self, *, is_cut: bool = False) -> None:
        super().__init__()
        self.is_cut = is_cut


class CompoundFile:
    """A compound file held in memory."""

    def __init__(self, data: bytes) -> None:
        """Read the allocation table and the directory.

        Raises:
            BrokenContainerError: the tables do not hang together.
        """
        if len(data) < _HEADER or not data.startswith(MAGIC):
            raise BrokenContainerError(is_cut=data.startswith(MAGIC))
        self._data = data
        shift, mini_shift = struct.unpack_from("<HH", data, 30)
        if shift not in (9, 12) or mini_shift > shift:
            raise BrokenContainerError
        self._size, self._mini_size = 1 << shift, 1 << mini_shift
        directory, self._cutoff, mini_table = (
            struct.unpack_from("<I", data, at)[0] for at in (48, 56, 60)
        )
        self._next = self._allocation()
        self._mini_next = _numbers(self._chain(mini_table))
        self._entries = _entries(self._chain(directory))
        root = self._entries.get("Root Entry")
        self._mini = self._chain(root[0]) if root else b""

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        sector = self._data[start : start + self._size]
        # The last sector of a file may be shorter than the others.
        if not sector:
            raise BrokenContainerError(is_cut=True)
        return sector

    def _allocation(self) -> tuple[int, ...]:
        head = struct.unpack_from(f"<{_IN_HEADER}I", self._data, 76)
        sectors = [number for number in head if number < _FREE]
        more = struct.unpack_from("<I", self._data, 68)[0]
        seen: set[int] = set()
        while more < _FREE and more not in seen:
            seen.add(more)
            *numbers, more = _numbers(self._sector(more))
            sectors += [number for number in numbers if number < _FREE]
        return _numbers(b"".join(self._sector(number) for number in sectors))

    def _chain(self, first: int) -> bytes:
        return b"".join(self._sector(number) for number in _walk(first, self._next))

    def _mini_chain(self, first: int) -> bytes:
        size = self._mini_size
        return b"".join(
            self._mini[number * size : (number + 1) * size]
            for number in _walk(first, self._mini_next)
        )

    def stream(self, *names: str) -> bytes | None:
        """Return the first of the named streams that is there."""
        for name in names:
            if found := self._entries.get(name):
                first, size = found
                whole = self._chain(first) if size >= self._cutoff else self._mini_chain(first)
                if len(whole) < size:
                    raise BrokenContainerError(is_cut=True)
                return whole[:size]
        return None

    def with_stream(self, *names: str, content: bytes) -> bytes:
        """Return the whole file with other bytes, as many, in the first of the named streams."""
        whole = bytearray(self._data)
        first, size = next(self._entries[name] for name in names if name in self._entries)
        if size < self._cutoff:
            mini = bytearray(self._mini)
            _lay(content, mini, _walk(first, self._mini_next), size=self._mini_size)
            content, first = bytes(mini), self._entries["Root Entry"][0]
        # Sectors are counted from the end of the header, which is as long as one of them.
        _lay(content, whole, (n + 1 for n in _walk(first, self._next)), size=self._size)
        return bytes(whole)


def _lay(content: bytes, room: bytearray, sectors: Iterable[int], *, size: int) -> None:
    """Lay content into the numbered sectors of some room."""
    for at, sector in enumerate(sectors):
        piece = content[at * size : (at + 1) * size]
        room[sector * size : sector * size + len(piece)] = piece


def _walk(first: int, following: Sequence[int]) -> Iterator[int]:
    """Follow a chain of sectors to its end.

    Raises:
        BrokenContainerError: it leads nowhere or in a circle.
    """
    seen: set[int] = set()
    while first < _FREE:
        if first in seen or first >= len(following):
            raise BrokenContainerError
        seen.add(first)
        yield first
        first = following[first]


def _numbers(sector: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(sector) // 4}I", sector[: len(sector) // 4 * 4])


def _entries(directory: bytes) -> dict[str, tuple[int, int]]:
    """Return first sector and size of each entry by its name."""
    entries = {}
    for at in range(0, len(directory) - _ENTRY + 1, _ENTRY):
        entry = directory[at : at + _ENTRY]
        length = struct.unpack_from("<H", entry, 64)[0]
        name = entry[: max(length - 2, 0)].decode("utf-16-le", "replace")
        if name and name not in entries:
            entries[name] = struct.unpack_from("<II", entry, 116)
    return entries
