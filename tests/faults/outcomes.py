"""What became of a fault, and the table of all of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """One fault: of what kind, where, what became of it, and what was wrong then."""

    kind: str
    point: str
    result: str
    wrong: tuple[str, ...] = ()


def table(outcomes: Iterable[Outcome], *, needed: dict[str, int]) -> tuple[list[str], bool]:
    """Return a Markdown table and whether everything held.

    `needed` says how many faults of a kind must have struck; `result` starting with a bracket did
    not strike.
    """
    listed = list(outcomes)
    wanted = [kind for kind, number in needed.items() if number]
    kinds = list(dict.fromkeys([*(outcome.kind for outcome in listed), *wanted]))
    lines = ["| fault | points | struck | results | wrong |", "| --- | --- | --- | --- | --- |"]
    held = True
    for kind in kinds:
        own = [outcome for outcome in listed if outcome.kind == kind]
        results = Counter(outcome.result for outcome in own)
        struck = sum(not outcome.result.startswith("(") for outcome in own)
        wrong = [outcome for outcome in own if outcome.wrong]
        shown = ", ".join(f"{count} {result}" for result, count in sorted(results.items()))
        enough = struck >= needed.get(kind, 1)
        lines.append(f"| {kind} | {len(own)} | {struck} | {shown} | {len(wrong)} |")
        held = held and not wrong and enough
        if not enough:
            lines.append(f"\n{kind}: only {struck} struck, {needed[kind]} needed\n")
    for outcome in listed:
        lines += [f"{outcome.kind} {outcome.point}: {text}" for text in outcome.wrong]
    return lines, held
