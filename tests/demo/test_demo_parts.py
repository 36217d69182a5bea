"""The small parts, with expected values by hand."""

from __future__ import annotations

from concurrent.futures.process import BrokenProcessPool
from datetime import date
from pathlib import Path

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.demo import write_world
from pipeline.demo.activity import Stock, shape, ten_thousand_yuan, write_activity
from pipeline.demo.calendar import extract_dates, season
from pipeline.demo.contracts import baseline, contract_rows, fulfilled_share
from pipeline.demo.population import population_rows
from pipeline.demo.randomness import choose, split, stream
from pipeline.demo.workbook import percent
from pipeline.demo.world import Site
from pipeline.errors import StorageError


@given(
    total=st.integers(0, 10_000),
    weights=st.lists(st.floats(0.01, 100), min_size=1, max_size=20),
)
def test_a_split_adds_up_and_stays_within_one_of_the_exact_share(
    total: int, weights: list[float]
) -> None:
    parts = split(total, weights)
    assert sum(parts) == total
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - total * weight / sum(weights)) < 1


def test_largest_remainders_get_the_odd_ones() -> None:
    assert split(10, [1, 1, 1]) == [4, 3, 3]
    assert split(7, [0.9, 2.3, 3.8]) == [1, 2, 4]


def test_a_choice_follows_the_weights() -> None:
    drawn = choose(stream(1, "test"), [0, 3, 1], 4000)
    assert set(drawn.tolist()) == {1, 2}
    assert (drawn == 1).mean() == pytest.approx(0.75, abs=0.03)


def test_a_stream_depends_on_what_it_is_for() -> None:
    assert stream(1, "a", 202501).random() == stream(1, "a", 202501).random()
    assert stream(1, "a", 202501).random() != stream(1, "b", 202501).random()
    assert stream(1, "a", 202501).random() != stream(2, "a", 202501).random()


def test_extracts_grow_denser_towards_the_end() -> None:
    assert extract_dates(date(2023, 1, 1), date(2025, 6, 30)) == [
        date(2023, 1, 31),
        date(2023, 6, 30),
        date(2023, 12, 31),
        date(2024, 3, 31),
        date(2024, 6, 30),
        *(date(2024, m, d) for m, d in ((7, 31), (8, 31), (9, 30), (10, 31), (11, 30), (12, 31))),
        *(date(2025, m, d) for m, d in ((1, 31), (2, 28), (3, 31), (4, 30), (5, 9), (5, 16))),
        *(date(2025, m, d) for m, d in ((5, 23), (5, 30), (5, 31), (6, 6), (6, 13), (6, 20))),
        *(date(2025, 6, d) for d in (27, 30)),
    ]


def test_the_month_of_the_spring_festival_is_the_quietest() -> None:
    months = {m: season(date(2024, m, 1)) for m in range(1, 13)}
    assert min(months, key=lambda m: months[m]) == 2
    assert sum(months.values()) / 12 == pytest.approx(1, abs=0.03)
    assert season(date(2040, 2, 1)) == pytest.approx(29 / 30.4)  # no festival on record


def test_a_stock_runs_to_its_anchor_rests_and_runs_on() -> None:
    stock = Stock(level=1, begun=0.5, yearly=0.1)
    span = (date(2022, 1, 1), date(2022, 12, 31))
    assert shape(date(2021, 1, 1), span, stock) == 0.5
    assert shape(date(2021, 7, 2), span, stock) == pytest.approx(0.5 + 0.5 * 182 / 365)
    assert shape(date(2022, 6, 1), span, stock) == 1.0
    assert shape(date(2023, 12, 31), span, stock) == pytest.approx(1 + 0.1 * 365 / 365.25)


def test_money_is_printed_in_ten_thousand_yuan_exactly() -> None:
    assert ten_thousand_yuan(9_439_460_000) == "9439.46"
    assert ten_thousand_yuan(5_663_676_000) == "5663.676"
    assert ten_thousand_yuan(240_000_000) == "240"
    assert ten_thousand_yuan(1) == "0.000001"


