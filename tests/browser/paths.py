"""The pages that are looked at, each by a name: `pytest tests/browser -k quality`."""

from __future__ import annotations

PATHS = {
    "overview": "/",
    "outflow": "/outflow",
    "clinics": "/clinics",
    "equipment": "/equipment",
    "contracts": "/contracts",
    "county": "/county?area=410221",
    "township": "/county?area=410221103",
    "consortium": "/consortium",
    "published": "/published",
    "quality": "/quality",
    "definitions": "/definitions",
}


def with_query(path: str, query: str) -> str:
    """Add a parameter to the address of a page."""
    return f"{path}{'&' if '?' in path else '?'}{query}"
