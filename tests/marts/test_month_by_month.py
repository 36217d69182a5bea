from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from tests.counters import rows
from tests.marts import small_world as world
from tests.marts.staged_world import Staged, damage, same, without_some

MAY = date(2025, 5, 1)


@pytest.fixture
def staged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Staged:
    return Staged(tmp_path, monkeypatch)


def test_months_from_files_give_what_rows_in_memory_give(staged: Staged) -> None:
    tables = world.tables()
    assert same(staged.build(tables), world.build(tables))


def test_nothing_is_counted_again_when_nothing_changed(staged: Staged) -> None:
    tables = world.tables()
    first = staged.build(tables)
    assert len(staged.counted) == len(world.MONTHS) + 2
    assert same(staged.build(tables), first)
    assert staged.counted == []


def test_a_changed_month_is_counted_alone_and_the_result_is_that_of_a_full_build(
    staged: Staged,
) -> None:
    tables = world.tables()
    before = staged.build(tables)
    changed = without_some(tables, MAY)
    after = staged.build(changed)
    assert staged.counted == ["202505", "cases", "persons"]
    assert not after["flow_monthly"].equals(before["flow_monthly"])
    full = staged.build(changed, full=True)
    assert len(staged.counted) == len(world.MONTHS) + 2
    assert same(after, full)
    assert same(after, world.build(changed))


def test_referrals_concern_their_month_and_the_thirty_days_after(staged: Staged) -> None:
    tables = world.tables()
    staged.build(tables)
    more = rows.referrals({"person_key": 1, "referred_on": date(2025, 5, 12)})
    given = pl.concat([tables["referrals"], more.with_columns(referral_id=pl.lit("new"))])
    after = staged.build({**tables, "referrals": given})
    assert staged.counted == ["202505", "202506"]
    assert same(after, world.build({**tables, "referrals": given}))


def test_an_earlier_as_of_date_cuts_the_month_it_lies_in(staged: Staged) -> None:
    tables = world.tables()
    staged.build(tables)
    cut = date(2025, 6, 10)
    after = staged.build(tables, as_of=cut)
    assert staged.counted == ["202506", "cases", "persons"]
    assert same(after, world.build(tables, as_of=cut))
    inpatient = after["indicator_to_date"].filter(period_kind="month", month=date(2025, 6, 1))
    assert inpatient["period_end"].unique().to_list() == [cut]


def test_a_month_that_is_gone_is_forgotten(staged: Staged) -> None:
    tables = world.tables()
    staged.build(tables)
    fewer = tables["settlements"].filter(pl.col("service_date") < date(2025, 6, 1))
    after = staged.build({**tables, "settlements": fewer})
    assert same(after, world.build({**tables, "settlements": fewer}))
    names = {path.name.partition(".")[0] for path in (staged.folder / "partials").iterdir()}
    names = {name for name in names if "=" in name}
    assert names == {f"ym=2025{m:02d}" for m in range(1, 6)} | {
        f"{kind}=2025" for kind in ("months", "flows", "cases", "year")
    }


@pytest.mark.parametrize(
    "name",
    ["ym=202505.cases.ipc", "months=2025.counters.ipc", "flows=2025.flows.ipc", "cases=2025.json"],
)
def test_a_damaged_file_of_a_month_changes_nothing(staged: Staged, name: str) -> None:
    tables = world.tables()
    before = staged.build(tables)
    damage(staged.folder / "partials" / name)
    (staged.folder / "partials" / "cases=2025.json").unlink(missing_ok=True)
    assert same(staged.build(tables), before)


def test_nothing_about_a_person_is_kept(staged: Staged) -> None:
    staged.build(world.tables())
    for path in (staged.folder / "partials").glob("*.ipc"):
        assert not {"person_key", "settlement_id"} & set(pl.read_ipc(path).columns)


def test_a_register_that_knows_another_primary_institution_has_all_months_counted_again(
    staged: Staged,
) -> None:
    """The kept sums know which care was primary; an institution nobody went to changes nothing."""
    tables = world.tables()
    at_centre = tables["settlements"].with_columns(institution_code=pl.lit("H1"))
    hospital = rows.institutions({"institution_type": "secondary_hospital"},
                                 {"institution_code": "H2"})  # fmt: skip
    given = {**tables, "settlements": at_centre, "institutions": hospital}
    before = staged.build(given)
    elsewhere = rows.institutions({"institution_code": "H8"}).with_columns(file_id=pl.lit(9))
    more = pl.concat([hospital, elsewhere.cast(hospital.collect_schema())])
    staged.build({**given, "institutions": more})
    assert staged.counted == []
    centre = {**given, "institutions": rows.institutions({}, {"institution_code": "H2"})}
    after = staged.build(centre)
    assert len(staged.counted) == len(world.MONTHS)
    share = pl.col("indicator_id") == "primary_settlement_share"
    county = pl.col("area_code") == "410202"
    values = [
        m["indicator_monthly"].filter(share, county)["value"].drop_nulls() for m in (before, after)
    ]
    assert set(values[0]) == {0.0}
    assert set(values[1]) == {1.0}
    assert same(after, world.build(centre))
