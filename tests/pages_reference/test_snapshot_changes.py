"""What two snapshots say differently, by hand."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import freshness
from dashboard.panels.quality import changes
from dashboard.panels.quality import snapshots as snapshot_panels
from dashboard.queries import quality
from dashboard.queries.snapshot_changes import file_changes, indicator_changes
from pipeline.errors import StorageError
from pipeline.snapshots import InputFile
from tests.builders import accounts, world
from tests.builders.drawn import html

MAY, JUNE = dt.date(2025, 5, 1), dt.date(2025, 6, 1)


def monthly(*rows: tuple[str, str, dt.date, float | None, str]) -> pl.LazyFrame:
    names = ["indicator_id", "area_code", "month", "value", "status"]
    return pl.LazyFrame(list(rows), schema=names, orient="row", strict=False)


def test_changed_settled_and_added_values_are_counted_apart() -> None:
    before = monthly(
        ("rate", "410225", MAY, 0.20, "final"),
        ("rate", "410221", MAY, 0.30, "provisional"),
        ("rate", "410222", MAY, 0.40, "final"),
        ("same", "410225", MAY, 0.10, "final"),
        ("rate", "610902", MAY, 0.10, "final"),
    )
    now = monthly(
        ("rate", "410225", MAY, 0.25, "final"),
        ("rate", "410221", MAY, 0.38, "final"),
        ("rate", "410222", MAY, 0.40, "final"),
        ("rate", "410225", JUNE, 0.50, "provisional"),
        ("same", "410225", MAY, 0.10, "final"),
        ("rate", "610902", MAY, 0.90, "final"),
    )
    (row,) = indicator_changes(before, now, areas=["410225", "410221", "410222"]).to_dicts()
    assert (row["indicator_id"], row["changed"], row["settled"], row["added"]) == ("rate", 2, 1, 1)
    assert (row["area_code"], row["month"]) == ("410221", MAY)
    assert (row["value_before"], row["value"]) == (0.30, 0.38)


def test_an_indicator_with_new_months_only_names_no_largest_change() -> None:
    before = monthly(
        ("rate", "410225", MAY, 0.2, "final"), ("rate", "410225", JUNE, None, "missing")
    )
    now = monthly(("rate", "410225", MAY, 0.2, "final"), ("rate", "410225", JUNE, 0.9, "final"))
    (row,) = indicator_changes(before, now, areas=["410225"]).to_dicts()
    assert (row["changed"], row["added"], row["area_code"], row["value"]) == (0, 1, None, None)


def test_settled_changes_come_first() -> None:
    before = monthly(("a", "1", MAY, 0.1, "provisional"), ("b", "1", MAY, 0.1, "final"))
    now = monthly(("a", "1", MAY, 0.9, "provisional"), ("b", "1", MAY, 0.2, "final"))
    assert indicator_changes(before, now, areas=["1"])["indicator_id"].to_list() == ["b", "a"]


def entry(source: str, file: str, sha256: str, rows: int) -> InputFile:
    counts = {"rows_read": rows, "accepted": rows, "rejected": 0, "duplicates": 0}
    return InputFile(source=source, file=file, sha256=sha256, **counts)


def test_files_are_new_gone_or_of_other_content() -> None:
    before = [
        entry("clinics", "a", "1", 10),
        entry("clinics", "b", "1", 5),
        entry("equipment", "e", "1", 1),
    ]
    now = [
        entry("clinics", "a", "2", 11),
        entry("clinics", "c", "1", 7),
        entry("equipment", "e", "1", 1),
        entry("contracts", "d", "1", 3),
    ]
    rows = {row["source"]: row for row in file_changes(before, now).to_dicts()}
    assert set(rows) == {"clinics", "contracts"}
    clinics = rows["clinics"]
    assert [clinics[k] for k in ("new", "other", "gone", "rows_before", "rows_now")] == [
        1,
        1,
        1,
        15,
        18,
    ]
    assert rows["contracts"]["rows_before"] == 0


def test_only_what_is_older_than_its_limit_is_stale() -> None:
    cells = pl.DataFrame(
        {
            "source": ["clinics", "clinics", "equipment", "targets", "clinics"],
            "county_code": ["1", "2", "1", "1", "3"],
            "delay_days": [45, 46, 90, 900, None],
        }
    )
    found = quality.stale_cells(cells, limits={"clinics": 45, "equipment": 45})
    assert found.rows() == [("equipment", "1", 90), ("clinics", "2", 46)]


@pytest.mark.parametrize(
    ("rejected", "received", "grade"),
    [(0, 1, "A"), (1, 1, "B"), (5, 1, "C"), (6, 1, "D"), (0, 0, "D")],
)
def test_a_source_is_graded_by_all_its_counties(rejected: int, received: int, grade: str) -> None:
    cells = pl.DataFrame(
        {
            "source": ["clinics", "clinics"],
            "rows_read": [50, 50],
            "rejected": [rejected, 0],
            "expected": [1, 1],
            "received": [1, received],
            "grade": ["A", "A"],
        }
    )
    limits = {"A": 0.001, "B": 0.01, "C": 0.05}
    assert quality.source_grades(cells, thresholds=limits) == {"clinics": grade}
    assert quality.source_grades(cells.clear(), thresholds=limits) == {}


def test_a_source_whose_rows_are_hidden_everywhere_has_the_worst_of_its_grades() -> None:
    cells = pl.DataFrame(
        {
            "source": ["referrals", "referrals"],
            "rows_read": pl.Series([None, None], dtype=pl.Int64),
            "rejected": [0, 1],
            "expected": [1, 1],
            "received": [1, 1],
            "grade": ["A", "C"],
        }
    )
    assert quality.source_grades(cells, thresholds={"A": 0.001}) == {"referrals": "C"}


def tables(*, moved: bool) -> Iterator[tuple[str, pl.DataFrame]]:
    for name, frame in world.tables():
        if name == "data_quality":
            late = (pl.col("source") == "clinics") & (pl.col("county_code") == "410225")
            age = pl.when(late).then(60).otherwise(pl.col("delay_days")).cast(pl.Int32)
            yield name, accounts.data_quality().with_columns(delay_days=age)
        elif moved and name == "indicator_monthly":
            here = (pl.col("area_code") == "410225") & (pl.col("month") == MAY)
            value = pl.when(here & (pl.col("indicator_id") == "contract_rate")).then(
                pl.col("value") - 0.05
            )
            yield name, frame.with_columns(value=value.otherwise(pl.col("value")))
        else:
            yield name, frame


@pytest.fixture(scope="module")
def restated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a marts folder of two snapshots that differ in one value and in their files."""
    marts = tmp_path_factory.mktemp("restated") / "marts"
    for moved in (True, False):
        inputs = [entry("clinics", "a.xlsx", "1" if moved else "2", 5)]
        world.publish_tables(marts, tables(moved=moved), inputs=inputs)
    return marts


