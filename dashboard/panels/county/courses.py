"""The months of every county side by side, while the page has no county chosen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.courses import MOST_COLUMNS, Course, Moment, courses_figure
from dashboard.charts.measure import Measure
from dashboard.charts.over_time import SETTLED
from dashboard.components import chart, panel, table_twin
from dashboard.formats import plain
from dashboard.look import cards
from dashboard.messages import t
from dashboard.panels.overview.board import (
    Facts,
    compared,
    mark_of,
    reference_words,
)
from dashboard.panels.overview.scorecard import open_profile
from dashboard.places import Place
from dashboard.queries import headline
from dashboard.reading import topics
from dashboard.reading.facts import MONTHS_SHOWN
from dashboard.view import View

HEIGHT, ONE_MORE_LINE = 234, 150
MOST = 4 * MOST_COLUMNS  # counties, above which their lines are no picture any more
TITLE_AND_PADDING = 78
WIDTH = 1240  # of the panel on a laptop, which has the least room for names
Months = Mapping[str, pl.DataFrame]  # area code -> its months, ascending


def shown_places(view: View) -> tuple[Place, ...]:
    """Return the counties; too many of them are told by their cities."""
    most = MOST_COLUMNS if view.meeting else MOST
    return view.counties if len(view.counties) <= most else compared(view)


def height_of(view: View) -> int:
    """Return the height of the panel: more counties take more lines, but in a meeting."""
    lines = math.ceil(len(shown_places(view)) / MOST_COLUMNS)
    return HEIGHT if view.meeting else HEIGHT + ONE_MORE_LINE * max(lines - 1, 0)


def months_of(view: View, places: Sequence[Place]) -> Months:
    """Read the months of the chosen indicator; every area has a row for each of them."""
    found = headline.months_of(
        view.scan("indicator_monthly"),
        indicators=[view.indicator],
        areas=[place.code for place in places],
        until=view.month,
        months=MONTHS_SHOWN,
    )
    every = found.select("period").unique().sort("period")
    return {
        place.code: every.join(
            found.filter(area_code=place.code), on="period", how="left", maintain_order="left"
        )
        for place in places
    }


def _moments(months: pl.DataFrame, factor: float) -> tuple[Moment, ...]:
    return tuple(
        Moment(value=None if value is None else value * factor, is_final=status == SETTLED)
        for value, status in months.select("value", "status").iter_rows()
    )


def ordered(view: View, facts: Facts) -> list[Place]:
    """Return the areas in the scorecard's order: most in need first."""
    sign = 1 if view.indicator.polarity == "higher_is_better" else -1
    places = shown_places(view)
    values = {p.code: facts[view.indicator.id, p.code].reading.value for p in places}
    return sorted(
        places,
        key=lambda p: (values[p.code] is None, sign * (values[p.code] or 0.0), p.code),
    )


def _course(view: View, facts: Facts, months: Months, place: Place) -> Course:
    indicator = view.indicator
    fact = facts[indicator.id, place.code]
    words = cards.value_words(fact)
    period = topics.period_words(view, indicator)
    return Course(
        code=place.code,
        name=view.places.short_name(place),
        label=words,
        mark=mark_of(view, indicator, place.code),
        moments=_moments(months[place.code], Measure.of(indicator).factor),
        hover=(
            f"<b>{plain(place.name)}</b>　{plain(indicator.name_zh)}<br>"
            f"{period} {words}{indicator.unit_zh}　{cards.fraction_words(fact)}"
        ),
    )


@block
def draw_courses(view: View, facts: Facts) -> None:
    """Draw the months of every county; a click opens the county's profile."""
    places, whole = ordered(view, facts), view.reference
    months = months_of(view, [*places, *([whole] if whole else [])])
    indicator, height = view.indicator, height_of(view)
    is_of_counties = all(place.level == "county" for place in places)
    what = t("overview.counties" if is_of_counties else "overview.cities")
    title = t("county.courses", name=indicator.short_zh, what=what)
    has_open = any((frame["status"] == "provisional").any() for frame in months.values())
    note = t("county.courses_note", n=MONTHS_SHOWN, period=topics.period_words(view, indicator))
    note += t("county.courses_whole", name=reference_words(view)) if whole else ""
    note += t("county.courses_open") if has_open else ""
    twin = None if view.meeting else partial(_twin, view, places, months)
    with panel("courses", title=title, note=note, height=height, twin=twin):
        figure = courses_figure(
            [_course(view, facts, months, place) for place in places],
            _moments(months[whole.code], Measure.of(indicator).factor) if whole else (),
            height=height - TITLE_AND_PADDING,
            width=WIDTH,
        )
        chart(figure, key="courses", alt=title, on_click=lambda code: open_profile(view, code))


def _lines(view: View, place: Place, months: pl.DataFrame) -> list[dict[str, object]]:
    """Return the months of one area as they leave in a table: money in yuan."""
    indicator = view.indicator
    scale = 100 if indicator.form == "money_share" else 1
    return [
        {
            "area_code": place.code,
            "area_name": place.name,
            "period": formats.month_key(row["period"]),
            "value": formats.SUPPRESSED
            if row["status"] == "suppressed"
            else formats.indicator_value(row["value"], indicator),
            "numerator": None if row["numerator"] is None else row["numerator"] / scale,
            "denominator": None if row["denominator"] is None else row["denominator"] / scale,
            "status": t(f"status.{row['status'] or 'missing'}"),
        }
        for row in months.iter_rows(named=True)
    ]


def _twin(view: View, places: Sequence[Place], months: Months) -> None:
    indicator = view.indicator
    lines = [line for place in places for line in _lines(view, place, months[place.code])]
    name = t("county.trend_file", area=view.area.name, name=indicator.name_zh)
    table_twin(
        pl.DataFrame(lines, infer_schema_length=None),
        key="courses",
        name_zh=f"{name}{view.data_date:%Y%m%d}",
        columns={
            "area_code": t("table.area_code"),
            "area_name": t("table.area"),
            "period": t("topic.period"),
            "value": f"{indicator.short_zh}（{indicator.unit_zh}）",
            **cards.count_headers(indicator),
            "status": t("topic.status"),
        },
        follow=partial(open_profile, view),
    )
