"""Kernels against PyTorch, value by value: tests/data/record_torch_values.py says what was recorded."""

import json
from pathlib import Path

import numpy as np
import pytest

from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Run
from archcalc.layers import LAYERS, Composite, layer_class

DATA = Path(__file__).parent.parent / "data" / "torch_values.jsonl"
ALL = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
ROWS = [row for row in ALL if "not_recorded" not in row]
LEARNED_NOT = ("running_mean", "running_var")
BLOCK = 2


class Recorded(Run):
    """A run that hands out recorded tensors; `left` are those that nobody has asked for yet."""

    def __init__(self, tensors, **options):
        super().__init__(np.random.default_rng(0), **options)
        self.left = dict(tensors)

    def handed(self, name, shape):
        tensor = self.left.pop(name)
        assert tensor.shape == shape
        return tensor

    def draw(self, name, shape, **_):
        assert name not in LEARNED_NOT
        return self.handed(name, shape)

    def buffer(self, name, shape, **_):
        assert name in LEARNED_NOT
        return self.handed(name, shape)

    def blocks(self, name, shape, **_):
        tensor = self.handed(name, shape)
        for start in range(0, len(tensor), BLOCK):
            yield slice(start, min(start + BLOCK, len(tensor))), tensor[start : start + BLOCK]


class Spare(Recorded):
    """One whose kernels may write over their first input."""

    def __init__(self, tensors):
        super().__init__(tensors, spare=True)


class Cramped(Recorded):
    """One whose kernels hold few values at a time."""

    working_values = 1

    def bands(self, positions, patch, least=1):
        return super().bands(positions, patch, 1)


RUNS = (Recorded, Spare, Cramped)


def array(recorded):
    shape, values = recorded
    return np.array(values, np.float32).reshape(shape)


def tuples(value):
    return tuple(map(tuples, value)) if isinstance(value, list) else value


def parts_of(row):
    """The primitive layers of a row, each with its kind and what the names of its tensors begin with."""
    layer = layer_class(row["kind"])(**{name: tuples(value) for name, value in row["settings"].items()})
    if isinstance(layer, Composite):
        return [(f"{part.name}/", part.kind, part.layer) for part in layer.parts()]
    return [("", row["kind"], layer)]


def computed(row, run_class):
    """What the kernels make of the inputs of a row, with its tensors."""
    volumes = [array(recorded) for recorded in row["inputs"]]
    tensors = {name: array(recorded) for name, recorded in row["tensors"].items()}
    for prefix, kind, layer in parts_of(row):
        own = {
            name.removeprefix(prefix): tensor for name, tensor in tensors.items() if name.startswith(prefix)
        }
        run = run_class(own)
        volumes = [KERNELS[kind](layer, volumes, run)]
        assert not run.left
    return volumes[0]


def predicted(row):
    """The shapes of the output and of the tensors, by the rules."""
    shapes, tensors = tuple(tuple(shape) for shape, _ in row["inputs"]), {}
    for prefix, _, layer in parts_of(row):
        own = layer.parameter_shapes(shapes) | layer.buffer_shapes(shapes)
        tensors |= {f"{prefix}{name}": shape for name, shape in own.items()}
        shapes = (layer.output_shape(shapes),)
    return shapes[0], tensors


def rows(kind):
    return [row for row in ROWS if row["kind"] == kind]


@pytest.mark.parametrize("kind", LAYERS)
def test_rules_say_the_recorded_shapes(kind):
    for row in rows(kind):
        shape, tensors = predicted(row)
        assert list(shape) == row["output"][0], f"step 1: `output_shape` of {kind}: {row['settings']}"
        assert tensors == {name: tuple(own) for name, (own, _) in row["tensors"].items()}, row["settings"]


@pytest.mark.parametrize("run_class", RUNS, ids=lambda each: each.__name__.lower())
@pytest.mark.parametrize("kind", LAYERS)
def test_kernels_compute_the_recorded_values(kind, run_class):
    for row in rows(kind):
        output, expected, tolerance = computed(row, run_class), array(row["output"]), row["tolerance"]
        assert output.dtype == np.float32
        assert output.shape == expected.shape, row["settings"]
        apart = np.abs(output.astype(np.float64) - np.array(row["output"][1]).reshape(output.shape))
        right = (apart <= tolerance * (1 + np.abs(expected))).all()
        assert right, f"step 3: the kernel of {kind} is {apart.max()} off: {row['settings']}"


def test_the_data_is_whole():
    assert len(ROWS) >= 300
    exact = [row for row in ROWS if row["tolerance"] == 0]
    assert len(exact) >= 200
    assert {row["tolerance"] for row in ROWS} == {0, 1e-6}
    for row in exact:
        values = np.array([*row["output"][1], *row["inputs"][0][1]])
        assert (abs(values) < 2**20).all()
        assert (values * 32 == np.round(values * 32)).all(), "small, and float32 holds it"


def test_windows_are_recorded_with_every_setting():
    seen = {(row["kind"], name, str(value)) for row in ROWS for name, value in row["settings"].items()}
    for mode in ("zeros", "reflect", "replicate", "circular"):
        assert ("conv", "padding_mode", mode) in seen
        assert ("pad", "mode", mode) in seen
    for word in ("valid", "same", "same_upper", "same_lower"):
        assert ("conv", "padding", word) in seen
    for kind in ("maxpool", "avgpool"):
        assert {
            (kind, "ceil_mode", "True"),
            (kind, "padding", "same_upper"),
            (kind, "padding", "same_lower"),
        } <= seen
    assert {("conv", "groups", "2"), ("conv", "groups", "3"), ("conv_transpose", "groups", "2")} <= seen
    for kind in ("conv", "depthwise", "separable", "conv_transpose", "maxpool"):
        own = {(name, value) for each, name, value in seen if each == kind}
        for name in ("kernel_size", "stride", "dilation"):
            assert any(key == name and value.startswith("[") for key, value in own), "rectangular"
