"""Nothing but the gate decides: no other module compares limits or makes up a verdict."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
SCREEN = sorted([*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "pages").rglob("*.py")])
LIMITS = {"lower", "upper", "prior_lower", "prior_upper", "lower_limit", "upper_limit"}
LIMITS |= {f"{side}_{level}" for side in ("lower", "upper") for level in ("95", "998")}
# Only the gate may say these of data; the screen looks up words, colours and shapes by them.
SAID = {"improved", "worsened", "advanced", "receded"}


def names(node: ast.AST) -> set[str]:
    """Return the names, attributes and keys that an expression reads."""
    found = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            found.add(part.id)
        elif isinstance(part, ast.Attribute):
            found.add(part.attr)
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            found.add(part.value)
    return found


def limit_comparisons(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that hold an interval's or chart's limit against something."""
    order = (ast.Lt, ast.LtE, ast.Gt, ast.GtE)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Compare) or not any(isinstance(o, order) for o in node.ops):
            continue
        if any(names(side) & LIMITS for side in (node.left, *node.comparators)):
            yield node.lineno


def verdicts_made(tree: ast.AST) -> Iterator[int]:
    """Yield the lines that return, assign or pass a verdict as a value of their own."""
    for node in ast.walk(tree):
        values: list[ast.expr | None] = []
        if isinstance(node, ast.Return | ast.Assign | ast.AnnAssign | ast.keyword):
            values = [node.value]
        if any(isinstance(v, ast.Constant) and v.value in SAID for v in values):
            yield node.lineno


def parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", SCREEN, ids=lambda p: str(p.relative_to(ROOT)))
def test_a_screen_module_decides_nothing(path: Path) -> None:
    tree = parsed(path)
    assert list(limit_comparisons(tree)) == []
    assert list(verdicts_made(tree)) == []


@pytest.mark.parametrize(
    "source",
    [
        "if reading.lower <= reference <= reading.upper: pass",
        "frame.filter(pl.col('upper') < reference)",
        "worse = row['lower'] > other",
    ],
)
def test_a_comparison_of_limits_would_be_found(source: str) -> None:
    assert list(limit_comparisons(ast.parse(source))) == [1]


@pytest.mark.parametrize(
    "source",
    ["verdict = 'improved'", "Change(verdict='worsened')", "def f():\n    return 'advanced'"],
)
def test_a_verdict_of_ones_own_would_be_found(source: str) -> None:
    assert len(list(verdicts_made(ast.parse(source)))) == 1


def test_drawing_limits_is_no_decision() -> None:
    drawing = "if row['lower'] is not None and upper is None: draw(row['lower'] * factor)"
    assert list(limit_comparisons(ast.parse(drawing))) == []
