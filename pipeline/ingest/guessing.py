"""Tell from its header which source a file belongs to, where neither folder nor option says."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from pipeline.catalog.sources import SOURCE_IDS, sources
from pipeline.ingest.files import RawFile, find_files
from pipeline.ingest.headers import HeaderIndex
from pipeline.ingest.read import read_file
from pipeline.ingest.refusal import UNREADABLE, FileRefused
from pipeline.ingest.workbooks.excel import ExcelReader


def guessed_files(path: Path, *, root: Path) -> list[RawFile]:
    """List the files of a path, each under the source whose columns it has the most of.

    A file that no source can read goes with most of the others, so that it is refused in their
    terms; without any that can be read the list is empty.
    """
    guesses: dict[Path, str | None] = {}
    with ExcelReader(processes=1) as excel:
        for file in find_files(path, SOURCE_IDS[0], root=root):
            guesses[file.path] = _guess(file, excel)
    counts = Counter(source for source in guesses.values() if source)
    if not counts:
        return []
    usual = max(sorted(counts), key=counts.__getitem__)
    return [
        file
        for guess, paths in _by_source(guesses, usual).items()
        for at in paths
        for file in find_files(at, guess, root=root)
    ]


def _by_source(guesses: dict[Path, str | None], usual: str) -> dict[str, Sequence[Path]]:
    found = {path: guess or usual for path, guess in guesses.items()}
    return {name: [p for p, guess in found.items() if guess == name] for name in SOURCE_IDS}


def _guess(file: RawFile, excel: ExcelReader) -> str | None:
    """Return the source that reads the file and recognises most of its columns."""
    recognised = {}
    for name, source in sources().items():
        try:
            table = read_file(file, HeaderIndex(source), excel=excel)
        except (FileRefused, OSError, *UNREADABLE):
            continue
        recognised[name] = len(table.labels)
    return max(recognised, key=recognised.__getitem__, default=None)
