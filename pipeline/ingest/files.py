"""Find raw files and read what their names say: batch, date, area."""

from __future__ import annotations

import calendar
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath, PurePosixPath

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
SAME_NAME_ZH = "（又一个同名文件）"


@dataclass(frozen=True, kw_only=True)
class RawFile:
    """A raw file and what is known of it before it is opened."""

    path: Path
    name: str  # path below the raw folder, with forward slashes
    source: str
    sha256: str  # "" of a file that cannot be opened

    @property
    def batch(self) -> int:
        """Return N of `_vN` in the name, 1 without."""
        found = _BATCH.search(PurePath(self.name).stem)
        return int(found.group(1)) if found else 1

    @property
    def series(self) -> str:
        """Return the name without its batch: files of one series replace each other."""
        return _BATCH.sub("", self.name)

    @property
    def date_in_name(self) -> date | None:
        """Return the day the name speaks of; a month means its last day."""
        return date_in(_AREA_FIRST.sub("", _BATCH.sub("", PurePath(self.name).stem)))


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
    """Hash a file; one that cannot be opened, for instance a dead link, its reader will refuse."""
    try:
        with path.open("rb") as handle:
            return hashlib.file_digest(handle, "sha256").hexdigest()
    except OSError:
        return ""


# What systems put into folders: a bin holds files that somebody threw away.
_FURNITURE = ("thumbs.db", "desktop.ini", "$recycle.bin", "#recycle", "__macosx")


def _is_furniture(name: str) -> bool:
    return name.startswith((".", "~$")) or name.lower() in _FURNITURE


def _fail(error: OSError) -> None:
    raise error


def _below(folder: Path) -> Iterator[Path]:
    """Return all files below a folder, linked folders and dead links included.

    Raises:
        OSError: a folder cannot be listed; its files must not be missed in silence.
    """
    seen = {os.path.realpath(folder)}
    for place, folders, names in os.walk(folder, followlinks=True, onerror=_fail):
        yield from (Path(place, name) for name in names)
        # In order, so that of two links to one folder it is always the same that is followed.
        for name in sorted(folders):
            real = os.path.realpath(Path(place, name))
            if _is_furniture(name) or real in seen:
                folders.remove(name)
            seen.add(real)


def readable_name(name: str) -> str:
    """Return a file's name as people wrote it: archives packed under Windows name it in GB18030."""
    return os.fsencode(name).decode("gb18030" if _is_foreign(name) else "utf-8", "replace")


def _is_foreign(name: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in name)


def raw_paths(folder: Path) -> list[Path]:
    """List the paths of the raw files in a folder, or of one file.

    Lock files, hidden files and folders, what systems put into a folder and what a writer left
    beside a SQLite file are not raw files.

    Raises:
        OSError: a folder cannot be listed.
    """
    if folder.is_file():
        return [folder]
    return sorted(
        path
        for path in _below(folder)
        if (path.is_file() or not path.exists())
        and not _is_furniture(path.name)
        and not is_left_beside(path)
    )


def find_files(folder: Path, source: str, *, root: Path) -> list[RawFile]:
    """List the files of a source (`raw_paths`), by path; no two of them have the same name.

    Raises:
        OSError: a folder cannot be listed.
    """
    paths: dict[PurePosixPath, Path] = {}
    for path in raw_paths(folder):
        name = PurePosixPath(*map(readable_name, path.relative_to(root).parts))
        while name in paths:  # an archive unpacked twice gives one name in two encodings
            name = name.parent / SAME_NAME_ZH / name.name
        paths[name] = path
    return [
        RawFile(path=path, name=str(name), source=source, sha256=_sha256(path))
        for name, path in paths.items()
    ]
