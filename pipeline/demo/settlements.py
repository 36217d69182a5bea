"""Write 医保结算: one CSV a settlement month, in the dialect of its site.

Claims from outside the county arrive weeks later, reversals follow their original, three months
were restated. Defects are lines of their own, added to what is right.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.demo.calibration import flow_of
from pipeline.demo.care import DISEASES, INPATIENT
from pipeline.demo.defects import Defect, mojibake
from pipeline.demo.dialects import CARE_CODES, CARE_WORDS, DIALECTS, Dialect
from pipeline.demo.drawn_settlements import EPOCH, Model, draw_month
from pipeline.demo.persons import invent
from pipeline.demo.providers import providers
from pipeline.demo.randomness import stream
from pipeline.demo.rawfile import write_frame
from pipeline.demo.world import Site, spread_counties
from pipeline.methods.periods import add_months, months_between

FOLDER = "settlements"
# Months sent a second time because the first was not complete.
RESTATED = {"410200": 202403, "411600": 202208, "411300": 202405}
STALE_CODES = {"411603": "411626", "410212": "410224"}  # 淮阳县 to 2019, 开封县 to 2014
STALE_SHARE = 0.004
SPOILED_EVERY = 18  # one month in eighteen has rows that are wrong


@dataclass(frozen=True, kw_only=True)
class Written:
    """What a site's settlement files hold."""

    rows: int
    away: pl.DataFrame  # outflow inpatients for the referrals: who, when, where
    defects: tuple[Defect, ...]


def build_model(site: Site, areas: pl.DataFrame, *, scale: float, seed: int) -> Model:
    """Prepare a site's persons and providers."""
    return Model(
        site=site,
        persons=invent(site.counties, scale=scale, seed=seed),
        providers=providers(site, areas),
        offsets=spread_counties(site, flow_of(site).spread, "offsets", seed=seed),
        seed=seed,
    )


def with_reversals(rows: pl.DataFrame) -> pl.DataFrame:
    """Add a negative row some days after each settlement that was cancelled."""
    originals = rows.with_columns(sign=pl.lit(1, dtype=pl.Int64))
    cancelled = originals.filter(pl.col("reversed_after") > 0).with_columns(
        pl.col("settled") + pl.col("reversed_after"),
        -pl.col("total"),
        -pl.col("fund"),
        sign=pl.lit(-1, dtype=pl.Int64),
    )
    return pl.concat([originals, cancelled])


def settlement_months(
    model: Model, *, start: date, until: date
) -> Iterator[tuple[date, pl.DataFrame, pl.DataFrame]]:
    """Yield each month: what was settled in it, and the inpatients it sent away.

    What is settled after `until` has not arrived yet; who was sent away is known at once. Care
    before `start` is not in the records, so that no month is there in part.
    """
    last = (until - EPOCH).days
    waiting: list[pl.DataFrame] = []
    for month in months_between(start, until):
        cared_for = draw_month(model, month)
        drawn = with_reversals(cared_for).filter(pl.col("settled") <= last)
        day = pl.col("settled").cast(pl.Int32).cast(pl.Date)
        due = (day.dt.year() * 100 + day.dt.month()) == month.year * 100 + month.month
        split = pl.concat([*waiting, drawn]).with_columns(due=due)
        waiting = [split.filter(~pl.col("due")).drop("due")]
        yield month, split.filter("due").drop("due"), _outflow(cared_for)


def write_settlements(model: Model, out: Path, *, start: date, until: date) -> Written:
    """Write a site's files of all months up to `until`."""
    dialect = DIALECTS[model.site.dialect]
    rows = 0
    defects: list[Defect] = []
    # The first patients of the month after the last were referred before it.
    following = draw_month(model, add_months(until, 1))
    away = [_outflow(following)]
    for month, settled, sent in settlement_months(model, start=start, until=until):
        frame = dialect.render(_facts(model, settled))
        defects += _write_month(model, frame, out, month)
        rows += settled.height
        away.append(sent)
    if model.site.is_city:
        defects += _refused_files(model.site, frame, out, until)
    return Written(rows=rows, away=pl.concat(away), defects=tuple(defects))


def _write_month(model: Model, frame: pl.DataFrame, out: Path, month: date) -> list[Defect]:
    """Write a month, and before a restated one what was sent at first."""
    dialect = DIALECTS[model.site.dialect]
    name, number = file_name(model.site, month), month.year * 100 + month.month
    if RESTATED.get(model.site.code) == number:
        first = _first_try(frame, dialect, seed=model.seed)
        write_frame(first, out / FOLDER / f"{name}.csv", encoding=dialect.encoding)
        name = f"{name}_v2"
    extra, defects = _spoiled(model, frame, dialect, f"{FOLDER}/{name}.csv", number)
    write_frame(frame, out / FOLDER / f"{name}.csv", encoding=dialect.encoding, extra=extra)
    return defects


def file_name(site: Site, month: date) -> str:
    """Name a month's file, without the extension."""
    return f"{site.code}_{site.name}_医保结算_{month:%Y%m}"


def _outflow(rows: pl.DataFrame) -> pl.DataFrame:
    return rows.filter((pl.col("care") == INPATIENT) & (pl.col("tier") > 0)).select(
        "county", "person", "provider", "started", "ended", "disease", "chance"
    )


