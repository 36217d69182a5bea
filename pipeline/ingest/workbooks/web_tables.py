"""Tables that systems write as a web page and call a workbook (.xls), as Excel opens them.

Only a page that declares itself a workbook is read. Nothing is fetched, scripts and styles say
nothing, and the process that reads is limited in memory and time.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import chain

MAX_BYTES = 128 << 20
MAX_SPAN = 16_384  # columns of the widest sheet there is
TOP = 1 << 12
_DECLARES = b"urn:schemas-microsoft-com:office:excel"
_PAGE = re.compile(rb"^[\xef\xbb\xbf\xff\xfe\s]*<(!doctype html|html)\b", re.IGNORECASE)
_CHINESE = re.compile(rb"""charset\s*=\s*["']?\s*gb""", re.IGNORECASE)
_BLANKS = re.compile(r"[ \t\r\n\f\xa0]+")


class NoTablesError(Exception):
    """No table can be read of a page after all; carries the reason code."""


@dataclass
class Sheet:
    """One table: rows of texts by column; merges and hidden rows as those of a workbook.

    A merge is top and bottom row from 1, left and right column from 0.
    """

    name: str
    rows: list[dict[int, str]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    hidden: list[int] = field(default_factory=list)
    _covered: dict[int, int] = field(default_factory=dict)  # column -> last row of a merge

    @property
    def width(self) -> int:
        """Return the number of columns."""
        return 1 + max(chain([-1], *self.rows))

    def put(self, text: str, *, at: int, across: int, down: int) -> int:
        """Put a text into the first free column from `at` on; return the column behind it."""
        top = len(self.rows)
        while self._covered.get(at, 0) >= top:
            at += 1
        right, bottom = at + min(across, MAX_SPAN) - 1, top + down - 1
        if text:
            self.rows[-1][at] = text
        if right > at or bottom > top:
            self.merges.append((top, at, bottom, right))
            self._covered |= dict.fromkeys(range(at, right + 1), bottom)
        return right + 1


def declares_itself(top: bytes) -> bool:
    """Say whether the first bytes (`TOP` of them) are a page that calls itself a workbook."""
    bare = top.replace(b"\0", b"")
    return _PAGE.match(bare) is not None and _DECLARES in bare


def tables_of(data: bytes) -> list[Sheet]:
    """Read the tables of a page.

    Raises:
        NoTablesError: RESOURCE_LIMIT, ENCODING, WRONG_FORMAT or, where a table has no end,
            TRUNCATED.
    """
    if len(data) > MAX_BYTES:
        raise NoTablesError("RESOURCE_LIMIT")
    page = _Page()
    page.feed(_decoded(data))
    page.close()
    if page.open_tables > 0:
        raise NoTablesError("TRUNCATED")
    sheets = [sheet for sheet in page.sheets if sheet.width]
    if not sheets:
        raise NoTablesError("WRONG_FORMAT")
    return sheets


def _decoded(data: bytes) -> str:
    """Decode strictly, first as the page says of itself."""
    own = ("gb18030", "utf-8-sig") if _CHINESE.search(data[:TOP]) else ("utf-8-sig", "gb18030")
    for encoding in ("utf-16",) if data.startswith((b"\xff\xfe", b"\xfe\xff")) else own:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise NoTablesError("ENCODING")


class _Page(HTMLParser):
    """The tables of a page in order; end tags of rows and cells may be missing."""

    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[Sheet] = []
        self.open_tables = 0
        self._behind = 0  # column behind the last cell
        self._cell: dict[str, str] | None = None  # what is said of the open one
        self._text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a table, row or cell, which ends the cell before it."""
        said = {name: value or "" for name, value in attrs}
        if tag in ("table", "tr", "td", "th"):
            self._end_cell()
        if tag == "table":
            self.open_tables += 1
            self.sheets.append(Sheet(name=f"表{len(self.sheets) + 1}"))
        elif tag == "tr" and self.sheets:
            rows, self._behind = self.sheets[-1].rows, 0
            rows.append({})
            if "display:none" in said.get("style", "").replace(" ", "").lower():
                self.sheets[-1].hidden.append(len(rows))
        elif tag in ("td", "th") and self.sheets and self.sheets[-1].rows:
            self._cell = said
        elif tag == "br":
            self._text.append("\n")

    def handle_endtag(self, tag: str) -> None:
        """End the cell, for what follows it is none of its text."""
        if tag in ("td", "th", "tr", "table"):
            self._end_cell()
        self.open_tables -= tag == "table"

    def handle_data(self, data: str) -> None:
        """Take the text of a cell, in which any blanks are one."""
        self._text.append(_BLANKS.sub(" ", data))

    def _end_cell(self) -> None:
        """Write the cell that is open; a page may show less of a number than it keeps."""
        if self._cell is not None:
            kept = _number(self._cell.get("x:num", ""))
            across, down = (_span(self._cell.get(f"{way}span", "")) for way in ("col", "row"))
            text = kept or "".join(self._text).strip()
            self._behind = self.sheets[-1].put(text, at=self._behind, across=across, down=down)
        self._cell = None
        self._text.clear()


def _span(value: str) -> int:
    return int(value) if re.fullmatch(r"[1-9]\d{0,6}", value) else 1


def _number(kept: str) -> str:
    """Write a number with the fifteen digits that a table program shows of it."""
    return format(float(kept), ".15g") if re.fullmatch(r"-?\d[\d.]{0,20}(E[+-]?\d+)?", kept) else ""
