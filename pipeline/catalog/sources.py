"""Load the sources: canonical columns, accepted headers, code sets; an unknown key is an error."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, Literal, get_args

from pipeline.catalog import HERE, Counter, catalogue, read_toml, strict
from pipeline.errors import CatalogueError, UsageError

ColumnType = Literal[
    "text",
    "code",
    "date",
    "month",
    "integer",
    "decimal",
    "money",
    "fraction",
    "flag",
    "enum",
    "ignored",
]

SOURCE_IDS = (
    "settlements",
    "referrals",
    "clinics",
    "equipment",
    "contracts",
    "institutions",
    "population",
    "income",
    "activity",
    "targets",
)


# Sheets of our templates that explain; they name headers and yet hold no data.
EXPLANATIONS, CODES = "填写说明", "可用编号"
# What a counter counts, as people write it behind the number.
UNITS_ZH = {
    "cases": "例",
    "centres": "家",
    "clinics": "所",
    "count": "个",
    "fen": "元",
    "items": "项",
    "minutes": "分钟",
    "persons": "人",
    "sessions": "场次",
    "teams": "个",
    "visits": "人次",
}


@lru_cache(maxsize=65_536)
def normalised(text: str) -> str:
    """Fold a header or a code word: NFKC, lower case, no blanks, no invisible characters."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) != "Cf")


@dataclass(frozen=True, kw_only=True)
class SourceColumn:
    """A canonical column and what raw files may call it.

    `values` gives, for an enum, the canonical value and the words that mean it; `otherwise` the
    value of any other word (without it an unknown word refuses the row). `blanks` are words that
    mean "no value". `ten_thousand_headers` carry the same money in 万元; `document_headers`, some
    of the `headers`, hold documents, whose eighteen digits are an identity number. `personal`
    values are never written: "drop" leaves the column unread, "hash" replaces it by a keyed hash.
    `unit_zh` may stand behind a number in its cell. It and `note_zh` are told to whoever fills in
    the template. Of a date people may know no more than the month or year (`coarsest`); its first
    day stands for it. The text of an `is_verbatim` column is kept as it stands: what it means,
    another column of the row says.
    """

    id: str
    headers: tuple[str, ...]
    type: ColumnType
    required: bool = False
    personal: Literal["drop", "hash"] | None = None
    values: dict[str, list[str]] = field(default_factory=dict)
    otherwise: str | None = None
    blanks: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    ten_thousand_headers: tuple[str, ...] = ()
    document_headers: tuple[str, ...] = ()
    unit_zh: str = ""
    note_zh: str = ""
    is_verbatim: bool = False
    coarsest: Literal["day", "month", "year"] = "day"

    @property
    def is_read(self) -> bool:
        """Say whether the column's values are read at all."""
        return self.type != "ignored" and self.personal != "drop"

    @property
    def words(self) -> dict[str, str]:
        """Map every accepted word, normalised and in capitals, to its canonical value."""
        return {
            normalised(word).upper(): value
            for value, words in self.values.items()
            for word in words
        }


@dataclass(frozen=True, kw_only=True)
class Source:
    """A kind of raw file: its columns in the order in which faults are reported.

    Rows from a database count by the month of `database_month_column`, each like a monthly file.
    """

    id: str
    name_zh: str
    kind: Literal["events", "registry", "table"]
    key: tuple[str, ...]
    columns: tuple[SourceColumn, ...]
    extract_column: str | None = None
    month_column: str | None = None
    database_month_column: str | None = None
    item_columns: tuple[str, ...] = ()
    one_of: tuple[tuple[str, ...], ...] = ()
    vocabulary: dict[str, dict[str, list[str]]] = field(default_factory=dict)

    @property
    def by_id(self) -> dict[str, SourceColumn]:
        """Return the columns by id."""
        return {column.id: column for column in self.columns}

    @property
    def read_columns(self) -> tuple[SourceColumn, ...]:
        """Return the columns whose values are read."""
        return tuple(column for column in self.columns if column.is_read)


