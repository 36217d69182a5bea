"""What leaves the county: diseases, places, and outflow at one common age structure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.charts.standardised import standardised_figure
from dashboard.components import chart, notice, panel, state_message, table_twin
from dashboard.look.tables import Column, table
from dashboard.messages import t
from dashboard.queries import case_mix as queries
from dashboard.queries import measures
from dashboard.reading.topics import reference_words
from dashboard.view import View
from pipeline.catalog.diseases import disease_names

OUTFLOW = "out_of_county_inpatient_rate"
DISEASES = {
    "name": "diseases.name",
    "disease_category": "diseases.code",
    "outside_zh": "diseases.outside",
    "share_zh": "diseases.share",
    "fund_zh": "diseases.fund",
    "elsewhere_zh": "diseases.elsewhere",
}
# Rows of the standardised rates; of more counties as many as fill the panel, the rest in the table.
MOST_ROWS, FILLING = 18, 11
TEXTS = ("name", "disease_category", "area_name")


def _codes(view: View) -> list[str]:
    """Return the counties of the area: itself, or all of its city."""
    return [view.county.code] if view.county else [place.code for place in view.counties]


def _column(values: Sequence[str]) -> pl.Series:
    return pl.Series(list(values), dtype=pl.String)


def _year(year: int, months: int) -> str:
    """Print a year, and up to which month it goes when it is not over."""
    partial_zh = "" if months == 12 else t("standard.partial", month=months)
    return f"{year}{partial_zh}"


@block
def diseases_panel(view: View, *, height: int) -> None:
    """List the diseases that leave the county most, and who treats them at home."""
    mix = view.scan("case_mix_yearly")
    found = queries.latest_year(mix)
    if found is None:
        with panel("diseases", title=t("diseases.title"), height=height):
            state_message("state.no_rows")
        return
    year, months = found
    own = _codes(view)
    others = [p.code for p in view.counties if p.code not in own] or own
    rows = queries.leaking_diseases(mix, counties=own, comparable=others, year=year)
    names = disease_names()
    printed = rows.with_columns(
        name=_column([names.get(code, formats.DASH) for code in rows["disease_category"]]),
        outside_zh=_column([formats.count(v) for v in rows["outside"]]),
        share_zh=_column([formats.rate(v) for v in rows["share"]]),
        fund_zh=_column([formats.money_table(v) for v in rows["fund_fen"]]),
        elsewhere_zh=_column(
            [
                t("diseases.elsewhere_of", n=n, all=of) if of else formats.DASH
                for n, of in zip(rows["treating"], rows["compared"], strict=True)
            ]
        ),
    )
    titles = {name: t(key) for name, key in DISEASES.items()}
    twin = None if view.meeting else partial(_twin, printed, "diseases", titles)
    note = t("diseases.note", year=_year(year, months))
    with panel("diseases", title=t("diseases.title"), note=note, height=height, twin=twin):
        table(printed, _columns(titles, strong="name"), height=height - 84 - 92)
        notice(t("diseases.rule") + t("diseases.hidden"), cls="note")


def _columns(titles: dict[str, str], *, strong: str) -> list[Column]:
    return [
        Column(name=name, title=title, is_number=name not in TEXTS, is_strong=name == strong)
        for name, title in titles.items()
    ]


def _twin(printed: pl.DataFrame, key: str, titles: dict[str, str]) -> None:
    table_twin(
        printed,
        key=key,
        name_zh=t(f"{key}.title"),
        columns=titles,
    )


def _crude(view: View, codes: list[str], year: int, months: int) -> pl.DataFrame:
    """One row per county: the published share of the year up to its last month, also printed."""
    found = measures.values_to_date(
        view.scan("indicator_to_date"),
        indicator_id=OUTFLOW,
        areas=codes,
        month=dt.date(year, months, 1),
    )
    printed = [
        formats.SUPPRESSED if status == "suppressed" else formats.rate(value)
        for value, status in found.select("value", "status").iter_rows()
    ]
    return found.select("area_code", crude="value", crude_zh=_column(printed))


def _both_rates(view: View, year: int, months: int) -> pl.DataFrame:
    """One row per county: its name, the crude and the standardised share, and both printed."""
    names = {place.code: place.name for place in view.counties}
    short = view.places.short_names(view.counties)
    rates = queries.standardised_outflow(
        view.scan("case_mix_yearly"), counties=list(names), year=year
    ).join(_crude(view, list(names), year, months), on="area_code", validate="1:1")
    return rates.with_columns(
        area_name=pl.col("area_code").replace_strict(names, return_dtype=pl.String),
        short_name=pl.col("area_code").replace_strict(short, return_dtype=pl.String),
        value_zh=_column(
            [formats.SUPPRESSED if v is None else formats.rate(v) for v in rates["value"]]
        ),
    )


def rates_shown(named: pl.DataFrame) -> pl.DataFrame:
    """Return the counties that are drawn: of very many those with both shares, then the highest."""
    shown = named.filter(pl.any_horizontal(pl.col("value", "crude").is_not_null()))
    if shown.height <= MOST_ROWS:
        return shown
    both, one = shown.drop_nulls("value"), shown.filter(pl.col("value").is_null())
    highest = one.sort("crude", descending=True, maintain_order=True)
    return pl.concat([both, highest.head(max(FILLING - both.height, 0))])


@block
def standardised_panel(view: View, *, height: int) -> None:
    """Draw crude beside age-standardised outflow, the standard population named."""
    found = queries.latest_year(view.scan("case_mix_yearly"))
    named = _both_rates(view, *found) if found else None
    if found is None or named is None or named["value"].drop_nulls().is_empty():
        with panel("standard", title=t("standard.title"), height=height):
            state_message("standard.none" if found else "state.no_rows")
        return
    shown = rates_shown(named)
    titles = {
        "area_name": t("table.area"),
        "crude_zh": t("standard.crude"),
        "value_zh": t("standard.adjusted"),
    }
    twin = None if view.meeting else partial(_twin, named, "standard", titles)
    note = t("standard.note", year=_year(*found))
    with panel("standard", title=t("standard.title"), note=note, height=height, twin=twin):
        figure = standardised_figure(
            shown,
            unknown_zh=formats.SUPPRESSED,
            decimals=1,
            crude_zh=t("standard.crude"),
            adjusted_zh=t("standard.adjusted"),
            height=min(height - 84 - 84, 80 + 44 * shown.height),
        )
        chart(figure, key="standard", alt=t("standard.title"))
        area = reference_words(view.reference) or view.area.name
        words = t("standard.words", area=area, year=found[0])
        unknown = named["value"].null_count()
        if unknown:
            is_whole = shown.height == named.height
            words += t("standard.few") if is_whole else t("standard.few_many", n=unknown)
        notice(words, cls="note")
