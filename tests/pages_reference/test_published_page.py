"""The page on published figures, run against the small world."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard.messages import t
from dashboard.panels import published
from dashboard.queries.published import VERDICTS
from tests.builders.accounts import (
    published_facts,
)
from tests.builders.drawn import html
from tests.builders.pages import view_in

Run = Callable[..., AppTest]


def test_published_page_counts_every_figure_once(open_at: Run) -> None:
    counts = dict(published_facts()["verdict"].cast(pl.String).value_counts().iter_rows())
    text = html(open_at("published"))
    for verdict in VERDICTS:
        card = rf'{t(f"verdict_fact.{verdict}")}</div><div><span class="strip-value">(\d+)<'
        assert int(re.search(card, text).group(1)) == counts[verdict]  # type: ignore[union-attr]


def test_differences_stand_first_then_the_figures_of_the_area(open_at: Run) -> None:
    text = html(open_at("published", area="410225"))
    heads = ["不一致：6项", "有差异（原因）：10项", "兰考县无法核对：9项", "兰考县一致：1项"]
    heads.append("其他地区无法核对：159项")
    assert sorted(heads, key=text.index) == heads


def test_a_meeting_shows_the_first_of_each_part_and_how_many_there_are(open_at: Run) -> None:
    text = html(open_at("published", area="410225", meeting="1"))
    assert text.count('class="mk mk-unexplained') == 4
    assert text.count('class="mk mk-explained') == 3
    assert "有差异（原因）：10项" in text
    assert "仅列各类的前几项，共7项" in text


def test_filters_come_from_the_link_and_stay_in_it(open_at: Run) -> None:
    app = open_at("published", place="411328", topic="workforce", verdict="match")
    assert app.query_params["place"] == "411328"
    assert app.query_params["topic"] == "workforce"
    assert app.query_params["verdict"] == "match"
    facts = published_facts().filter(
        (pl.col("area_code") == "411328") & (pl.col("topic") == "workforce")
    )
    shown = html(app).count('class="mk mk-')
    assert shown == facts.filter(pl.col("verdict") == "match").height > 0


def test_a_choice_goes_to_the_link(open_at: Run) -> None:
    app = open_at("published")
    app.selectbox(key="pick-place").set_value("411328").run()
    assert app.query_params["place"] == "411328"
    app.selectbox(key="pick-place").set_value("").run()
    assert "place" not in app.query_params


def test_unknown_filter_is_told_and_dropped(open_at: Run) -> None:
    app = open_at("published", place="999999", topic="workforce")
    assert t("published.unknown_filter") in html(app)
    assert "place" not in app.query_params
    assert app.query_params["topic"] == "workforce"


def test_filters_without_a_figure_say_so(open_at: Run) -> None:
    app = open_at("published", place="411681", topic="workforce")
    assert t("published.none") in html(app)
    assert not app.exception


@pytest.mark.parametrize(
    ("place", "words"),
    [
        ("410200", "超过1900<"),
        ("410200", "超过200万人<"),
        ("411600", "近5000例<"),
        ("411600", "不低于95%<"),
    ],
)
def test_comparators_are_printed_in_words(open_at: Run, place: str, words: str) -> None:
    assert words in html(open_at("published", place=place))


def test_long_list_is_cut_and_says_so(open_at: Run) -> None:
    text = html(open_at("published"))
    shown, total = published.MOST_ROWS, published_facts().height
    assert text.count('class="mk mk-') == shown
    assert t("published.cut", shown=shown, n=total) in text
    # Style sheets are sent once, the list whenever it changes.
    assert len(re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL).encode()) < 65_000


def test_published_download_holds_every_figure_with_both_numbers() -> None:
    facts = published_facts()
    table = published.download(facts)
    assert table.height == facts.height
    assert table[t("published.ours")].null_count() == facts["our_value"].null_count()


@pytest.mark.parametrize(
    ("counts", "said"),
    [
        ((3, 2, 1, 4), "10项可核对6项：3项一致，2项差异有说明，1项不一致"),
        ((3, 0, 0, 4), "7项可核对3项：3项一致，无不一致"),
        ((0, 0, 0, 4), "4项均无法核对"),
    ],
)
def test_the_title_counts_only_what_there_is(
    accounts_world: Path,
    monkeypatch: pytest.MonkeyPatch,
    counts: tuple[int, ...],
    said: str,
) -> None:
    verdicts = ("match", "explained", "unexplained", "not_computable")
    counted = dict(zip(verdicts, counts, strict=True))
    monkeypatch.setattr(published.queries, "verdict_counts", lambda _: counted)
    assert published.claim(view_in(accounts_world)) == said
