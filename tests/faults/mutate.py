"""Mutation testing: make small random changes in copies of the checkout, and see which the tests notice.

    python tests/faults/mutate.py [--count 200] [--seed 1] [--jobs 2] [--only archcalc/spec]

First the default tests run once under coverage, which tells for each line the test files that run it.
Then each mutation is planted in a copy, where these files run, the nearest first, until a test fails. A
mutation that no test notices survives. Survivors that change nothing anybody could see (equivalent
mutants) stand with their reasons in survivors.txt, and do not count; of the others at most one in ten
may survive, else the exit code is 1.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from tempfile import TemporaryDirectory
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
KNOWN = Path(__file__).with_name("survivors.txt")
PACKAGES = tuple(
    f"archcalc/{name}" for name in ("analysis", "expectations", "checks", "spec", "report", "forward")
)
SKIPPED = shutil.ignore_patterns(".*", "__pycache__", "dist", "build", "*.egg-info")
PYTEST = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly")
MOST_SURVIVING = 0.1
LONGEST = 300
"""Seconds that the tests of one mutation may take, which may make them loop."""

PASSED, FAILED, NO_TESTS = 0, 1, 5

COMPARISONS: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt, ast.Eq: ast.NotEq, ast.NotEq: ast.Eq,
    ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Is: ast.IsNot, ast.IsNot: ast.Is,
}  # fmt: skip
OPERATORS: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.Add, ast.FloorDiv: ast.Mult, ast.Div: ast.Mult,
    ast.Mod: ast.FloorDiv, ast.Pow: ast.Mult, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
}  # fmt: skip
FUNCTIONS = {"min": "max", "max": "min", "any": "all", "all": "any"}


class Mutation(NamedTuple):
    """A piece of a file's source, by its lines (from 1) and byte offsets, and what stands there instead."""

    file: str
    line: int
    column: int
    end_line: int
    end_column: int
    new: str
    old: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {' '.join(self.old.split())} → {' '.join(self.new.split())}"

    @property
    def key(self) -> str:
        """What survivors.txt calls it: no line number, which any other change would move."""
        return str(self).replace(f":{self.line}:", ":", 1)

    def planted(self, source: str) -> str:
        """The source with the mutation."""
        lines = [line.encode() for line in source.splitlines(keepends=True)]
        before = b"".join(lines[: self.line - 1]) + lines[self.line - 1][: self.column]
        after = lines[self.end_line - 1][self.end_column :] + b"".join(lines[self.end_line :])
        return (before + self.new.encode() + after).decode()


def mutations(file: str) -> Iterator[Mutation]:
    """Every mutation of a source file, in the order of its lines."""
    source = (ROOT / file).read_text(encoding="utf-8")
    for node in _runtime_nodes(ast.parse(source)):
        new = _mutated(node)
        if new is not None and isinstance(node, (ast.expr, ast.stmt)):
            old = ast.get_source_segment(source, node) or ""
            place = (node.lineno, node.col_offset, node.end_lineno or 0, node.end_col_offset or 0)
            yield Mutation(file, *place, f"({new})" if isinstance(node, ast.expr) else new, old)


def _runtime_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes whose change a run could notice: no annotations, asserts, docstrings, f-string parts."""
    yield node
    if isinstance(node, (ast.JoinedStr, ast.Assert)) or _is_static(node):
        return
    for name, value in ast.iter_fields(node):
        if name not in ("annotation", "returns", "type_comment"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST):
                    yield from _runtime_nodes(child)


def _is_static(node: ast.AST) -> bool:
    test = node.test if isinstance(node, ast.If) else None
    return isinstance(test, ast.Name) and test.id == "TYPE_CHECKING"


def _mutated(node: ast.AST) -> str | None:
    """Source that differs from a node's by one small mistake; None where none is tried."""
    mutator = MUTATORS.get(type(node))
    changed = mutator(node) if mutator else None
    return None if changed is None else ast.unparse(ast.fix_missing_locations(changed))


