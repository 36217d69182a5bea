"""Sheets of a workbook to grids: which are read, merged cells filled, marked cells marked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from pipeline.catalog.sources import CODES, EXPLANATIONS
from pipeline.ingest.cells.marks import FORMULA_NO_VALUE
from pipeline.ingest.grid import HEADER_SEARCH_ROWS, Grid, data_rows, find_header
from pipeline.ingest.headers import ENOUGH, HeaderIndex
from pipeline.ingest.refusal import FileRefused

# A merged amount is one amount, not one for each of its rows.
_AMOUNTS = ("money", "integer", "decimal", "fraction")
_DATES = ("date", "month")
_DAYS_1904 = 1_462  # serials of the 1904 date system are so much smaller
_MAYBE_NO_VALUE = f"{FORMULA_NO_VALUE}?"
_Place = tuple[int, int]  # row and column from 0


def grids_of(
    sheets: Sequence[tuple[dict[str, Any], pl.DataFrame]], index: HeaderIndex, *, is_1904: bool
) -> list[Grid]:
    """Return the sheets that carry a header of the source, hidden ones marked as such.

    Raises:
        FileRefused: every sheet is empty, none has a known header, or two hold the same events.
    """
    if all(frame.is_empty() for _, frame in sheets):
        raise FileRefused("EMPTY")
    grids = []
    for sheet, frame in sheets:
        if frame.is_empty() or sheet["name"] in (EXPLANATIONS, CODES):
            continue
        grid = to_grid(frame, sheet, index, is_1904=is_1904)
        if grid is not None:
            grids.append(grid)
    if not grids:
        index.require(index.match([]), [])
        raise FileRefused("EMPTY")  # pragma: no cover - every source requires a column
    return (_of_events if index.source.kind == "events" else _of_registers)(grids, index)


def _of_events(grids: list[Grid], index: HeaderIndex) -> list[Grid]:
    """Leave summaries out, and refuse a workbook that holds the same events twice.

    A sheet without the column that names the event is a summary when another sheet has it. Sheets
    of different events (one a month, one a hospital) are read together.

    Raises:
        FileRefused: SHEET_AMBIGUOUS.
    """
    (key, *_) = index.source.key
    matched = [(grid, index.match(grid.header).positions) for grid in grids]
    keyed = [(grid, positions) for grid, positions in matched if key in positions]
    visible = [(grid, positions[key]) for grid, positions in keyed if grid.is_visible]
    for at, (one, place) in enumerate(visible):
        for other, other_place in visible[at + 1 :]:
            if _are_copies(one.cells[f"c{place}"], other.cells[f"c{other_place}"]):
                names = f"工作表“{one.sheet}”和“{other.sheet}”是同一批记录"
                raise FileRefused("SHEET_AMBIGUOUS", names)
    return [grid for grid, _ in keyed] or grids


def _of_registers(grids: list[Grid], index: HeaderIndex) -> list[Grid]:
    """Leave out sheets that count what a whole sheet lists: most of what is required is missing.

    A sheet that lacks a column or two is a list all the same, and refuses the workbook.
    """
    missing = [index.required - set(index.match(grid.header).labels) for grid in grids]
    if all(names or not grid.is_visible for grid, names in zip(grids, missing, strict=True)):
        return grids
    half, key = len(index.required) / 2, set(index.source.key)
    return [
        grid
        for grid, names in zip(grids, missing, strict=True)
        if len(names) <= half or names.isdisjoint(key)
    ]


def _are_copies(one: pl.Series, other: pl.Series) -> bool:
    """Say whether most of the shorter list stands in the longer one too."""
    keys, others = set(one.drop_nulls()), set(other.drop_nulls())
    return 2 * len(keys & others) > min(len(keys), len(others))


def to_grid(
    frame: pl.DataFrame, sheet: dict[str, Any], index: HeaderIndex, *, is_1904: bool = False
) -> Grid | None:
    """Find a sheet's header, fill merged cells, mark odd cells; None for a sheet of notes."""
    top = [list(row) for row in frame.head(HEADER_SEARCH_ROWS + 1).fill_null("").iter_rows()]
    for (row, column), text in _covered(frame.head(len(top)), sheet["merges"]).items():
        top[row][column] = text or ""
    header_at, data_at, labels = find_header(top, index)
    if index.score(labels)[0] < ENOUGH:
        return None
    found = [index.find(label) if label.strip() else None for label in labels]
    types = [column[0].type if column else "text" for column in found]
    patches = _filled(frame, sheet["merges"], types)
    required = [bool(column and column[0].required) for column in found]
    patches |= _marked(frame, sheet["marks"], required)
    body = _patched(frame, {at: text for at, text in patches.items() if at[0] >= data_at})
    if is_1904:
        body = _with_modern_serials(body, types)
    rows = pl.int_range(1, body.height + 1, eager=True, dtype=pl.Int64).alias("_row")
    first = next(label for label in labels if label.strip())
    cells, left_out = data_rows(body.hstack([rows]).slice(data_at), index.aliases(first))
    return Grid(
        cells=cells,
        header=tuple(labels),
        title=" ".join(cell for row in top[:header_at] for cell in dict.fromkeys(row) if cell),
        sheet=sheet["name"],
        left_out=left_out,
        is_visible=sheet["visible"],
        has_hidden_rows=not set(sheet["hidden"]).isdisjoint(cells["_row"]),
    )


