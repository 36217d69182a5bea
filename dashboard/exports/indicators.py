"""The page's indicators for the workbook: exact counts and values, and what they mean."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from dashboard import formats, origins
from dashboard.exports.cells import Column
from dashboard.exports.collect import Contents
from dashboard.messages import t
from dashboard.places import Place
from dashboard.reading import topics
from dashboard.view import View
from pipeline.catalog import Indicator

# Pages that carry on every indicator ask nothing of any.
MOST = 20
FEN = 100
Row = dict[str, object]


def shown(view: View) -> tuple[Indicator, ...]:
    """Return the indicators of the page; none for pages that ask nothing of an indicator."""
    if len(view.offered) > MOST:
        return ()
    return tuple(view.catalogue.indicators[id_] for id_ in view.offered)


def places(view: View, indicator: Indicator) -> tuple[Place, ...]:
    """Return the areas of the sheet: the area, what it is compared with, its sisters, its parts."""
    below = {"county": topics.towns_of(view, indicator), "group": view.children}
    above = (view.reference,) if view.reference is not None else ()
    own = topics.headline_place(view, indicator)
    found = (own, *above, *view.counties, *below.get(view.area.level, ()))
    unique = {place.code: place for place in found if indicator.reaches(place.level)}
    return tuple(unique.values())


def about(contents: Contents, *, sources: str) -> Iterator[tuple[str, str]]:
    """Yield name and text of each line of the first sheet."""
    view = contents.view
    manifest = view.marts.snapshot.manifest
    yield t("export.title"), contents.title
    yield t("export.claim"), contents.claim
    # Several cities together have no code of their own.
    code = "" if view.area.level == "group" else f"（{view.area.code}）"
    yield t("pick.area"), view.area.name + code
    yield t("pick.month"), formats.month(view.month)
    yield t("export.day"), f"{formats.day_with_weekday(view.data_date)}　{contents.dates}"
    yield t("export.snapshot"), f"{view.marts.id}　{manifest.content_hash}"
    yield t("export.sources"), sources
    if contents.has_map:
        yield t("export.boundaries"), origins.boundary_words(view)
    for indicator in shown(view):
        caveats = indicator.caveats_zh.strip("—")
        tail = t("topic.caveats", text=caveats) if caveats else ""
        yield indicator.name_zh, f"{indicator.definition_zh}{tail}"


def sentences(view: View) -> Iterator[str]:
    """Yield what each indicator is in the area: value, numerator and denominator, time, status."""
    for indicator in shown(view):
        if not indicator.reaches(view.area.level):
            continue
        row = topics.values_of(view, indicator, [view.area.code]).row(0, named=True)
        value = formats.indicator_value(row["value"], indicator)
        counts = formats.indicator_counts(row["numerator"], row["denominator"], indicator)
        known = [counts] if row["denominator"] is not None else []
        status = t(f"status.{row['status']}")
        yield t(
            "export.indicator_line",
            name=indicator.name_zh,
            value=value + (indicator.unit_zh if row["value"] is not None else ""),
            details="，".join([*known, topics.period_words(view, indicator), status]),
        )


def _rows(view: View, indicator: Indicator) -> Iterator[Row]:
    areas = places(view, indicator)
    frame = topics.values_of(view, indicator, [place.code for place in areas])
    is_money = indicator.form == "money_share"
    scale = FEN if is_money else 1
    unit = indicator.count_unit_zh
    for place, row in zip(areas, frame.iter_rows(named=True), strict=True):
        names = ("numerator", "denominator")
        counts = [None if row[name] is None else row[name] / scale for name in names]
        yield {
            t("pick.indicator"): indicator.name_zh,
            t("table.area_code"): place.division_code,
            t("table.area"): place.name,
            t("topic.period"): topics.period_words(view, indicator, place),
            t("table.numerator"): counts[0],
            t("table.denominator"): counts[1],
            t("export.count_unit"): unit,
            t("export.value"): row["value"],
            t("export.unit"): indicator.unit_zh,
            t("export.lower"): row["lower"],
            t("export.upper"): row["upper"],
            t("topic.status"): t(f"status.{row['status']}"),
            t("export.day"): formats.iso_day(view.data_date),
            t("export.snapshot"): view.marts.id,
        }


def _count_format(row: Row, indicator: Indicator) -> str:
    """Return how counts are shown: money to the fen, others without decimals they have not."""
    counts = (row[t("table.numerator")], row[t("table.denominator")])
    has_parts = any(isinstance(count, float) and count % 1 for count in counts)
    return "0.00" if has_parts or indicator.form == "money_share" else "0"


def _value_format(indicator: Indicator) -> str:
    return "0.00%" if indicator.unit_zh == "%" else "0.00"


def values(contents: Contents) -> list[Column] | None:
    """Return the columns of the sheet of indicators; None when the page has none.

    Rates are fractions shown as percentages; counts of money are in yuan.
    """
    view = contents.view
    rows = [(row, indicator) for indicator in shown(view) for row in _rows(view, indicator)]
    if not rows:
        return None
    frame = pl.DataFrame([row for row, _ in rows], infer_schema_length=None)
    counts = {t("table.numerator"), t("table.denominator")}
    measures = {t("export.value"), t("export.lower"), t("export.upper")}
    looks = {
        **dict.fromkeys(counts, tuple(_count_format(*row) for row in rows)),
        **dict.fromkeys(measures, tuple(_value_format(indicator) for _, indicator in rows)),
    }
    found = []
    for series in frame:
        own = looks.get(series.name, ())
        found.append(Column(series.name, series.to_list(), own[0] if own else None, own))
    return found
