"""The contract that every kind in the catalogue keeps: documentation, an example, and frozen settings."""

from inspect import cleandoc
from textwrap import dedent

import pytest

from archcalc import analyze, loads
from archcalc.layers import LAYERS, Composite, Layer, layer_class
from archcalc.layers.settings import required_settings, settings_of

KINDS = list(LAYERS)


def documentation(kind):
    """(the first paragraph, the other lines) of a kind's docstring."""
    first, _, rest = cleandoc(vars(layer_class(kind))["__doc__"]).partition("\n\n")
    return first, rest.splitlines()


def example(kind):
    """The network of the example in the kind's docstring."""
    _, lines = documentation(kind)
    return loads(dedent("\n".join(lines[lines.index("example:") + 1 :])), f"the example of {kind}")


def parts(kind):
    """The kinds that a kind stands for: itself, or the parts of a composite."""
    cls = layer_class(kind)
    if not issubclass(cls, Composite):
        return {kind}
    return {part.kind for part in cls(**dict.fromkeys(required_settings(cls), 1)).parts()}


@pytest.mark.parametrize("kind", KINDS)
def test_is_a_layer_of_its_own(kind):
    cls = layer_class(kind)
    assert issubclass(cls, Layer)
    assert [other for other in KINDS if layer_class(other) is cls] == [kind]


@pytest.mark.parametrize("kind", KINDS)
def test_begins_with_one_sentence(kind):
    sentence, _ = documentation(kind)
    assert sentence.endswith(".")
    assert sentence[0].isupper()
    assert "\n" not in sentence


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("section", ["output", "source"])
def test_says_what_it_makes_and_where_that_is_written(kind, section):
    _, lines = documentation(kind)
    found = [line for line in lines if line.startswith(f"{section}: ")]
    assert len(found) == 1
    assert len(found[0]) > len(f"{section}: ") + 5


@pytest.mark.parametrize("kind", KINDS)
def test_says_what_it_learns(kind):
    """A `weights:` line where the example has weights, and none elsewhere."""
    _, lines = documentation(kind)
    learns = any(
        facts.parameter_shapes for facts in analyze(example(kind)).facts if facts.node.kind in parts(kind)
    )
    assert any(line.startswith("weights: ") for line in lines) is learns


@pytest.mark.parametrize("kind", KINDS)
def test_example_works(kind):
    network = example(kind)
    assert parts(kind) <= {node.kind for node in network.nodes}
    assert len(analyze(network).facts) == len(network.nodes)


@pytest.mark.parametrize("kind", KINDS)
def test_settings_are_frozen(kind):
    cls = layer_class(kind)
    layer = cls(**dict.fromkeys(required_settings(cls), 1))
    for name in settings_of(cls):
        with pytest.raises(AttributeError):
            setattr(layer, name, 2)
    assert layer == cls(**dict.fromkeys(required_settings(cls), 1))
    assert hash(layer) == hash(cls(**dict.fromkeys(required_settings(cls), 1)))


@pytest.mark.parametrize("kind", KINDS)
def test_settings_say_what_they_need(kind):
    for name, field in settings_of(layer_class(kind)).items():
        assert field.setting.needs, name


def test_layers_of_different_kinds_differ():
    assert layer_class("relu")() != layer_class("sigmoid")()
    assert layer_class("conv")(4, 3) != layer_class("conv1d")(4, 3)


IN_PLACE = {
    "batchnorm", "dropout", "elu", "flatten", "gelu", "hard_sigmoid", "hard_swish", "identity", "leaky_relu",
    "mish", "position_embedding", "prelu", "relu", "relu6", "scale", "selu", "sigmoid", "silu", "softmax",
    "softplus", "stochastic_depth", "tanh", "tokens", "volume",
}  # fmt: skip
CONVOLVES = {"conv", "conv1d", "depthwise", "conv_transpose"}
MERGES = {"add", "multiply", "concat"}


@pytest.mark.parametrize("kind", KINDS)
def test_roles(kind):
    cls = layer_class(kind)
    assert cls.in_place is (kind in IN_PLACE)
    assert cls.convolves is (kind in CONVOLVES)
    assert cls.merges is (kind in MERGES)
