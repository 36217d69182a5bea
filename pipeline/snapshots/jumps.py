"""What differs so much from the last snapshot that somebody has to say why before it goes out.

Compared are counters, by city and county, in months that were final then and are final now, the
counties that have figures, the months that an indicator covers, and the rows of each mart. A month
that is not over by both as-of dates is never compared.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date

import polars as pl

from pipeline.catalog import Catalogue, Counter, Indicator
from pipeline.snapshots.drafts import Draft
from pipeline.snapshots.reading import Snapshot

Scan = Callable[[str], pl.LazyFrame]
MONTHLY = "indicator_monthly"
COLUMNS = ["indicator_id", "area_code", "area_level", "month", "numerator", "denominator", "status"]
FEN = "fen"
LEVELS = ("city", "county")


def _measured(scan: Scan, *, until: date) -> pl.DataFrame:
    """Return the figures of cities and counties in months that were over at a date."""
    ids = pl.col("indicator_id", "area_code", "area_level", "status").cast(pl.String)
    return (
        scan(MONTHLY)
        .select(COLUMNS)
        .filter(pl.col("area_level").is_in(LEVELS), pl.col("month").dt.month_end() <= until)
        .with_columns(ids)
        .collect()
    )


def _names(scan: Scan) -> dict[str, str]:
    """Return the names of areas by code; an area with several versions has its latest name."""
    versions = scan("areas").select("area_code", "area_name").collect()
    return dict(versions.iter_rows())


def _with_figures(measured: pl.DataFrame) -> set[str]:
    """Return the counties that have a figure of any indicator."""
    is_county, is_known = pl.col("area_level") == "county", pl.col("numerator").is_not_null()
    return set(measured.filter(is_county, is_known)["area_code"].unique())


def _vanished(
    then: pl.DataFrame, now: pl.DataFrame, before: Snapshot, draft: Draft
) -> Iterator[str]:
    gone = _with_figures(then) - _with_figures(now)
    successors = dict(
        draft.scan("areas").select("area_code", "successor_code").collect().iter_rows()
    )
    names = _names(before.scan)
    for code in sorted(gone):
        if not successors.get(code):
            yield f"{names.get(code, '')}（{code}）的数据全部消失"


def _months(measured: pl.DataFrame) -> dict[str, int]:
    figures = measured.filter(pl.col("numerator").is_not_null())
    return dict(figures.group_by("indicator_id").agg(pl.col("month").n_unique()).iter_rows())


def _lost_months(
    then: pl.DataFrame, now: pl.DataFrame, indicators: Mapping[str, Indicator]
) -> Iterator[str]:
    had, has = _months(then), _months(now)
    for indicator in sorted(had.keys() & indicators.keys()):
        if has.get(indicator, 0) < had[indicator]:
            name = indicators[indicator].name_zh
            yield f"{name}有数据的月份由 {had[indicator]} 个减为 {has.get(indicator, 0)} 个"


# Fewer refused rows and doubts are what is wished for.
MAY_SHRINK = frozenset({"rejected_rows", "device_conflicts"})


def _lost_rows(before: Snapshot, draft: Draft, share: float) -> Iterator[str]:
    for mart, entry in sorted(before.manifest.marts.items()):
        if mart in MAY_SHRINK:
            continue
        rows = draft.marts[mart].rows if mart in draft.marts else 0
        if rows < entry.rows * (1 - share):
            lost = 1 - rows / entry.rows
            yield f"数据表 {mart} 由 {entry.rows:,} 行减为 {rows:,} 行（−{lost:.1%}）"


def _counters(indicators: Mapping[str, Indicator]) -> dict[str, dict[str, str]]:
    """Return the counter of each indicator, as numerator and as denominator."""
    return {
        part: {i.id: getattr(i, part) for i in indicators.values() if getattr(i, part)}
        for part in ("numerator", "denominator")
    }


def _totals(measured: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Return one row a counter, area and month. Indicators that share a counter agree on it."""
    keys = ["counter", "area_code", "month"]
    parts = [
        measured.select(
            pl.col("indicator_id").replace_strict(of, default=None).alias("counter"),
            *keys[1:],
            "area_level",
            "status",
            pl.col(part).alias("total"),
        )
        for part, of in _counters(indicators).items()
    ]
    known = pl.concat(parts).filter(pl.col("counter").is_not_null())
    # A total that one indicator hides may be shown by another.
    return known.sort("total", descending=True, nulls_last=True).unique(keys, keep="first")


