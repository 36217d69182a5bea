"""A query to a database as a source: its declaration, its SQL, its faults; no secret in any file.

The declaration is a TOML file in the source's raw folder. It names the environment variable that
holds the address; neither the address nor a part of it is written or said anywhere.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Protocol, get_args

import polars as pl

from pipeline.errors import SourceError

Kind = Literal["postgresql", "mysql"]
SUFFIX = ".toml"
WATERMARK = "_watermark"
_KEYS = {"kind", "uri_variable", "query", "watermark"}
_SAFE_VALUE = re.compile(r"[0-9A-Za-z:.+\- ]+")


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """Where rows come from: the kind of database, the variable with its address, the query.

    `watermark` names a column of the query that only grows: with it a build fetches only what is
    new.
    """

    kind: Kind
    uri_variable: str
    query: str
    watermark: str | None = None


class Connection(Protocol):
    """A database that is read: the columns of a query, the number of its rows, the rows.

    `is_snapshot`: every statement sees the database as it was at the first one.
    """

    is_snapshot: bool

    def header(self, query: str) -> list[str]:
        """Return the columns of a query."""

    def count(self, statement: str) -> int:
        """Return the one number that a statement gives."""

    def texts(self, statement: str) -> Iterator[pl.DataFrame]:
        """Return the rows of a statement in batches; every column is text."""


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """How a kind of database writes what we ask."""

    quote: str
    text: str
    nulls_first: str

    def name(self, column: str) -> str:
        """Quote the name of a column."""
        return f"{self.quote}{column.replace(self.quote, self.quote * 2)}{self.quote}"


DIALECTS: dict[Kind, Dialect] = {
    "postgresql": Dialect(quote='"', text="text", nulls_first=" NULLS FIRST"),
    "mysql": Dialect(quote="`", text="char", nulls_first=""),
}


class DatabaseError(SourceError):
    """A declared database cannot be read; the build stops, the snapshot in force stays."""

    def __init__(self, name: str, what_zh: str) -> None:
        super().__init__(f"数据库来源{name}：{what_zh}。没有发布，现用快照不变。")


def load_declaration(path: Path, *, name: str) -> Declaration:
    """Load the declaration of a database.

    Raises:
        DatabaseError: it is no TOML, a key is unknown or missing, or the kind is not known.
    """
    try:
        block: dict[str, Any] = tomllib.loads(path.read_text("utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DatabaseError(name, "声明文件读不出来，请按数据来源说明改写") from error
    unknown = sorted(set(block) - _KEYS)
    missing = sorted({"kind", "uri_variable", "query"} - set(block))
    if unknown or missing or not all(isinstance(value, str) for value in block.values()):
        raise DatabaseError(
            name,
            f"声明文件多出{'、'.join(unknown) or '无'}，缺少{'、'.join(missing) or '无'}，"
            "各项都应是加引号的文字",
        )
    if block["kind"] not in get_args(Kind):
        raise DatabaseError(name, f"kind应为{'或'.join(get_args(Kind))}")
    return Declaration(**block | {"query": block["query"].strip().rstrip(";")})


def address(declaration: Declaration, *, name: str) -> str:
    """Return the address that the declared variable holds.

    Raises:
        DatabaseError: the variable is not set.
    """
    uri = os.environ.get(declaration.uri_variable, "").strip()
    if not uri:
        raise DatabaseError(name, f"没有设置环境变量{declaration.uri_variable}，请写入数据库地址")
    return uri


def count_statement(declaration: Declaration) -> str:
    """Return the statement that counts the rows of the query."""
    return f"SELECT count(*) AS n FROM ({declaration.query}) AS q"  # noqa: S608


def rows_statement(
    declaration: Declaration, columns: Sequence[str], *, since: str | None = None
) -> str:
    """Return the statement that fetches columns as text, in an order that does not vary.

    The columns are called c0, c1, …, and the watermark, if there is one, stands behind them. Rows
    come by watermark, then by what they say. `since` leaves out what is below that watermark.
    """
    dialect = DIALECTS[declaration.kind]
    fields = [f"q.{dialect.name(column)}" for column in columns]
    named = [f"CAST({field} AS {dialect.text}) AS c{at}" for at, field in enumerate(fields)]
    order = [str(at) for at in range(1, len(fields) + 1)]
    where = ""
    if declaration.watermark is not None:
        mark = f"q.{dialect.name(declaration.watermark)}"
        named.append(f"CAST({mark} AS {dialect.text}) AS {WATERMARK}")
        order.insert(0, f"{mark}{dialect.nulls_first}")
        where = f" WHERE {mark} >= '{since}'" if since is not None else ""
    return (
        f"SELECT {', '.join(named)} FROM ({declaration.query}) AS q{where} "  # noqa: S608
        f"ORDER BY {', '.join(order)}"
    )


def is_safe_mark(mark: str | None) -> bool:
    """Say whether a watermark can stand in a statement: a number, a date, a time, a plain word."""
    return mark is not None and _SAFE_VALUE.fullmatch(mark) is not None
