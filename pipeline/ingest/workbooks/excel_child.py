"""The process that opens workbooks: limited in memory, killed when slow, started afresh.

Runs in an interpreter of its own, because the reader can abort the whole process on a hostile file.
Says when it is ready; then reads one JSON line per workbook on standard input and answers with one
JSON line and the sheets as Arrow streams on standard output. Knows nothing of the project but its
neighbours.
"""

from __future__ import annotations

import importlib
import io
import json
import resource
import stat
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

from pipeline.ingest import foreign
from pipeline.ingest.workbooks import READY, biff, ole, sheet_xml, web_tables

MEMORY_BYTES = 2 << 30
MAX_ENTRIES = 2_000
MAX_UNPACKED = 512 << 20
MAX_RATIO = 200
NO_LAYOUT: dict[str, Any] = {"merges": [], "marks": [], "hidden": []}
_LOCKED = "EncryptedPackage"
_BOOK = "xl/workbook.xml"
_SHEETS = "xl/worksheets/"
_RECORDS = ("Workbook", "Book")  # the stream of an old workbook
_PIECE = 1 << 20


class Refused(Exception):  # noqa: N818 - an answer, not a fault
    """A workbook that is not opened; carries the reason code and perhaps a note."""

    def __init__(self, code: str, note: str = "") -> None:
        super().__init__(code)
        self.note = note


def check_container(path: Path) -> bool:
    """Look into the file before it is opened; say whether it is a ZIP container.

    Raises:
        Refused: with the reason code.
    """
    with path.open("rb") as handle:
        top = handle.read(foreign.TOP)
        if top.startswith(ole.MAGIC):
            handle.seek(0)
            if _LOCKED.encode("utf-16-le") in handle.read(1 << 20):
                raise Refused("ENCRYPTED")
            return False
    if not top:
        raise Refused("EMPTY")
    if not top.startswith(b"PK\x03\x04"):
        raise Refused("WRONG_FORMAT", foreign.what_it_is(top))
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
    names = archive.namelist()
    # Of two entries with one name every program takes another one.
    if len(set(names)) < len(names) or any(_leads_out(entry) for entry in entries):
        raise Refused("UNSAFE_ARCHIVE")
    if len(entries) > MAX_ENTRIES or (unpacked > 10 << 20 and unpacked / packed > MAX_RATIO):
        raise Refused("UNSAFE_ARCHIVE")
    if unpacked > MAX_UNPACKED:
        raise Refused("RESOURCE_LIMIT")
    # Sheets are read whole later on, which checks them as well.
    _check_sound(archive, [name for name in names if _BOOK not in names or not _is_sheet(name)])
    if _BOOK not in names:
        raise Refused("WRONG_FORMAT", foreign.what_is_packed(names))


def _is_sheet(name: str) -> bool:
    return name.startswith(_SHEETS)


def _check_sound(archive: zipfile.ZipFile, names: Iterable[str]) -> None:
    """Read entries to their end, which compares the checksum: the reader itself does not.

    Raises:
        Refused: CORRUPT.
    """
    for name in names:
        try:
            with archive.open(name) as entry:
                while entry.read(_PIECE):
                    pass
        except Exception as error:  # of zlib, struct or zipfile: all mean the same
            raise Refused("CORRUPT") from error


