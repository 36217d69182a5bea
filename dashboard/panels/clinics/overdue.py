"""Whom to phone about village clinics: what is built or waits longer than usual, and who acts."""

from __future__ import annotations

from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import notice, panel, table_twin
from dashboard.look.tables import LIMIT, Column, table, whole_rows
from dashboard.messages import t
from dashboard.queries import clinics as queries
from dashboard.reading.registries import clinics_of
from dashboard.reading.topics import county_names
from dashboard.view import View

SHOWN = {
    "clinic_name": "clinics.name",
    "step_zh": "overdue.step",
    "since_zh": "overdue.since",
    "days": "overdue.days",
    "over": "overdue.over",
    "who_zh": "overdue.who",
}
FILE = SHOWN | {
    "county_name": "clinics.county",
    "township_name": "clinics.township",
    "village_name": "clinics.village",
    "clinic_code": "clinics.code",
}
NUMBERS = {"days", "over"}
NAMED = 6  # areas in the sentence of where they lie
LINE, CHARACTERS = 24, 42  # of the sentences below the list


def _usual(view: View) -> dict[str, int | None]:
    """Return within how many days nine in ten works of each step were done."""
    return {step: queries.usual_days(clinics_of(view), step=step) for step in queries.STEPS}


def _found(view: View, usual: dict[str, int | None]) -> pl.DataFrame:
    return queries.overdue(
        clinics_of(view),
        where=queries.inside(view.area, view.places),
        names=county_names(view),
        on=view.data_date,
        usual=usual,
    )


def _printed(view: View, found: pl.DataFrame) -> pl.DataFrame:
    """Add the words of step, day and responsible office; a county's centres answer to it."""
    office = pl.format(t("doubts.office", county="{}"), pl.col("county_name"))
    centres = queries.centres_by_township(view.scan("institutions")) if view.county else {}
    centre = pl.col("township_code").replace_strict(centres, default=None, return_dtype=pl.String)
    steps = {step: t(f"overdue.{step}") for step in queries.STEPS}
    return found.with_columns(
        step_zh=pl.col("status").replace_strict(steps, return_dtype=pl.String),
        since_zh=pl.col("since").dt.to_string("iso").fill_null(formats.DASH),
        who_zh=pl.coalesce(centre, office, pl.lit(t("doubts.county_unknown"))),
        is_slow=pl.col("over").is_not_null(),
    )


def _where(view: View, found: pl.DataFrame) -> str:
    """Name the counties, or a county's townships, with most of them."""
    name = "county_name" if view.county is None else "township_name"
    counts = found.group_by(name).len().sort(["len", name], descending=[True, False])
    if counts.height < 2:
        return ""
    said = "、".join(f"{area or formats.DASH}{n}" for area, n in counts.head(NAMED).iter_rows())
    rest = counts.height - NAMED
    return t("overdue.where", names=said + (t("overdue.more", n=rest) if rest > 0 else ""))


def _note(view: View, found: pl.DataFrame) -> str:
    """Say how many are built too long, wait too long, and have not begun."""
    steps = dict(found.group_by("status").len().iter_rows())
    where = queries.inside(view.area, view.places)
    idle = queries.total_counts(clinics_of(view), where=where)["not_started"]
    parts = [t(f"overdue.n_{step}", n=steps[step]) for step in queries.STEPS if step in steps]
    parts += [t("overdue.n_idle", n=idle)] if idle else []
    return "，".join(parts)


def _rule(usual: dict[str, int | None]) -> str:
    """Say what longer than usual means."""
    known = [t(f"overdue.rule_{step}", days=days) for step, days in usual.items() if days]
    return t("overdue.rule", rules="，".join(known)) if known else t("overdue.no_rule")


@block
def overdue_panel(view: View, *, height: int) -> None:
    """List the clinics that take longer than usual, the longest first, and who acts."""
    usual = _usual(view)
    printed = _printed(view, _found(view, usual))
    twin = None if view.meeting else partial(_twin, view, printed)
    words = _where(view, printed)
    # A meeting has no room to explain the yardstick; the page has.
    words += "" if view.meeting else _rule(usual)
    with panel(
        "overdue", title=t("overdue.title"), note=_note(view, printed), height=height, twin=twin
    ):
        columns = [
            Column(
                name=name,
                title=t(key),
                is_number=name in NUMBERS,
                is_strong=name in {"clinic_name", "over"},
            )
            for name, key in SHOWN.items()
        ]
        used = 82 + (16 + LINE * -(-len(words) // CHARACTERS) if words else 0)
        draw_list = (
            partial(whole_rows, printed)
            if view.meeting
            else partial(table, printed.head(LIMIT), total=printed.height)
        )
        draw_list(columns, height=height - used, empty=_empty(view), worse="is_slow")
        if words and printed.height:
            notice(words, cls="note")


def _empty(view: View) -> str:
    counts = queries.total_counts(clinics_of(view), where=queries.inside(view.area, view.places))
    return "overdue.none" if any(counts.values()) else "state.no_rows"


def _twin(view: View, printed: pl.DataFrame) -> None:
    table_twin(
        printed,
        key="overdue",
        name_zh=f"{view.area.name}{t('overdue.title')}",
        columns={name: t(key) for name, key in FILE.items()},
    )
