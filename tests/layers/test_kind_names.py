"""Facts about kinds stand in the kinds: what others ask of a layer is a flag or a method of `Layer`.

Only four places may name kinds: the families themselves, the kernels, the tables of other tools, and the
spellings of specs.
"""

import ast
from pathlib import Path

import pytest

import archcalc
from archcalc.layers import LAYERS

PACKAGE = Path(archcalc.__file__).parent
PLACES = ("layers/", "forward/kernels/", "analysis/conventions/", "spec/foreign")
SOURCES = sorted(
    path.relative_to(PACKAGE).as_posix()
    for path in PACKAGE.rglob("*.py")
    if not path.relative_to(PACKAGE).as_posix().startswith(PLACES)
)


def kinds_in(node):
    """The kinds that an expression names."""
    words = (each.value for each in ast.walk(node) if isinstance(each, ast.Constant))
    return {word for word in words if isinstance(word, str) and word in LAYERS}


def compared_kinds(tree):
    """(line, kinds) of each comparison of some `kind` with literals, or of a setting by its name in text."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            sides = [node.left, *node.comparators]
            asks = any(getattr(side, "attr", getattr(side, "id", "")) == "kind" for side in sides)
            named = set().union(*map(kinds_in, sides))
            if asks and named:
                yield node.lineno, named


def tables_of_kinds(tree):
    """(line, kinds) of each constant of a module or class that is a collection of kinds."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and _collects(node.value):
            words = [each for each in ast.walk(node.value) if isinstance(each, ast.Constant)]
            named = kinds_in(node.value)
            if len(named) > 1 and len(named) == len(words):
                yield node.lineno, named


def _collects(node):
    name = getattr(getattr(node, "func", None), "id", "")
    return isinstance(node, (ast.Set, ast.Tuple, ast.List)) or name in ("frozenset", "set", "tuple")


def layer_attributes_by_text(tree):
    """(line, name) of each `getattr(layer, "name", default)`: a setting that only some kinds have."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "getattr" and len(node.args) == 3:
            owner = ast.unparse(node.args[0])
            if owner.endswith("layer") and isinstance(node.args[1], ast.Constant):
                yield node.lineno, {node.args[1].value}


MEND = "make it a flag or a method of Layer (archcalc/layers/base.py), answered by each kind in its family"


@pytest.mark.parametrize("found", [compared_kinds, tables_of_kinds, layer_attributes_by_text])
def test_no_kind_is_asked_for_by_name(found):
    for source in SOURCES:
        tree = ast.parse((PACKAGE / source).read_text(encoding="utf-8"))
        assert list(found(tree)) == [], f"{source}: {MEND}"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("if node.kind == 'conv': pass", compared_kinds),
        ("if kind in ('fc', 'attention'): pass", compared_kinds),
        ("WIDE = frozenset(('relu', 'tanh'))", tables_of_kinds),
        ("a = getattr(node.layer, 'groups', 1)", layer_attributes_by_text),
    ],
)
def test_what_names_a_kind_is_found(text, found):
    assert len(list(found(ast.parse(text)))) == 1
