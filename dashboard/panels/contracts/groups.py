"""The panels of the page on family doctor contracts."""

from __future__ import annotations

from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.small_multiples import small_multiples_figure
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.look.tables import Column, table
from dashboard.messages import t
from dashboard.queries import contracts as queries
from dashboard.reading import topics
from dashboard.reading.lagging import worse_words
from dashboard.reading.measured import shortfall
from dashboard.reading.targets import standing
from dashboard.view import View

COLUMNS = {
    "group_zh": "contracts.group",
    "persons_zh": "contracts.persons",
    "managed_zh": "contracts.managed",
    "contracted_zh": "contracts.contracted",
    "denominator_zh": "contracts.denominator",
    "rate_zh": "contracts.rate",
}
TEXTS = {"group_zh", "denominator_zh"}
RESIDENTS = "contract_rate"
WIDE = 1150  # pixels, the least width of the small charts' panel


def _areas(view: View) -> list[str]:
    """Return the areas whose groups add up to the view's: one area, or all its counties."""
    if view.area.level in {"county", "township"}:
        return [view.area.code]
    return [place.code for place in view.counties]


def claim(view: View) -> str:
    """Say in one sentence how far residents' contracts are from the target, and who lags."""
    indicator = view.catalogue.indicators[RESIDENTS]
    row = topics.values_of(view, indicator, [view.area.code]).row(0, named=True)
    value = row["value"]
    if value is None:
        return ""
    said = t("contracts.claim", rate=formats.percent(value))
    target = topics.target_of(view, indicator, view.area)
    if target is not None:
        gap = formats.rounded(shortfall(value, target, indicator) * 100, 1)
        stands = standing(value, target, indicator, status=row["status"])
        said += t(f"contracts.claim_{stands}", gap=gap)
    low = worse_words(view, indicator, view.area)
    if not low and view.county is None and view.reference is not None:
        low = t("contracts.claim_even")
    return "；".join(part for part in (said, low) if part)


@block
def groups_panel(view: View, *, height: int) -> None:
    """List the key groups with the name of each one's denominator."""
    found = queries.groups_in_month(
        view.scan("contract_groups"), areas=_areas(view), month=view.month
    )
    printed = found.with_columns(
        group_zh=pl.Series([t(f"group.{g}") for g in found["group"]], dtype=pl.String),
        denominator_zh=pl.Series(
            [
                t("contracts.by_managed" if managed else "contracts.by_persons")
                for managed in found["is_managed"]
            ],
            dtype=pl.String,
        ),
        rate_zh=pl.Series([formats.rate(v) for v in found["rate"]], dtype=pl.String),
        **{
            f"{name}_zh": pl.Series([formats.count(v) for v in found[name]], dtype=pl.String)
            for name in ("persons", "managed", "contracted")
        },
    )
    doubtful = printed.filter("is_doubtful").height
    note = t("contracts.groups_note", month=formats.month(view.month))
    twin = None if view.meeting else partial(_twin, view, printed)
    with panel("groups", title=t("contracts.groups"), note=note, height=height, twin=twin):
        columns = [
            Column(
                name=name,
                title=t(key),
                is_number=name not in TEXTS,
                is_strong=name == "rate_zh",
            )
            for name, key in COLUMNS.items()
        ]
        room = height - 84 - (40 if doubtful else 0)
        table(printed, columns, height=room, worse="is_doubtful", compact=view.meeting)
        if doubtful:
            notice(t("contracts.doubtful", n=doubtful), cls="note")


def _twin(view: View, printed: pl.DataFrame) -> None:
    table_twin(
        printed,
        key="groups",
        name_zh=f"{view.area.name}{t('contracts.groups')}",
        columns={name: t(key) for name, key in COLUMNS.items()},
    )


@block
def group_trends_panel(view: View, *, height: int) -> None:
    """Draw every key group over a year, on one scale."""
    series = queries.group_series(
        view.scan("contract_groups"), areas=_areas(view), until=view.month
    ).rename({"rate": "value"})
    months = series["month"].n_unique()
    note = t("contracts.group_trends_note", n=months) if months else ""
    twin = None if view.meeting else partial(_trends_twin, view, series)
    title = t("contracts.group_trends")
    with panel("group-trends", title=title, note=note, height=height, twin=twin):
        if series.is_empty():
            state_message("state.no_rows")
            return
        groups = series["group"].unique(maintain_order=True).to_list()
        names = {group: t(f"group_short.{group}") for group in groups}
        figure = small_multiples_figure(series, names=names, height=height - 84, width=WIDE)
        chart(figure, key="group-trends", alt=title)


def _trends_twin(view: View, series: pl.DataFrame) -> None:
    shown = series.sort("group", "month", descending=[False, True]).with_columns(
        pl.col("month").dt.to_string("%Y-%m"),
        group_zh=pl.col("group").replace_strict(
            {group: t(f"group.{group}") for group in series["group"].unique()},
            return_dtype=pl.String,
        ),
        rate_zh=(pl.col("value") * 100).round(1),
    )
    table_twin(
        shown,
        key="group-trends",
        name_zh=f"{view.area.name}{t('contracts.group_trends')}",
        columns={
            "group_zh": t("contracts.group"),
            "month": t("topic.period"),
            "contracted": t("contracts.contracted"),
            "denominator": t("contracts.denominator"),
            "rate_zh": t("contracts.rate"),
        },
    )
