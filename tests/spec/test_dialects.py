"""Words of one framework get what they mean there: each row of Keras's own figures, and what only renames."""

import json
from math import prod
from pathlib import Path

import numpy as np
import pytest

from archcalc import analyze, loads
from archcalc.errors import SpecError
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Run
from archcalc.forward.verify import verify
from archcalc.layers import layer_class
from archcalc.layers.aliases import KIND_ALIASES
from archcalc.layers.dialects import DIALECTS, spelt
from archcalc.layers.settings import required_settings

ROWS = [
    json.loads(line)
    for line in (Path(__file__).parent.parent / "data/keras_layers.jsonl").read_text().splitlines()
]
NAMES = ("features",), ("channels", "length"), ("channels", "height", "width")


class Ones(Run):
    """A run in which every parameter is 1."""

    def draw(self, name, shape, **level):
        super().draw(name, shape, **level)
        return np.ones(shape, np.float32)


def layer_of(word, settings, shape=(6, 9, 8)):
    names = NAMES[len(shape) - 1]
    inputs = {"from": ["input", "input"]} if layer_class(KIND_ALIASES.get(word, word)).merges else {}
    spec = {"input": dict(zip(names, shape, strict=True)), "layers": [{word: {**settings, **inputs}}]}
    return loads(json.dumps(spec))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row['word']} {row['settings']}")
def test_keras_makes_the_same_of_its_words(row):
    analysis = analyze(layer_of(row["word"], row["settings"], row["input"]))
    assert list(analysis.facts[-1].output_shape) == row["output"]
    for which, counted in (("parameter_shapes", "trainable"), ("buffer_shapes", "others")):
        assert sum(prod(s) for f in analysis.facts for s in getattr(f, which).values()) == row[counted]
    if "values" in row and not ("output_padding" in row["settings"] and "same" in row["settings"].values()):
        x = np.ones(row["input"], np.float32)
        for facts in analysis.facts:
            x = KERNELS[facts.node.kind](facts.node.layer, [x], Ones(np.random.default_rng(0)))
        np.testing.assert_allclose(x[0], np.float32(row["values"]), rtol=1e-5)


def test_rows_are_of_words_that_set_more_and_of_some_that_do_not():
    assert len(ROWS) > 150
    keras = {word for word, dialect in DIALECTS.items() if dialect.tool == "Keras"}
    recorded = {row["word"] for row in ROWS}
    alike = [DIALECTS[word] for word in keras & recorded]
    assert not [word for word in keras if DIALECTS[word] not in alike]


def outcome(word, settings):
    try:
        return [(node.kind, node.layer) for node in layer_of(word, settings).nodes]
    except SpecError as error:
        return [problem.message for problem in error.problems]


GIVEN = {"filters": 6, "kernel_size": 2, "units": 4, "groups": 2, "heads": 3, "size": 3, "output_size": 3}
MORE = {"stride": 3, "padding": "same", "momentum": 0.25}
MORE = MORE | {"alpha": 0.5}


def tried(kind):
    """Settings with which a word that does not only rename differs from its kind."""
    known = layer_class(kind).FIELDS
    required = {name: GIVEN[name] for name in required_settings(layer_class(kind)) if name in GIVEN}
    yield {}
    yield required
    for names in (("padding",), ("padding", "stride"), ("momentum",), ("alpha",)):
        yield required | {name: MORE[name] for name in names if name in known}


@pytest.mark.parametrize("word", KIND_ALIASES)
def test_a_word_only_renames_unless_the_table_says_more(word):
    kind = KIND_ALIASES[word]
    alike = [outcome(word, settings) == outcome(kind, settings) for settings in tried(kind)]
    assert all(alike) == (word not in DIALECTS)


@pytest.mark.parametrize(
    ("word", "settings", "kind", "same"),
    [
        ("Dense", {"units": 4, "over": None}, "fc", {"units": 4}),
        ("MaxPooling2D", {"pool_size": 3}, "maxpool", {"kernel_size": 3}),
        ("MaxPooling2D", {"padding": "same", "strides": 1}, "maxpool",
         {"kernel_size": 2, "stride": 1, "padding": "same"}),
        ("Conv2D", {"filters": 2, "kernel_size": 3, "padding": "SAME"}, "conv",
         {"filters": 2, "kernel_size": 3, "padding": "same"}),
        ("AvgPool2D", {"padding": "same", "count_include_pad": True}, "avgpool",
         {"kernel_size": 2, "padding": "same_upper"}),
        ("BatchNormalization", {"momentum": 0.9}, "batchnorm",
         {"momentum": 0.1, "eps": 0.001, "over": "channels_last"}),
        ("Conv2DTranspose", {"filters": 2, "kernel_size": [1, 3], "strides": [3, 2]}, "conv_transpose",
         {"filters": 2, "kernel_size": [1, 3], "stride": [3, 2], "output_padding": [2, 0]}),
        ("LocalResponseNorm", {"size": 5}, "lrn", {"size": 5, "k": 1.0, "alpha": 0.00002}),
    ],
)  # fmt: skip
def test_what_a_word_sets(word, settings, kind, same):
    assert outcome(word, settings) == outcome(kind, same)


