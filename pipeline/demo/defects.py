"""What is wrong on purpose, and the list of it that the world brings along."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Defect:
    """One deliberate defect; row is the physical line of a CSV or Excel's own row number.

    A file that is wrong as a whole has neither row nor column. `column` is the file's own header.
    """

    file: str  # below the raw folder
    reason: str
    sheet: str | None = None
    row: int | None = None
    column: str | None = None

    def record(self) -> dict[str, str | int | None]:
        """Return the defect as it stands in the truth file."""
        return asdict(self)


_BLOCK = 100


def mojibake(text: str) -> bytes:
    """Spoil a text as a bad transfer does: no encoding reads its lines strictly."""
    whole = text.encode("gb18030")
    blocks = [whole[at : at + _BLOCK] for at in range(0, len(whole), _BLOCK)]
    return b"\xff\xfe\xff\x80\xff".join(blocks)


def truncate(path: Path) -> None:
    """Cut a workbook off, as an interrupted copy does."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 5])
