"""Say in words how a column of a raw file is filled in, from its declaration alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.catalog.sources import Source, SourceColumn

TYPES_ZH = {
    "text": "文字",
    "code": "编码（文本）",
    "date": "日期",
    "month": "月份",
    "integer": "整数",
    "decimal": "数字",
    "money": "金额",
    "fraction": "比例或数量",
    "flag": "是或否",
    "enum": "选项",
    "ignored": "不读取",
}
_SPELLINGS_ZH = {
    "code": "按文本填写，保留前面的 0",
    "date": "写作 2025-06-30，或用日期格式",
    "month": "写作 2025-06",
    "money": "最多两位小数",
}
_COARSE_ZH = {
    "day": "",
    "month": "只知道月份时写作 2025-06，按当月1日",
    "year": "只知道月份或年份时写作 2025-06 或 2025，按第一天",
}
FLAG_WORDS = ("是", "否")
# Columns of the shape with one item a row; a template has a column for each item instead.
LONG_SHAPE = ("item", "value", "unit")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


@dataclass(frozen=True, kw_only=True)
class Field:
    """One line of a source's dictionary, in the words of whoever fills in the template."""

    header: str
    aliases: str
    required: str
    type: str
    unit: str
    values: str
    note: str
    personal: str

    @property
    def cells(self) -> tuple[str, ...]:
        """Return the texts in the order of `TITLES`."""
        return (
            *(self.header, self.aliases, self.required, self.type),
            *(self.unit, self.values, self.note, self.personal),
        )


TITLES = (
    *("表头", "可接受的其他写法", "是否必填", "类型", "单位", "取值", "说明", "是否涉及个人信息"),
)


def chosen_words(column: SourceColumn) -> tuple[str, ...]:
    """Return one word for each value, in Chinese where the declaration has one."""
    if column.type == "flag":
        return FLAG_WORDS
    return tuple(
        next((word for word in words if _CHINESE.search(word)), words[0])
        for words in column.values.values()
    )


def template_columns(source: Source) -> tuple[SourceColumn, ...]:
    """Return the columns to fill in.

    Names are never asked for. A table of persons asks for nothing that is not read; a table of
    institutions keeps the columns by which people find their way, such as the name beside a code.
    """
    long_shape = LONG_SHAPE if source.item_columns else ()
    return tuple(
        column
        for column in source.columns
        if column.personal != "drop"
        and column.id not in long_shape
        and (column.is_read or source.kind != "events")
    )


def is_required(source: Source, column: SourceColumn) -> bool:
    """Say whether a row without the column is refused, whatever else the file says."""
    return column.required or (column.id == source.month_column)


def field_of(source: Source, column: SourceColumn) -> Field:
    """Describe one column."""
    return Field(
        header=column.headers[0],
        aliases="、".join((*column.headers[1:], *column.ten_thousand_headers)),
        required=_required(source, column),
        type=TYPES_ZH["ignored" if not column.is_read else column.type],
        unit=column.unit_zh,
        values=_values(column),
        note=_note(source, column),
        personal=_personal(source, column),
    )


def fields(source: Source) -> tuple[Field, ...]:
    """Describe every column of a source, in the order of its declaration."""
    return tuple(field_of(source, column) for column in source.columns)


def _required(source: Source, column: SourceColumn) -> str:
    if is_required(source, column):
        return "是"
    for choice in source.one_of:
        if column.id in choice and column.id not in LONG_SHAPE:
            others = [source.by_id[id_].headers[0] for id_ in choice if id_ != column.id]
            return f"与“{'、'.join(others)}”至少填一列"
    if column.id == source.extract_column:
        return "文件名没有日期时必填"
    return "否"


def _values(column: SourceColumn) -> str:
    if column.type == "flag":
        own = [word for words in column.values.values() for word in words]
        return "、".join((*FLAG_WORDS, *own))
    if column.type == "enum":
        return "；".join(
            "、".join((word, *(w for w in words if w != word)))
            for word, words in zip(chosen_words(column), column.values.values(), strict=True)
        )
    low, high = column.minimum, column.maximum
    if low is not None and high is not None:
        return f"{low} 至 {high}"
    return "" if low is None else f"不小于 {low}"


def _note(source: Source, column: SourceColumn) -> str:
    if not column.is_read:
        left_out = column not in template_columns(source)
        return "不读取，模板中没有这一列" if left_out else "不读取，可不填"
    parts = [column.note_zh, _SPELLINGS_ZH.get(column.type, "")]
    if column.id in (source.extract_column, source.month_column):
        parts.append("文件名写明日期（如 20250630）时可不填")
    parts.append(_COARSE_ZH[column.coarsest])
    if column.blanks:
        parts.append(f"没有时留空，也可写 {' '.join(column.blanks)}")
    if column.otherwise is not None:
        parts.append("其他写法归入其他类")
    return "；".join(part for part in parts if part)


def _personal(source: Source, column: SourceColumn) -> str:
    if column.personal == "hash":
        return "是：读取时即换成不可还原的密文，原号不保存"
    if column.personal == "drop":
        return "是：请勿提供，文件中有也不读取"
    return "是：个人就诊记录的一部分" if source.kind == "events" else "否"
