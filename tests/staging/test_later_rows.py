"""A row of a day after the as-of date is that before all else: nothing is held to a later day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.staging.references import REGISTER_SCHEMA, References

from .conftest import ONE, Stage, reasons

LATER = date(2025, 7, 1)
EXTRACT = {"extract_date": LATER}
ROWS: dict[str, dict[str, Any]] = {
    "settlements": ONE | {"insured_area": "999999", "settled_on": LATER},
    "referrals": {"referral_id": "R1", "from_institution": "no", "referred_on": LATER},
    "clinics": EXTRACT | {"clinic_code": "C1", "county_name": "没有的县"},
    "equipment": EXTRACT | {"device_code": "D1", "institution_code": "no"},
    "contracts": EXTRACT | {"institution_code": "no"},
    "institutions": EXTRACT | {"institution_code": "I1", "county_code": "999999"},
    "population": {"area_code": "999999", "year": 2026},
    "income": {"area_code": "999999", "year": 2026},
    "activity": {"county_code": "999999", "month": LATER},
}


@pytest.mark.parametrize("source", ROWS)
def test_a_row_of_a_later_day_is_nothing_else(stage: Stage, source: str) -> None:
    assert reasons(stage(source, ROWS[source])) == ["FUTURE_DATE"]


@pytest.mark.parametrize("source", ["equipment", "contracts"])
def test_without_a_register_the_code_is_not_blamed(
    stage: Stage, references: References, source: str
) -> None:
    row = ROWS[source] | {"extract_date": date(2025, 6, 30), "institution_code": "H1"}
    bare = replace(references, institutions=pl.DataFrame(schema=REGISTER_SCHEMA))
    staged = stage(source, row, refs=bare)
    assert reasons(staged) == ["UNKNOWN_CODE"]
    assert staged.accounts["_detail"].to_list() == ["H1（没有可用的机构名录）"]
