"""Key groups by area: where which group is under contract least, in the colours of the map."""

from __future__ import annotations

from functools import partial
from typing import Any

import polars as pl

from dashboard import formats, theme
from dashboard.blocks import block
from dashboard.charts.map_legend import class_words
from dashboard.components import draw, notice, panel, state_message, table_twin
from dashboard.look import grids
from dashboard.look.markup import Markup, span
from dashboard.messages import t
from dashboard.places import Place
from dashboard.queries import contracts as queries
from dashboard.reading.topics import ranked_places, reference_words, values_of
from dashboard.view import View
from pipeline.catalog import Indicator

ALL_GROUPS = "key_group_contract_rate"
FRAME, ROW, MOST_HEIGHT = 212, 32, 960  # pixels


def _places(view: View, indicator: Indicator) -> list[Place]:
    """Return the areas, the one with the lowest rate of all key groups together first."""
    places = {place.code: place for place in ranked_places(view, indicator)}
    values = values_of(view, indicator, list(places)).sort(["value", "area_code"], nulls_last=True)
    return [places[code] for code in values["area_code"]]


def matrix_height(view: View) -> int:
    """Return the height of a panel in which every area is seen, up to a screen of them."""
    places = ranked_places(view, view.catalogue.indicators[ALL_GROUPS])
    return min(FRAME + ROW * len(places), MOST_HEIGHT)


def _whole(view: View, places: list[Place]) -> Place | None:
    """Return the whole that the rows are part of: the county of townships, or all counties."""
    return view.county if places[0].level == "township" else view.reference


def _below(view: View, found: pl.DataFrame, whole: Place | None) -> set[tuple[str, str]]:
    """Return the areas and groups that are certainly below the whole."""
    if whole is None:
        return set()
    is_county = whole.level == "county"
    areas = [whole.code] if is_county else [place.code for place in view.counties]
    groups = view.scan("contract_groups")
    total = queries.groups_in_month(groups, areas=areas, month=view.month)
    return queries.below_whole(found, total, indicator=view.catalogue.indicators[ALL_GROUPS])


def _cell(found: dict[str, Any] | None, indicator: Indicator, *, is_below: bool) -> Markup:
    """Print a rate in the colour of its class; of few persons the counts, without a colour."""
    if found is None or found["rate"] is None:
        return grids.cell(formats.DASH, cls="num none")
    counts = f"{found['contracted']}／{found['denominator']}"
    if found["denominator"] < queries.LEAST:
        return grids.cell(counts, cls="num")
    shade = theme.class_of(found["rate"], indicator.classes)
    cls, rate = f"num swatch-rev-{shade}", formats.rate(found["rate"])
    if not is_below:
        return grids.cell(rate, cls=cls, title=counts)
    return grids.cell(grids.mark("worse"), rate, cls=cls, title=t("contracts.below", n=counts))


def _rows(
    found: pl.DataFrame,
    names: dict[str, str],
    *,
    indicator: Indicator,
    below: set[tuple[str, str]],
) -> list[Markup]:
    cells = {(row["area_code"], row["group"]): row for row in found.to_dicts()}
    groups = queries.in_order(found)

    def cell(at: tuple[str, str]) -> Markup:
        return _cell(cells.get(at), indicator, is_below=at in below)

    return [
        grids.row((grids.row_head(name), *(cell((code, group)) for group in groups)))
        for code, name in names.items()
    ]


def _legend(indicator: Indicator) -> Markup:
    words = class_words(indicator.classes, unit_zh=indicator.unit_zh, decimals=indicator.decimals)
    chips = [span(text, cls=f"swatch-rev-{n}") for n, text in enumerate(words)]
    return span(chips, cls="classes")


@block
def matrix_panel(view: View, *, height: int) -> None:
    """Draw the rate of every key group in every county, or in a county's townships."""
    indicator = view.catalogue.indicators[ALL_GROUPS]
    places = _places(view, indicator)
    found = queries.groups_by_area(
        view.scan("contract_groups"), areas=[place.code for place in places], month=view.month
    )
    twin = partial(_twin, view, found, places)
    note = t("contracts.matrix_note", month=formats.month(view.month))
    with panel("group-matrix", title=t("contracts.matrix"), note=note, height=height, twin=twin):
        if found["rate"].is_null().all():
            state_message("state.no_rows")
            return
        groups = queries.in_order(found)
        heads = [grids.head(t("table.area"), *((t(f"group_short.{g}"), "num") for g in groups))]
        whole = _whole(view, places)
        below = _below(view, found, whole)
        names = {place.code: view.places.short_name(place) for place in places}
        rows = _rows(found, names, indicator=indicator, below=below)
        draw(grids.grid(heads, rows, label=t("contracts.matrix"), cls="heat"))
        draw(_legend(indicator))
        words = t("contracts.matrix_below", whole=reference_words(whole)) if whole else ""
        notice(words + t("contracts.matrix_few", n=queries.LEAST), cls="note")


def _twin(view: View, found: pl.DataFrame, places: list[Place]) -> None:
    names = {place.code: place.name for place in places}
    shown = found.with_columns(
        area_name=pl.col("area_code").replace_strict(names, return_dtype=pl.String),
        group_zh=pl.Series([t(f"group.{g}") for g in found["group"]], dtype=pl.String),
        rate_zh=pl.Series([formats.rate(v) for v in found["rate"]], dtype=pl.String),
    )
    table_twin(
        shown,
        key="group-matrix",
        name_zh=f"{view.area.name}{t('contracts.matrix')}",
        columns={
            "area_code": t("table.area_code"),
            "area_name": t("table.area"),
            "group_zh": t("contracts.group"),
            "contracted": t("contracts.contracted"),
            "denominator": t("contracts.denominator"),
            "rate_zh": t("contracts.rate"),
        },
    )
