"""From all who should be under contract to those renewed: each step over its own denominator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from dashboard import theme
from dashboard.charts.base import new_figure, note, say_nothing_reported, text_width
from dashboard.formats import plain
from dashboard.remembering import drawn_once

BAR, RIGHT = 0.42, 130


@dataclass(frozen=True, kw_only=True)
class Step:
    """One step: how many of how many; the whole is named, for it differs from step to step."""

    name: str
    done: int | None
    whole: int | None
    counts: str  # printed done and whole
    share: str  # printed share with its unit
    of: str  # the name of the whole


@drawn_once
def cascade_figure(steps: Sequence[Step], *, height: int) -> go.Figure:
    """Draw a bar a step, dark what was done, light its denominator, on one scale of persons.

    Args:
        steps: from the widest to the last; an unknown count leaves its bar out.
        height: in pixels.
    """
    left = max((text_width(step.name, size=theme.SIZE_BODY) for step in steps), default=0) + 14
    figure = new_figure(height=height, margin=(int(left), 6, RIGHT, 6))
    known = [n for step in steps for n in (step.whole, step.done) if n is not None]
    if not known or max(known) <= 0:
        return say_nothing_reported(figure)
    figure.update_layout(barmode="overlay", bargap=1 - BAR)
    figure.update_xaxes(range=[0, max(known)], visible=False)
    figure.update_yaxes(range=[len(steps) - 0.4, -0.6], visible=False)
    for kind, colour in (("whole", theme.RANGE), ("done", theme.CLINIC_STATUS["completed"])):
        figure.add_bar(
            orientation="h",
            x=[getattr(step, kind) for step in steps],
            y=list(range(len(steps))),
            marker={"color": colour, "line": {"width": 0}},
            text=[f"<b>{plain(s.name)}</b><br>{plain(s.counts)}　{s.share}" for s in steps],
            textposition="none",
            hovertemplate="%{text}<extra></extra>",
            name=kind,
        )
    for y, step in enumerate(steps):
        _words(figure, y, step, left=left)
    return figure


def _words(figure: go.Figure, y: int, step: Step, *, left: float) -> None:
    ink = theme.TEXT_1
    note(figure, step.name, x=0, y=y, yref="y", xshift=-left, size=theme.SIZE_BODY, colour=ink)
    share = {"xanchor": "right", "xshift": RIGHT - 4, "size": theme.SIZE_BODY, "weight": 700}
    note(figure, step.share, x=1, y=y, yref="y", colour=ink, **share)  # type: ignore[arg-type]
    below = f"{step.of} {step.counts}".strip()
    note(figure, below, x=0, y=y + BAR / 2, yref="y", yanchor="top", colour=theme.TEXT_3)
