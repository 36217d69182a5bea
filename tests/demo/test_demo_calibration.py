"""The published figures, counted again from the raw files."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline.demo.clinics import write_clinics
from pipeline.demo.world import Site
from tests.demo.raw_reading import records, sheets

LAST = "20250630"
CENTRES = ("乡镇卫生院", "社区卫生服务中心")


def register(world: Path) -> list[dict[str, Any]]:
    rows = sheets(world / f"institutions/机构名录_{LAST}.xlsx")["机构名录"]
    return records(rows, header=0)


def kaifeng_centres(world: Path) -> list[dict[str, Any]]:
    return [
        row
        for row in register(world)
        if row["区划代码"].startswith("4102") and row["机构类型"] in CENTRES
    ]


def clinic_records(folder: Path, pattern: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted((folder / "clinics").glob(pattern)):
        for rows in sheets(path).values():
            at = next(n for n, row in enumerate(rows) if "建设状态" in row)
            for row in records(rows, header=at):
                code = row.get("村卫生室编码") or row.get("医疗机构代码")
                if code is not None and str(code).isdigit():
                    found[code] = row
    return found


def test_kaifeng_has_nine_consortia_and_109_centres(demo_raw: Path) -> None:
    own = [row for row in register(demo_raw) if row["区划代码"].startswith("4102")]
    assert len({row["医共体编码"] for row in own if row["医共体编码"]}) == 9
    kinds = Counter(row["机构类型"] for row in kaifeng_centres(demo_raw))
    assert kinds == {"乡镇卫生院": 89, "社区卫生服务中心": 20}
    lankao = [r for r in own if r["区划代码"] == "410225" and r["机构类型"] == "乡镇卫生院"]
    assert len(lankao) == 16
    leads = Counter(row["医共体编码"] for row in own if row["医共体角色"] == "牵头")
    assert set(leads.values()) == {1}
    assert len(leads) == 9


def test_kaifeng_standards_models_and_sub_centres(demo_raw: Path) -> None:
    centres = kaifeng_centres(demo_raw)
    assert sum(row["基本标准达标日期"] is not None for row in centres) == 109
    assert sum(row["推荐标准达标日期"] is not None for row in centres) == 73
    assert sum(row["五个100授牌日期"] is not None for row in centres) == 18
    sub_centres = [(r["区划代码"], r["次中心获批日期"]) for r in centres if r["次中心获批日期"]]
    assert len(sub_centres) == 6
    lankao = [day for code, day in sub_centres if code == "410225"]
    assert len(lankao) == 2
    assert max(lankao) < "2025"
    assert all(
        row["推荐标准达标日期"] is None or row["基本标准达标日期"] < row["推荐标准达标日期"]
        for row in centres
    )


def device_type(name: str) -> str:
    name = unicodedata.normalize("NFKC", name)
    for word, found in (("DR", "dr"), ("X线", "dr"), ("X射线摄影", "dr")):
        if word in name and "CT" not in name:
            return found
    if "彩" in name:
        return "ultrasound"
    return "biochemistry" if "生化" in name else "other"


def test_101_of_kaifengs_centres_have_all_three_devices(demo_raw: Path) -> None:
    codes = {row["机构编码"] for row in kaifeng_centres(demo_raw)}
    rows = sheets(demo_raw / f"equipment/开封市_设备台账_{LAST}.xlsx")["设备台账"]
    held: defaultdict[str, set[str]] = defaultdict(set)
    for row in records(rows, header=1):
        if row["状态"] == "在用" and row["机构编码"] in codes:
            held[row["机构编码"]].add(device_type(row["设备名称"]))
    complete = sum({"dr", "ultrasound", "biochemistry"} <= kinds for kinds in held.values())
    assert complete == 101


def test_173_items_of_the_renewal_project_are_delivered(demo_raw: Path) -> None:
    delivered = {}
    for path in (demo_raw / "equipment").glob("开封市_设备台账_2*.xlsx"):
        rows = records(sheets(path)["设备台账"], header=1)
        delivered[path.stem[-8:]] = sum(r["资金来源"] == "设备更新项目" for r in rows)
    assert delivered[LAST] == 173
    in_order = [delivered[day] for day in sorted(delivered)]
    assert in_order == sorted(in_order)


def test_kaifengs_clinics_show_what_was_published(demo_raw: Path) -> None:
    planned = [
        row
        for row in clinic_records(demo_raw, "开封市_*.xlsx").values()
        if row["是否规划内"] == "是"
    ]
    states = Counter(row["建设状态"] for row in planned)
    progress = states["在建"] + states["施工提升"]
    completed = sum(states[w] for w in ("已完成", "竣工", "已验收", "验收合格"))
    assert progress == 248
    assert completed > 1900
    assert round(100 * completed / len(planned)) == 88
    assert completed + progress + states["未启动"] + states["未开工"] == len(planned)
    years = Counter(str(row["竣工日期"])[:4] for row in planned if row["竣工日期"])
    assert set(years) == {"2022", "2023", "2024", "2025"}


def test_state_of_a_clinic_follows_from_its_dates(demo_raw: Path) -> None:
    words = {
        0: {"未启动", "未开工"},
        1: {"在建", "施工提升"},
        2: {"已完成", "竣工"},
        3: {"已验收", "验收合格"},
    }
    for row in clinic_records(demo_raw, "*.xlsx").values():
        known = sum(row[day] is not None for day in ("开工日期", "竣工日期", "验收日期"))
        assert row["建设状态"] in words[known]


def contract_totals(world: Path, day: str) -> dict[int, int]:
    totals: Counter[int] = Counter()
    for rows in sheets(world / f"contracts/开封市_家庭医生签约进展_{day}.xlsx").values():
        for at, value in enumerate(rows[-1]):
            if isinstance(value, int):
                assert value == sum(row[at] for row in rows[3:-1])
                totals[at] += value
    return totals


def test_contract_rates_of_kaifeng(demo_raw: Path) -> None:
    totals = contract_totals(demo_raw, LAST)
    assert totals[6] / totals[5] == pytest.approx(0.54, abs=0.006)
    assert totals[9] / totals[8] == pytest.approx(0.79, abs=0.006)
    assert totals[12] / totals[11] == pytest.approx(0.73, abs=0.008)


def test_three_groups_are_contracted_in_full(demo_raw: Path) -> None:
    rows = next(iter(sheets(demo_raw / f"contracts/开封市_家庭医生签约进展_{LAST}.xlsx").values()))
    totals = contract_totals(demo_raw, LAST)
    for group in ("残疾人", "计划生育特殊家庭", "严重精神障碍患者"):
        at = rows[1].index(group)
        assert totals[at] == totals[at + 2] > 0


def test_fulfilment_grows_within_the_year(demo_raw: Path) -> None:
    days = ("20250131", "20250331", "20250531", LAST)
    shares = [(t := contract_totals(demo_raw, day))[12] / t[11] for day in days]
    assert shares == sorted(shares)
    assert shares[0] < 0.3


def monthly(path: Path) -> dict[str, dict[str, Any]]:
    return {row["县区"]: row for row in records(sheets(path)["月报"], header=1)}


def test_kaifengs_staff_and_training(demo_raw: Path) -> None:
    rows = monthly(demo_raw / "activity/开封市_医共体月报_202506.xlsx")
    total = rows.pop("合计")
    expected = {
        "基层医技人员本科及以上人数": 2344,
        "基层医技人员大专人数": 3875,
        "基层医技人员高中人数": 4978,
        "基层医技人员中专及以下人数": 265,
        "基层医技人员总数": 11462,
        "县聘乡用乡聘村用在岗人数": 1152,
        "三年特招医学毕业生数": 171,
        "三年特岗全科医生数": 27,
        "大学生村医落编上岗数": 85,
        "线下培训人数": 3651,
        "近三年新建社区卫生服务站数": 42,
        "基建提升乡镇卫生院数": 27,
    }
    for item, value in expected.items():
        assert sum(row[item] for row in rows.values()) == total[item] == value
    assert total["年线上培训人数"] > 7500
    assert rows["尉氏县"]["基建提升乡镇卫生院数"] == 5
    assert rows["通许县"]["高血压患者建档管理数"] == 37000
    assert rows["通许县"]["糖尿病患者建档管理数"] == 17000
    assert rows["通许县"]["65岁及以上老年人免费体检人数"] > 60000


def test_clinics_of_the_other_sites(tmp_path: Path, demo_raw: Path, sites: dict[str, Site]) -> None:
    write_clinics(sites["411300"], tmp_path, until=date(2025, 6, 30), seed=7)
    assert len(clinic_records(tmp_path, "南阳市_唐河县_*.xlsx")) == 528
    assert len(clinic_records(tmp_path, "南阳市_桐柏县_*.xlsx")) == 215
    xichuan = list(clinic_records(tmp_path, "南阳市_淅川县_*.xlsx").values())
    assert sum(row["中医药服务"] == "有" for row in xichuan) / len(xichuan) == 0.95
    assert len(clinic_records(demo_raw, "恒口示范区_*.xlsx")) == 115
