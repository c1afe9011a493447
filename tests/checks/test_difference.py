"""Edits of specs, and what is said to have changed: exactly the edit."""

from random import Random

import pytest

from archcalc import analyze, load, loads
from archcalc.checks.difference import difference
from archcalc.checks.record import records

HEAD = "input: {channels: 3, height: 64, width: 64}\nlayers:\n"
ADDED = ("lrn", "softplus", "conv: {filters: 13, kernel_size: 1}", "avgpool: {kernel_size: 1}", "prelu")
"""Layers that no random spec has."""


def compared(old, new):
    """The difference of two specs in YAML, or of two built-in networks by name."""
    both = (loads(spec) if "\n" in spec else load(spec) for spec in (old, new))
    return difference(*(records(analyze(network)) for network in both))


def spec(layers):
    return HEAD + "".join(f"  - {layer}\n" for layer in layers)


def told(found):
    """What is said to have changed, by (change, old name, new name); not what only follows from it."""
    said = [(p.change, p.old and p.old.name, p.new and p.new.name) for p in found.pairs]
    return [each for each in said if each[0] in ("changed", "inserted", "removed")]


def random_layers(random, names):
    """Layers that leave room for any edit, with names of their own or those that they get."""
    layers = []
    for number in range(random.randint(3, 24)):
        name = f"name: {random.choice('abc')}{number}" if names else ""
        convolution = f"filters: {random.choice((4, 8))}, kernel_size: {random.choice((1, 3))}, padding: 1"
        kind, settings = random.choice(
            [("conv", convolution), ("relu", ""), ("batchnorm", ""), ("gelu", ""), ("dropout", "p: 0.5")]
        )
        given = ", ".join(filter(None, (name, settings)))
        layers.append(f"{kind}: {{{given}}}" if given else kind)
    return layers


def default_names(layers):
    """What layers without names are called."""
    kinds = [layer.split(":")[0] for layer in layers]
    return [f"{kind}{kinds[: number + 1].count(kind)}" for number, kind in enumerate(kinds)]


def own_names(layers):
    return [layer.partition("name: ")[2].split(",")[0].strip("}") for layer in layers]


@pytest.mark.parametrize("seed", range(60))
def test_one_layer_more_is_all_that_is_said(seed):
    random = Random(seed)
    layers = random_layers(random, names=seed % 2)
    place, added = random.randint(0, len(layers)), random.choice(ADDED)
    more = [*layers[:place], added, *layers[place:]]
    found = compared(spec(layers), spec(more))
    name = f"{added.split(':')[0]}1" if seed % 2 else default_names(more)[place]
    assert told(found) == [("inserted", None, name)]
    assert found.pairs[place + 1].change == "inserted"
    assert found.counts()["same"] + found.counts()["follows"] == len(layers)


@pytest.mark.parametrize("seed", range(60))
def test_a_layer_that_is_gone_is_all_that_is_said(seed):
    """One of several equal neighbours is as good as another, unless it has a name."""
    random = Random(seed)
    layers = random_layers(random, names=False)
    gone = random.randrange(len(layers))
    found = compared(spec(layers), spec([*layers[:gone], *layers[gone + 1 :]]))
    first = last = gone
    while first and layers[first - 1] == layers[gone]:
        first -= 1
    while last + 1 < len(layers) and layers[last + 1] == layers[gone]:
        last += 1
    ((change, name, none),) = told(found)
    assert (change, none) == ("removed", None)
    assert name in default_names(layers)[first : last + 1]


@pytest.mark.parametrize("seed", range(60))
def test_the_layer_that_is_gone_is_the_one_of_that_name(seed):
    random = Random(seed)
    layers = random_layers(random, names=True)
    gone = random.randrange(len(layers))
    found = compared(spec(layers), spec([*layers[:gone], *layers[gone + 1 :]]))
    assert told(found) == [("removed", own_names(layers)[gone], None)]
    assert not found.of("renamed")


