"""The framework's own English words, hidden behind ours; the constant part of the style."""

from __future__ import annotations

from dashboard import theme
from dashboard.messages import t


def _instead(selector: str, key: str, *, size: int = theme.SIZE_NOTE) -> str:
    """Hide the text of an element and write a message of ours in its place."""
    return (
        f"{selector}, {selector} * {{ font-size: 0 !important; }}"
        f'{selector}::before {{ content: "{t(key)}"; font-size: {size}px; }}'
    )


_CONNECTED = 'body:has([data-testid="stApp"][data-test-connection-state="CONNECTED"])'
# The pages open no dialog of their own: a dialog is the framework's, about page or connection.
_DIALOG = '[data-testid="stDialog"] [role="dialog"]'

# The table's own tools speak English, and their CSV keeps what a spreadsheet would run as a
# formula; the download below the table does not. A click on a header still sorts, Ctrl+F still
# searches the table, without the words below its field.
_TOOLS = (
    '[data-testid="stElementToolbar"], [data-testid="stDataFrameColumnMenu"], '
    ".gdg-search-status { display: none !important; }"
)

FRAMEWORK_CSS = _TOOLS + "".join(
    [
        _instead('[data-testid="InputInstructions"]', "frame.enter"),
        _instead(
            '[role="listbox"][data-empty="true"] [role="option"] span',
            "frame.no_option",
        ),
        _instead('[role="option"][data-key^="__select_"] [data-item-hl]', "frame.select_all"),
        _instead(f"{_DIALOG} h2", "frame.offline_title", size=theme.SIZE_CARD_TITLE),
        _instead(f"{_DIALOG} h2 + div", "frame.offline", size=theme.SIZE_BODY),
        _instead(f"{_CONNECTED} {_DIALOG} h2", "frame.no_page_title", size=theme.SIZE_CARD_TITLE),
        _instead(f"{_CONNECTED} {_DIALOG} h2 + div", "frame.no_page", size=theme.SIZE_BODY),
    ]
)
