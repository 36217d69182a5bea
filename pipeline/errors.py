"""Faults a user can meet: what, where and what to do, in Chinese; one exit code a family."""

from __future__ import annotations


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


class JumpError(PipelineError):
    """Figures differ too much from the last snapshot; somebody has to say why."""

    exit_code = 7
