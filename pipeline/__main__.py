"""The command line: python -m pipeline demo | check | template | build | status | list …

Answers go to standard output, everything else to standard error. Exit codes: 0 done; 2 usage;
3 nothing acceptable in a source the build needs; 4 a contract of ours is broken; 5 another build
is running; 6 the disk or a file failed; 7 figures differ too much from the last snapshot.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import pipeline.memory  # noqa: F401  before Polars is loaded

# isort: split
from polars.exceptions import PanicException

from pipeline import geo
from pipeline.console import commands
from pipeline.console.talk import Talk
from pipeline.errors import (
    READING_ZH,
    ContractError,
    PipelineError,
    StorageError,
    UsageError,
    why_zh,
)

RAW = Path("data/raw")
MARTS = Path("data/marts")
INTERRUPTED = 130
STANDARD_OUTPUT = 1

_PHRASES = (
    (r"the following arguments are required: (.*)", r"缺少参数：\1"),
    (r"unrecognized arguments: (.*)", r"不认识的参数：\1"),
    (r"argument (\S+): expected one argument", r"参数 \1 后面要有一个值"),
    (r"argument (\S+): invalid choice: (\S+) \(choose from (.*)\)", r"\2 不可用，可选：\3"),
    (r"argument (\S+): invalid (?:int|float) value: (.*)", r"参数 \1 应为数字，不是 \2"),
    (r"argument (\S+): (.*)", r"参数 \1：\2"),
)


class Help(argparse.HelpFormatter):
    """Help that opens in Chinese."""

    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[argparse._MutuallyExclusiveGroup],
        prefix: str | None = None,
    ) -> None:
        """Write the usage line."""
        super().add_usage(usage, actions, groups, "用法：" if prefix is None else prefix)


class Parser(argparse.ArgumentParser):
    """A parser that speaks Chinese and leaves the exit to `main`."""

    def __init__(self, **options: Any) -> None:
        super().__init__(add_help=False, formatter_class=Help, **options)
        self._positionals.title, self._optionals.title = "参数", "选项"
        self.add_argument("-h", "--help", action="help", help="显示这份说明")

    def error(self, message: str) -> NoReturn:
        """Raise instead of printing and exiting."""
        for pattern, chinese in _PHRASES:
            if match := re.fullmatch(pattern, message):
                message = match.expand(chinese)
                break
        raise UsageError(f"{message}。用法见 {self.prog} --help。")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"“{text}”不是日期，应写成 2025-06-30") from error


def _marts_folder() -> Path:
    return Path(os.environ.get("DASHBOARD_MARTS") or MARTS)


def _add_demo(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--out", type=Path, metavar="DIR", default=RAW, help="写到哪个文件夹（默认 data/raw）"
    )
    parser.add_argument(
        "--cities", metavar="CODES", help="城市代码，逗号分隔（默认 410200,411600,411300）"
    )
    parser.add_argument(
        "--scale", type=float, metavar="F", help="结算数据量，1 为全量（每年数百万条）"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="随机种子")
    parser.add_argument(
        "--from", dest="start", type=_day, metavar="DATE", help="起始日期（默认 2021-01-01）"
    )
    parser.add_argument("--until", type=_day, metavar="DATE", help="截止日期（默认 2025-06-30）")


def _add_check(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("path", type=Path, metavar="PATH", help="要检查的文件夹或文件")
    parser.add_argument(
        "--source", metavar="NAME", help="按哪个来源检查，如 医保结算（默认按文件夹名）"
    )
    parser.add_argument("--reference", type=Path, metavar="DIR", help="自带代码表的文件夹")
    parser.add_argument(
        "--as-of", type=_day, metavar="DATE", help="数据截止日期，晚于它的日期视为错误"
    )


def _add_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--raw", type=Path, metavar="DIR", default=RAW, help="原始文件夹（默认 data/raw）"
    )
    parser.add_argument(
        "--as-of", type=_day, metavar="DATE", help="数据截止日期（默认为数据中最晚的日期）"
    )
    parser.add_argument("--full", action="store_true", help="不用上次的中间结果，全部重算")
    parser.add_argument(
        "--accept-jump", metavar="REASON", help="数字与上次相比变化过大时，写明原因照常发布"
    )


def _add_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", help="快照编号，见 list")


def _add_optional_id(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("id", metavar="ID", nargs="?", help="快照编号（默认为现用快照）")


def _add_indicator(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("indicator", metavar="INDICATOR", nargs="?", help="指标编号或名称")
    parser.add_argument("--all", action="store_true", help="列出全部指标")
    parser.add_argument(
        "--markdown", action="store_true", help="与 --all 同用：输出数据字典（Markdown）"
    )


def _add_template(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("source", metavar="SOURCE", help="来源，如 clinics 或 村卫生室台账")
    parser.add_argument(
        "--out", type=Path, metavar="FILE", help="写到哪个文件（默认为 来源名称_模板.xlsx）"
    )


def _add_nothing(_: argparse.ArgumentParser) -> None:
    return


Command = Callable[[argparse.Namespace, Talk], commands.Answer]
# name, what it does, its own arguments, whether it looks at a marts folder, the function.
COMMANDS: tuple[tuple[str, str, Callable[[argparse.ArgumentParser], None], bool, Command], ...] = (
    ("demo", "生成演示用的原始文件", _add_demo, False, commands.run_demo),
    ("check", "检查文件会采用什么、拒收什么，不写任何文件", _add_check, False, commands.run_check),
    ("build", "读取原始文件，生成并发布快照", _add_build, True, commands.run_build),
    ("status", "现用快照的情况", _add_nothing, True, commands.run_status),
    ("list", "列出快照", _add_nothing, True, commands.run_list),
    ("rollback", "退回较早的快照", _add_id, True, commands.run_rollback),
    ("verify", "校验快照的每个文件", _add_optional_id, True, commands.run_verify),
    ("describe", "说明一个指标，或输出数据字典", _add_indicator, False, commands.run_describe),
    ("template", "生成某个来源的空白填报表", _add_template, False, commands.run_template),
    ("geo", "引入城市的边界和行政区划", geo.add_arguments, False, commands.run_geo),
)


def parser() -> Parser:
    """Build the parser of all commands."""
    top = Parser(prog="python -m pipeline", description="县域医共体运行监测：从原始文件到快照。")
    subparsers = top.add_subparsers(required=True, metavar="命令", parser_class=Parser)
    for name, help_zh, add_arguments, uses_marts, command in COMMANDS:
        sub = subparsers.add_parser(name, help=help_zh, description=help_zh)
        add_arguments(sub)
        if uses_marts:
            sub.add_argument(
                "--marts",
                type=Path,
                metavar="DIR",
                default=_marts_folder(),
                help="快照文件夹（默认 data/marts）",
            )
        sub.add_argument("--json", action="store_true", help="在标准输出给出一个 JSON 对象")
        sub.set_defaults(command=command)
    return top


def _fault_of_ours(error: BaseException) -> PipelineError:
    """Turn an unforeseen exception into a sentence that gives away no value of the data."""
    if isinstance(error, OSError):
        where = f" {error.filename} " if error.filename else ""
        return StorageError(f"读写文件{where}失败：{why_zh(error)}。现用快照不变。")
    if isinstance(error, MemoryError):
        return StorageError("内存不足，现用快照不变。请关闭其他程序，或换内存更大的机器后重试。")
    trace = error.__traceback__
    while trace and trace.tb_next:
        trace = trace.tb_next
    code = trace.tb_frame.f_code if trace else None
    where = f"{Path(code.co_filename).name} {code.co_name}" if code else "?"
    notes = getattr(error, "__notes__", ())
    where += "".join(f"，{note}" for note in notes if note.startswith(READING_ZH))
    return ContractError(
        f"程序出错（{type(error).__name__}，{where}），现用快照不变。"
        "这是程序的缺陷，请报告；设 PIPELINE_DEBUG=1 重新运行可看到详情。"
    )


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    talk = Talk(json="--json" in words)
    try:
        args = parser().parse_args(words)
        talk.answer(args.command(args, talk))
    except PipelineError as error:
        return talk.fail(error.message_zh, error.exit_code)
    except KeyboardInterrupt:
        return talk.fail("已中断，现用快照不变。", INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), STANDARD_OUTPUT)
    except (Exception, PanicException) as error:  # a panic of Polars is no Exception
        if os.environ.get("PIPELINE_DEBUG"):
            raise
        fault = _fault_of_ours(error)
        return talk.fail(fault.message_zh, fault.exit_code)
    return 0


if __name__ == "__main__":
    sys.exit(main())
