"""Show what the gate claims of pure noise and of a real shift, beside what is usually drawn.

Pure noise: 200 areas of 2 000 to 200 000 people share one rate, and every week is drawn anew; each
of 52 weekly overviews looks back 106 weeks. Whatever an overview says of an area, over time or
against the whole, is false. Shift: one area of the 200 moves by three sigma and stays; is it called
within three weeks? Beside the gate: the naive arrow (this week above or below the last) and XmR
rules without a guard over all areas. Material differences are set to zero: chance alone is judged.

Run: .venv/bin/python -m bench.claims [--worlds 20] [--shifts 400] [--seed 1]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt
import polars as pl

from pipeline.methods.claims import area_tests, decide, weekly_tests
from pipeline.methods.spc import with_process_limits

AREAS, OVERVIEWS, HISTORY, WITHIN, SIGMAS, SHARE = 200, 52, 106, 3, 3.0, 0.3
KEYS = ("week", "area_code")
Counts = npt.NDArray[np.int64]


def noise(random: np.random.Generator, weeks: int) -> tuple[Counts, Counts]:
    """Return counts (area × week) around one rate, and the sizes of the areas."""
    sizes = np.exp(random.uniform(np.log(2_000), np.log(200_000), AREAS)).astype(np.int64)
    return random.binomial(sizes[:, None], SHARE, (AREAS, weeks)), sizes


def overviews(counts: Counts, sizes: Counts, weeks: int) -> pl.LazyFrame:
    """Return the rows that each of the last `weeks` overviews looks back on: one per area, week."""
    parts = []
    areas = np.repeat(np.arange(AREAS), HISTORY)
    for week in range(weeks):
        seen = counts[:, week : week + HISTORY]
        rows = {"area_code": areas, "numerator": seen.ravel(), "denominator": sizes[areas]}
        order = pl.Series("week_ending", np.tile(np.arange(HISTORY), AREAS))
        parts.append(pl.LazyFrame(rows).with_columns(order, week=pl.lit(week)))
    return pl.concat(parts).with_columns(
        value=pl.col("numerator") / pl.col("denominator"), status=pl.lit("final")
    )


def gate(rows: pl.LazyFrame) -> pl.DataFrame:
    """Return the areas of which each overview claims anything, by kind."""
    newest = rows.filter(pl.col("week_ending") == HISTORY - 1)
    wholes = newest.group_by("week").agg(
        other_numerator=pl.col("numerator").sum(), other_denominator=pl.col("denominator").sum()
    )
    against = newest.join(wholes, on="week").with_columns(other_status=pl.lit("final"))
    tests = [weekly_tests(rows, by=KEYS), area_tests(against)]
    family = pl.concat([t.select(*KEYS, "kind", "difference", "p_value") for t in tests])
    return (
        decide(
            family.with_columns(
                family=pl.col("week"),
                material_difference=pl.lit(0.0),
                polarity=pl.lit("higher_is_better"),
            )
        )
        .filter(pl.col("direction").is_not_null())
        .select(*KEYS, "kind")
        .unique()
        .collect()
    )


def unguarded_xmr(rows: pl.LazyFrame) -> pl.DataFrame:
    """Return the areas whose newest week any XmR rule marks, by overview."""
    limits = with_process_limits(rows, order="week_ending", by=list(KEYS), improvement="neutral")
    is_marked = (pl.col("week_ending") == HISTORY - 1) & pl.col("special_cause").is_not_null()
    return limits.filter(is_marked).select(*KEYS).collect()


def naive_arrow(rows: pl.LazyFrame) -> pl.DataFrame:
    """Return the areas whose newest week differs from the one before, by overview."""
    last_two = rows.filter(pl.col("week_ending") >= HISTORY - 2)
    moved = last_two.group_by(*KEYS).agg(moved=pl.col("value").n_unique() > 1)
    return moved.filter("moved").select(*KEYS).collect()


Rule = Callable[[pl.LazyFrame], pl.DataFrame]
RULES: dict[str, Rule] = {"gate": gate, "unguarded XmR": unguarded_xmr, "naive arrow": naive_arrow}


def false_claims(
    seed: int, worlds: int, *, weeks: int = OVERVIEWS
) -> dict[str, tuple[float, float]]:
    """Return, by rule, the share of overviews with any false claim, and areas marked in one."""
    random = np.random.default_rng(seed)
    found = dict.fromkeys(RULES, (0, 0))
    for _ in range(worlds):
        rows = overviews(*noise(random, HISTORY + weeks - 1), weeks)
        for name, rule in RULES.items():
            claims = rule(rows)
            bad, areas = found[name]
            found[name] = (
                bad + claims["week"].n_unique(),
                areas + claims.select(*KEYS).n_unique(),
            )
    total = worlds * weeks
    return {name: (bad / total, areas / total) for name, (bad, areas) in found.items()}


def shifts_called(
    seed: int, repeats: int, *, rules: Mapping[str, Rule] = RULES
) -> dict[str, float]:
    """Return, by rule, how often one area that shifts by three sigma is marked in three weeks."""
    random = np.random.default_rng(seed)
    called = dict.fromkeys(rules, 0)
    for _ in range(repeats):
        counts, sizes = noise(random, HISTORY + WITHIN - 1)
        sigma = np.sqrt(sizes[0] * SHARE * (1 - SHARE))
        counts[0, -WITHIN:] += np.int64(np.rint(SIGMAS * sigma))
        rows = overviews(counts, sizes, WITHIN)
        for name, rule in rules.items():
            claims = rule(rows)
            if "kind" in claims.columns:
                claims = claims.filter(pl.col("kind") == "change")
            called[name] += int((claims["area_code"] == 0).any())
    return {name: n / repeats for name, n in called.items()}


def main() -> None:
    """Print one line a rule."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worlds", type=int, default=20)
    parser.add_argument("--shifts", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    noise_found = false_claims(chosen.seed, chosen.worlds)
    shift_found = shifts_called(chosen.seed + 1, chosen.shifts)
    print(f"{chosen.worlds * OVERVIEWS} overviews of noise, {chosen.shifts} shifts")
    for name, (share, areas) in noise_found.items():
        print(
            f"{name:14} any false claim {share:6.1%}  areas marked {areas:6.1f}  "
            f"shift called {shift_found[name]:6.1%}"
        )


if __name__ == "__main__":
    main()
