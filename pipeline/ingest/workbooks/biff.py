"""What the workbook's reader does not tell of an old sheet (.xls), taken from its records.

Merged ranges, error cells, formulas without a result, numbers that lost digits, hidden rows, the
date system. Runs in the child process.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.ingest.workbooks.sheet_xml import ERROR, LOST_DIGITS, NO_VALUE, is_too_large

_BOF, _EOF, _BIFF8 = 0x0809, 0x000A, 0x0600
_SHEET, _DATE_SYSTEM, _PASSWORD = 0x0085, 0x0022, 0x002F
_ROW, _MERGED = 0x0208, 0x00E5
_FORMULA, _NUMBER, _ERROR_OR_BOOL = 0x0006, 0x0203, 0x0205
# Cells with a value: RK, MULRK, LABELSST, LABEL and the three above; blanks do not count.
_NUMBERS = 0x00BD
_CELLS = (0x027E, _NUMBERS, 0x00FD, 0x0204, _FORMULA, _NUMBER, _ERROR_OR_BOOL)
_IS_HIDDEN_ROW = 0x20
_SPECIAL, _OF_ERROR, _OF_NOTHING = 0xFFFF, 2, 3
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
_NOT_THERE = 0x2A  # what the reader is told in place of an error value it does not know
_EXACT = 1e15  # a double holds fifteen digits


class PasswordError(Exception):
    """The workbook is encrypted."""


class BeforeUnicodeError(Exception):
    """The workbook is of before 1997; its reader makes nothing of the Chinese in it."""


@dataclass
class _Sheet:
    merges: list[list[int]] = field(default_factory=list)
    marks: list[list[Any]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    first: int | None = None
    last: int = 0
    height: int = 0
    cells: int = 0

    def layout(self) -> dict[str, Any] | None:
        """Return the layout as that of an XLSX sheet: columns count from the first used one."""
        first = self.first or 0
        if is_too_large(self.height, self.last - first + 1, cells=self.cells):
            return None
        return {
            "merges": [
                [top, left - first, low, right - first] for top, left, low, right in self.merges
            ],
            "marks": [[row, column - first, text] for row, column, text in self.marks],
            "hidden": self.hidden,
        }


def layouts(stream: bytes) -> tuple[dict[str, dict[str, Any] | None], dict[str, bool]]:
    """Return the layout of each worksheet by name, and what holds for the whole workbook.

    None stands for too large a grid.

    Raises:
        PasswordError: the records are encrypted.
        BeforeUnicodeError: the records are of before 1997.
        struct.error: the records are damaged.
    """
    names, is_1904 = _head(stream)
    return {name: _sheet(stream, at).layout() for at, name in names.items()}, {"is_1904": is_1904}


def _head(stream: bytes) -> tuple[dict[int, str], bool]:
    """Return the name of each sheet by its place, and whether days count from 1904."""
    names: dict[int, str] = {}
    is_1904 = False
    for _, kind, data in _records(stream, 0):
        if kind == _BOF and struct.unpack_from("<H", data)[0] != _BIFF8:
            raise BeforeUnicodeError
        if kind == _PASSWORD:
            raise PasswordError
        if kind == _DATE_SYSTEM:
            is_1904 = struct.unpack_from("<H", data)[0] == 1
        elif kind == _SHEET:
            at, _, _, length, is_wide = struct.unpack_from("<IBBBB", data)
            raw = data[8 : 8 + length * (2 if is_wide & 1 else 1)]
            names[at] = raw.decode("utf-16-le" if is_wide & 1 else "latin-1")
    return names, is_1904


def _records(stream: bytes, at: int) -> Iterator[tuple[int, int, bytes]]:
    """Walk the records of a substream: place, kind, content."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        yield at, kind, stream[at + 4 : at + 4 + length]
        if kind == _EOF:
            return
        at += 4 + length


def _sheet(stream: bytes, at: int) -> _Sheet:
    sheet = _Sheet()
    for _, kind, data in _records(stream, at):
        if kind == _MERGED:
            for place in range(struct.unpack_from("<H", data)[0]):
                top, low, left, right = struct.unpack_from("<4H", data, 2 + 8 * place)
                sheet.merges.append([top + 1, left, low + 1, right])
        elif kind == _ROW:
            if struct.unpack_from("<H", data, 12)[0] & _IS_HIDDEN_ROW:
                sheet.hidden.append(struct.unpack_from("<H", data)[0] + 1)
        elif kind in _CELLS:
            row, column = struct.unpack_from("<HH", data)
            sheet.first = column if sheet.first is None else min(sheet.first, column)
            # Several numbers side by side are one record of six bytes each.
            more = len(data) // 6 - 2 if kind == _NUMBERS else 0
            sheet.last = max(sheet.last, column + more)
            sheet.height = max(sheet.height, row + 1)
            sheet.cells += 1 + more
            if mark := _mark(kind, data):
                sheet.marks.append([row + 1, column, mark])
    return sheet


def _error_place(kind: int, data: bytes) -> int | None:
    """Return where in a cell's record its error value stands, None without one."""
    if kind == _ERROR_OR_BOOL:
        return 6 if data[7] else None
    is_special = kind == _FORMULA and struct.unpack_from("<H", data, 12)[0] == _SPECIAL
    return 8 if is_special and data[6] == _OF_ERROR else None


def _mark(kind: int, data: bytes) -> str | None:
    """Return the mark of a cell, None for an ordinary one."""
    if (place := _error_place(kind, data)) is not None:
        return ERROR + _ERRORS.get(data[place], "")
    if kind == _FORMULA and struct.unpack_from("<H", data, 12)[0] == _SPECIAL:
        # An empty text, or never reckoned: these files do not tell.
        return f"{NO_VALUE}?" if data[6] == _OF_NOTHING else None
    if kind in (_FORMULA, _NUMBER):
        value = struct.unpack_from("<d", data, 6)[0]
        return f"{LOST_DIGITS}{value:.15g}" if abs(value) >= _EXACT else None
    return None


def with_known_errors(stream: bytes) -> bytes:
    """Return the records with every error value that the reader would fail at made another one."""
    known = bytearray(stream)
    for sheet in _head(stream)[0]:
        for at, kind, data in _records(stream, sheet):
            place = _error_place(kind, data)
            if place is not None and data[place] not in _ERRORS:
                known[at + 4 + place] = _NOT_THERE
    return bytes(known)
