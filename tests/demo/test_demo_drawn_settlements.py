"""Settlements and referrals: late claims, reversals, restated months, rates free of the scale."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from pipeline.demo.drawn_settlements import away_rates, draw_month
from pipeline.demo.settlements import build_model, write_settlements
from pipeline.demo.world import Site
from pipeline.reference import load_reference
from tests.demo.raw_reading import csv_records

INPATIENT_WORDS = {"住院", "转外诊治住院", "生育住院"}
INPATIENT_CODES = {"21", "23", "25", "52"}


def write(site: Site, out: Path, *, scale: float, start: date, until: date) -> list[Path]:
    model = build_model(site, load_reference().areas, scale=scale, seed=7)
    write_settlements(model, out, start=start, until=until)
    return sorted((out / "settlements").glob("*.csv"))


def test_claims_arrive_in_the_month_they_are_settled_and_some_are_late(demo_raw: Path) -> None:
    delays: Counter[int] = Counter()
    for path in sorted((demo_raw / "settlements").glob("410200_*_20????.csv")):
        month = f"{path.stem[-6:-2]}-{path.stem[-2:]}"
        for row in csv_records(path, "utf-8-sig"):
            if row["结算ID"][-2] == "X":
                continue
            assert row["结算日期"].startswith(month)
            day, ended = (date.fromisoformat(row[c]) for c in ("结算日期", "结束日期"))
            local = row["医药机构地点类别"] == "本地"
            if row["冲销标志"] == "否":
                assert 0 <= (day - ended).days < (3 if local else 91)
                delays[(day - ended).days > 9] += 1
    assert 0.01 < delays[True] / delays.total() < 0.05


def test_a_reversal_is_the_negative_of_its_original(demo_raw: Path) -> None:
    rows = {}
    for path in (demo_raw / "settlements").glob("410200_*_20????*.csv"):
        if "补报" not in path.stem:
            rows |= {row["结算ID"]: row for row in csv_records(path, "utf-8-sig")}
    cancelled = [
        row for row in rows.values() if row["冲销标志"] == "是" and "X" not in row["结算ID"]
    ]
    assert len(cancelled) > 5
    for row in cancelled:
        original = rows[row["原结算单号"]]
        assert row["个人编号"] == original["个人编号"]
        assert float(row["总费用"]) == -float(original["总费用"]) < 0
        assert row["结算日期"] > original["结算日期"]


def test_parts_of_a_cost_add_up_to_it(demo_raw: Path) -> None:
    path = demo_raw / "settlements/410200_开封市_医保结算_202502.csv"
    for row in csv_records(path, "utf-8-sig"):
        parts = ("基金支付总额", "个人账户支付", "个人现金支付")
        fen = [round(100 * float(row[column])) for column in (*parts, "总费用")]
        assert sum(fen[:3]) == fen[3]
        assert abs(float(row["统筹基金支出"])) <= abs(float(row["基金支付总额"]))


def test_a_restated_month_holds_what_the_first_one_missed(demo_raw: Path) -> None:
    stem = demo_raw / "settlements/410200_开封市_医保结算_202403"
    first = {r["结算ID"]: r for r in csv_records(Path(f"{stem}.csv"), "utf-8-sig")}
    second = {r["结算ID"]: r for r in csv_records(Path(f"{stem}_v2.csv"), "utf-8-sig")}
    assert first.keys() < second.keys()
    changed = [key for key, row in first.items() if row != second[key]]
    assert changed
    assert all(first[k]["统筹基金支出"] == "0.00" for k in changed)


def test_where_somebody_is_treated_fits_the_category(demo_raw: Path) -> None:
    path = demo_raw / "settlements/410200_开封市_医保结算_202504.csv"
    seen = set()
    for row in csv_records(path, "utf-8-sig"):
        home, care = row["参保地区划代码"].replace("410224", "410212"), row["就医地"]
        place = (
            "本地"
            if home == care
            else "市内异地"
            if home[:4] == care[:4]
            else "省内异地"
            if home[:2] == care[:2]
            else "跨省异地"
        )
        if "X" not in row["结算ID"]:
            assert row["医药机构地点类别"] == place
        seen.add(place)
    assert len(seen) == 4


def fund_outflow_of_zhoukou(paths: list[Path], year: str) -> float:
    outside = total = 0.0
    for path in paths:
        if "补报" in path.stem or path.with_name(f"{path.stem}_v2.csv").exists():
            continue
        for row in csv_records(path, "gb18030"):
            if row["出院日期"][:4] != year or "X" in row["结算单号"] or row["医疗类别"] == "41":
                continue
            home = row["参保地"].replace("411626", "411603")
            fund = float(row["统筹基金支付"])
            total += fund
            outside += fund if row["就医地行政区划代码"] != home else 0
    return outside / total


def test_fund_outflow_of_zhoukou_is_just_over_40_percent_in_2021_and_falls(
    tmp_path: Path, sites: dict[str, Site]
) -> None:
    site = sites["411600"]
    shares = {}
    for year in (2021, 2024):
        paths = write(
            site,
            tmp_path / str(year),
            scale=0.012,
            start=date(year, 1, 1),
            until=date(year + 1, 3, 31),
        )
        shares[year] = fund_outflow_of_zhoukou(paths, str(year))
    assert 0.395 < shares[2021] < 0.425
    assert shares[2024] < shares[2021] - 0.02


def test_expected_outflow_of_kaifeng_is_a_quarter_and_differs_by_county(
    sites: dict[str, Site],
) -> None:
    model = build_model(sites["410200"], load_reference().areas, scale=0.001, seed=7)
    people = np.asarray([county.population for county in sites["410200"].counties])
    rates = np.mean([away_rates(model, date(2025, m, 1)) for m in range(1, 7)], axis=0)
    assert (rates * people).sum() / people.sum() == pytest.approx(0.255, abs=0.005)
    assert 0.17 < rates.min() < 0.21
    assert 0.30 < rates.max() < 0.34


def test_rates_do_not_depend_on_the_scale(sites: dict[str, Site]) -> None:
    areas, day = load_reference().areas, date(2023, 5, 1)
    small, large = (
        draw_month(build_model(sites["411300"], areas, scale=scale, seed=7), day)
        for scale in (0.01, 0.04)
    )
    assert large.height / small.height == pytest.approx(4, rel=0.03)
    shares = [frame.filter(frame["care"] == 0)["tier"].gt(0).mean() for frame in (small, large)]
    assert shares[0] == pytest.approx(shares[1], abs=0.03)


def test_interface_dialect_carries_the_same_kind_of_care(
    tmp_path: Path, sites: dict[str, Site]
) -> None:
    paths = write(
        sites["411300"], tmp_path, scale=0.001, start=date(2025, 5, 1), until=date(2025, 5, 31)
    )
    rows = csv_records(paths[0], "utf-8")
    assert paths[0].read_bytes()[:3] != b"\xef\xbb\xbf"
    assert {row["med_type"] for row in rows} <= INPATIENT_CODES | {"11", "14", "41", "88"}
    assert all(row["setl_time"].startswith("2025-05-") for row in rows)
    assert {row["insutype"] for row in rows} == {"310", "390"}


def test_referrals_belong_to_persons_with_settlements(demo_raw: Path) -> None:
    persons = set()
    for path in (demo_raw / "settlements").glob("410200_*_20????.csv"):
        for row in csv_records(path, "utf-8-sig"):
            if row["医疗类别"] in INPATIENT_WORDS and row["医药机构地点类别"] != "本地":
                persons.add(row["个人编号"])
    up_and_away = [
        row
        for path in (demo_raw / "referrals").glob("410200_*.csv")
        for row in csv_records(path, "gb18030")
        if row["转诊方向"] == "上转" and row["转入地区划代码"] != row["参保地区划代码"]
    ]
    known = sum(row["个人编号"] in persons for row in up_and_away)
    assert len(up_and_away) > 50
    assert known / len(up_and_away) > 0.8  # the others' claims have not arrived yet


def test_the_resettled_are_ill_where_they_live_and_mostly_far_away(sites: dict[str, Site]) -> None:
    """So the rate without them is lower, most of all for care in other provinces."""
    model = build_model(sites["411600"], load_reference().areas, scale=0.1, seed=7)
    drawn = draw_month(model, date(2024, 5, 1))
    tier, resettled = np.asarray(drawn["tier"]), np.asarray(drawn["resettled"])
    shares = [float(resettled[tier == t].mean()) for t in range(4)]
    assert shares[0] == 0
    assert shares[1:] == sorted(shares[1:])
    assert 0.35 < shares[3] < 0.55
