"""Referrals up and down: by month, and by county beside the ordered part of the outflow."""

from __future__ import annotations

from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.referral_rows import ReferralRow, referral_rows_figure
from dashboard.charts.two_lines import DOWNWARD, UPWARD, Line, two_lines_figure
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.messages import t
from dashboard.panels.shared.topic_panels import follow
from dashboard.places import Place
from dashboard.queries import referrals as queries
from dashboard.reading import topics
from dashboard.view import View

RATIO_DECIMALS = 2
FEW = 15  # counties, up to which rows have air
MONTHS = 520  # pixels, beyond which a chart of months gains nothing


def _place(view: View) -> Place:
    return topics.place_for(view, view.catalogue.indicators[queries.UP])


def _lines() -> tuple[Line, Line]:
    looks = (("up", UPWARD), ("down", DOWNWARD))
    up, down = (
        Line(column=name, name_zh=t(f"referral.{name}"), symbol=symbol, colour=colour)
        for name, (symbol, colour) in looks
    )
    return up, down


def _shown(value: float | None, status: str) -> str:
    if value is None:
        return formats.SUPPRESSED if status == "suppressed" else formats.DASH
    return formats.count(value)


def _ratio(up: float | None, down: float | None, *statuses: str) -> str:
    ratio = queries.down_per_up(up, down)
    if ratio is None:
        return formats.SUPPRESSED if "suppressed" in statuses else formats.DASH
    return formats.rounded(ratio, RATIO_DECIMALS)


def _year(view: View) -> str:
    return topics.period_words(view, view.catalogue.indicators[queries.UP])


@block
def months_panel(view: View, *, height: int) -> None:
    """Draw referrals up and down by month, and say how many went down for one up."""
    place = _place(view)
    series = queries.both_series(view.scan("indicator_monthly"), area=place.code, until=view.month)
    twin = None if view.meeting else partial(_months_twin, place, series)
    note = t("referral.months_note", area=place.name)
    with panel("referrals", title=t("referral.months"), note=note, height=height, twin=twin):
        if series["up"].drop_nulls().is_empty() and series["down"].drop_nulls().is_empty():
            state_message("state.suppressed" if series.height else "state.no_rows")
            return
        figure = two_lines_figure(
            series, _lines(), unit_zh=t("outflow.persons"), height=min(height - 84 - 56, MONTHS)
        )
        chart(figure, key="referrals", alt=t("referral.months"))
        notice(_ratio_words(view, place), cls="note")


def _ratio_words(view: View, place: Place) -> str:
    """Say the counts of the year so far and how they stand to each other."""
    row = queries.by_county(
        view.scan("indicator_to_date"), counties=[place.code], month=view.final_month
    ).row(0, named=True)
    if row["up_status"] == row["down_status"] == "suppressed":
        return t("referral.year_hidden", period=_year(view))
    words = t(
        "referral.year",
        period=_year(view),
        up=_shown(row["up"], row["up_status"]),
        down=_shown(row["down"], row["down_status"]),
    )
    ratio = queries.down_per_up(row["up"], row["down"])
    if ratio is None:
        return words + t("referral.no_ratio")
    return words + t("referral.per_hundred", n=formats.rounded(100 * ratio, 1))


def _months_twin(place: Place, series: pl.DataFrame) -> None:
    rows = series.sort("period", descending=True)
    pairs = list(zip(rows["up"], rows["down"], strict=True))
    printed = rows.select(
        period=pl.Series([formats.month(m) for m in rows["period"]], dtype=pl.String),
        up=pl.Series([formats.count(up) for up, _ in pairs], dtype=pl.String),
        down=pl.Series([formats.count(down) for _, down in pairs], dtype=pl.String),
        ratio=pl.Series([_ratio(up, down) for up, down in pairs], dtype=pl.String),
        status=pl.Series([t(f"status.{s}") for s in rows["status"]], dtype=pl.String),
    )
    table_twin(
        printed,
        key="referrals",
        name_zh=f"{place.name}_{t('referral.months')}",
        columns={
            "period": t("topic.period"),
            "up": t("referral.up"),
            "down": t("referral.down"),
            "ratio": t("referral.ratio"),
            "status": t("topic.status"),
        },
    )


def _rows(view: View) -> list[ReferralRow]:
    """Return the counties, those with the smallest ordered part first."""
    places = {place.code: place for place in view.counties}
    counts = queries.by_county(
        view.scan("indicator_to_date"), counties=list(places), month=view.final_month
    )
    ordered = topics.labelled(
        view,
        view.catalogue.indicators[queries.ORDERED],
        view.counties,
        reference=view.reference,
    )
    joined = counts.join(ordered, on="area_code", how="left", validate="1:1")
    rows = sorted(
        joined.iter_rows(named=True),
        key=lambda row: (row["value"] is None, row["value"] or 0.0, row["area_code"]),
    )
    here = view.county.code if view.county else None
    return [
        ReferralRow(
            code=row["area_code"],
            name=row["area_name"],
            up=row["up"],
            down=row["down"],
            up_zh=_shown(row["up"], row["up_status"]),
            down_zh=_shown(row["down"], row["down_status"]),
            ratio_zh=_ratio(row["up"], row["down"], row["up_status"], row["down_status"]),
            share_zh=formats.SUPPRESSED if row["status"] == "suppressed" else row["label"],
            counts_zh=row["detail"],
            mark=row["mark"],
            is_selected=row["area_code"] == here,
        )
        for row in rows
    ]


def counties_height(view: View, *, least: int) -> int:
    """Return the panel's height in which every county is seen, closer together where many are."""
    pitch = 34 if len(view.counties) <= FEW else 26
    return max(least, 84 + 62 + 44 + pitch * len(view.counties))


@block
def counties_panel(view: View, *, height: int) -> None:
    """Draw the counties' referrals and the ordered part of their outflow; a click follows."""
    rows = _rows(view)
    twin = None if view.meeting else partial(_counties_twin, view, rows)
    note = t("referral.counties_note", period=_year(view))
    with panel("ordered", title=t("referral.counties"), note=note, height=height, twin=twin):
        if all(row.up is None and row.share_zh == formats.DASH for row in rows):
            state_message("state.no_rows")
            return
        figure = referral_rows_figure(rows, height=height - 84 - 62)
        alt = t("referral.counties")
        chart(figure, key="ordered", alt=alt, on_click=partial(follow, view))
        notice(t("referral.rule"), cls="note")


def _counties_twin(view: View, rows: list[ReferralRow]) -> None:
    columns = {
        "code": "table.area_code",
        "name": "table.area",
        "up_zh": "referral.up",
        "down_zh": "referral.down",
        "ratio_zh": "referral.ratio",
        "share_zh": "referral.ordered",
        "counts_zh": "referral.counts",
    }
    table_twin(
        pl.DataFrame({name: [getattr(row, name) for row in rows] for name in columns}),
        key="ordered",
        name_zh=f"{view.area.name}_{t('referral.counties')}",
        columns={name: t(key) for name, key in columns.items()},
    )