def _leads_out(entry: zipfile.ZipInfo) -> bool:
    """Say whether an entry names a place outside the archive, or is a link to anywhere."""
    name = entry.filename.replace("\\", "/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return is_link or name.startswith("/") or name[1:2] == ":" or ".." in name.split("/")


def layouts_of(path: Path) -> tuple[dict[str, dict[str, Any]], dict[str, bool]]:
    """Return what the reader does not tell: the layout of each sheet, and facts of the workbook.

    Raises:
        Refused: with the reason code.
    """
    found, facts = _new_layouts(path) if check_container(path) else _old_layouts(path)
    layouts = {name: layout for name, layout in found.items() if layout is not None}
    if len(layouts) < len(found):
        raise Refused("RESOURCE_LIMIT")
    return layouts, facts


_Found = tuple[dict[str, dict[str, Any] | None], dict[str, bool]]  # None: too large a grid


def _new_layouts(path: Path) -> _Found:
    with zipfile.ZipFile(path) as archive:
        try:
            parts, facts, read = sheet_xml.book_parts(archive)
        except MemoryError:
            raise
        except Exception as error:
            raise Refused("CORRUPT") from error
        names = archive.namelist()
        _check_sound(archive, [name for name in names if _is_sheet(name) and name not in read])
    is_unreckoned = facts["is_unreckoned"]
    layouts = {
        name: sheet_xml.layout(xml, is_unreckoned=is_unreckoned) for name, xml in parts.items()
    }
    return layouts, facts


def _old_layouts(path: Path) -> _Found:
    try:
        container = ole.CompoundFile(path.read_bytes())
        # A new workbook with a password comes in the container of the old ones.
        is_locked = container.stream(_LOCKED) is not None
        stream = container.stream(*_RECORDS)
        is_document = container.stream(foreign.OLD_DOCUMENT) is not None
    except ole.BrokenContainerError as error:
        raise Refused("TRUNCATED" if error.is_cut else "CORRUPT") from error
    if stream is None:
        told = foreign.DOCUMENT_ZH if is_document else ""
        raise Refused("ENCRYPTED") if is_locked else Refused("WRONG_FORMAT", told)
    try:
        return biff.layouts(stream)
    except biff.PasswordError as error:
        raise Refused("ENCRYPTED") from error
    except biff.BeforeUnicodeError as error:
        raise Refused("WRONG_FORMAT", foreign.OLD_BOOK_ZH) from error


def read_workbook(path: Path) -> tuple[dict[str, Any], list[bytes]]:
    """Read every sheet as text: the description and Arrow streams, in the workbook's order.

    Raises:
        Refused: with the reason code.
    """
    import fastexcel

    if _is_page(path):
        return _read_page(path)
    layouts, facts = layouts_of(path)
    has_new_error = any(sheet_xml.has_new_error(layout) for layout in layouts.values())
    # Its errors are caught where the answer is written: whatever they are, the file is corrupt.
    book = fastexcel.read_excel(_with_known_errors(path) if has_new_error else _as_it_is(path))
    sheets, payloads = [], []
    for name in book.sheet_names:
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        payload = _stream(sheet.to_arrow())
        visible = sheet.visible == "visible"
        extra = layouts.get(name, NO_LAYOUT)
        sheets.append({"name": name, "visible": visible, "bytes": len(payload), **extra})
        payloads.append(payload)
    return {"sheets": sheets, "is_1904": facts.get("is_1904", False)}, payloads


def _is_page(path: Path) -> bool:
    """Say whether Excel itself would open a web page as a workbook: under the old ending."""
    with path.open("rb") as handle:
        return path.suffix.lower() == ".xls" and web_tables.declares_itself(
            handle.read(web_tables.TOP)
        )


def _read_page(path: Path) -> tuple[dict[str, Any], list[bytes]]:
    """Read the tables of a web page like the sheets of a workbook.

    Raises:
        Refused: with the reason code.
    """
    import pyarrow as pa

    try:
        tables = web_tables.tables_of(path.read_bytes())
    except web_tables.NoTablesError as error:
        told = foreign.PAGE_ZH if str(error) == "WRONG_FORMAT" else ""
        raise Refused(str(error), told) from error
    sheets, payloads = [], []
    for table in tables:
        rows = table.rows
        cells = sum(map(len, rows))
        if sheet_xml.is_too_large(len(rows), table.width, cells=cells):
            raise Refused("RESOURCE_LIMIT")
        columns = {
            f"c{at}": pa.array([row.get(at) for row in rows], pa.string())
            for at in range(table.width)
        }
        payloads.append(_stream(pa.record_batch(columns)))
        layout = NO_LAYOUT | {"merges": table.merges, "hidden": table.hidden}
        sheets.append({"name": table.name, "visible": True, "bytes": len(payloads[-1]), **layout})
    return {"sheets": sheets, "is_1904": False}, payloads


def _stream(batch: Any) -> bytes:
    """Write a batch as an Arrow stream."""
    import pyarrow as pa

    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    stream: bytes = sink.getvalue().to_pybytes()
    return stream


def _is_old(path: Path) -> bool:
    with path.open("rb") as handle:
        return handle.read(len(ole.MAGIC)) == ole.MAGIC


def _as_it_is(path: Path) -> Path | bytes:
    """Return a workbook in such a way that its content, not its name, says what it is.

    The reader goes by the ending of a name; many systems give new workbooks that of old ones. It
    opens no name that is not UTF-8, as archives packed under Windows have them.
    """
    is_text = str(path).encode(errors="ignore").decode() == str(path)
    says_old = path.suffix.lower() == ".xls"
    return path if is_text and _is_old(path) == says_old else path.read_bytes()


def _with_known_errors(path: Path) -> bytes:
    """Return a workbook whose sheets have no error value that the reader would fail at."""
    if _is_old(path):
        container = ole.CompoundFile(path.read_bytes())
        stream = container.stream(*_RECORDS) or b""
        return container.with_stream(*_RECORDS, content=biff.with_known_errors(stream))
    copy = io.BytesIO()
    with zipfile.ZipFile(path) as archive, zipfile.ZipFile(copy, "w") as out:
        for name in archive.namelist():
            part = archive.read(name)
            out.writestr(name, sheet_xml.with_errors_as_text(part) if _is_sheet(name) else part)
    return copy.getvalue()


def answer(path: Path, out: BinaryIO) -> None:
    """Read one workbook and write the answer."""
    payloads: list[bytes] = []
    try:
        head, payloads = read_workbook(path)
    except Refused as refused:
        head = {"refused": str(refused)} | ({"note": refused.note} if refused.note else {})
    except MemoryError:
        head = {"refused": "RESOURCE_LIMIT"}
    except BaseException:  # a panic of the reader, too, is a refusal of that file
        head = {"refused": "CORRUPT"}
    out.write(json.dumps(head).encode() + b"\n")
    for payload in payloads:
        out.write(payload)
    out.flush()


def main() -> None:  # pragma: no cover - runs in the child only
    """Say that all is there that reading takes, then answer until standard input is closed."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY_BYTES if hard == resource.RLIM_INFINITY else min(MEMORY_BYTES, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    for library in ("fastexcel", "pyarrow"):  # one that is missing is not the workbook's fault
        importlib.import_module(library)
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    for line in sys.stdin:
        answer(Path(json.loads(line)), sys.stdout.buffer)
