"""PostgreSQL through ADBC: one read-only transaction, rows in Arrow batches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import polars as pl
from adbc_driver_manager import Error
from adbc_driver_postgresql import StatementOptions, dbapi

from pipeline.ingest.databases.declared import DatabaseError

BATCH_BYTES = 8 << 20
_BEGIN = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"
_FAULTS_ZH = {
    "42P01": "查询中的表不存在，请核对query",
    "42703": "查询中的列不存在，请核对query和watermark",
    "42501": "账号没有读取这些表的权限，请联系数据库管理员",
    "42601": "query不是一条可以执行的查询，请核对",
    "0A000": "query不是一条可以执行的查询，请核对",
    "25006": "query要改动数据，只能是查询",
}
_REFUSED_PASSWORD = ("password authentication failed", "28P01", "认证失败")


class _Database:
    is_snapshot = True

    def __init__(self, connection: Any, *, name: str) -> None:
        self._cursor = connection.cursor()
        self._cursor.adbc_statement.set_options(
            **{StatementOptions.BATCH_SIZE_HINT_BYTES.value: str(BATCH_BYTES)}
        )
        self._name = name

    def _executed(self, statement: str) -> Any:
        try:
            self._cursor.execute(statement)
        except (Error, OSError) as error:
            raise _fault(error, name=self._name) from None
        return self._cursor

    def begin(self) -> None:
        self._executed(_BEGIN)

    def header(self, query: str) -> list[str]:
        cursor = self._executed(f"SELECT * FROM ({query}) AS q LIMIT 0")  # noqa: S608
        return [str(column[0]) for column in cursor.description]

    def count(self, statement: str) -> int:
        return int(self._executed(statement).fetchone()[0])

    def texts(self, statement: str) -> Iterator[pl.DataFrame]:
        try:
            for batch in self._executed(statement).fetch_record_batch():
                yield pl.DataFrame(pl.from_arrow(batch)).cast(pl.String())
        except (Error, OSError) as error:
            raise _fault(error, name=self._name) from None


def _fault(error: BaseException, *, name: str) -> DatabaseError:
    """Say what went wrong in our own words: the server's may hold the address or values."""
    state = getattr(error, "sqlstate", None)
    told = _FAULTS_ZH.get(state or "")
    if told is None and state:
        told = f"数据库没有完成查询（错误代码{state}），请核对query"
    return DatabaseError(name, told or "读取途中连接断开或查询出错，请检查数据库后重新运行")


@contextmanager
def connected(uri: str, *, name: str, variable: str) -> Iterator[_Database]:
    """Connect for the length of one read-only transaction.

    Raises:
        DatabaseError: the database does not answer or does not let us in.
    """
    try:
        connection = dbapi.connect(uri)
    except (Error, OSError) as error:
        is_password = any(sign in str(error) for sign in _REFUSED_PASSWORD)
        told = "用户名或密码不对" if is_password else "连不上数据库，服务没有启动或地址、端口不对"
        raise DatabaseError(name, f"{told}，请核对环境变量{variable}") from None
    try:
        database = _Database(connection, name=name)
        database.begin()
        yield database
    finally:
        connection.close()