def _comparison(node: ast.Compare) -> ast.AST | None:
    """< for <=, == for != and so on."""
    if len(node.ops) > 1:
        return None
    return ast.Compare(node.left, [COMPARISONS[type(node.ops[0])]()], node.comparators)


def _operation(node: ast.BinOp | ast.AugAssign) -> ast.AST | None:
    """+ for −, // for · and so on."""
    other = OPERATORS.get(type(node.op))
    if other is None:
        return None
    if isinstance(node, ast.AugAssign):
        return ast.AugAssign(node.target, other(), node.value)
    return ast.BinOp(node.left, other(), node.right)


def _connective(node: ast.BoolOp) -> ast.AST:
    return ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)


def _sign(node: ast.UnaryOp) -> ast.AST | None:
    """A `not` or a minus left out."""
    return node.operand if isinstance(node.op, (ast.Not, ast.USub)) else None


def _choice(node: ast.IfExp) -> ast.AST:
    return ast.IfExp(node.test, node.orelse, node.body)


def _constant(node: ast.Constant) -> ast.AST | None:
    """One more, or the other truth; texts are held by goldens."""
    if isinstance(node.value, bool):
        return ast.Constant(not node.value)
    return ast.Constant(node.value + 1) if isinstance(node.value, int) else None


def _function(node: ast.Call) -> ast.AST | None:
    """min for max, any for all."""
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    return ast.Call(ast.Name(FUNCTIONS[name]), node.args, node.keywords) if name in FUNCTIONS else None


def _statement(node: ast.Expr) -> ast.AST | None:
    """A call left out."""
    return ast.Pass() if isinstance(node.value, ast.Call) else None


MUTATORS: dict[type[ast.AST], Callable[..., ast.AST | None]] = {
    ast.Compare: _comparison,
    ast.BinOp: _operation,
    ast.AugAssign: _operation,
    ast.BoolOp: _connective,
    ast.UnaryOp: _sign,
    ast.IfExp: _choice,
    ast.Constant: _constant,
    ast.Call: _function,
    ast.Expr: _statement,
    ast.Continue: lambda _: ast.Break(),
}


def covering(folder: Path) -> dict[str, dict[int, set[str]]]:
    """For each source file and line the test files that run it, from one run of the default tests."""
    settings = folder / "coverage.ini"
    data = folder / "coverage.data"
    settings.write_text(f"[run]\nsource = archcalc\ndata_file = {data}\ndynamic_context = test_function\n")
    command = [
        sys.executable,
        "-m",
        "coverage",
        "run",
        f"--rcfile={settings}",
        *PYTEST,
        "--ignore=tests/faults",
    ]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, encoding="utf-8")
    if run.returncode not in (PASSED, FAILED):  # tests that bound time may fail when they are traced
        raise SystemExit(f"the tests cannot run:\n{run.stdout[-3000:]}{run.stderr[-3000:]}")
    return _lines_of(data)


def _lines_of(data: Path) -> dict[str, dict[int, set[str]]]:
    from coverage import CoverageData

    recorded = CoverageData(str(data))
    recorded.read()
    found: dict[str, dict[int, set[str]]] = {}
    for path in recorded.measured_files():
        lines: dict[int, set[str]] = defaultdict(set)
        for line, contexts in recorded.contexts_by_lineno(path).items():
            lines[line].update(filter(None, map(_test_file, contexts)))
        found[Path(path).relative_to(ROOT).as_posix()] = dict(lines)
    return found


def _test_file(context: str) -> str | None:
    """The file of a test by its dotted name: `tests.spec.test_load.test_it` → tests/spec/test_load.py."""
    parts = context.split(".")
    for end in range(len(parts), 0, -1):
        file = "/".join(parts[:end]) + ".py"
        if (ROOT / file).is_file():
            return file
    return None