def _began(measured: pl.DataFrame, indicators: Mapping[str, Indicator]) -> pl.DataFrame:
    """Return the first month of each counter: `counter`, `began`."""
    first = measured.group_by("indicator_id").agg(began=pl.col("month").min())
    named = [
        first.select("began", counter=pl.col("indicator_id").replace_strict(of, default=None))
        for of in _counters(indicators).values()
    ]
    return pl.concat(named).drop_nulls("counter").group_by("counter").agg(pl.col("began").min())


def _differing(then: pl.DataFrame, now: pl.DataFrame) -> list[pl.DataFrame]:
    """Return the rows of areas and months of which any row is another now, or in another place."""
    if then.height != now.height:
        return [then, now]
    place = ["area_code", "month"]
    is_other = pl.Series([False]).new_from_index(0, then.height)
    for column in COLUMNS:
        is_other |= then[column].ne_missing(now[column])
    places = pl.concat([rows.filter(is_other).select(place) for rows in (then, now)])
    return [rows.join(places, on=place, how="semi") for rows in (then, now)]


def _changed(then: pl.DataFrame, now: pl.DataFrame, catalogue: Catalogue) -> pl.DataFrame:
    """Return final totals that changed too much: counter, area_code, month, total, total_now."""
    limits, indicators = catalogue.settings.largest_jumps, catalogue.indicators
    money = [counter.id for counter in catalogue.counters.values() if counter.unit == FEN]
    smallest = pl.when(pl.col("counter").is_in(money)).then(limits["smallest_fen"])
    # An indicator with its latest month only, or a sliding window, has left older months behind.
    began = _began(now, indicators)
    had, has = (_totals(rows, indicators) for rows in _differing(then, now))
    was_final = (pl.col("status") == "final") & pl.col("total").is_not_null()
    total, total_now = pl.col("total"), pl.col("total_now").fill_null(0)
    change = (total_now - total).abs()
    order = ["area_level", "size", "counter", "area_code", "month"]
    return (
        had.filter(was_final)
        .join(has, on=["counter", "area_code", "month"], how="left", suffix="_now")
        .join(began, on="counter")
        .filter(
            pl.col("month") >= pl.col("began"),
            pl.col("status_now").fill_null("missing") != "provisional",
            pl.max_horizontal(total, total_now) >= smallest.otherwise(limits["smallest_total"]),
            change > total * limits["total"],
        )
        .with_columns(size=change / pl.max_horizontal(total, 1))
        .sort(order, descending=[False, True, *[False] * 3])
    )


def _amount(value: int | None, unit: str) -> str:
    if value is None:
        return "无"
    return f"{value / 100:,.2f} 元" if unit == FEN else f"{value:,}"


def _changed_totals(
    changed: pl.DataFrame, names: Mapping[str, str], counters: Mapping[str, Counter]
) -> Iterator[str]:
    """Tell one sentence a counter, its largest change as the example."""
    for (counter,), rows in changed.group_by("counter", maintain_order=True):
        known, worst = counters[str(counter)], rows.row(0, named=True)
        then, now = worst["total"], worst["total_now"]
        share = f"{(now or 0) / then - 1:+.1%}".replace("-", "−") if then else "原为零"
        where = f"{names.get(worst['area_code'], worst['area_code'])}{worst['month']:%Y年%-m月}"
        more = f"，共 {rows.height:,} 处" if rows.height > 1 else ""
        amounts = f"{_amount(then, known.unit)} → {_amount(now, known.unit)}"
        yield f"{known.name_zh}：{where} {amounts}（{share}）{more}"


def jumps(
    before: Snapshot,
    draft: Draft,
    *,
    as_of: date,
    demonstration: bool,
    catalogue: Catalogue,
) -> tuple[str, ...]:
    """Say what differs too much between the last snapshot and the next, the gravest first.

    How much is too much is the setting `largest_jumps`. Real data after demonstration data are not
    compared: nothing of the one is expected of the other.
    """
    if before.manifest.demonstration and not demonstration:
        return ()
    found = []
    if demonstration and not before.manifest.demonstration:
        found.append("现用快照是真实数据，这次是演示数据")
    if MONTHLY in before.manifest.marts and MONTHLY in draft.marts:
        until = min(before.manifest.as_of, as_of)
        then, now = (_measured(marts.scan, until=until) for marts in (before, draft))
        found += _vanished(then, now, before, draft)
        found += _lost_months(then, now, catalogue.indicators)
        changed = _changed(then, now, catalogue)
        found += _changed_totals(changed, _names(before.scan), catalogue.counters)
    return (*found, *_lost_rows(before, draft, catalogue.settings.largest_jumps["rows_lost"]))
