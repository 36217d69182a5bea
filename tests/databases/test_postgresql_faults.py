"""What an operator is told when a PostgreSQL source cannot be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from pipeline.ingest.databases import postgresql as reader
from pipeline.ingest.databases.declared import DatabaseError
from tests.staging.rawfiles import HEADER

from .conftest import PASSWORD, Execute
from .hospital import DECLARED, VARIABLE, filled, raw, take, uri

__all__ = ["filled", "raw", "uri"]


def fault(raw: Path, data: Path) -> str:
    with pytest.raises(DatabaseError) as error:
        take(raw, data)
    message = error.value.message_zh
    assert message.startswith("数据库来源settlements/410200_医保库.toml：")
    assert message.endswith("没有发布，现用快照不变。")
    assert PASSWORD not in message
    assert "127.0.0.1" not in message
    assert error.value.exit_code == 3
    return message


def test_a_server_that_does_not_answer_or_let_us_in_is_said(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uri: str
) -> None:
    monkeypatch.setenv(VARIABLE, uri.replace(PASSWORD, "wrong"))
    assert "用户名或密码不对" in fault(raw, tmp_path)
    monkeypatch.setenv(VARIABLE, "postgresql://postgres@127.0.0.1:1/postgres")
    assert "连不上数据库" in fault(raw, tmp_path)
    monkeypatch.setenv(VARIABLE, " ")
    assert f"没有设置环境变量{VARIABLE}" in fault(raw, tmp_path)


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ("SELECT * FROM nowhere", "表不存在"),
        ("SELECT nothing FROM setl", "列不存在"),
        ("SELEC * FROM setl", "不是一条可以执行的查询"),
        ("WITH d AS (DELETE FROM setl RETURNING *) SELECT * FROM d", "不是一条可以执行的查询"),
        ("SELECT *, 1 / (char_length(结算ID) - 2) AS x, 1 / 0 AS y FROM setl", "22012"),
        ("SELECT * FROM setl WHERE false", "没有返回任何行"),
        ("SELECT 结算ID, updt_time FROM setl", "缺少必需的列"),
        (f"SELECT {HEADER} FROM setl", "没有watermark所写的“updt_time”列"),
    ],
)
def test_a_query_that_does_not_serve_is_said(
    filled: Execute, raw: Path, tmp_path: Path, query: str, says: str
) -> None:
    declared = DECLARED.replace("SELECT * FROM setl;", query)
    (raw / "settlements" / "410200_医保库.toml").write_text(declared)
    assert says in fault(raw, tmp_path)


def test_a_connection_that_breaks_halfway_leaves_nothing_of_what_came(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # More than the buffers on the way can hold.
    declared = DECLARED.replace("*", "*, repeat('长', 1500) AS 乡镇")
    (raw / "settlements" / "410200_医保库.toml").write_text(declared)
    take(raw, tmp_path)
    before = sorted(path.name for path in (tmp_path / "staged").rglob("*.parquet"))
    filled(
        "INSERT INTO setl SELECT 'G' || i, 'P' || i, '张', '410225', 'T1', '21', "
        "'2025-04-01', 1, '0', '2025-05-01' FROM generate_series(1, 6000) i"
    )
    monkeypatch.setattr(reader, "BATCH_BYTES", 1 << 18)
    texts = reader._Database.texts

    def broken(self: reader._Database, query: str) -> Any:
        for at, frame in enumerate(texts(self, query)):
            if at == 2:
                filled(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE pid <> pg_backend_pid() AND query LIKE 'COPY%'"
                )
            yield frame

    monkeypatch.setattr(reader._Database, "texts", broken)
    assert "连接断开" in fault(raw, tmp_path)
    assert sorted(path.name for path in (tmp_path / "staged").rglob("*.parquet")) == before


def test_fewer_rows_than_were_counted_stop_the_run(
    filled: Execute, raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader._Database, "count", lambda *_: 5)
    assert "行数不符" in fault(raw, tmp_path)
