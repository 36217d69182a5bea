from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from tests.counters import rows
from tests.marts import small_world as world
from tests.marts.staged_world import Staged, damage, same, without_some

MAY = date(2025, 5, 1)


def test_months_from_files_give_what_rows_in_memory_give(staged: Staged) -> None:
    assert same(staged.build(world.tables()), world.whole())
    assert len(staged.counted) == len(world.MONTHS) + 2


def test_nothing_is_counted_again_when_nothing_changed(built: Staged) -> None:
    assert same(built.build(world.tables()), world.whole())
    assert built.counted == []


def test_a_changed_month_is_counted_alone_and_the_result_is_that_of_a_full_build(
    built: Staged,
) -> None:
    tables = world.tables()
    before = world.whole()
    changed = without_some(tables, MAY)
    after = built.build(changed)
    assert built.counted == ["202505", "cases", "persons"]
    assert not after["flow_monthly"].equals(before["flow_monthly"])
    full = built.build(changed, full=True)
    assert len(built.counted) == len(world.MONTHS) + 2
    assert same(after, full)
    assert same(after, world.build(changed))


def test_referrals_concern_their_month_and_the_thirty_days_after(built: Staged) -> None:
    tables = world.tables()
    more = rows.referrals({"person_key": 1, "referred_on": date(2025, 5, 12)})
    given = pl.concat([tables["referrals"], more.with_columns(referral_id=pl.lit("new"))])
    after = built.build({**tables, "referrals": given})
    assert built.counted == ["202505", "202506"]
    assert same(after, world.build({**tables, "referrals": given}))


def test_an_earlier_as_of_date_cuts_the_month_it_lies_in(built: Staged) -> None:
    tables = world.tables()
    cut = date(2025, 6, 10)
    after = built.build(tables, as_of=cut)
    assert built.counted == ["202506", "cases", "persons"]
    assert same(after, world.build(tables, as_of=cut))
    inpatient = after["indicator_to_date"].filter(period_kind="month", month=date(2025, 6, 1))
    assert inpatient["period_end"].unique().to_list() == [cut]


def test_the_first_township_that_is_named_has_every_month_counted_by_township(
    built: Staged,
) -> None:
    tables = world.tables()
    # Until then no month has a table of townships, which need not be laid out.
    assert not (built.folder / "partials" / "months=2025.townships.ipc").exists()
    of_county = pl.col("insured_county") == "410202"
    township = pl.when(of_county, pl.col("service_date").dt.month_start() == MAY)
    named = tables["settlements"].with_columns(insured_township=township.then(pl.lit("410202001")))
    given = {**tables, "settlements": named}
    after = built.build(given)
    assert len(built.counted) == len(world.MONTHS) + 2
    assert same(after, world.build(given))
    assert after["indicator_to_date"].filter(area_code="410202001").height
    without = built.build(tables)
    assert same(without, world.whole())


def test_a_month_that_is_gone_is_forgotten(built: Staged) -> None:
    tables = world.tables()
    fewer = tables["settlements"].filter(pl.col("service_date") < date(2025, 6, 1))
    after = built.build({**tables, "settlements": fewer})
    assert same(after, world.build({**tables, "settlements": fewer}))
    names = {path.name.partition(".")[0] for path in (built.folder / "partials").iterdir()}
    names = {name for name in names if "=" in name}
    assert names == {f"{kind}=2025" for kind in ("months", "flows", "cases", "year")}


@pytest.mark.parametrize(
    "name",
    ["months=2025.counters.ipc", "flows=2025.flows.ipc", "cases=2025.json"],
)
def test_a_damaged_file_of_a_month_changes_nothing(built: Staged, name: str) -> None:
    damage(built.folder / "partials" / name)
    (built.folder / "partials" / "cases=2025.json").unlink(missing_ok=True)
    assert same(built.build(world.tables()), world.whole())


def test_nothing_about_a_person_is_kept(built: Staged) -> None:
    for path in (built.folder / "partials").glob("*.ipc"):
        is_file = path.read_bytes().startswith(b"ARROW1")
        kept = pl.read_ipc(path) if is_file else pl.read_ipc_stream(path)
        assert not {"person_key", "settlement_id"} & set(kept.columns)


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
