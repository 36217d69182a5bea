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
from dashboard.messages import t
from dashboard.remembering import drawn_once

TIERS = ("same_city", "same_province", "other_province")
LEAST = 0.04  # smaller sources merge into one
SOURCES = 8  # of which so many keep their names, however small
PLACES = 7  # single places of care shown; the rest merges
LINE = 23  # pixels between the middles of two labels
OTHER = "other-node"
NODE, AROUND = 14, 30  # pixels of a node, and with the air beside its label
MIDDLE = 0.5  # where the column between both sides stands
ROOM = 172  # pixels that the texts at each side may take
GAP = 0.018  # between nodes, of the height


@dataclass
class _Column:
    """The nodes of one column, from top to bottom: key -> admissions."""

    x: float
    sizes: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class _Look:
    """How the labels of all columns are printed: in what unit, and in how many pixels."""

    scale: float
    decimals: int
    height: int

    def value(self, size: float) -> str:
        """Print the admissions of a node."""
        return rounded(size / self.scale, self.decimals)

    def side_room(self, column: _Column, names: Mapping[str, str], head: str) -> int:
        """Return the pixels that the labels at a side need; what they leave, the flows have."""
        labels = (f"{names[key]} {self.value(size)}" for key, size in column.sizes.items())
        widest = max(text_width(words, size=theme.SIZE_NOTE) for words in (head, *labels))
        return min(ROOM, int(widest) + AROUND)


def _small_counties(links: pl.DataFrame, *, lines: int) -> list[str]:
    """Return the counties that stand together; one alone keeps its name.

    No more than `lines` of names stand below each other, that of the others included.
    """
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
    if counties.height > lines:
        is_small |= pl.col("row") >= lines - 1
    small = counties.filter(is_small)["insured_county"].to_list()
    return small if len(small) > 1 else []


def _merged(links: pl.DataFrame, *, ends: Sequence[str], lines: int) -> pl.DataFrame:
    """Merge small counties and small places of care."""
    small = _small_counties(links, lines=lines)
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
    keys = [(i, key) for i, column in enumerate(columns) for key in column.sizes]
    number = {key: n for n, key in enumerate(keys)}
    return {
        "arrangement": "fixed",
        "node": _nodes(columns),
        "link": _links(links, number, names),
    }


def _nodes(columns: Sequence[_Column]) -> dict[str, Any]:
    middles = [(c.x, y) for c in columns for y in _middles(c).values()]
    return {
        "x": [min(max(x, 0.001), 0.999) for x, _ in middles],
        "y": [min(max(y, 0.001), 0.999) for _, y in middles],
        "label": [""] * len(middles),
        "color": [
            theme.DESTINATION[key] if i == 1 else theme.TEXT_2
            for i, column in enumerate(columns)
            for key in column.sizes
        ],
        "thickness": NODE,
        "pad": 6,
        "line": {"width": 0},
        "hoverinfo": "skip",
    }


def _links(
    links: pl.DataFrame,
    number: Mapping[tuple[int, str], int],
    names: Sequence[Mapping[str, str]],
) -> dict[str, Any]:
    """Return the flows between neighbouring columns; their nodes go by number."""
    rows = [
        (
            number[(i, row[left])],
            number[(i + 1, row[right])],
            row["settlements"],
            _faded(theme.DESTINATION[row["tier"]]),
            _hover(names[i][row[left]], names[i + 1][row[right]], row["settlements"]),
        )
        for i, (left, right) in enumerate((("source", "tier"), ("tier", "target")))
        for row in (
            links.group_by(left, right)
            .agg(pl.col("settlements").sum())
            .sort(left, right)
            .iter_rows(named=True)
        )
    ]
    fields = ("source", "target", "value", "color", "customdata")
    columns = zip(*rows, strict=True)
    return {
        **{name: list(column) for name, column in zip(fields, columns, strict=True)},
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _labels(
    figure: go.Figure, column: _Column, names: Mapping[str, str], *, side: str, look: _Look
) -> None:
    middles = _middles(column)
    gap = LINE / look.height
    places = spread([1 - middle for middle in middles.values()], gap=gap)
    # From the top down: what was moved up too far comes back, and all that stands close below it.
    for n, place in enumerate(places):
        places[n] = min(place, 1.0 if n == 0 else places[n - 1] - gap)
    total = sum(column.sizes.values())
    for key, place in zip(middles, places, strict=True):
        # A flow thinner than its words would strike them through.
        is_thin = column.x == MIDDLE and column.sizes[key] * look.height < LINE * total
        value = look.value(column.sizes[key])
        taken = text_width(f" {value}", size=theme.SIZE_NOTE) + AROUND
        name = shortened(names[key], size=theme.SIZE_NOTE, room=ROOM - taken)
        note(
            figure,
            f"{name} <b>{value}</b>",
            x=column.x,
            y=place,
            xanchor=side,
            xshift=-8 if side == "right" else NODE + 8,
            colour=theme.TEXT_1,
            bgcolor=theme.CARD if is_thin else None,
        )


@drawn_once
def sankey_figure(
    links: pl.DataFrame,
    *,
    names: Mapping[str, str],
    ends: Sequence[str] = (),
    end_zh: str = "",
    height: int = 300,
) -> go.Figure:
    """Draw where residents treated outside their county come from and go to.

    Args:
        links: insured_county, tier, destination_code, destination_name, settlements.
        names: county code -> name.
        ends: destination codes that are the same whatever the distance, in their order, such as
            levels of hospital; without them destinations are places, the nearest first.
        end_zh: what the right column is.
        height: in pixels.
    """
    shown = links.filter(pl.col("settlements") > 0)
    if shown.is_empty():
        return say_nothing_reported(new_figure(height=height))
    merged = _merged(shown, ends=ends, lines=max((height - 38) // LINE, 2))
    scale, decimals = (10_000.0, 2) if merged["settlements"].sum() >= 20_000 else (1.0, 0)
    sources = _column(merged, "source", x=0.0)
    tiers = _column(merged, "tier", x=MIDDLE, order=TIERS)
    targets = _column(merged, "target", x=1.0, order=ends or _by_tier(merged))
    columns = (sources, tiers, targets)
    texts = _names(merged, columns, names)
    look = _Look(scale=scale, decimals=decimals, height=height - 38)
    unit = t("outflow.ten_thousand" if decimals else "outflow.persons")
    first, last = t("outflow.from", unit=unit), end_zh or t("outflow.destination")
    left = look.side_room(sources, texts[0], first)
    right = look.side_room(targets, texts[2], last)
    figure = new_figure(height=height, margin=(left, 26, right, 12))
    figure.add_sankey(**_trace(merged, columns, texts))
    for column, words, side in zip(columns, texts, ("right", "left", "left"), strict=True):
        _labels(figure, column, words, side=side, look=look)
    _heads(figure, first, last)
    return figure


def _heads(figure: go.Figure, first: str, last: str) -> None:
    """Say above the columns what they are."""
    heads = ((0, first, "right"), (MIDDLE, t("outflow.tier"), "center"), (1, last, "left"))
    for x, head, anchor in heads:
        note(figure, head, x=x, y=1, xanchor=anchor, yanchor="bottom", yshift=4)


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