def test_the_quality_page_says_what_changed(
    restated: Path, open_at: Callable[..., AppTest]
) -> None:
    snapshot_panels._kept.clear()
    text = html(open_at("quality", marts=restated))
    assert "与上一快照相比：指标" in text
    assert "兰考县2025年5月：" in text
    assert "内容有变" in text


def test_a_first_snapshot_has_nothing_to_compare_with(open_at: Callable[..., AppTest]) -> None:
    text = html(open_at("quality"))
    assert text.count("没有更早的快照可比。") == 2


def test_an_earlier_snapshot_that_cannot_be_opened_is_no_earlier_one(
    restated: Path, open_at: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise StorageError("校验未通过。")

    snapshot_panels._kept.clear()
    monkeypatch.setattr(changes, "open_marts", refuse)
    assert "没有更早的快照可比。" in html(open_at("quality", marts=restated))


def test_equal_snapshots_say_so(
    restated: Path, open_at: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    snapshot_panels._kept.clear()
    monkeypatch.setattr(changes, "changes_of", lambda *_: pl.DataFrame())
    monkeypatch.setattr(changes.queries, "file_changes", lambda *_: pl.DataFrame())
    text = html(open_at("quality", marts=restated))
    assert "各指标的数值与上一快照相同。" in text
    assert "原始文件与上一快照相同。" in text


@pytest.mark.parametrize(("page", "is_named"), [("clinics", True), ("contracts", False)])
def test_a_stale_source_is_named_on_the_pages_that_use_it(
    restated: Path, open_at: Callable[..., AppTest], page: str, is_named: bool
) -> None:
    text = html(open_at(page, marts=restated, area="410225"))
    assert ("更新不及时：兰考县村卫生室台账已60天未更新" in text) is is_named


def test_of_many_stale_sources_the_oldest_is_named(
    restated: Path, open_at: Callable[..., AppTest], monkeypatch: pytest.MonkeyPatch
) -> None:
    many = pl.DataFrame(
        {
            "source": ["clinics"] * 3,
            "county_code": ["410225", "410221", "410222"],
            "delay_days": [90, 80, 70],
        }
    )
    monkeypatch.setattr(freshness, "stale", lambda *_: many)
    text = html(open_at("clinics", marts=restated))
    assert "更新不及时：兰考县村卫生室台账已90天未更新等3处" in text
