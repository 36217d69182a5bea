"""Write 双向转诊: one CSV a site and year, in GB18030.

Part of those who leave the county carry a referral; others go up and down within it.
"""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl

from pipeline.demo.calendar import season, years_since_2021
from pipeline.demo.care import DISEASES, INPATIENT
from pipeline.demo.defects import Defect
from pipeline.demo.dialects import DIALECTS
from pipeline.demo.drawn_settlements import EPOCH, Model
from pipeline.demo.persons import pick
from pipeline.demo.randomness import stream
from pipeline.demo.rawfile import GB18030, write_frame
from pipeline.methods.periods import month_end, months_between

FOLDER = "referrals"
REFERRED_2021, REFERRED_YEARLY = 0.31, 0.035  # share of those leaving who carry a referral
UP_YEARLY, DOWN_YEARLY = 0.0065, 0.0036  # within the county, per insured
UP, DOWN = 0, 1


def write_referrals(
    model: Model, away: pl.DataFrame, out: Path, *, start: date, until: date
) -> tuple[int, tuple[Defect, ...]]:
    """Write a site's files; `away` are the inpatients who left (see settlements)."""
    first, last = (start - EPOCH).days, (until - EPOCH).days
    drawn = pl.concat(
        [
            _leaving(model, away, first),
            *(_within(model, month) for month in months_between(start, until)),
        ]
    )
    rows = drawn.filter(pl.col("day").is_between(first, last)).sort(
        "day", "county", "person", "from", "chance", maintain_order=True
    )
    rows = rows.with_row_index("serial").with_columns(
        date=pl.col("day").cast(pl.Int32).cast(pl.Date)
    )
    defects: list[Defect] = []
    for year in range(start.year, until.year + 1):
        frame = _render(model, rows.filter(pl.col("date").dt.year() == year))
        name = f"{FOLDER}/{model.site.code}_{model.site.name}_双向转诊_{year}.csv"
        extra, found = _spoiled(model, frame, name) if year == until.year else ([], [])
        write_frame(frame, out / name, encoding=GB18030, extra=extra)
        defects += found
    return rows.height, tuple(defects)


def _leaving(model: Model, away: pl.DataFrame, first: int) -> pl.DataFrame:
    """Refer part of those who left: by the lead hospital, 0 to 6 days before admission.

    Who was admitted before the first day of the records is referred in its first week, so that
    the first month is like any other.
    """
    years = (pl.col("started") - (date(2021, 1, 1) - EPOCH).days) / 365.25
    share = REFERRED_2021 + REFERRED_YEARLY * years
    before = pl.col("started") - pl.col("chance") % 7
    in_time = pl.min_horizontal(first + pl.col("chance") % 7, "ended")
    day = pl.when(before < first).then(in_time).otherwise(before)
    carried = away.filter(pl.col("chance") < share * 1_000_000).with_columns(day=day)
    return carried.select(
        "county",
        "person",
        pl.Series(model.providers.lead).gather(carried["county"]).alias("from"),
        pl.col("provider").alias("to"),
        "day",
        "disease",
        "chance",
        direction=pl.lit(UP, dtype=pl.Int64),
    )


def _within(model: Model, month: date) -> pl.DataFrame:
    """Draw a month's referrals between a county's centres and its lead hospital."""
    rng = stream(model.seed, "referrals", model.site.code, month.isoformat())
    growth = season(month) * 1.06 ** years_since_2021(month) / 12
    parts = []
    for direction, yearly in ((UP, UP_YEARLY), (DOWN, DOWN_YEARLY)):
        count = rng.poisson(model.persons.size * yearly * growth)
        county = np.repeat(np.arange(len(count)), count)
        centre = model.providers.local[INPATIENT].draw(rng, county)
        lead = model.providers.lead[county]
        days = rng.integers(0, month_end(month).day, size=len(county))
        parts.append(
            pl.DataFrame(
                {
                    "county": county,
                    "person": pick(rng, model.persons, county, lean=1.9),
                    "from": centre if direction == UP else lead,
                    "to": lead if direction == UP else centre,
                    "day": days + (month - EPOCH).days,
                    "disease": rng.integers(0, 16, size=len(county)),
                    "chance": rng.integers(0, 1_000_000, size=len(county)),
                    "direction": np.full(len(county), direction),
                }
            )
        )
    return pl.concat(parts).filter(pl.col("from") != pl.col("to"))


def _render(model: Model, rows: pl.DataFrame) -> pl.DataFrame:
    counties = pl.Series([county.code for county in model.site.counties])
    codes, names = pl.Series(model.providers.codes), pl.Series(model.providers.names)
    who = rows["person"].to_numpy()
    home = rows["county"].to_numpy()
    facts = rows.with_columns(
        home=counties.gather(rows["county"]),
        birth_year=pl.Series(model.persons.birth_year[who]),
        person=pl.Series(who - model.persons.first[home]),
    )
    number = pl.concat_str(
        pl.lit(f"Z{model.site.code}"),
        pl.col("date").dt.to_string("%Y"),
        pl.col("serial").cast(pl.String).str.zfill(8),
    )
    return facts.select(
        number.alias("转诊单号"),
        DIALECTS[model.site.dialect].person_number().alias("个人编号"),
        pl.col("date").dt.to_string("%Y-%m-%d").alias("转诊日期"),
        pl.when(pl.col("direction") == UP)
        .then(pl.lit("上转"))
        .otherwise(pl.lit("下转"))
        .alias("转诊方向"),
        codes.gather(rows["from"]).alias("转出机构编码"),
        names.gather(rows["from"]).alias("转出机构名称"),
        codes.gather(rows["to"]).alias("转入机构编码"),
        names.gather(rows["to"]).alias("转入机构名称"),
        pl.Series(model.providers.areas).gather(rows["to"]).alias("转入地区划代码"),
        pl.col("home").alias("参保地区划代码"),
        pl.Series([code for code, _ in DISEASES]).gather(rows["disease"]).alias("疾病编码"),
    )


def _spoiled(model: Model, frame: pl.DataFrame, name: str) -> tuple[list[list[str]], list[Defect]]:
    """Add lines that are wrong in one way each after the good ones."""
    if not model.site.is_city or frame.height < 10:
        return [], []
    faults = (
        ("BAD_DATE", "转诊日期", f"{(date(2025, 1, 9) + timedelta(days=1)):%d/%m/%Y}"),
        ("UNKNOWN_CODE", "转诊方向", "平转"),
        ("MISSING_VALUE", "转出机构编码", ""),
    )
    lines, defects = [], []
    for offset, (reason, column, value) in enumerate(faults):
        row = {**frame.row(offset, named=True), column: value}
        row["转诊单号"] = f"{row['转诊单号']}X"
        lines.append([str(row[header]) for header in frame.columns])
        defects.append(
            Defect(file=name, reason=reason, row=frame.height + 2 + offset, column=column)
        )
    lines.append([str(value) for value in frame.row(5)])
    last = frame.height + 2 + len(faults)
    defects.append(Defect(file=name, reason="DUPLICATE_ROW", row=last))
    return lines, defects
