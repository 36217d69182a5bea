"""Pages where all that was sent of a source was refused: it came, and nothing of it counts."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import freshness
from dashboard.exports.collect import Contents
from dashboard.exports.slide_frame import source_words
from dashboard.queries import quality
from pipeline import snapshots
from pipeline.catalog import catalogue
from tests.builders.drawn import html
from tests.builders.measures import fit
from tests.builders.pages import view_in
from tests.builders.world import publish_tables, tables

Run = Callable[..., AppTest]
CITY, COUNTY, OTHER, TOWNSHIP = "410200", "410225", "410222", "410225102"
JUNE = dt.date(2025, 6, 1)
ONLY_OF_REFERRALS = "referred_outflow_share"  # a share of settlements, told by referrals


def cell(source: str, county: str, **options: object) -> dict[str, object]:
    given: dict[str, object] = {
        "source": source,
        "county_code": county,
        "month": JUNE,
        "expected": None,
        "received": 0,
        "rows_read": 9,
        "accepted": 0,
        "rejected": 9,
        "duplicates": 0,
        "reasons": "UNKNOWN_CODE:9",
        "delay_days": None,
        "grade": "D",
    }
    return given | options


TAKEN = {"received": 1, "accepted": 9, "rejected": 0, "reasons": "", "grade": "A"}
CELLS = [
    cell("referrals", COUNTY),
    cell("referrals", OTHER),
    cell("clinics", COUNTY),
    cell("clinics", COUNTY, month=JUNE.replace(month=5)),
    cell("clinics", OTHER, **TAKEN),
    cell("contracts", COUNTY, **TAKEN, month=JUNE.replace(month=5)),
    cell("contracts", COUNTY),
    cell("activity", COUNTY, accepted=None, rows_read=None),  # too few to be told
    cell("targets", ""),
]


def file(source: str, *, accepted: int, rejected: int) -> snapshots.InputFile:
    return snapshots.InputFile(
        source=source,
        file=f"{source}/{accepted}.csv",
        sha256="0" * 64,
        rows_read=accepted + rejected,
        accepted=accepted,
        rejected=rejected,
        duplicates=0,
    )


FILES = [
    file("referrals", accepted=0, rejected=18),
    file("targets", accepted=0, rejected=9),
    file("clinics", accepted=9, rejected=18),
    file("contracts", accepted=9, rejected=9),
    file("activity", accepted=5, rejected=9),
    file("income", accepted=0, rejected=0),  # a file without rows
]


@pytest.fixture(scope="module")
def in_vain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a world of which no referral was fit, and of one county no clinic."""
    marts = tmp_path_factory.mktemp("in_vain") / "marts"
    referrals = [i for i in catalogue().indicators if "referrals" in freshness.sources_of(i)]
    clinics = [i for i in catalogue().indicators if "clinics" in freshness.sources_of(i)]
    lost = pl.col("indicator_id").is_in(referrals) | (
        pl.col("indicator_id").is_in(clinics) & pl.col("area_code").str.starts_with(COUNTY)
    )
    known = dict(tables())
    for name in ("indicator_monthly", "indicator_weekly", "indicator_to_date"):
        known[name] = known[name].filter(~lost)
    known["clinics"] = known["clinics"].filter(pl.col("county_code") != COUNTY)
    known["targets"] = known["targets"].clear()
    untold = pl.lit(None, pl.Int64).alias("referred_settlements")
    known["flow_monthly"] = known["flow_monthly"].with_columns(untold)
    known["data_quality"] = fit("data_quality", pl.DataFrame(CELLS, infer_schema_length=None))
    publish_tables(marts, known.items(), inputs=FILES)
    return marts


def test_sources_and_counties_are_told_of_which_nothing_was_fit() -> None:
    frame = pl.DataFrame(CELLS, infer_schema_length=None).lazy()
    everywhere, by_county = quality.refused(frame, inputs=FILES)
    assert everywhere == {"referrals", "targets"}
    assert by_county == {
        "referrals": {COUNTY: True, OTHER: True},
        "clinics": {COUNTY: True, OTHER: False},
    }


def test_an_area_has_lost_a_source_where_all_its_counties_sent_in_vain(in_vain: Path) -> None:
    asked = ["clinics", "contracts", "referrals"]
    lost = {area: freshness.refused(view_in(in_vain, area), asked) for area in (CITY, COUNTY)}
    assert lost == {CITY: ["referrals"], COUNTY: ["clinics", "referrals"]}
    assert freshness.refused(view_in(in_vain, TOWNSHIP), asked) == lost[COUNTY]
    assert "referrals" in freshness.sources_of(ONLY_OF_REFERRALS)


