"""A command run in an empty folder, and what `check` says of a file there."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import __main__ as command_line


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """Run a command in an empty folder, with a marts folder of its own."""
    monkeypatch.setenv("DASHBOARD_MARTS", str(tmp_path / "marts"))
    monkeypatch.chdir(tmp_path)
    return lambda *words: command_line.main([str(word) for word in words])


# 开封县 became 祥符区 in 2014.
REGIONS = """代码,名称,启用年,停用年,现行代码
410000,河南省,1949,,410000
410200,开封市,1949,,410200
410212,祥符区,2014,,410212
410222,通许县,1949,,410222
410224,开封县,1949,2014,410212
410225,兰考县,1949,,410225
"""
INSTITUTIONS = """机构编码,机构名称,区划代码,类型
H1,兰考县人民医院,410225,二级医院
T1,城关镇卫生院,410225,乡镇卫生院
"""


def written_lists(folder: Path, regions: str, institutions: str) -> Path:
    """Write code lists as a commission brings them, for `--reference`."""
    folder.mkdir()
    (folder / "ref_regions.csv").write_text(regions, encoding="utf-8")
    (folder / "ref_institutions.csv").write_text(institutions, encoding="utf-8")
    return folder


@pytest.fixture
def report_of(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> Callable[..., dict[str, Any]]:
    """What `check` says of one file on 2025-06-30, whose rows must all be accounted for."""

    def of(path: Path, source: str, codes: Path) -> dict[str, Any]:
        options = ("--source", source, "--reference", codes, "--as-of", "2025-06-30")
        assert run("check", path, *options, "--json") == 0
        (report,) = json.loads(capsys.readouterr().out)["files"]
        assert not report["crashed"]
        assert report["read"] == report["accepted"] + len(report["rejected"])
        return dict(report)

    return of


@pytest.fixture
def checked(
    report_of: Callable[..., dict[str, Any]], tmp_path: Path
) -> Callable[..., dict[str, Any]]:
    """What `check` says of some text, by the code lists above."""
    codes = written_lists(tmp_path / "codes", REGIONS, INSTITUTIONS)

    def of(source: str, text: str, *, encoding: str = "utf-8") -> dict[str, Any]:
        path = tmp_path / "上报_20250630.csv"
        path.write_text(text, encoding=encoding)
        return report_of(path, source, codes)

    return of
