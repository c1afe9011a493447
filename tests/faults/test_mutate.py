"""Mutations are small, are Python, and stand where they say; survivors that are known still exist."""

import ast
import importlib.util
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).with_name("mutate.py")
_SPEC = importlib.util.spec_from_file_location("mutate", SCRIPT)
mutate = importlib.util.module_from_spec(_SPEC)
sys.modules["mutate"] = mutate
_SPEC.loader.exec_module(mutate)

CASES = {
    "a < b": "(a <= b)",
    "a not in b": "(a in b)",
    "a - b": "(a + b)",
    "a += b": "a -= b",
    "a and b": "(a or b)",
    "not a": "(a)",
    "a if b else c": "(c if b else a)",
    "True": "(False)",
    "high = max(a, b)": "high = (min(a, b))",
    "call(a)": "pass",
}


def mutated(text, monkeypatch, tmp_path):
    (tmp_path / "file.py").write_text(text, encoding="utf-8")
    monkeypatch.setattr(mutate, "ROOT", tmp_path)
    return list(mutate.mutations("file.py"))


@pytest.mark.parametrize(("old", "new"), CASES.items())
def test_each_kind_of_mutation(old, new, monkeypatch, tmp_path):
    found = mutated(f"if ready:\n    é = '×'; {old}\n", monkeypatch, tmp_path)
    assert [mutation.planted(f"if ready:\n    é = '×'; {old}\n") for mutation in found] == [
        f"if ready:\n    é = '×'; {new}\n"
    ]
    assert [mutation.line for mutation in found] == [2]


@pytest.mark.parametrize(
    "text",
    [
        '"""A docstring."""',
        "def f(a: Literal[1]) -> Literal[2]: ...",
        "if TYPE_CHECKING:\n    a = 1 + 2",
        "assert a < b",
        'f"{a + 1}"',
        "a < b < c",
    ],
)
def test_what_no_run_could_notice_stays(text, monkeypatch, tmp_path):
    assert mutated(text, monkeypatch, tmp_path) == []


def test_every_mutation_of_the_package_is_python():
    for mutation in mutate.drawn(60, 7, "archcalc/expectations/"):
        source = (mutate.ROOT / mutation.file).read_text(encoding="utf-8")
        assert ast.dump(ast.parse(mutation.planted(source))) != ast.dump(ast.parse(source)), mutation


def test_a_draw_is_the_same_for_the_same_seed():
    drawn = mutate.drawn(9, 3, "archcalc/expectations/")
    assert drawn == mutate.drawn(9, 3, "archcalc/expectations/")
    assert all(mutation.file.startswith("archcalc/expectations/") for mutation in drawn)


def test_known_survivors_are_mutations_of_today():
    files = {key.partition(":")[0] for key in mutate.known_survivors()}
    today = {mutation.key for file in files for mutation in mutate.mutations(file)}
    assert mutate.known_survivors().keys() <= today
    assert all(mutate.known_survivors().values())
