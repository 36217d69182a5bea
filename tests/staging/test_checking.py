from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from pipeline import checking
from pipeline.checking import check
from pipeline.errors import StorageError, UsageError
from pipeline.ingest.cells.persons import key_file
from pipeline.ingest.files import RawFile

HEADER = "结算ID,个人编号,参保地区划代码,定点医药机构编号,医疗类别,结算日期,总费用,统筹基金支出"
LINES = [
    "S1,P1,410225,T1,21,2025-03-02,1000.00,600.05",
    "S2,P1,410225,T1,21,2025-03-02,0.10,-0.00",
    "S3,P1,410225,T9,21,2025-03-02,5,1",
    "S1,P1,410225,T1,21,2025-03-02,1000.00,600.05",
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "settlements").mkdir()
    text = "\n".join([HEADER, *LINES]) + "\n"
    (tmp_path / "settlements" / "a.csv").write_text(text, encoding="utf-8")
    return tmp_path


@pytest.fixture
def codes(tmp_path: Path) -> Path:
    own = tmp_path / "codes"
    own.mkdir()
    (own / "ref_regions.csv").write_text(
        "代码,名称,启用年,停用年,现行代码\n410000,河南省,,,410000\n410200,开封市,,,410200\n"
        "410225,兰考县,1949,,410225\n",
        encoding="utf-8",
    )
    (own / "ref_institutions.csv").write_text(
        "机构编码,机构名称,区划代码,类型\nT1,示例卫生院,410225,乡镇卫生院\n", encoding="utf-8"
    )
    return own


def test_the_object_has_the_accounts_of_each_file(folder: Path, codes: Path) -> None:
    (report,) = check(folder, reference=codes, as_of=date(2025, 6, 30))["files"]
    rejected = report.pop("rejected")
    assert report == {
        "file": "settlements/a.csv",
        "source": "settlements",
        "read": 4,
        "accepted": 2,
        "duplicates": 1,
        "file_reject": None,
        "message": None,
        "warnings": [],
        "sums": {"total_cost": "1000.10", "pooled_fund_paid": "600.05"},
        "crashed": False,
    }
    assert [(r["row"], r["column"], r["reason"], r["detail"]) for r in rejected] == [
        (4, "定点医药机构编号", "UNKNOWN_CODE", "T9"),
        (5, "结算ID", "DUPLICATE_ROW", None),
    ]
    assert report["read"] == report["accepted"] + len(rejected)


