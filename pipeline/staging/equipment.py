"""One row per device and extract."""

from __future__ import annotations

import polars as pl

from pipeline.catalog.sources import sources
from pipeline.contracts.staging import DEVICE_STATES, DEVICE_TYPES
from pipeline.staging.amounts import yuan
from pipeline.staging.names import stage_listed
from pipeline.staging.references import References
from pipeline.staging.rules import Rule, future, not_before

KEY = ("extract_date", "institution_code", "device_code")
CONTENT = (
    *KEY,
    *("device_name", "bought_on", "in_use_since", "price", "quantity"),
    *("funding", "state", "planned_on", "reported_broken_on"),
)
MAIN_MONTH_REPLACES = False
TOLD_BY_MONTH = False
_EARLY_BY, _PLANNED_FOR = "1y", "10y"
# Fen. The dearest machine of a county hospital costs a few million yuan: more are yuan under 万元.
MOST_PAID = 10_000_000_000


def device_type(name: pl.Expr) -> pl.Expr:
    """Tell the kind of device from its name, by the words of the source's vocabulary, in order."""
    folded = name.str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase()
    kind = pl.lit("other")
    for type_, words in reversed(sources()["equipment"].vocabulary["device_type"].items()):
        value = type_ if type_ in DEVICE_TYPES else "other"
        has_word = folded.str.contains_any([word.upper() for word in words])
        kind = pl.when(has_word).then(pl.lit(value)).otherwise(kind)
    return kind.cast(pl.Enum(DEVICE_TYPES))


def _dates(references: References) -> tuple[Rule, ...]:
    """Refuse dates that nobody can know yet; a plan may say one, but not of another generation.

    A device told to be in use some months early is a doubt for its county, not a slip of the pen.
    """
    is_there = pl.col("state") != "planned"
    bought, since, planned = (pl.col(day) for day in ("bought_on", "in_use_since", "planned_on"))
    as_of = pl.lit(references.as_of)
    return (
        Rule("FUTURE_DATE", "bought_on", is_there & (bought > references.as_of), bought),
        Rule("FUTURE_DATE", "in_use_since", since > as_of.dt.offset_by(_EARLY_BY), since),
        future("reported_broken_on", references),
        Rule("FUTURE_DATE", "planned_on", planned > as_of.dt.offset_by(_PLANNED_FOR), planned),
        not_before("in_use_since", "bought_on"),
    )


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Check that the institution is in the register; the county is the institution's."""
    price = pl.col("price")
    too_dear = Rule("AMOUNT_RANGE", "price", price > MOST_PAID, yuan(price))
    return stage_listed(rows, references, *_dates(references), too_dear)


def tables(checked: pl.LazyFrame) -> dict[str, pl.LazyFrame]:
    """Return the accepted devices; one that does not say is one device."""
    devices = checked.filter(pl.col("_reason").is_null()).select(
        pl.col("_file").alias("file_id"),
        "extract_date",
        "institution_code",
        "device_code",
        device_type(pl.col("device_name")).alias("device_type"),
        "device_name",
        pl.col("quantity").fill_null(1).cast(pl.Int32),
        pl.col("state").cast(pl.Enum(DEVICE_STATES)),
        "bought_on",
        "in_use_since",
        "planned_on",
        "reported_broken_on",
        pl.col("price").alias("price_fen"),
        (pl.col("funding") == "renewal").fill_null(value=False).alias("is_renewal_project"),
    )
    return {"devices": devices}
