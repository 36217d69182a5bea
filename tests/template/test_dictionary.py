"""The data dictionary: complete, in step with what is declared, and written by the command."""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable
from pathlib import Path

import dataframely as dy
import pytest

from pipeline import __main__ as command_line
from pipeline.catalog import Catalogue, catalogue
from pipeline.catalog.glossary import glossary
from pipeline.catalog.sources import sources
from pipeline.contracts.marts import MARTS
from pipeline.documents import dictionary

COMMITTED = Path(__file__).parents[2] / "docs" / "data-dictionary.md"
COMMAND = "python -m pipeline describe --all --markdown > docs/data-dictionary.md"
Run = Callable[..., int]
Capture = pytest.CaptureFixture[str]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.chdir(tmp_path)
    return lambda *words: command_line.main([str(word) for word in words])


def test_the_committed_dictionary_is_what_the_command_writes(run: Run, capsys: Capture) -> None:
    assert run("describe", "--all", "--markdown") == 0
    fresh = capsys.readouterr().out
    assert COMMITTED.read_text(encoding="utf-8") == fresh, f"out of date, run: {COMMAND}"


@pytest.mark.parametrize("name", MARTS)
def test_every_mart_has_a_grain_and_every_column_a_meaning(name: str) -> None:
    assert re.match(r"One row per .+\.$", dictionary.grain(MARTS[name]))
    columns = dictionary.columns(MARTS[name])
    assert [column["name"] for column in columns if not column["meaning"]] == []
    assert any(column["key"] for column in columns)


def test_a_column_is_told_with_type_key_null_meaning_and_values() -> None:
    class Shelf(dy.Schema):
        """One row per shelf.

        Not part of the grain.
        """

        code = dy.String(primary_key=True, description="code | label")
        state = dy.Enum(["full", "empty"], nullable=True)

    text = dictionary.markdown(catalogue(), marts={"shelves": Shelf})
    assert "### `shelves`\n\nOne row per shelf.\n\n| column |" in text
    assert "| `code` | String, key | no | code \\| label |  |" in text
    assert "| `state` | Enum | yes |  | `full`, `empty` |" in text
    assert "Not part of the grain" not in text


def one(indicator_id: str, **changes: object) -> Catalogue:
    """Return a catalogue of one indicator."""
    known = catalogue()
    changed = dataclasses.replace(known.indicators[indicator_id], **changes)  # type: ignore[arg-type]
    return dataclasses.replace(known, indicators={changed.id: changed})


def test_an_indicator_is_told_in_full() -> None:
    text = dictionary.markdown(one("standardised_clinic_rate"))
    block = text.split("## Indicators\n\n")[1].split("\n\n## Counters")[0]
    assert block.splitlines()[0] == (
        "### 标准化村卫生室完成率 · Standardised village clinic rate (`standardised_clinic_rate`)"
    )
    facts = dict(
        line[2:].split(": ", maxsplit=1) for line in block.splitlines() if line.startswith("- ")
    )
    assert facts["formula"] == (
        "`clinics_completed` / `clinics_planned` = 已完成村卫生室数（含已验收） ÷ 规划内村卫生室数"
    )
    assert facts["levels"] == "group, province, city, county, township"
    assert facts["direction"] == (
        "higher is better; target: none; differences are told from 2 points"
    )
    assert facts["policy"].endswith("(local definition)")
    assert facts["definition"].startswith("已完成和已验收")


def test_an_indicator_added_to_the_catalogue_is_in_the_dictionary_and_its_counters_say_so() -> None:
    text = dictionary.markdown(one("village_clinics", id="brand_new", name_zh="新指标", target=7))
    assert "### 新指标 · Village clinics (`brand_new`)" in text
    assert "target: 7; " in text
    assert re.search(r"\| `clinics_total` \|.*\| shown \| `brand_new` \|", text)
    assert re.search(r"\| `inpatient_settlements` \|.*\| hidden \|  \|", text)


def test_every_indicator_counter_raw_column_and_term_is_there() -> None:
    text = COMMITTED.read_text(encoding="utf-8")
    for indicator in catalogue().indicators.values():
        assert f"### {indicator.name_zh} · {indicator.name_en} (`{indicator.id}`)" in text
    for counter in catalogue().counters.values():
        assert f"| `{counter.id}` | {counter.name_zh} |" in text
    for source in sources().values():
        assert f"### {source.name_zh} (`{source.id}`)" in text
    for term in glossary():
        assert f"| {term.zh} | {term.en} |" in text


def test_every_table_of_the_dictionary_is_rectangular() -> None:
    width = 0
    for line in COMMITTED.read_text(encoding="utf-8").splitlines():
        cells = len(re.findall(r"(?<!\\)\|", line)) if line.startswith("|") else 0
        assert cells in (width, 0) or width == 0
        width = cells


def test_describe_all_lists_indicators_and_gives_programs_everything(
    run: Run, capsys: Capture
) -> None:
    assert run("describe", "--all") == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split("　")[0] for line in lines] == list(catalogue().indicators)
    assert run("describe", "--all", "--json") == 0
    told = json.loads(capsys.readouterr().out)
    assert [len(told[key]) for key in ("marts", "indicators", "counters")] == [
        len(MARTS),
        len(catalogue().indicators),
        len(catalogue().counters),
    ]


@pytest.mark.parametrize(
    "words", [("contract_rate", "--all"), ("contract_rate", "--markdown"), ("--markdown",)]
)
def test_describe_takes_one_indicator_or_all(
    run: Run, words: tuple[str, ...], capsys: Capture
) -> None:
    assert run("describe", *words) == 2
    assert "--all" in capsys.readouterr().err


def test_the_template_command_writes_a_workbook_and_says_how_to_check_it(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    assert run("template", "clinics") == 0
    said = capsys.readouterr().out
    assert "python -m pipeline check 村卫生室台账_模板.xlsx --source clinics" in said
    assert (tmp_path / "村卫生室台账_模板.xlsx").read_bytes().startswith(b"PK")
    assert run("template", "村卫生室台账", "--out", "own.xlsx", "--json") == 0
    assert json.loads(capsys.readouterr().out)["source"] == "clinics"


def test_the_template_command_never_writes_over_a_file(
    run: Run, tmp_path: Path, capsys: Capture
) -> None:
    (tmp_path / "own.xlsx").write_text("mine")
    assert run("template", "clinics", "--out", "own.xlsx") == 2
    assert "own.xlsx 已存在" in capsys.readouterr().err
    assert (tmp_path / "own.xlsx").read_text() == "mine"
    assert run("template", "nothing") == 2
    assert run("template", "clinics", "--out", "no/folder/own.xlsx") == 6
