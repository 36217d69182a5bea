"""Where a snapshot comes from: inputs, definitions, code."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pipeline.catalog import catalogue, catalogue_hash
from pipeline.snapshots.manifest import InputFile
from pipeline.version import code_version


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Where a snapshot comes from; goes into its manifest."""

    as_of: date
    demonstration: bool
    inputs: tuple[InputFile, ...]
    settings: Mapping[str, Any]
    catalogue_hash: str
    code_version: str


def describe(*, as_of: date, demonstration: bool, inputs: Iterable[InputFile] = ()) -> Provenance:
    """Describe a run by the committed catalogue and this code; inputs are put in a fixed order."""
    return Provenance(
        as_of=as_of,
        demonstration=demonstration,
        inputs=tuple(sorted(inputs, key=lambda entry: (entry.source, entry.file))),
        settings=dataclasses.asdict(catalogue().settings),
        catalogue_hash=catalogue_hash(),
        code_version=code_version(),
    )
