"""Files of events go into parts: many short ones together, a long one in several."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from pipeline.catalog.sources import sources
from pipeline.ingest.batch import FileResult, SourceRows, empty_rows
from pipeline.ingest.files import RawFile
from pipeline.intake import files_in_parts
from pipeline.intake.files_in_parts import FilesInParts, Parts

from .conftest import typed_rows


def rows_of(file: int, count: int) -> pl.DataFrame:
    days: list[dict[str, Any]] = [
        {"_pos": (file << 32) + at, "settled_on": date(2025, 3, 1 + at)} for at in range(count)
    ]
    own = ("_batch", "_series", "_city", "_tells_resettled")
    return typed_rows("settlements", *days, _file=file).drop(own)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files_in_parts, "PART_ROWS", 3)


def test_short_files_share_a_part_and_a_long_one_has_several() -> None:
    parts = Parts("settlements")
    for file, count in ((1, 2), (2, 1), (3, 5), (4, 1)):
        parts.take(rows_of(file, count).lazy(), count)
    parts.finish()
    found = [(sorted(files), part.collect().height) for files, part in parts.rows]
    assert found == [([1, 2], 3), ([3], 3), ([3], 2), ([4], 1)]
    days = dict(pl.concat(parts.facts).select("_file", "day").iter_rows())
    assert days == {
        1: date(2025, 3, 2),
        2: date(2025, 3, 1),
        3: date(2025, 3, 5),
        4: date(2025, 3, 1),
    }


def test_a_file_is_read_once_and_only_when_it_is_asked_for() -> None:
    asked: list[list[int]] = []

    def read(wanted: Any, sink: Any) -> SourceRows:
        asked.append(sorted(wanted))
        for file in sorted(wanted):
            sink(rows_of(file, 1).lazy(), 1, None)
        files = tuple(
            FileResult(
                file=RawFile(path=Path("a"), name="a", source="settlements", sha256=""),
                file_id=file,
            )
            for file in sorted(wanted)
        )
        return SourceRows(rows=empty_rows(sources()["settlements"]), files=files)

    settled = FilesInParts("settlements", read, cities={})
    assert pl.concat(settled.of([1, 2])).collect()["_file"].to_list() == [1, 2]
    assert pl.concat(settled.of([2, 5])).collect()["_file"].to_list() == [2, 5]
    assert pl.concat(settled.of([1])).collect()["_file"].to_list() == [1]
    assert pl.concat(settled.of([])).collect().is_empty()
    assert asked == [[1, 2], [5]]
