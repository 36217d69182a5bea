"""Every interface string, by key; a second language is one more column."""

from __future__ import annotations

from dashboard import messages_zh, messages_zh_reference, messages_zh_topics

LANGUAGE = "zh"
LANGUAGES = {"zh": messages_zh.TEXTS | messages_zh_topics.TEXTS | messages_zh_reference.TEXTS}


def t(key: str, /, **values: object) -> str:
    """Return a text with its placeholders filled.

    Raises:
        KeyError: no such key; a fault of ours that the tests catch.
    """
    template = LANGUAGES[LANGUAGE][key]
    return template.format(**values) if values else template
