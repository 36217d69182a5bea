"""The fourteen national monitoring indicators as one table, in their official order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import Height, draw, notice, panel, table_twin
from dashboard.look import grids
from dashboard.look.markup import Markup, el
from dashboard.messages import t
from dashboard.panels.consortium import values
from dashboard.panels.consortium.values import Figure, Figures
from dashboard.view import View
from pipeline.catalog import Indicator
from pipeline.catalog.monitoring import MonitoringRow, monitoring

COLUMNS = ("group", "number", "name", "value", "fraction", "target", "change", "spread")
NUMBERS = {"value", "fraction", "target", "change", "spread"}
OPTIONAL = {"target", "spread"}  # left out where no line has any
ASIDE = {"group", "fraction", "target", "spread"}  # left out on a phone
QUOTIENT_DECIMALS = 2


def indicator_ids() -> tuple[str, ...]:
    """Return the indicators behind the list, in its order."""
    used = (i for row in monitoring().rows for i in (row.indicator, row.over, row.related))
    return tuple(dict.fromkeys(i for i in used if i is not None))


def counted() -> tuple[int, int]:
    """Return how many of the national indicators have a figure, and how many there are."""
    rows = monitoring().rows
    known = {row.number for row in rows if row.indicator is not None}
    return len(known), len({row.number for row in rows})


def _unit(view: View, row: MonitoringRow) -> str:
    if row.indicator is None or row.over is not None:
        return ""
    return view.catalogue.indicators[row.indicator].unit_zh


def _printed(view: View, row: MonitoringRow, figure: Figure) -> str:
    """Print a line's value without its unit."""
    assert row.indicator is not None
    if row.over is None:
        return values.value_words(figure, view.catalogue.indicators[row.indicator])
    if figure.value is None:
        return formats.SUPPRESSED if figure.status == "suppressed" else formats.DASH
    return formats.rounded(figure.value, QUOTIENT_DECIMALS)


def _parts(view: View, figures: Figures, row: MonitoringRow, figure: Figure) -> str:
    """Print numerator and denominator, for a quotient the two figures it divides."""
    assert row.indicator is not None
    indicator = view.catalogue.indicators[row.indicator]
    if row.over is None:
        return values.fraction_words(figure, indicator)
    both = (figures.of(row.indicator).value, figures.of(row.over).value)
    return f"{'／'.join(formats.count(v) for v in both)}{indicator.unit_zh}"


def _change(row: MonitoringRow, figure: Figure, indicator: Indicator) -> str:
    if row.over is None:
        return values.change_words(figure, indicator)
    if figure.value is None or figure.prior is None:
        return formats.DASH
    return values.flat(formats.signed(formats.rounded(figure.value - figure.prior, 2)))


def _spread(view: View, figures: Figures, row: MonitoringRow) -> str:
    known = [figures.row(row, county.code) for county in figures.counties]
    found = sorted((f for f in known if f.value is not None), key=lambda f: f.value or 0.0)
    if len(found) < 2:
        return formats.DASH
    return values.span(_printed(view, row, found[0]), _printed(view, row, found[-1]))


def words_of(view: View, figures: Figures, row: MonitoringRow) -> dict[str, str]:
    """Print every cell of a line that has an indicator."""
    assert row.indicator is not None
    indicator = view.catalogue.indicators[row.indicator]
    figure = figures.row(row)
    return {
        "value": values.with_unit(_printed(view, row, figure), _unit(view, row), figure),
        "fraction": _parts(view, figures, row, figure),
        "target": formats.DASH if row.over else values.target_words(view, indicator),
        "change": _change(row, figure, indicator),
        "spread": _spread(view, figures, row),
    }


def absence_words(view: View, figures: Figures, row: MonitoringRow) -> str:
    """Say why a line has no value in the area; empty where it has one."""
    if row.indicator is None:
        return missing_words(view, figures, row)
    figure = figures.row(row)
    if figure.value is not None:
        return ""
    return t("state.suppressed" if figure.status == "suppressed" else "state.no_rows")


