"""Mart institutions: one row per institution in its latest extract, with membership in force.

Sorted by county, type, institution.
"""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.contracts.marts import Institutions
from pipeline.counters.frames import at_dates, has_happened
from pipeline.counters.institutions import is_member, one_per_institution
from pipeline.marts.clinics import with_city
from pipeline.marts.shape import to_contract


def build(institutions: pl.LazyFrame, *, areas: pl.DataFrame, as_of: date) -> pl.LazyFrame:
    """Return the mart; closed institutions stay listed, with valid_until."""
    rows = one_per_institution(at_dates(institutions, [as_of], backwards=True))
    of_member = pl.when(is_member())
    standard = (
        pl.when(has_happened("recommended_standard_on"))
        .then(pl.lit("recommended"))
        .when(has_happened("basic_standard_on"))
        .then(pl.lit("basic"))
    )
    named = rows.with_columns(
        consortium_code=of_member.then("consortium_code"),
        consortium_name=of_member.then("consortium_name"),
        is_lead=pl.col("is_lead") & is_member(),
        valid_from="opened_on",
        valid_until="closed_on",
        standard=standard,
        is_sub_centre=has_happened("sub_centre_on"),
        is_five_hundred_model=has_happened("five_hundred_model_on"),
        has_tcm_clinic=has_happened("tcm_clinic_on"),
        as_of="extract_date",
    )
    return to_contract(
        with_city(named, areas),
        Institutions,
        sort=["county_code", "institution_type", "institution_code"],
    )
