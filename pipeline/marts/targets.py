"""Mart targets: one row per indicator, area and due date. Sorted by indicator, area, date."""

from __future__ import annotations

import polars as pl

from pipeline.catalog import Catalogue
from pipeline.contracts.marts import Targets
from pipeline.marts.shape import to_contract


def build(targets: pl.LazyFrame, *, catalogue: Catalogue) -> pl.LazyFrame:
    """Return the mart; a target of an indicator the catalogue does not know is left out."""
    known = targets.filter(pl.col("indicator_id").is_in(list(catalogue.indicators)))
    return to_contract(known, Targets, sort=["indicator_id", "area_code", "due_on"])
