"""What the workbook's reader does not tell of an XLSX sheet, taken from the XML itself.

Merged ranges, error cells, formulas without a result, numbers that lost digits, hidden rows. Plain
searches in the bytes: a parser would cost more than the reader itself. Runs in the child process.
"""

from __future__ import annotations

import re
import zipfile
from typing import Any
from xml.etree import ElementTree

# The reader makes room for the whole rectangle: a stray cell far out must not cost gigabytes.
MAX_CELLS, FEW_CELLS, SPARSE = 30_000_000, 200_000, 20
MAX_LOOKED_FOR = 60  # columns that are found one after another
_STRETCH = 4 << 20  # bytes in which cells are counted at once
# The marks of pipeline.ingest.cells.marks; a test holds them equal.
ERROR, NO_VALUE, LOST_DIGITS = "\ufdd1E", "\ufdd1F", "\ufdd1P"
_PREFIX = re.compile(rb"<(\w+):worksheet[ >]")
_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_HIDDEN = re.compile(rb'<row (?=[^>]*\bhidden="(?:1|true)")[^>]*?\br="(\d+)"')
# No sheet has columns of four letters, but the reader makes room for them as well.
_CELL = re.compile(rb'<c [^>]*?\br="([A-Z]{1,7})\d')
_PLAIN_CELL = re.compile(rb'<c r="([A-Z]{1,7})\d')
_OTHER_CELL = rb'<c (?!r="(?:%s)\d)'
_USED = re.compile(
    rb'<c (?=[^>]*[^>/]>\s*<[fvi]|[^>]*\bt="(?:str|e)")[^>]*?\br="([A-Z]{1,7})(\d+)"'
)
_MERGE = re.compile(rb'<mergeCell [^>]*?ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"')
_ERROR = re.compile(rb'<c (?=[^>]*\bt="e")[^>]*?\br="([A-Z]{1,3})(\d+)"[^>]*>(.*?)</c>', re.DOTALL)
_FORMULA = re.compile(rb"<c ([^>]*[^/>])><f(?:[^>]*/>|[^>]*>[^<]*</f>)(?:<v>([^<]*)</v>)?")
_WHERE = re.compile(rb'\br="([A-Z]{1,3})(\d+)"')
_VALUE = re.compile(rb"<v>([^<]*)</v>")
_ERROR_TYPE = re.compile(rb"""(<(?:\w+:)?c (?:[^>]*\s)?t=)["']e["']""")
_SINGLE_QUOTED = re.compile(rb"""(\s[\w:]+)='([^'"<>]*)'""")
# The reader fails at any other: #SPILL!, #CALC!, #BUSY! and what later editions will bring.
_OLD_ERRORS = {"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"}
# An integer of sixteen digits or more: a double holds fifteen.
_LONG = re.compile(
    rb'<c ((?![^>]*\bt="(?:s|str|inlineStr|e|b)")[^>]*)>(?:<f[^<]*</f>)?'
    rb"<v>(-?(?:\d{16,}(?:\.0*)?|\d(?:\.\d+)?[Ee]\+?(?:1[5-9]|[2-9]\d)))</v>"
)
_MAY_BE_LONG = re.compile(rb"<v>-?(?:\d{16}|\d(?:\.\d+)?[Ee]\+?(?:1[5-9]|[2-9]\d))")


class BrokenBookError(Exception):
    """The parts of a workbook do not hang together."""


def is_too_large(height: int, width: int, *, cells: int) -> bool:
    """Say whether a used range is larger than memory bears, or nearly empty and large."""
    grid = height * width
    return grid > MAX_CELLS or grid > max(FEW_CELLS, SPARSE * cells)


