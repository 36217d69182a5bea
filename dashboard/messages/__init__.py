"""Every interface string, by key; a second language is one more column."""

from __future__ import annotations

from dashboard.messages import (
    zh,
    zh_consortium,
    zh_depth,
    zh_equipment,
    zh_exports,
    zh_outflow,
    zh_pages,
    zh_reference,
    zh_topics,
)

LANGUAGE = "zh"
LANGUAGES = {
    "zh": zh.TEXTS
    | zh_topics.TEXTS
    | zh_outflow.TEXTS
    | zh_depth.TEXTS
    | zh_equipment.TEXTS
    | zh_pages.TEXTS
    | zh_reference.TEXTS
    | zh_consortium.TEXTS
    | zh_exports.TEXTS
}


def t(key: str, /, **values: object) -> str:
    """Return a text with its placeholders filled.

    Raises:
        KeyError: no such key; a fault of ours that the tests catch.
    """
    template = LANGUAGES[LANGUAGE][key]
    return template.format(**values) if values else template
