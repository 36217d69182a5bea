from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from pipeline.contracts.staging import AGE_BANDS, StagedSettlement
from pipeline.errors import ContractError
from pipeline.spill import Spill
from pipeline.staged import codes as staged_codes
from pipeline.staged.codes import Codes, derived_version, encoded
from pipeline.staged.files import write_coded, write_months
from pipeline.staged.months import SettledMonths
from tests.counters import rows

JULY, AUGUST = date(2025, 7, 3), date(2025, 8, 9)


def coded(*given: dict) -> tuple[pl.DataFrame, Codes]:
    accepted = rows.settlements(*given)
    codes = Codes.none().extended(accepted.collect())
    return encoded(accepted, codes).collect(), codes


def written(staged: Path, *given: dict) -> SettledMonths:
    spill = Spill(None)
    accepted = rows.settlements(*given).collect()
    for (ym,), part in accepted.group_by(pl.col("service_date").dt.strftime("%Y%m")):
        spill.add(part, name=str(ym))
    write_months(staged, "settlements", spill, StagedSettlement)
    return SettledMonths.at(staged)


def test_codes_written_in_full_are_the_accepted_rows() -> None:
    given = [
        {"insured_county": "410203", "institution_code": "H9", "care_area": "110100",
         "insured_township": "410203001", "hospital_level": "tertiary",
         "disease_category": "I25", "destination_tier": "other_province"},
        {"care_type": "maternity", "insurance_type": "employee"},
    ]  # fmt: skip
    frame, codes = coded(*given)
    StagedSettlement.validate(frame, cast=False)
    columns = [*staged_codes.CODED, *staged_codes.FIXED]
    full = frame.select(codes.text(c) for c in columns)
    accepted = rows.settlements(*given).select(pl.col(columns).cast(pl.String)).collect()
    assert full.equals(accepted)


@pytest.mark.parametrize(
    ("age", "band"),
    [(0, "0-4"), (4, "0-4"), (5, "5-14"), (14, "5-14"), (15, "15-24"), (64, "55-64"),
     (65, "65-74"), (84, "75-84"), (85, "85+"), (120, "85+"), (None, "unknown")],
)  # fmt: skip
def test_age_bands_are_unions_of_five_year_groups(age: int | None, band: str) -> None:
    frame, _ = coded({"age": age})
    assert AGE_BANDS[frame["age_band"].item()] == band


@pytest.mark.parametrize(
    ("category", "chapter"),
    [("A00", 1), ("B99", 1), ("C50", 2), ("D48", 2), ("D50", 3), ("H59", 7), ("H60", 8),
     ("I25", 9), ("O80", 15), ("T98", 19), ("U07", 22), ("V01", 20), ("Y98", 20), ("Z51", 21),
     (None, 0)],
)  # fmt: skip
def test_a_category_lies_in_its_chapter(category: str | None, chapter: int) -> None:
    frame, _ = coded({"disease_category": category})
    assert frame["disease_chapter"].item() == chapter


def test_a_code_once_given_stays() -> None:
    first = Codes.none().extended(rows.settlements({"institution_code": "H5"}).collect())
    later = first.extended(
        rows.settlements({"institution_code": "H1"}, {"institution_code": "H5"}).collect()
    )
    assert later.values["institution"] == ("H5", "H1")
    assert later.code_of("institution_code", "H1") == 1
    assert later.code_of("institution_code", "H7") is None
    assert later.code_of("destination_tier", "same_city") == 1


def test_more_values_than_codes_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    many = dict.fromkeys(staged_codes.KINDS, ()) | {"hospital_level": tuple(map(str, range(255)))}
    accepted = rows.settlements({"hospital_level": "new"}).collect()
    with pytest.raises(ContractError, match="hospital_level超过255种"):
        Codes(many).extended(accepted)


def test_tables_are_kept_and_a_damaged_one_begins_anew(tmp_path: Path) -> None:
    _, codes = coded({"institution_code": "H5"})
    codes.write(tmp_path)
    assert Codes.read(tmp_path) == codes
    (tmp_path / "institution.parquet").write_bytes(b"PAR1")
    gap = pl.DataFrame({"code": [0, 2], "value": ["a", "b"]}, schema_overrides={"code": pl.UInt32})
    gap.write_parquet(tmp_path / "area.parquet")
    again = Codes.read(tmp_path)
    assert again.values["institution"] == again.values["area"] == ()


def test_the_digest_changes_with_what_a_code_means(monkeypatch: pytest.MonkeyPatch) -> None:
    frame, codes = coded({"institution_code": "H5"})
    other = Codes({**codes.values, "institution": ("H6",)})
    unused = Codes({**codes.values, "institution": ("H5", "H6")})
    assert codes.digest(frame) == unused.digest(frame)
    assert codes.digest(frame) != other.digest(frame)
    before, version = codes.digest(frame), derived_version()
    monkeypatch.setattr(staged_codes, "AGE_BAND_STARTS", (0, 18))
    assert derived_version() != version
    assert codes.digest(frame) != before


def test_months_are_files_of_their_own_sorted_and_private(tmp_path: Path) -> None:
    months = written(
        tmp_path,
        {"service_date": JULY, "institution_code": "H2", "insured_county": "410203"},
        {"service_date": JULY, "institution_code": "H3"},
        {"service_date": JULY, "institution_code": "H0", "care_type": "outpatient"},
        {"service_date": JULY, "institution_code": "H1", "care_type": "maternity"},
        {"service_date": AUGUST},
    )
    assert list(months.months) == ["202507", "202508"]
    july = months.months["202507"].select(
        months.codes.text("insured_county"), months.codes.text("institution_code")
    )
    # Admissions before other care, each in order of county and institution.
    assert july.collect().rows() == [
        ("410202", "H1"), ("410202", "H3"), ("410203", "H2"), ("410202", "H0")]  # fmt: skip
    admissions = months.admissions["202507"].collect()
    assert admissions.equals(months.months["202507"].head(3).collect())
    part = tmp_path / "settlements" / "ym=202507" / "part.parquet"
    assert part.parent.stat().st_mode & 0o777 == 0o700
    assert len(pl.read_parquet_metadata(part)["codes"]) == 16


def test_a_month_in_another_order_is_not_written(tmp_path: Path) -> None:
    frame, codes = coded({"care_type": "outpatient"}, {"care_type": "inpatient"})
    with pytest.raises(AssertionError, match="admissions first"):
        write_coded(tmp_path, "202507", frame, codes)
    assert not list(tmp_path.iterdir())


def test_admissions_of_rows_in_memory_are_found_among_them() -> None:
    months = SettledMonths.of(
        rows.settlements({"care_type": "outpatient"}, {"care_type": "maternity"})
    )
    ((ym, admissions),) = months.admissions.items()
    assert admissions.collect().equals(months.months[ym].tail(1).collect())


def test_a_new_institution_leaves_other_months_as_they_are(tmp_path: Path) -> None:
    july = {"service_date": JULY, "institution_code": "H5", "settlement_id": "A"}
    before = written(tmp_path, july)
    after = written(tmp_path, july, {"service_date": AUGUST, "institution_code": "H1"})
    assert before.digests["202507"] == after.digests["202507"]
    assert set(after.digests) == {"202507", "202508"}


def test_nothing_staged_is_no_month(tmp_path: Path) -> None:
    assert written(tmp_path).months == {}
