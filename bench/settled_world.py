"""Write settlements straight to the staged layout, and the same rows as plain Parquet of texts.

Synthetic: insured counties of three cities, care by Zipf's law over institutions and diseases, a
person for every five rows, 30 % admissions, one reversal in two hundred. The texts are what a first
version would keep: codes, words and 32-digit person keys as strings, rows in the order they came.
"""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipeline.contracts.staging import (
    AGE_BAND_STARTS,
    CARE_TYPES,
    DESTINATION_TIERS,
    INSURANCE_TYPES,
    StagedInstitution,
    StagedSettlement,
)
from pipeline.counters.settled_month import is_admission
from pipeline.methods.periods import add_months, month_end
from pipeline.reference import load_reference
from pipeline.spill import private
from pipeline.staged.codes import Codes
from pipeline.staged.files import CODES, DIGEST, SETTLEMENTS, write_coded

FIRST = date(2022, 7, 1)
MONTHS = 36
CITIES = ("4102", "4116", "4113")
INSTITUTIONS = 4000
PRIMARY_EVERY = 7
DISEASES = 1500
_SCHEMA = StagedSettlement.create_empty().schema


def month_start(position: int) -> date:
    """Return the first day of a month of the world."""
    return add_months(FIRST, position)


def counties() -> list[str]:
    """Return the insured counties: those in force in three cities."""
    areas = load_reference().areas
    in_force = areas.filter(
        pl.col("area_level") == "county",
        pl.col("successor_code").is_null(),
        pl.col("area_code").str.head(4).is_in(CITIES),
    )
    return in_force["area_code"].sort().to_list()


def codes() -> Codes:
    """Return the code tables of the world."""
    areas = load_reference().areas
    cities = areas.filter(pl.col("area_level") == "city")["area_code"].sort().head(60).to_list()
    return Codes(
        {
            "area": (*counties(), *cities),
            "township": (),
            "institution": tuple(f"H{n:011d}" for n in range(INSTITUTIONS)),
            "hospital_level": ("primary", "secondary", "tertiary", "ungraded"),
            "disease": tuple(f"{chr(65 + n // 75)}{n % 75:02d}" for n in range(DISEASES)),
        }
    )


def _zipf(rng: np.random.Generator, size: int, kinds: int) -> NDArray[np.int64]:
    """Draw kinds by Zipf's law: the logarithm of the rank is uniform."""
    ranks: NDArray[np.float64] = np.exp(rng.random(size) * np.log(kinds + 1)) - 1
    return ranks.astype(np.int64)


def _places(
    rng: np.random.Generator, person: NDArray[np.int64]
) -> tuple[NDArray[np.uint16], NDArray[np.uint8], NDArray[np.uint16]]:
    """Return the county, the tier and the place of care of each row; most stay at home."""
    insured, rows = len(counties()), len(person)
    tier = np.searchsorted([0.78, 0.88, 0.97], rng.random(rows)).astype(np.uint8)
    # One row in a thousand is of somebody who has moved.
    moved = np.where(rng.random(rows) < 0.001, rng.integers(0, insured, rows), 0)
    county = ((person + moved) % insured).astype(np.uint16)
    elsewhere = (insured + _zipf(rng, rows, 60)).astype(np.uint16)
    neighbour = ((county + 1 + rng.integers(0, 12, rows)) % insured).astype(np.uint16)
    return county, tier, np.where(tier == 0, county, np.where(tier == 1, neighbour, elsewhere))


def month_rows(position: int, rows: int, *, persons: int, seed: int) -> pl.DataFrame:
    """Return the rows of a month in codes, unsorted, as StagedSettlement."""
    rng = np.random.default_rng([seed, position])
    first = month_start(position)
    days = (month_end(first) - first).days + 1
    person = rng.integers(0, persons, rows)
    county, tier, place = _places(rng, person)
    care = np.searchsorted([0.28, 0.80, 0.93, 0.98], rng.random(rows)).astype(np.uint8)
    disease = _zipf(rng, rows, DISEASES).clip(0, DISEASES - 1)
    age = (person * 2654435761 % 95).astype(np.int16)
    service = first.toordinal() - date(1970, 1, 1).toordinal() + rng.integers(0, days, rows)
    sign = np.where(rng.random(rows) < 0.005, -1, 1).astype(np.int8)
    total = (np.exp(rng.normal(11, 1.2, rows))).astype(np.int64) * sign
    return pl.DataFrame(
        {
            "insured_county": county,
            "insured_township": None,
            "institution_code": _zipf(rng, rows, INSTITUTIONS).clip(0, INSTITUTIONS - 1),
            "care_area": place,
            "destination_tier": tier,
            "care_type": care,
            "insurance_type": rng.integers(0, 2, rows),
            "hospital_level": rng.integers(0, 4, rows),
            "disease_category": disease,
            "disease_chapter": disease // 75 + 1,
            "age_band": np.searchsorted(AGE_BAND_STARTS, age, side="right") - 1,
            "is_resettled": False,
            "service_date": pl.Series(service).cast(pl.Int32).cast(pl.Date),
            "settled_on": pl.Series(service).cast(pl.Int32).cast(pl.Date),
            "sign": sign,
            # Any odd constant spreads the persons over 64 bits, each to its own number.
            "person_key": (person.astype(np.uint64) * 0x9E3779B97F4A7C15).view(np.int64),
            "total_fen": total,
            "fund_fen": total * 6 // 10,
            "settlement_id": pl.Series(np.arange(rows) + position * 10**9).cast(pl.String),
        },
        schema_overrides={"insured_township": pl.UInt16},
    ).cast(_SCHEMA)


