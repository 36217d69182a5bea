"""A week whose gate claims what a test tells it."""

from __future__ import annotations

from dashboard.reading.week import Change


class Told:
    """A week that claims what a test tells it."""

    tests = 123

    def __init__(
        self,
        changes: dict[str, Change] | None = None,
        marks: dict[tuple[str, str], str] | None = None,
        first: str | None = None,
    ) -> None:
        self.changes, self.marks, self.best = changes or {}, marks or {}, first

    def change(self, indicator_id: str, area: str) -> Change:
        return self.changes.get(indicator_id, Change(verdict="normal"))

    def mark(self, indicator_id: str, area: str, other: str | None) -> str:
        return self.marks.get((indicator_id, area), "similar")

    def claimed(self, indicator_id: str, area: str, other: str | None) -> str:
        return self.marks.get((indicator_id, area), "")

    def first(self, indicator_id: str, other: str) -> str | None:
        return self.best