@pytest.mark.parametrize(
    ("layers", "parameters", "output"),
    [
        ("[tokens, Dense: {units: 4}]", 6 * 4 + 4, (20, 4)),
        ("[Dense: {units: 4}]", 6 * 4 + 4, (4, 20)),
        ("[Conv1D: {filters: 8, kernel_size: 5}, Dense: {units: 4}]", 6 * 5 * 8 + 8 + 8 * 4 + 4, (4, 16)),
        ("[Dense: {units: 1}, Dense: {units: 4}]", 7 + 8, (4, 20)),
        ("[tokens, BatchNormalization: {scale: false}]", 6, (20, 6)),
        ("[tokens, batchnorm]", 40, (20, 6)),
        ("[tokens, LayerNormalization: {center: false}]", 6, (20, 6)),
        ("[LayerNormalization]", 12, (6, 20)),
        ("[tokens, MultiHeadAttention: {num_heads: 3, key_dim: 2}]", 4 * 6 * 7, (20, 6)),
        ("[global_avgpool, Dense: {units: 4}]", 28, (4,)),
        ("[tokens: {name: t}, Dense: {units: 4}, Concatenate: {from: [t, fc1]}]", 28, (20, 10)),
        ("[tokens: {name: t}, Dense: {units: 6}, concat: {from: [t, fc1]}]", 42, (40, 6)),
        ("[Dense: {units: 4}, Concatenate: {from: [input, fc1]}]", 28, (10, 20)),
    ],
)
def test_features_stand_last_under_names_of_keras(layers, parameters, output):
    analysis = analyze(loads(f"input: {{channels: 6, length: 20}}\nlayers: {layers}"))
    assert sum(prod(s) for facts in analysis.facts for s in facts.parameter_shapes.values()) == parameters
    assert analysis.facts[-1].output_shape == output
    assert verify(analysis).agrees


@pytest.mark.parametrize(
    ("layer", "message", "hint"),
    [
        ("Dense: {units: 4}", "a fully connected layer needs a vector, got 6 channels of 9×8",
         "write `over: channels` to map the 6 channels of each position, as Keras; or put `flatten`"),
        ("LayerNorm: {normalized_shape: 6}", "declares normalized_shape 6, but normalises [6, 9, 8] together",
         "write `over: channels`"),
        ("LayerNorm: {normalized_shape: [9, 8]}", "declares normalized_shape [9, 8], but", "leave"),
        ("Conv2DTranspose: {filters: 1, kernel_size: 3, padding: same_lower}", "has no one meaning",
         "write `same_upper` for an output of the input times the stride"),
        ("conv_transpose: {filters: 1, kernel_size: 3, stride: 2, padding: same_upper, output_padding: 1}",
         "has no output_padding", "write the padding in numbers"),
    ],
)  # fmt: skip
def test_what_has_two_readings_is_refused_with_both(layer, message, hint):
    with pytest.raises(SpecError) as caught:
        analyze(loads(f"input: {{channels: 6, height: 9, width: 8}}\nlayers: [{layer}]"))
    (problem,) = caught.value.problems
    assert message in problem.message
    assert hint in problem.hint


def test_a_key_dim_that_differs_is_refused():
    with pytest.raises(SpecError, match="which is 12 together, but its input has 6 features"):
        analyze(loads("input: {channels: 6, length: 4}\nlayers: [tokens, attention: {heads: 3, key_dim: 4}]"))
    analyze(loads("input: {channels: 6, length: 4}\nlayers: [tokens, layernorm: {normalized_shape: 6}]"))


def test_a_line_keeps_the_word_where_that_says_more():
    assert spelt("tf.keras.layers.Dense", "fc", {"units": 3}) == "Dense"
    assert spelt("Conv2D", "conv", {"filters": 3, "kernel_size": 1, "padding": "same"}) == "conv"
    assert spelt("AveragePooling2D", "avgpool", {"kernel_size": 3, "padding": "SAME"}) == "AveragePooling2D"
    assert spelt("Linear", "fc", {"units": "…"}) == "fc"
    assert spelt("Conv2DTranspose", "conv_transpose", {"kernel_size": "…", "stride": 2}) == "conv_transpose"
