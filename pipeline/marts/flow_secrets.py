"""Which flows the small-number rule hides, against each other and the published counters."""

from __future__ import annotations

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts.staging import DESTINATION_TIERS
from pipeline.counters.frames import at_once
from pipeline.counters.settlements import is_inpatient
from pipeline.methods.suppression import hide, is_small

_PLACE = ["insured_county", "month"]
_REFERRED = "inpatient_outflow_referred"
# Known where both visits in all and those in the county are, whatever became of the counter.
_OUTSIDE = "settlements_all less settlements_in_county"


def published_counters(counters: pl.DataFrame) -> pl.DataFrame:
    """Return those of FlowCells.counters that flows add up to, by insured_county and month.

    One row per counter_id with value and is_hidden, as published.
    """
    asked = [*_sums_of_flows(), "settlements_all", "settlements_in_county", _REFERRED]
    published = counters.filter(pl.col("counter_id").is_in(asked)).select(
        *("counter_id", "month", "value"), "is_hidden", insured_county="area_code"
    )
    return pl.concat([published, _outside(published).select(published.columns)])


def _outside(published: pl.DataFrame) -> pl.DataFrame:
    """Return visits outside the county: nowhere printed, but the difference of two that are."""
    of = {
        c: published.filter(pl.col("counter_id") == c).drop("counter_id")
        for c in ("settlements_all", "settlements_in_county")
    }
    both = of["settlements_all"].join(of["settlements_in_county"], on=_PLACE, suffix="_in")
    return both.select(
        pl.lit(_OUTSIDE).alias("counter_id"),
        "month",
        pl.col("value") - pl.col("value_in"),
        "insured_county",
        pl.col("is_hidden") | pl.col("is_hidden_in"),
    )


def _sums_of_flows() -> dict[str, pl.Expr]:
    """Return for each published counter the flows that add up to it."""
    tier, visit = pl.col("destination_tier"), pl.col("care_type") != "pharmacy"
    inpatient = {f"inpatient_{t}": is_inpatient() & (tier == t) for t in DESTINATION_TIERS}
    return {
        **inpatient,
        "settlements_all": visit,
        "settlements_in_county": visit & (tier == "same_county"),
        **dict.fromkeys(("settlements_outside", _OUTSIDE), visit & (tier != "same_county")),
        # Money is hidden with its visits; its published sums must not tell it either.
        "fund_paid_fen": visit,
        "fund_paid_outside_fen": visit & (tier != "same_county"),
    }


def _judge(
    flows: pl.DataFrame, published: pl.DataFrame, sums_of: dict[str, pl.Expr]
) -> pl.DataFrame:
    """Return the hidden cells of flows (cell, value, is_hidden) judged with their totals."""
    totals = (
        published.filter(pl.col("counter_id").is_in(list(sums_of)))
        .sort("counter_id", *_PLACE)
        .with_row_index("total")
        # Cells of flows count from zero up, totals from minus one down.
        .with_columns(total=-1 - pl.col("total").cast(pl.Int64))
    )
    of_place = totals.pivot("counter_id", index=_PLACE, values="total")
    known = of_place.columns
    of_flow = {c: pl.when(asked).then(c) for c, asked in sums_of.items() if c in known}
    members = (
        flows.lazy()
        .join(of_place.lazy(), on=_PLACE, how="left", validate="m:1")
        .select("cell", **of_flow)
        .unpivot(list(of_flow), index="cell", value_name="sum")
        .drop_nulls("sum")
    )
    parts = at_once(members.select(pl.col("sum").cast(pl.Int64), "cell"))
    own = totals.select(pl.col("total").alias("sum"), pl.col("total").alias("cell"))
    cells = pl.concat(
        [
            flows.select("cell", "value", "is_hidden", may_hide=pl.lit(value=True)),
            totals.select(cell="total", value="value", is_hidden="is_hidden").with_columns(
                may_hide=pl.lit(value=False)
            ),
        ]
    )
    judged = hide(cells, pl.concat([parts, own]))
    return judged.filter("is_hidden").select("cell")


def hidden_flows(
    flows: pl.DataFrame, published: pl.DataFrame, *, catalogue: Catalogue
) -> pl.DataFrame:
    """Add is_hidden and is_referred_hidden to the flows; `published` are their counters.

    Of flows that are as small the first is hidden: they come in the order of flow_monthly.to_flows.
    """
    threshold = catalogue.settings.small_number_threshold
    ordered = flows.with_row_index("cell").with_columns(pl.col("cell").cast(pl.Int64))
    counts = ordered.with_columns(
        value="settlements", is_hidden=is_small(pl.col("settlements"), threshold=threshold)
    )
    hidden = _judge(counts, published, _sums_of_flows())
    is_hidden = pl.col("cell").is_in(hidden["cell"].implode())
    counts = counts.with_columns(is_hidden=is_hidden)
    asked = counts.drop_nulls("referred_settlements").with_columns(
        value="referred_settlements",
        is_hidden=pl.col("is_hidden")
        | is_small(pl.col("referred_settlements"), threshold=threshold),
    )
    secret = _judge(asked, published, {_REFERRED: pl.lit(value=True)})
    is_secret = pl.col("cell").is_in(secret["cell"].implode())
    return counts.with_columns(is_referred_hidden=is_secret).drop("cell", "value")
