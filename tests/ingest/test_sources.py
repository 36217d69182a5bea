from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipeline.catalog import catalogue
from pipeline.catalog.sources import SOURCE_IDS, load_source, normalised, sources
from pipeline.errors import CatalogueError
from pipeline.ingest.headers import HeaderIndex


def declared(name: str, header: str) -> str | None:
    """Return the column of a source that a header is read as."""
    found = HeaderIndex(sources()[name]).find(header)
    return found[0].id if found else None


def required_headers(page: str, name: str) -> list[str]:
    """Return the headers that the page shows as required, with their other names."""
    of_source = page.partition(f"- **{name}**:")[2]
    block = re.split(r"\n- \*\*|\n\n", of_source)[0]
    shown = re.findall(r"\*\*([^*]+)\*\*((?:/[^\s·(/]+(?:\([^)]*\))?)*)", block.replace("\n ", ""))
    return [header for first, others in shown for header in (first, *others.split("/")[1:])]


def test_all_sources_load_and_are_named_as_their_file() -> None:
    assert tuple(sources()) == SOURCE_IDS
    assert all(name == source.id for name, source in sources().items())


@pytest.mark.parametrize("name", SOURCE_IDS)
def test_the_accepted_headers_of_the_page_are_declared(name: str, repository: Path) -> None:
    page = (repository / "docs" / "sources.md").read_text(encoding="utf-8")
    headers = required_headers(page, name)
    assert headers
    assert [header for header in headers if declared(name, header) is None] == []


@pytest.mark.parametrize(
    "header",
    [
        *("结算ID", "结算单号", "setl_id", "SETL_ID", "参保地行政区划代码", "insuplc_admdvs"),
        *(
            "就诊机构编码",
            "医疗类别",
            "med_type",
            "统筹基金支付",
            "hifp_pay",
            "原结算单号",
            "上报批次",
        ),
    ],
)
def test_settlements_accept_the_headers_of_real_exports(header: str) -> None:
    assert declared("settlements", header) is not None


def test_every_item_of_the_monthly_report_has_a_column() -> None:
    counters = [c for c in catalogue().counters.values() if c.source == "activity"]
    activity = sources()["activity"]
    assert activity.item_columns == tuple(c.id for c in counters)
    money = activity.by_id["bundled_surplus_fen"]
    assert money.ten_thousand_headers == ("打包资金累计结余(万元)",)


def test_groups_are_spelled_out_below_each_other() -> None:
    assert declared("contracts", "2型糖尿病患者/签约数") == "type2_diabetes.contracted"


def test_names_and_document_numbers_are_never_read_as_text() -> None:
    for source in sources().values():
        for column in source.read_columns:
            named = {normalised(h) for h in column.headers} & {"姓名", "身份证号", "证件号码"}
            assert not named or column.personal == "hash"


GOOD = """
id = "x"
name_zh = "甲"
kind = "table"
key = ["a"]
[[column]]
id = "a"
headers = ["甲"]
type = "text"
"""


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ('\ncolour = "red"\n', "colour"),
        ('\n[[column]]\nid = "a"\nheaders = ["乙"]\ntype = "text"\n', "编号重复"),
        ('\n[[column]]\nid = "b"\nheaders = ["甲 "]\ntype = "text"\n', "表头重复"),
        ('\n[[column]]\nid = "b"\nheaders = ["乙"]\ntype = "number"\n', "type应为"),
        ('\n[[column]]\nid = "b"\nheaders = ["乙"]\ntype = "enum"\n', "没有词表"),
        (
            '\n[[column]]\nid = "b"\nheaders = ["乙"]\ntype = "enum"\n'
            '[column.values]\nu = ["1"]\nv = ["１"]\n',
            "词语重复",
        ),
    ],
)
def test_a_wrong_declaration_is_refused(tmp_path: Path, change: str, word: str) -> None:
    path = tmp_path / "x.toml"
    path.write_text(GOOD + change, encoding="utf-8")
    with pytest.raises(CatalogueError, match=word):
        load_source(path)


def test_a_good_declaration_loads(tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert load_source(path).columns[0].headers == ("甲",)


@pytest.mark.parametrize(
    ("source", "column", "word", "value"),
    [
        ("clinics", "status", "完工未验收", "completed"),
        ("clinics", "status", "验收通过", "accepted"),
        ("clinics", "ownership", "民办", "private"),
        ("clinics", "has_tcm", "未开展", "no"),
        ("equipment", "state", "未投入使用", "stopped"),
        ("population", "sex", "f", "female"),
        ("institutions", "role", "总医院", "lead"),
        ("institutions", "institution_type", "县中医院", "secondary_hospital"),
    ],
)
def test_words_of_real_ledgers_mean(source: str, column: str, word: str, value: str) -> None:
    assert sources()[source].by_id[column].words[normalised(word).upper()] == value
