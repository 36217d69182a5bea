"""Everything else the monthly reports say, one table a topic: an indicator more is a line more.

They are some seventy lines: in sight is what a county is worse on, the tables open at a click.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import draw, panel, state_message, table_twin
from dashboard.exports import collect
from dashboard.look import grids
from dashboard.look.markup import Markup
from dashboard.messages import t
from dashboard.panels.consortium import values
from dashboard.panels.consortium.behind import Behind, is_told
from dashboard.panels.consortium.values import Figures
from dashboard.panels.overview.board import draw_list, reference_words
from dashboard.reading.findings import Finding, named
from dashboard.view import View
from pipeline.catalog import Catalogue, Indicator

# The tables of the page, each with the topics whose indicators it lists.
TABLES: dict[str, tuple[str, ...]] = {
    "emergency": ("emergency",),
    "telemedicine": ("telemedicine",),
    "tcm": ("tcm", "visits"),
    "workforce": ("workforce",),
    "governance": ("governance",),
    "public_health": ("public_health",),
    "capability": ("capability",),
    "money": ("fund",),
}
# Side by side on every screen what is about as long: opened, and on slides.
ROWS = (
    ("public_health", "workforce"),
    ("emergency", "telemedicine"),
    ("tcm", "capability"),
    ("governance", "money"),
)
# Shown as the ledger of the fund above the tables.
IN_LEDGER = frozenset({"bundled_execution_rate", "bundled_prepaid_rate", "chronic_execution_rate"})
COLUMNS = ("name", "value", "change", "spread")
NUMBERS = frozenset({"value", "change", "spread"})


def indicators_of(catalogue: Catalogue, table: str) -> tuple[Indicator, ...]:
    """Return the indicators of a table, topic by topic, in the order of the catalogue."""
    return tuple(
        indicator
        for topic in TABLES[table]
        for indicator in catalogue.indicators.values()
        if indicator.topic == topic and indicator.id not in IN_LEDGER
    )


def all_indicators(catalogue: Catalogue) -> tuple[Indicator, ...]:
    """Return the indicators of all tables."""
    return tuple(i for table in TABLES for i in indicators_of(catalogue, table))


def words_of(figures: Figures, indicator: Indicator) -> dict[str, str]:
    """Print one line of a table."""
    figure = figures.of(indicator.id)
    return {
        "name": indicator.name_zh,
        "value": values.value_words(figure, indicator),
        "unit": indicator.unit_zh,
        "change": values.change_words(figure, indicator),
        "spread": values.spread_words(values.county_values(figures, indicator.id), indicator),
    }


def columns_of(figures: Figures) -> tuple[str, ...]:
    """Return the columns that say something: one county alone has no range."""
    return tuple(c for c in COLUMNS if c != "spread" or len(figures.counties) > 1)


def _row(figures: Figures, indicator: Indicator) -> Markup:
    printed = words_of(figures, indicator)
    parts = values.fraction_words(figures.of(indicator.id), indicator)
    value = values.with_unit(printed["value"], printed["unit"], figures.of(indicator.id))
    cells = {
        "name": grids.cell(printed["name"], *([grids.small(parts)] if parts else [])),
        "value": grids.cell(value, cls="num strong"),
        "change": grids.cell(printed["change"], cls="num"),
        "spread": grids.cell(printed["spread"], cls="num"),
    }
    return grids.row(cells[name] for name in columns_of(figures))


def worse_in(
    view: View, indicators: Sequence[Indicator], found: Sequence[Behind]
) -> Finding | None:
    """Say which indicators of a table are worse than the whole, and in which counties."""
    names = {i.id: [o.county.name for o in found if i in o.worse] for i in indicators}
    worse = [i for i in indicators if names[i.id]]
    if not worse:
        return None
    said = [
        i.short_zh
        if view.county
        else t("consortium.worse_item", name=i.short_zh, counties=named(names[i.id]))
        for i in worse
    ]
    title = t("consortium.worse", n=len(worse), reference=reference_words(view))
    text = t("consortium.worse_items", items=("、" if view.county else "；").join(said))
    return Finding(mark="worse", title=title, text=text)


@block
def items_panel(view: View, figures: Figures, table: str, found: Sequence[Behind]) -> None:
    """Draw what of a table is worse than the whole; the table itself opens at a click."""
    indicators = indicators_of(view.catalogue, table)
    known = [i for i in indicators if figures.of(i.id).status != "missing"]
    title = t(f"consortium.table.{table}")
    with panel(
        f"items-{table}",
        title=title,
        note=t("consortium.items_note", n=len(known)) if known else "",
        twin=partial(_twin, figures, indicators, table),
    ):
        if not known:
            state_message("state.no_rows")
            return
        worse = worse_in(view, indicators, found)
        summary = t("consortium.unfold", n=len(known))
        if worse is not None:
            draw_list([worse])
        elif is_told(view, figures, known):
            summary += t("consortium.worse_none", reference=reference_words(view))
        heads = grids.head(
            *(
                (t(f"consortium.{name}"), "num" if name in NUMBERS else "")
                for name in columns_of(figures)
            )
        )
        rows = [_row(figures, indicator) for indicator in known]
        whole = grids.grid([heads], rows, label=title, cls="items")
        draw(grids.folded(summary, whole), taken_along=False)
        collect.markup(whole)  # a slide cannot be opened: it has the table


def _twin(figures: Figures, indicators: Sequence[Indicator], table: str) -> None:
    frame = download(figures, indicators)
    table_twin(
        frame,
        key=f"items-{table}",
        name_zh=f"{figures.place.name}{t(f'consortium.table.{table}')}",
        columns={column: column for column in frame.columns},
    )


def download(figures: Figures, indicators: Sequence[Indicator]) -> pl.DataFrame:
    """Return a table as it leaves: the printed words, numerator, denominator, every county."""
    lines = []
    for indicator in indicators:
        own = figures.of(indicator.id)
        line = {
            t(f"consortium.{name}"): text for name, text in words_of(figures, indicator).items()
        }
        line[t("table.numerator")] = formats.count(own.numerator)
        line[t("table.denominator")] = formats.count(own.denominator)
        line[t("topic.status")] = t(f"status.{own.status}")
        for code, header in values.headers(figures.counties).items():
            line[header] = values.value_words(figures.of(indicator.id, code), indicator)
        lines.append(line)
    return pl.DataFrame(lines, infer_schema_length=None)
