"""MySQL and MariaDB through connectorx, which is installed only where it is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl

from pipeline.ingest.databases.declared import DatabaseError

BATCH_ROWS = 50_000
_FAULTS_ZH = {
    "ERROR 1045": "用户名或密码不对",
    "ERROR 1044": "账号没有读取这个库的权限，请联系数据库管理员",
    "ERROR 1142": "账号没有读取这些表的权限，请联系数据库管理员",
    "ERROR 1146": "查询中的表不存在，请核对query",
    "ERROR 1054": "查询中的列不存在，请核对query和watermark",
    "ERROR 1064": "query不是一条可以执行的查询，请核对",
    "Could not connect": "连不上数据库，服务没有启动或地址、端口不对",
}


class _Database:
    """Every statement is a connection of its own: rows may change in between."""

    is_snapshot = False

    def __init__(self, connectorx: Any, uri: str, *, name: str, variable: str) -> None:
        self._connectorx = connectorx
        self._uri = uri
        self._name = name
        self._variable = variable

    def _batches(self, statement: str) -> Iterator[pl.DataFrame]:
        try:
            found = self._connectorx.read_sql(
                self._uri, statement, return_type="arrow_stream", batch_size=BATCH_ROWS
            )
            for batch in found:
                yield pl.DataFrame(pl.from_arrow(batch))
        except (KeyboardInterrupt, SystemExit, GeneratorExit):
            raise
        except BaseException as error:  # a driver's panic is no Exception
            raise DatabaseError(self._name, self._told(str(error))) from None

    def _told(self, error: str) -> str:
        """Say what went wrong in our own words: the driver's may hold the address or values."""
        for sign, sentence in _FAULTS_ZH.items():
            if sign in error:
                return f"{sentence}（地址在环境变量{self._variable}）"
        return "读取途中连接断开或查询出错，请检查数据库后重新运行"

    def header(self, query: str) -> list[str]:
        return next(self._batches(f"SELECT * FROM ({query}) AS q LIMIT 0")).columns  # noqa: S608

    def count(self, statement: str) -> int:
        return int(next(self._batches(statement)).item())

    def texts(self, statement: str) -> Iterator[pl.DataFrame]:
        for frame in self._batches(statement):
            yield frame.cast(pl.String())


@contextmanager
def connected(uri: str, *, name: str, variable: str) -> Iterator[_Database]:
    """Return what reads the database; the first statement connects.

    Raises:
        DatabaseError: the driver is not installed.
    """
    os.environ.setdefault("RUST_LOG", "off")  # the driver's own log names the account
    try:
        import connectorx
    except ImportError:
        raise DatabaseError(
            name, "没有安装MySQL驱动，请运行 pip install -r requirements-mysql.txt"
        ) from None
    yield _Database(connectorx, uri, name=name, variable=variable)
