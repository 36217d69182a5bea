"""The page's numbers as a workbook: what it is, the indicators, then a sheet for every panel.

Each sheet says of which area, day and snapshot it speaks; the header stays in sight.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator
from typing import Any

import polars as pl
import xlsxwriter

from dashboard import formats, theme
from dashboard.exports import collect, indicators
from dashboard.exports.cells import Column, columns_of, is_numbers
from dashboard.exports.collect import Contents, Panel
from dashboard.exports.csv_file import inert, neutral
from dashboard.exports.page_tree import read
from dashboard.exports.rich_text import said
from dashboard.exports.slide_frame import source_words
from dashboard.exports.text_tables import Row, rows_of
from dashboard.look.markup import Markup
from dashboard.messages import t
from pipeline.documents.sheets import print_whole, row_height, span

FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f']")
LONGEST_NAME, WIDEST, NARROWEST = 31, 60, 8
HEADER_ROW, ABOUT_WIDTH = 3, 110
TITLE_HEIGHT = HEADER_HEIGHT = 24  # points


def sheet_name(title: str, taken: set[str]) -> str:
    """Return a name that Excel takes and that no sheet has yet."""
    base = FORBIDDEN.sub("", title).strip()[:LONGEST_NAME] or t("export.sheet")
    name, n = base, 2
    while name.casefold() in taken:
        tail = f"（{n}）"
        name, n = base[: LONGEST_NAME - len(tail)] + tail, n + 1
    taken.add(name.casefold())
    return name


def _drawn_tables(panel: Panel) -> Iterator[pl.DataFrame]:
    """Yield the tables a panel drew as text; for panels that registered no numbers."""
    for drawn in panel.drawn:
        if not isinstance(drawn, Markup):
            continue
        for table in read(drawn).all(tag="table"):
            rows = rows_of(table)
            heads = [row for row in rows if row.is_head][-1:]
            names = [text for row in heads for text in _texts(row)]
            body = [_texts(row) for row in rows if not row.is_head and len(row.cells) > 1]
            body = [texts for texts in body if len(texts) == len(names)]
            if names and body:
                yield _frame(names, body)


def _texts(row: Row) -> list[str]:
    """Return the texts of a row column by column; a wide cell fills its first column."""
    return [text for cell in row.cells for text in (" ".join(cell.lines), *[""] * (cell.span - 1))]


def _frame(names: list[str], rows: list[list[str]]) -> pl.DataFrame:
    """Build a frame of text; headers that come twice are numbered."""
    unique: list[str] = []
    for name in names:
        known = sum(other == name or other.startswith(f"{name}（") for other in unique)
        unique.append(f"{name}（{known + 1}）" if known else name)
    columns = zip(*rows, strict=True)
    return pl.DataFrame(
        [pl.Series(n, list(v), dtype=pl.String) for n, v in zip(unique, columns, strict=True)]
    )


def tables_of(contents: Contents) -> Iterator[tuple[str, str, pl.DataFrame]]:
    """Yield title, note and numbers of every panel that has any."""
    for panel in contents.panels:
        # The unnamed table is what the panel draws; a named one is the fuller download.
        tables = collect.tables_of(panel)
        named = [table for table in tables if table.name and not table.is_apart]
        title = panel.title or (named[0].name if named else panel.key)
        shown = named or [table for table in tables if not table.is_apart]
        for frame in [table.frame() for table in shown] or _drawn_tables(panel):
            if frame.width:
                yield title, said(panel.note), frame
        for table in tables:
            if table.is_apart:
                yield table.name, "", table.frame()


class _Book:
    """The workbook in the making."""

    def __init__(self, contents: Contents) -> None:
        self.out = io.BytesIO()
        self.book = xlsxwriter.Workbook(
            self.out,
            {
                "in_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self.contents = contents
        self.taken: set[str] = set()
        self.looks: dict[str, Any] = {}

    def look(self, **options: Any) -> Any:
        """Return a cell format; equal ones are made once."""
        key = repr(sorted(options.items()))
        if key not in self.looks:
            base = {"font_name": "微软雅黑", "valign": "top"}
            self.looks[key] = self.book.add_format({**base, **options})
        return self.looks[key]

    def stamp(self) -> str:
        """Return the line under each title: area, day, snapshot, demonstration."""
        view = self.contents.view
        parts = [view.area.name, t("frame.as_of", day=formats.day(view.data_date))]
        parts.append(t("frame.snapshot", id=view.marts.id))
        if view.marts.is_demonstration:
            parts.append(t("frame.demo_footer"))
        return inert("　".join(parts))

    def about(self) -> None:
        """Write the first sheet: what this is, and what its indicators mean."""
        sheet = self.book.add_worksheet(sheet_name(t("export.about"), self.taken))
        rows = list(indicators.about(self.contents, sources=source_words(self.contents)))
        sheet.set_column(0, 0, _width([name for name, _ in rows]))
        sheet.set_column(1, 1, ABOUT_WIDTH)
        cells = neutral(pl.DataFrame(rows, schema=["name", "text"], orient="row"))
        for n, (name, text) in enumerate(cells.iter_rows()):
            sheet.write_string(n, 0, name, self.look(bold=True))
            size = 11 if n else 14
            wrap = self.look(text_wrap=True, bold=n == 0, font_size=size)
            sheet.write_string(n, 1, text, wrap)
            sheet.set_row(n, row_height([(text, ABOUT_WIDTH)]) if n else TITLE_HEIGHT)
        print_whole(sheet)

    def table(self, title: str, note: str, columns: list[Column]) -> None:
        """Write one sheet."""
        sheet = self.book.add_worksheet(sheet_name(title, self.taken))
        whole = inert(f"{title}（{note}）" if note else title)
        sheet.write_string(0, 0, whole, self.look(bold=True, font_size=14))
        sheet.write_string(1, 0, self.stamp(), self.look(font_color=theme.TEXT_3))
        sheet.set_row(0, TITLE_HEIGHT)
        sheet.set_row(HEADER_ROW, HEADER_HEIGHT)
        widths = [_width([column.header, *column.values]) for column in columns]
        wrapped = [c.values for c, width in zip(columns, widths, strict=True) if width == WIDEST]
        for row, values in enumerate(zip(*wrapped, strict=True), HEADER_ROW + 1):
            sheet.set_row(row, row_height((value, WIDEST) for value in values))
        for n, column in enumerate(columns):
            follows_number = n > 0 and is_numbers(columns[n - 1])
            self._column(sheet, n, column, width=widths[n], follows_number=follows_number)
        sheet.freeze_panes(HEADER_ROW + 1, 1)
        sheet.autofilter(HEADER_ROW, 0, HEADER_ROW + len(columns[0].values), len(columns) - 1)
        sheet.repeat_rows(HEADER_ROW)
        print_whole(sheet)

    def _column(
        self, sheet: Any, n: int, column: Column, *, width: float, follows_number: bool
    ) -> None:
        """Write one column: numbers and their header to the right, text clear of numbers."""
        # A text would begin where the number before it ends.
        side = {"align": "right"} if is_numbers(column) else {"indent": int(follows_number)}
        head = self.look(bold=True, bottom=1, bg_color=theme.PAGE, valign="vcenter", **side)
        sheet.write_string(HEADER_ROW, n, inert(column.header), head)
        wraps = {"text_wrap": True} if width == WIDEST else {}
        sheet.set_column(n, n, width, self.look(num_format="@", **wraps))
        text = self.look(num_format="@", **wraps, **side)
        forms = {column.number_format, *column.row_formats}
        looks = {form: self.look(num_format=form) for form in forms}
        for row, value in enumerate(column.values):
            cell = (HEADER_ROW + 1 + row, n)
            if value is None:
                sheet.write_blank(*cell, None, text)
            elif isinstance(value, str):
                sheet.write_string(*cell, inert(value), text)
            else:
                sheet.write_number(*cell, value, looks[column.format_of(row)])

    def close(self) -> bytes:
        """Return the file."""
        self.book.close()
        return self.out.getvalue()


def _width(values: Iterable[object]) -> float:
    """Return the width of a column in characters."""
    widest = max(map(span, {str(value) for value in values if value is not None}))
    return float(min(max(widest + 3, NARROWEST), WIDEST))


def write_notice(contents: Contents) -> bytes:
    """Write a workbook of the first sheet alone."""
    book = _Book(contents)
    book.about()
    return book.close()


def write_workbook(contents: Contents) -> bytes:
    """Write the page's numbers as XLSX."""
    book = _Book(contents)
    book.about()
    known = indicators.values(contents)
    if known is not None:
        book.table(t("export.indicators"), "", known)
    for title, note, frame in tables_of(contents):
        book.table(title, note, columns_of(frame))
    return book.close()