def test_a_share_of_nothing_is_a_stroke() -> None:
    assert percent(88, 100) == "88.0%"
    assert percent(0, 0) == "/"


def test_population_adds_up_to_the_census(sites: dict[str, Site]) -> None:
    county = sites["410200"].county("410225")
    rows = population_rows(county, 2020)
    assert len(rows) == 36
    persons = [int(str(row[5])) for row in rows]
    assert sum(persons) == 777_000
    young = sum(p for p, row in zip(persons, rows, strict=True) if row[4] in _CHILDREN)
    assert young / 777_000 == pytest.approx(0.269, abs=1e-4)
    later = sum(int(str(row[5])) for row in population_rows(county, 2024))
    assert later == round(777_000 * 0.996**4)


_CHILDREN = ("0—4岁", "5—9岁", "10—14岁")


def test_teams_of_tongbai_are_as_published(sites: dict[str, Site]) -> None:
    site = sites["411300"]
    base = baseline(site, site.county("411330"), 0.0, seed=7)
    rows = contract_rows(site, base, date(2022, 9, 30))
    assert rows[:, 0].sum() == 32
    assert rows[:, 2].sum() == pytest.approx(375_000, rel=0.01)
    assert (rows[:, 3] <= rows[:, 2]).all()
    assert (rows[:, 5] <= rows[:, 3]).all()
    assert (rows[:, 7] <= rows[:, 6]).all()


def test_fulfilment_starts_anew_each_year(sites: dict[str, Site]) -> None:
    shares = [fulfilled_share(sites["410200"], date(2024, m, 28)) for m in range(1, 13)]
    assert shares == sorted(shares)
    assert fulfilled_share(sites["410200"], date(2025, 6, 30)) == pytest.approx(0.728)
    assert fulfilled_share(sites["410200"], date(2025, 1, 10)) < 0.1 < shares[-1] < 0.95


def test_a_county_that_did_not_report_and_a_cell_that_is_no_number(
    tmp_path: Path, sites: dict[str, Site]
) -> None:
    site = sites["411300"]
    write_activity(site, tmp_path, start=date(2023, 6, 1), until=date(2023, 8, 15), seed=7)
    files = sorted(path.name for path in (tmp_path / "activity").iterdir())
    assert files == ["南阳市_医共体月报_202306.xlsx", "南阳市_医共体月报_202307.xlsx"]
    named = [
        {row[0] for row in openpyxl.load_workbook(tmp_path / "activity" / f)["月报"].values}
        for f in files
    ]
    assert named[0] - named[1] == {"社旗县", "南阳市紧密型县域医共体运行月报（2023年06月）"}
    _, defects = write_activity(
        site, tmp_path / "2021", start=date(2021, 5, 1), until=date(2021, 5, 31), seed=7
    )
    (defect,) = defects
    sheet = openpyxl.load_workbook(tmp_path / "2021" / defect.file)["月报"]
    headers = [cell.value for cell in sheet[2]]
    assert defect.row is not None
    assert defect.column is not None
    cell = sheet.cell(defect.row, headers.index(defect.column) + 1)
    assert cell.value == "约3000"
    assert sheet.cell(defect.row, 1).value == "内乡县"


def test_a_disk_that_fails_is_said_in_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(StorageError, match="写不进"):
        write_world(tmp_path / "file" / "raw", cities=("410200",), scale=0.001)


def test_a_child_that_is_killed_is_said_in_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object) -> None:
        raise BrokenProcessPool

    monkeypatch.setattr("pipeline.demo.write._run", killed)
    with pytest.raises(StorageError, match="内存不足"):
        write_world(tmp_path / "raw", cities=("410200",), scale=0.001)
    assert not (tmp_path / "raw" / "DEMO.json").exists()
