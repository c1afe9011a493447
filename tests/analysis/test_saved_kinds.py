"""What each kind keeps for its backward pass against PyTorch's autograd, which kept every row of the data."""

import json
from math import prod
from pathlib import Path

import pytest

from archcalc import analyze, loads
from archcalc.analysis.memory.saved import last_readers
from archcalc.frozen import replace
from archcalc.layers import LAYERS, Composite, layer_class

DATA = Path(__file__).parent.parent / "data" / "saved_for_backward.jsonl"
ALL = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
ROWS = [row for row in ALL if "not_recorded" not in row]
UNRECORDED = {row["kind"] for row in ALL if "not_recorded" in row}
BATCH = 2
WIDTHS = {"value": 4, "statistic": 4, "index": 8, "mask": 4}
"""Bytes in float32 on a CPU, where the data were recorded."""
SIDES = {1: ("features",), 2: ("channels", "length"), 3: ("channels", "height", "width")}
DOZEN = 12


def layer_of(row):
    if layer_class(row["kind"]).merges:
        return layer_class(row["kind"])()
    (shape,) = row["inputs"]
    sizes = dict(zip(SIDES[len(shape)], shape, strict=True))
    return loads(json.dumps({"input": sizes, "layers": [{row["kind"]: row["settings"]}]})).nodes[0].layer


def predicted(row):
    """The row's bytes by the kind's rule; where input and output are one memory, that once."""
    layer, inputs = layer_of(row), tuple(map(tuple, row["inputs"]))
    output = layer.output_shape(inputs)
    one_memory = row["in_place"] or layer.is_view()
    sums = {}
    kernel = "fused" if row.get("fused") else "unfused"
    for kept in layer.saved(inputs):
        if kept.kernel not in ("", kernel):
            continue
        if kept.of is None:
            size = prod(kept.shape) * WIDTHS[kept.width] * (BATCH if kept.per_example else 1)
            sums["own"] = sums.get("own", 0) + size
        elif kept.of == "output" or (kept.of == "overwritten" and row["in_place"]):
            sums["memory of both" if one_memory else "output"] = 4 * BATCH * prod(output)
        elif row["in_place"]:
            sums["own"] = 4 * BATCH * prod(inputs[0])
        else:
            number = 0 if kept.of == "overwritten" else kept.of
            sums[f"input {number}"] = 4 * BATCH * prod(inputs[number])
    return sums


def test_a_row_is_not_two():
    assert len({json.dumps(row) for row in ROWS}) > len(ROWS) / 2


@pytest.mark.parametrize("kind", LAYERS)
def test_every_kind_has_its_rule_in_words(kind):
    assert "\n    backward: " in layer_class(kind).__doc__


PLAIN = [kind for kind in LAYERS if kind != "attention" and not issubclass(layer_class(kind), Composite)]


@pytest.mark.parametrize("kind", PLAIN)
def test_as_autograd_keeps(kind):
    rows = [row for row in ROWS if row["kind"] == kind]
    assert len(rows) >= DOZEN or kind in UNRECORDED
    for row in rows:
        assert predicted(row) == row["kept"], f"step 1: `saved` of {kind} is not as recorded: {row}"


def test_attention_keeps_as_much():
    """PyTorch's module keeps a copy of the input, batch second, and not the input itself."""
    rows = [row for row in ROWS if row["kind"] == "attention"]
    assert sorted(row["fused"] for row in rows) == [False] * DOZEN + [True] * DOZEN
    for row in rows:
        assert sum(predicted(row).values()) == sum(row["kept"].values()), row


def test_what_nobody_reads_is_last_read_where_it_is_written():
    layers = "[relu: {name: a}, relu: {name: b, from: input}]"
    network = loads(f"input: {{features: 3}}\nlayers: {layers}\noutputs: [a, b]")
    unread = replace(network, outputs={"a": 1})
    assert last_readers(analyze(network)) == [1, 2, 2]
    assert last_readers(analyze(unread)) == [1, 2, 1]
    two = replace(network, inputs={"x": (3,), "y": (3,)}, nodes=network.nodes[:1], outputs={"a": 2})
    assert last_readers(analyze(two)) == [0, -1, 1]
