"""Which county is behind on what, and who acts: the page's answer in thirty seconds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from dashboard import formats
from dashboard.blocks import block
from dashboard.components import panel, state_message, table_twin
from dashboard.messages import t
from dashboard.panels.consortium import fund, values
from dashboard.panels.consortium.values import Figures
from dashboard.panels.overview.board import draw_list, reference_words
from dashboard.places import Place
from dashboard.reading.findings import Finding, no_values
from dashboard.reading.week import is_compared, week_of
from dashboard.view import View
from pipeline.catalog import Indicator
from pipeline.methods.claims import Mark

HEAD, POINT = 84, 103  # pixels of a panel's head and of a point of two lines
TOLD = 3  # indicators in a county's point
PACE = "bundled_execution_rate"
SIDES: tuple[Mark, Mark] = ("worse", "better")


@dataclass(frozen=True, kw_only=True)
class Behind:
    """A county and the indicators on which the gate calls it worse, the furthest off first."""

    county: Place
    worse: tuple[Indicator, ...]


def _excess(figures: Figures, indicator: Indicator, county: str, whole: str) -> float:
    """Return how far a county lies off the whole, in material differences."""
    own, other = figures.of(indicator.id, county).value, figures.of(indicator.id, whole).value
    return abs((own or 0.0) - (other or 0.0)) / indicator.material_difference


def behind(view: View, figures: Figures, indicators: Sequence[Indicator]) -> list[Behind]:
    """Return the counties that are worse than the whole on anything, those on most first."""
    if view.reference is None:
        return []
    found = [
        Behind(county=p, worse=_marked(view, figures, indicators, p, mark="worse"))
        for p in _judged_places(view, figures)
    ]
    return sorted((o for o in found if o.worse), key=lambda o: (-len(o.worse), o.county.code))


def _judged_places(view: View, figures: Figures) -> tuple[Place, ...]:
    return (view.county,) if view.county is not None else figures.counties


def is_told(view: View, figures: Figures, indicators: Sequence[Indicator]) -> bool:
    """Say whether any county was held to the whole on anything: else nobody is up to it either."""
    return is_compared(week_of(view), indicators, _judged_places(view, figures), view.reference)


def _marked(
    view: View, figures: Figures, indicators: Sequence[Indicator], county: Place, *, mark: str
) -> tuple[Indicator, ...]:
    """Return the indicators on which a county is called better or worse, the furthest off first."""
    if view.reference is None:
        return ()
    week, code, whole = week_of(view), county.code, view.reference.code
    found = [i for i in indicators if week.claimed(i.id, code, whole) == mark]
    return tuple(sorted(found, key=lambda i: (-_excess(figures, i, code, whole), i.id)))


def _printed(figures: Figures, indicator: Indicator, code: str) -> str:
    figure = figures.of(indicator.id, code)
    return f"{values.value_words(figure, indicator)}{indicator.unit_zh}"


def _who(indicators: Sequence[Indicator]) -> str:
    """Name the offices of some indicators, each once."""
    offices = dict.fromkeys(o for i in indicators for o in i.responsible_zh.split("、"))
    return t("finding.responsible", unit="、".join(offices))


def _county_point(view: View, figures: Figures, one: Behind) -> Finding:
    """Say on how many indicators a county is behind, and name the furthest off."""
    assert view.reference is not None  # without a whole nothing is behind
    told = [
        t(
            "behind.item",
            name=i.short_zh,
            value=_printed(figures, i, one.county.code),
            other=_printed(figures, i, view.reference.code),
        )
        for i in one.worse[:TOLD]
    ]
    return Finding(
        mark="worse",
        title=t(
            "behind.county",
            name=one.county.name,
            n=len(one.worse),
            reference=reference_words(view),
        ),
        text=t("behind.items", items="，".join(told)) + _who(one.worse[:TOLD]),
    )


def _indicator_point(
    view: View, figures: Figures, county: Place, indicator: Indicator, *, mark: Mark
) -> Finding:
    """Say by how much a county lies off on one indicator; who acts where it is behind."""
    assert view.reference is not None  # without a whole nothing is claimed
    is_high = (indicator.polarity == "lower_is_better") == (mark == "worse")
    title = t(
        "finding.areas_high" if is_high else "finding.areas_low",
        names="",
        name=indicator.short_zh,
        reference=reference_words(view),
    )
    figure = figures.of(indicator.id, county.code)
    parts = values.fraction_words(figure, indicator)
    value = _printed(figures, indicator, county.code)
    text = t(
        "finding.areas_text",
        value=t("finding.with_counts", value=value, counts=parts) if parts else value,
        reference=reference_words(view),
        other=_printed(figures, indicator, view.reference.code),
    )
    who = _who([indicator]) if mark == "worse" else ""
    return Finding(mark=mark, title=title, text=text + who)


def fund_point(view: View, figures: Figures) -> Finding | None:
    """Say which counties have spent more of the bundled fund than the even pace: counted."""
    places = (view.county,) if view.county is not None else figures.counties
    lines = {place: fund.line_of(view, figures, place.code) for place in places}
    over = [(line.balance, place) for place, line in lines.items() if (line.balance or 0) < 0]
    if not over:
        return None
    _, worst = min(over, key=lambda pair: (pair[0] or 0, pair[1].code))
    names = worst.name if len(over) == 1 else t("finding.and_more", names=worst.name, n=len(over))
    words = fund.ledger_words(lines[worst])
    indicator = view.catalogue.indicators[PACE]
    text = t(
        "behind.fund_text",
        name=worst.name if len(over) > 1 else "",
        spent=words["spent_rate"],
        done=formats.percent(fund.time_done(view)),
        over=words["balance"].lstrip(formats.MINUS),
    )
    return Finding(mark="worse", title=t("behind.fund", names=names), text=text + _who([indicator]))


def points(
    view: View,
    figures: Figures,
    indicators: Sequence[Indicator],
    found: Sequence[Behind],
    *,
    most: int,
) -> list[Finding]:
    """Return one point a county, those behind on most first, and the fund's last."""
    money = fund_point(view, figures)
    shown = found[: most - (money is not None)]
    said = [_county_point(view, figures, one) for one in shown]
    said += [money] if money is not None else []
    return said or [_nothing(view, figures, indicators)]