@pytest.mark.parametrize(
    ("page", "area", "names"),
    [
        ("outflow", CITY, "双向转诊、目标"),
        ("clinics", COUNTY, "村卫生室台账、目标"),
        ("clinics", TOWNSHIP, "村卫生室台账、目标"),
        ("clinics", CITY, "目标"),
        ("county", COUNTY, "双向转诊、村卫生室台账、目标"),
        ("overview", COUNTY, "村卫生室台账、目标"),
    ],
)
def test_a_page_says_once_what_was_sent_in_vain_and_leads_to_why(
    run_topic: Run, in_vain: Path, page: str, area: str, names: str
) -> None:
    app = run_topic(page, area=area, marts=in_vain)
    assert not app.exception
    said = f"{names}已报送，但没有一行通过校验，原因和拒收明细见数据质量页。"
    assert html(app).count(said) == 1
    links = [link.proto.label for link in app.get("page_link")]
    assert "数据质量 →" in links


def test_the_one_screen_of_a_meeting_has_no_line_more(run_topic: Run, in_vain: Path) -> None:
    shown = html(run_topic("outflow", area=CITY, marts=in_vain, meeting="1"))
    assert "没有一行通过校验" not in shown
    assert "双向转诊未通过校验" in shown  # the last line


def test_cards_and_the_last_line_say_that_it_came(run_topic: Run, in_vain: Path) -> None:
    outflow = html(run_topic("outflow", area=CITY, marts=in_vain))
    assert outflow.count("<div>未通过校验</div>") == 1  # of the share; referrals have a pair
    assert "上转 未通过校验" in outflow
    assert "未上报" not in re.sub(r"<[^>]+>", "|", outflow)
    assert "来源：医保结算　·　双向转诊未通过校验" in outflow
    assert "有序转诊%" in outflow
    assert "＊" not in outflow[outflow.index("有序转诊%") :].partition("</table>")[0]
    own = html(run_topic("overview", area=COUNTY, marts=in_vain))
    assert "该地区已报送，但全部未通过校验。" in own
    assert "该地区本期没有上报数据。" not in own
    clinics = html(run_topic("clinics", area=OTHER, marts=in_vain))
    assert "<div>未通过校验</div>" not in clinics
    for shown in (outflow, own, clinics):
        assert "目标未通过校验" in shown
        assert "未设目标" not in shown
    assert "目标未通过校验，不作推算。" in clinics


def test_slides_and_workbook_name_sources_as_the_page_does(in_vain: Path) -> None:
    sources = ("settlements", "clinics", "referrals")
    city, county = (
        source_words(Contents(view_in(in_vain, area), sources=some))
        for area, some in ((CITY, sources), (COUNTY, sources[1:]))
    )
    invented = "演示数据，非真实统计　·　"
    assert city == f"{invented}来源：医保结算、村卫生室台账　·　双向转诊未通过校验"
    assert county == f"{invented}村卫生室台账、双向转诊未通过校验"


def test_quality_says_of_which_counties(run_topic: Run, in_vain: Path) -> None:
    shown = html(run_topic("quality", area=CITY, marts=in_vain))
    assert (
        "最近一期已报送，但没有一行通过校验：双向转诊（通许县、兰考县）、村卫生室台账（兰考县）、"
        "家庭医生签约进展（兰考县）、目标；" in shown
    )
    assert shown.count('class="grade-refused"') == 4
    assert "未报送" not in shown


def test_a_due_report_of_which_nothing_was_fit_is_not_called_lacking() -> None:
    cells = pl.DataFrame(
        [
            cell("settlements", COUNTY, expected=1, delay_days=9),
            cell("settlements", OTHER, expected=1, delay_days=9, rows_read=0, rejected=0),
        ],
        infer_schema_length=None,
    ).lazy()
    lacking = quality.unreported(cells, counties=[COUNTY, OTHER], until=JUNE)
    assert lacking["county_code"].to_list() == [OTHER]
    accounts = quality.month_accounts(cells, counties=[COUNTY, OTHER], month=JUNE)
    row = accounts.row(by_predicate=pl.col("source") == "settlements", named=True)
    assert (row["lacking"], row["unfit"]) == (1, 1)
