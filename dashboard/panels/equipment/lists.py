"""What the lists of devices share: their columns, and the table that leaves."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from dashboard.components import table_twin
from dashboard.look.tables import Column
from dashboard.messages import t
from dashboard.view import View

TEXTS = frozenset(
    {
        *("institution_name", "device_zh", "state_zh", "plan_zh"),
        *("reason_zh", "check_zh", "who_zh"),
    }
)


def columns_of(titles: Mapping[str, str], *, strong: str) -> list[Column]:
    """Return the columns of a list: `titles` are keys of headers, `strong` is what stands out."""
    return [
        Column(name=name, title=t(key), is_number=name not in TEXTS, is_strong=name == strong)
        for name, key in titles.items()
    ]


def list_twin(view: View, frame: pl.DataFrame, titles: Mapping[str, str], title: str) -> None:
    """Draw the whole list as a table; `title` is the key of its name."""
    table_twin(
        frame,
        key=title.replace(".", "-"),
        name_zh=f"{view.area.name}{t(title)}",
        columns={name: t(key) for name, key in titles.items()},
    )
