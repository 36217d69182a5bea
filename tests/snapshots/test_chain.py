"""The chain of the log: a line changed, taken out or put in is noticed by verify."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import snapshots
from pipeline.errors import StorageError
from pipeline.snapshots import publications
from pipeline.snapshots.chain import examine
from tests.snapshots.frames import measured, publish, tables

LOG = "publications.jsonl"
Lines = list[str]


def put(marts: Path, *, times: int = 1) -> str:
    for _ in range(times):
        last = publish(marts, tables(measured(1))).id
    return last


def lines(marts: Path) -> Lines:
    return (marts / LOG).read_text(encoding="utf-8").splitlines()


def write(marts: Path, told: Lines) -> None:
    (marts / LOG).write_text("".join(f"{line}\n" for line in told), encoding="utf-8")


def bare(line: str) -> str:
    """Return a line as it was written before there was a chain."""
    fields = json.loads(line)
    del fields["previous"]
    return json.dumps(fields, ensure_ascii=False, sort_keys=True)


def test_each_line_carries_the_hash_of_the_one_before(tmp_path: Path) -> None:
    put(tmp_path, times=3)
    told = lines(tmp_path)
    hashes = [json.loads(line)["previous"] for line in told]
    assert hashes == [None, *(hashlib.sha256(line.encode()).hexdigest() for line in told[:2])]
    chain, proof = snapshots.verify_log(tmp_path)
    assert (chain.lines, chain.unproved) == (3, 0)
    assert proof == "发布记录 3 行前后相接。"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda told: [told[0], *told[2:]], "第 1 行与第 2 行接不上"),
        (lambda told: told[1:], "第 1 行之前缺少记录"),
        (lambda told: [told[0], told[2], told[1], told[3]], "第 1 行与第 2 行接不上"),
        (lambda told: [*told[:2], told[1], *told[2:]], "第 2 行与第 3 行接不上"),
        (lambda told: [told[0].replace('"build"', '"rollback"'), *told[1:]], "第 1 行与第 2 行"),
        (lambda told: [*told[:2], bare(told[2]), told[3]], "第 2 行与第 3 行接不上"),
    ],
    ids=["taken out", "first taken out", "swapped", "doubled", "changed", "hash taken away"],
)
def test_a_line_that_was_tampered_with_is_noticed(
    tmp_path: Path, change: Callable[[Lines], Lines], message: str
) -> None:
    put(tmp_path, times=4)
    write(tmp_path, change(lines(tmp_path)))
    with pytest.raises(StorageError, match="被删改过") as refused:
        snapshots.verify_log(tmp_path)
    assert message in refused.value.message_zh
    assert "从备份恢复" in refused.value.message_zh


def test_lines_from_before_the_chain_still_verify_with_a_note(tmp_path: Path) -> None:
    put(tmp_path, times=2)
    write(tmp_path, [bare(line) for line in lines(tmp_path)])
    assert snapshots.verify_log(tmp_path)[1] == (
        "发布记录 2 行，都是早期记录，没有校验码，无法核对。"
    )
    put(tmp_path)
    assert snapshots.verify_log(tmp_path)[1] == "发布记录 3 行前后相接；最早的 2 行没有校验码。"
    told = lines(tmp_path)
    write(tmp_path, [told[0], told[1].replace('"build"', '"rollback"'), told[2]])
    with pytest.raises(StorageError, match="第 2 行与第 3 行接不上"):
        snapshots.verify_log(tmp_path)


def test_the_last_line_taken_out_shows_against_what_is_in_force(tmp_path: Path) -> None:
    put(tmp_path, times=3)
    write(tmp_path, lines(tmp_path)[:2])
    proof = snapshots.verify_log(tmp_path)[1]
    assert proof.startswith("发布记录 2 行前后相接。最后一行不是现用快照")


def test_without_a_snapshot_in_force_the_chain_is_followed_all_the_same(tmp_path: Path) -> None:
    put(tmp_path, times=2)
    (tmp_path / "CURRENT").unlink()
    assert snapshots.verify_log(tmp_path)[1] == "发布记录 2 行前后相接。"


def test_a_torn_line_breaks_no_chain(tmp_path: Path) -> None:
    put(tmp_path)
    with (tmp_path / LOG).open("a") as log:
        log.write('{"action": "bui')
    last = put(tmp_path)
    chain = examine(tmp_path)
    assert (chain.lines, chain.faults_zh, chain.last) == (3, (), last)
    assert len(publications.recorded(tmp_path)) == 2


def test_a_folder_without_a_log_says_so(tmp_path: Path) -> None:
    put(tmp_path)
    (tmp_path / LOG).unlink()
    assert snapshots.verify_log(tmp_path)[1] == "没有发布记录，下次发布时补记。"


def test_a_log_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    put(tmp_path)
    (tmp_path / LOG).unlink()
    (tmp_path / LOG).mkdir()
    with pytest.raises(StorageError, match="读不出来"):
        snapshots.verify_log(tmp_path)
