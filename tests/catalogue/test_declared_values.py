"""A value of the wrong kind or out of its range is told when it is loaded, not pages later."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, Optional

import pytest

from pipeline.catalog import HERE, Catalogue, catalogue, load_catalogue
from pipeline.catalog.kinds import fits, told_zh
from pipeline.errors import CatalogueError

Word = Literal["up", "down"]


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        (1, int),
        (1, float),
        (1.5, float),
        ("x", str),
        (True, bool),
        (date(2025, 6, 30), date),
        ("up", Word),
        (None, int | None),
        (None, Optional[Word]),  # noqa: UP045 - what Python makes of a literal or None
        ((), tuple[str, ...]),
        (("a", "b"), tuple[str, ...]),
        (((date(2025, 1, 1), "why"),), tuple[tuple[date, str], ...]),
        ({"A": 0.1, "B": 1}, dict[str, float]),
        ({"up": ["a", "b"]}, dict[str, list[str]]),
    ],
)
def test_a_value_of_the_declared_kind_is_taken(value: Any, hint: Any) -> None:
    assert fits(value, hint)


@pytest.mark.parametrize(
    ("value", "hint"),
    [
        ("1", int),
        (1.0, int),
        (True, int),
        (True, float),
        (1, bool),
        (1, str),
        (datetime(2025, 6, 30, 8, 0), date),  # noqa: DTZ001 - TOML has such
        ("2025-06-30", date),
        ("upp", Word),
        (1, Word),
        ("up", int | None),
        ("ab", tuple[str, ...]),
        (("a", 1), tuple[str, ...]),
        (((date(2025, 1, 1),),), tuple[tuple[date, str], ...]),
        (["A"], dict[str, float]),
        ({"A": "0.1"}, dict[str, float]),
        ({"up": "ab"}, dict[str, list[str]]),
    ],
)
def test_a_value_of_another_kind_is_not(value: Any, hint: Any) -> None:
    assert not fits(value, hint)


def test_what_is_asked_for_is_said_in_chinese() -> None:
    assert told_zh(int | None) == "整数"
    assert told_zh(tuple[str, ...]) == "列表"
    assert told_zh(Word) == "up、down之一"
    assert told_zh(Path) == "另一种写法"


def load_with(folder: Path, file: str, old: str, new: str) -> Catalogue:
    """Load the committed declarations with one line of one file written otherwise."""
    for path in (HERE / "counters.toml", HERE / "settings.toml", HERE / "indicators/outflow.toml"):
        text = path.read_text(encoding="utf-8")
        if path.name == file:
            text, times = re.subn(old, new, text, count=1, flags=re.M)
            assert times == 1
        copy = folder / path.relative_to(HERE)
        copy.parent.mkdir(exist_ok=True)
        copy.write_text(text, encoding="utf-8")
    return load_catalogue(folder)


@pytest.mark.parametrize(
    ("file", "old", "new", "message"),
    [
        ("outflow.toml", "^polarity = .*", 'polarity = "lower"', "polarity应为.*lower_is_better"),
        ("outflow.toml", "^finest_level = .*", 'finest_level = "conty"', "finest_level应为"),
        ("outflow.toml", "^decimals = .*", 'decimals = "1"', "decimals应为整数，不是'1'"),
        ("counters.toml", '^kind = "flow"', 'kind = "flows"', "kind应为flow、stock之一"),
    ],
)
def test_a_misspelt_declaration_is_refused(
    tmp_path: Path, file: str, old: str, new: str, message: str
) -> None:
    with pytest.raises(CatalogueError, match=message):
        load_with(tmp_path, file, old, new)


@pytest.mark.parametrize(
    "line",
    [
        'small_number_threshold = "10"',
        "small_number_threshold = 0",
        "claims_delay_months = -1",
        "claims_delay_months = 2.5",
        "week_ends_on = 0",
        "week_ends_on = 8",
        "weekly_history_weeks = 0",
        "confidence = 95",
        "confidence = 0.5",
        "quality_grades = { A = 0.001, B = 0.01, D = 0.05 }",
        "quality_grades = { A = 0.05, B = 0.01, C = 0.001 }",
        "quality_grades = { A = 0.1, B = 1, C = 5 }",
        "stale_after_days = { settlments = 20 }",
        "stale_after_days = { settlements = 0 }",
        "snapshots_kept = 0",
        "snapshots_kept_days = -1",
        "largest_jumps = { total = 0.2, rows_lost = 0.3, smallest_total = 100 }",
        "largest_jumps = { total = -1, rows_lost = 0.3, smallest_total = 1, smallest_fen = 1 }",
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_its_name(tmp_path: Path, line: str) -> None:
    key = line.partition(" ")[0]
    with pytest.raises(CatalogueError, match=f"settings.toml有误：{key}"):
        load_with(tmp_path, "settings.toml", f"^{key} = .*", line)


@pytest.mark.parametrize("line", ["small_number_threshold = 1", "week_ends_on = 7"])
def test_a_setting_at_its_limit_is_taken(tmp_path: Path, line: str) -> None:
    key, _, value = line.partition(" = ")
    found = load_with(tmp_path, "settings.toml", f"^{key} = .*", line)
    assert getattr(found.settings, key) == int(value)


def test_a_declared_target_is_all_of_them_or_in_the_policy_it_names() -> None:
    declared = {i.id: i for i in catalogue().indicators.values() if i.target not in {None, 1.0}}
    assert declared
    assert [i.id for i in declared.values() if f"{i.target:.0%}" not in i.policy_zh] == []
