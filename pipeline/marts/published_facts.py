"""Mart published_facts: one row per published figure, ours on the same scope and date beside it.

Sorted by fact id. Ours is computed from counters; a difference is explained only by a cause that
was computed too. Where the world is a demonstration a match says that it is calibrated to match.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.catalog.published import Comparison, Published
from pipeline.contracts.marts import PublishedFacts
from pipeline.counters.frames import at_once
from pipeline.marts.facts import Facts, Verdict, judge
from pipeline.marts.scope import Scope
from pipeline.marts.shape import to_contract


def fact_dates(comparisons: Published, as_of: date) -> list[date]:
    """Return the days on which stocks must be read for the comparisons."""
    return sorted({min(c.on, as_of) for c in comparisons.comparisons.values() if c.on})


def build(
    facts: pl.DataFrame,
    flows: pl.DataFrame,
    stocks: pl.DataFrame,
    *,
    comparisons: Published,
    scope: Scope,
    catalogue: Catalogue,
    as_of: date,
    demonstration: bool,
) -> pl.LazyFrame:
    """Return the mart; `flows` and `stocks` are sums_of the counters."""
    used = Facts(
        flows=_series(flows),
        stocks=_series(stocks),
        names=dict(scope.areas.select("area_code", "area_name").iter_rows()),
        in_part=frozenset(scope.areas.filter(~pl.col("is_complete"))["area_code"]),
        catalogue=catalogue,
        as_of=as_of,
        demonstration=demonstration,
    )
    rows = [
        {"fact_id": fact["fact_id"], **_verdict(fact, comparisons, used)}
        for fact in facts.iter_rows(named=True)
    ]
    judged = pl.DataFrame(
        rows,
        schema={
            "fact_id": pl.String,
            "area_code": pl.String,
            "our_value": pl.Float64,
            "our_as_of": pl.Date,
            "verdict": pl.String,
            "reason_zh": pl.String,
        },
    )
    joined = facts.lazy().join(judged.lazy(), on="fact_id", validate="1:1")
    return to_contract(joined, PublishedFacts, sort=["fact_id"])


def asked_counters(comparisons: Published) -> list[str]:
    """Return the counters that comparisons ask for."""
    needed: set[str] = set()
    for c in comparisons.comparisons.values():
        needed.update(c.numerator, c.denominator, c.listed)
    return sorted(needed)


def _asked(facts: pl.DataFrame, comparisons: Published) -> pl.DataFrame:
    """Return which counter is asked for which area: counter_id, ancestor_code."""
    own = dict(facts.select("fact_id", "adcode").iter_rows())
    pairs = {
        (counter, area)
        for c in comparisons.comparisons.values()
        for area in (own.get(c.fact_id), c.area_code, c.elsewhere)
        for counter in (*c.numerator, *c.denominator, *c.listed)
        if area is not None
    }
    schema = {"counter_id": pl.String, "ancestor_code": pl.String}
    return pl.DataFrame(sorted(pairs), schema=schema, orient="row")


def sums_of(
    counters: pl.LazyFrame,
    *,
    time: str,
    facts: pl.DataFrame,
    comparisons: Published,
    scope: Scope,
) -> pl.DataFrame:
    """Return the dated sums of each counter and area that a comparison needs, in date order.

    `counters` are at their finest area. One row per counter_id, area_code and `time`.
    """
    asked = _asked(facts, comparisons)
    below = scope.whole_lineage.join(asked, on="ancestor_code")
    return at_once(
        counters.cast({"counter_id": pl.String, "area_code": pl.String})
        .join(below.lazy(), on=["counter_id", "area_code"])
        .group_by("counter_id", "ancestor_code", time)
        .agg(pl.col("value").sum())
        .sort("counter_id", "ancestor_code", time)
        .rename({"ancestor_code": "area_code"})
    )


def _series(sums: pl.DataFrame) -> dict[tuple[str, str], list[tuple[date, int]]]:
    series: dict[tuple[str, str], list[tuple[date, int]]] = {}
    for counter, area, day, value in sums.iter_rows():
        series.setdefault((counter, area), []).append((day, value))
    return series


def _verdict(fact: dict[str, Any], comparisons: Published, used: Facts) -> dict[str, Any]:
    comparison = comparisons.comparisons.get(fact["fact_id"])
    if comparison is None:
        verdict = Verdict("not_computable", _missing(fact, comparisons))
    else:
        verdict = judge(fact, comparison, used)
    return {
        "area_code": _area_of(fact, comparison),
        "our_value": verdict.our_value,
        "our_as_of": verdict.our_as_of,
        "verdict": verdict.verdict,
        "reason_zh": verdict.reason_zh,
    }


def _area_of(fact: dict[str, Any], comparison: Comparison | None) -> str | None:
    own: str | None = fact["adcode"]
    return comparison.area_code or own if comparison else own


def _missing(fact: dict[str, Any], comparisons: Published) -> str:
    named = comparisons.missing.get(fact["fact_id"])
    if named is not None:
        return named
    need = comparisons.needs.get(fact["topic"], "对应的数据源")
    return f"缺少{need}：现有数据源中没有“{fact['measure_zh']}”这一项。"
