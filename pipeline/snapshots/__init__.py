"""Publish marts as a whole or not at all; open, list, verify and roll back what was published.

    data/marts/.lock                    held for a whole build; names its holder
    data/marts/.stage-<pid>-<random>/   a snapshot in the making; cleared at the next start
    data/marts/snapshots/<id>/          marts, boundaries and manifest.json; never changed
    data/marts/CURRENT                  one line: the id in force; replaced by rename
    data/marts/publications.jsonl       one line a switch of CURRENT; appended, never rewritten;
                                        each carries the hash of the line before

A reader resolves CURRENT once (`current`) and reads everything else through that snapshot.
"""

from pipeline.snapshots.gates import gates
from pipeline.snapshots.locking import Held, lock
from pipeline.snapshots.manifest import InputFile, Manifest, MartFile, StoredFile
from pipeline.snapshots.packing import Packed, taken_over
from pipeline.snapshots.provenance import Provenance, describe
from pipeline.snapshots.publishing import publish, rollback
from pipeline.snapshots.reading import (
    Listed,
    NoSnapshotError,
    Snapshot,
    current,
    list_snapshots,
    open_snapshot,
    verify,
    verify_log,
)

__all__ = [
    "Held",
    "InputFile",
    "Listed",
    "Manifest",
    "MartFile",
    "NoSnapshotError",
    "Packed",
    "Provenance",
    "Snapshot",
    "StoredFile",
    "current",
    "describe",
    "gates",
    "list_snapshots",
    "lock",
    "open_snapshot",
    "publish",
    "rollback",
    "taken_over",
    "verify",
    "verify_log",
]
