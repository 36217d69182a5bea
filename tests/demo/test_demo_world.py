"""The world as a whole: repeatable, its defects where the truth file says, bad orders refused."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor, Future
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from pipeline.demo import write, write_world
from pipeline.demo.drawn_settlements import draw_month
from pipeline.demo.persons import NO_CHECK
from pipeline.demo.settlements import build_model, write_settlements
from pipeline.demo.sites import build_sites
from pipeline.demo.world import Site
from pipeline.errors import UsageError
from pipeline.reference import load_reference
from tests.demo.raw_reading import csv_records

SMALL = {"cities": ("410200",), "scale": 0.0005, "start": date(2025, 6, 1)}


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


class AtOnce(Executor):
    """Does what it is asked in this process, where it is measured."""

    def __init__(self, *_: object, **__: object) -> None:
        pass

    def submit(self, do: Callable[..., Any], /, *args: Any, **options: Any) -> Future[Any]:
        done: Future[Any] = Future()
        done.set_result(do(*args, **options))
        return done


def test_same_seed_gives_the_same_bytes_and_progress_counts_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, int, int, int]] = []
    summary = write_world(
        tmp_path / "first",
        **SMALL,  # type: ignore[arg-type]
        progress=lambda *step: seen.append(step),
    )
    monkeypatch.setattr(write, "ProcessPoolExecutor", AtOnce)
    write_world(tmp_path / "second", **SMALL)  # type: ignore[arg-type]
    first, second = (digests(tmp_path / name) for name in ("first", "second"))
    assert first == second
    assert len(first) > 60
    assert summary.files == len(first.keys() - {"DEMO.json", "truth.json"}) == len(first) - 2
    assert [step[1] for step in seen] == list(range(1, len(seen) + 1))
    assert {step[2] for step in seen} == {len(seen)}
    assert seen[-1][3] == sum(summary.rows.values())


def test_another_seed_gives_another_world(sites: dict[str, Site]) -> None:
    areas, day = load_reference().areas, date(2024, 5, 1)
    drawn = [
        draw_month(build_model(sites["410200"], areas, scale=0.001, seed=seed), day)
        for seed in (3, 3, 4)
    ]
    assert drawn[0].equals(drawn[1])
    assert not drawn[0].equals(drawn[2])


def truth(world: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((world / "truth.json").read_text(encoding="utf-8"))
    return found


def test_mark_says_what_was_ordered(demo_raw: Path) -> None:
    mark = json.loads((demo_raw / "DEMO.json").read_text(encoding="utf-8"))
    assert mark == {
        "demonstration": True,
        "cities": ["410200"],
        "scale": 0.002,
        "seed": 7,
        "from": "2024-01-01",
        "until": "2025-06-30",
    }


def test_all_ten_sources_are_written_and_counted(demo_raw: Path) -> None:
    rows = truth(demo_raw)["rows"]
    folders = {path.name for path in demo_raw.iterdir() if path.is_dir()}
    assert set(rows) == folders
    assert len(folders) == 10
    assert min(rows.values()) > 0


def wrong_settlement_lines(path: Path) -> list[tuple[str, int]]:
    """Find wrong lines by hand-written rules: reason and physical line."""
    found = []
    seen: dict[str, list[str]] = {}
    for line, row in enumerate(csv_records(path, "utf-8-sig"), start=2):
        for column in ("总费用", "统筹基金支出"):
            if row[column] == "":
                found.append(("MISSING_VALUE", line))
            elif not row[column].replace(".", "").lstrip("-").isdigit():
                found.append(("BAD_NUMBER", line))
        if row["个人编号"] == "":
            found.append(("MISSING_VALUE", line))
        if row["结算日期"][4] != "-":
            found.append(("BAD_DATE", line))
        if row["参保地区划代码"] == "419999" or row["医疗类别"].isdigit():
            found.append(("UNKNOWN_CODE", line))
        before = seen.setdefault(row["结算ID"], list(row.values()))
        if before is not None and before != list(row.values()):
            found.append(("DUPLICATE_KEY", line))
    return found


def test_wrong_settlement_lines_are_those_of_the_truth_file(demo_raw: Path) -> None:
    told: Counter[tuple[str, str, int]] = Counter()
    for defect in truth(demo_raw)["defects"]:
        own = defect["file"].startswith("settlements/") and defect["row"] is not None
        if own and defect["reason"] != "DUPLICATE_ROW":
            told[defect["file"], defect["reason"], defect["row"]] += 1
    found: Counter[tuple[str, str, int]] = Counter()
    for path in (demo_raw / "settlements").glob("410200_*_20????.csv"):
        for reason, line in wrong_settlement_lines(path):
            found[f"settlements/{path.name}", reason, line] += 1
    assert found == told
    assert {reason for _, reason, _ in told} == {
        "BAD_NUMBER",
        "BAD_DATE",
        "UNKNOWN_CODE",
        "MISSING_VALUE",
        "DUPLICATE_KEY",
    }


def test_every_exact_duplicate_line_is_in_the_truth_file(demo_raw: Path) -> None:
    told = [d for d in truth(demo_raw)["defects"] if d["reason"] == "DUPLICATE_ROW"]
    csv_told = Counter(d["file"] for d in told if d["file"].endswith(".csv"))
    found: Counter[str] = Counter()
    paths = (demo_raw / "settlements").glob("410200_*_20????*.csv")
    for path in (*paths, *(demo_raw / "referrals").glob("*.csv")):
        lines = path.read_bytes().split(b"\r\n")[:-1]
        repeated = len(lines) - len(set(lines))
        if repeated:
            found[f"{path.parent.name}/{path.name}"] = repeated
    assert found == csv_told
    assert any(d["file"].startswith("clinics/") for d in told)


def test_wrong_cells_of_workbooks_are_where_the_truth_file_says(demo_raw: Path) -> None:
    wrong = {
        ("设备编号", "MISSING_VALUE"): None,
        ("机构编码", "UNKNOWN_CODE"): "H99999900001",
        ("启用日期", "BAD_DATE"): "2023年13月5日",
        ("原值(万元)", "BAD_NUMBER"): "#DIV/0!",
    }
    checked = 0
    for defect in truth(demo_raw)["defects"]:
        if not defect["file"].startswith("equipment/") or defect["column"] is None:
            continue
        sheet = openpyxl.load_workbook(demo_raw / defect["file"])[defect["sheet"]]
        headers = [cell.value for cell in sheet[2]]
        cell = sheet.cell(defect["row"], headers.index(defect["column"]) + 1)
        assert cell.value == wrong[defect["column"], defect["reason"]]
        checked += 1
    assert checked == len(wrong)


def test_refused_files_are_what_the_truth_file_says(demo_raw: Path) -> None:
    whole = {d["reason"]: d for d in truth(demo_raw)["defects"] if d["row"] is None}
    assert set(whole) == {"HEADER_MISSING", "ENCODING", "TRUNCATED"}
    headless = (demo_raw / whole["HEADER_MISSING"]["file"]).read_text(encoding="utf-8-sig")
    assert whole["HEADER_MISSING"]["column"] not in headless.splitlines()[0]
    spoiled = (demo_raw / whole["ENCODING"]["file"]).read_bytes()
    for encoding in ("utf-8", "gb18030"):
        with pytest.raises(UnicodeDecodeError):
            spoiled.decode(encoding)
    cut = demo_raw / whole["TRUNCATED"]["file"]
    assert cut.read_bytes().startswith(b"PK")
    assert not zipfile.is_zipfile(cut)


def test_no_document_number_can_be_a_real_one(tmp_path: Path, sites: dict[str, Site]) -> None:
    model = build_model(sites["411600"], load_reference().areas, scale=0.001, seed=7)
    write_settlements(model, tmp_path, start=date(2025, 6, 1), until=date(2025, 6, 30))
    path = tmp_path / "settlements/411600_周口市_医保结算_202506.csv"
    text = path.read_bytes().decode("gb18030")
    numbers = [row["证件号码"] for row in csv.DictReader(io.StringIO(text)) if row["证件号码"]]
    assert len(numbers) > 100
    for number in numbers:
        assert (len(number), number[17]) == (18, NO_CHECK)


@pytest.mark.parametrize(
    ("order", "word"),
    [
        ({"scale": 0.0}, "比例"),
        ({"scale": 1.5}, "比例"),
        ({"cities": ()}, "城市代码"),
        ({"cities": ("410200", "410200")}, "城市代码"),
        ({"cities": ("140100",)}, "140100"),
        ({"start": date(2025, 7, 1)}, "起止日期"),
        ({"start": date(2019, 1, 1)}, "起止日期"),
    ],
)
def test_orders_that_make_no_sense_are_refused(
    tmp_path: Path, order: dict[str, Any], word: str
) -> None:
    with pytest.raises(UsageError, match=word):
        write_world(tmp_path / "raw", **order)
    assert not (tmp_path / "raw").exists()


def test_a_small_world_asked_for_by_name_is_written_once() -> None:
    built = build_sites(load_reference(), ("6109HK", "410200"), seed=7)
    assert [site.code for site in built] == ["6109HK", "410200", "340621"]


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "own.csv").write_text("真实数据", encoding="utf-8")
    with pytest.raises(UsageError, match="已有文件"):
        write_world(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["own.csv"]
