from __future__ import annotations

from datetime import date
from random import Random

import polars as pl

from tests.counters import rows
from tests.marts import small_world as world

MAY = date(2025, 5, 1)


def flows(*given: dict, referred: tuple[dict, ...] = ()) -> pl.DataFrame:
    numbered = [{**row, "settlement_id": f"S{n}"} for n, row in enumerate(given)]
    tables = {
        "settlements": rows.settlements(*numbered),
        "referrals": rows.referrals(*referred),
        # The city is complete, so that its counties' totals are exact.
        "clinics": rows.clinics({}, {"county_code": "410203", "township_code": "410203001"}),
    }
    return world.build(tables, as_of=date(2025, 9, 30))["flow_monthly"]


def to(care_area: str | None, tier: str, count: int, **more) -> list[dict]:
    return [
        {"care_area": care_area, "destination_tier": tier, "service_date": MAY,
         "settled_on": MAY, **more}
        for _ in range(count)
    ]  # fmt: skip


def named(mart: pl.DataFrame) -> set[tuple[str, str, str]]:
    return set(
        mart.select(
            "destination_code", "destination_name", pl.col("destination_tier").cast(pl.String)
        ).iter_rows()
    )


def test_destinations_are_counties_in_scope_else_cities_else_provinces() -> None:
    mart = flows(
        *to(None, "same_county", 30),
        *to("410203", "same_city", 30),
        *to("410100", "same_province", 30),
        *to("410105", "same_province", 30),  # a district of 郑州 is 郑州
        *to("110105", "other_province", 30),  # 北京 has no city of its own
        *to("110100", "other_province", 30),
    )
    assert named(mart) == {
        ("410202", "龙亭区", "same_county"),
        ("410203", "顺河回族区", "same_city"),
        ("410100", "郑州市", "same_province"),
        ("110000", "北京市", "other_province"),
    }
    assert dict(mart.select("destination_code", "settlements").iter_rows()) == {
        "410202": 30,
        "410203": 30,
        "410100": 60,
        "110000": 60,
    }


def test_unknown_and_rare_destinations_are_other_within_their_tier() -> None:
    mart = flows(
        *to(None, "same_province", 15),
        *to("999999", "same_province", 5),
        *to("410100", "same_province", 4),
        *to("110000", "other_province", 30),
    )
    assert named(mart) == {
        ("other", "省内其他市", "same_province"),
        ("110000", "北京市", "other_province"),
    }
    assert mart.filter(destination_code="other")["settlements"].to_list() == [15 + 5 + 4]


def test_a_destination_below_twice_the_threshold_a_month_is_merged() -> None:
    mart = flows(*to("410203", "same_city", 20), *to("410100", "same_province", 19))
    assert named(mart) == {
        ("410203", "顺河回族区", "same_city"),
        ("other", "省内其他市", "same_province"),
    }


def test_care_at_home_is_never_merged() -> None:
    mart = flows(*to(None, "same_county", 12), *to("410203", "same_city", 40))
    assert ("410202", "龙亭区", "same_county") in named(mart)


def test_births_are_admissions_and_reversals_take_their_original_back() -> None:
    mart = flows(
        *to("410203", "same_city", 20, total_fen=7, fund_fen=3),
        *to("410203", "same_city", 5, care_type="maternity", total_fen=7, fund_fen=3),
        *to("410203", "same_city", 1, sign=-1, total_fen=-7, fund_fen=-3),
    )
    row = mart.row(0, named=True)
    assert mart.height == 1
    assert str(row["care_type"]) == "inpatient"
    assert (row["settlements"], row["total_fen"], row["fund_fen"]) == (24, 24 * 7, 24 * 3)


def test_a_flow_that_was_reversed_whole_is_no_row() -> None:
    mart = flows(
        *to("410203", "same_city", 1),
        *to("410203", "same_city", 1, sign=-1, total_fen=-1000, fund_fen=-500),
        *to(None, "same_county", 20),
    )
    assert named(mart) == {("410202", "龙亭区", "same_county")}


def test_referred_admissions_are_counted_outside_the_county_only() -> None:
    referred = tuple({"person_key": n, "referred_on": MAY} for n in range(50))
    given = [
        {**row, "person_key": n}
        for n, row in enumerate(
            [*to("410203", "same_city", 25), *to(None, "same_county", 25),
             *to("410203", "same_city", 30, care_type="outpatient")]
        )
    ]  # fmt: skip
    mart = flows(*given, referred=referred)
    found = {
        (tier, care): n
        for tier, care, n in mart.select(
            pl.col("destination_tier").cast(pl.String),
            pl.col("care_type").cast(pl.String),
            "referred_settlements",
        ).iter_rows()
    }
    assert found == {
        ("same_city", "inpatient"): 25,
        ("same_county", "inpatient"): None,
        ("same_city", "outpatient"): None,
    }


