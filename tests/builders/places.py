"""Areas by hand, for what needs no world."""

from __future__ import annotations

from typing import Any

from dashboard.places import Place


def place(code: str, level: str = "county", parent: str | None = None, **options: Any) -> Place:
    """Build a complete area with an outline; its name is its code unless told."""
    usual = {
        "name": code,
        "located_in": None,
        "has_polygon": True,
        "is_complete": True,
        "population": None,
    }
    return Place(code=code, level=level, parent_code=parent, **(usual | options))
