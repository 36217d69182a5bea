"""The map's slider of months and the second date, run as the browser would run them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.exports import collect
from dashboard.exports.collect import Place
from dashboard.panels.shared import side_by_side
from dashboard.panels.shared.side_by_side import most_changed
from dashboard.view import View
from tests.builders.drawn import address, chart, click, html
from tests.builders.pages import show

Run = Callable[..., AppTest]
FAULT = "本块未能显示"
FLOW, STOCK = "out_of_county_inpatient_rate", "contract_rate"


def legend(spec: dict[str, Any]) -> list[tuple[str, float, float]]:
    return [(n["text"], n["x"], n["y"]) for n in spec["layout"]["annotations"]]


def classes(spec: dict[str, Any]) -> list[Any]:
    return [s.get("fillcolor") for s in spec["layout"]["shapes"]]


def printed(spec: dict[str, Any]) -> list[str]:
    return [str(x) for t in spec["data"] if t.get("mode") == "text" for x in t["text"]]


def widget_keys(app: AppTest) -> set[str]:
    widgets = (*app.selectbox, *app.select_slider, *app.button)
    return {str(widget.key) for widget in widgets}


def test_the_slider_begins_at_the_last_settled_month_in_words(run_topic: Run) -> None:
    slider = run_topic("outflow").select_slider(key="map-slider")
    assert slider.options[0] == "2023年1月"
    assert (slider.options[-1], slider.value) == ("2025年6月", "2025-03")


def test_a_step_moves_map_and_link_and_nothing_else(run_topic: Run) -> None:
    app = run_topic("outflow")
    before, ranking = chart(app, "map"), chart(app, "ranking")
    app.select_slider(key="map-slider").set_value("2024-08").run()
    after = chart(app, "map")
    assert address(app, "map-month") == "2024-08"
    assert address(app, "month") == "2025-06"
    assert "2024年1—8月" in html(app)
    assert printed(before) != printed(after)
    assert (legend(before), classes(before)) == (legend(after), classes(after))
    assert chart(app, "ranking") == ranking
    app.select_slider(key="map-slider").set_value("2025-03").run()
    assert "map-month" not in app.query_params
    assert chart(app, "map") == before


def test_a_month_shows_what_the_page_of_that_month_shows(run_topic: Run) -> None:
    for page, query in (("contracts", {}), ("overview", {"indicator": STOCK}), ("overview", {})):
        there = chart(run_topic(page, month="2024-05", **query), "map")
        here = chart(run_topic(page, **{"map-month": "2024-05"}, **query), "map")
        assert printed(here) == printed(there)


def test_months_still_arriving_look_provisional(run_topic: Run) -> None:
    app = run_topic("outflow", **{"map-month": "2025-05"})
    assert "2025年1—5月（暂定）" in html(app)
    names = {trace.get("name") for trace in chart(app, "map")["data"]}
    assert not {"worse", "better"} & names
    assert "map-compare" not in widget_keys(app)


def test_stocks_go_to_the_month_of_the_page(run_topic: Run) -> None:
    app = run_topic("contracts")
    assert app.select_slider(key="map-slider").value == "2025-06"
    assert "暂定）" not in html(app)


def test_hidden_months_keep_their_star(run_topic: Run, odd_topic_world: Path) -> None:
    app = run_topic("overview", marts=odd_topic_world, **{"map-month": "2024-05"})
    assert set(printed(chart(app, "map"))) & {"＊"}
    assert "人数过少" in html(app)


def test_a_month_without_data_falls_back_with_a_notice(run_topic: Run) -> None:
    app = run_topic("clinics", **{"map-month": "1999-01"})
    assert "链接中的地图月份没有数据，地图已显示2025年6月。" in html(app)
    assert "map-month" not in app.query_params


def test_one_month_alone_has_no_slider(run_topic: Run, bare_topic_world: Path) -> None:
    app = run_topic("clinics", marts=bare_topic_world)
    assert "map-slider" not in widget_keys(app)
    assert FAULT not in html(app)


def test_a_meeting_stands_still_and_shows_the_month_of_its_link(run_topic: Run) -> None:
    app = run_topic("outflow", meeting="1", **{"map-month": "2024-08"})
    assert not {"map-slider", "map-compare"} & widget_keys(app)
    assert "2024年1—8月" in html(app)


def test_two_dates_stand_side_by_side_in_the_same_classes(run_topic: Run) -> None:
    app = run_topic("contracts", compare="2023-06")
    earlier, later = chart(app, "side-map-earlier"), chart(app, "side-map-later")
    assert printed(earlier) != printed(later)
    assert classes(earlier) == classes(later)
    texts = html(app)
    assert "前期：2023年6月" in texts
    assert "后期：2025年6月" in texts
    assert FAULT not in texts
    changes = {t["name"]: t for t in chart(app, "changes-figure")["data"]}
    assert len(changes["earlier"]["y"]) == len(changes["later"]["y"]) == 9


def test_a_second_date_is_chosen_and_left(run_topic: Run) -> None:
    app = run_topic("outflow")
    options = app.selectbox(key="map-compare").options
    assert options[0] == "两期对比"
    assert "同期2024年3月" in options
    assert "对比2024年4月" in options
    app.selectbox(key="map-compare").set_value("2024-03").run()
    assert address(app, "compare") == "2024-03"
    assert "前期：2024年1—3月" in html(app)
    app.select_slider(key="map-slider").set_value("2024-12").run()
    assert "后期：2024年1—12月" in html(app)
    app.button(key="map-one").click().run()
    assert "compare" not in app.query_params
    assert "前期" not in html(app)
    assert "2024年1—12月" in html(app)


@pytest.mark.parametrize(
    ("page", "query", "words"),
    [
        ("outflow", {"compare": "2024-04"}, "两期长短不一，只并列数值，不作升降判断"),
        ("outflow", {"compare": "2024-03", "indicator": "fund_outflow_rate"}, "县区的变化"),
        ("clinics", {"compare": "2024-01"}, "台账逐一清点，变化就是实际增减"),
        ("outflow", {"compare": "2024-03"}, "县区的变化"),
    ],
)
def test_what_may_be_said_of_a_change_is_said(
    run_topic: Run, page: str, query: dict[str, str], words: str
) -> None:
    app = run_topic(page, **query)
    assert words in html(app)
    if words != "县区的变化":
        texts = [note["text"] for note in chart(app, "changes-figure")["layout"]["annotations"]]
        assert not any("↗" in text or "↘" in text for text in texts)


def test_what_has_no_test_is_set_side_by_side_without_a_verdict(
    run_topic: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.reading.map_values.is_tested", lambda *_: False)
    assert "没有适用的检验" in html(run_topic("outflow", compare="2024-03"))


def test_a_comparison_in_vain_says_what_is_shown_instead(run_topic: Run) -> None:
    app = run_topic("outflow", compare="2025-05")
    assert "已改为与2024年3月对比" in html(app)
    assert address(app, "compare") == "2024-03"


def test_a_meeting_shows_the_changes_in_place_of_the_map(run_topic: Run) -> None:
    for page in ("contracts", "overview"):
        app = run_topic(page, meeting="1", compare="2024-03")
        assert not any(e.proto.id.endswith("-map") for e in app.get("plotly_chart"))
        assert chart(app, "map-figure")["data"]
        assert FAULT not in html(app)


def test_a_meeting_with_many_counties_lists_those_that_changed_most(
    run_topic: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(side_by_side, "PITCH", 60)
    app = run_topic("contracts", meeting="1", compare="2024-03")
    count = len(set(chart(app, "map-figure")["data"][0]["y"]))
    assert count < 9
    assert f"只列变化最大的{count}个，全部见数据表。" in html(app)


def test_hidden_values_have_no_change(run_topic: Run, suppressed_contracts: Path) -> None:
    query = {"indicator": "renewal_rate", "compare": "2024-03"}
    app = run_topic("contracts", marts=suppressed_contracts, **query)
    assert "人数过少" in html(app)
    app.session_state["twin-changes"] = True
    table = app.run().dataframe[0].value
    assert set(table["2024年3月（%）"]) == {"＊"}
    assert set(table["变化（个百分点）"]) == {"—"}


def test_a_click_on_a_change_takes_the_page_to_the_county(run_topic: Run) -> None:
    app = run_topic("contracts", compare="2024-03")
    for expected in ("410225", "410225"):
        click(app, "changes-figure", "410225")
        assert address(app, "area") == expected
    assert address(app, "compare") == "2024-03"


def test_a_zone_without_outlines_still_has_its_changes(run_topic: Run) -> None:
    app = run_topic("contracts", area="6109HK", compare="2024-06")
    assert "该地区没有独立的边界，不绘地图。" in html(app)
    assert chart(app, "changes-figure")["data"]


def test_the_changes_can_be_read_and_taken_along(run_topic: Run) -> None:
    app = run_topic("contracts", compare="2023-06")
    app.session_state["twin-changes"] = True
    table = app.run().dataframe[0].value
    assert list(table.columns) == [
        *("代码", "地区", "2023年6月（%）", "2025年6月（%）", "变化（个百分点）", "判断"),
        *("2023年6月分子", "2023年6月分母", "2025年6月分子", "2025年6月分母"),
    ]
    row = table.iloc[0]
    exact = (
        row["2025年6月分子"] / row["2025年6月分母"] - row["2023年6月分子"] / row["2023年6月分母"]
    )
    shown = float(str(row["变化（个百分点）"]).replace("−", "-"))
    assert shown == pytest.approx(100 * exact, abs=0.0501)


def test_where_not_all_find_room_those_that_changed_most_stay() -> None:
    rows = pl.DataFrame({"area_code": list("abcd"), "change": [0.3, -0.1, -0.2, None]})
    assert most_changed(rows, 4).equals(rows)
    assert most_changed(rows, 2)["area_code"].to_list() == ["a", "c"]


SCRIPT = """
from dashboard import shell
import streamlit as st
from dashboard.panels.shared import map_months, topic_panels

