"""The command line: answers, sentences, exit codes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline import build as plan
from pipeline import snapshots
from pipeline.catalog import catalogue
from tests.build.fakes import AS_OF, GOOD, FakeIntake, a_raw_folder, plans, rejected_row

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def published(tmp_path: Path) -> list[snapshots.Snapshot]:
    """Publish two snapshots."""
    made = []
    for value in (1, 2):
        provenance = snapshots.describe(as_of=AS_OF, demonstration=True)
        with snapshots.lock(tmp_path / "marts") as held:
            table = pl.DataFrame({"value": [value]})
            made.append(snapshots.publish(held, [("areas", table)], provenance))
    return made


def answer(capsys: Capture) -> dict[str, Any]:
    """Return the one object on standard output."""
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    parsed = json.loads(out)
    assert isinstance(parsed, dict)
    return parsed


def test_build_tells_files_on_standard_error_and_the_snapshot_on_standard_output(
    run: Callable[..., int], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    a_raw_folder(tmp_path / "raw")
    intake = FakeIntake(files=list(GOOD), rejected_rows=[rejected_row(0, 7)])
    monkeypatch.setattr(plan, "take_in", lambda *_, **__: intake)
    monkeypatch.setattr(plan, "build_marts", lambda *_, **__: plans())
    (tmp_path / "marts").mkdir()
    (tmp_path / "marts" / ".lock").write_text('{"pid": 77}')
    assert run("build", "--raw", "raw") == 0
    said = capsys.readouterr()
    assert "已发布：快照 0001-" in said.out
    assert "settlements/a.csv：读入 10 = 采用 10" in said.err
    assert "第7行“结算日期”不是日期。" in said.err
    assert "进程 77" in said.err
    assert run("build", "--raw", "raw", "--json", "--as-of", "2025-06-30", "--full") == 0
    assert answer(capsys)["totals"]["rows_read"] == 20


def checked(*, rows: int) -> dict[str, Any]:
    """Return what a check of one file with refused rows gives, the last of them a duplicate."""
    file = {
        "file": "clinics/a.csv",
        "source": "clinics",
        "read": 10,
        "accepted": 10 - rows,
        "duplicates": min(rows, 1),
        "rejected": [
            {
                "reason": "BAD_NUMBER",
                "message_zh": f"第{row}行错。",
                "detail": "2人" if row == 1 else None,
            }
            for row in range(rows)
        ],
        "file_reject": None if rows else "CORRUPT",
        "message": None if rows else "坏。",
        "warnings": ["REGION_STALE"] if rows else [],
    }
    return {"files": [file], "not_read": ["loose.csv"] if rows == 7 else []}


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (0, ["读入 10 = 采用 10 + 拒收 0 + 重复 0", "  坏。", "1 个整份不可用"]),
        (
            2,
            [
                "拒收 1 + 重复 1；提示：区划代码已停用，按现行代码统计",
                "  第0行错。",
                "  第1行错。填的是：2人",
                "0 个整份",
            ],
        ),
        (
            7,
            [
                "拒收 6 + 重复 1",
                *[f"第{row}行错" for row in range(5)],
                "共 7 行",
                "没有读取：loose.csv",
                "没有写入",
            ],
        ),
    ],
)
def test_check_tells_each_file(
    run: Callable[..., int],
    monkeypatch: pytest.MonkeyPatch,
    capsys: Capture,
    rows: int,
    said: list[str],
) -> None:
    asked: dict[str, Any] = {}

    def check(path: Path, **options: Any) -> dict[str, Any]:
        asked.update(options, path=path)
        return checked(rows=rows)

    monkeypatch.setattr("pipeline.checking.check", check)
    assert run("check", "a.csv", "--source", "clinics", "--as-of", "2025-06-30") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(said)
    assert all(part in line for part, line in zip(said, lines, strict=True))
    assert (asked["path"], asked["source"], asked["reference"]) == (Path("a.csv"), "clinics", None)
    assert asked["as_of"] == date(2025, 6, 30)
    run("check", "a.csv", "--json")
    assert answer(capsys) == checked(rows=rows)


def test_status_describes_the_snapshot_in_force(
    run: Callable[..., int], published: list[snapshots.Snapshot], capsys: Capture
) -> None:
    assert run("status") == 0
    assert f"现用快照 {published[1].id}" in capsys.readouterr().out
    assert run("status", "--json") == 0
    assert answer(capsys)["marts"] == {"areas": 1}


def test_status_tells_of_a_build_that_was_cut_off_or_is_running(
    run: Callable[..., int],
    published: list[snapshots.Snapshot],
    tmp_path: Path,
    capsys: Capture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "marts" / ".lock").write_text('{"pid": 4194399, "doing": "build"}')
    run("status")
    assert "中途被中断" in capsys.readouterr().out
    with snapshots.lock(tmp_path / "marts"):
        run("status")
    assert "正在进行" in capsys.readouterr().out

    def somebody_elses(*_: int) -> None:
        raise PermissionError

    (tmp_path / "marts" / ".lock").write_text('{"pid": 1}')
    monkeypatch.setattr("os.kill", somebody_elses)
    run("status")
    assert "正在进行" in capsys.readouterr().out
    (tmp_path / "marts" / ".lock").write_text("?")
    run("status")
    assert "中途被中断" in capsys.readouterr().out


def test_status_without_a_snapshot_says_what_to_do(
    run: Callable[..., int], capsys: Capture
) -> None:
    assert run("status", "--json") == 6
    said = capsys.readouterr()
    assert json.loads(said.out)["exit_code"] == 6
    assert "python -m pipeline build" in said.err


def test_list_marks_the_snapshot_in_force_and_shows_damage(
    run: Callable[..., int], published: list[snapshots.Snapshot], capsys: Capture
) -> None:
    (published[0].path / "manifest.json").unlink()
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(f"* 快照 {published[1].id}")
    assert "读不出来" in lines[1]
    run("list", "--json")
    assert [line["is_current"] for line in answer(capsys)["snapshots"]] == [True, False]


def test_an_empty_list_says_so(run: Callable[..., int], capsys: Capture) -> None:
    assert run("list") == 0
    assert "还没有发布过快照" in capsys.readouterr().out


def test_rollback_and_verify(
    run: Callable[..., int], published: list[snapshots.Snapshot], capsys: Capture
) -> None:
    first = published[0]
    assert run("rollback", first.id) == 0
    assert run("verify") == 0
    assert f"校验通过：1 个文件与发布时一致。快照 {first.id}" in capsys.readouterr().out
    mart = first.path / "areas.parquet"
    content = bytearray(mart.read_bytes())
    content[len(content) // 2] ^= 4
    mart.chmod(0o644)
    mart.write_bytes(content)
    assert run("verify") == 6
    assert "areas.parquet" in capsys.readouterr().err
    assert run("verify", published[1].id, "--json") == 0
    assert answer(capsys)["intact"] is True
    assert run("rollback", "0009-00000000") == 2


def test_verify_follows_the_log_of_publications(
    run: Callable[..., int],
    published: list[snapshots.Snapshot],
    tmp_path: Path,
    capsys: Capture,
) -> None:
    assert run("verify", "--json") == 0
    told = answer(capsys)["log"]
    assert told == {"lines": 2, "unproved": 0, "message": "发布记录 2 行前后相接。"}
    log = tmp_path / "marts" / "publications.jsonl"
    log.write_text("".join(log.read_text().splitlines(keepends=True)[1:]))
    assert run("verify") == 6
    assert "发布记录" in capsys.readouterr().err
    assert published[0].path.is_dir()


def test_another_writer_is_exit_code_5(
    run: Callable[..., int], published: list[snapshots.Snapshot], tmp_path: Path
) -> None:
    with snapshots.lock(tmp_path / "marts"):
        assert run("rollback", published[0].id) == 5


def test_describe_answers_to_id_and_name_with_the_target_in_percent(
    run: Callable[..., int], capsys: Capture
) -> None:
    assert run("describe", "three_device_coverage") == 0
    by_id = capsys.readouterr().out
    assert "计算：三大件齐全在用的基层机构数（centres_with_three_devices） ÷ 乡镇卫生院" in by_id
    assert "目标：100.0%" in by_id
    assert run("describe", "三大件覆盖率") == 0
    assert capsys.readouterr().out == by_id
    run("describe", "三大件覆盖率", "--json")
    assert answer(capsys)["id"] == "three_device_coverage"


@pytest.mark.parametrize("indicator", catalogue().indicators)
def test_every_indicator_can_be_described(
    run: Callable[..., int], indicator: str, capsys: Capture
) -> None:
    assert run("describe", indicator) == 0
    assert "定义：" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wanted", "said"), [("contract_rat", "contract_rate"), ("天气", "可用的有")]
)
def test_an_unknown_indicator_is_met_with_near_ones(
    run: Callable[..., int], wanted: str, said: str, capsys: Capture
) -> None:
    assert run("describe", wanted) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["describe"], "缺少参数：INDICATOR"),
        ([], "缺少参数：命令"),
        (["lsit"], "lsit"),
        (["list", "--m=x", "--json=1"], "参数 --json"),
        (["list", "--fast"], "不认识的参数：--fast"),
        (["build", "--raw"], "参数 --raw 后面要有一个值"),
        (["demo", "--scale", "big"], "参数 --scale 应为数字，不是 'big'"),
        (["build", "--as-of", "30.6.2025"], "“30.6.2025”不是日期"),
    ],
)
def test_a_mistyped_command_is_exit_code_2_in_chinese(
    run: Callable[..., int], words: list[str], said: str, capsys: Capture
) -> None:
    assert run(*words) == 2
    assert said in capsys.readouterr().err


def test_help_lists_the_commands(run: Callable[..., int], capsys: Capture) -> None:
    with pytest.raises(SystemExit) as done:
        run("--help")
    assert done.value.code == 0
    told = capsys.readouterr().out
    assert "rollback" in told
    assert told.startswith("用法：")
    assert "options" not in told
