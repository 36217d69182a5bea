"""A table of areas opens each of its areas, so that no way down needs a mouse."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from tests.dashboard.drawn import address, html

Run = Callable[..., AppTest]


def test_the_table_beside_the_map_opens_a_county(run_page: Run) -> None:
    app = run_page()
    jump = app.selectbox(key="open-map")
    assert jump.value is None
    assert "杞县" in jump.options
    jump.set_value("410221").run()
    assert address(app, "area") == "410221"
    assert app.selectbox(key="open-map").value is None


def test_the_table_of_the_scorecard_opens_the_profile(run_page: Run) -> None:
    app = run_page()
    app.selectbox(key="open-scorecard").set_value("410221").run()
    assert "杞县概况" in html(app)


def test_the_table_of_townships_opens_a_township(run_page: Run) -> None:
    app = run_page("county", area="410225")
    app.selectbox(key="open-townships").set_value("410225102").run()
    assert address(app, "area") == "410225102"
    assert "南彰镇村卫生室名单" in html(app)


def test_choosing_nothing_leaves_the_page_where_it_is(run_page: Run) -> None:
    app = run_page()
    app.selectbox(key="open-map").set_value(None).run()
    assert address(app, "area") == "410200"


def test_a_table_without_areas_has_no_such_list(run_page: Run) -> None:
    app = run_page("county", area="410225102")
    assert "open-clinic-list" not in {box.key for box in app.selectbox}
