"""The committed catalogue holds together: topics have names, counters have readers."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from dashboard.messages import t
from pipeline.catalog import HERE, Catalogue, catalogue, load_catalogue
from pipeline.catalog.monitoring import Split, load_monitoring, monitoring
from pipeline.catalog.published import published
from pipeline.errors import CatalogueError


def test_every_topic_has_a_name_for_readers() -> None:
    for topic in {i.topic for i in catalogue().indicators.values()}:
        assert t(f"subject.{topic}")


def test_every_item_of_the_monthly_report_is_read_by_something() -> None:
    used = {c for i in catalogue().indicators.values() for c in (i.numerator, i.denominator)}
    for comparison in published().comparisons.values():
        used.update(comparison.numerator, comparison.denominator, comparison.listed)
    items = {c.id for c in catalogue().counters.values() if c.source == "activity"}
    assert items - used == set()


def test_names_are_unique_and_short_names_fit_a_column() -> None:
    indicators = list(catalogue().indicators.values())
    assert len({i.name_zh for i in indicators}) == len(indicators)
    assert max(len(i.short_zh) for i in indicators) <= 12


def test_minutes_are_hidden_with_their_cases() -> None:
    counters = catalogue().counters
    for indicator in ("contact_to_catheter_minutes", "door_to_needle_minutes"):
        cases = catalogue().indicators[indicator].denominator
        assert cases is not None
        assert counters[cases].patient_derived


def changed(**values: object) -> str:
    """Return one indicator block of the committed catalogue with some keys written anew."""
    lines = {
        "id": '"new_rate"',
        "name_zh": '"新指标"',
        "short_zh": '"新指标"',
        "name_en": '"New"',
        "topic": '"emergency"',
        "kind": '"stock"',
        "form": '"ratio"',
        "numerator": '"stroke_centres"',
        "denominator": '"consortia"',
        "unit_zh": '"个"',
        "count_unit_zh": '"个"',
        "decimals": "1",
        "polarity": '"none"',
        "finest_level": '"county"',
        "material_difference": "1",
        "classes": "[1, 2, 3, 4]",
        "definition_zh": '"—"',
        "caveats_zh": '"—"',
        "policy_zh": '"本地口径"',
        "policy_status": '"local"',
        "responsible_zh": '"医政科"',
        "reviewed_on": "2025-07-01",
    }
    lines |= {key: str(value) for key, value in values.items()}
    return "[[indicator]]\n" + "\n".join(f"{k} = {v}" for k, v in lines.items() if v != "None")


def load_with(folder: Path, block: str) -> Catalogue:
    (folder / "indicators").mkdir(parents=True)
    for name in ("counters.toml", "settings.toml"):
        (folder / name).write_bytes((HERE / name).read_bytes())
    (folder / "indicators" / "new.toml").write_text(block, encoding="utf-8")
    return load_catalogue(folder)


def test_a_ratio_may_be_given_per_so_many(tmp_path: Path) -> None:
    found = load_with(tmp_path, changed(per=1000)).indicators["new_rate"]
    assert (found.per, found.is_share) == (1000, False)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"form": '"proportion"', "per": 100}, "是占比"),
        ({"form": '"count"'}, "计数型没有分母"),
        ({"denominator": None}, "计数型没有分母"),
        ({"denominator": '"no_counter"'}, "未声明的计数"),
        ({"denominator": '"visits_total"'}, "时间性质不同"),
        ({"classes": "[4, 3, 2, 1]"}, "递增"),
        ({"colour": '"red"'}, "多出"),
        ({"due_with": '"no_indicator"'}, "no_indicator"),
        ({"history": '[["去年", "改了分母"]]'}, "history"),
        ({"history": "[[2025-01-01]]"}, "history"),
        ({"history": '[[2025-02-01, "二"], [2025-01-01, "一"]]'}, "history"),
    ],
)
def test_a_wrong_indicator_is_refused_with_its_fault(
    tmp_path: Path, values: dict[str, object], message: str
) -> None:
    with pytest.raises(CatalogueError, match=message):
        load_with(tmp_path, changed(**values))


def test_the_changes_of_a_definition_are_kept_in_order(tmp_path: Path) -> None:
    block = changed(history='[[2024-01-01, "按出院日期归月"], [2025-01-01, "不含药店购药"]]')
    entries = load_with(tmp_path, block).indicators["new_rate"].history
    assert [text for _, text in entries] == ["按出院日期归月", "不含药店购药"]


def test_the_national_list_has_fourteen_indicators_in_five_groups() -> None:
    rows = monitoring().rows
    assert sorted({row.number for row in rows}) == list(range(1, 15))
    groups = list(dict.fromkeys(row.group_zh for row in rows))
    assert groups == ["紧密型", "同质化", "促分工", "提效能", "保健康"]
    numbers = [row.number for row in rows]
    assert numbers == sorted(numbers)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[[row]]\nnumber = 1\ngroup_zh = "一"\nname_zh = "甲"', "或写明缺少什么"),
        (
            '[[row]]\nnumber = 1\ngroup_zh = "一"\nname_zh = "甲"\nindicator = "remote_ecg"\n'
            'missing_zh = "乙"',
            "或写明缺少什么",
        ),
        (
            '[[row]]\nnumber = 1\ngroup_zh = "一"\nname_zh = "甲"\nindicator = "nothing"',
            "未声明的指标",
        ),
        ('[[split]]\nid = "x"\ncounty = 0\ntownship = 0\nvillage = 0', "应为正数"),
        ('[[split]]\nid = "x"\ncounty = 5\ntownship = -1\nvillage = 1', "应为正数"),
        ('[[split]]\nid = "x"\ncounty = 5', "缺少"),
    ],
)
def test_a_wrong_list_is_refused(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "monitoring.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CatalogueError, match=message):
        load_monitoring(path, known=catalogue())


def test_a_surplus_is_shared_to_the_fen() -> None:
    split = Split(id="x", county=6, township=3, village=1)
    assert split.shared(943_946_000_0) == (5_663_676_000, 2_831_838_000, 943_946_000)
    assert split.shared(101) == (61, 30, 10)
    assert sum(dataclasses.replace(split, county=2, township=5, village=3).shared(7)) == 7
