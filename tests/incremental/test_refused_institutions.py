"""What a refused institution takes along says where the institution was refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from .test_settlements_kept import FIRST, SECOND, Kept, register

LEDGER = "设备编号,设备名称,机构编码,机构名称,状态\n"
WRONG = SECOND.replace("410225", "没有的代码")


def devices(raw: Path, *rows: str) -> None:
    path = raw / "equipment" / "设备_20250331.csv"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(LEDGER + "".join(f"{row}\n" for row in rows))


def told(kept: Kept) -> list[tuple[str | None, str | None]]:
    """Take the folder in by parts and anew; return reason and detail of the refused devices."""
    kept.stages()
    rejected = kept.take().rejected
    return list(rejected.filter(source="equipment").select("reason", "detail").iter_rows())


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    return tmp_path / "raw"


def test_devices_of_a_refused_institution_name_the_row_of_the_register(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept(raw, tmp_path, monkeypatch)
    register(raw, FIRST, WRONG)
    devices(raw, "D1,DR,T1,,在用", "D2,DR,T2,,在用", "D3,DR,T3,,在用")
    there = "T2（它在institutions/名录_20250331.csv第3行被拒收）"
    assert told(kept) == [("UNKNOWN_CODE", there), ("UNKNOWN_CODE", "T3")]
    devices(raw, "D2,DR,T2,,在用")  # the register stands
    assert told(kept) == [("UNKNOWN_CODE", there)]
    register(raw, WRONG, FIRST)  # what it says is the same, but in another row
    assert told(kept) == [("UNKNOWN_CODE", there.replace("第3行", "第2行"))]
    register(raw, FIRST, SECOND)
    assert told(kept) == []


def test_of_an_institution_refused_twice_the_first_row_is_named(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The ninth row comes before the tenth, though not as text."""
    kept = Kept(raw, tmp_path, monkeypatch)
    others = (FIRST.replace("T1", f"T1{n}").replace("示例", f"示例{n}") for n in range(7))
    register(raw, *others, WRONG, WRONG.replace("没有", "也没有"))
    devices(raw, "D2,DR,T2,,在用")
    there = "T2（它在institutions/名录_20250331.csv第9行被拒收）"
    assert told(kept) == [("UNKNOWN_CODE", there)]


def test_a_former_name_counts_while_the_extract_that_has_it_is_there(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The newest extract alone says the same with and without it."""
    kept = Kept(raw, tmp_path, monkeypatch)
    register(raw, FIRST)
    former = raw / "institutions" / "名录_20241231.csv"
    former.write_text(
        (raw / "institutions" / "名录_20250331.csv").read_text().replace("示例", "旧名")
    )
    devices(raw, "D1,DR,T1,旧名卫生院,在用")
    assert told(kept) == []
    former.unlink()
    assert told(kept) == [("CODE_NAME_CONFLICT", "旧名卫生院（名录中为示例卫生院）")]
