"""Read raw files again with openpyxl and csv, knowing nothing of how they were written."""

from __future__ import annotations

import csv
import io
from functools import cache
from pathlib import Path
from typing import Any

import openpyxl


@cache
def sheets(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """Read a workbook that nobody writes any more."""
    book = openpyxl.load_workbook(path, read_only=True)
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book}


def records(rows: list[tuple[Any, ...]], *, header: int) -> list[dict[str, Any]]:
    names = rows[header]
    return [dict(zip(names, row, strict=True)) for row in rows[header + 1 :]]


def csv_records(path: Path, encoding: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding))))
