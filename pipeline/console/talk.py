"""Where words go: answers to standard output, everything else to standard error."""

from __future__ import annotations

import codecs
import json
import sys
from dataclasses import dataclass, field
from typing import Any

from pipeline.progress import Progress

STAGES_ZH = {
    "fetch": "读取数据库",
    "read": "读取原始文件",
    "stage": "核对各来源",
    "marts": "生成数据表",
}


def _progress() -> Progress:
    return Progress(stream=sys.stderr, names_zh=STAGES_ZH)


def _encoding() -> str:
    return sys.stdout.encoding or "utf-8"


@dataclass(kw_only=True)
class Talk:
    """The voice of one command. With `json` the answer is one object instead of sentences."""

    json: bool
    progress: Progress = field(default_factory=_progress)

    def log(self, sentence: str) -> None:
        """Say something on the way."""
        self.progress.clear()
        print(sentence, file=sys.stderr)

    def say(self, sentence: str) -> None:
        """Say a part of the answer to a person."""
        self.progress.clear()
        if not self.json:
            encoding = _encoding()
            # A character that the terminal does not have must not end the command.
            print(sentence.encode(encoding, "backslashreplace").decode(encoding))

    def answer(self, content: dict[str, Any]) -> None:
        """Give the answer to a program: JSON whatever the encoding of the terminal."""
        self.progress.clear()
        if self.json:
            is_utf8 = codecs.lookup(_encoding()).name == "utf-8"
            print(json.dumps(content, ensure_ascii=not is_utf8, default=str))

    def fail(self, message_zh: str, exit_code: int) -> int:
        """Say what went wrong and return the exit code."""
        self.log(f"错误：{message_zh}")
        self.answer({"error": message_zh, "exit_code": exit_code})
        return exit_code
