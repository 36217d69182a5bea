"""Code and name of an institution: what counts as the same, and who confirms it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import polars as pl
import pytest

from pipeline.reference import INSTITUTION_ALIASES_SCHEMA
from pipeline.staging.references import References

from .conftest import Stage, reasons

ONE: dict[str, Any] = {
    "settlement_id": "S1",
    "person": 7,
    "insured_area": "410225",
    "institution_code": "T1",  # 城关镇卫生院
    "care_type": "inpatient",
    "settled_on": date(2025, 3, 2),
    "total": 1000_00,
    "fund": 600_00,
}


@pytest.mark.parametrize(
    "name",
    [
        None,
        "城关镇卫生院",
        " 城关镇 卫生院",
        "城关镇卫生院（兰考）",
        "兰考县城关镇卫生院",
        "城关镇中心卫生院",
        "城关乡卫生院",
        "城关卫生院",
    ],
)
def test_a_name_written_another_way_is_the_same(stage: Stage, name: str | None) -> None:
    assert reasons(stage("settlements", ONE | {"institution_name": name})) == [None]


@pytest.mark.parametrize("name", ["兰考县人民医院", "张市镇卫生院", "卫生室"])
def test_a_name_of_another_institution_is_refused(stage: Stage, name: str) -> None:
    staged = stage("settlements", ONE | {"institution_name": name})
    assert staged.accounts.select("_reason", "_column", "_detail").row(0) == (
        "CODE_NAME_CONFLICT",
        "institution_name",
        f"{name}（名录中为城关镇卫生院）",
    )


def test_a_confirmed_name_is_taken_for_its_code_alone(stage: Stage, references: References) -> None:
    confirmed = pl.DataFrame(
        {"institution_code": ["T1"], "alias_name": ["老城医院"]}, schema=None
    ).select(pl.col(c) for c in list(INSTITUTION_ALIASES_SCHEMA)[:2])
    refs = replace(references, aliases=confirmed)
    named = ONE | {"institution_name": "老城医院"}
    staged = stage(
        "settlements", named, named | {"settlement_id": "2", "institution_code": "H1"}, refs=refs
    )
    assert reasons(staged) == [None, "CODE_NAME_CONFLICT"]


def test_a_hospital_of_no_register_may_have_any_name(stage: Stage) -> None:
    away = {"institution_code": "X9", "institution_name": "某医院", "care_area": "420100"}
    assert reasons(stage("settlements", ONE | away)) == [None]