def _facts(model: Model, settled: pl.DataFrame) -> pl.DataFrame:
    """Turn positions into facts: codes, names, dates and identifiers."""
    persons, who = model.persons, settled["person"].to_numpy()
    counties = [county.code for county in model.site.counties]
    insured = pl.Series(counties).gather(settled["county"])
    townships = [t.name for c in model.site.counties for t in c.townships]
    first = np.cumsum([0, *(len(c.townships) for c in model.site.counties[:-1])])
    township = persons.township[who] + first[settled["county"].to_numpy()]
    at = settled["provider"]
    stale = insured.replace(STALE_CODES)
    return settled.with_columns(
        home=insured,
        insured=pl.when(pl.col("chance") < STALE_SHARE * 1_000_000).then(stale).otherwise(insured),
        birth_year=pl.Series(persons.birth_year[who]),
        female=pl.Series(persons.female[who]),
        employee=pl.Series(persons.employee[who]),
        township=pl.Series(townships).gather(township),
        provider_code=pl.Series(model.providers.codes).gather(at),
        provider_name=pl.Series(model.providers.names).gather(at),
        level=pl.Series(model.providers.levels).gather(at),
        care_area=pl.Series(model.providers.areas).gather(at),
        disease_code=pl.Series([code for code, _ in DISEASES]).gather(settled["disease"]),
        disease_name=pl.Series([name for _, name in DISEASES]).gather(settled["disease"]),
        person=pl.Series(who - persons.first[settled["county"].to_numpy()]),
        number=pl.concat_str(
            insured, pl.col("month").cast(pl.String), pl.col("serial").cast(pl.String).str.zfill(8)
        ),
    ).with_columns(pl.col("started", "ended", "settled").cast(pl.Int32).cast(pl.Date))


def _first_try(frame: pl.DataFrame, dialect: Dialect, *, seed: int) -> pl.DataFrame:
    """Return what was sent before the month was restated: rows missing, some sums too low."""
    rng = stream(seed, "restated", dialect.name)
    kept = frame.filter(pl.Series(rng.random(frame.height) > 0.015))
    changed = pl.Series(rng.random(kept.height) < 0.01)
    positive = ~pl.col(dialect.fund).str.starts_with("-")
    return kept.with_columns(
        pl.when(changed & positive)
        .then(pl.lit("0.00"))
        .otherwise(pl.col(dialect.fund))
        .alias(dialect.fund)
    )


def _spoiled(
    model: Model, frame: pl.DataFrame, dialect: Dialect, file: str, number: int
) -> tuple[list[list[str]], list[Defect]]:
    """Make lines that are wrong in one way each; they come after the good ones."""
    if (
        not model.site.is_city
        or (number // 100 * 12 + number % 100) % SPOILED_EVERY
        or frame.height < 20
    ):
        return [], []
    headers = frame.columns
    faults: list[tuple[str, str | None, dict[str, str]]] = [
        ("BAD_NUMBER", dialect.total, {dialect.total: "--"}),
        ("BAD_NUMBER", dialect.fund, {dialect.fund: "三百元"}),
        ("BAD_DATE", dialect.settled, {dialect.settled: "05/01/2024"}),
        ("UNKNOWN_CODE", dialect.insured, {dialect.insured: "419999"}),
        ("UNKNOWN_CODE", dialect.care, {dialect.care: "88"}),
        ("MISSING_VALUE", dialect.person, {dialect.person: ""}),
        ("MISSING_VALUE", dialect.total, {dialect.total: ""}),
    ]
    lines, defects = [], []
    for offset, (reason, column, changes) in enumerate(faults):
        row = {k: v or "" for k, v in frame.row(offset, named=True).items()}
        row[dialect.identifier] = f"{row[dialect.identifier]}X{offset}"
        lines.append([{**row, **changes}[header] for header in headers])
        line = frame.height + 2 + offset
        defects.append(Defect(file=file, reason=reason, row=line, column=column))
    other = frame.row(11, named=True)
    cares = CARE_WORDS if dialect.name == "words" else CARE_CODES
    other[dialect.care] = cares[2] if other[dialect.care] == cares[3] else cares[3]
    copies = [frame.row(10, named=True), other]
    for offset, (reason, row) in enumerate(zip(_COPIES, copies, strict=True)):
        lines.append([row[header] or "" for header in headers])
        line = frame.height + 2 + len(faults) + offset
        defects.append(Defect(file=file, reason=reason, row=line))
    return lines, defects


_COPIES = ("DUPLICATE_ROW", "DUPLICATE_KEY")


def _refused_files(site: Site, frame: pl.DataFrame, out: Path, until: date) -> list[Defect]:
    """Write two files that cannot be taken: a column is missing, and a spoiled transfer."""
    dialect = DIALECTS[site.dialect]
    name = file_name(site, until)
    few = frame.head(40)
    headless = f"{FOLDER}/{name}_补报缺列.csv"
    write_frame(few.drop(dialect.settled), out / headless, encoding=dialect.encoding)
    spoiled = f"{FOLDER}/{name}_补报乱码.csv"
    (out / spoiled).write_bytes(mojibake(few.write_csv()))
    return [
        Defect(file=headless, reason="HEADER_MISSING", column=dialect.settled),
        Defect(file=spoiled, reason="ENCODING"),
    ]
