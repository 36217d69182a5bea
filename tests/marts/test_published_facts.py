from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from pipeline.catalog import catalogue
from pipeline.catalog.published import Comparison, Published, published
from pipeline.marts.published_facts import build, sums_of
from pipeline.marts.scope import Scope, make_scope
from tests.counters import rows
from tests.marts import small_world as world

AS_OF = date(2025, 6, 30)
SCOPE = make_scope(rows.AREAS, pl.DataFrame({"area_code": ["410202", "410203"]}))
COMPARED = published()


def fact(**given) -> dict:
    base = dict.fromkeys(world.FACTS.schema)
    return {**base, "fact_id": "F1", "place_name": "龙亭区", "adcode": "410202", "topic": "other",
            "measure_zh": "某数", "comparator": "=", "unit": "count", "as_of": "2025",
            "source_title": "某会", **given}  # fmt: skip


def verdict(
    comparison: Comparison | None,
    given: dict,
    *,
    flows: list[tuple] = (),
    stocks: list[tuple] = (),
    as_of: date = AS_OF,
    demonstration: bool = False,
    scope: Scope = SCOPE,
) -> dict:
    def frame(records: list[tuple], time: str) -> pl.DataFrame:
        schema = {"counter_id": pl.String, "area_code": pl.String, time: pl.Date, "value": pl.Int64}
        return pl.DataFrame(list(records), schema=schema, orient="row")

    comparisons = Published(
        comparisons={} if comparison is None else {comparison.fact_id: comparison},
        needs={"other": "健康帮扶监测数据"},
        missing={"F9": "公布的是计划数，不是实绩。"},
    )
    facts = pl.DataFrame([given], schema=world.FACTS.schema, orient="row")

    def sums(records: list[tuple], time: str) -> pl.DataFrame:
        where = {"facts": facts, "comparisons": comparisons, "scope": scope}
        return sums_of(frame(records, time).lazy(), time=time, **where)

    mart = build(
        facts,
        sums(flows, "date"),
        sums(stocks, "as_of"),
        comparisons=comparisons,
        scope=scope,
        catalogue=catalogue(),
        as_of=as_of,
        demonstration=demonstration,
    ).collect()
    row = mart.row(0, named=True)
    return {**row, "verdict": str(row["verdict"])}


CENTRES = Comparison(fact_id="F1", numerator=("centres",), on=date(2025, 7, 1))


def test_a_match_on_the_as_of_date_the_day_before_the_press_conference() -> None:
    row = verdict(CENTRES, fact(value=109), stocks=[("centres", "410202001", AS_OF, 109)])
    assert (row["verdict"], row["our_value"], row["our_as_of"]) == ("match", 109, AS_OF)
    assert row["reason_zh"] == "与公布值一致。"


def test_a_figure_of_a_province_is_held_to_its_cities_where_all_are_there() -> None:
    stocks = [("centres", "410202001", AS_OF, 60), ("centres", "410203001", AS_OF, 49)]
    printed = fact(value=109, adcode="410000", place_name="河南省")
    whole = rows.AREAS.filter(pl.col("area_code") != "410100")
    scope = make_scope(whole, pl.DataFrame({"area_code": ["410202", "410203", "6109HK"]}))
    row = verdict(CENTRES, printed, stocks=stocks, scope=scope)
    assert (row["verdict"], row["our_value"], row["area_code"]) == ("match", 109, "410000")
    in_part = verdict(CENTRES, printed, stocks=stocks)
    assert (in_part["verdict"], in_part["our_value"]) == ("not_computable", None)
    said = "河南省所辖地区没有全部接入，现有数据不能与其整体的公布数核对。"
    assert in_part["reason_zh"] == said


def test_a_match_of_a_demonstration_says_that_it_is_calibrated() -> None:
    stocks = [("centres", "410202", AS_OF, 100), ("centres", "410202001", AS_OF, 9)]
    row = verdict(CENTRES, fact(value=109), stocks=stocks, demonstration=True)
    assert (row["verdict"], row["reason_zh"]) == ("match", "演示数据按公开数据校准。")


def test_a_difference_without_a_cause_is_unexplained_and_says_both_figures() -> None:
    row = verdict(CENTRES, fact(value=109), stocks=[("centres", "410202", AS_OF, 108)])
    assert row["verdict"] == "unexplained"
    assert "108" in row["reason_zh"]
    assert "109" in row["reason_zh"]


