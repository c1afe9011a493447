"""What holds of the source as a whole: nothing too long to read at once, and one meaning a name."""

import ast
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "archcalc"
FILES = sorted(PACKAGE.rglob("*.py"))
FUNCTION_LIMIT, FILE_LIMIT = 50, 300
"""Lines."""


@pytest.fixture(scope="module")
def trees():
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in FILES}


def test_no_file_is_long():
    lengths = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in FILES}
    assert not {name: lines for name, lines in lengths.items() if lines > FILE_LIMIT}


def test_no_function_is_long(trees):
    functions = (node for tree in trees.values() for node in ast.walk(tree))
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1}"
        for node in functions
        if isinstance(node, ast.FunctionDef) and node.end_lineno - node.lineno >= FUNCTION_LIMIT
    ]
    assert not long


def module_of(path):
    """What a file is imported as."""
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(tree, modules):
    """The modules of ours that a file imports when it runs, inside functions too."""
    typing = [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
    ]
    skipped = {id(each) for node in typing for line in node.body for each in ast.walk(line)}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and id(node) not in skipped:
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in modules else node.module
        elif isinstance(node, ast.Import) and id(node) not in skipped:
            yield from (alias.name for alias in node.names)


def test_no_import_leads_back(trees):
    """Modules that import nothing which is left are taken away, until none is left, or a cycle."""
    modules = {module_of(path) for path in trees}
    left = {module_of(path): {*imported(tree, modules)} & modules for path, tree in trees.items()}
    while ends := [name for name, needed in left.items() if not needed & left.keys() - {name}]:
        for name in ends:
            del left[name]
    assert not left


def test_the_name_of_a_type_has_one_meaning(trees):
    places = defaultdict(set)
    for path, tree in trees.items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].add(path.relative_to(PACKAGE).as_posix())
    assert not {name: found for name, found in places.items() if len(found) > 1}


def test_what_an_option_takes_is_read_from_a_table(trees):
    calls = (node for tree in trees.values() for node in ast.walk(tree) if isinstance(node, ast.Call))
    listed = [
        ast.unparse(call)
        for call in calls
        if ast.unparse(call.func) in ("click.Choice", "Dtype")
        and any(isinstance(node, ast.Constant) for node in ast.walk(call))
    ]
    assert not listed


def test_import_contracts_know_every_module():
    """A contract that lists who may not import something lists all but those that may."""
    text = (PACKAGE.parent / "pyproject.toml").read_text(encoding="utf-8")
    layers, *forbidden = tomllib.loads(text)["tool"]["importlinter"]["contracts"]
    inside = {
        path.stem for path in PACKAGE.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()
    }
    inside = {f"archcalc.{name}" for name in inside if not name.startswith("__")}
    assert {name for row in layers["layers"] for name in row.split(" | ")} == inside
    assert inside - set(forbidden[0]["source_modules"]) == {"archcalc.forward"}
    assert inside - set(forbidden[1]["source_modules"]) == {"archcalc.cli"}
