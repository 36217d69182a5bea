"""Institutions by device: in use, out of order, retired, planned or never had, by shape."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import plotly.graph_objects as go
import polars as pl

from dashboard import theme
from dashboard.charts.base import (
    line,
    new_figure,
    note,
    say_nothing_reported,
    shortened,
    text_width,
)
from dashboard.formats import day, plain
from dashboard.messages import t
from dashboard.remembering import drawn_once
from pipeline.contracts.words import THREE_DEVICES

BROKEN = ("repair", "stopped")
# state -> symbol, colour, character and words of the key
SHAPES = {
    "in_use": ("square", theme.TEXT_2, "■", "device_key.in_use"),
    "repair": ("diamond", theme.WORSE, "◆", "device_key.broken"),
    "stopped": ("diamond", theme.WORSE, "◆", "device_key.broken"),
    "retired": ("x", theme.WORSE, "×", "device_key.retired"),
    "planned": ("triangle-up-open", theme.WORSE, "△", "device_key.planned"),
    "missing": ("diamond-open", theme.WORSE, "◇", "device_key.missing"),
}
TOP, ROW, BOTTOM = 34, 34, 40
SHORT_NAMES, LONG_NAMES = (0.43, 0.31), (0.53, 0.23)  # parts of a column: names, devices


@dataclass(frozen=True)
class _Blocks:
    """Columns of institutions side by side; parts of a column's width, the rest for the remark."""

    count: int
    names: float
    devices: float

    def column(self, block: int, column: int, *, count: int) -> float:
        """Return where the column of a device stands."""
        return (block + self.names + self.devices * (column + 0.5) / count) / self.count

    def rows(self, institutions: int) -> int:
        """Return the rows of a block."""
        return max(-(-institutions // self.count), 1)


def state_words(row: dict[str, Any]) -> str:
    """Say the state in a few words: since how many days, or the month of the plan."""
    state = t(f"device_state.{row['state']}")
    days, due = row.get("days_out"), row.get("planned_on")
    if row["state"] == "planned" and due is not None:
        return t("device.planned_month", month=due.month)
    if days is not None and row["state"] in BROKEN:
        return t("device.days_out", state=state, days=days)
    return state


def _hover_words(row: dict[str, Any]) -> str:
    """Say the state, and the plan beside it with its day."""
    if row["state"] == "in_use" or not row.get("devices_planned"):
        return state_words(row)
    due = row.get("planned_on")
    plan = t("device.planned_day", day=day(due)) if due else t("device.planned")
    return plan if row["state"] == "planned" else f"{state_words(row)}，{plan}"


def _squares(
    figure: go.Figure, cells: list[dict[str, Any]], *, symbol: str, colour: str, size: int
) -> None:
    figure.add_scatter(
        x=[cell["x"] for cell in cells],
        y=[cell["y"] for cell in cells],
        mode="markers",
        marker={"symbol": symbol, "color": colour, "size": size, "opacity": 1},
        customdata=[cell["institution_code"] for cell in cells],
        text=[
            f"<b>{plain(cell['institution_name'])}</b><br>"
            f"{t('device.' + cell['device_type'])}　{_hover_words(cell)}"
            for cell in cells
        ],
        hovertemplate="%{text}<extra></extra>",
        name=symbol,
        selected={"marker": {"opacity": 1}},
        unselected={"marker": {"opacity": 1}},
    )


def _shapes(figure: go.Figure, cells: list[dict[str, Any]]) -> None:
    """Draw the devices, one trace a shape."""
    for symbol, colour in dict.fromkeys((look[0], look[1]) for look in SHAPES.values()):
        drawn = [cell for cell in cells if SHAPES[cell["state"]][0] == symbol]
        _squares(figure, drawn, symbol=symbol, colour=colour, size=15)


def _order(devices: pl.DataFrame) -> list[dict[str, Any]]:
    """Return one entry an institution, those with most missing first, ties by code."""
    county = pl.col("county_name") if "county_name" in devices.columns else pl.lit(None)
    return (
        devices.group_by("institution_code", "institution_name")
        .agg(
            missing=(pl.col("state").cast(pl.String) != "in_use").sum(),
            county=county.first(),
        )
        .sort(["missing", "institution_code"], descending=[True, False])
        .to_dicts()
    )


def _cells(
    devices: pl.DataFrame,
    order: list[dict[str, Any]],
    *,
    blocks: _Blocks,
) -> list[dict[str, Any]]:
    rows_a_block = blocks.rows(len(order))
    place = {row["institution_code"]: divmod(i, rows_a_block) for i, row in enumerate(order)}
    cells: list[dict[str, Any]] = []
    for row in devices.sort("institution_code", "device_type").iter_rows(named=True):
        if row["device_type"] not in THREE_DEVICES:
            continue
        block, y = place[row["institution_code"]]
        column = THREE_DEVICES.index(row["device_type"])
        x = blocks.column(block, column, count=len(THREE_DEVICES))
        cells.append(row | {"x": x, "y": y, "block": block})
    return cells


def _frame(
    figure: go.Figure,
    order: list[dict[str, Any]],
    *,
    blocks: _Blocks,
    room: float,
) -> None:
    rows_a_block = blocks.rows(len(order))
    width = 1 / blocks.count
    for i, row in enumerate(order):
        block, y = divmod(i, rows_a_block)
        county = plain(row["county"] or "")
        if county:  # stands at the end of the names' part, where it is read down the rows
            at = (block + blocks.names) * width
            note(figure, county, x=at, y=y, xref="x", yref="y", xanchor="right", xshift=-8)
        left = room - (text_width(county, size=theme.SIZE_NOTE) + 24 if county else 0)
        name = shortened(plain(row["institution_name"]), room=left)
        note(
            figure,
            name,
            x=block * width,
            y=y,
            xref="x",
            yref="y",
            size=theme.SIZE_BODY,
            colour=theme.TEXT_1,
            weight=700 if row["missing"] else 400,
        )
        edge = (block + 1) * width - 0.02
        line(figure, start=(block * width, y + 0.5), end=(edge, y + 0.5))
    _heads(figure, blocks=blocks)


def _heads(figure: go.Figure, *, blocks: _Blocks) -> None:
    """Name the devices above each block, and rule a line under the names."""
    width = 1 / blocks.count
    for block in range(blocks.count):
        for column, device in enumerate(THREE_DEVICES):
            x = blocks.column(block, column, count=len(THREE_DEVICES))
            note(
                figure,
                t(f"device_short.{device}"),
                x=x,
                y=1,
                xref="x",
                xanchor="center",
                yanchor="bottom",
                yshift=6,
            )
        edge = (block + 1) * width - 0.02
        line(figure, start=(block * width, -0.5), end=(edge, -0.5), colour=theme.AXIS)


def _remarks(figure: go.Figure, out: list[dict[str, Any]], *, blocks: _Blocks) -> None:
    """Say at the end of a row what is wrong: the one device, or how many."""
    by_place: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for cell in out:
        by_place.setdefault((cell["block"], cell["y"]), []).append(cell)
    for (block, y), cells in by_place.items():
        words = t("device.remark_many", n=len(cells))
        if len(cells) == 1:
            words = state_words(cells[0])
        x = (block + blocks.names + blocks.devices + 0.01) / blocks.count
        note(figure, words, x=x, y=y, xref="x", yref="y", colour=theme.WORSE)


@drawn_once
def device_grid_figure(
    devices: pl.DataFrame,
    *,
    blocks: int = 1,
    has_long_names: bool = False,
    width: int = 640,
    pitch: int = ROW,
) -> go.Figure:
    """Draw which institution has which device in use.

    Args:
        devices: institution_code, institution_name, device_type, state, and optionally days_out
            (days since a breakdown was reported), devices_planned, planned_on, and county_name,
            which then stands beside each institution.
        blocks: columns of institutions side by side.
        has_long_names: names take more of a column; on a phone the devices then stand too close.
        pitch: height of a row in pixels.
        width: nominal width in pixels; longer names are cut, and whole in the hover box.

    The height follows the number of institutions.
    """
    order = _order(devices.filter(pl.col("device_type").cast(pl.String).is_in(THREE_DEVICES)))
    beside = _Blocks(blocks, *(LONG_NAMES if has_long_names else SHORT_NAMES))
    rows_a_block = beside.rows(len(order))
    figure = new_figure(
        height=TOP + pitch * rows_a_block + BOTTOM, margin=(0, TOP, 0, BOTTOM), click=True
    )
    figure.update_xaxes(range=[0, 1], visible=False)
    figure.update_yaxes(range=[rows_a_block - 0.5, -0.5], visible=False)
    if not order:
        return say_nothing_reported(figure)
    room = width / blocks * beside.names
    _frame(figure, order, blocks=beside, room=room)
    cells = _cells(devices, order, blocks=beside)
    _shapes(figure, cells)
    _remarks(figure, [cell for cell in cells if cell["state"] != "in_use"], blocks=beside)
    note(figure, _key(cells), x=0, y=0, yanchor="top", yshift=-12)
    return figure


def _key(cells: list[dict[str, Any]]) -> str:
    """Name the shapes that were drawn."""
    drawn = {cell["state"] for cell in cells}
    looks = dict.fromkeys(look[1:] for state, look in SHAPES.items() if state in drawn)
    return "　".join(
        f'<span style="color:{colour}">{shape}</span> {t(words)}' for colour, shape, words in looks
    )
