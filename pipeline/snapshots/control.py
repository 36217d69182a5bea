"""Control totals: sums that must agree between ledger and marts, taken from the written files."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl
import polars.selectors as cs

from pipeline.errors import ContractError
from pipeline.snapshots.drafts import Draft
from pipeline.snapshots.manifest import InputFile

ACCOUNTS = ("rows_read", "accepted", "rejected", "duplicates")
_PARTS = ("numerator", "denominator")


def control_totals(draft: Draft) -> dict[str, dict[str, int]]:
    """Sum every whole-number column of every mart; money is fen."""
    totals = {}
    for name in draft.marts:
        sums = draft.scan(name).select(cs.integer().sum().cast(pl.Int64)).collect()
        totals[name] = sums.row(0, named=True) if sums.width else {}
    return totals


def check_against_ledger(draft: Draft, inputs: Iterable[InputFile]) -> None:
    """Compare the quality mart, source by source, with the accounts of the files.

    What the mart hides of a source (a null) can only be missing there.

    Raises:
        ContractError: rows were lost or counted twice between the ledger and the mart.
    """
    nothing = (0,) * len(ACCOUNTS)
    of_files: dict[str, tuple[int, ...]] = {}
    for entry in inputs:
        own = tuple(getattr(entry, name) for name in ACCOUNTS)
        so_far = of_files.get(entry.source, nothing)
        of_files[entry.source] = tuple(map(sum, zip(so_far, own, strict=True)))
    hides = [pl.col(name).is_null().any().alias(f"{name}_hides") for name in ACCOUNTS]
    sums = draft.scan("data_quality").group_by("source").agg(pl.col(ACCOUNTS).sum(), *hides)
    of_mart = {str(source): tuple(rest) for source, *rest in sums.collect().iter_rows()}
    count, unknown = len(ACCOUNTS), (*nothing, *map(bool, nothing))
    pairs = {
        source: (of_files.get(source, nothing), of_mart.get(source, unknown))
        for source in sorted(of_files.keys() | of_mart.keys())
    }
    wrong = [
        f"{source}（各文件合计{files}，表中{mart[:count]}）"
        for source, (files, mart) in pairs.items()
        if not _agree(files, mart[:count], hides=mart[count:])
    ]
    if wrong:
        raise ContractError(
            f"数据质量表的行数与各文件的账目不符：{'；'.join(wrong[:5])}。"
            "这是程序的缺陷，没有发布，请报告。"
        )


def _agree(files: Sequence[int], mart: Sequence[int], *, hides: Sequence[bool]) -> bool:
    """Say whether sums are equal, or smaller where the mart hides some of them."""
    three = zip(files, mart, hides, strict=True)
    return all(own == of_mart or (hide and of_mart < own) for own, of_mart, hide in three)


def check_parts_of_whole(draft: Draft) -> None:
    """Compare the total of all cities with the sum of the cities, by indicator and month.

    Raises:
        ContractError: the parts do not add up to the whole.
    """
    sums = [pl.col(part).sum() for part in _PARTS]
    known = [pl.col(part).is_not_null().sum().alias(f"{part}_known") for part in _PARTS]
    keys = ["indicator_id", "month"]
    scan = draft.scan("indicator_monthly")
    whole = scan.filter(pl.col("area_level") == "group").select(*keys, *_PARTS)
    cities = (
        scan.filter(pl.col("area_level") == "city")
        .group_by(keys)
        .agg(*sums, *known, cities=pl.len())
    )
    pairs = whole.join(cities, on=keys, suffix="_cities", validate="1:1")
    differs = [
        (pl.col(f"{part}_known") == pl.col("cities"))
        & pl.col(part).ne_missing(pl.col(f"{part}_cities"))
        for part in _PARTS
    ]
    wrong = pairs.filter(pl.any_horizontal(differs)).sort(keys).collect()
    if wrong.height:
        first = wrong.row(0, named=True)
        raise ContractError(
            f"指标 {first['indicator_id']} {first['month']:%Y年%-m月} 各市之和不等于合计，"
            f"共 {wrong.height} 处。这是程序的缺陷，没有发布，请报告。"
        )
