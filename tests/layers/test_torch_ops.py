"""Shapes, parameters and MACs of single layers against PyTorch, which executed every row of the data."""

import json
import re
from pathlib import Path

import pytest

from archcalc import analyze, loads
from archcalc.analysis.quantities import QUANTITIES
from archcalc.errors import ShapeError

DATA = Path(__file__).parent.parent / "data" / "torch_ops.jsonl"
ROWS = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]

KINDS = {
    "Conv2d": (271, 46),
    "Conv1d": (110, 14),
    "ConvTranspose2d": (166, 62),
    "MaxPool2d": (177, 67),
    "MaxPool1d": (86, 13),
    "AvgPool2d": (168, 71),
    "AdaptiveAvgPool2d": (112, 0),
    "Linear": (103, 5),
    "ZeroPad2d": (124, 1),
    "ReflectionPad2d": (108, 10),
    "Upsample": (102, 0),
}
"""The kinds that archcalc has: how many configurations PyTorch executed, and how many it refused."""


def spec_of(row):
    """The row as a spec, in PyTorch's own spellings where archcalc reads them."""
    kind, settings = row["kind"], dict(row["args"])
    if kind in ("ZeroPad2d", "ReflectionPad2d"):
        settings["padding"] = dict(zip(("left", "right", "top", "bottom"), settings["padding"], strict=True))
    if kind == "ReflectionPad2d":
        kind, settings["padding_mode"] = "padding", "reflect"
    names = {1: ("features",), 2: ("channels", "length"), 3: ("channels", "height", "width")}
    sizes = row["in_shape"][1:]
    return {"input": dict(zip(names[len(sizes)], sizes, strict=True)), "layers": [{kind: settings}]}


def network_of(row):
    return loads(json.dumps(spec_of(row)))


def counted(row):
    """What archcalc says of a row, in the row's words; the recorded MACs are those of the whole batch."""
    analysis = analyze(network_of(row))
    (facts,) = analysis.facts
    batch = row["in_shape"][0]

    return {
        "out_shape": [batch, *facts.output_shape],
        "weights": QUANTITIES["weights"].of(facts, analysis),
        "biases": QUANTITIES["biases"].of(facts, analysis),
        "macs": facts.macs * batch,
    }


def refusal(row):
    """The sentence with which archcalc refuses a row, or None."""
    (node,) = network_of(row).nodes
    try:
        node.layer.output_shape((tuple(row["in_shape"][1:]),))
    except ShapeError as error:
        return error.message
    return None


def is_sentence(text):
    """Several words, and the numbers that clash or the word that has no meaning here."""
    return text is not None and len(text.split()) >= 5 and re.search(r"\d", text) is not None


def rows(kind, *, refused):
    """The rows of a kind that PyTorch refused or executed, those with an empty output left out."""
    mine = [row for row in ROWS if row["kind"] == kind and not is_empty(row)]
    return [row for row in mine if ("error" in row) is refused]


def is_empty(row):
    """Whether PyTorch executed the row without computing anything."""
    return 0 in row.get("out_shape", ())


@pytest.mark.parametrize("kind", KINDS)
def test_data_is_whole(kind):
    assert (len(rows(kind, refused=False)), len(rows(kind, refused=True))) == KINDS[kind]


@pytest.mark.parametrize("kind", KINDS)
def test_executed(kind):
    wrong = []
    for row in rows(kind, refused=False):
        found = counted(row)
        if found != {key: row[key] for key in found}:
            wrong.append((row, found))
    assert wrong == []


@pytest.mark.parametrize("kind", [kind for kind, (_, refused) in KINDS.items() if refused])
def test_refused(kind):
    sentences = [(row, refusal(row)) for row in rows(kind, refused=True)]
    assert [(row, text) for row, text in sentences if not is_sentence(text)] == []


def test_empty_outputs_are_refused():
    """Where archcalc rightly differs: PyTorch lets a transposed convolution write 0 rows without a word."""
    empty = [row for row in ROWS if row["kind"] in KINDS and is_empty(row)]
    assert [(row["kind"], row["out_shape"]) for row in empty] == [
        ("ConvTranspose2d", [2, 1, 0, 0]),
        ("ConvTranspose2d", [2, 48, 0, 34]),
    ]
    assert [refusal(row) for row in empty] == [
        "the output's height would be 0: (1 − 1)·1 − 4 + 4 + 0",
        "the output's height would be 0: (2 − 1)·2 − 6 + 4 + 0",
    ]
