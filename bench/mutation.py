"""Mutation testing of one module: how many of cosmic-ray's mutants do its tests notice?

Outside the suite: cosmic-ray is no requirement of the project. Each mutant runs in a forked child
that already has polars, pytest and hypothesis loaded, which is ten times faster than a process
each. No conftest and no other plugin is loaded, which is another ten times: the tests of a method
need neither. Mutants that differ in annotations, or in which arguments must be named, are left
out: they give the same results.

    pip install cosmic-ray        # beside requirements-dev.txt, in an environment of its own
    python -m bench.mutation pipeline/methods/spc.py tests/methods/test_spc.py
    python -m bench.mutation … --part 2/3       # every third mutant, for a run beside others
"""

from __future__ import annotations

import argparse
import ast
import difflib
import os
import resource
import sys
import types
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import polars.testing  # noqa: F401  (loaded here once, not in every child)
import pytest
from cosmic_ray.mutating import mutate_code
from cosmic_ray.plugins import get_operator, operator_names

ROOT = Path(__file__).parent.parent
KILLED, SURVIVED = 1, 0


class _WithoutAnnotations(ast.NodeTransformer):
    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.returns = None
        return node

    def visit_arguments(self, node: ast.arguments) -> ast.AST:
        # Whether an argument must be named changes no result.
        self.generic_visit(node)
        defaults = [*node.defaults, *(one for one in node.kw_defaults if one is not None)]
        return ast.List([*node.posonlyargs, *node.args, *node.kwonlyargs, *defaults])  # type: ignore[list-item]

    def visit_arg(self, node: ast.arg) -> ast.AST:
        node.annotation = None
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        self.generic_visit(node)
        node.annotation = ast.Constant(value=None)
        return node


def behaviour(code: str) -> str:
    """Return what of a module can behave: its tree without annotations."""
    return ast.dump(_WithoutAnnotations().visit(ast.parse(code)))


def mutants(code: str) -> Iterator[tuple[str, str]]:
    """Yield operator and code of every mutant that differs from all before it."""
    seen = {behaviour(code)}
    for name in operator_names():
        try:
            operator = get_operator(name)()
        except TypeError:  # an operator that must be told what to replace
            continue
        for occurrence in range(10_000):
            mutated = mutate_code(code, operator, occurrence)
            if mutated is None:
                break
            try:
                tree = behaviour(mutated)
            except SyntaxError:
                continue
            if tree not in seen:
                seen.add(tree)
                yield name, mutated


def _run_child(module: Path, code: str, tests: list[str]) -> None:
    """Put the mutant in the module's place and leave with 0 if every test passes."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 1)
    os.dup2(silence, 2)
    try:
        # A counterexample is enough; making it small takes longest of all. No deadline: a busy
        # machine must not kill a mutant.
        hypothesis.settings.register_profile(
            "mutants",
            phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
            database=None,
            deadline=None,
            derandomize=True,
            suppress_health_check=list(hypothesis.HealthCheck),
        )
        hypothesis.settings.load_profile("mutants")
        os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
        name = ".".join(module.with_suffix("").parts)
        mutant = types.ModuleType(name)
        mutant.__file__ = str(module)
        sys.modules[name] = mutant
        # "is" with a literal, as warnings are errors in the suite.
        warnings.simplefilter("error", SyntaxWarning)
        exec(compile(code, str(module), "exec"), mutant.__dict__)  # noqa: S102
        options = ["-x", "-q", "-p", "no:cacheprovider", "--noconftest"]
        os._exit(SURVIVED if pytest.main([*options, *tests]) == 0 else KILLED)
    except BaseException:
        os._exit(KILLED)


def survives(module: Path, code: str, tests: list[str], *, seconds: int) -> bool:
    """Say whether the tests pass with the mutant; an endless one is noticed as well.

    `seconds` are of processor time: a busy machine must not kill a mutant.
    """
    child = os.fork()
    if child == 0:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
        _run_child(module, code, tests)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == SURVIVED


def judged(
    options: argparse.Namespace, code: str, *, part: int, parts: int
) -> Iterator[tuple[str, str, bool]]:
    """Yield operator, code and survival of every mutant of a part, and say how far it is."""
    for index, (name, mutated) in enumerate(mutants(code)):
        if index % parts + 1 == part:
            sys.stderr.write(f"\r{index + 1}")
            alive = survives(options.module, mutated, options.tests, seconds=options.seconds)
            yield name, mutated, alive


def main() -> int:
    """Print every survivor as a diff, and the share of mutants that were noticed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("module", type=Path)
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--seconds", type=int, default=20)
    parser.add_argument("--part", default="1/1")
    options = parser.parse_args()
    os.chdir(ROOT)
    code = options.module.read_text()
    if not survives(options.module, code, options.tests, seconds=options.seconds):
        print("The tests fail without any mutation.")
        return 1
    outcomes: Counter[bool] = Counter()
    part, parts = (int(number) for number in options.part.split("/"))
    for name, mutated, alive in judged(options, code, part=part, parts=parts):
        outcomes[alive] += 1
        if alive:
            print(f"\nSURVIVED {name}")
            lines = difflib.unified_diff(code.splitlines(), mutated.splitlines(), n=0, lineterm="")
            print("\n".join(list(lines)[2:]), flush=True)
    total = outcomes.total()
    print(
        f"\n{options.module}: {outcomes[False]} of {total} killed ({outcomes[False] / total:.1%})"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