def county_points(
    view: View, figures: Figures, indicators: Sequence[Indicator], county: Place, *, most: int
) -> list[Finding]:
    """Return one point an indicator: where a county is behind, the fund, where it leads."""
    tell = partial(_indicator_point, view, figures, county)
    worse, better = (
        [tell(i, mark=m) for i in _marked(view, figures, indicators, county, mark=m)] for m in SIDES
    )
    money = fund_point(view, figures)
    pressing = [*worse[: most - (money is not None)], *([money] if money is not None else [])]
    return [*pressing, *better][:most] or [_nothing(view, figures, indicators)]


def _note(view: View, found: Sequence[Behind]) -> str:
    """Say how many counties are behind, and what stands in brackets."""
    if view.county is not None or not found:
        return ""
    return t("behind.note", n=len(found), reference=reference_words(view))


def _nothing(view: View, figures: Figures, indicators: Sequence[Indicator]) -> Finding:
    if not is_told(view, figures, indicators):
        return no_values()
    words = t("behind.none_text", reference=reference_words(view))
    return Finding(mark="similar", title=t("behind.none"), text=words)


@block
def behind_panel(
    view: View, figures: Figures, indicators: Sequence[Indicator], *, height: int
) -> None:
    """Draw who is behind on what and who acts; as low as its words where nothing is compared."""
    found = behind(view, figures, indicators)
    twin = None if view.meeting or not found else partial(_twin, view, figures, found)
    note, county = _note(view, found), view.county
    title = t("behind.title" if county is None else "behind.title_county")
    is_low = view.reference is None and not view.meeting
    with panel("points", title=title, note=note, height="content" if is_low else height, twin=twin):
        if view.reference is None:
            # The pace of the fund is the calendar's: it needs nobody to be compared with.
            money = fund_point(view, figures)
            if money is not None:
                draw_list([money])
            state_message("behind.no_reference")
            return
        most = (height - HEAD) // POINT
        if county is None:
            draw_list(points(view, figures, indicators, found, most=most))
        else:
            draw_list(county_points(view, figures, indicators, county, most=most))


def listed(view: View, figures: Figures, found: Sequence[Behind]) -> pl.DataFrame:
    """One row per county and indicator on which it is behind: both values and who acts."""
    assert view.reference is not None  # without a whole nothing is behind
    rows = [
        {
            "area_code": one.county.code,
            "area_name": one.county.name,
            "indicator": i.name_zh,
            "value": _printed(figures, i, one.county.code),
            "reference": _printed(figures, i, view.reference.code),
            "responsible": i.responsible_zh,
        }
        for one in found
        for i in one.worse
    ]
    return pl.DataFrame(rows)


def _twin(view: View, figures: Figures, found: Sequence[Behind]) -> None:
    table_twin(
        listed(view, figures, found),
        key="behind",
        name_zh=f"{figures.place.name}{t('behind.title')}",
        columns={
            "area_code": t("table.area_code"),
            "area_name": t("table.area"),
            "indicator": t("consortium.name"),
            "value": t("consortium.value"),
            "reference": reference_words(view),
            "responsible": t("behind.responsible"),
        },
    )
