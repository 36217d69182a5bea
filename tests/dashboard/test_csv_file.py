"""Files that leave the dashboard."""

from __future__ import annotations

from collections.abc import Callable

import polars as pl
import pytest

from dashboard.exports import collect, csv_file
from dashboard.exports.csv_file import inert, neutral, to_csv
from dashboard.store import Marts
from dashboard.view import View


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\x00", "\uff1d", "\uff0b"])
def test_a_formula_is_text_in_a_spreadsheet(start: str) -> None:
    frame = neutral(pl.DataFrame({"name": [f"{start}1+1", "红庙镇", None]}))
    assert frame["name"].to_list() == [f"'{start}1+1", "红庙镇", None]
    assert (inert(f"{start}1+1"), inert("红庙镇")) == (f"'{start}1+1", "红庙镇")


def test_a_formula_does_not_hide_behind_a_mark_of_writing_direction() -> None:
    frame = neutral(pl.DataFrame({"name": ["\u202e=1+1", "红庙\u200f镇"]}))
    assert (
        frame["name"].to_list()
        == ["'=1+1", "红庙镇"]
        == [inert("\u202e=1+1"), inert("红庙\u200f镇")]
    )


@pytest.mark.parametrize("said", ["+5523.6", "-4", "+8.3个百分点", "+26.0%", "-3分钟"])
def test_a_quantity_with_its_sign_is_no_formula(said: str) -> None:
    assert neutral(pl.DataFrame({"change": [said]}))["change"].to_list() == [said] == [inert(said)]


@pytest.mark.parametrize("start", ["+8.3+1", "-4*2", "+1=A1", "+cmd", "+8.3个百分点(1)", "-2|x"])
def test_a_formula_that_begins_like_a_quantity_is_text(start: str) -> None:
    assert neutral(pl.DataFrame({"change": [start]}))["change"].to_list() == [f"'{start}"]
    assert inert(start) == f"'{start}"


def test_numbers_stay_numbers() -> None:
    frame = neutral(pl.DataFrame({"n": [-5], "x": [-0.5]}))
    assert frame["n"].to_list() == [-5]
    assert frame.schema["x"] == pl.Float64


def test_enumerations_are_text() -> None:
    frame = pl.DataFrame({"s": ["=a"]}, schema={"s": pl.Enum(["=a"])})
    assert neutral(frame)["s"].to_list() == ["'=a"]


def test_the_file_opens_in_office_programs_and_says_that_it_is_a_demonstration() -> None:
    frame = pl.DataFrame({"地区": ["兰考县"], "值": [1]})
    content = to_csv(frame, origin={"演示数据": "演示数据，非真实统计"})
    assert content.startswith(b"\xef\xbb\xbf")
    assert content.decode("utf-8-sig").splitlines() == [
        "地区,值,演示数据",
        "兰考县,1,演示数据，非真实统计",
    ]
    assert "演示" not in to_csv(frame, origin={}).decode("utf-8-sig")


def test_every_row_says_of_which_day_and_snapshot_it_is() -> None:
    frame = pl.DataFrame({"地区": ["兰考县", "杞县"]})
    origin = {"数据截至": "2025-06-30", "快照": "0001-abc"}
    lines = to_csv(frame, origin=origin).decode("utf-8-sig").splitlines()
    assert lines == ["地区,数据截至,快照", "兰考县,2025-06-30,0001-abc", "杞县,2025-06-30,0001-abc"]
    own = pl.DataFrame({"快照": ["0000-old"]})  # a list of snapshots keeps its own
    assert "0001-abc" not in to_csv(own, origin=origin).decode()


@pytest.mark.parametrize("invented", [True, False])
def test_a_page_tells_its_downloads_where_they_come_from(
    view_of: Callable[..., View], monkeypatch: pytest.MonkeyPatch, *, invented: bool
) -> None:
    monkeypatch.setattr(Marts, "is_demonstration", invented)
    view = view_of(month=-2)
    collect.begin(view)
    demo = {"演示数据": "演示数据，非真实统计"} if invented else {}
    try:
        assert collect.origin() == {"数据日期": "2025-05-31", "快照编号": view.marts.id, **demo}
    finally:
        collect.forget()
    assert collect.origin() == {}


@pytest.mark.parametrize(
    ("name", "stem"),
    [
        ("杞县", "杞县"),
        ('<a>:b/c\\d|e?f*"', "abcdef"),
        ("县\u202efdp.exe", "县fdp.exe"),  # nothing turns the ending around
        (" 同\n名\t ", "同 名"),
        ("..县.", "县"),
        ("长" * 80, "长" * 40),
        ("县\x00\x1b", "县"),
    ],
)
def test_the_name_of_a_file_is_one_that_every_system_takes(name: str, stem: str) -> None:
    assert csv_file.file_name(name, "总览", ending=".png") == f"{stem}_总览.png"


def test_headers_that_become_equal_are_told_apart() -> None:
    # Two areas of one name, one of them written with a mark of writing direction, and a third.
    frame = pl.DataFrame({"杞县": [1], "杞县\u200f": [2], "杞县（2）": [3], "=a": [4], "'=a": [5]})
    lines = to_csv(frame, origin={}).decode("utf-8-sig").splitlines()
    assert lines == ["杞县,杞县（2）,杞县（2）（2）,'=a,'=a（2）", "1,2,3,4,5"]


def test_a_formula_in_a_header_is_text_as_well() -> None:
    written = to_csv(pl.DataFrame({"指标": ["甲"], "=cmd()": ["1"]}), origin={})
    assert written.decode("utf-8-sig").splitlines()[0] == "指标,'=cmd()"
