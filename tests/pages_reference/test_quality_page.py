"""The page on the quality of the data, run against the small world."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import formats
from dashboard.messages import t
from dashboard.panels.quality import accounts, matrix
from dashboard.queries import quality as queries
from pipeline import snapshots
from pipeline.catalog.sources import SOURCE_IDS
from tests.builders import world
from tests.builders.accounts import (
    COUNTIES,
    data_quality,
    inputs,
    publish_accounts,
)
from tests.builders.drawn import html

Run = Callable[..., AppTest]


def test_quality_page_shows_the_grade_of_the_latest_report(open_at: Run) -> None:
    text = html(open_at("quality"))
    assert text.count('class="grade-missing"') == 2  # the two silent counties
    assert '<td class="grade-none">—</td>' in text  # targets never came


def test_quality_page_shows_an_earlier_month_as_it_was(open_at: Run) -> None:
    text = html(open_at("quality", month="2025-04"))
    assert 'class="grade-missing"' not in text
    assert t("quality.unnamed") not in text


@pytest.mark.parametrize(("county", "name"), [("兰考县", "兰考县"), (None, "开封市")])
def test_a_township_has_the_accounts_and_the_name_of_its_county(
    county: str | None, name: str
) -> None:
    area = SimpleNamespace(name="开封市" if county is None else "南彰镇")
    view = SimpleNamespace(area=area, county=county and SimpleNamespace(name=county))
    assert accounts.accounted_name(view) == name


def test_month_before_the_first_report_says_so(open_at: Run) -> None:
    text = html(open_at("quality", month="2023-01"))
    assert t("state.no_rows") in text
    assert t("quality.no_reasons") in text


def test_rows_of_all_files_add_up_on_the_page(open_at: Run) -> None:
    entries = inputs()
    read = sum(e.rows_read for e in entries)
    parts = [sum(getattr(e, n) for e in entries) for n in ("accepted", "rejected", "duplicates")]
    assert read == sum(parts)
    total = html(open_at("quality")).split('<tr class="sum">')[1].split("</tr>")[0]
    figures = re.findall(r">(\d+)<", total)
    assert figures[-5:] == [str(n) for n in (len(entries), read, *parts)]


def test_refused_and_replaced_files_are_named_with_their_reason(open_at: Run) -> None:
    text = html(open_at("quality"))
    assert "兰考县村卫生室.xlsx" in text
    assert "整份未采用：文件已损坏，打不开，请重新导出或重新传输。" in text
    assert "已由“尉氏县_202503_v2.csv”替代。" in text


def test_reasons_are_chinese_sentences_with_their_rows(open_at: Run) -> None:
    text = html(open_at("quality", area="410225"))
    assert "日期无法识别或不完整，请改为2025-06-30的写法。" in text
    assert "BAD_DATE" not in text


def test_rows_without_a_county_stand_apart_without_a_grade(open_at: Run) -> None:
    text = html(open_at("quality"))
    assert t("quality.unnamed") in text
    assert ">3行<" in text
    assert 'class="grade-D"' not in text


def test_age_and_delay_are_told_in_words(open_at: Run) -> None:
    text = html(open_at("quality"))
    for words in ("迟报4天", "30天前", "当日", "已报"):
        assert words in text


def test_many_counties_stand_as_rows(open_at: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(matrix, "MOST_COLUMNS", 3)
    text = html(open_at("quality"))
    assert '<th scope="row">兰考县</th>' in text
    assert text.count('class="grade-missing"') == 2
    assert f"共{len(COUNTIES)}个县区，表内可上下滚动。" in text


@pytest.mark.parametrize("rows", [2, 4], ids=["two to mend alone", "two where all is well"])
def test_a_meeting_lists_the_counties_to_mend_and_fills_its_screen(
    open_at: Run, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(matrix, "MOST_COLUMNS", 3)
    monkeypatch.setattr(matrix, "MEETING_ROWS", 1 + rows)  # its city and these counties
    monkeypatch.setattr(matrix, "LEAST_ROWS", 1)
    text = html(open_at("quality", meeting="1"))
    assert text.count('class="grade-missing"') == 2  # the two silent counties
    assert text.count('<th scope="row">') == rows
    assert f"表中列出{rows}个" in text


def test_a_meeting_on_a_county_with_nothing_to_mend_still_shows_it(
    open_at: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(matrix, "MOST_COLUMNS", 3)
    monkeypatch.setattr(matrix, "MEETING_ROWS", 3)  # its city and the two silent counties
    monkeypatch.setattr(matrix, "LEAST_ROWS", 1)
    text = html(open_at("quality", meeting="1", area="410225"))
    assert re.search(r'<tr class="here"><th scope="row">兰考县</th>', text)
    assert text.count('<th scope="row">') == 2


def test_rows_that_would_tell_a_hidden_count_are_a_mark_everywhere(
    open_at: Run, tmp_path: Path
) -> None:
    own = (pl.col("source") == "referrals") & (pl.col("county_code") == "410225")
    secret = [pl.when(~own).then(pl.col(c)).alias(c) for c in ("rows_read", "accepted")]
    quality = data_quality().with_columns(secret)
    tables = dict(world.tables()) | {"data_quality": quality}
    world.publish_tables(tmp_path, tables.items())
    page = html(open_at("quality", marts=tmp_path, area="410225", month="2025-06"))
    assert "双向转诊，兰考县，2025年6月：读入＊行，采用＊，拒收0，" in page
    assert f">{formats.SUPPRESSED}</td>" in page
    assert t("quality.hidden") in page
    # The city's own sum says that it lacks something.
    city = html(open_at("quality", marts=tmp_path, month="2025-06"))
    assert re.search(r">\d+＊</td>", city)
    cells = queries.latest_cells(quality.lazy(), counties=["410225"], until=dt.date(2025, 6, 1))
    assert matrix.matrix_file({}, cells.filter(source="referrals")).row(0)[4] == "＊"


def test_the_county_of_the_page_stands_first(open_at: Run) -> None:
    heads = html(open_at("quality", area="410225")).partition(">数据来源</th>")[2]
    assert heads.index("兰考县") < heads.index("尉氏县")


def test_quality_download_has_a_row_for_every_cell(accounts_world: Path) -> None:
    cells = queries.latest_cells(
        data_quality().lazy(), counties=[*COUNTIES, ""], until=dt.date(2025, 6, 1)
    )
    table = matrix.matrix_file({"410225": "兰考县"}, cells)
    assert table.height == cells.height
    assert set(table[t("quality.state")]) <= {"优", "良", "中", "差", "未报"}


def test_snapshot_without_files_says_that_nothing_was_left_out(
    open_at: Run, tmp_path: Path
) -> None:
    marts = tmp_path / "marts"
    publish_accounts(marts, files=False)
    text = html(open_at("quality", marts=marts))
    assert t("quality.no_refused") in text
    published = html(open_at("published", marts=marts))
    assert t("published.calibrated") not in published


def test_area_without_reports_says_so(open_at: Run) -> None:
    text = html(open_at("quality", area="6109HK"))
    assert 'class="grade-A"' not in text
    assert t("quality.no_reasons") in text


def test_kept_snapshots_link_to_themselves(open_at: Run, tmp_path: Path) -> None:
    marts = tmp_path / "marts"
    first, second = publish_accounts(marts), publish_accounts(marts)
    text = html(open_at("quality", marts=marts))
    assert f"snapshot={first.id}" in text
    assert f">{second.id}</a>" in text
    other = tmp_path / "other"
    third, _ = publish_accounts(other), publish_accounts(other)
    broken = other / "snapshots" / third.id / "manifest.json"
    broken.chmod(0o644)
    broken.write_bytes(b"{}")
    text = html(open_at("quality", marts=other))
    assert t("quality.damaged") in text
    assert f"snapshot={third.id}" not in text


def test_snapshot_says_what_it_is(open_at: Run, accounts_world: Path) -> None:
    manifest = snapshots.current(accounts_world).manifest
    text = html(open_at("quality"))
    assert manifest.content_hash[:12] in text
    assert f"{len(manifest.inputs)}份，共90500行" in text


def test_quality_page_offers_a_template_for_every_source(open_at: Run) -> None:
    buttons = open_at("quality").get("download_button")
    keys = [button.proto.id.split("-template-")[-1] for button in buttons]
    assert [key for key in keys if key in SOURCE_IDS] == list(SOURCE_IDS)
