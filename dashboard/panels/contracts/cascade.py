"""The cascade of contracts: due, signed, fulfilled, renewed, each over its own denominator."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.cascade import Step, cascade_figure
from dashboard.components import chart, panel, state_message, table_twin
from dashboard.messages import t
from dashboard.reading.topics import period_words, place_for, values_of
from dashboard.view import View

# step -> its indicator
STEPS = {
    "signed": "contract_rate",
    "fulfilled": "fulfilment_rate",
    "renewed": "renewal_rate",
}


def _row(view: View, indicator_id: str) -> dict[str, Any]:
    indicator = view.catalogue.indicators[indicator_id]
    place = place_for(view, indicator)
    return values_of(view, indicator, [place.code]).row(0, named=True)


def cascade_steps(view: View) -> list[Step]:
    """Return the steps of the area, from all residents to renewed contracts."""
    rows = {step: _row(view, id_) for step, id_ in STEPS.items()}
    residents = rows["signed"]["denominator"]
    first = Step(
        name=t("cascade.due"),
        done=residents,
        whole=residents,
        counts=f"{formats.compact(residents)}人",
        share="",
        of=t("cascade.of_due"),
    )
    return [first, *(_step(name, row) for name, row in rows.items())]


def _step(name: str, row: dict[str, Any]) -> Step:
    done, whole = row["numerator"], row["denominator"]
    counts = f"{formats.compact(done)}／{formats.compact(whole)}人"
    share = formats.percent(row["value"])
    if row["status"] == "suppressed":
        counts, share = formats.SUPPRESSED, formats.SUPPRESSED
    return Step(
        name=t(f"cascade.{name}"),
        done=done,
        whole=whole,
        counts=counts,
        share=share,
        of=t(f"cascade.of_{name}"),
    )


@block
def cascade_panel(view: View, *, height: int) -> None:
    """Draw how many of those due are signed, fulfilled and renewed."""
    steps = cascade_steps(view)
    note = period_words(view, view.catalogue.indicators["contract_rate"])
    twin = None if view.meeting else partial(_twin, view, steps)
    with panel("cascade", title=t("cascade.title"), note=note, height=height, twin=twin):
        if all(step.done is None for step in steps):
            state_message("state.no_rows")
            return
        chart(cascade_figure(steps, height=height - 84), key="cascade", alt=t("cascade.title"))


def _twin(view: View, steps: Sequence[Step]) -> None:
    frame = pl.DataFrame(
        {
            "name": [step.name for step in steps],
            "done": [step.done for step in steps],
            "of": [step.of for step in steps],
            "whole": [step.whole for step in steps],
            "share": [step.share or formats.DASH for step in steps],
        },
        schema_overrides={"done": pl.Int64, "whole": pl.Int64},
    )
    table_twin(
        frame,
        key="cascade",
        name_zh=f"{view.area.name}{t('cascade.title')}",
        columns={
            "name": t("cascade.step"),
            "done": t("topic.numerator"),
            "of": t("contracts.denominator"),
            "whole": t("cascade.whole"),
            "share": t("cascade.share"),
        },
    )
