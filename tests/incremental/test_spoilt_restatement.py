"""A month that is sent again without an acceptable row does not replace the one before."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.staging.rawfiles import DOCUMENT, NAME, settlements

from .test_settlements_kept import FIRST, Kept, register

OLD, NEW, NEWEST = (f"410200_结算_202503{batch}.csv" for batch in ("", "_v2", "_v3"))


def lines(*costs: str) -> list[str]:
    return [
        f"S{at},{DOCUMENT},{NAME},410225,T1,21,2025-03-0{at},{cost},1.00"
        for at, cost in enumerate(costs, 1)
    ]


def told(kept: Kept, column: str) -> dict[str, str]:
    """Take the folder in by parts and anew; return what the ledger says of the settlements."""
    kept.stages()
    ledger = kept.take().ledger_files
    accounted = ledger.select("accepted", "rejected", "duplicates").sum_horizontal()
    assert ledger["rows_read"].to_list() == accounted.to_list()
    said = ledger.select("file", column).drop_nulls().iter_rows()
    return {file.removeprefix("settlements/"): other for file, other in said}


def taken(kept: Kept) -> list[int]:
    """Return the fen of the settlements in force."""
    return sorted(kept.take().tables["settlements"].collect()["total_fen"])


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    register(tmp_path / "raw", FIRST)
    settlements(tmp_path / "raw" / "settlements" / OLD, lines("10.00", "20.00"))
    return tmp_path / "raw"


def test_the_earlier_file_stays_until_there_is_something_to_replace_it(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept, folder = Kept(raw, tmp_path, monkeypatch), raw / "settlements"
    assert told(kept, "kept_instead") == {}
    settlements(folder / NEW, lines("--", "x"))
    assert told(kept, "kept_instead") == {NEW: f"settlements/{OLD}"}
    assert told(kept, "superseded_by") == {}
    assert taken(kept) == [1000, 2000]
    settlements(folder / NEWEST, lines("5.00", "x"))  # one row is a month again
    assert told(kept, "kept_instead") == {}
    assert told(kept, "superseded_by") == {
        OLD: f"settlements/{NEWEST}",
        NEW: f"settlements/{NEWEST}",
    }
    assert taken(kept) == [500]
    settlements(folder / NEWEST, lines("x", "x"))
    settlements(folder / NEW, lines("7.00"))
    assert told(kept, "kept_instead") == {NEWEST: f"settlements/{NEW}"}
    assert told(kept, "superseded_by") == {OLD: f"settlements/{NEW}"}
    (folder / NEW).unlink()
    assert told(kept, "kept_instead") == {NEWEST: f"settlements/{OLD}"}
    assert taken(kept) == [1000, 2000]
    (folder / OLD).unlink()
    assert told(kept, "kept_instead") == {}


def test_a_restatement_that_cannot_be_read_says_what_stays_in_force(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (raw / "settlements" / NEW).write_bytes(b"")
    kept = Kept(raw, tmp_path, monkeypatch)
    assert told(kept, "kept_instead") == {NEW: f"settlements/{OLD}"}
    assert told(kept, "refusal") == {NEW: "EMPTY"}


def test_an_extract_of_a_register_is_not_replaced_by_nothing(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    new = raw / "institutions" / "名录_20250331_v2.csv"
    new.write_text((raw / "institutions" / "名录_20250331.csv").read_text().replace("410225", "?"))
    kept = Kept(raw, tmp_path, monkeypatch)
    assert told(kept, "kept_instead") == {
        "institutions/名录_20250331_v2.csv": "institutions/名录_20250331.csv"
    }
    assert taken(kept) == [1000, 2000]
