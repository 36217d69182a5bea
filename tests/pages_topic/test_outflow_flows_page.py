"""The outflow page: flows by level or place, the matrix, referrals, residents settled elsewhere."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.exports import collect, workbook
from dashboard.panels.outflow import resettled
from dashboard.queries.outflow_levels import MART
from tests.builders.drawn import address, charts, click, html
from tests.builders.outflow import QI, levels, without_values
from tests.builders.world import publish_altered

Run = Callable[..., AppTest]
WITHOUT = resettled.WITHOUT


@pytest.fixture(scope="module")
def leveled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        return levels() if name == MART else frame

    return publish_altered(tmp_path_factory.mktemp("leveled") / "marts", alter)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a snapshot made before levels and resettled residents were told."""

    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame | None:
        if name == "indicator_to_date":
            everywhere = pl.lit(value=True)
            return without_values(frame, WITHOUT, everywhere, status="not_applicable")
        return None if name == MART else frame

    return publish_altered(tmp_path_factory.mktemp("older") / "marts", alter)


@pytest.fixture(scope="module")
def sparse(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a snapshot of half a year: few referred down, few resettled, nobody far away."""

    def alter(name: str, frame: pl.DataFrame) -> pl.DataFrame:
        everywhere = pl.lit(value=True)
        if name == MART:
            return levels(year=2025, months=6, status="provisional")
        if name == "flow_monthly":
            return frame.filter(pl.col("destination_tier").cast(pl.String) != "other_province")
        if name in {"indicator_monthly", "indicator_to_date"}:
            for indicator in ("downward_referrals", WITHOUT):
                frame = without_values(frame, indicator, everywhere, status="suppressed")
        return frame

    return publish_altered(tmp_path_factory.mktemp("sparse") / "marts", alter)


def drawn(app: AppTest) -> list[str]:
    return [e.proto.id.rsplit("-", 1)[-1] for e in app.get("plotly_chart")]


def figure(app: AppTest, key: str) -> dict[str, Any]:
    return charts(app)[drawn(app).index(key)]


def words(found: dict[str, Any]) -> list[str]:
    return [note["text"] for note in found["layout"].get("annotations", [])]


def table(app: AppTest) -> list[list[str]]:
    """Return the matrix as it stands on the page, cell by cell."""
    body = re.search(r'<table class="od.*?</table>', html(app), flags=re.DOTALL)
    assert body is not None
    rows = re.findall(r"<tr.*?</tr>", body.group(), flags=re.DOTALL)
    cells = (re.findall(r"<t[hd].*?</t[hd]>", row, flags=re.DOTALL) for row in rows)
    return [[re.sub(r"<[^>]+>", "|", cell).strip("|") for cell in row] for row in cells]


def test_flows_go_to_levels_of_hospital_where_these_are_known(
    run_topic: Run, leveled: Path
) -> None:
    app = run_topic("outflow", marts=leveled)
    shown = words(figure(app, "sankey"))
    assert "医院等级" in shown
    assert "三级医院 <b>1400</b>" in shown
    assert "另有1个流向人数过少，按规定不显示。" in html(app)
    assert app.segmented_control(key="pick-od").value == "level"


def test_the_link_chooses_places_and_the_switch_writes_the_link(
    run_topic: Run, leveled: Path
) -> None:
    app = run_topic("outflow", marts=leveled, od="place")
    assert "就医地" in words(figure(app, "sankey"))
    assert address(app, "od") == "place"
    app.segmented_control(key="pick-od").set_value("level").run()
    assert address(app, "od") == "level"
    assert "医院等级" in words(figure(app, "sankey"))


def test_the_matrix_has_a_cell_for_each_flow_with_its_share(run_topic: Run, leveled: Path) -> None:
    over, heads, *rows = table(run_topic("outflow", marts=leveled))
    assert [cell for cell in over if cell] == ["市内跨县", "省内跨市", "跨省"]
    assert heads[1:] == ["三级医院", "二级医院", "三级医院", "等级不明", "县外住院"]
    by_name = {row[0]: row[1:] for row in rows}
    total = int(by_name["杞县"][-1])
    assert by_name["杞县"][0] == f"400|{400 / total:.1%}".rstrip("%")
    assert by_name["杞县"][1].startswith("＊")
    assert by_name["通许县"][3].startswith("50|")
    assert by_name["可显示合计"][0].startswith("700|")
    assert by_name["兰考县"][:4] == ["—"] * 4


def test_the_largest_flows_are_named_as_facts(run_topic: Run, leveled: Path) -> None:
    page = html(run_topic("outflow", marts=leveled))
    first = "可显示的流向中，人次居前的是：杞县→省内跨市的三级医院700人次；"
    assert first + "杞县→市内跨县的三级医院400人次；通许县→市内跨县的三级医院300人次。" in page


def test_a_name_in_the_matrix_opens_the_county_and_again_its_city(
    run_topic: Run, leveled: Path
) -> None:
    app = run_topic("outflow", marts=leveled)
    app.button(key=f"od-row-{QI}").click().run()
    assert address(app, "area") == QI
    assert 'class="here"' in html(app)
    app.button(key=f"od-here-{QI}").click().run()
    assert address(app, "area") == "410200"


def test_a_tier_of_the_matrix_filters_the_places_and_again_frees_them(
    run_topic: Run, leveled: Path
) -> None:
    app = run_topic("outflow", marts=leveled)
    app.button(key="od-tier-same_province").click().run()
    assert address(app, "tier") == "same_province"
    assert app.segmented_control(key="pick-tier").value == "same_province"
    page = html(app)
    assert "郑州市" in page
    assert "北京市" not in page
    app.button(key="od-tier-same_province-on").click().run()
    assert "tier" not in app.query_params
    assert "北京市" in html(app)


def test_the_switch_above_the_places_does_the_same(run_topic: Run) -> None:
    app = run_topic("outflow")
    app.segmented_control(key="pick-tier").set_value("other_province").run()
    assert address(app, "tier") == "other_province"
    app.segmented_control(key="pick-tier").set_value("all").run()
    assert "tier" not in app.query_params


def test_a_tier_nobody_went_to_is_a_sentence(run_topic: Run, sparse: Path) -> None:
    app = run_topic("outflow", marts=sparse, tier="other_province")
    assert "没有去往“跨省”的县外住院。" in html(app)


def test_wrong_words_in_the_link_fall_to_the_default(run_topic: Run, leveled: Path) -> None:
    app = run_topic("outflow", marts=leveled, od="<b>", tier="moon")
    assert not app.exception
    assert "链接中的去向不存在，已按默认显示。" in html(app)
    assert not {"od", "tier"} & set(app.query_params)
    assert app.segmented_control(key="pick-tier").value == "all"


@pytest.mark.parametrize("wanted", [{}, {"od": "level"}])
def test_an_older_snapshot_shows_places_and_says_why(
    run_topic: Run, older: Path, wanted: dict[str, str]
) -> None:
    app = run_topic("outflow", marts=older, **wanted)
    page = html(app)
    assert not app.exception
    assert "本块未能显示" not in page
    assert "本期数据没有按医院等级的去向，现按具体地区显示。" in page
    assert "就医地" in words(figure(app, "sankey"))


def test_a_year_without_all_its_months_says_which_and_that_it_is_provisional(
    run_topic: Run, sparse: Path
) -> None:
    assert "2025年1—6月（暂定）" in html(run_topic("outflow", marts=sparse, tier="other_province"))


def test_hidden_flows_leave_a_sentence_in_place_of_the_drawing(
    run_topic: Run, odd_topic_world: Path
) -> None:
    app = run_topic("outflow", marts=odd_topic_world)
    assert "sankey" not in drawn(app)
    assert all(set("".join(row[1:])) <= set("＊|0—") for row in table(app)[2:])


def test_the_page_without_data_says_so(run_topic: Run, bare_topic_world: Path) -> None:
    app = run_topic("outflow", marts=bare_topic_world)
    assert not app.exception
    assert "本块未能显示" not in html(app)
    assert not [b for b in app.button if str(b.key).startswith("od-")]


def test_referrals_are_drawn_by_month_with_their_ratio_in_words(run_topic: Run) -> None:
    app = run_topic("outflow")
    ends = [text for text in words(figure(app, "referrals")) if text.startswith(("上转", "下转"))]
    assert len(ends) == 2
    said = re.search(r"上转(\d+)人次，下转(\d+)人次，每上转100人次，下转([\d.]+)人次。", html(app))
    assert said is not None
    up, down, ratio = said.groups()
    assert float(ratio) == pytest.approx(100 * int(down) / int(up), abs=0.05)


def test_a_click_on_a_countys_referrals_opens_it(run_topic: Run) -> None:
    app = run_topic("outflow")
    click(app, "ordered", QI)
    assert address(app, "area") == QI
    assert "入院前0—30天内有本人上转记录" in html(app)


def test_hidden_referrals_have_no_ratio(run_topic: Run, sparse: Path) -> None:
    app = run_topic("outflow", marts=sparse, tier="other_province")
    assert re.search(r"上转\d+人次，下转＊人次。", html(app))
    rows = next(t for t in figure(app, "ordered")["data"] if t.get("name") == "rows")
    assert all("下转 ＊" in text for text in rows["text"])


@pytest.mark.parametrize(
    ("marts", "sentence"),
    [("sparse", "人数过少，按规定不显示"), ("older", "一栏，不能区分。")],
)
def test_nobody_told_as_resettled_is_a_sentence_with_its_reason(
    run_topic: Run, request: pytest.FixtureRequest, marts: str, sentence: str
) -> None:
    wanted = {"sparse": {"tier": "other_province"}, "older": {}}[marts]
    app = run_topic("outflow", marts=request.getfixturevalue(marts), **wanted)
    assert "resettled" not in drawn(app)
    assert sentence in html(app).split("异地安置的影响")[1]


def test_the_meeting_draws_the_flows_without_a_control(run_topic: Run, leveled: Path) -> None:
    app = run_topic("outflow", marts=leveled, meeting="1")
    assert "医院等级" in words(figure(app, "sankey"))
    assert not app.button
    assert not app.get("segmented_control")


def test_hostile_names_stay_text_in_matrix_and_figures(run_topic: Run, hostile_world: Path) -> None:
    app = run_topic("outflow", marts=hostile_world, od="place")
    assert not app.exception
    assert "<img src=x" not in html(app)
    assert "<img src=x" not in str(charts(app))


def test_the_workbook_carries_the_new_panels(
    run_topic: Run, leveled: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[collect.Contents] = []
    begin = collect.begin

    def remembered(view: Any) -> collect.Contents:
        seen.append(begin(view))
        return seen[-1]

    monkeypatch.setattr(collect, "begin", remembered)
    run_topic("outflow", marts=leveled)
    tables = {title: frame for title, _, frame in workbook.tables_of(seen[-1])}
    matrix = tables["各县区的去向：按医院等级"]
    row = matrix.filter(pl.col("代码") == QI).row(0, named=True)
    assert row["市内跨县·三级医院"] == "400"
    assert row["市内跨县·二级医院"] == "＊"
    assert {"上转和下转", "各县区的转诊"} <= set(tables)


def test_without_the_indicator_the_panel_says_what_is_missing(
    run_topic: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resettled, "WITHOUT", "no_such_indicator")
    page = html(run_topic("outflow"))
    assert "一栏，不能区分。" in page
    assert "不是由本县流出" in page