def _covered(frame: pl.DataFrame, merges: list[list[int]]) -> dict[_Place, str | None]:
    """Return the text of the cells that merged ones of a header cover."""
    return {
        (row, column): frame[top - 1, left]
        for top, left, bottom, right in merges
        if 0 <= left < frame.width and top <= frame.height
        for column in range(left, min(right, frame.width - 1) + 1)
        for row in range(top - 1, min(bottom, frame.height))
    }


def _filled(
    frame: pl.DataFrame, merges: list[list[int]], types: Sequence[str]
) -> dict[_Place, str | None]:
    """Return the text of the cells below a merged one, which holds for each of its rows."""
    return {
        (row, left): frame[top - 1, left]
        for top, left, bottom, _ in merges
        if 0 <= left < frame.width and top <= frame.height and types[left] not in _AMOUNTS
        for row in range(top, min(bottom, frame.height))
    }


def _marked(
    frame: pl.DataFrame, marks: list[list[Any]], required: Sequence[bool]
) -> dict[_Place, str | None]:
    """Return the cells with a mark.

    An old workbook does not tell a formula that gives nothing from one that was never reckoned:
    where nothing may stand, it is nothing.
    """
    patches: dict[_Place, str | None] = {}
    for row, column, text in marks:
        if 0 < row <= frame.height and 0 <= column < frame.width:
            of_nothing = FORMULA_NO_VALUE if required[column] else None
            patches[row - 1, column] = of_nothing if text == _MAYBE_NO_VALUE else text
    return patches


def _patched(frame: pl.DataFrame, patches: dict[_Place, str | None]) -> pl.DataFrame:
    columns: dict[int, dict[int, str | None]] = {}
    for (row, column), text in patches.items():
        columns.setdefault(column, {})[row] = text
    return frame.with_columns(
        frame[f"c{column}"].scatter(list(cells), list(cells.values()))
        for column, cells in columns.items()
    )


def _with_modern_serials(body: pl.DataFrame, types: Sequence[str]) -> pl.DataFrame:
    """Shift bare serial numbers in date columns to the usual date system."""
    dates = [pl.col(f"c{at}") for at, type_ in enumerate(types) if type_ in _DATES]
    # One expression a column: several columns in one would be coalesced with each other.
    return body.with_columns(pl.coalesce(_modern_serial(date), date) for date in dates)


def _modern_serial(text: pl.Expr) -> pl.Expr:
    serial = text.str.extract(r"^(\d{5})(?:\.\d+)?$").cast(pl.Int32) + _DAYS_1904
    return serial.cast(pl.String)
