"""What is timed: each job counts the settlements of a written world in its own process.

`decode` only reads the columns that counting needs. `sums` are the additive tables and the distinct
persons; `duckdb` computes the same from the same files and `plain` the same from Parquet of texts.
`marts` is every mart of a build that has settlements and referrals.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import polars as pl

from bench.settled_sql import duckdb_tables
from bench.settled_world import MONTHS, codes, counties, digest, month_start, register
from pipeline.catalog import catalogue
from pipeline.catalog.published import published
from pipeline.contracts.ledger import LedgerCell
from pipeline.contracts.staging import DESTINATION_TIERS, StagedReferral
from pipeline.counters.institutions import primary_institutions
from pipeline.counters.persons import count_persons
from pipeline.counters.settled_month import CASES, READ
from pipeline.marts import build_marts
from pipeline.marts.case_years import CellNumbers, added_months
from pipeline.marts.month_sums import MonthSums
from pipeline.marts.partials import Partials
from pipeline.marts.settled import Settled, settled_of
from pipeline.methods.periods import month_end
from pipeline.reference import load_reference
from pipeline.staged.months import SettledMonths
from pipeline.version import code_version

USED = tuple(dict.fromkeys((*READ, *CASES)))
AS_OF = month_end(month_start(MONTHS - 1))
Tables = dict[str, pl.DataFrame]


def prepare() -> None:
    """Read what a build has read when it begins to count: catalogue, reference tables, code."""
    code_version()
    catalogue()
    published()
    load_reference()


def _referrals(world: Path) -> pl.LazyFrame:
    return pl.scan_parquet(world / "referrals.parquet")


def decode(world: Path) -> Tables:
    """Read the columns that counting needs, month by month, and do nothing with them."""
    for ym in sorted((world / "staged" / "settlements").glob("ym=*/part.parquet")):
        pl.scan_parquet(ym).select(USED).collect()
    return {}


def _settled(world: Path, partials: Partials) -> Settled:
    months = SettledMonths.at(world / "staged")
    return settled_of(
        months,
        _referrals(world),
        as_of=AS_OF,
        by_township=False,
        partials=partials,
        register=register().lazy(),
    )


def _months(world: Path, partials: Partials) -> MonthSums:
    months = SettledMonths.at(world / "staged")
    primary = set(primary_institutions(register().lazy()).collect()["institution_code"])
    names = enumerate(months.codes.values["institution"])
    return MonthSums(
        settled=months,
        referrals=_referrals(world),
        primary={name: code for code, name in names if name in primary},
        with_primary=frozenset(counties()[:1]),
        as_of=AS_OF,
        by_township=False,
        kept=partials,
    )


def sums(world: Path) -> Tables:
    """Return the additive tables in codes, and distinct persons by county, city and all."""
    # Persons first: while they are sorted the other tables need not be held.
    return {"persons": _persons(world)} | additive(world)


def additive(world: Path) -> Tables:
    """Return the additive tables alone."""
    return _additive(_months(world, Partials(None)))


def months_kept(world: Path) -> Tables:
    """Return the sums of all months, taken from what is kept where a month has not changed."""
    return _apart(_settled(world, Partials(world / "months")))


def months_again(world: Path) -> Tables:
    """Return the sums of all months, every one counted again."""
    return _apart(_settled(world, Partials(world / "months", full=True)))


def _apart(settled: Settled) -> Tables:
    return {name: getattr(settled, name) for name in ("counters", "flows", "levels", "reported")}


def _additive(months: MonthSums) -> Tables:
    of_years = [
        months.counted([month for month in months.months if month.year == year])
        for year in sorted({month.year for month in months.months})
    ]
    names = ("visits", "flows", "referred")
    counted = {name: pl.concat([sums[name] for sums in of_years]) for name in names}
    fetch = months.cases()
    years = sorted({month.year for month in fetch})
    cases = [_cases([fetch[m] for m in fetch if m.year == year], year) for year in years]
    return {
        "visits": counted["visits"].drop("month"),
        "flows": counted["flows"],
        "referred": counted["referred"].drop("month"),
        "cases": pl.concat(cases),
    }


def _cases(months: Sequence[Callable[[], pl.DataFrame]], year: int) -> pl.DataFrame:
    """Add up the cases of a year; codes of the world are in the order of their texts, as cells."""
    numbers = CellNumbers(codes=codes(), counties=counties())
    found = added_months((month() for month in months), numbers)
    place, disease, band = numbers.apart(found.cells)
    return pl.DataFrame(
        {
            "insured_county": (place // len(DESTINATION_TIERS)).astype(np.uint16),
            "destination_tier": (place % len(DESTINATION_TIERS)).astype(np.uint8),
            "disease_category": disease.astype(np.uint16),
            "age_band": band.astype(np.uint8),
            **found._asdict(),
        }
    ).select(pl.exclude("cells"), year=pl.lit(year))


def lineage() -> pl.DataFrame:
    """Return each county's code with itself, its city, and all, by name."""
    rows = [
        (code, above)
        for code, county in enumerate(counties())
        for above in (county, f"{county[:4]}00", "all")
    ]
    return pl.DataFrame(
        rows,
        schema={"insured_county": pl.UInt16, "ancestor_code": pl.String},
        orient="row",
    )


