"""A table of areas opens each of its areas, so that no way down needs a mouse."""

from __future__ import annotations

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from dashboard import selectors
from dashboard.view import View
from tests.builders.drawn import address, html

Run = Callable[..., AppTest]


def opened(app: AppTest, twin: str) -> AppTest:
    """Look at a table: its content is sent once it is opened."""
    app.session_state[f"twin-{twin}"] = True
    return app.run()


def test_the_table_beside_the_map_opens_a_county(run_page: Run) -> None:
    app = opened(run_page(), "map")
    jump = app.selectbox(key="open-map")
    assert jump.value is None
    assert "杞县" in jump.options
    jump.set_value("410221").run()
    assert address(app, "area") == "410221"
    assert app.selectbox(key="open-map").value is None


def test_the_table_of_the_scorecard_opens_the_profile(run_page: Run) -> None:
    app = opened(run_page(), "scorecard")
    app.selectbox(key="open-scorecard").set_value("410221").run()
    assert "杞县概况" in html(app)


def test_the_table_of_townships_opens_a_township(run_page: Run) -> None:
    app = opened(run_page("county", area="410225"), "townships")
    app.selectbox(key="open-townships").set_value("410225102").run()
    assert address(app, "area") == "410225102"
    assert "南彰镇村卫生室名单" in html(app)


def test_choosing_nothing_leaves_the_page_where_it_is(run_page: Run) -> None:
    app = opened(run_page(), "map")
    app.selectbox(key="open-map").set_value(None).run()
    assert address(app, "area") == "410200"


def test_a_table_without_areas_has_no_such_list(run_page: Run) -> None:
    app = opened(run_page("county", area="410225102"), "clinic-list")
    assert app.dataframe
    assert "open-clinic-list" not in {box.key for box in app.selectbox}


def test_the_picker_lists_the_townships_of_the_county_shown_below_it(
    view_of: Callable[..., View],
) -> None:
    options = selectors.area_options(view_of("410225"))
    county = options.index("410225")
    below = [code for code in options if len(code) == 9]
    assert below
    assert options[county + 1 : county + 1 + len(below)] == below
    assert all(code.startswith("410225") for code in below)
    assert not [code for code in selectors.area_options(view_of()) if len(code) == 9]
    of_township = selectors.area_options(view_of("410225102"))
    assert of_township == options


def test_a_city_that_is_not_complete_is_listed_only_where_a_link_shows_it(
    view_of: Callable[..., View],
) -> None:
    places = view_of().places
    city = next(city for city in places.cities if not city.is_complete)
    assert city.code not in selectors.area_options(view_of())
    assert selectors.area_options(view_of(city.code))[-1] == city.code
