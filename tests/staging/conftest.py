"""A few areas, a register and rows as the reader leaves them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.catalog.sources import sources
from pipeline.ingest.cells.values import dtype_of
from pipeline.reference import ALIASES_SCHEMA, AREAS_SCHEMA, Reference
from pipeline.staging.in_parts import judge
from pipeline.staging.references import References, references_of
from pipeline.staging.run import Staged, stage_source

AS_OF = date(2025, 6, 30)
KEY = b"k" * 32
ROW: dict[str, Any] = {  # a settlement; whose number each test says
    "person": 7,
    "insured_area": "410225",
    "institution_code": "H1",
    "care_type": "inpatient",
    "settled_on": date(2025, 3, 2),
    "total": 1000_00,
    "fund": 600_00,
}
ONE = ROW | {"settlement_id": "S1"}

_AREAS = [
    ("410000", "河南省", "province", None),
    ("410100", "郑州市", "city", "410000"),
    ("410200", "开封市", "city", "410000"),
    ("411600", "周口市", "city", "410000"),
    ("420000", "湖北省", "province", None),
    ("420100", "武汉市", "city", "420000"),
    ("410212", "祥符区", "county", "410200"),
    ("410225", "兰考县", "county", "410200"),
    ("410204", "鼓楼区", "county", "410200"),
    ("320106", "鼓楼区", "county", "320100"),
    ("411603", "淮阳区", "county", "411600"),
    ("411626", "淮阳县", "county", "411600"),
    ("410225001", "城关镇", "township", "410225"),
    ("410225002", "岞𪨰镇", "township", "410225"),
]


@cache
def small_reference() -> Reference:
    areas = pl.DataFrame(
        [
            {
                "area_code": code,
                "area_name": name,
                "area_level": level,
                "parent_code": parent,
                "code_system": "stats2023",
                "valid_until": date(2019, 12, 31) if code == "411626" else None,
                "successor_code": "411603" if code == "411626" else None,
            }
            for code, name, level, parent in _AREAS
        ],
        schema=AREAS_SCHEMA,
    )
    empty = pl.DataFrame()
    return Reference(
        areas=areas,
        aliases=pl.DataFrame(schema=ALIASES_SCHEMA),
        population=empty,
        published_facts=empty,
        boundaries=Path("nowhere"),
    )


REGISTER = pl.DataFrame(
    {
        "institution_code": ["H1", "T1", "K1"],
        "institution_name": ["兰考县人民医院", "城关镇卫生院", "祥符区第一人民医院"],
        "county_code": ["410225", "410225", "410212"],
        "township_code": [None, "410225001", None],
        "hospital_level": ["secondary", None, "tertiary"],
        "extract_date": [AS_OF] * 3,
        "member_from": [None, date(2020, 1, 1), None],
    }
)


@pytest.fixture(scope="session")
def reference() -> Reference:
    return small_reference()


@pytest.fixture(scope="session")
def references(reference: Reference) -> References:
    return references_of(reference, as_of=AS_OF).with_register(REGISTER)


def typed_rows(source: str, *rows: dict[str, Any], **common: Any) -> pl.DataFrame:
    """Make typed rows; what is not given is null."""
    schema: dict[str, Any] = {
        "_pos": pl.UInt64,
        "_file": pl.UInt32,
        "_sheet": pl.String,
        "_row": pl.Int64,
        "_batch": pl.Int64,
        "_series": pl.String,
        "_city": pl.String,
        "_tells_resettled": pl.Boolean,
    }
    schema |= {column.id: dtype_of(column) for column in sources()[source].read_columns}
    schema |= dict.fromkeys(("_reason", "_column", "_detail"), pl.String)
    filled = [
        {"_pos": at, "_file": 1, "_row": at + 2, "_batch": 1, "_series": "a", "_city": "410200"}
        | {"_tells_resettled": True}
        | common
        | row
        for at, row in enumerate(rows)
    ]
    filled = [row | {"_series": row["_series"]} for row in filled]
    return pl.DataFrame(filled, schema=schema)


Stage = Callable[..., Staged]


@pytest.fixture
def stage(references: References) -> Stage:
    def run(
        source: str, *rows: dict[str, Any], refs: References = references, **common: Any
    ) -> Staged:
        typed = typed_rows(source, *rows, **common)
        if source == "settlements":
            return next(judge([typed.lazy()], references=refs).staged())
        return next(stage_source(source, [typed.lazy()], references=refs))

    return run


def reasons(staged: Staged) -> list[str | None]:
    """Return the reason of each row in the order given."""
    return staged.accounts["_reason"].to_list()


def accepted(staged: Staged, table: str, *columns: str) -> list[tuple[Any, ...]]:
    """Return columns of the accepted rows of a table."""
    return staged.accepted[table].select(columns).rows()
