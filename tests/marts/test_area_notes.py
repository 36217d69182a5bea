"""What a reader of a long trend is told about an area's history."""

from __future__ import annotations

from datetime import date

import polars as pl

from pipeline.marts import areas
from pipeline.marts.scope import make_scope
from pipeline.reference import load_reference
from tests.counters import rows

COUNTIES = ("410202", "410212", "410223", "410225", "410308", "411603")


def _notes() -> dict[str, str | None]:
    scope = make_scope(load_reference().areas, pl.DataFrame({"area_code": COUNTIES}))
    nobody = pl.DataFrame(schema={"area_code": pl.String, "value": pl.Int64})
    mart = areas.build(scope, nobody, income=rows.income(), as_of=date(2025, 6, 30)).collect()
    return dict(mart.select("area_code", "note_zh").iter_rows())


def test_an_area_that_took_over_a_code_says_so() -> None:
    notes = _notes()
    assert notes["411603"] == "2019年接替淮阳县（411626），以前的数据已归入"
    assert notes["411626"] is None
    assert notes["410308"] == (
        "2021年接替吉利区（410306），以前的数据已归入；2021年接替孟津县（410322），以前的数据已归入"
    )


def test_land_that_moved_without_a_change_of_code_is_told() -> None:
    notes = _notes()
    assert "部分区域划归新郑市" in str(notes["410223"])
    history = str(notes["410212"]).split("；")
    assert [text[:5] for text in history] == ["2005年", "2014年"]
    assert notes["410225"] is None
