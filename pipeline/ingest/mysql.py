"""MySQL and MariaDB through connectorx, which is installed only where it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl

from pipeline.ingest.database import DatabaseError

BATCH_ROWS = 50_000
_FAULTS_ZH = {
    "ERROR 1045": "用户名或密码不对，请核对环境变量",
    "ERROR 1044": "账号没有读取这个库的权限，请联系数据库管理员",
    "ERROR 1142": "账号没有读取这些表的权限，请联系数据库管理员",
    "ERROR 1146": "查询中的表不存在，请核对query",
    "ERROR 1054": "查询中的列不存在，请核对query和watermark",
    "ERROR 1064": "query不是一条可以执行的查询，请核对",
}


class _Database:
    """Every statement is a connection of its own: rows may change in between."""

    is_snapshot = False

    def __init__(self, connectorx: Any, uri: str, *, name: str) -> None:
        self._connectorx = connectorx
        self._uri = uri
        self._name = name

    def _batches(self, statement: str) -> Iterator[pl.DataFrame]:
        try:
            found = self._connectorx.read_sql(
                self._uri, statement, return_type="arrow_stream", batch_size=BATCH_ROWS
            )
            for batch in found:
                yield pl.DataFrame(pl.from_arrow(batch))
        except (RuntimeError, OSError, ValueError) as error:
            raise DatabaseError(self._name, _told(str(error))) from None

    def header(self, query: str) -> list[str]:
        """Return the columns of a query; one without rows has none to show."""
        first = f"SELECT * FROM ({query}) AS q LIMIT 1"  # noqa: S608
        return next((frame.columns for frame in self._batches(first)), [])

    def count(self, statement: str) -> int:
        return int(next(self._batches(statement)).item())

    def texts(self, statement: str) -> Iterator[pl.DataFrame]:
        for frame in self._batches(statement):
            yield frame.cast(pl.String())


def _told(error: str) -> str:
    """Say what went wrong in our own words: the driver's may hold the address or values."""
    for code, sentence in _FAULTS_ZH.items():
        if code in error:
            return sentence
    if "timed out" in error or "onnect" in error:
        return "连不上数据库或连接断开，请检查数据库和环境变量后重新运行"
    return "数据库没有完成查询，请核对query"


@contextmanager
def connected(uri: str, *, name: str, variable: str) -> Iterator[_Database]:
    """Return what reads the database; the first statement connects.

    Raises:
        DatabaseError: the driver is not installed.
    """
    try:
        import connectorx
    except ImportError:
        raise DatabaseError(
            name, "没有安装MySQL驱动，请运行 pip install -r requirements-mysql.txt"
        ) from None
    yield _Database(connectorx, uri, name=name)
