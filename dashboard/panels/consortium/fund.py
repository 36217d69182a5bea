"""The ledger of the bundled fund by county, and how last year's surplus is shared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import draw, panel, state_message, table_twin
from dashboard.look import grids
from dashboard.look.markup import Markup
from dashboard.messages import t
from dashboard.panels.consortium.values import Figure, Figures
from dashboard.queries import consortium as queries
from dashboard.view import View
from pipeline.catalog.monitoring import monitoring

SPENT = {"bundled": "bundled_execution_rate", "chronic": "chronic_execution_rate"}
PREPAID = "bundled_prepaid_rate"
LEDGER = ("budget", "prepaid", "prepaid_rate", "spent", "spent_rate", "due", "balance")
KINDS = ("bundled", "chronic")
LEVELS = ("county_part", "township_part", "village_part")
SHARED = ("amount", *LEVELS)


@dataclass(frozen=True, kw_only=True)
class Line:
    """The fund of one area in the year so far; amounts in fen."""

    budget: int | None
    prepaid: int | None
    spent: int | None
    time_done: float  # share of the year that has passed

    @property
    def due(self) -> int | None:
        """Return what would have been spent had the budget been used evenly."""
        return None if self.budget is None else round(self.budget * self.time_done)

    @property
    def balance(self) -> int | None:
        """Return what is left of the even pace; negative where more was spent."""
        return None if self.due is None or self.spent is None else self.due - self.spent


@dataclass(frozen=True, kw_only=True)
class Surplus:
    """What one fund left at a year's end, and the parts of county, township and village."""

    amount: int
    parts: tuple[int, int, int] | None  # None: nothing to share, the fund was overspent


def time_done(view: View) -> float:
    """Return the share of the year that has passed by the end of the shown month."""
    return view.month.month / 12


def line_of(view: View, figures: Figures, area: str) -> Line:
    """Return the ledger's line of an area."""
    spent, prepaid = figures.of(SPENT["bundled"], area), figures.of(PREPAID, area)
    return Line(
        budget=spent.denominator,
        prepaid=prepaid.numerator,
        spent=spent.numerator,
        time_done=time_done(view),
    )


def lines(view: View, figures: Figures) -> dict[str, Line]:
    """Return area -> line: the area itself, its cities, then the counties, least left first."""
    below = {county.code: line_of(view, figures, county.code) for county in figures.counties}
    unknown = float("inf")
    needy = sorted(
        below, key=lambda code: (unknown if (b := below[code].balance) is None else b, code)
    )
    above = [figures.place.code, *(city.code for city in figures.cities)]
    return {c: line_of(view, figures, c) for c in above} | {c: below[c] for c in needy}


def overspent(view: View, figures: Figures) -> int:
    """Return how many counties have spent more than the even pace."""
    found = lines(view, figures)
    balances = [found[county.code].balance for county in figures.counties]
    return sum(balance is not None and balance < 0 for balance in balances)


def surplus_of(figure: Figure, kind: str) -> Surplus | None:
    """Return what a fund left of its year, split by the declared parts."""
    if figure.numerator is None or figure.denominator is None:
        return None
    amount = figure.denominator - figure.numerator
    split = monitoring().splits[kind]
    return Surplus(amount=amount, parts=split.shared(amount) if amount > 0 else None)


def last_year(view: View, figures: Figures) -> dict[tuple[str, str], Surplus]:
    """Return (kind, county) -> surplus of the last year that has ended."""
    month = dt.date(view.month.year - 1, 12, 1)
    if view.month.month == 12:
        month = view.month
    frame = queries.stocks_in_month(
        view.scan("indicator_monthly"),
        indicators=[view.catalogue.indicators[i] for i in SPENT.values()],
        areas=[county.code for county in figures.counties],
        month=month,
    )
    kinds = {indicator: kind for kind, indicator in SPENT.items()}
    found = {}
    for row in frame.iter_rows(named=True):
        figure = Figure(numerator=row["numerator"], denominator=row["denominator"])
        surplus = surplus_of(figure, kinds[row["indicator_id"]])
        if surplus is not None:
            found[kinds[row["indicator_id"]], row["area_code"]] = surplus
    return found


def _names(figures: Figures) -> dict[str, str]:
    places = (*figures.counties, *figures.cities, figures.place)
    return {place.code: place.name for place in places}


def ledger_words(line: Line) -> dict[str, str]:
    """Print a line: amounts in 万元, shares in percent, the balance with its sign."""

    def share(part: int | None) -> str:
        return formats.rate(part / line.budget if part is not None and line.budget else None)

    balance = formats.money_table(line.balance)
    return {
        "budget": formats.money_table(line.budget),
        "prepaid": formats.money_table(line.prepaid),
        "prepaid_rate": share(line.prepaid),
        "spent": formats.money_table(line.spent),
        "spent_rate": share(line.spent),
        "due": formats.money_table(line.due),
        "balance": formats.signed(balance),
    }


