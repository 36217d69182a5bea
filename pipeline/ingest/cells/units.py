"""Units: what may stand behind a number, in its cell or in the header above it.

A cell of its own unit says the same as the bare number. Another unit would make it another number.
"""

from __future__ import annotations

import re
import unicodedata

import polars as pl

from pipeline.catalog.sources import SourceColumn, normalised

TEN_THOUSAND_ZH = "万元"
# Not (100.00), which is how accountants write -100.00.
NUMBER_WITH_UNIT = (
    r"^\s*[^\d\s(\x{ff08}]?[\d.,\x{ff0e}\x{ff0c}]+\s*[^\s\d.,%\x{ff05}EeXx+\-/:：]+\s*$"
)
MEASURED = ("integer", "decimal", "money", "fraction")
# What people write for a unit that is declared otherwise.
_ALIKE = {
    "人": ("名", "个", "位"),
    "人次": ("次", "例次"),
    "例": ("例次", "个"),
    "台": ("套", "台套", "台/套", "件", "架", "辆", "部", "个"),
    "个": ("支", "只", "组", "家"),
    "家": ("所", "个"),
    "所": ("家", "个", "间"),
    "项": ("个", "条"),
    "场次": ("场", "次"),
    "分钟": ("分", "min"),
    "平方米": ("m2", "平米", "平方", "平"),
    "岁": ("周岁",),
    "年": ("年度",),
}
# What a header of counts may say in brackets behind its name.
_COUNTED = frozenset(
    normalised(unit)
    for unit in (
        *(
            "人",
            "人次",
            "人数",
            "名",
            "个",
            "所",
            "家",
            "台",
            "套",
            "台/套",
            "件",
            "项",
            "例",
            "次",
        ),
        *("场", "场次", "户", "支", "张", "份", "分钟", "天", "床", "辆"),
    )
)
_IN_HEADERS = {"平方米": ("m2", "平米")}
_MONEY_UNITS = ("元", "百元", "千元", "万元", "十万元", "百万元", "千万元", "亿元")
_PERSON_UNITS = ("人", "百人", "千人", "万人")
_DECLARED = re.compile(
    r"(?:^|[\s(,;、。\"])(?:金额|计量|数据|统计|人口)?单位\s*[:为是]?\s*([^\s()]{1,30})"
)
_ASIDE = re.compile(r"\((?:金额|人口)?:?([^()]{1,4})\)")


def words_of(unit: str) -> tuple[str, ...]:
    """Return a unit and the other words for it, the longer ones first."""
    words = (unit, *_ALIKE.get(unit, ())) if unit else ()
    return tuple(sorted(words, key=len, reverse=True))


def without_unit(text: pl.Expr, unit: str) -> pl.Expr:
    """Drop a unit that stands behind a number; `text` is folded (㎡ is m2)."""
    words = words_of(unit)
    if not words:
        return text
    return text.str.replace(rf"(?i)^([-−\d.,]+)\s*(?:{'|'.join(words)})$", "$1")


def unit_hint(column: SourceColumn, *, ten_thousand: bool) -> str:
    """Say which unit a column has, to whoever wrote another; nothing where none is declared."""
    unit = TEN_THOUSAND_ZH if ten_thousand else column.unit_zh
    return f"（本列单位为{unit}，只填数字）" if unit else ""


def may_stand_beside(note: str, column: SourceColumn) -> bool:
    """Say whether a note in brackets leaves a header what it is."""
    if column.type not in MEASURED:
        return column.type == "ignored" or not note.endswith(("元", "%"))
    own = normalised(column.unit_zh)
    units = _COUNTED if column.type == "integer" else _IN_HEADERS.get(own, ())
    return note == own or note in units or (column.type == "money" and note == "元")


def declared_in(title: str) -> frozenset[str]:
    """Return the units of money and of persons that a title or unit line declares (单位：万元)."""
    folded = unicodedata.normalize("NFKC", title)
    told = [word for part in _DECLARED.findall(folded) for word in re.split("[、,;/]", part)]
    told += _ASIDE.findall(folded)
    return frozenset(told) & frozenset((*_MONEY_UNITS, *_PERSON_UNITS))


def unit_of_title(header: str, column: SourceColumn | None, declared: frozenset[str]) -> str | None:
    """Return the unit that a title gives a column of money or persons, None where it gives none.

    What the header itself says goes first. A header that is not known without a unit may be known
    with one.
    """
    if not declared or re.search(r"[(（][^()（）]*[元人][)）]", header):
        return None
    is_money = column is None or column.type == "money"
    if not is_money and (column is None or column.unit_zh != "人"):
        return None
    own = "" if column is None else "元" if is_money else "人"
    # Two units of money in one title: nobody can say which column has which.
    given = declared & frozenset(_MONEY_UNITS if is_money else _PERSON_UNITS)
    unit = next(iter(given)) if len(given) == 1 else None
    return None if unit == own else unit
