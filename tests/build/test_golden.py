"""A whole build of a tiny demonstration world against a slow independent count of its raw files."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.build import BuildResult, build
from pipeline.snapshots import Snapshot, verify
from tests.build import oracle

KAIFENG = "410200"


@dataclass(frozen=True)
class World:
    """The raw files and what a build made of them."""

    raw: Path
    marts: Path
    result: BuildResult

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot in force."""
        return self.result.snapshot

    def monthly(self, indicator: str, area: str) -> dict[str, oracle.Count]:
        """Return numerator and denominator by month."""
        rows = (
            self.snapshot.scan("indicator_monthly")
            .filter(indicator_id=indicator, area_code=area)
            .select(pl.col("month").dt.strftime("%Y-%m"), "numerator", "denominator")
            .collect()
            .iter_rows()
        )
        return {month: (numerator, denominator) for month, numerator, denominator in rows}


@pytest.fixture(scope="module")
def world(demo_raw: Path, tmp_path_factory: pytest.TempPathFactory) -> World:
    """Build one city from 2024 on, with one settlement in five hundred."""
    marts = tmp_path_factory.mktemp("golden") / "data" / "marts"
    return World(demo_raw, marts, build(demo_raw, marts))


@pytest.mark.parametrize(
    ("indicator", "count", "expected"),
    [
        ("standardised_clinic_rate", oracle.clinics, (1902, 2158)),
        ("three_device_coverage", oracle.three_devices, (101, 109)),
        ("contract_rate", oracle.contracts, None),
    ],
)
def test_registries_of_the_last_month_are_what_a_slow_count_finds(
    world: World, indicator: str, count: object, expected: oracle.Count | None
) -> None:
    assert callable(count)
    counted = count(world.raw)
    assert world.monthly(indicator, KAIFENG)["2025-06"] == counted
    assert expected in (None, counted)


@pytest.mark.parametrize(
    ("indicator", "count"),
    [
        ("out_of_county_inpatient_rate", oracle.out_of_county),
        ("fund_outflow_rate", oracle.fund_outflow),
    ],
)
def test_settlements_of_every_month_are_what_a_slow_count_finds(
    world: World, indicator: str, count: object
) -> None:
    assert callable(count)
    counted = count(oracle.settlements(world.raw))
    built = world.monthly(indicator, KAIFENG)
    months = [month for month in sorted(built) if month >= "2024-01"]
    assert len(months) == 18
    assert {month: built[month] for month in months} == {month: counted[month] for month in months}


def test_every_row_of_a_settlement_file_is_read(world: World) -> None:
    files = world.result.ledger_files.filter(
        pl.col("source") == "settlements", pl.col("refusal").is_null()
    )
    for file, rows_read in files.select("file", "rows_read").iter_rows():
        text = (world.raw / file).read_bytes().decode("utf-8-sig")
        assert rows_read == sum(1 for _ in csv.reader(io.StringIO(text))) - 1, file
    assert files.height >= 19


def test_every_deliberate_defect_is_refused_with_its_reason_and_place_and_nothing_else(
    world: World,
) -> None:
    truth = json.loads((world.raw / "truth.json").read_text())["defects"]
    files = world.result.ledger_files
    old = files.filter(pl.col("superseded_by").is_not_null())["file"].to_list()
    rows = world.result.rejected.filter(~pl.col("file").is_in(old))
    found = set(rows.select("file", "sheet", "row", "reason").rows())
    refused = files.filter(pl.col("refusal").is_not_null())
    found |= {(file, None, None, code) for file, code in refused.select("file", "refusal").rows()}
    assert found == {(d["file"], d["sheet"], d["row"], d["reason"]) for d in truth}
    assert len(truth) > 15


def test_every_deliberate_contradiction_of_a_ledger_is_found_and_no_other(world: World) -> None:
    facts = json.loads((world.raw / "truth.json").read_text())["facts"]
    told = world.snapshot.scan("device_conflicts").collect()
    found = told.select(
        pl.col("reason").cast(pl.String),
        institution="institution_code",
        device_type=pl.col("device_type").cast(pl.String),
    )
    order = ["reason", "institution"]
    assert found.sort(order).to_dicts() == sorted(
        facts["ledger_doubts"], key=lambda doubt: [doubt[name] for name in order]
    )
    assert found.height > 5


def test_planned_devices_are_those_of_the_truth_file(world: World) -> None:
    facts = json.loads((world.raw / "truth.json").read_text())["facts"]
    devices = world.snapshot.scan("devices").filter(pl.col("devices_planned") > 0).collect()
    planned = facts["planned_devices"]
    assert sorted(devices["institution_code"]) == [entry.split(" ")[0] for entry in planned]
    assert devices["planned_on"].null_count() == 0
    assert "planned" in devices["state"].cast(pl.String).to_list()


def test_a_city_is_the_sum_of_its_counties_in_every_month(world: World) -> None:
    monthly = world.snapshot.scan("indicator_monthly")
    areas = world.snapshot.scan("areas").select("area_code", "parent_code")
    stocks = monthly.filter(pl.col("status") == "final", pl.col("area_level") == "county")
    counties = (
        stocks.join(areas, on="area_code")
        .filter(parent_code=KAIFENG)
        .group_by("indicator_id", "month")
        .agg(pl.len(), pl.col("numerator", "denominator").sum())
        .filter(pl.col("len") == len(oracle.COUNTIES))
    )
    city = monthly.filter(area_code=KAIFENG)
    both = city.join(counties, on=["indicator_id", "month"], suffix="_sum").collect()
    assert both.height > 100
    wrong = both.filter(
        (pl.col("numerator") != pl.col("numerator_sum"))
        | (pl.col("denominator").fill_null(0) != pl.col("denominator_sum"))
    )
    assert wrong.is_empty(), wrong


def _texts(folder: Path) -> Iterator[tuple[Path, str]]:
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            frame = pl.read_parquet(path)
            for column in frame.select(pl.col(pl.String)).get_columns():
                yield path, "\n".join(column.drop_nulls().unique().to_list())
        elif path.is_file():
            yield path, path.read_text(encoding="utf-8", errors="replace")


def test_no_person_is_in_any_file_that_the_build_writes(world: World) -> None:
    persons, names = set(), set()
    for path in (world.raw / "settlements").glob("410200_*0[1-9].csv"):
        for row in csv.DictReader(io.StringIO(path.read_text(encoding="utf-8-sig"))):
            persons.add(row["个人编号"])
            names.add(row["姓名"])
    assert len(persons) > 500
    number, name = re.compile(r"P\d{13}"), re.compile("|".join(sorted(names)))
    for path, text in _texts(world.marts.parent):
        found = number.findall(text)
        assert not set(found) & persons, path
        if path.name != "clinics.parquet":  # names of villages may be names of persons
            assert not name.search(text), (path, name.search(text))


def test_the_snapshot_verifies_and_says_that_it_is_a_demonstration(world: World) -> None:
    manifest = verify(world.marts).manifest
    assert manifest.demonstration
    assert manifest.as_of == date(2025, 6, 30)
    assert set(manifest.boundaries) == {"counties.geojson", "cities.geojson"}
