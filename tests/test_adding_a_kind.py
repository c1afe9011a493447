"""Whoever adds a kind and leaves out a step of CONTRIBUTING.md is told which one."""

import json
import re
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import pytest

import archcalc.layers
from archcalc.forward.kernels import KERNELS
from archcalc.layers import LAYERS, Composite, Layer, layer_class
from archcalc.layers.aliases import KIND_ALIASES

ROOT = Path(__file__).parent.parent
DATA = ROOT / "tests" / "data"


def recorded(name):
    """How each kind is recorded: a row with figures, or one that says why there are none."""
    rows = [json.loads(line) for line in (DATA / name).read_text(encoding="utf-8").splitlines()]
    return {row["kind"] for row in rows if row.get("not_recorded", "a row with figures").strip()}


def page(name):
    return (ROOT / "docs" / name).read_text(encoding="utf-8")


PLACES = {
    "catalogue": set(LAYERS),
    "kernels": set(KERNELS),
    "values": recorded("torch_values.jsonl"),
    "saved": recorded("saved_for_backward.jsonl"),
    "sections": set(re.findall(r"^### (\w+)$", page("kinds.md"), re.MULTILINE)),
    "spellings": set(re.findall(r"`(\w+)`", page("spec.md").partition("## Other spellings")[2])),
}
"""What has been done for which kinds, by where it is done."""


def classes():
    """Every class that a module of a family declares as a kind, by `module.name`."""
    for module in iter_modules(archcalc.layers.__path__):
        family = import_module(f"archcalc.layers.{module.name}")
        for name, cls in vars(family).items():
            own = isinstance(cls, type) and issubclass(cls, Layer) and cls.__module__ == family.__name__
            if own and "\nexample:" in (vars(cls).get("__doc__") or "").replace("    ", ""):
                yield f"{module.name}.{name}"


def left_out(kind, cls, **changed):
    """The steps of "Add a layer kind" that were left out for a kind, in words."""
    places = PLACES | changed
    whole = not issubclass(cls, Composite)
    spellings = {alias for alias, of in KIND_ALIASES.items() if of == kind}
    steps = (
        (
            kind not in places["catalogue"],
            f"step 2: {kind} has no line in LAYERS, archcalc/layers/__init__.py",
        ),
        (
            not spellings <= places["spellings"],
            f"steps 2 and 6: other spellings of {kind} are not in docs/spec.md; run `make docs`",
        ),
        (
            whole and kind not in places["kernels"],
            f"step 3: {kind} has no kernel in KERNELS, archcalc/forward/kernels/__init__.py",
        ),
        (
            kind not in places["values"],
            f"step 5: {kind} is not in tests/data/torch_values.jsonl, nor a row that says why not",
        ),
        (
            whole and kind not in places["saved"],
            f"step 5: {kind} is not in tests/data/saved_for_backward.jsonl, nor a row that says why not",
        ),
        (kind not in places["sections"], f"step 6: {kind} has no section in docs/kinds.md; run `make docs`"),
    )
    return [words for missing, words in steps if missing]


@pytest.mark.parametrize("kind", LAYERS)
def test_no_step_was_left_out(kind):
    assert left_out(kind, layer_class(kind)) == []


def test_every_class_of_a_kind_is_in_the_catalogue():
    absent = set(classes()) - set(LAYERS.values())
    assert not absent, f"step 2: no line in LAYERS, archcalc/layers/__init__.py, for {', '.join(absent)}"


@pytest.mark.parametrize(
    ("place", "step"),
    [
        ("catalogue", "step 2: groupnorm has no line in LAYERS"),
        ("spellings", "steps 2 and 6: other spellings of groupnorm"),
        ("kernels", "step 3: groupnorm has no kernel"),
        ("values", "step 5: groupnorm is not in tests/data/torch_values.jsonl"),
        ("saved", "step 5: groupnorm is not in tests/data/saved_for_backward.jsonl"),
        ("sections", "step 6: groupnorm has no section"),
    ],
)
def test_a_step_left_out_is_named(place, step):
    (words,) = left_out("groupnorm", layer_class("groupnorm"), **{place: set()})
    assert words.startswith(step)


def test_contributing_has_the_steps_that_are_named():
    section = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("## Add a layer kind")[2]
    steps = re.findall(r"^(\d)\. ", section.partition("\n## ")[0], re.MULTILINE)
    assert steps == list("123456")
    for number, word in enumerate(("saved", "LAYERS", "kernels", "loop", "not_recorded", "make docs"), 1):
        assert word in re.split(r"^\d\. ", section, flags=re.MULTILINE)[number]
