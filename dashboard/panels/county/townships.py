"""The townships of a county, lowest contract rate first, and the trend beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.measure import Measure
from dashboard.charts.townships import HEADER, LEGEND, TownshipRow, townships_figure
from dashboard.charts.trend import Comparison, trend_figure
from dashboard.components import chart, panel, state_message, table_twin
from dashboard.look import cards
from dashboard.messages import t
from dashboard.panels.county.spine import Facts, reference_of
from dashboard.panels.overview import board
from dashboard.places import Place
from dashboard.queries import townships as questions
from dashboard.reading.facts import Fact, Point
from dashboard.reading.week import week_of
from dashboard.selectors import navigate
from dashboard.view import View

CONTRACTS, CLINICS = "contract_rate", "standardised_clinic_rate"
BOTTOM_HEIGHT, MEETING_EXTRA = 394, 64
TITLE_AND_PADDING, READABLE_ROW = 78, 27


def townships_of(view: View, county: Place) -> list[Place]:
    """Return the townships of a county by code."""
    return [p for p in view.places.children(county.code) if p.level == "township"]


def township_rows(view: View, county: Place) -> list[TownshipRow]:
    """Return the townships, lowest contract rate first, those without one last."""
    places = townships_of(view, county)
    codes = [p.code for p in places]
    monthly, devices = view.scan("indicator_monthly"), view.scan("devices")
    rates = questions.rates_in_month(
        monthly, indicator_ids=[CONTRACTS, CLINICS], townships=codes, month=view.month
    )
    found = {(r["indicator_id"], r["area_code"]): r for r in rates.iter_rows(named=True)}
    series = questions.rate_series(
        monthly, indicator_id=CONTRACTS, townships=codes, until=view.month
    )
    states = questions.device_states(devices, county=county.code)
    week = week_of(view)
    rows = [
        _row(
            place,
            found.get((CONTRACTS, place.code), {}),
            found.get((CLINICS, place.code), {}),
            mark=week.claimed(CONTRACTS, place.code, county.code),
            devices=states.get(place.code, ()),
            series=series.get(place.code, ()),
        )
        for place in places
    ]
    return sorted(rows, key=lambda r: (r.value is None, r.value or 0.0, r.code))


def _row(
    place: Place,
    rate: Mapping[str, Any],
    clinics: Mapping[str, Any],
    *,
    mark: str,
    devices: tuple[str, ...],
    series: tuple[float | None, ...],
) -> TownshipRow:
    is_hidden = rate.get("status") == "suppressed"
    done, planned = clinics.get("numerator"), clinics.get("denominator")
    return TownshipRow(
        code=place.code,
        name=place.name,
        value=rate.get("value"),
        lower=rate.get("lower"),
        upper=rate.get("upper"),
        label=formats.SUPPRESSED if is_hidden else formats.rate(rate.get("value")),
        mark=mark,
        clinics=formats.fraction(done, planned, unit_zh=""),
        clinics_open=done is not None and planned is not None and done < planned,
        devices=devices,
        series=series,
    )


def bottom_height(view: View, county: Place) -> int:
    """Return the height of the second row.

    In a meeting the page is exactly one screen; otherwise rows keep a readable height.
    """
    if view.meeting:
        return BOTTOM_HEIGHT + MEETING_EXTRA
    lines = (len(townships_of(view, county)) + 1) // 2
    return max(BOTTOM_HEIGHT, TITLE_AND_PADDING + HEADER + LEGEND + READABLE_ROW * lines)


@block
def draw_townships(view: View, own: Facts, county: Place) -> None:
    """Draw the township grid; a click goes down to the township and its clinics."""
    rows = township_rows(view, county)
    reference = own[CONTRACTS, county.code]
    height = bottom_height(view, county)
    with panel(
        "townships",
        title=t("county.townships", n=len(rows)),
        note=""
        if view.meeting
        else t("county.townships_note", indicator=reference.indicator.name_zh),
        height=height,
        twin=None if view.meeting else lambda: _townships_twin(view, rows, county),
    ):
        if not rows:
            state_message("county.no_townships")
            return
        figure = townships_figure(
            rows,
            reference=reference.reading.value,
            reference_label=cards.value_words(reference),
            height=height - TITLE_AND_PADDING,
        )
        chart(
            figure,
            key="townships",
            alt=t("county.townships", n=len(rows)),
            on_click=lambda code: navigate(area=code),
        )


def _townships_twin(view: View, rows: Sequence[TownshipRow], county: Place) -> None:
    frame = pl.DataFrame(
        {
            "code": [r.code for r in rows],
            "name": [r.name for r in rows],
            "rate": [r.label for r in rows],
            "clinics": [r.clinics for r in rows],
            "devices": [f"{r.devices.count('in_use')}／{len(r.devices)}" for r in rows],
        }
    )
    table_twin(
        frame,
        key="townships",
        name_zh=f"{county.name}{t('county.township')}{view.data_date:%Y%m%d}",
        columns={
            "code": t("table.area_code"),
            "name": t("county.township"),
            "rate": t("county.contract_head"),
            "clinics": t("page.clinics"),
            "devices": t("page.equipment"),
        },
        areas=("code", "name"),
    )


def _series(points: Sequence[Point]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "period": [p.period for p in points],
            "value": [p.reading.value for p in points],
            "status": [p.status for p in points],
        },
        schema={"period": pl.Date, "value": pl.Float64, "status": pl.String},
    )


@block
def draw_trend(view: View, own: Facts, county: Place) -> None:
    """Draw the chosen indicator over the months, the reference thin beside it."""
    indicator = view.indicator
    fact, reference = own[indicator.id, county.code], reference_of(view, own, indicator)
    comparison = None
    if reference is not None and reference.months:
        words = board.reference_words(view)
        comparison = Comparison(name_zh=words, series=_series(reference.months))
    note = t("county.trend_note", unit=indicator.unit_zh)
    twin = None if view.meeting else partial(_trend_twin, view, fact, county)
    height = bottom_height(view, county)
    with panel("trend", title=indicator.name_zh, note=note, height=height, twin=twin):
        figure = trend_figure(
            _series(fact.months),
            Measure.of(indicator),
            name_zh=county.name,
            target=fact.target,
            comparison=comparison,
            height=height - TITLE_AND_PADDING,
        )
        chart(figure, key="trend", alt=indicator.name_zh)


def _trend_twin(view: View, fact: Fact, county: Place) -> None:
    indicator = fact.indicator
    counts = [cards.table_counts(point, indicator) for point in fact.months]
    values = [formats.indicator_value(p.reading.value, indicator) for p in fact.months]
    name = t("county.trend_file", area=county.name, name=indicator.name_zh)
    table_twin(
        pl.DataFrame(
            {
                "period": [formats.month_key(p.period) for p in fact.months],
                "value": values,
                "numerator": [numerator for numerator, _ in counts],
                "denominator": [denominator for _, denominator in counts],
                "status": [t(f"status.{p.status}") for p in fact.months],
            }
        ),
        key="trend",
        name_zh=f"{name}{view.data_date:%Y%m%d}",
        columns={
            "period": t("topic.period"),
            "value": f"{indicator.short_zh}（{indicator.unit_zh}）",
            **cards.count_headers(indicator),
            "status": t("topic.status"),
        },
    )
