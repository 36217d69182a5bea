"""A link to a kept snapshot opens the page as it was, and says so."""

from __future__ import annotations

import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import store
from tests.builders import world
from tests.builders.drawn import html
from tests.builders.pages import open_page, show
from tests.snapshots.spoiling import write_over

Open = Callable[..., AppTest]
MAY, JUNE = dt.date(2025, 5, 31), dt.date(2025, 6, 30)


def publish(marts: Path, as_of: dt.date) -> str:
    return world.publish_tables(marts, world.tables(), as_of=as_of).id


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, str]:
    """Return a marts folder with a snapshot of May and one of June, which is in force."""
    marts = tmp_path_factory.mktemp("two") / "marts"
    return marts, publish(marts, MAY), publish(marts, JUNE)


def address(app: AppTest) -> dict[str, str]:
    return {k: v if isinstance(v, str) else v[0] for k, v in app.query_params.items()}


def test_an_earlier_snapshot_says_that_it_is_one(two: tuple[Path, str, str], open_at: Open) -> None:
    marts, may, _ = two
    app = open_at("quality", marts=marts, snapshot=may)
    assert f"正在查看历史快照 {may}（数据截至2025年5月31日）" in html(app)
    assert address(app)["snapshot"] == may


def test_the_snapshot_in_force_is_no_history(two: tuple[Path, str, str], open_at: Open) -> None:
    marts, _, june = two
    app = open_at("quality", marts=marts, snapshot=june)
    assert "历史快照" not in html(app)
    assert address(app)["snapshot"] == june


def test_one_click_leads_back_to_the_latest(two: tuple[Path, str, str], open_at: Open) -> None:
    marts, may, _ = two
    app = open_at("quality", marts=marts, snapshot=may)
    app.button(key="to-latest").click().run()
    assert "历史快照" not in html(app)
    assert "snapshot" not in address(app)


def test_a_meeting_reads_the_banner_without_its_button(
    two: tuple[Path, str, str], open_at: Open
) -> None:
    marts, may, _ = two
    app = open_at("quality", marts=marts, snapshot=may, meeting="1")
    assert "正在查看历史快照" in html(app)
    assert not [b for b in app.button if b.key == "to-latest"]


@pytest.mark.parametrize("day", ["2025-05-31", "2025-06-29"])
def test_a_day_opens_what_was_known_then(
    two: tuple[Path, str, str], open_at: Open, day: str
) -> None:
    marts, may, _ = two
    app = open_at("quality", marts=marts, **{"as-of": day})
    assert f"正在查看历史快照 {may}" in html(app)
    assert address(app)["snapshot"] == may
    assert "as-of" not in address(app)


@pytest.mark.parametrize("day", ["2020-01-01", "31.05.2025", "昨天"])
def test_a_day_without_a_snapshot_falls_to_the_latest_with_a_notice(
    two: tuple[Path, str, str], open_at: Open, day: str
) -> None:
    app = open_at("quality", marts=two[0], **{"as-of": day})
    assert "没有保留该日期以前的快照" in html(app)
    assert "历史快照" not in html(app)


def test_of_two_snapshots_of_one_day_the_newer_counts(tmp_path: Path) -> None:
    marts = tmp_path / "marts"
    publish(marts, MAY)
    newer = publish(marts, MAY)
    show(marts)
    assert store.snapshot_of(MAY) == newer
    assert store.snapshot_of(MAY - dt.timedelta(days=1)) is None


@pytest.fixture
def copied(two: tuple[Path, str, str], tmp_path: Path) -> tuple[Path, str, str]:
    """Return a copy of the two snapshots that may be damaged."""
    marts, may, june = two
    return shutil.copytree(marts, tmp_path / "marts"), may, june


def test_a_damaged_snapshot_falls_to_the_latest_with_a_notice(
    copied: tuple[Path, str, str], open_at: Open
) -> None:
    marts, may, _ = copied
    manifest = marts / "snapshots" / may / "manifest.json"
    manifest.chmod(0o600)
    manifest.write_text("{}", encoding="utf-8")
    app = open_at("quality", marts=marts, snapshot=may)
    assert "链接中的快照校验未通过，已显示现用快照" in html(app)


def test_an_earlier_snapshot_is_shown_even_when_none_is_in_force(
    copied: tuple[Path, str, str],
) -> None:
    marts, may, _ = copied
    write_over(marts / "CURRENT", b"nothing\n")
    app = open_page("overview", marts=marts, query={"snapshot": may})
    assert f"正在查看历史快照 {may}" in html(app)
