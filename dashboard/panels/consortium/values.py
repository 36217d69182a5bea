"""The figures of the page on consortia: read once a run, printed the same way everywhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dashboard import formats
from dashboard.messages import t
from dashboard.places import Place
from dashboard.queries import consortium as queries
from dashboard.reading import topics
from dashboard.view import View
from pipeline.catalog import Indicator
from pipeline.catalog.monitoring import MonitoringRow

KNOWN = ("final", "provisional")
KEPT = 32  # areas and months
YUAN = "元"  # amounts grow in percent
NOTHING = re.compile(r"0(\.0+)?(?![\d.])")


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One value with its parts and the value of a year before; numbers only."""

    value: float | None = None
    numerator: int | None = None
    denominator: int | None = None
    prior: float | None = None
    status: str = "missing"


@dataclass(frozen=True, kw_only=True)
class Figures:
    """All figures of the area and its counties, and how to find them."""

    place: Place
    counties: tuple[Place, ...]
    cities: tuple[Place, ...]  # of several together; else none
    by_key: dict[tuple[str, str], Figure]

    def of(self, indicator_id: str, area: str | None = None) -> Figure:
        """Return a figure of the area itself or of another one; nothing reported: missing."""
        return self.by_key.get((indicator_id, area or self.place.code), Figure())

    def row(self, row: MonitoringRow, area: str | None = None) -> Figure:
        """Return the figure of a line of the national list, which may be derived from ours."""
        if row.indicator is None:
            return Figure()
        found = self.of(row.indicator, area)
        return found if row.over is None else quotient(found, self.of(row.over, area))


def quotient(upper: Figure, lower: Figure) -> Figure:
    """Divide one figure by another; numerator and denominator belong to neither of them."""
    return Figure(
        value=_divided(upper.value, lower.value),
        prior=_divided(upper.prior, lower.prior),
        status=upper.status if upper.status not in KNOWN else lower.status,
    )


def _divided(upper: float | None, lower: float | None) -> float | None:
    return upper / lower if upper is not None and lower else None


def area_of(view: View) -> Place:
    """Return the area the page speaks of: below a county nothing is reported, so the county."""
    return view.county or view.area


# A snapshot never changes, so what was read of an area and a month stays true.
_read: dict[tuple[object, ...], dict[tuple[str, str], Figure]] = {}


def read_figures(view: View, indicators: Sequence[Indicator]) -> Figures:
    """Read the indicators of the area and of the counties around it; kept for other page runs."""
    place, marts = area_of(view), view.marts
    city = view.places.city_of(place.code)
    # All counties of a city have the same ones around them: they are read once for all of them.
    cities = view.children if place.level == "group" else ()
    around = (*cities, *view.counties, *([city] if city else []))
    codes = sorted({place.code, *(p.code for p in around)})
    digest = marts.snapshot.manifest.sha256
    key = (marts.home, digest, marts.scope, tuple(codes), view.month, len(indicators))
    if key not in _read:
        if len(_read) >= KEPT:
            _read.pop(next(iter(_read)))
        _read[key] = _figures(view, codes, indicators)
    return Figures(place=place, counties=view.counties, cities=cities, by_key=_read[key])


def _figures(
    view: View, codes: Sequence[str], indicators: Sequence[Indicator]
) -> dict[tuple[str, str], Figure]:
    frame = queries.reported(
        view.scan("indicator_monthly"),
        view.scan("indicator_to_date"),
        indicators=indicators,
        areas=codes,
        month=view.month,
        final_month=view.final_month,
    )
    return {
        (row.pop("indicator_id"), row.pop("area_code")): Figure(**row)
        for row in frame.iter_rows(named=True)
    }


def value_words(figure: Figure, indicator: Indicator) -> str:
    """Print a value without its unit; hidden and missing have their signs."""
    if figure.status == "suppressed":
        return formats.SUPPRESSED
    return formats.indicator_value(figure.value, indicator)


def with_unit(printed: str, unit_zh: str, figure: Figure) -> str:
    """Put the unit behind a known value, and say of a provisional one that it is."""
    if figure.value is None:
        return printed
    tail = t("chart.provisional_suffix") if figure.status == "provisional" else ""
    return f"{printed}{unit_zh}{tail}"


def fraction_words(figure: Figure, indicator: Indicator) -> str:
    """Print numerator and denominator where the indicator has both."""
    if figure.numerator is None or figure.denominator is None:
        return ""
    if indicator.form == "money_share":
        return formats.yuan_fraction(figure.numerator, figure.denominator)
    if indicator.form == "ratio":
        return ""
    whole = formats.count(figure.denominator)
    return f"{formats.count(figure.numerator)}／{whole}{indicator.count_unit_zh}"


def change_words(figure: Figure, indicator: Indicator) -> str:
    """Print the change on the same time of the year before, in the right unit."""
    if figure.value is None or figure.prior is None or figure.status == "suppressed":
        return formats.DASH
    difference = figure.value - figure.prior
    if indicator.is_share:
        return flat(formats.points(difference, decimals=indicator.decimals))
    if indicator.unit_zh == YUAN or (indicator.kind == "flow" and indicator.form == "count"):
        return flat(formats.relative(difference / figure.prior) if figure.prior else formats.DASH)
    printed = formats.signed(formats.rounded(difference, indicator.decimals))
    return flat(printed + indicator.unit_zh)


def flat(change: str) -> str:
    """Say 持平 for a change that rounds to nothing."""
    return t("change.flat") if NOTHING.match(change) else change


def spread_words(values: Sequence[float], indicator: Indicator) -> str:
    """Print the lowest and the highest of the counties' values."""
    if len(values) < 2:
        return formats.DASH
    low, high = (formats.indicator_value(v, indicator) for v in (min(values), max(values)))
    return span(low, high)


def span(low: str, high: str) -> str:
    """Print a range; where both ends read the same, the one value that all have."""
    return f"{low}～{high}" if low != high else t("consortium.spread_same", value=low)


def county_values(figures: Figures, indicator_id: str) -> list[float]:
    """Return the counties' values that are known."""
    found = [figures.of(indicator_id, county.code) for county in figures.counties]
    return [f.value for f in found if f.value is not None and f.status in KNOWN]


def headers(counties: Sequence[Place]) -> dict[str, str]:
    """Return the header of each county's column by its code; who shares a name has the code too."""
    shared = Counter(formats.visible(county.name) for county in counties)
    return {
        c.code: c.name if shared[formats.visible(c.name)] == 1 else f"{c.name}（{c.code}）"
        for c in counties
    }


def target_words(view: View, indicator: Indicator) -> str:
    """Print the target in force for the area, or a dash; above all there is nothing to be more."""
    target = topics.target_of(view, indicator, area_of(view))
    if target is None:
        return formats.DASH
    printed = formats.indicator_value(
        target, indicator, decimals=0 if target == 1 else indicator.decimals
    )
    is_whole = indicator.is_share and target == 1
    sign = "≤" if indicator.polarity == "lower_is_better" else "" if is_whole else "≥"
    return f"{sign}{printed}{indicator.unit_zh}"