@pytest.mark.parametrize("seed", range(60))
def test_a_layer_that_changed_is_all_that_is_said(seed):
    random = Random(seed)
    layers = random_layers(random, names=seed % 2)
    place = random.randrange(len(layers))
    layers.insert(place, "conv: {name: edited, filters: 6, kernel_size: 3, padding: 1}")
    new, expected = random.choice(
        [
            ("filters: 7, kernel_size: 3, padding: 1", {"filters": (6, 7)}),
            ("filters: 6, kernel_size: 5, padding: 2", {"kernel_size": (3, 5), "padding": (1, 2)}),
            ("filters: 6, kernel_size: 3, padding: 1, bias: false", {"bias": (True, False)}),
            ("filters: 6, kernel_size: 3, padding: [1, 0]", {"padding": (1, (1, 0))}),
        ]
    )
    edited = [*layers[:place], f"conv: {{name: edited, {new}}}", *layers[place + 1 :]]
    found = compared(spec(layers), spec(edited))
    assert told(found) == [("changed", "edited", "edited")]
    (pair,) = found.of("changed")
    assert {name: (old, now) for name, old, now in pair.changed_traits()} == expected
    assert all(following.record.number > place + 1 for following in found.of("follows"))


@pytest.mark.parametrize("kind", ["gelu", "tanh"])
def test_another_activation_is_a_change_of_kind(kind):
    old = spec(["conv: {filters: 4, kernel_size: 3}", "relu", "maxpool: {kernel_size: 2}"])
    found = compared(old, old.replace("relu", kind))
    assert told(found) == [("changed", "relu1", f"{kind}1")]


def test_kinds_that_do_not_belong_together_are_no_change_of_each_other():
    old = spec(["conv: {filters: 4, kernel_size: 3}", "relu", "maxpool: {kernel_size: 2}"])
    assert told(compared(old, old.replace("relu", "batchnorm"))) == [
        ("removed", "relu1", None),
        ("inserted", None, "batchnorm1"),
    ]


def test_another_kind_by_the_same_name_is_a_change():
    old = spec(["flatten", "fc: {name: classifier, units: 10}"])
    new = spec(["conv: {name: classifier, filters: 10, kernel_size: 1}"])
    assert ("changed", "classifier", "classifier") in told(compared(old, new))


def test_names_decide_between_equal_layers():
    conv = "conv: {{name: {}, filters: 3, kernel_size: 3, padding: 1}}"
    old, new = ([conv.format(name) for name in names] for names in (("a", "b", "c"), ("a", "c")))
    assert told(compared(spec(old), spec(new))) == [("removed", "b", None)]
    assert told(compared(spec(new), spec(old))) == [("inserted", None, "b")]


def test_layers_that_kept_their_names_are_each_other_when_all_are_wider():
    """Taken without names, each convolution is as wide as the one before it was."""
    widths = [8 * 2**n for n in range(8)]
    conv = "conv: {{name: conv{}, filters: {}, kernel_size: 3, padding: 1}}"
    old, new = (
        [line for n, width in enumerate(widths) for line in (conv.format(n, width * by), "relu")]
        for by in (1, 2)
    )
    assert told(compared(spec(old), spec(new))) == [("changed", f"conv{n}", f"conv{n}") for n in range(8)]