def test_a_figure_from_after_the_data_is_not_computable() -> None:
    row = verdict(CENTRES, fact(value=109), stocks=[("centres", "410202", date(2025, 5, 29), 109)],
                  as_of=date(2025, 5, 30))  # fmt: skip
    assert (row["verdict"], row["our_value"]) == ("not_computable", None)
    assert "数据截至2025年5月30日" in row["reason_zh"]


def test_a_figure_from_within_a_month_after_the_data_is_computed() -> None:
    as_of = date(2025, 5, 31)
    row = verdict(CENTRES, fact(value=109), stocks=[("centres", "410202", as_of, 109)], as_of=as_of)
    assert (row["verdict"], row["our_as_of"]) == ("match", as_of)


def test_a_percentage_is_numerator_over_denominator_times_the_scale() -> None:
    comparison = Comparison(
        fact_id="F1",
        numerator=("clinics_completed",),
        denominator=("clinics_planned",),
        scale=100,
        on=AS_OF,
    )
    stocks = [
        ("clinics_completed", "410202", AS_OF, 1902),
        ("clinics_planned", "410202", AS_OF, 2158),
    ]
    row = verdict(comparison, fact(value=88), stocks=stocks)
    assert row["verdict"] == "match"
    assert row["our_value"] == pytest.approx(100 * 1902 / 2158)


def test_the_first_later_date_with_both_counters_is_taken() -> None:
    comparison = Comparison(
        fact_id="F1",
        numerator=("clinics_with_tcm",),
        denominator=("clinics_total",),
        scale=100,
        on=date(2022, 10, 13),
    )
    stocks = [
        ("clinics_with_tcm", "410202", date(2023, 1, 31), 19),
        ("clinics_with_tcm", "410202", AS_OF, 19),
        ("clinics_total", "410202", AS_OF, 20),
    ]
    row = verdict(comparison, fact(value=95), stocks=stocks)
    assert (row["verdict"], row["our_value"], row["our_as_of"]) == ("explained", 95, AS_OF)


def test_a_denominator_of_zero_is_no_figure() -> None:
    comparison = Comparison(
        fact_id="F1", numerator=("clinics_completed",), denominator=("clinics_planned",), on=AS_OF
    )
    stocks = [("clinics_completed", "410202", AS_OF, 0), ("clinics_planned", "410202", AS_OF, 0)]
    assert verdict(comparison, fact(value=1), stocks=stocks)["verdict"] == "not_computable"


def test_a_missing_source_is_named() -> None:
    row = verdict(CENTRES, fact(value=109))
    assert row["verdict"] == "not_computable"
    assert row["reason_zh"] == "缺少龙亭区的机构名录数据：乡镇卫生院和社区卫生服务中心数。"
    outside = verdict(CENTRES, fact(value=1, adcode="140000"))
    assert "140000（不在本期数据范围内）" in outside["reason_zh"]


def test_the_first_extract_explains_a_figure_from_before_it() -> None:
    comparison = Comparison(fact_id="F1", numerator=("centres",), on=date(2022, 10, 13))
    stocks = [("centres", "410202", AS_OF, 17), ("centres", "410202", date(2025, 5, 31), 17)]
    row = verdict(comparison, fact(value=17), stocks=sorted(stocks, key=lambda r: r[2]))
    assert (row["verdict"], row["our_as_of"]) == ("explained", date(2025, 5, 31))
    assert "最早一期数据为2025年5月31日" in row["reason_zh"]
    assert verdict(comparison, fact(value=16), stocks=stocks)["verdict"] == "unexplained"


def test_a_window_of_days_is_cut_exactly() -> None:
    comparison = Comparison(
        fact_id="F1",
        numerator=("fund_paid_outside_fen",),
        denominator=("fund_paid_fen",),
        scale=100,
        start=date(2025, 1, 1),
        end=date(2025, 3, 15),
    )
    flows = [
        ("fund_paid_outside_fen", "410202", date(2025, 1, 2), 40),
        ("fund_paid_fen", "410202", date(2025, 1, 2), 60),
        ("fund_paid_outside_fen", "410202", date(2025, 3, 15), 1),
        ("fund_paid_fen", "410202", date(2025, 3, 15), 40),
        ("fund_paid_fen", "410202", date(2025, 3, 16), 900),
    ]
    row = verdict(comparison, fact(value=40, comparator=">"), flows=flows)
    assert (row["verdict"], row["our_value"]) == ("match", 41)
    assert row["our_as_of"] == date(2025, 3, 15)