def tests_of(mutation: Mutation, lines: dict[str, dict[int, set[str]]]) -> list[str]:
    """The test files that run a mutation's line, those first which are near to it and cheap.

    What runs once, when a module is imported, is run by no test: there all that run the module's lines.
    """
    by_line = lines.get(mutation.file, {})
    found = by_line.get(mutation.line) or set().union(*by_line.values())
    package, stem = mutation.file.split("/")[1], Path(mutation.file).stem

    def distance(test: str) -> tuple[bool, bool, int]:
        return stem not in test, test.split("/")[1] != package, (ROOT / test).stat().st_size

    return sorted(found, key=distance)


def survives(mutation: Mutation, tests: list[str], checkout: Path) -> bool:
    """Whether the tests pass with the mutation planted in a checkout, which is put right afterwards."""
    if not tests:
        return True
    path = checkout / mutation.file
    source, times = path.read_text(encoding="utf-8"), path.stat()
    path.write_text(mutation.planted(source), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(checkout), "PYTHONDONTWRITEBYTECODE": "1"}
    try:
        command = [sys.executable, *PYTEST, "-x", *tests]
        run = subprocess.run(
            command, cwd=checkout, env=environment, capture_output=True, encoding="utf-8", timeout=LONGEST
        )
    except subprocess.TimeoutExpired:
        return False
    finally:
        path.write_text(source, encoding="utf-8")
        os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    return run.returncode in (PASSED, NO_TESTS)


def known_survivors() -> dict[str, str]:
    """Why each equivalent mutant of survivors.txt changes nothing, by its key."""
    lines = KNOWN.read_text(encoding="utf-8").splitlines() if KNOWN.exists() else []
    entries = (line.partition("  # ") for line in lines if line and not line.startswith("#"))
    return {key: why for key, _, why in entries}


def drawn(count: int, seed: int, only: str) -> list[Mutation]:
    """`count` mutations of the packages, drawn with a seed, each site as likely as any other."""
    files = sorted(
        path.relative_to(ROOT).as_posix() for each in PACKAGES for path in (ROOT / each).rglob("*.py")
    )
    sites = [mutation for file in files if file.startswith(only) for mutation in mutations(file)]
    return random.Random(seed).sample(sites, min(count, len(sites)))


def run(
    chosen: list[Mutation], lines: dict[str, dict[int, set[str]]], jobs: int
) -> Iterator[tuple[Mutation, bool]]:
    """Each mutation with whether it survives, as many at a time as there are jobs."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(jobs) as pool:
        free: SimpleQueue[Path] = SimpleQueue()
        for job in range(jobs):
            free.put(Path(shutil.copytree(ROOT, Path(folder) / f"checkout{job}", ignore=SKIPPED)))

        def tried(mutation: Mutation) -> bool:
            checkout = free.get()
            try:
                return survives(mutation, tests_of(mutation, lines), checkout)
            finally:
                free.put(checkout)

        yield from zip(chosen, pool.map(tried, chosen), strict=True)


def main() -> int:
    """Plant mutations, print the survivors, and return 1 when too many survive."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--count", type=int, default=200, help="how many mutations are drawn")
    parser.add_argument("--seed", type=int, default=1, help="of the draw")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="copies tested at a time")
    parser.add_argument("--only", default="archcalc/", help="mutate only files whose path begins so")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        lines = covering(Path(folder))
    equivalent, survivors, noticed = known_survivors(), 0, 0
    for mutation, alive in run(drawn(options.count, options.seed, options.only), lines, options.jobs):
        why = equivalent.get(mutation.key)
        survivors += alive and why is None
        noticed += not alive
        word = "noticed" if not alive else f"equivalent: {why}" if why else "SURVIVES"
        sys.stdout.write(f"{mutation}  {word}\n")
        sys.stdout.flush()
    sys.stdout.write(
        f"{noticed} noticed, {survivors} survive, of {noticed + survivors} that change something\n"
    )
    return int(survivors > MOST_SURVIVING * (noticed + survivors))


if __name__ == "__main__":
    raise SystemExit(main())