def test_a_new_name_is_no_change():
    old = spec(["conv: {filters: 4, kernel_size: 3}", "relu", "gelu"])
    found = compared(old, old.replace("{filters", "{name: stem, filters"))
    assert not told(found)
    (pair,) = found.of("renamed")
    assert (pair.old.name, pair.new.name) == ("conv1", "stem")
    assert found.counts() == {"same": 3}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("maxpool: {kernel_size: 2}", "maxpool: {kernel_size: 2, stride: 2}"),
        ("maxpool: {kernel_size: 2}", "maxpool: {kernel_size: [2, 2], stride: [2, 2]}"),
        (
            "conv: {filters: 4, kernel_size: 3, padding: 1}",
            "conv: {filters: 4, kernel_size: 3, padding: [1, 1]}",
        ),
        (
            "conv: {filters: 4, kernel_size: 3, padding: 1}",
            "conv: {filters: 4, kernel_size: 3, padding: {top: 1, bottom: 1, left: 1, right: 1}}",
        ),
        ("conv: {filters: 4, kernel_size: 3}", "conv: {filters: 4, kernel_size: 3, in_channels: 3}"),
    ],
)
def test_the_same_in_other_words_is_the_same(old, new):
    assert {pair.change for pair in compared(spec([old]), spec([new])).pairs} == {"same"}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("maxpool: {kernel_size: 2}", "maxpool: {kernel_size: 2, stride: 1}"),
        (
            "conv: {filters: 4, kernel_size: 3, padding: [0, 1]}",
            "conv: {filters: 4, kernel_size: 3, padding: {top: 0, bottom: 1, left: 0, right: 1}}",
        ),
        (
            "conv: {filters: 4, kernel_size: 3, padding: 1}",
            "conv: {filters: 4, kernel_size: 3, padding: 1, padding_mode: reflect}",
        ),
        ("dropout: {p: 0.5}", "dropout: {p: 0.4}"),
    ],
)
def test_other_settings_are_a_change_even_where_no_count_moves(old, new):
    assert len(told(compared(spec([old]), spec([new])))) == 1


def test_what_only_follows_is_told_apart():
    layers = ["conv: {filters: 8, kernel_size: 3}", "relu", "conv: {filters: 8, kernel_size: 3}", "flatten"]
    found = compared(spec([*layers, "fc: {units: 10}"]), spec([*layers, "fc: {units: 11}"]))
    assert told(found) == [("changed", "fc1", "fc1")]
    assert not found.of("follows")
    wider = [layers[0].replace("8", "9"), *layers[1:]]
    found = compared(spec([*layers, "fc: {units: 10}"]), spec([*wider, "fc: {units: 10}"]))
    assert told(found) == [("changed", "conv1", "conv1")]
    assert [(pair.new.name, pair.parameters) for pair in found.of("follows")] == [
        ("relu1", 0),
        ("conv2", 9 * 8),
    ]


def test_another_input_is_a_change_of_the_input_alone():
    old = spec(["conv: {filters: 8, kernel_size: 3}", "global_avgpool"])
    found = compared(old, old.replace("height: 64", "height: 65"))
    assert told(found) == [("changed", "input", "input")]
    assert [pair.new.name for pair in found.of("follows")] == ["conv1"]


SKIPPING = [
    "conv: {name: a, filters: 4, kernel_size: 1}",
    "conv: {name: b, filters: 4, kernel_size: 1}",
    "conv: {name: c, filters: 4, kernel_size: 1}",
]


def test_reading_another_layer_is_a_change():
    found = compared(spec([*SKIPPING, "add: {from: [a, c]}"]), spec([*SKIPPING, "add: {from: [b, c]}"]))
    assert told(found) == [("changed", "add1", "add1")]
    (pair,) = found.of("changed")
    assert pair.rewired
    assert not pair.changed_traits()


def test_reading_one_layer_more_is_a_change():
    found = compared(spec([*SKIPPING, "add: {from: [a, c]}"]), spec([*SKIPPING, "add: {from: [a, b, c]}"]))
    assert told(found) == [("changed", "add1", "add1")]


def test_reading_through_a_new_layer_is_none():
    old = spec([*SKIPPING, "add: {from: [a, c]}"])
    new = spec([*SKIPPING, "relu: {name: r, from: a}", "add: {from: [r, c]}"])
    assert told(compared(old, new)) == [("inserted", None, "r")]
    assert told(compared(new, old)) == [("removed", "r", None)]