def missing_words(view: View, figures: Figures, row: MonitoringRow) -> str:
    """Say what a line lacks everywhere, and what is reported that comes near it."""
    said = t("consortium.missing", what=row.missing_zh)
    if row.related is None:
        return said
    indicator = view.catalogue.indicators[row.related]
    figure = figures.of(row.related)
    if figure.value is None:
        return said
    value = values.value_words(figure, indicator) + indicator.unit_zh
    return said + t("consortium.related", name=indicator.short_zh, value=value)


def columns_of(view: View, figures: Figures) -> tuple[str, ...]:
    """Return the columns that say something in any line, in order."""
    lines = [
        words_of(view, figures, row)
        for row in monitoring().rows
        if not absence_words(view, figures, row)
    ]
    silent = {c for c in OPTIONAL if all(line[c] == formats.DASH for line in lines)}
    return tuple(c for c in COLUMNS if c not in silent)


def _class(column: str) -> str:
    return " ".join(
        name
        for name, holds in (
            ("num", column in NUMBERS),
            ("strong", column == "value"),
            ("aside", column in ASIDE),
        )
        if holds
    )


def _cells(
    view: View, figures: Figures, row: MonitoringRow, columns: Sequence[str]
) -> list[Markup]:
    numbers = [name for name in columns if name in NUMBERS]
    absence = absence_words(view, figures, row)
    if absence:
        return [el("td", absence, cls="quiet", colspan=len(numbers))]
    printed = words_of(view, figures, row)
    return [grids.cell(printed[name], cls=_class(name)) for name in numbers]


def _body(view: View, figures: Figures, columns: Sequence[str]) -> list[Markup]:
    """Build the rows; a group is named in its first one and ruled off after its last."""
    body = []
    for group, lines in groupby(monitoring().rows, key=lambda row: row.group_zh):
        rows = list(lines)
        numbers: list[int] = []
        for at, row in enumerate(rows):
            number = "" if row.number in numbers else str(row.number)
            numbers.append(row.number)
            cells = [
                grids.cell("" if at else group, cls="band strong aside"),
                grids.cell(number, cls="num quiet"),
                grids.row_head(row.name_zh),
                *_cells(view, figures, row, columns),
            ]
            body.append(grids.row(cells, cls="last" if at == len(rows) - 1 else ""))
    return body


@block
def monitor_panel(view: View, figures: Figures, *, height: Height) -> None:
    """Draw the list: what is known with parts, target and range, what is not with its reason."""
    known, total = counted()
    twin = None if view.meeting else partial(_twin, view, figures)
    with panel(
        "monitor",
        title=t("consortium.monitor"),
        note=t("consortium.monitor_note", known=known, total=total),
        height=height,
        twin=twin,
    ):
        columns = columns_of(view, figures)
        heads = grids.head(*((t(f"consortium.{name}"), _class(name)) for name in columns))
        label = t("consortium.monitor")
        cls = "monitor meeting" if view.meeting else "monitor"
        draw(grids.grid([heads], _body(view, figures, columns), label=label, cls=cls))
        if not view.meeting:
            notice(t("consortium.monitor_foot"), cls="note")


def _twin(view: View, figures: Figures) -> None:
    table_twin(
        download(view, figures),
        key="monitor",
        name_zh=f"{figures.place.name}{t('consortium.monitor')}",
        columns={c: c for c in download(view, figures).columns},
    )


def download(view: View, figures: Figures) -> pl.DataFrame:
    """Return the list as it leaves: the printed words and every county's value."""
    lines = []
    for row in monitoring().rows:
        line = {
            t("consortium.group"): row.group_zh,
            t("consortium.number"): str(row.number),
            t("consortium.name"): row.name_zh,
            t("consortium.unit"): _unit(view, row),
        }
        absence = absence_words(view, figures, row)
        words = {"value": absence} if absence else words_of(view, figures, row)
        line |= {
            t(f"consortium.{name}"): words.get(name, "") for name in COLUMNS if name in NUMBERS
        }
        for code, header in values.headers(figures.counties).items():
            own = figures.row(row, code)
            line[header] = _printed(view, row, own) if row.indicator else formats.DASH
        lines.append(line)
    return pl.DataFrame(lines, infer_schema_length=None)