def register() -> pl.DataFrame:
    """Return the institution register: every seventh is a township centre."""
    empty = StagedInstitution.create_empty()
    names = codes().values["institution"][::PRIMARY_EVERY]
    given = pl.DataFrame({"institution_code": names}).with_columns(
        extract_date=pl.lit(FIRST),
        institution_type=pl.lit("township_health_centre"),
        county_code=pl.lit(counties()[0]),
    )
    missing = [pl.lit(None).alias(c) for c in empty.columns if c not in given.columns]
    return given.with_columns(missing).select(empty.columns).cast(empty.schema)


def texts(rows: pl.DataFrame, tables: Codes) -> pl.DataFrame:
    """Return the same rows with every code in full and the person as 32 digits."""
    return rows.select(
        *(tables.text(c) for c in ("insured_county", "institution_code", "care_area")),
        *(tables.text(c) for c in ("disease_category", "hospital_level")),
        *(
            pl.col(c).cat.to(pl.Enum(words)).cast(pl.String)
            for c, words in (
                ("destination_tier", DESTINATION_TIERS),
                ("care_type", CARE_TYPES),
                ("insurance_type", INSURANCE_TYPES),
            )
        ),
        pl.col("age_band").replace_strict(
            list(range(len(AGE_BAND_STARTS))), AGE_BAND_STARTS, return_dtype=pl.Int16
        ).alias("age"),
        *("service_date", "settled_on", "sign", "total_fen", "fund_fen", "settlement_id"),
        person=pl.col("person_key").reinterpret(signed=False).cast(pl.String).str.zfill(32),
    )  # fmt: skip


def referrals(persons: int, rows: int, *, seed: int) -> pl.DataFrame:
    """Return upward referrals: person_key, referred_on, direction."""
    rng = np.random.default_rng([seed, 99])
    person = rng.integers(0, persons, rows).astype(np.uint64) * 0x9E3779B97F4A7C15
    start = FIRST.toordinal() - date(1970, 1, 1).toordinal()
    return pl.DataFrame(
        {
            "person_key": person.view(np.int64),
            "referred_on": pl.Series(start + rng.integers(0, 1095, rows)).cast(pl.Int32),
            "direction": "up",
        }
    ).with_columns(pl.col("referred_on").cast(pl.Date))


def write_world(folder: Path, rows: int, *, seed: int = 1, plain: bool = True) -> None:
    """Write `staged/` and, with `plain`, `plain/` below a folder."""
    staged = private(folder / "staged")
    tables = codes()
    tables.write(private(staged / CODES))
    each, persons = rows // MONTHS, max(rows // 5, 1)
    if plain:
        private(folder / "plain")
    for position in range(MONTHS):
        ym = f"{month_start(position):%Y%m}"
        frame = month_rows(position, each, persons=persons, seed=seed)
        if plain:
            texts(frame, tables).write_parquet(folder / "plain" / f"{ym}.parquet")
        coded = in_staged_order(frame)
        write_coded(private(staged / SETTLEMENTS), ym, coded, tables)
    referred = referrals(persons, max(rows // 100, 1), seed=seed)
    referred.write_parquet(folder / "referrals.parquet")


def in_staged_order(frame: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of a month in the order in which they are staged."""
    return frame.sort(~is_admission(), "insured_county", "institution_code", "service_date")


def digest(frame: pl.DataFrame) -> str:
    """Hash a frame's content, so that two ways of counting can be compared."""
    ordered = frame.select(sorted(frame.columns))
    ordered = ordered.sort(ordered.columns)
    return hashlib.sha256(ordered.write_csv().encode()).hexdigest()[:16]


def change_month(folder: Path, *, position: int = MONTHS - 8) -> None:
    """Write one month of a world anew, with rows that it has not had before."""
    staged = folder / "staged"
    ym = f"{month_start(position):%Y%m}"
    path = staged / SETTLEMENTS / f"ym={ym}" / "part.parquet"
    rows = pl.scan_parquet(path).select(pl.len()).collect().item()
    seed = int(path.with_name(DIGEST).read_text()[:8], 16)
    frame = month_rows(position, rows, persons=rows * MONTHS // 5, seed=seed)
    coded = in_staged_order(frame)
    write_coded(staged / SETTLEMENTS, ym, coded, Codes.read(staged / CODES))
