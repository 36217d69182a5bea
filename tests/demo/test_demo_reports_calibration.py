"""Monthly reports of the demonstration against the figures that were published."""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.activity import write_activity
from pipeline.demo.world import Site
from tests.demo.raw_reading import records, sheets


def monthly(path: Path) -> dict[str, dict[str, Any]]:
    return {row["县区"]: row for row in records(sheets(path)["月报"], header=1)}


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory, sites: dict[str, Site]) -> Path:
    out = tmp_path_factory.mktemp("reports")
    span = {"410200": date(2023, 1, 1), "6109HK": date(2023, 1, 1)}
    until = {
        "411600": date(2021, 11, 30),
        "411300": date(2022, 10, 31),
        "340621": date(2021, 2, 28),
    }
    for site in sites.values():
        write_activity(
            site,
            out,
            start=span.get(site.code, date(2021, 1, 1)),
            until=until.get(site.code, date(2025, 6, 30)),
            seed=7,
        )
    return out / "activity"


def months_of(folder: Path, city: str, year: str) -> list[dict[str, dict[str, Any]]]:
    return [monthly(path) for path in sorted(folder.glob(f"{city}_医共体月报_{year}*.xlsx"))]


def test_outreach_of_kaifeng_since_2023(reports: Path) -> None:
    months = months_of(reports, "开封市", "20")
    assert len(months) == 30
    assert sum(m["合计"]["五进活动场次"] for m in months) > 80_000
    assert sum(m["合计"]["五进活动服务人数"] for m in months) > 2_000_000


def test_zhoukou_in_the_first_eleven_months_of_2021(reports: Path) -> None:
    months = months_of(reports, "周口市", "2021")
    assert len(months) == 11
    assert 4900 <= sum(m["合计"]["静脉溶栓例数"] for m in months) < 5000
    assert 580 <= sum(m["合计"]["动脉取栓例数"] for m in months) < 600
    for item, value in (("挽救心梗患者数", 41), ("避免脑卒中后遗症患者数", 53)):
        assert sum(m["项城市"][item] for m in months) == value
        assert sum(m["合计"][item] for m in months) == value
    assert months[-1]["合计"]["在线基层医生数"] > 8000
    assert months[-1]["合计"]["县级卒中中心数"] == 21


def test_counties_of_nanyang_in_autumn_2022(reports: Path) -> None:
    months = months_of(reports, "南阳市", "2022")
    tongbai = [month["桐柏县"] for month in months]
    assert sum(row["远程心电传输人次"] for row in tongbai) == 1650
    assert sum(row["远程影像会诊人次"] for row in tongbai) == 203
    assert sum(row["远程教学培训场次"] for row in tongbai) == 26
    platform = ("平台接入二级医院数", "平台接入乡镇卫生院数", "平台接入村级卫生所数")
    assert [tongbai[-1][item] for item in platform] == [4, 16, 215]
    september = months[8]
    assert september["唐河县"]["村医数"] > 2800
    assert september["唐河县"]["医共体医务人员数"] > 4600
    assert september["唐河县"]["建成胸痛卒中单元的乡镇分院数"] == 8
    assert september["淅川县"]["参与家庭签约的中医药医务人员数"] == 426


def long_values(path: Path) -> dict[str, float]:
    rows = records(sheets(path)["月报"], header=0)
    return {row["指标"]: float(row["数值"]) for row in rows}


def test_hengkou_in_2023(reports: Path) -> None:
    months = [long_values(p) for p in reports.glob("恒口示范区_医共体月报_2023*.xlsx")]
    assert len(months) == 12
    assert sum(m["镇村上转病人人次"] for m in months) > 130
    assert sum(m["专家协助分院接诊人次"] for m in months) > 860
    assert sum(m["专家帮助收治卫生院住院病人数"] for m in months) > 100


def test_suixi_shares_its_surplus_six_three_one(reports: Path) -> None:
    values = long_values(reports / "濉溪县_医共体月报_202101.xlsx")
    assert values["打包资金累计结余"] == 9439.46
    shares = [values[f"打包资金结余{level}分配"] for level in ("县级", "乡级", "村级")]
    assert [round(s / 9439.46, 9) for s in shares] == [0.6, 0.3, 0.1]
    chronic = [values[f"慢病包干结余{level}留用"] for level in ("县级", "乡级", "村级")]
    assert [round(s / sum(chronic), 9) for s in chronic] == [0.2, 0.5, 0.3]
    assert values["卫生院进修轮训人次"] == 249
    assert values["村医进修人次"] == 101


def test_members_of_tanghe_tongbai_and_dengzhou(sites: dict[str, Site]) -> None:
    members = Counter(
        i.county_code for i in sites["411300"].institutions if i.consortium_code is not None
    )
    assert members["411328"] == 28
    assert members["411330"] == 19
    assert len(sites["411300"].centres("411328")) == 25
    tongbai = [i for i in sites["411300"].institutions if i.county_code == "411330"]
    assert sum(i.is_hospital for i in tongbai) + sum(i.is_centre for i in tongbai) == 4 + 16
    assert (
        sum(
            i.is_centre and i.tcm_clinic_on <= date(2022, 10, 13)  # type: ignore[operator]
            for i in sites["411300"].institutions
            if i.county_code == "411326"
        )
        == 17
    )
    groups = {i.consortium_code for i in sites["411300"].institutions if i.county_code == "411381"}
    assert len(groups - {None}) == 3
    assert len(sites["6109HK"].centres("6109HK")) == 3