view = shell.open_page("outflow", indicators=("out_of_county_inpatient_rate",),
                       own=map_months.KEYS)
st.session_state["runs"] = st.session_state.get("runs", 0) + 1
if st.session_state["runs"] == 1:
    st.query_params[{key!r}] = {value!r}  # what a click in the panel does
topic_panels.map_panel(view, height=600)
st.text(f"{{view.area.code}} {{view.earlier_month}}")
"""


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [("area", "410225", "410225 None"), ("compare", "2024-03", "410200 2024-03-01")],
)
def test_a_choice_in_the_panel_moves_the_whole_page(
    small_world: Path, key: str, value: str, shown: str
) -> None:
    show(small_world)
    app = AppTest.from_string(SCRIPT.format(key=key, value=value), default_timeout=60).run()
    assert not app.exception
    assert app.session_state["runs"] == 2
    assert app.text[0].value == shown


def test_a_panel_drawn_again_takes_the_place_it_had() -> None:
    view: View = None  # type: ignore[assignment]
    contents = collect.begin(view)
    first = collect.row_of((5, 7))
    with collect.inside(Place(first, 0)):
        place = collect.current_place()
        for key in ("map", "list"):
            with collect.panel(key, title="三月", note="", height=600):
                pass
    collect.begin(view)
    with (
        collect.resumed(contents, place),
        collect.panel("map", title="二月", note="", height=600),
    ):
        pass
    assert [(p.key, p.title, p.place) for p in contents.panels] == [
        ("map", "二月", Place(first, 0)),
        ("list", "三月", Place(first, 0)),
    ]
    assert collect.current() is not contents
