"""Faults a user can meet: what, where and what to do, in Chinese; one exit code a family."""

from __future__ import annotations

import errno

_WHY_ZH = {
    errno.ENOSPC: "磁盘已满",
    errno.EDQUOT: "超出磁盘配额",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EROFS: "磁盘只读",
    errno.ENOENT: "路径不存在",
    errno.ENOTDIR: "路径不是文件夹",
    errno.EISDIR: "路径是文件夹",
    errno.EIO: "磁盘读写出错",
    errno.EMFILE: "同时打开的文件过多",
    errno.ENAMETOOLONG: "文件名过长",
}


# How a note begins that says which files an unforeseen fault befell; others' notes are not shown.
READING_ZH = "正在读取"


def why_zh(error: OSError) -> str:
    """Say why the system failed; what has no Chinese words here keeps the system's own."""
    return _WHY_ZH.get(error.errno or 0) or error.strerror or str(error)


class PipelineError(Exception):
    """A fault with a sentence for the user; the command line prints it without a traceback."""

    exit_code = 6

    def __init__(self, message_zh: str) -> None:
        super().__init__(message_zh)
        self.message_zh = message_zh


class UsageError(PipelineError):
    """The command was called with something that cannot be."""

    exit_code = 2


class SourceError(PipelineError):
    """A source the build needs has nothing acceptable."""

    exit_code = 3


class ContractError(PipelineError):
    """A table broke its own contract, or the catalogue its rules: a fault of ours."""

    exit_code = 4


class CatalogueError(ContractError):
    """A declaration in the catalogue is wrong."""


class MethodError(ContractError):
    """A statistic was asked of numbers that cannot have one."""


class BusyError(PipelineError):
    """Another build is running."""

    exit_code = 5


class StorageError(PipelineError):
    """The disk or a file failed, or a published file is not what was published."""

    exit_code = 6


class MachineError(StorageError):
    """The computer lacks what the work takes: memory, processes, threads."""

    def __init__(self, what_zh: str) -> None:
        super().__init__(
            f"{what_zh}请关闭其他程序，或请管理员检查内存和进程数的限额，再重新运行；现用快照不变。"
        )


class JumpError(PipelineError):
    """Figures differ too much from the last snapshot; somebody has to say why."""

    exit_code = 7