def test_the_strides_of_resnet_50_moved_from_the_first_to_the_second_convolution():
    found = compared("resnet50-v1", "resnet50")
    expected = [
        (f"{stage}/bottleneck1/{conv}", strides)
        for stage in ("conv3_x", "conv4_x", "conv5_x")
        for conv, strides in (("conv1", (2, 1)), ("conv2", (1, 2)))
    ]
    assert [
        (pair.new.name, (old, new)) for pair in found.of("changed") for _, old, new in pair.changed_traits()
    ] == expected
    assert {name for pair in found.of("changed") for name, *_ in pair.changed_traits()} == {"stride"}
    assert not found.of("inserted", "removed", "renamed")
    assert sum(pair.parameters for pair in found.pairs) == 0
    assert sum(pair.macs for pair in found.pairs) == 4_089_184_256 - 3_857_973_248


def test_three_convolutions_of_vgg_16_are_1_by_1_in_configuration_c():
    found = compared("vgg16", "vgg16c")
    assert told(found) == [("changed", name, name) for name in ("conv3_3", "conv4_3", "conv5_3")]
    for pair in found.of("changed"):
        assert pair.changed_traits() == (("kernel_size", 3, 1), ("padding", 1, 0))
    assert not found.of("follows", "renamed")


@pytest.mark.parametrize(("old", "new"), [("vgg16", "vgg19"), ("vgg19", "vgg16")])
def test_vgg_19_has_three_convolutions_more_each_with_its_activation(old, new):
    found = compared(old, new)
    assert len(told(found)) == 6
    records_ = [pair.record for pair in found.of("inserted", "removed")]
    assert [record.kind for record in records_] == ["conv", "relu"] * 3
    assert [record.name for record in records_[::2]] == ["conv3_4", "conv4_4", "conv5_4"]
    assert [record.number - 1 for record in records_[1::2]] == [record.number for record in records_[::2]]


def test_a_plain_network_is_a_residual_one_without_its_shortcuts():
    found = compared("resnet34", "plain34")
    assert not found.of("changed", "inserted", "follows", "renamed")
    kinds = [pair.old.kind for pair in found.of("removed")]
    assert {kind: kinds.count(kind) for kind in kinds} == {"add": 16, "conv": 3, "batchnorm": 3}


@pytest.mark.parametrize(
    ("old", "new", "more"), [("resnet50", "resnet101", 17), ("resnet101", "resnet152", 17)]
)
def test_deeper_networks_have_whole_blocks_more(old, new, more):
    found = compared(old, new)
    assert not found.of("changed", "removed", "follows", "renamed")
    names = [pair.new.name for pair in found.of("inserted")]
    assert len(names) == 10 * more
    assert len({name.rpartition("/")[0] for name in names}) == more


@pytest.mark.parametrize("name", ["alexnet-grouped", "resnet152", "vgg16c", "lenet5"])
def test_a_network_is_itself(name):
    assert {pair.change for pair in compared(name, name).pairs} == {"same"}


@pytest.mark.parametrize("read", ["left", "right"])
def test_what_read_a_merge_that_went_may_read_any_of_what_it_merged(read):
    branches = "conv: {name: left, filters: 3, kernel_size: 1}", "prelu: {name: right, from: input}"
    end = "concat: {from: [batchnorm1, left, right]}"
    merged = spec([*branches, "add: {from: [left, right]}", "batchnorm", end])
    apart = spec([*branches, f"batchnorm: {{from: {read}}}", end])
    found = compared(merged, apart)
    assert told(found) == [("removed", "add1", None)]


def test_a_layer_that_now_runs_in_training_only_is_changed():
    old = records(analyze(loads(spec(["relu", "tanh"]))))
    new = [*old[:-1], old[-1]._replace(training_only=True)]
    assert told(difference(old, new)) == [("changed", "tanh1", "tanh1")]
