"""The pages on published figures, data quality and definitions, run against the small world."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.messages import t
from dashboard.queries.published import VERDICTS
from pipeline.catalog import catalogue
from tests.builders.drawn import html

Run = Callable[..., AppTest]
PAGES = ("published", "quality", "definitions")


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("area", ["410200", "410225", "410225001", "6109HK", "all"])
def test_page_runs_for_every_kind_of_area(open_at: Run, page: str, area: str) -> None:
    app = open_at(page, area=area)
    assert not app.exception
    assert app.query_params["area"] == area
    assert t(f"page.{page}") in html(app)


@pytest.mark.parametrize("page", PAGES)
def test_meeting_mode_has_no_widget(open_at: Run, page: str) -> None:
    app = open_at(page, meeting="1")
    assert not app.exception
    widgets = (
        app.selectbox,
        app.radio,
        app.text_input,
        app.button_group,
        app.get("download_button"),
    )
    assert [list(kind) for kind in widgets] == [[], [], [], [], []]


@pytest.mark.parametrize("page", PAGES)
def test_hostile_names_stay_text(open_at: Run, hostile_accounts: Path, page: str) -> None:
    app = open_at(page, marts=hostile_accounts, area="410225")
    assert not app.exception
    assert "<img src=x" not in html(app)


@pytest.mark.parametrize("page", PAGES)
def test_no_identifier_of_ours_is_on_the_page(open_at: Run, page: str) -> None:
    shown = re.sub(r"<style>.*?</style>", "", html(open_at(page)), flags=re.DOTALL)
    text = re.sub(r"<[^>]*>", " ", shown)
    known = {*catalogue().indicators, *catalogue().counters, *VERDICTS, "BAD_DATE", "CORRUPT"}
    assert [word for word in known if word in text] == []
