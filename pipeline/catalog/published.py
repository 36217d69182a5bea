"""Load what the published figures are compared with: published.toml beside this module."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from pipeline.catalog import HERE, catalogue, read_toml, strict
from pipeline.errors import CatalogueError


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """How to compute a published figure from counters.

    numerator / denominator × scale; several counters of one side are added. With `start` it is a
    window of a flow, else a stock on `on`. `elsewhere` and `listed` name the cause of a known
    difference, which is then computed: the same figure under another area, or the sum of other
    counters that the same text lists.
    """

    fact_id: str
    numerator: tuple[str, ...]
    denominator: tuple[str, ...] = ()
    area_code: str | None = None
    scale: float = 1.0
    on: date | None = None
    start: date | None = None
    end: date | None = None
    elsewhere: str | None = None
    listed: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Published:
    """All comparisons, and what is missing for the figures that have none, by topic."""

    comparisons: dict[str, Comparison]
    needs: dict[str, str]
    missing: dict[str, str]


def load_published(path: Path = HERE / "published.toml") -> Published:
    """Load and check the comparisons.

    Raises:
        CatalogueError: an unknown key or counter, a fact named twice, a window without an end.
    """
    block = read_toml(path)
    found = [strict(Comparison, c, where=path.name) for c in block.get("compare", [])]
    by_id = {c.fact_id: c for c in found}
    if len(by_id) != len(found):
        raise CatalogueError(f"{path.name}中有公布数据编号重复，请合并后重试。")
    for comparison in found:
        _check(comparison, where=path.name)
    return Published(
        comparisons=by_id, needs=dict(block["needs"]), missing=dict(block.get("missing", {}))
    )


def _check(comparison: Comparison, *, where: str) -> None:
    used = (*comparison.numerator, *comparison.denominator, *comparison.listed)
    unknown = sorted(set(used) - set(catalogue().counters))
    if unknown:
        raise CatalogueError(f"{where}中{comparison.fact_id}用到未声明的计数{unknown}。")
    is_window = comparison.start is not None and comparison.end is not None
    is_stock = comparison.on is not None and comparison.start is None and comparison.end is None
    if not is_window and not is_stock:
        raise CatalogueError(f"{where}中{comparison.fact_id}应写日期on，或起止start与end。")
    kinds = {catalogue().counters[c].kind for c in used}
    if kinds != ({"flow"} if is_window else {"stock"}):
        raise CatalogueError(f"{where}中{comparison.fact_id}的计数与日期的写法不符。")


@cache
def published() -> Published:
    """Return the committed comparisons, loaded once."""
    return load_published()
