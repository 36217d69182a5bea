"""One row per device and extract."""

from __future__ import annotations

import polars as pl

from pipeline.catalog.sources import sources
from pipeline.contracts.staging import DEVICE_STATES, DEVICE_TYPES
from pipeline.staging.names import listing_rules, with_code_by_name, with_registered_name
from pipeline.staging.references import References
from pipeline.staging.rules import future, with_faults, with_institution

KEY = ("extract_date", "institution_code", "device_code")
CONTENT = (
    *KEY,
    *("device_name", "bought_on", "in_use_since", "price", "quantity"),
    *("funding", "state", "planned_on", "reported_broken_on"),
)
MAIN_MONTH_REPLACES = False


def device_type(name: pl.Expr) -> pl.Expr:
    """Tell the kind of device from its name, by the words of the source's vocabulary, in order."""
    folded = name.str.normalize("NFKC").str.replace_all(r"\s", "").str.to_uppercase()
    kind = pl.lit("other")
    for type_, words in reversed(sources()["equipment"].vocabulary["device_type"].items()):
        value = type_ if type_ in DEVICE_TYPES else "other"
        has_word = folded.str.contains_any([word.upper() for word in words])
        kind = pl.when(has_word).then(pl.lit(value)).otherwise(kind)
    return kind.cast(pl.Enum(DEVICE_TYPES))


def stage(rows: pl.LazyFrame, references: References) -> pl.LazyFrame:
    """Check that the institution is in the register; the county is the institution's."""
    rows = with_code_by_name(rows, references)
    rows = with_institution(rows, references, code="institution_code")
    rows = with_registered_name(rows, references, code="institution_code", name="institution_name")
    rows = with_faults(rows, *listing_rules(), future("extract_date", references))
    county = pl.col("institution_county")
    return rows.with_columns(_county=county, _month=pl.col("extract_date").dt.truncate("1mo"))


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
