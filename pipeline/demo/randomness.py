"""Random numbers that depend on the seed and on what they are for, never on the order of work."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float64]
BoolArray = npt.NDArray[np.bool_]


def stream(seed: int, *keys: str | int) -> np.random.Generator:
    """Return the generator of one purpose, such as ("settlements", "410200", 202501)."""
    words = [zlib.crc32(str(key).encode()) for key in keys]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def split(total: int, weights: Sequence[float] | FloatArray) -> list[int]:
    """Split a whole number by weights, exactly: the largest remainders get the odd ones."""
    parts = np.asarray(weights, dtype=np.float64)
    exact = total * parts / parts.sum() if parts.sum() > 0 else np.zeros(len(parts))
    floors = np.floor(exact + 1e-9).astype(np.int64)
    order = np.argsort(-(exact - floors), kind="stable")
    floors[order[: total - int(floors.sum())]] += 1
    return [int(part) for part in floors]


def choose(rng: np.random.Generator, weights: Sequence[float] | FloatArray, size: int) -> IntArray:
    """Draw positions with the given weights."""
    cumulative = np.cumsum(np.asarray(weights, dtype=np.float64))
    drawn: Any = np.searchsorted(cumulative / cumulative[-1], rng.random(size), side="right")
    positions: IntArray = np.minimum(drawn, len(cumulative) - 1).astype(np.int64)
    return positions
