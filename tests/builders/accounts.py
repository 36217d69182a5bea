"""Quality accounts, published figures and input files laid over the small world.

Invented by a fixed formula; rows read are always accepted + rejected + duplicates.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import polars as pl

from pipeline import snapshots
from pipeline.catalog.sources import SOURCE_IDS
from pipeline.reference import load_reference
from tests.builders import world
from tests.builders.measures import fit

MONTHLY = ("settlements", "referrals", "activity")
COUNTIES = tuple(f"4102{n:02d}" for n in (2, 3, 4, 5, 12, 21, 22, 23, 25))
REGISTER_MONTH = dt.date(2025, 5, 1)
MONTHS = [dt.date(2025, m, 1) for m in range(1, 7)]
# Counties whose reports of the last month have not come.
SILENT = {("settlements", "410205"), ("activity", "410222")}


def _quality_row(source: str, county: str, month: dt.date) -> dict[str, object]:
    monthly = source in MONTHLY
    silent = month == MONTHS[-1] and (source, county) in SILENT
    base = 0 if silent else 900 + int(county) % 97 * 11
    rejected = base * (int(county) % 7) // 100 if source in {"clinics", "settlements"} else 0
    duplicates = base // 400
    reasons = []
    if rejected > 2:
        reasons = [f"BAD_DATE:{rejected - 2}", f"DUPLICATE_KEY:{duplicates}", "UNKNOWN_CODE:2"]
    share = rejected / base if base else 1
    grade = "A" if share <= 0.001 else "B" if share <= 0.01 else "C" if share <= 0.05 else "D"
    age = 0 if source == "institutions" else (world.AS_OF - REGISTER_MONTH.replace(day=31)).days
    return {
        "source": source,
        "county_code": county,
        "month": month,
        "expected": 1 if monthly else None,
        "received": 0 if silent else 1,
        "rows_read": base,
        "accepted": base - rejected - duplicates,
        "rejected": rejected,
        "duplicates": duplicates,
        "reasons": " ".join(reasons),
        "delay_days": (4 if silent else None) if monthly else age,
        "grade": grade,
    }


def data_quality() -> pl.DataFrame:
    """Build six months of reports; registers have one extract, targets none at all."""
    rows = [
        _quality_row(source, county, month)
        for source in SOURCE_IDS
        if source != "targets"
        for county in COUNTIES
        for month in (MONTHS if source in MONTHLY else [REGISTER_MONTH])
    ]
    unnamed = _quality_row("clinics", COUNTIES[0], REGISTER_MONTH) | {
        "county_code": "",
        "rows_read": 3,
        "accepted": 0,
        "rejected": 3,
        "duplicates": 0,
        "reasons": "UNKNOWN_CODE:3",
        "grade": "D",
    }
    return fit("data_quality", pl.DataFrame([*rows, unnamed], infer_schema_length=None))


def published_facts() -> pl.DataFrame:
    """Build every committed fact; each seventh agrees, a few differ, the rest lack a source."""
    number = pl.int_range(pl.len())
    verdict = (
        pl.when(number % 41 == 5)
        .then(pl.lit("unexplained"))
        .when(number % 23 == 4)
        .then(pl.lit("explained"))
        .when(number % 5 == 0)
        .then(pl.lit("match"))
        .otherwise(pl.lit("not_computable"))
    )
    facts = load_reference().published_facts.rename({"adcode": "area_code"}, strict=False)
    judged = facts.with_columns(verdict=verdict)
    known = pl.col("verdict") != "not_computable"
    off = pl.when(pl.col("verdict") == "match").then(1.0).otherwise(1.137)
    reasons = {
        "match": "演示数据按公开数据校准。",
        "explained": "月报不能在10月13日截断：截至9月底为1620，截至10月底为1790，公布值在其间。",
        "unexplained": "本系统为21，公布为19，原因待查。",
        "not_computable": "缺少人员名册：现有数据源中没有这一项。",
    }
    return fit(
        "published_facts",
        judged.with_columns(
            our_value=pl.when(known).then(pl.col("value") * off),
            our_as_of=pl.when(known).then(pl.lit(world.AS_OF)),
            reason_zh=pl.col("verdict").replace_strict(reasons, return_dtype=pl.String),
        ),
    )


def inputs() -> list[snapshots.InputFile]:
    """Build the input files: one of each source, one refused as a whole, one replaced."""
    found = [
        snapshots.InputFile(
            source=source,
            file=f"{source}/{county}_{source}.csv",
            sha256="0" * 64,
            rows_read=1000,
            accepted=990,
            rejected=7,
            duplicates=3,
        )
        for source in SOURCE_IDS
        for county in COUNTIES
    ]
    refused = {"sha256": "1" * 64, "rows_read": 0, "accepted": 0, "rejected": 0, "duplicates": 0}
    return [
        *found,
        snapshots.InputFile(
            source="clinics", file="clinics/兰考县村卫生室.xlsx", refusal="CORRUPT", **refused
        ),
        snapshots.InputFile(
            source="settlements",
            file="settlements/尉氏县_202503.csv",
            sha256="2" * 64,
            rows_read=500,
            accepted=0,
            rejected=0,
            duplicates=500,
            superseded_by="settlements/尉氏县_202503_v2.csv",
        ),
    ]


def publish_accounts(
    marts: Path, *, hostile: bool = False, files: bool = True
) -> snapshots.Snapshot:
    """Publish the small world with accounts, published figures and input files.

    Without files the world is not a demonstration either.
    """
    tables = dict(world.tables(hostile=hostile))
    facts = published_facts()
    if hostile:
        spoilt = pl.lit(world.HOSTILE)
        facts = facts.with_columns(measure_zh=spoilt, reason_zh=spoilt, source_title=spoilt)
    tables |= {"data_quality": data_quality(), "published_facts": facts}
    return world.publish_tables(
        marts, tables.items(), demonstration=files, inputs=inputs() if files else ()
    )