MONTHLY = Comparison(
    fact_id="F1", numerator=("remote_ecg",), start=date(2025, 1, 1), end=date(2025, 3, 13)
)
REPORTS = [("remote_ecg", "410202", date(2025, m, d), 100) for m, d in ((1, 31), (2, 28), (3, 31))]


@pytest.mark.parametrize(
    ("printed", "expected", "ours"),
    [(200, "explained", 200), (250, "explained", 200), (300, "explained", 300),
     (301, "unexplained", 200), (199, "unexplained", 200)],
)  # fmt: skip
def test_a_monthly_report_cut_inside_a_month_brackets_the_figure(
    printed: float, expected: str, ours: float
) -> None:
    row = verdict(MONTHLY, fact(value=printed), flows=REPORTS)
    assert (row["verdict"], row["our_value"]) == (expected, ours)
    if expected == "explained":
        assert "月报不能在3月13日截断" in row["reason_zh"]
        assert "200" in row["reason_zh"]
        assert "300" in row["reason_zh"]


def test_a_window_that_begins_before_the_data_is_not_computable() -> None:
    assert verdict(MONTHLY, fact(value=1), flows=REPORTS[1:])["verdict"] == "not_computable"
    assert verdict(MONTHLY, fact(value=1))["verdict"] == "not_computable"


def test_a_window_whose_denominator_never_came_is_not_computable() -> None:
    comparison = Comparison(
        fact_id="F1",
        numerator=("remote_ecg",),
        denominator=("remote_imaging",),
        start=date(2025, 1, 1),
        end=date(2025, 3, 31),
    )
    assert verdict(comparison, fact(value=1), flows=REPORTS)["verdict"] == "not_computable"


def test_a_figure_printed_for_another_place_is_explained_with_both_values() -> None:
    comparison = Comparison(
        fact_id="F1",
        numerator=("remote_ecg",),
        start=date(2025, 1, 1),
        end=date(2025, 3, 31),
        elsewhere="410202",
    )
    given = fact(value=300, adcode="410200", place_name="开封市")
    flows = [*REPORTS, ("remote_ecg", "410203", date(2025, 1, 31), 7)]
    row = verdict(comparison, given, flows=flows)
    assert (row["verdict"], row["our_value"], row["area_code"]) == ("explained", 300, "410200")
    assert "龙亭区为300" in row["reason_zh"]
    assert "开封市合计为307" in row["reason_zh"]
    assert verdict(comparison, {**given, "value": 5.0}, flows=flows)["verdict"] == "unexplained"


@pytest.mark.parametrize(
    ("ours", "listed", "expected"),
    [(19, 20, "explained"), (20, 20, "explained"), (18, 20, "unexplained"), (19, 19, "match")],
)
def test_a_text_that_lists_other_parts_than_its_total_is_explained_by_their_sum(
    ours: int, listed: int, expected: str
) -> None:
    comparison = Comparison(
        fact_id="F1",
        numerator=("consortium_members",),
        on=AS_OF,
        listed=("secondary_hospitals_on_platform", "township_centres_on_platform"),
    )
    stocks = [
        ("consortium_members", "410202", AS_OF, ours),
        ("secondary_hospitals_on_platform", "410202", AS_OF, 4),
        ("township_centres_on_platform", "410202", AS_OF, listed - 4),
    ]
    row = verdict(comparison, fact(value=19), stocks=stocks)
    assert (row["verdict"], row["our_value"]) == (expected, ours)
    if expected == "explained":
        assert "合计20" in row["reason_zh"]


def test_a_zone_is_compared_under_its_own_code() -> None:
    comparison = Comparison(fact_id="F1", numerator=("centres",), on=AS_OF, area_code="410203")
    stocks = [("centres", "410203001", AS_OF, 3)]
    row = verdict(comparison, fact(value=3), stocks=stocks)
    assert (row["verdict"], row["area_code"]) == ("match", "410203")


def test_figures_without_a_comparison_say_what_is_missing() -> None:
    row = verdict(None, fact(value=1))
    assert (row["verdict"], row["our_value"]) == ("not_computable", None)
    assert row["reason_zh"] == "缺少健康帮扶监测数据：现有数据源中没有“某数”这一项。"
    assert verdict(None, fact(value=1, fact_id="F9"))["reason_zh"] == "公布的是计划数，不是实绩。"
    assert "对应的数据源" in verdict(None, fact(value=1, topic="new"))["reason_zh"]
