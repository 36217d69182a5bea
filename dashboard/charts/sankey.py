"""Flows from the insured county over the distance to the place of care."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import new_figure, note, say_nothing_reported, shortened, text_width
from dashboard.charts.over_time import spread
from dashboard.formats import plain, rounded
from dashboard.memory import drawn_once
from dashboard.messages import t

TIERS = ("same_city", "same_province", "other_province")
LEAST = 0.04  # smaller sources merge into one
SOURCES = 8  # of which so many keep their names, however small
PLACES = 7  # single places of care shown; the rest merges
LINE = 23  # pixels between the middles of two labels
OTHER = "other-node"
NODE = 14  # pixels
GAP = 0.018  # between nodes, of the height


@dataclass
class _Column:
    """The nodes of one column, from top to bottom: key -> admissions."""

    x: float
    sizes: dict[str, float] = field(default_factory=dict)


def _small_counties(links: pl.DataFrame) -> list[str]:
    """Return the counties that stand together; one alone keeps its name."""
    total = float(links["settlements"].sum())
    counties = (
        links.group_by("insured_county")
        .agg(pl.col("settlements").sum())
        .sort(["settlements", "insured_county"], descending=[True, False])
        .with_row_index("row")
    )
    is_small = pl.col("settlements") < LEAST * total
    # Of many equal counties each is small: then the largest still keep their names.
    if counties.filter(~is_small).height < SOURCES and counties.height > 2 * SOURCES:
        is_small &= pl.col("row") >= SOURCES
    small = counties.filter(is_small)["insured_county"].to_list()
    return small if len(small) > 1 else []


def _merged(links: pl.DataFrame, *, ends: Sequence[str]) -> pl.DataFrame:
    """Merge small counties and small places of care."""
    small = _small_counties(links)
    code = pl.col("destination_code")
    key = code if ends else code + "@" + pl.col("tier")
    with_place = links.with_columns(place=key)
    places = (
        with_place.group_by("place")
        .agg(pl.col("settlements").sum())
        .sort(["settlements", "place"], descending=[True, False])
    )
    shown = places["place"].head(PLACES).to_list()
    return with_place.with_columns(
        source=pl.when(pl.col("insured_county").is_in(small))
        .then(pl.lit(OTHER))
        .otherwise("insured_county"),
        target=pl.when(pl.col("place").is_in(shown)).then("place").otherwise(pl.lit(OTHER)),
        place_name=pl.col("destination_name"),
    )


def _column(links: pl.DataFrame, key: str, *, x: float, order: Sequence[str] = ()) -> _Column:
    sums = (
        links.group_by(key)
        .agg(pl.col("settlements").sum())
        .sort(["settlements", key], descending=[True, False])
    )
    sizes = dict(zip(sums[key].to_list(), sums["settlements"].to_list(), strict=True))
    keys = [k for k in order if k in sizes] or [k for k in sizes if k != OTHER]
    if OTHER in sizes:
        keys.append(OTHER)
    return _Column(x, {k: float(sizes[k]) for k in keys})


def _by_tier(links: pl.DataFrame) -> list[str]:
    """Order the places of care by distance, then by size, so that few links cross."""
    rows = links.filter(pl.col("target") != OTHER).group_by("target", "tier")
    order = rows.agg(pl.col("settlements").sum()).with_columns(
        near=pl.col("tier").replace_strict(TIERS, range(3), return_dtype=pl.Int8)
    )
    return order.sort(["near", "settlements", "target"], descending=[False, True, False])[
        "target"
    ].to_list()


def _middles(column: _Column) -> dict[str, float]:
    """Return the middle of each node, as Plotly counts: from the top, 0 to 1."""
    total = sum(column.sizes.values()) or 1.0
    free = 1 - GAP * (len(column.sizes) - 1)
    places, top = {}, 0.0
    for key, size in column.sizes.items():
        height = size / total * free
        places[key] = top + height / 2
        top += height + GAP
    return places


def _faded(colour: str) -> str:
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return f"rgba({red},{green},{blue},0.5)"


def _hover(left: str, right: str, value: float) -> str:
    return f"{left}→{right}<br><b>{rounded(value, 0)}{t('outflow.persons')}</b>"


def _trace(
    links: pl.DataFrame, columns: Sequence[_Column], names: Sequence[Mapping[str, str]]
) -> dict[str, Any]:
    """Build the trace; labels are written beside it, since Plotly puts them inside."""
    number: dict[tuple[int, str], int] = {}
    xs: list[float] = []
    ys: list[float] = []
    colours: list[str] = []
    for i, column in enumerate(columns):
        for key, middle in _middles(column).items():
            number[(i, key)] = len(xs)
            xs.append(min(max(column.x, 0.001), 0.999))
            ys.append(min(max(middle, 0.001), 0.999))
            colours.append(theme.DESTINATION[key] if i == 1 else theme.TEXT_2)
    pairs = [
        (0, "source", 1, "tier", links.group_by("source", "tier")),
        (1, "tier", 2, "target", links.group_by("tier", "target")),
    ]
    rows = [
        (
            number[(a, row[left])],
            number[(b, row[right])],
            row["settlements"],
            row["tier"],
            _hover(names[a][row[left]], names[b][row[right]], row["settlements"]),
        )
        for a, left, b, right, grouped in pairs
        for row in grouped.agg(pl.col("settlements").sum()).sort(left, right).to_dicts()
    ]
    return {
        "arrangement": "fixed",
        "node": {
            "x": xs,
            "y": ys,
            "label": [""] * len(xs),
            "color": colours,
            "thickness": NODE,
            "pad": 6,
            "line": {"width": 0},
            "hoverinfo": "skip",
        },
        "link": {
            "source": [row[0] for row in rows],
            "target": [row[1] for row in rows],
            "value": [row[2] for row in rows],
            "color": [_faded(theme.DESTINATION[row[3]]) for row in rows],
            "customdata": [row[4] for row in rows],
            "hovertemplate": "%{customdata}<extra></extra>",
        },
    }


def _labels(
    figure: go.Figure,
    column: _Column,
    names: Mapping[str, str],
    *,
    side: str,
    scale: float,
    decimals: int,
    room: int,
    height: int,
) -> None:
    middles = _middles(column)
    places = spread([1 - middle for middle in middles.values()], gap=LINE / height)
    for key, place in zip(middles, places, strict=True):
        value = rounded(column.sizes[key] / scale, decimals)
        taken = text_width(f" {value}", size=theme.SIZE_NOTE) + NODE + 16
        name = shortened(names[key], size=theme.SIZE_NOTE, room=room - taken)
        shift = -8 if side == "right" else NODE + 8
        note(
            figure,
            f"{name} <b>{value}</b>",
            x=column.x,
            y=place,
            xanchor=side,
            xshift=shift,
            colour=theme.TEXT_1,
        )


@drawn_once
def sankey_figure(
    links: pl.DataFrame,
    *,
    names: Mapping[str, str],
    ends: Sequence[str] = (),
    end_zh: str = "",
    height: int = 300,
    room: int = 172,
) -> go.Figure:
    """Draw where residents treated outside their county come from and go to.

    Args:
        links: insured_county, tier, destination_code, destination_name, settlements.
        names: county code -> name.
        ends: destination codes that are the same whatever the distance, in their order, such as
            levels of hospital; without them destinations are places, the nearest first.
        end_zh: what the right column is.
        height: in pixels.
        room: pixels left for the texts at each side.
    """
    figure = new_figure(height=height, margin=(room, 26, room, 12))
    shown = links.filter(pl.col("settlements") > 0)
    if shown.is_empty():
        return say_nothing_reported(figure)
    merged = _merged(shown, ends=ends)
    total = float(merged["settlements"].sum())
    scale, decimals = (10_000.0, 2) if total >= 20_000 else (1.0, 0)
    sources = _column(merged, "source", x=0.0)
    tiers = _column(merged, "tier", x=0.5, order=TIERS)
    targets = _column(merged, "target", x=1.0, order=ends or _by_tier(merged))
    columns = (sources, tiers, targets)
    texts = _names(merged, columns, names)
    figure.add_sankey(**_trace(merged, columns, texts))
    look = {"scale": scale, "decimals": decimals, "room": room, "height": height - 38}
    for column, words, side in zip(columns, texts, ("right", "left", "left"), strict=True):
        _labels(figure, column, words, side=side, **look)  # type: ignore[arg-type]
    unit = t("outflow.ten_thousand" if decimals else "outflow.persons")
    heads = (
        (0, t("outflow.from", unit=unit), "right"),
        (0.5, t("outflow.tier"), "center"),
        (1, end_zh or t("outflow.destination"), "left"),
    )
    for x, head, anchor in heads:
        note(figure, head, x=x, y=1, xanchor=anchor, yanchor="bottom", yshift=4)
    return figure


def _names(
    merged: pl.DataFrame, columns: Sequence[_Column], counties: Mapping[str, str]
) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return what each node of the three columns is called."""
    sources, tiers, targets = columns
    lost = merged.filter(pl.col("source") == OTHER)["insured_county"].n_unique()
    other_places = merged.filter(pl.col("target") == OTHER)["place"].n_unique()
    places = dict(zip(merged["place"], merged["place_name"], strict=True))
    return (
        {code: plain(counties.get(code, code)) for code in sources.sizes}
        | {OTHER: t("outflow.other_counties", n=lost)},
        {tier: t(f"tier.{tier}") for tier in tiers.sizes},
        {code: plain(places.get(code, code)) for code in targets.sizes}
        | {OTHER: t("outflow.other_places", n=other_places)},
    )
