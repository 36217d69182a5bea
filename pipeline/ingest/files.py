"""Find raw files and read what their names say: batch, date, area."""

from __future__ import annotations

import calendar
import hashlib
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.ingest.sqlite import is_left_beside

_BATCH = re.compile(r"_[vV](\d{1,3})(?!\d)")
_YEAR = re.compile(r"(?<!\d)(20\d{2})(?!\d)")
_BARE_MONTH = re.compile(r"(?<![\d年])(1[0-2]|0?[1-9])月")
_COMPACT_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
_DAY = re.compile(
    r"(?<!\d)((?:19|20)\d{2})[-_.年](0?[1-9]|1[0-2])[-_.月](0[1-9]|[12]\d|3[01]|[1-9])日?(?!\d)"
)
_MONTH = re.compile(
    r"(?<!\d)((?:19|20)\d{2})(?:(?=(0[1-9]|1[0-2]))|[-.年](?=(0?[1-9]|1[0-2]))|_(?=(0[1-9]|1[0-2])))"
    r"\d{1,2}(?!\d)"
)
# A six-digit code at the start of a name is an area, never a month.
_AREA_FIRST = re.compile(r"^\d{6}(?=[_\-])")


@dataclass(frozen=True, kw_only=True)
class RawFile:
    """A raw file and what is known of it before it is opened."""

    path: Path
    name: str  # path below the raw folder, with forward slashes
    source: str
    sha256: str

    @property
    def batch(self) -> int:
        """Return N of `_vN` in the name, 1 without."""
        found = _BATCH.search(self.path.stem)
        return int(found.group(1)) if found else 1

    @property
    def series(self) -> str:
        """Return the name without its batch: files of one series replace each other."""
        return _BATCH.sub("", self.name)

    @property
    def date_in_name(self) -> date | None:
        """Return the day the name speaks of; a month means its last day."""
        return date_in(_AREA_FIRST.sub("", _BATCH.sub("", self.path.stem)))


def date_in(text: str) -> date | None:
    """Find a day (20250630, 2025-06-30, 2025年6月30日) or month (its last day) in a text."""
    for pattern in (_COMPACT_DAY, _DAY):
        for found in pattern.finditer(text):
            year, month, day = (int(part) for part in found.groups())
            if day <= calendar.monthrange(year, month)[1]:
                return date(year, month, day)
    if found_month := _MONTH.search(text):
        year, month = (int(part) for part in found_month.groups() if part)
        return date(year, month, calendar.monthrange(year, month)[1])
    return None


def month_in(text: str, *, year: int) -> date | None:
    """Find a month without a year (6月, 6月份) in a text; its last day in the year given."""
    found = _BARE_MONTH.search(text)
    if found is None:
        return None
    month = int(found[1])
    return date(year, month, calendar.monthrange(year, month)[1])


def year_in(text: str) -> int | None:
    """Find the year a text speaks of, if it is one."""
    years = {int(year) for year in _YEAR.findall(text)}
    return years.pop() if len(years) == 1 else None


def _sha256(path: Path) -> str:
    with path.open("rb") as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def _is_furniture(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in ("thumbs.db", "desktop.ini")


def find_files(folder: Path, source: str, *, root: Path) -> list[RawFile]:
    """List the files of a source, by name.

    Lock files, hidden files, what Windows puts into a folder and what a writer left beside a SQLite
    file are not raw files.
    """
    if folder.is_file():
        paths = [folder]
    else:
        paths = sorted(
            path
            for path in folder.rglob("*")
            if path.is_file() and not _is_furniture(path.name) and not is_left_beside(path)
        )
    return [
        RawFile(
            path=path,
            name=path.relative_to(root).as_posix(),
            source=source,
            sha256=_sha256(path),
        )
        for path in paths
    ]