@block
def ledger_panel(view: View, figures: Figures) -> None:
    """Draw budget, payments in advance, spending and what is left, county by county."""
    found = lines(view, figures)
    frame = ledger_frame(figures, found)
    titles = [t(f"consortium.ledger.{name}") for name in LEDGER]
    note = t("consortium.ledger_note", month=formats.month(view.month), done=_done(view))
    download = partial(_twin, figures, frame, key="ledger", titles=titles)
    with panel(
        "ledger",
        title=t("consortium.ledger"),
        note=note,
        twin=None if view.meeting else download,
    ):
        if all(line.budget is None for line in found.values()):
            state_message("state.no_rows")
            return
        head = grids.head("", *((title, "num") for title in titles))
        short, label = view.places.short_names(figures.counties), t("consortium.ledger")
        draw(_grid(frame, [head], figures, short=short, label=label, strong="balance"))


def _done(view: View) -> str:
    return formats.percent(time_done(view))


def ledger_frame(figures: Figures, found: Mapping[str, Line]) -> pl.DataFrame:
    """Return the ledger as printed, the whole area first."""
    names = _names(figures)
    rows = [{"code": c, "area": names[c], **ledger_words(line)} for c, line in found.items()]
    return pl.DataFrame(rows, schema=dict.fromkeys(("code", "area", *LEDGER), pl.String))


def _grid(
    frame: pl.DataFrame,
    heads: list[Markup],
    figures: Figures,
    *,
    short: Mapping[str, str],
    label: str,
    strong: str,
) -> Markup:
    """Draw a table of areas by their short names; the line of the area itself stands out."""
    body = []
    for row in frame.iter_rows(named=True):
        cells = [grids.row_head(short.get(row["code"], row["area"]))]
        cells += [
            grids.cell(row[name], cls="num strong" if name == strong else "num")
            for name in frame.columns[2:]
        ]
        body.append(grids.row(cells, cls="here" if row["code"] == figures.place.code else ""))
    return grids.grid(heads, body, label=label, cls="ledger")


def _twin(figures: Figures, frame: pl.DataFrame, *, key: str, titles: list[str]) -> None:
    columns = [t("table.area_code"), t("table.area"), *titles]
    table_twin(
        frame,
        key=key,
        name_zh=f"{figures.place.name}{t(f'consortium.{key}')}",
        columns=dict(zip(frame.columns, columns, strict=True)),
    )


def surplus_frame(figures: Figures, found: Mapping[tuple[str, str], Surplus]) -> pl.DataFrame:
    """Return each county's surplus of both funds with its parts, in 万元 as printed."""
    columns = [f"{kind}_{name}" for kind in KINDS for name in SHARED]
    rows = []
    for county in figures.counties:
        row = {"code": county.code, "area": county.name}
        for kind in KINDS:
            surplus = found.get((kind, county.code))
            parts = surplus.parts if surplus else None
            amount = formats.money_table(surplus.amount) if surplus else formats.DASH
            row[f"{kind}_amount"] = formats.signed(amount)
            for name, part in zip(LEVELS, parts or (None, None, None), strict=True):
                row[f"{kind}_{name}"] = formats.money_table(part)
        if any((kind, county.code) in found for kind in KINDS):
            rows.append(row)
    return pl.DataFrame(rows, schema=dict.fromkeys(("code", "area", *columns), pl.String))


def _ratio(kind: str) -> str:
    return ":".join(str(part) for part in monitoring().splits[kind].parts)


@block
def surplus_panel(view: View, figures: Figures) -> None:
    """Draw what both funds left last year, and who keeps how much of it."""
    frame = surplus_frame(figures, last_year(view, figures))
    year = view.month.year if view.month.month == 12 else view.month.year - 1
    note = t(
        "consortium.surplus_note", year=year, bundled=_ratio("bundled"), chronic=_ratio("chronic")
    )
    groups = [t(f"consortium.surplus.{kind}") for kind in KINDS]
    parts = [t(f"consortium.surplus.{name}") for name in SHARED]
    titles = [group + part for group in groups for part in parts]
    download = partial(_twin, figures, frame, key="surplus", titles=titles)
    with panel(
        "surplus",
        title=t("consortium.surplus"),
        note=note,
        twin=None if view.meeting else download,
    ):
        if frame.is_empty():
            state_message("state.no_rows")
            return
        over = grids.over_row(("", 1, "over"), *((group, len(SHARED), "over") for group in groups))
        head = grids.head("", *((part, "num") for part in parts * len(groups)))
        short, label = view.places.short_names(figures.counties), t("consortium.surplus")
        draw(_grid(frame, [over, head], figures, short=short, label=label, strong=""))