def _persons(world: Path) -> pl.DataFrame:
    months = SettledMonths.at(world / "staged").months
    years = sorted({ym[:4] for ym in months})
    counted = []
    for year in years:
        rows = [lf for ym, lf in months.items() if ym[:4] == year]
        counted.append(
            count_persons(rows, lineage()).with_columns(year=pl.lit(int(year), dtype=pl.Int64))
        )
    return pl.concat(counted)


def marts(world: Path, *, partials: Path | None = None, full: bool = False) -> Tables:
    """Return every mart of a build that has settlements and referrals alone.

    As in a build the tables of months are put aside; without `partials` in a folder of this run.
    """
    if partials is None:
        with tempfile.TemporaryDirectory() as folder:
            return marts(world, partials=Path(folder))
    plans = build_marts(
        {"referrals": _full_referrals(world)},
        reference=load_reference(),
        ledger_cells=LedgerCell.create_empty(),
        catalogue=catalogue(),
        as_of=AS_OF,
        demonstration=False,
        settled=SettledMonths.at(world / "staged"),
        partials=partials,
        full=full,
    )
    return {name: plan.collect() for name, plan in plans.items()}


def _full_referrals(world: Path) -> pl.LazyFrame:
    """Return the referrals with the columns that the world has no use for."""
    rows = _referrals(world)
    given = rows.collect_schema().names()
    missing = {
        name: pl.lit(None, dtype=type_)
        for name, type_ in StagedReferral.create_empty().schema.items()
        if name not in given
    }
    missing["county_code"] = pl.lit(counties()[0])
    direction = pl.col("direction").cast(StagedReferral.create_empty().schema["direction"])
    return rows.with_columns(direction, **missing).select(StagedReferral.column_names())


def kept(world: Path) -> Tables:
    """Return every mart, with the sums of months kept in the world's folder."""
    return marts(world, partials=world / "partials")


def again(world: Path) -> Tables:
    """Return every mart with everything counted again and kept."""
    return marts(world, partials=world / "partials", full=True)


def duckdb(world: Path) -> Tables:
    """Return what `sums` returns, by DuckDB."""
    return duckdb_tables(world, lineage(), persons=True)


def duckdb_additive(world: Path) -> Tables:
    """Return what `additive` returns, by DuckDB."""
    return duckdb_tables(world, lineage(), persons=False)


def plain(world: Path) -> Tables:
    """Return what `sums` returns in full words, by Polars from Parquet of texts."""
    rows = pl.scan_parquet(world / "plain" / "*.parquet")
    inpatient = pl.col("care_type").is_in(["inpatient", "maternity"])
    county, tier, care = "insured_county", "destination_tier", "care_type"
    month = pl.col("service_date").dt.month_start().alias("month")
    year = pl.col("service_date").dt.year().alias("year")
    band = pl.col("age").alias("band")
    n, fund = pl.col("sign").sum().cast(pl.Int64), pl.col("fund_fen").sum()
    named = {"settlements": n, "fund_fen": fund}
    above = pl.concat_str(pl.col(county).str.head(4), pl.lit("00")).alias("city")
    persons = rows.filter(pl.col(care) != "pharmacy", pl.col("sign") > 0)
    distinct = pl.col("person").n_unique()
    plans = {
        "visits": rows.group_by(county, "service_date", tier, care).agg(**named),
        "flows": rows.group_by(county, "care_area", tier, care, month).agg(
            **named, total_fen=pl.col("total_fen").sum()
        ),
        "cases": rows.filter(inpatient)
        .group_by(county, tier, "disease_category", band, year)
        .agg(**named),
        "persons": persons.group_by(county, tier, year).agg(distinct),
        "persons_city": persons.group_by(above, tier, year).agg(distinct),
        "persons_all": persons.group_by(tier, year).agg(distinct),
        "admitted": persons.filter(inpatient).group_by(county, tier, year).agg(distinct),
        "admitted_city": persons.filter(inpatient).group_by(above, tier, year).agg(distinct),
        "admitted_all": persons.filter(inpatient).group_by(tier, year).agg(distinct),
    }
    return {name: plan.collect() for name, plan in plans.items()}


JOBS: dict[str, Callable[[Path], Tables]] = {
    "decode": decode,
    "sums": sums,
    "additive": additive,
    "marts": marts,
    "kept": kept,
    "again": again,
    "months_kept": months_kept,
    "months_again": months_again,
    "duckdb": duckdb,
    "duckdb_additive": duckdb_additive,
    "plain": plain,
}


def fingerprint(tables: Tables) -> dict[str, str]:
    """Return a hash of each table's content."""
    return {name: digest(frame) for name, frame in tables.items()}
