"""Workbooks for counties to fill in: the headers the reader accepts, and a sheet of explanations.

Everything follows from the declaration of the source, so that a template cannot ask for what the
reader would refuse. A filled template is accepted as it is (tested for every source).
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell
from xlsxwriter.worksheet import Worksheet

from pipeline.catalog import catalogue
from pipeline.catalog.sources import CODES, EXPLANATIONS, Source, SourceColumn, source_called
from pipeline.documents.fields import (
    TITLES,
    chosen_words,
    field_of,
    fields,
    is_required,
    template_columns,
)
from pipeline.documents.sheets import print_whole, row_height

ROWS = 20_000  # as far as formats and drop-downs reach
MADE = datetime(2025, 1, 1)  # noqa: DTZ001  the same bytes every time; Excel knows no time zone
_EXPLANATION_WIDTHS = (24, 30, 16, 14, 10, 40, 48, 26)
# Excel's serial days from 1941 to 2119, as the reader takes them.
_FIRST_DAY, _LAST_DAY = 15_000, 80_000
_LARGEST = 10**13
_FONT = {"font_name": "Microsoft YaHei", "font_size": 11}
_COLUMN_FORMATS = {"date": "yyyy-mm-dd", "money": "0.00", "integer": "0", "decimal": "General"}
_HEAD: dict[str, Any] = {
    **_FONT,
    **{"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True},
}
_HEADS: dict[str, dict[str, Any]] = {
    "required": {"bg_color": "#B42318", "font_color": "#FFFFFF"},
    "optional": {"bg_color": "#E8EEF6", "font_color": "#1F2937"},
    "unread": {"bg_color": "#F3F4F6", "font_color": "#6B7280", "bold": False},
}


@dataclass(frozen=True)
class _Styles:
    heads: dict[str, Format]
    columns: dict[str, Format]
    text: Format
    title: Format


def template_name(source: str) -> str:
    """Return the file name of a source's template.

    Raises:
        UsageError: no such source.
    """
    return f"{source_called(source).name_zh}_模板.xlsx"


def template_bytes(source: str) -> bytes:
    """Make the workbook of a source, by its id or Chinese name.

    Raises:
        UsageError: no such source.
    """
    return workbook_of(source_called(source))


def workbook_of(declared: Source) -> bytes:
    """Make the workbook of a declared source; the same bytes every time."""
    buffer = io.BytesIO()
    book = Workbook(buffer, {"in_memory": True, "strings_to_urls": False})
    book.set_properties({"created": MADE, "title": f"{declared.name_zh}模板"})
    styles = _styles(book)
    _write_data(book.add_worksheet(declared.name_zh), declared, styles)
    _write_explanations(book.add_worksheet(EXPLANATIONS), declared, styles)
    if "indicator_id" in declared.by_id:
        _write_codes(book.add_worksheet(CODES), styles)
    book.close()
    return buffer.getvalue()


def _styles(book: Workbook) -> _Styles:
    return _Styles(
        heads={kind: book.add_format({**_HEAD, **look}) for kind, look in _HEADS.items()},
        columns={
            form: book.add_format({**_FONT, "num_format": form})
            for form in {"@", *_COLUMN_FORMATS.values()}
        },
        text=book.add_format({**_FONT, "num_format": "@", "text_wrap": True, "valign": "top"}),
        title=book.add_format({**_FONT, "bold": True, "font_size": 14}),
    )


def _write_data(sheet: Worksheet, source: Source, styles: _Styles) -> None:
    columns = template_columns(source)
    heads = [styles.heads[_look(source, column)] for column in columns]
    labels = [_levels(column) for column in columns]
    depth = max(len(label) for label in labels)
    for at, (column, label, head) in enumerate(zip(columns, labels, heads, strict=True)):
        form = styles.columns[_COLUMN_FORMATS.get(column.type, "@")]
        sheet.set_column(at, at, max(12, 2 * len(label[-1]) + 4), form)
        top = depth - 1 if len(label) == depth else 0
        if top == depth - 1:
            sheet.write_string(top, at, label[-1], head)
        else:
            sheet.merge_range(top, at, depth - 1, at, label[0], head)
        sheet.write_comment(top, at, _comment(source, column), {"x_scale": 2})
        if rule := _validation(column, first=xl_rowcol_to_cell(depth, at)):
            sheet.data_validation(depth, at, depth + ROWS - 1, at, rule)
    if depth > 1:
        _write_groups(sheet, labels, heads)
    sheet.freeze_panes(depth, 0)
    sheet.repeat_rows(0, depth - 1)
    print_whole(sheet)


def _levels(column: SourceColumn) -> tuple[str, ...]:
    """Split the canonical header at its slash: the group above, the column below."""
    return tuple(column.headers[0].split("/"))


def _write_groups(sheet: Worksheet, labels: Sequence[Sequence[str]], heads: list[Format]) -> None:
    """Write the upper row of a header of two rows: a group over each run of its columns."""
    at = 0
    for group, run in groupby(labels, key=lambda label: label[0] if len(label) > 1 else None):
        width = len(list(run))
        if group is not None and width > 1:
            sheet.merge_range(0, at, 0, at + width - 1, group, heads[at])
        elif group is not None:
            sheet.write_string(0, at, group, heads[at])
        at += width


def _look(source: Source, column: SourceColumn) -> str:
    if not column.is_read:
        return "unread"
    return "required" if is_required(source, column) else "optional"


def _comment(source: Source, column: SourceColumn) -> str:
    told = field_of(source, column)
    must = {"是": "必填", "否": "选填"}.get(told.required, told.required)
    unit = f"，单位：{told.unit}" if told.unit else ""
    note = f"\n{told.note}" if told.note else ""
    return f"{must}，{told.type}{unit}{note}"


def _validation(column: SourceColumn, *, first: str) -> dict[str, Any] | None:
    """Return the check that Excel makes while a cell is typed; None where any text may stand."""
    if not column.is_read:
        return None
    if column.id == "indicator_id":
        last = len(catalogue().indicators) + 1
        return _told({"validate": "list", "source": f"='{CODES}'!$A$2:$A${last}"}, "stop")
    # Words that mean "none" are accepted by the reader, so they must not be forbidden here.
    severity = "warning" if column.blanks or column.otherwise else "stop"
    if column.type in ("enum", "flag"):
        return _told({"validate": "list", "source": list(chosen_words(column))}, severity)
    if column.type == "date":
        return _told({"validate": "custom", "value": _date_formula(first)}, severity)
    if column.type in ("integer", "decimal", "money"):
        kind = "integer" if column.type == "integer" else "decimal"
        low = -_LARGEST if column.minimum is None else column.minimum
        high = _LARGEST if column.maximum is None else column.maximum
        between = {"validate": kind, "criteria": "between", "minimum": low, "maximum": high}
        return _told(between, severity)
    return None


def _told(rule: dict[str, Any], severity: str) -> dict[str, Any]:
    said = {
        "list": "请从下拉列表中选择。",
        "custom": "请写成 2025-06-30 的日期。",
        "integer": "请只填整数，不带单位。",
        "decimal": "请只填数字，不带单位。",
    }[rule["validate"]]
    title = "请核对"
    return {**rule, "error_type": severity, "error_title": title, "error_message": said}


def _date_formula(cell: str) -> str:
    """Accept a date cell, or a text that reads as a date."""
    number = f"AND({cell}>={_FIRST_DAY},{cell}<={_LAST_DAY})"
    return f"=IF(ISNUMBER({cell}),{number},ISNUMBER(DATEVALUE({cell})))"


def _write_explanations(sheet: Worksheet, source: Source, styles: _Styles) -> None:
    sheet.write_string(0, 0, f"{source.name_zh}：怎样填写", styles.title)
    for at, sentence in enumerate(_sentences(source), 1):
        sheet.write_string(at, 0, sentence)
    top = len(_sentences(source)) + 2
    for at, (title, width) in enumerate(zip(TITLES, _EXPLANATION_WIDTHS, strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(top, at, title, styles.heads["optional"])
    for row, field in enumerate(fields(source), top + 1):
        sheet.set_row(row, row_height(zip(field.cells, _EXPLANATION_WIDTHS, strict=True)))
        for at, text in enumerate(field.cells):
            sheet.write_string(row, at, text, styles.text)
    sheet.freeze_panes(top + 1, 1)
    sheet.repeat_rows(top)
    print_whole(sheet)


def _sentences(source: Source) -> tuple[str, ...]:
    return (
        "数据填在第一张表，从表头下一行起，一行一条；不要改动表头，也不要合并单元格。",
        "红底白字的列必填，浅蓝底的列选填，灰底的列不读取；鼠标停在表头上可看到填法。",
        "合计行、签名行和空行不作为数据读取；粘贴时请选“只粘贴值”，以免下拉列表失效。",
        f"填好后可先检查：python -m pipeline check 文件名 --source {source.id}",
    )


def _write_codes(sheet: Worksheet, styles: _Styles) -> None:
    """List the indicators a target can be set for; the drop-down reads this sheet."""
    for at, (title, width) in enumerate((("编号", 40), ("名称", 30), ("目标写法", 16))):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, title, styles.heads["optional"])
    for row, indicator in enumerate(catalogue().indicators.values(), 1):
        form = "比例，如 95%" if indicator.is_share else f"数值（{indicator.unit_zh}）"
        for at, text in enumerate((indicator.id, indicator.name_zh, form)):
            sheet.write_string(row, at, text, styles.text)
    sheet.freeze_panes(1, 0)