def column_number(letters: bytes) -> int:
    """Return the zero-based position of a column such as AB."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def book_parts(
    archive: zipfile.ZipFile,
) -> tuple[dict[str, bytes], dict[str, bool], set[str]]:
    """Return the XML of each worksheet by sheet name, what holds for the whole workbook, and which
    entries were read, checksum included.

    The standard parser is enough here: sizes are checked before, memory and time are limited.

    Raises:
        BrokenBookError: a part is missing or is no XML.
    """
    try:
        book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - in the child
        rels = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314
    except (KeyError, ElementTree.ParseError) as error:
        raise BrokenBookError from error
    targets = {rel.get("Id"): rel.get("Target", "") for rel in rels}
    names = set(archive.namelist())
    parts = {}
    read = set()
    for sheet in _elements(book, "sheet"):
        # The name space differs between the two editions of the standard.
        relation = next((v for k, v in sheet.attrib.items() if k.endswith("}id")), None)
        target = targets.get(relation, "").removeprefix("/").removeprefix("xl/")
        if f"xl/{target}" in names:
            parts[sheet.get("name", "")] = archive.read(f"xl/{target}")
            read.add(f"xl/{target}")
    facts = {
        "is_1904": _is_set(book, "workbookPr", "date1904"),
        # Programs that write formulas without reckoning them leave 0 and ask to be reckoned.
        "is_unreckoned": _is_set(book, "calcPr", "fullCalcOnLoad"),
    }
    return parts, facts, read


def _elements(book: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    return [element for element in book.iter() if element.tag.rsplit("}", 1)[-1] == name]


def _is_set(book: ElementTree.Element, element: str, attribute: str) -> bool:
    return any(e.get(attribute) in ("1", "true") for e in _elements(book, element))


def layout(xml: bytes, *, is_unreckoned: bool = False) -> dict[str, Any] | None:
    """Return merged ranges, cells with a mark and hidden rows; None for too large a grid.

    Rows count from 1, columns from the first used one, as in the reader's frames.
    """
    if prefix := _PREFIX.search(xml, 0, 2_000):
        xml = xml.replace(b"<" + prefix[1] + b":", b"<").replace(b"</" + prefix[1] + b":", b"</")
    if b"='" in xml:  # texts are not asked for here, so that they may change with the tags
        xml = _SINGLE_QUOTED.sub(rb'\1="\2"', xml)
    columns = sorted(_columns(xml), key=column_number)
    first = next((column_number(c) for c in columns if _is_used(xml, c)), None)
    if first is None:
        return {"merges": [], "marks": [], "hidden": []}
    last_row = max((int(row) for row in _ROW.findall(xml)), default=0)
    width = column_number(columns[-1]) - first + 1
    cells = _count_cells(xml, enough=last_row * width // SPARSE + 1)
    if is_too_large(last_row, width, cells=cells) and _is_large_in_use(xml, first):
        return None
    merges = [
        [int(r1), column_number(c1) - first, int(r2), column_number(c2) - first]
        for c1, r1, c2, r2 in _MERGE.findall(xml)
    ]
    marks = [
        [row, column - first, text]
        for row, column, text in _marks(xml, is_unreckoned=is_unreckoned)
    ]
    hidden = [int(row) for row in _HIDDEN.findall(xml)] if b"hidden=" in xml else []
    return {"merges": merges, "marks": marks, "hidden": hidden}


def _columns(xml: bytes) -> set[bytes]:
    """Return the columns in which there are cells.

    The next cell of a column not seen yet is looked for, so that most are passed over unread. Many
    columns, or a cell whose place is not said first, and all cells are read.
    """
    seen: list[bytes] = []
    at = 0
    while len(seen) <= MAX_LOOKED_FOR:
        other = re.compile(_OTHER_CELL % b"|".join(seen)).search(xml, at)
        if other is None:
            return set(seen)
        at = other.start()
        cell = _PLAIN_CELL.match(xml, at)
        if cell is None:
            break
        seen.append(cell[1])
    return set(_CELL.findall(xml))


def _count_cells(xml: bytes, *, enough: int) -> int:
    """Count the cells of a sheet, or so many of them that they are enough."""
    cells = 0
    for at in range(0, len(xml), _STRETCH):
        # A tag that lies across the border is counted in the stretch in which it begins.
        cells += xml.count(b"<c ", at, at + _STRETCH + 2)
        if cells >= enough:
            break
    return cells


def _is_large_in_use(xml: bytes, first: int) -> bool:
    """Look again without the cells that have a format only: the reader makes no room for them."""
    used = _USED.findall(xml)
    last_row = max(int(row) for _, row in used)
    width = max(column_number(letters) for letters, _ in used) - first + 1
    return is_too_large(last_row, width, cells=len(used))


def _is_used(xml: bytes, letters: bytes) -> bool:
    """Say whether a column has a value: those with a format only do not count for the reader."""
    cell = rb'<c (?=[^>]*\br="%s\d)' % letters
    value = (
        rb'(?:[^>]*[^>/]>(?:<f[^>]*/>|<f[^>]*>[^<]*</f>)?<(?:v[^>]*>[^<]|is)|[^>]*\bt="(?:str|e)")'
    )
    return re.search(cell + value, xml) is not None


def _marks(xml: bytes, *, is_unreckoned: bool) -> list[tuple[int, int, str]]:
    """Return the cells with a mark: row, column, mark and text. The last mark of a cell counts."""
    found: list[tuple[int, int, str]] = []
    if _MAY_BE_LONG.search(xml):
        found += [
            (*_place(attributes), LOST_DIGITS + value.decode())
            for attributes, value in _LONG.findall(xml)
        ]
    if b"<f" in xml:
        found += [
            (*_place(attributes), NO_VALUE)
            for attributes, value in _FORMULA.findall(xml)
            if _has_no_result(attributes, value, is_unreckoned=is_unreckoned)
        ]
    if b't="e"' in xml:
        for letters, row, inner in _ERROR.findall(xml):
            value = _VALUE.search(inner)
            text = value[1].decode("ascii", "replace") if value else ""
            found.append((int(row), column_number(letters), ERROR + text))
    return found


def has_new_error(found: dict[str, Any]) -> bool:
    """Say whether a sheet's layout has an error value that the reader does not know."""
    texts = [text for _, _, text in found["marks"] if text.startswith(ERROR)]
    return any(text.removeprefix(ERROR) not in _OLD_ERRORS for text in texts)


def with_errors_as_text(xml: bytes) -> bytes:
    """Have the reader take error cells for texts; their marks say what they are."""
    return _ERROR_TYPE.sub(rb'\1"str"', xml)


def _has_no_result(attributes: bytes, value: bytes, *, is_unreckoned: bool) -> bool:
    if b't="str"' in attributes or b't="e"' in attributes:
        return False  # an empty text is a result
    return value == b"" or (is_unreckoned and value == b"0")


def _place(attributes: bytes) -> tuple[int, int]:
    where = _WHERE.search(attributes)
    return (int(where[2]), column_number(where[1])) if where else (0, 0)