def test_small_flows_hide_their_money_and_a_second_flow() -> None:
    mart = flows(
        *to(None, "same_county", 100),
        *to(None, "same_county", 40, care_type="outpatient"),
        *to(None, "same_county", 5, care_type="chronic_outpatient"),
    )
    found = {
        care: (status, n, fen)
        for care, status, n, fen in mart.select(
            pl.col("care_type").cast(pl.String),
            pl.col("status").cast(pl.String),
            "settlements",
            "fund_fen",
        ).iter_rows()
    }
    assert found == {
        "inpatient": ("final", 100, 100 * 500),
        "outpatient": ("suppressed", None, None),
        "chronic_outpatient": ("suppressed", None, None),
    }


def test_a_few_referred_are_hidden_beside_a_visible_flow() -> None:
    given = [{**row, "person_key": n} for n, row in enumerate(to("410203", "same_city", 40))]
    mart = flows(*given, referred=tuple({"person_key": n, "referred_on": MAY} for n in range(6)))
    row = mart.row(0, named=True)
    assert (row["settlements"], row["referred_settlements"]) == (40, None)
    assert str(row["status"]) == "final"


def test_recent_months_are_provisional() -> None:
    tables = {"settlements": rows.settlements(*(
        {**row, "settlement_id": f"{n}"} for n, row in enumerate(to(None, "same_county", 20))
    ))}  # fmt: skip
    mart = world.build(tables, as_of=date(2025, 6, 30))["flow_monthly"]
    assert mart["status"].cast(pl.String).to_list() == ["provisional"]


def unknown_of(flows_mart: pl.DataFrame, monthly: pl.DataFrame, county: str, month: date) -> set:
    """Return the flows that are still unknown to a reader who subtracts all he can."""
    shown: dict[tuple, int | None] = {}
    for row in flows_mart.filter(insured_county=county, month=month).iter_rows(named=True):
        key = (str(row["destination_tier"]), row["destination_code"], str(row["care_type"]))
        shown[key] = row["settlements"]
    counters = {
        **{f"destination_{t}_share": ("numerator", t) for t in world.TIERS},
        "in_county_visit_rate": ("denominator", "all"),
    }
    totals = {
        name: monthly.filter(indicator_id=i, area_code=county, month=month)[role].item()
        for i, (role, name) in counters.items()
    }
    inside = monthly.filter(indicator_id="in_county_visit_rate", area_code=county, month=month)
    visits = {key for key in shown if key[2] != "pharmacy"}
    sums = [
        *(
            (totals[t], {k for k in visits if (k[0], k[2]) == (t, "inpatient")})
            for t in world.TIERS
        ),
        (totals["all"], visits),
        (inside["numerator"].item(), {k for k in visits if k[0] == "same_county"}),
    ]
    away = {k for k in visits if k[0] != "same_county"}
    if totals["all"] is not None and inside["numerator"].item() is not None:
        sums.append((totals["all"] - inside["numerator"].item(), away))
    moved = True
    while moved:
        moved = False
        for total, parts in sums:
            secret = [k for k in parts if shown[k] is None]
            if total is not None and len(secret) == 1:
                shown[secret[0]] = total - sum(shown[k] or 0 for k in parts)
                moved = True
    return {key for key, value in shown.items() if value is None}


def test_no_hidden_flow_is_the_rest_of_a_published_counter() -> None:
    random = Random(3)
    given, secrets = [], 0
    for month in (date(2025, 4, 1), MAY):
        for area, tier in (("410203", "same_city"), ("410100", "same_province"),
                           ("110000", "other_province"), (None, "same_county")):  # fmt: skip
            for care, most in (("inpatient", 60), ("outpatient", 30), ("other", 20)):
                given += [
                    {**row, "service_date": month, "settled_on": month}
                    for row in to(area, tier, random.randint(0, most), care_type=care)
                ]
    numbered = [{**row, "settlement_id": f"S{n}"} for n, row in enumerate(given)]
    marts = world.build({"settlements": rows.settlements(*numbered)}, as_of=date(2025, 9, 30))
    for month in (date(2025, 4, 1), MAY):
        mart = marts["flow_monthly"].filter(month=month)
        hidden = mart.filter(pl.col("settlements").is_null())
        unknown = unknown_of(mart, marts["indicator_monthly"], "410202", month)
        assert len(unknown) == hidden.height
        secrets += hidden.height
    assert secrets > 4


def test_where_no_referral_was_sent_nobody_knows_who_was_referred() -> None:
    given = [{**row, "person_key": n} for n, row in enumerate(to("410203", "same_city", 40))]
    row = flows(*given).row(0, named=True)
    assert (row["settlements"], row["referred_settlements"]) == (40, None)
    sent = flows(*given, referred=({"person_key": 99, "referred_on": MAY},)).row(0, named=True)
    assert (sent["settlements"], sent["referred_settlements"]) == (40, 0)


def test_kinds_of_care_come_in_their_own_order_county_by_county() -> None:
    kinds = ("inpatient", "outpatient", "chronic_outpatient")  # not as texts
    mart = flows(
        *(row for kind in reversed(kinds) for row in to(None, "same_county", 30, care_type=kind)),
        *to("410203", "same_city", 30),
    )
    assert [
        (row[0], str(row[1])) for row in mart.select("destination_tier", "care_type").rows()
    ] == [
        *(("same_county", kind) for kind in kinds),
        ("same_city", "inpatient"),
    ]
