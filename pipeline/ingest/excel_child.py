"""The process that opens workbooks: limited in memory, killed when slow, started afresh.

Runs as a script of its own (`python -I excel_child.py`), because the reader can abort the whole
process on a hostile file. Reads one JSON line per workbook on standard input; answers with one
JSON line and the sheets as Arrow streams on standard output. Knows nothing of the project.
"""

from __future__ import annotations

import json
import re
import resource
import sys
import zipfile
from pathlib import Path
from typing import Any, BinaryIO
from xml.etree import ElementTree

MEMORY_BYTES = 2 << 30
MAX_ENTRIES = 2_000
MAX_UNPACKED = 512 << 20
MAX_RATIO = 200
MAX_CELLS = 4_000_000
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_REL = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_CELL = re.compile(rb'<c [^>]*?\br="([A-Z]{1,3})\d')
_MERGE = re.compile(rb'<mergeCell ref="([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)"')
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})(\d+)"(?=[^>]*t="e")[^>]*>(?:<f[^>]*>[^<]*</f>)?<v>([^<]*)'
)


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """A workbook that is not opened; carries the reason code."""


def column_number(letters: bytes) -> int:
    """Return the zero-based position of a column such as AB."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


def check_container(path: Path) -> bool:
    """Look into the file before it is opened; say whether it is a ZIP container.

    Raises:
        Refused: with the reason code.
    """
    with path.open("rb") as handle:
        magic = handle.read(8)
        if magic == _OLE:
            handle.seek(0)
            if "EncryptedPackage".encode("utf-16-le") in handle.read(1 << 20):
                raise Refused("ENCRYPTED")
            return False
    if not magic:
        raise Refused("EMPTY")
    if not magic.startswith(b"PK\x03\x04"):
        raise Refused("WRONG_FORMAT")
    try:
        with zipfile.ZipFile(path) as archive:
            _check_archive(archive)
    except zipfile.BadZipFile as error:
        raise Refused("TRUNCATED") from error
    return True


def _check_archive(archive: zipfile.ZipFile) -> None:
    entries = archive.infolist()
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if any(entry.flag_bits & 1 for entry in entries):
        raise Refused("ENCRYPTED")
    if len(entries) > MAX_ENTRIES or (unpacked > 10 << 20 and unpacked / packed > MAX_RATIO):
        raise Refused("UNSAFE_ARCHIVE")
    if unpacked > MAX_UNPACKED:
        raise Refused("RESOURCE_LIMIT")
    try:
        broken = archive.testzip()  # the reader itself does not check the CRC
    except Exception as error:  # of zlib, struct or zipfile: all mean the same
        raise Refused("CORRUPT") from error
    if broken is not None:
        raise Refused("CORRUPT")


def sheet_parts(path: Path) -> dict[str, bytes]:
    """Return the XML of each worksheet by sheet name.

    The standard parser is enough here: sizes are checked before, memory and time are limited.
    """
    with zipfile.ZipFile(path) as archive:
        try:
            book = ElementTree.fromstring(archive.read("xl/workbook.xml"))  # noqa: S314 - in here
            rels = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))  # noqa: S314 - in here
        except (KeyError, ElementTree.ParseError) as error:
            raise Refused("CORRUPT") from error
        targets = {rel.get("Id"): rel.get("Target", "") for rel in rels}
        parts = {}
        for sheet in book.iter(f"{_MAIN}sheet"):
            target = targets.get(sheet.get(_REL), "").removeprefix("/").removeprefix("xl/")
            name = sheet.get("name", "")
            if f"xl/{target}" in archive.namelist():
                parts[name] = archive.read(f"xl/{target}")
    return parts


def layout(xml: bytes) -> dict[str, Any]:
    """Return what the reader does not tell: merged ranges and error cells.

    Rows count from 1, columns from the first used one, as in the reader's frames.

    Raises:
        Refused: RESOURCE_LIMIT when a stray far cell would make the grid too large.
    """
    rows = [int(row) for row in _ROW.findall(xml)]
    columns = {column_number(letters) for letters in set(_CELL.findall(xml))}
    if not columns:
        return {"merges": [], "errors": []}
    first = min(columns)
    if max(rows, default=0) * (max(columns) - first + 1) > MAX_CELLS:
        raise Refused("RESOURCE_LIMIT")
    merges = [
        [int(r1), column_number(c1) - first, int(r2), column_number(c2) - first]
        for c1, r1, c2, r2 in _MERGE.findall(xml)
    ]
    errors = [
        [int(row), column_number(letters) - first, value.decode("ascii", "replace")]
        for letters, row, value in _ERROR.findall(xml)
    ]
    return {"merges": merges, "errors": errors}


def read_workbook(path: Path) -> tuple[list[dict[str, Any]], list[bytes]]:
    """Read every sheet as text: descriptions and Arrow streams, in the workbook's order.

    Raises:
        Refused: with the reason code.
    """
    import fastexcel
    import pyarrow as pa

    layouts: dict[str, dict[str, Any]] = {}
    if check_container(path):
        layouts = {name: layout(xml) for name, xml in sheet_parts(path).items()}
    # Its errors are caught where the answer is written: whatever they are, the file is corrupt.
    book = fastexcel.read_excel(path)
    sheets, payloads = [], []
    for name in book.sheet_names:
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        batch = sheet.to_arrow()
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, batch.schema) as writer:
            writer.write_batch(batch)
        payload = sink.getvalue().to_pybytes()
        visible = sheet.visible == "visible"
        extra = layouts.get(name, {"merges": [], "errors": []})
        sheets.append({"name": name, "visible": visible, "bytes": len(payload), **extra})
        payloads.append(payload)
    return sheets, payloads


def answer(path: Path, out: BinaryIO) -> None:
    """Read one workbook and write the answer."""
    payloads: list[bytes] = []
    try:
        sheets, payloads = read_workbook(path)
        head: dict[str, Any] = {"sheets": sheets}
    except Refused as refused:
        head = {"refused": str(refused)}
    except MemoryError:
        head = {"refused": "RESOURCE_LIMIT"}
    except Exception:  # whatever a hostile file provokes is a refusal of that file
        head = {"refused": "CORRUPT"}
    out.write(json.dumps(head).encode() + b"\n")
    for payload in payloads:
        out.write(payload)
    out.flush()


def main() -> None:  # pragma: no cover - runs in the child only
    """Answer until standard input is closed."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    for line in sys.stdin:
        answer(Path(json.loads(line)), sys.stdout.buffer)


if __name__ == "__main__":  # pragma: no cover
    main()