def _repeated(block: dict[str, Any], *, where: str) -> list[SourceColumn]:
    """Expand the columns under each group of a two-row header: `group.column`, 上层/下层."""
    return [
        strict(
            SourceColumn,
            column
            | {
                "id": f"{group}.{column['id']}",
                "headers": [f"{word}/{header}" for word in words for header in column["headers"]],
            },
            where=where,
        )
        for group, words in block["groups"].items()
        for column in block["column"]
    ]


def parts_of_wholes(source: str) -> list[tuple[str, str]]:
    """Return the counters of a source of which the first counts some of the second: each share."""
    counters = catalogue().counters
    shares = (i for i in catalogue().indicators.values() if i.form == "proportion")
    pairs = {(i.numerator, str(i.denominator)) for i in shares}
    return sorted(pair for pair in pairs if all(counters[part].source == source for part in pair))


def _item_column(counter: Counter) -> SourceColumn:
    """Make the column of a monthly report that carries a counter."""
    counters, pairs = catalogue().counters, parts_of_wholes(counter.source)
    wholes = [counters[whole].name_zh for part, whole in pairs if part == counter.id]
    if counter.unit == "fen":
        return SourceColumn(
            id=counter.id,
            headers=(f"{counter.name_zh}(元)",),
            ten_thousand_headers=(f"{counter.name_zh}(万元)",),
            type="money",
            unit_zh=UNITS_ZH["fen"],
        )
    return SourceColumn(
        id=counter.id,
        headers=(counter.name_zh,),
        type="integer",
        minimum=0,
        unit_zh=UNITS_ZH.get(counter.unit, ""),
        note_zh=f"不大于{'、'.join(wholes)}" if wholes else "",
    )


def _check(source: Source) -> None:
    ids = [column.id for column in source.columns]
    headers = [normalised(h) for c in source.columns for h in (*c.headers, *c.ten_thousand_headers)]
    wrong = {
        "编号重复": sorted({i for i in ids if ids.count(i) > 1}),
        "表头重复": sorted({h for h in headers if headers.count(h) > 1}),
        "类型不明": sorted(c.id for c in source.columns if c.type not in get_args(ColumnType)),
        "没有词表": sorted(c.id for c in source.columns if c.type == "enum" and not c.values),
        "词语重复": sorted(c.id for c in source.columns if _repeats(c)),
    }
    if found := {what: where for what, where in wrong.items() if where}:
        raise CatalogueError(f"数据源{source.id}的声明有误：{found}。")


def _repeats(column: SourceColumn) -> bool:
    return len(column.words) != sum(len(words) for words in column.values.values())


def load_source(path: Path) -> Source:
    """Load and check one source; the columns of repeated groups and counters are spelled out."""
    block = read_toml(path)
    where = path.name
    columns = [strict(SourceColumn, c, where=where) for c in block.pop("column", [])]
    if repeat := block.pop("repeat", None):
        columns += _repeated(repeat, where=where)
    items: list[SourceColumn] = []
    if source_of_counters := block.pop("counters", None):
        counters = catalogue().counters.values()
        items = [_item_column(c) for c in counters if c.source == source_of_counters]
    block["one_of"] = [tuple(ids) for ids in block.get("one_of", [])]
    source = strict(
        Source,
        block | {"columns": [*columns, *items], "item_columns": [c.id for c in items]},
        where=where,
    )
    _check(source)
    return source


@cache
def sources(folder: Path = HERE / "sources") -> dict[str, Source]:
    """Return the committed sources by id, in the order in which they are staged."""
    return {name: load_source(folder / f"{name}.toml") for name in SOURCE_IDS}


def sources_zh() -> str:
    """Name all sources, for whoever has to choose one."""
    return "、".join(f"{source.id}（{source.name_zh}）" for source in sources().values())


def source_called(wanted: str) -> Source:
    """Find a source by its id or its Chinese name.

    Raises:
        UsageError: there is none.
    """
    name = wanted.strip().lower()
    for source in sources().values():
        if name in (source.id, source.name_zh):
            return source
    raise UsageError(f"没有数据源“{wanted}”。可用的有：{sources_zh()}。")
