"""Match the headers of a file to a source's canonical columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.catalog.sources import ColumnType, Source, SourceColumn, normalised
from pipeline.ingest.cells.units import declared_in, may_stand_beside, unit_of_title
from pipeline.ingest.refusal import FileRefused

TEN_THOUSAND = "@10000"  # suffix of a text column whose money is in 万元
DOCUMENT = "@document"  # suffix of a text column of persons that holds documents
_SHOWN = 20
ENOUGH = 1.8  # so many headers recognised make a header row: two, be it by their lower row only
_BY_LOWER = 0.9
_LOWER_RANK = 1_000
_ASIDE_RANK = 500
# Columns that every list has and nobody means as data.
_FURNITURE = ("序号", "备注")
_NOTE = re.compile(r"\((必填|选填|必填项|可选)\)$")
_ASIDE = re.compile(r"\(([^()]*)\)$")
# What stands between the two rows of a header that somebody wrote in one.
_SEPARATOR = re.compile(r"[/\-_·:]")


_Match = tuple[int, int, SourceColumn, str, str]  # rank, position, column, text column, header


@dataclass(frozen=True)
class HeaderMap:
    """Which position of the file is which text column, and what the file calls it."""

    positions: dict[str, int]  # text column that is read (id, id@10000) -> position
    labels: dict[str, str]  # canonical id -> header as it stands in the file
    unknown: tuple[str, ...] = ()
    other_units: tuple[tuple[str, str], ...] = ()  # header, unit by the title that is not read

    @property
    def matched(self) -> int:
        """Return how many canonical columns were recognised."""
        return len(self.labels)


def _better(held: _Match, other: _Match) -> _Match:
    """Return the header a column is read from; two that cannot both be right refuse the file."""
    if held is other:
        return held
    is_amount = other[2].type == "money" and other[3] == held[3]
    if held[0] == other[0] or (is_amount and max(held[0], other[0]) < _LOWER_RANK):
        alike = dict.fromkeys((held[4], other[4]))
        raise FileRefused("HEADER_DUPLICATE", f"列：{'、'.join(alike)}")
    return min(held, other, key=lambda match: match[0])


def _turned(upper: str, lower: str) -> str:
    """Return a header of two rows read from below; a unit stays behind it."""
    aside = _ASIDE.search(lower)
    unit = aside[0] if aside else ""
    return f"{lower.removesuffix(unit)}{upper}{unit}"


class HeaderIndex:
    """The accepted headers of a source, prepared once for many files."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self._columns: dict[str, tuple[SourceColumn, int, str]] = {}
        for column in source.columns:
            for rank, header in enumerate(column.headers):
                suffix = DOCUMENT if header in column.document_headers else ""
                self._columns[normalised(header)] = (column, rank, column.id + suffix)
            for rank, header in enumerate(column.ten_thousand_headers, len(column.headers)):
                self._columns[normalised(header)] = (column, rank, column.id + TEN_THOUSAND)
        self._composed = {
            _SEPARATOR.sub("", folded): found
            for folded, found in self._columns.items()
            if "/" in folded
        }
        # Hundreds of files of a source have the same headers, and rows of data are tried as well.
        self.find = lru_cache(maxsize=4096)(self._find)
        self.required = {column.id for column in source.columns if column.required}

    def _find(self, header: str) -> tuple[SourceColumn, int, str] | None:
        """Return the column of a header, the rank of the alias and the text column it fills.

        A header of two rows is looked up as a whole, whichever half stands above (城镇居民 over
        人均可支配收入 or below it), then by its lower row: 基本信息/机构编码.
        """
        folded = _NOTE.sub("", normalised(header).replace("*", ""))
        found = self._exact(folded)
        if found is not None or "/" not in folded:
            return found
        upper, lower = folded.rsplit("/", 1)
        found = self._exact(upper + lower) or self._exact(_turned(upper, lower))
        if found is None and (found := self._exact(lower)):
            found = found[0], found[1] + _LOWER_RANK, found[2]
        return found

    def aliases(self, header: str) -> tuple[str, ...]:
        """Return a header as it stands and every other name of its column.

        A name that rows of the column may hold as well (异地安置) is left out: a row of data that
        begins with it is no header.
        """
        found = self.find(header)
        if found is None:
            return (header,)
        names = (header, *found[0].headers)
        return tuple(name for name in names if normalised(name).upper() not in found[0].words)

    def type_of(self, name: str) -> ColumnType:
        """Return the type of a text column that is read (id, or id@10000)."""
        return self.source.by_id[name.partition("@")[0]].type

    def _exact(self, folded: str) -> tuple[SourceColumn, int, str] | None:
        """Look a header up as it stands, else without what it says in brackets behind the name.

        Of a number that may be its unit only: another one would make it another number.
        """
        found = self._named(folded)
        aside = _ASIDE.search(folded)
        if found is not None or aside is None:
            return found
        found = self._named(folded[: aside.start()])
        if found is None or not may_stand_beside(aside[1].removeprefix("单位:"), found[0]):
            return None
        return found[0], found[1] + _ASIDE_RANK, found[2]

    def _named(self, folded: str) -> tuple[SourceColumn, int, str] | None:
        return self._columns.get(folded) or self._composed.get(_SEPARATOR.sub("", folded))

    def match(self, headers: Sequence[str], *, title: str = "") -> HeaderMap:
        """Match headers; of two aliases of a column the earlier declared one is read.

        A unit that the title declares for the whole table (单位：万元) is that of every column of
        money or persons whose header says none.

        Raises:
            FileRefused: one header occurs twice, or an amount under two of its names: which of the
                two sums is meant, nobody can know.
        """
        best: dict[str, _Match] = {}
        unknown, other_units = [], []
        declared = declared_in(title)
        for position, header in enumerate(headers):
            if not header.strip():
                continue
            found = self.find(header)
            unit = unit_of_title(header, found[0] if found else None, declared)
            if unit is not None:
                other_units += [(header, unit)] if found else []
                found = self.find(f"{header}({unit})")
            if found is None:
                if normalised(header) not in _FURNITURE:
                    unknown.append(header)
                continue
            column, rank, name = found
            if rank >= _LOWER_RANK:  # the same lower row under several upper ones: the first
                rank += position
            match = (rank, position, column, name, header)
            best[column.id] = _better(best.get(column.id, match), match)
        return HeaderMap(
            positions={
                name: position for _, position, column, name, _ in best.values() if column.is_read
            },
            labels={id_: header for id_, (*_, header) in best.items()},
            unknown=tuple(unknown),
            other_units=tuple((header, unit) for header, unit in other_units if header in unknown),
        )

    def score(self, headers: Sequence[str]) -> tuple[float, bool]:
        """Return how well headers are recognised, and whether every required one is there.

        One that is known by its lower row only counts less, or a title above would be taken for
        the upper row of the header.
        """
        ranks = [(f[0].id, f[1] < _LOWER_RANK) for h in headers if h and (f := self.find(h))]
        exact = {column for column, is_exact in ranks if is_exact}
        by_lower = {column for column, _ in ranks} - exact
        return len(exact) + _BY_LOWER * len(by_lower), exact >= self.required

    def require(self, found: HeaderMap, headers: Sequence[str]) -> None:
        """Refuse a file without a required column, naming the column and the headers found.

        Raises:
            FileRefused: HEADER_MISSING.
        """
        missing = [
            c.headers[0] for c in self.source.columns if c.required and c.id not in found.labels
        ]
        items = "items" if set(self.source.item_columns) & set(found.labels) else None
        by_id = self.source.by_id
        for choice in self.source.one_of:
            if not any(column in found.labels or column == items for column in choice):
                names = [by_id[c].headers[0] for c in choice if c in by_id]
                missing.append("或".join(names))
        if missing:
            # A first row without a known header is data, and may name persons.
            is_header = found.matched >= min(2, len(self.source.columns))
            shown = [h for h in headers if h.strip()][:_SHOWN] if is_header else []
            there = "、".join(shown) or "没有认得出的表头"
            note = f"缺少：{'、'.join(missing)}；文件里的表头：{there}"
            for header, unit in found.other_units[:1]:
                note += f"；标题写明单位为{unit}，“{header}”列不能以{unit}为单位，请换算后重新放入"
            raise FileRefused("HEADER_MISSING", note)
