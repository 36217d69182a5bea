"""How the clinics get done: the burn-up with its projection, and what is built too long."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import partial

import polars as pl

from dashboard import formats, freshness
from dashboard.blocks import block
from dashboard.charts.burn_up import Goal, burn_up_figure
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.messages import t
from dashboard.queries import measures
from dashboard.reading.pace import Pace, pace_of
from dashboard.reading.topics import place_for, target_and_day, up_to_day
from dashboard.remembering import remembered
from dashboard.view import View
from pipeline.catalog import Indicator

INDICATOR, WEEKS = "standardised_clinic_rate", 53
SENTENCES, SENTENCE = 62, 26  # pixels under the chart, and of the line on the counties
LATE_NAMED = 3  # counties in that line


def _series(view: View, indicator: Indicator, area: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the meeting weeks of an area, and the same up to the day of the cards."""
    weeks = measures.weekly_series(
        view.scan("indicator_weekly"),
        indicator_id=indicator.id,
        area=area,
        until=view.data_date,
        weeks=WEEKS,
    )
    return weeks, up_to_day(view, indicator, weeks, area=area)


@remembered
def pace_to_target(view: View, area: str = "") -> Pace | None:
    """Return where the work stands and when it meets its target; None without either.

    Of the view's own area, or of another one in it.
    """
    indicator = view.catalogue.indicators[INDICATOR]
    place = view.places.by_code[area] if area else view.area
    target, due = target_and_day(view, indicator, place)
    if target is None:
        return None
    weeks, course = _series(view, indicator, area or place_for(view, indicator).code)
    rows, upto = (
        found.select("period", "numerator", "denominator").rows() for found in (weeks, course)
    )
    is_whole = "provisional" not in course["status"].tail(1)
    now = upto[-1] if upto else None
    return pace_of(rows, target=target, due=due, now=now, is_whole=is_whole)


def counties_words(paces: Mapping[str, Pace | None]) -> str:
    """Say which counties, by name, miss the due day at their own pace; nothing while one may."""
    late = [name for name, pace in paces.items() if pace and pace.is_late]
    if late:
        names = "、".join(late[:LATE_NAMED])
        key = "burn_up.late" if len(late) <= LATE_NAMED else "burn_up.late_more"
        return t(key, names=names, n=len(late))
    is_known = all(pace and pace.is_late is not None for pace in paces.values())
    return t("burn_up.none_late") if is_known else ""


def _on_counties(view: View) -> str:
    """Say how a city's counties keep the target; of a county its own sentence says it."""
    if view.county is not None or len(view.counties) < 2:
        return ""
    return counties_words({c.name: pace_to_target(view, c.code) for c in view.counties})


def claim_words(pace: Pace, *, building: int, idle: int) -> str:
    """Say in one sentence how far the work is and when it gets there; arithmetic only."""
    rate = formats.percent(pace.done / pace.planned)
    if not pace.missing:
        goal = formats.percent(pace.target, decimals=0)
        key = "clinics.claim_met" if pace.is_whole else "clinics.claim_met_so_far"
        return t(key, rate=rate, target=goal, building=building, idle=idle)
    first = t("clinics.claim_open", rate=rate, missing=pace.missing)
    if pace.per_week is None:
        return first + t("clinics.claim_building", building=building, idle=idle)
    if pace.reached_on is None:
        return first + t("clinics.claim_no_day")
    key = "clinics.claim_late" if pace.is_late else "clinics.claim_day"
    return first + t(key, day=formats.day(pace.reached_on))


@block
def burn_up_panel(view: View, *, height: int) -> None:
    """Draw finished against planned clinics week by week, and say when the target is reached."""
    indicator = view.catalogue.indicators[INDICATOR]
    weeks, series = _series(view, indicator, place_for(view, indicator).code)
    target, due = target_and_day(view, indicator, view.area)
    pace = pace_to_target(view)
    twin = None if view.meeting else partial(_twin, view, series)
    note = t("burn_up.note", n=weeks.height) if weeks.height else ""
    with panel("burn-up", title=t("burn_up.title"), note=note, height=height, twin=twin):
        if series["numerator"].drop_nulls().is_empty():
            state_message("state.no_rows" if view.is_latest else "topic.no_weeks")
            return
        goal = Goal(units=pace.goal, due=due, reached_on=pace.reached_on) if pace else None
        counties = _on_counties(view)
        figure = burn_up_figure(
            series,
            unit_zh=indicator.count_unit_zh,
            goal=goal,
            height=height - 84 - SENTENCES - SENTENCE * bool(counties),
        )
        chart(figure, key="burn-up", alt=t("burn_up.title"))
        lost = bool(freshness.refused(view, ["targets"]))
        no_target = t("target.refused" if lost else "target.none")
        words = pace_words(pace, target=target, due=due, no_target=no_target)
        notice(words + counties, cls="note")


def pace_words(
    pace: Pace | None, *, target: float | None, due: dt.date | None, no_target: str
) -> str:
    """Say when the pace of the last eight weeks reaches the target, and the pace it needs."""
    if pace is None or target is None:
        return t("burn_up.no_target", state=no_target)
    percent = formats.percent(target, decimals=0)
    if not pace.missing:
        return t("burn_up.met" if pace.is_whole else "burn_up.met_so_far", target=percent)
    first = _projected(pace, percent)
    if pace.needed_per_week is None or due is None:
        return first + "。"
    need = weekly(pace.needed_per_week)
    return first + t("burn_up.need", day=formats.day(due), missing=pace.missing, need=need)


def weekly(clinics: float) -> str:
    """Print clinics a week; of less than one so that two unlike paces do not look alike."""
    return formats.rounded(clinics, 1 if clinics >= 1 else 2)


def _projected(pace: Pace, percent: str) -> str:
    if pace.per_week is None:
        return t("burn_up.too_short", target=percent, missing=pace.missing)
    if pace.per_week <= 0:
        return t("burn_up.stopped", month=pace.on.month, day=pace.on.day, target=percent)
    speed = weekly(pace.per_week)
    if pace.reached_on is None:
        return t("burn_up.too_far", pace=speed, target=percent)
    return t("burn_up.projected", pace=speed, day=formats.day(pace.reached_on), target=percent)


def _twin(view: View, series: pl.DataFrame) -> None:
    shown = series.select(
        pl.col("period").dt.to_string("iso"),
        "numerator",
        "denominator",
        pl.Series("rate", [formats.rate(v) for v in series["value"]], dtype=pl.String),
    )
    table_twin(
        shown.reverse(),
        key="burn-up",
        name_zh=f"{view.area.name}{t('burn_up.title')}",
        columns={
            "period": t("burn_up.week"),
            "numerator": t("burn_up.done"),
            "denominator": t("burn_up.planned"),
            "rate": t("burn_up.rate"),
        },
    )
