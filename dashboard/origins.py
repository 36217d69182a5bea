"""What the last line of a page, of its slides and of its workbook names: sources, outlines."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import freshness
from dashboard.messages import t
from dashboard.view import View


def source_words(view: View, sources: Sequence[str]) -> list[str]:
    """Say which sources the area's figures come from, which never came, and which in vain."""
    in_vain = freshness.refused(view, sources)
    absent = [s for s in freshness.unsent(view, sources) if s not in in_vain]
    came = [s for s in sources if s not in in_vain and s not in absent]
    said = {"frame.sources": came, "frame.unsent": absent, "frame.refused": in_vain}
    named = {key: "、".join(t(f"source.{s}") for s in some) for key, some in said.items()}
    return [t(key, sources=names) for key, names in named.items() if names]


def boundary_words(view: View) -> str:
    """Name the source of the outlines that a map is drawn on, and the number of its approval."""
    number = view.settings.map_approval_number or t("frame.number_pending")
    return t("frame.boundaries", source=view.settings.boundary_source_zh, number=number)