def test_a_check_writes_nothing_not_even_a_key(
    folder: Path, codes: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DASHBOARD_KEY_FILE", str(tmp_path / "key"))
    before = sorted(folder.rglob("*"))
    check(folder, reference=codes)
    assert sorted(folder.rglob("*")) == before
    assert not key_file().exists()


def test_the_source_is_the_folders_name_or_the_one_given(folder: Path, codes: Path) -> None:
    path = folder / "settlements" / "a.csv"
    assert check(path, reference=codes)["files"][0]["file"] == "a.csv"
    assert check(folder / "settlements", reference=codes)["files"][0]["read"] == 4
    refused = check(path, source="referrals", reference=codes)["files"][0]
    assert (refused["file_reject"], refused["read"], refused["sums"]) == ("HEADER_MISSING", 0, {})
    assert refused["message"].startswith("文件a.csv未采用")


def test_a_refused_settlement_file_sums_to_nothing(folder: Path, codes: Path) -> None:
    (folder / "settlements" / "a.csv").write_bytes(b"\xff\xff\n")
    (report,) = check(folder, reference=codes)["files"]
    assert report["file_reject"] == "ENCODING"
    assert report["sums"] == {"total_cost": "0.00", "pooled_fund_paid": "0.00"}


def test_rows_after_the_given_day_are_in_the_future(folder: Path, codes: Path) -> None:
    (report,) = check(folder, reference=codes, as_of=date(2025, 3, 1))["files"]
    assert {row["reason"] for row in report["rejected"]} == {"FUTURE_DATE"}


def test_without_own_codes_the_committed_ones_hold(folder: Path) -> None:
    (report,) = check(folder)["files"]
    assert report["read"] == 4


def test_one_code_list_alone_is_enough(folder: Path, codes: Path) -> None:
    (codes / "ref_regions.csv").unlink()
    (report,) = check(folder, reference=codes)["files"]
    assert report["accepted"] == 2
    (codes / "ref_institutions.csv").rename(codes / "x.csv")
    with pytest.raises(StorageError, match="ref_regions"):
        check(folder, reference=codes)


def test_regions_alone_leave_institutions_open(folder: Path, codes: Path) -> None:
    (codes / "ref_institutions.csv").unlink()
    (report,) = check(folder, reference=codes)["files"]
    assert {row["reason"] for row in report["rejected"]} == {"UNKNOWN_CODE"}


@pytest.mark.parametrize("content", [b"", "代码,名称\n1,2\n".encode()])
def test_a_code_list_that_cannot_be_read_is_said(folder: Path, codes: Path, content: bytes) -> None:
    (codes / "ref_regions.csv").write_bytes(content)
    with pytest.raises(StorageError, match="代码表"):
        check(folder, reference=codes)


def test_paths_and_sources_that_are_none_are_said(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="没有"):
        check(tmp_path / "nowhere")
    with pytest.raises(UsageError, match="数据源"):
        check(folder, source="nothing")
    (tmp_path / "other").mkdir()
    assert check(tmp_path / "other")["files"] == []
    (tmp_path / "other" / "notes.txt").write_text("会议记录\n", encoding="utf-8")
    with pytest.raises(UsageError, match="--source"):
        check(tmp_path / "other")


def test_the_register_beside_a_source_is_looked_up_and_not_reported(folder: Path) -> None:
    (folder / "settlements" / "a.csv").write_text("\n".join([HEADER, *LINES[2:]]) + "\n")
    (folder / "institutions").mkdir()
    register = "机构编码,机构名称,机构类型,区划代码\nT9,示例卫生院,乡镇卫生院,410225\n"
    (folder / "institutions" / "名录_20250331.csv").write_text(register, encoding="utf-8")
    for path in (folder / "settlements", folder / "settlements" / "a.csv"):
        (report,) = check(path)["files"]
        assert [row["detail"] for row in report["rejected"]] == ["T1"]
    assert len(check(folder)["files"]) == 2


def test_files_without_a_source_are_told_apart_by_their_header(tmp_path: Path, codes: Path) -> None:
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    (mixed / "a.csv").write_text("\n".join([HEADER, *LINES]) + "\n", encoding="utf-8")
    referrals = "转诊单号,转诊日期,转诊方向,转出机构编码\nR1,2025-03-02,上转,T1\n"
    (mixed / "b.csv").write_text(referrals, encoding="utf-8")
    (mixed / "c.txt").write_text("会议记录\n", encoding="utf-8")
    reports = {r["file"]: r for r in check(mixed, reference=codes)["files"]}
    found = {name: (r["source"], r["read"], r["file_reject"]) for name, r in reports.items()}
    assert found["a.csv"] == ("settlements", 4, None)
    assert found["b.csv"] == ("referrals", 1, None)
    assert found["c.txt"][1:] == (0, "HEADER_MISSING")
    (only,) = check(mixed / "b.csv", reference=codes)["files"]
    assert only["source"] == "referrals"


def test_the_code_lists_are_not_checked_against_themselves(folder: Path, codes: Path) -> None:
    for name in ("ref_regions.csv", "ref_institutions.csv"):
        (folder / "settlements" / name).write_bytes((codes / name).read_bytes())
    here = folder / "settlements"
    assert [r["file"] for r in check(here, reference=here)["files"]] == ["a.csv"]
    assert len(check(here, reference=codes)["files"]) == 3


def test_every_money_column_of_the_file_is_summed_over_accepted_rows(
    folder: Path, codes: Path
) -> None:
    header = f"{HEADER},基金支付总额,个人账户支付,个人现金支付"
    lines = [
        "S1,P1,410225,T1,21,2025-03-02,1000.00,600.05,700.05,99.95,200",
        "S2,P1,410225,T1,21,2025-03-02,10,6,7,1,2",
        "S3,P1,410225,T1,21,2025-03-02,10,6,7,1,3",
        "S4,P1,410225,T1,21,2025-03-02,10,6,7,1,--",
    ]
    (folder / "settlements" / "a.csv").write_text("\n".join([header, *lines]), encoding="utf-8")
    (report,) = check(folder, reference=codes)["files"]
    assert [(r["row"], r["reason"], r["column"]) for r in report["rejected"]] == [
        (4, "AMOUNT_IDENTITY", "总费用"),
        (5, "BAD_NUMBER", "个人现金支付"),
    ]
    assert report["sums"] == {
        "total_cost": "1010.00",
        "pooled_fund_paid": "606.05",
        "fund_paid": "707.05",
        "personal_account_paid": "100.95",
        "personal_cash_paid": "202.00",
    }


def test_a_file_that_brings_us_down_is_told_from_the_others(
    folder: Path, codes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "settlements" / "b.csv").write_text("\n".join([HEADER, LINES[0]]), encoding="utf-8")
    whole = checking.examine

    def falls(files: list[RawFile], **more: Any) -> Any:
        if any(file.path.name == "b.csv" for file in files):
            raise ZeroDivisionError(LINES[0])
        return whole(files, **more)

    monkeypatch.setattr(checking, "examine", falls)
    good, bad = check(folder, reference=codes)["files"]
    assert (good["file"], good["read"], good["crashed"]) == ("settlements/a.csv", 4, False)
    assert (bad["file"], bad["read"], bad["crashed"]) == ("settlements/b.csv", 0, True)
    assert "ZeroDivisionError" in bad["message"]
    assert LINES[0] not in bad["message"]


def test_a_full_disk_is_no_fault_of_a_file(
    folder: Path, codes: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> Any:
        raise StorageError("磁盘已满")

    monkeypatch.setattr(checking, "examine", full)
    with pytest.raises(StorageError, match="磁盘"):
        check(folder, reference=codes)


def test_targets_alone_tell_no_day(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text(
        "指标编号,区划代码,截止日期,目标值\nthree_device_coverage,410225,2030-12-31,90%\n",
        encoding="utf-8",
    )
    told = check(tmp_path / "t.csv", source="targets")
    assert told["as_of"] is None
    assert told["files"][0]["accepted"] == 1


def test_a_source_may_be_called_by_its_chinese_name(folder: Path, codes: Path) -> None:
    path = folder / "settlements" / "a.csv"
    for name in ("医保结算", " Settlements"):
        assert check(path, source=name, reference=codes)["files"][0]["source"] == "settlements"
    with pytest.raises(UsageError, match=r"没有数据源“结算”。可用的有：settlements（医保结算）"):
        check(path, source="结算")


def test_what_lies_beside_the_folders_of_sources_is_told(folder: Path, codes: Path) -> None:
    assert codes.parent == folder
    assert check(folder, reference=codes)["not_read"] == []
    (folder / "村卫生室").mkdir()
    for name in ("loose.csv", ".hidden", "DEMO.json"):
        (folder / name).write_text("x")
    assert check(folder, reference=codes)["not_read"] == ["loose.csv", "村卫生室"]
    assert check(folder / "settlements", reference=codes)["not_read"] == []


def test_code_lists_in_a_folder_named_under_windows_are_no_strangers(
    folder: Path, codes: Path
) -> None:
    named = folder / os.fsdecode("代码表".encode("gb18030"))
    codes.rename(named)
    assert check(folder, reference=named)["not_read"] == []
    assert check(folder, reference=folder / "settlements" / ".." / named.name)["not_read"] == []
