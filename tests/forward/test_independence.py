"""The kernels know the settings of a layer and nothing of its rules."""

import ast
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import archcalc.forward
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Run
from archcalc.frozen import field_values
from archcalc.layers import LAYERS, Composite, layer_class
from archcalc.layers.settings import required_settings

CLASSES = {kind: layer_class(kind) for kind in LAYERS}
PRIMITIVES = {kind for kind, layer in CLASSES.items() if not issubclass(layer, Composite)}
SETTINGS = {name for layer in CLASSES.values() for name in layer.FIELDS}
RULES = {name for layer in CLASSES.values() for name in dir(layer) if not name.startswith("_")}
TRAITS = {"begins_sequence", "ends_sequence", "chooses", "leaves_gaps", "mixes_positions", "upsamples"}
"""What a kind is, told to those who compare dependence with rules; no shape or count follows from it."""
RULES -= (
    SETTINGS | TRAITS | {"border_mode"}
)  # it says what `padding_mode` does, for kinds without that setting too

SOURCES = sorted(Path(archcalc.forward.__path__[0]).rglob("*.py"))
READERS = ("verify.py", "verification.py", "fields.py")
"""They read an Analysis, where the rules were applied, beside what the kernels did."""

VOLUME = (6, 11, 7)
EXAMPLES = {
    "conv": ({"filters": 4, "kernel_size": (2, 3), "groups": 2, "padding": "same_upper"}, [VOLUME]),
    "conv1d": ({"filters": 4, "kernel_size": 3, "stride": 2, "padding": 1}, [(3, 11)]),
    "depthwise": ({"kernel_size": 3, "multiplier": 2}, [VOLUME]),
    "conv_transpose": ({"filters": 4, "kernel_size": 3, "stride": 2, "output_padding": 1}, [VOLUME]),
    "maxpool": ({"kernel_size": 3, "stride": 2, "ceil_mode": True}, [VOLUME]),
    "maxpool1d": ({"kernel_size": 2}, [(3, 11)]),
    "avgpool": ({"kernel_size": 3, "padding": 1, "count_include_pad": False}, [VOLUME]),
    "avgpool1d": ({"kernel_size": 2}, [(3, 11)]),
    "adaptive_avgpool": ({"output_size": (3, None)}, [VOLUME]),
    "fc": ({"units": 5}, [(7,)]),
    "pad": ({"padding": ((1, -2), (0, 3)), "channels": (1, 2)}, [VOLUME]),
    "tokens": ({}, [VOLUME]),
    "volume": ({"height": 3, "width": 4}, [(12, 5)]),
    **dict.fromkeys(("class_token", "position_embedding"), ({}, [(12, 5)])),
    "attention": ({"heads": 3}, [(11, 12)]),
    "select": ({"channels": (4, 0, 1)}, [VOLUME]),
    "subsample": ({"stride": (2, 3)}, [VOLUME]),
    "channel_shuffle": ({"groups": 3}, [VOLUME]),
    "scale": ({"bias": True}, [VOLUME]),
    "interpolate": ({"scale_factor": 1.7, "mode": "bilinear"}, [VOLUME]),
    "layernorm": ({"over": "channels"}, [VOLUME]),
    "prelu": ({"num_parameters": 6}, [VOLUME]),
    **dict.fromkeys(("add", "concat"), ({}, [VOLUME, VOLUME])),
    "multiply": ({}, [VOLUME, (6, 1, 1)]),
}
"""Settings and input shapes of kinds; of those left out, what is required is 2, and the input a volume."""


def example(kind):
    """Settings and input shapes of a kind."""
    return EXAMPLES.get(kind, (dict.fromkeys(required_settings(CLASSES[kind]), 2), [VOLUME]))


def test_every_kind_has_a_kernel():
    assert set(KERNELS) == PRIMITIVES


@pytest.mark.parametrize("kind", sorted(PRIMITIVES))
def test_kernels_run_on_settings_alone_and_agree_with_the_rules(kind):
    settings, shapes = example(kind)
    layer = CLASSES[kind](**settings)
    bare = SimpleNamespace(**field_values(layer))
    random = np.random.default_rng(0)
    run = Run(random)
    output = KERNELS[kind](bare, [Run(random).drawn(shape) for shape in shapes], run)
    inputs = tuple(shapes)
    assert output.dtype == np.float32
    assert output.shape == layer.output_shape(inputs)
    assert run.parameters == layer.parameter_shapes(inputs)
    assert run.buffers == layer.buffer_shapes(inputs)
    assert run.products == layer.macs(inputs)


@pytest.mark.parametrize("kind", sorted(PRIMITIVES))
def test_kernels_leave_their_inputs_alone(kind):
    settings, shapes = example(kind)
    random = np.random.default_rng(0)
    inputs = [Run(random).drawn(shape) for shape in shapes]
    before = [x.copy() for x in inputs]
    KERNELS[kind](CLASSES[kind](**settings), inputs, Run(random))
    assert all(map(np.array_equal, inputs, before))


def test_the_rules_are_known_by_name():
    assert {"output_shape", "parameter_shapes", "macs", "window", "filter_count", "sides"} <= RULES


@pytest.mark.parametrize("source", SOURCES, ids=lambda path: path.name)
def test_no_source_imports_or_asks_a_rule(source):
    tree = ast.parse(source.read_text(encoding="utf-8"))
    typing_only = {
        id(node) for block in ast.walk(tree) if is_type_checking(block) for node in ast.walk(block)
    }
    for node in ast.walk(tree):
        modules = imported(node)
        assert not any(name.startswith(("archcalc.window", "archcalc.layers.windowed")) for name in modules)
        if id(node) not in typing_only:
            assert not any(name.startswith("archcalc.layers") for name in modules)
        if isinstance(node, ast.Attribute) and source.name not in READERS:
            assert node.attr not in RULES, f"line {node.lineno}"
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Attribute):
            assert node.value.attr != "layer" or node.attr in TRAITS, f"line {node.lineno}"


def is_type_checking(node):
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def imported(node):
    if isinstance(node, ast.ImportFrom):
        return [f"{node.module}.{alias.name}" for alias in node.names]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
