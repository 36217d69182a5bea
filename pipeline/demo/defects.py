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


def mojibake(text: str) -> bytes:
    """Spoil a text as a bad transfer does: no encoding reads the result strictly."""
    whole = text.encode("gb18030")
    middle = len(whole) // 2
    return whole[:middle] + b"\xff\xfe\xff\x80\xff" + whole[middle:]


def truncate(path: Path) -> None:
    """Cut a workbook off, as an interrupted copy does."""
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) * 3 // 5])
