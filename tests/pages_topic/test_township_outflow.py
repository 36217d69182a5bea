"""Townships of outflow: ranked below their county, their own figures, and what is said beside them.

In the small world one county's settlements name townships, one of them hidden, some rows unnamed.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.exports import indicators as exported
from dashboard.messages import t
from dashboard.panels.definitions import download
from dashboard.panels.shared import town_notes
from dashboard.queries import claims
from dashboard.reading import map_values, topics
from dashboard.reading.facts import read_facts
from dashboard.reading.week import week_of
from dashboard.store import Marts
from dashboard.view import View
from pipeline.catalog import catalogue
from pipeline.contracts.words import UNPLACED
from tests.builders import quarters
from tests.builders.drawn import address, chart, click, html
from tests.builders.pages import view_in

COUNTY, UNNAMED = quarters.COUNTY, "410221"
OUTFLOW, MONEY, REFERRED = (
    "out_of_county_inpatient_rate",
    "fund_outflow_rate",
    "referred_outflow_share",
)
FEBRUARY = -5
Run = Callable[..., AppTest]


@pytest.fixture
def seen(small_world: Path) -> Callable[..., View]:
    def view(area: str = COUNTY, indicator: str = OUTFLOW, **options: object) -> View:
        return view_in(small_world, area, indicator=indicator, **options)

    return view


def towns(view: View) -> list[str]:
    return [place.code for place in view.places.children(COUNTY)]


def values(app: AppTest, name: str) -> dict:
    return next(trace for trace in chart(app, "ranking")["data"] if trace.get("name") == name)


def test_a_county_ranks_its_townships_with_their_intervals(run_topic: Run, seen) -> None:
    app = run_topic("outflow", area=COUNTY)
    codes = towns(seen())
    assert set(values(app, "row")["customdata"]) == set(codes)
    shown = values(app, "value")["customdata"]
    assert set(codes) - set(shown) == {codes[1]}
    assert len(values(app, "interval")["x"]) == 3 * len(shown)
    words = html(app)
    assert f"{len(codes)}个乡镇、街道" in words
    assert "到季度末累计。横线为95%区间。1个乡镇人次过少，按规定不显示。另有" in words


def test_a_row_of_the_ranking_leads_into_the_township(run_topic: Run, seen) -> None:
    first = towns(seen())[0]
    app = click(run_topic("outflow", area=COUNTY), "ranking", first)
    assert address(app, "area") == first
    assert "本乡镇1—3月" in html(app)
    assert "（全县）" in html(app)


def test_a_county_without_townships_in_its_rows_is_told_so_beside_its_sisters(
    run_topic: Run,
) -> None:
    app = run_topic("outflow", area=UNNAMED)
    assert t("towns.none") in html(app)
    assert UNNAMED in values(app, "row")["customdata"]


def test_before_a_quarter_is_complete_nobody_is_said_to_have_left_townships_out(
    run_topic: Run, seen
) -> None:
    months = seen().marts.months
    assert not town_notes.has_quarter(seen(month=0))
    early = f"{months[0]:%Y-%m}"
    for page, area, words in (
        ("outflow", COUNTY, "towns.early"),
        ("county", towns(seen())[0], "towns.early_panel"),
    ):
        said = html(run_topic(page, area=area, month=early))
        assert t(words) in said
        assert "没有写明参保人所在的乡镇" not in said


def test_an_indicator_of_counties_alone_says_nothing_of_townships(seen) -> None:
    view = seen(indicator=REFERRED)
    assert town_notes.words(view, view.indicator, pl.DataFrame()) == ""
    assert town_notes.words(seen("410200"), view.indicator, pl.DataFrame()) == ""
    assert town_notes.listed(view) == ()


def test_in_a_meeting_the_neediest_are_shown_and_counted(run_topic: Run, seen) -> None:
    rows = pl.DataFrame({"area_code": list(map(str, range(30))), "value": list(range(30))})
    view = seen(meeting=True)
    found, words = town_notes.fitting(view, rows, "其余。", room=110)
    assert found["area_code"].to_list() == ["29", "28", "27", "26", "25"]
    assert words == "列出需关注的前5个。其余。"
    fewer, words = town_notes.fitting(view, rows, "", room=110)  # the sentence takes two rows
    assert fewer["area_code"].to_list() == ["29", "28", "27"]
    assert words == "列出需关注的前3个。"
    for same in (
        town_notes.fitting(seen(), rows, "其余。", room=110),
        town_notes.fitting(view, rows.head(5), "其余。", room=110),
    ):
        assert same[0].height in {30, 5}
        assert not same[1].startswith("列出")
    assert not run_topic("outflow", area=COUNTY, meeting="1").exception


@pytest.mark.parametrize(
    ("status", "denominator", "said"),
    [
        ("final", 412, "另有412人次没有写明本县乡镇"),
        ("suppressed", None, t("towns.unplaced_hidden")),
        ("not_applicable", 0, ""),
        ("missing", None, ""),
    ],
)
def test_what_names_no_township_is_told(
    seen, monkeypatch: pytest.MonkeyPatch, status: str, denominator: int | None, said: str
) -> None:
    row = pl.DataFrame({"status": [status], "denominator": [denominator]})
    asked = []

    def year_to(*_: object, month: date, **__: object) -> pl.DataFrame:
        asked.append(month)
        return row

    view = seen()
    assert topics.towns_of(view, view.indicator)
    monkeypatch.setattr(topics, "year_to", year_to)
    words = town_notes.words(view, view.indicator, pl.DataFrame({"status": ["final"]}))
    assert words.startswith("按参保人所在乡镇")
    assert (said in words) if said else words.endswith("95%区间。")
    assert asked == [date(2025, 3, 1)]


def test_money_that_names_no_township_is_told_in_yuan(seen) -> None:
    view = seen(indicator=MONEY)
    words = town_notes.words(view, view.indicator, pl.DataFrame({"status": ["final"]}))
    assert "元没有写明本县乡镇" in words
    assert "区间" not in words


def test_townships_end_with_a_quarter_where_counties_end_with_a_month(seen) -> None:
    view = seen(month=FEBRUARY)
    first = view.places.by_code[towns(view)[0]]
    assert view.final_month == date(2025, 2, 1)
    assert topics.period_words(view, view.indicator) == "2025年1—2月"
    assert topics.period_words(view, view.indicator, first) == "2024年1—12月"
    both = topics.values_of(view, view.indicator, [first.code, COUNTY])
    assert both["area_code"].to_list() == [first.code, COUNTY]
    assert both["period_end"].to_list() == [date(2024, 12, 31), date(2025, 2, 28)]
    beside = topics.reference_of(view, view.indicator, view.county, beside=first)
    year = topics.year_to(view, view.indicator, [COUNTY], month=date(2024, 12, 1))
    assert beside == year["value"][0]
    fact = read_facts(view, indicators=[view.indicator], areas=[first.code, COUNTY])
    assert fact[OUTFLOW, first.code].until == date(2024, 12, 31)
    assert fact[OUTFLOW, COUNTY].until == date(2025, 2, 28)


def test_a_month_that_is_still_open_shows_townships_up_to_its_quarter(seen) -> None:
    view = seen()
    places = view.places.children(COUNTY)
    found = map_values.values_at(view, places, date(2025, 5, 1))
    assert found["period_end"].drop_nulls().unique().to_list() == [date(2025, 3, 31)]
    words = map_values.period_words(view, date(2025, 5, 1), below_county=True)
    assert words == "2025年1—3月"


def test_only_the_county_speaks_where_there_are_months(seen) -> None:
    first = towns(seen())[0]
    view = seen(first)
    assert topics.headline_place(view, view.indicator).code == first
    assert topics.place_for(view, view.indicator).code == COUNTY
    referred = view.catalogue.indicators[REFERRED]
    assert topics.headline_place(view, referred).code == COUNTY
    contracts = view.catalogue.indicators["contract_rate"]
    assert topics.place_for(view, contracts).code == first


def test_the_gate_tests_townships_against_their_county_in_the_same_quarter(seen) -> None:
    view = seen(month=FEBRUARY)
    moment = claims.Moment(month=view.month, final_month=view.final_month, data_date=view.data_date)
    assert moment.until(below_county=True) == date(2024, 12, 1)
    assert moment.until(below_county=False) == date(2025, 2, 1)
    known = claims.declared([view.indicator])
    found = claims.area_values(view.scan, view.places, known, moment, below_county=True).collect()
    year = topics.year_to(view, view.indicator, [COUNTY], month=date(2024, 12, 1))
    assert found["other_denominator"].unique().to_list() == year["denominator"].to_list()
    codes = towns(view)
    marks = {code: week_of(view).mark(OUTFLOW, code, COUNTY) for code in codes}
    assert {"better", "worse"} & set(marks.values())
    assert marks[codes[1]] == "none"
    assert {week_of(view).mark(MONEY, code, COUNTY) for code in codes} == {"none"}


def test_the_workbook_has_the_townships_of_a_county_that_names_them(seen) -> None:
    for area, expected in ((COUNTY, len(towns(seen()))), (UNNAMED, 0)):
        view = seen(area)
        places = exported.places(view, view.indicator)
        assert len([place for place in places if place.level == "township"]) == expected
    view = seen(towns(seen())[0], month=FEBRUARY)
    contents = SimpleNamespace(view=view)
    columns = exported.values(contents)  # type: ignore[arg-type]
    assert columns is not None
    periods = next(c.values for c in columns if c.header == t("topic.period"))
    assert set(periods) == {"2024年1—12月", "2025年1—2月"}


def test_a_township_tells_its_own_figures_on_its_page(run_topic: Run, seen) -> None:
    first, hidden = towns(seen())[:2]
    words = html(run_topic("county", area=first))
    fact = read_facts(seen(first), indicators=[seen().indicator], areas=[first])[OUTFLOW, first]
    assert f"{fact.numerator}／{fact.denominator}人次" in words
    assert t("towns.panel") in words
    assert "＊" in html(run_topic("county", area=hidden))
    other = next(p.code for p in seen().places.children(UNNAMED))
    assert t("towns.no_panel") in html(run_topic("county", area=other))


def test_who_may_see_a_county_sees_its_unnamed_rows_and_no_others(small_world: Path, seen) -> None:
    whole = seen().marts
    own, other = (Marts(whole.snapshot, frozenset({code})) for code in (COUNTY, UNNAMED))
    unnamed = pl.col("area_code") == COUNTY + UNPLACED
    assert own.scan("indicator_to_date").filter(unnamed).collect().height
    assert other.scan("indicator_to_date").filter(unnamed).collect().is_empty()


def test_definitions_say_that_townships_have_quarters_alone() -> None:
    known = catalogue()
    rows = download(known, [known.indicators[OUTFLOW], known.indicators["contract_rate"]])
    assert rows[t("definitions.level")].to_list() == ["乡镇、街道（按季度）", "乡镇、街道"]
