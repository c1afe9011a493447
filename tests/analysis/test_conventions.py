"""What other tools count, against what they were recorded to say."""

import json
from math import prod
from pathlib import Path

import pytest
from sweeps import thinned

from archcalc import analyze, loads
from archcalc.analysis.conventions import CONVENTIONS, EXAMINED, Model, built, derive
from archcalc.analysis.conventions.builds import (
    BIASED,
    BUILDS,
    BY_MEAN,
    FUNCTIONAL,
    FUSED,
    POOLED,
    UNFUSED,
    squeezes,
)
from archcalc.analysis.conventions.ways import WAYS
from archcalc.layers import LAYERS
from archcalc.spec.load import load

DATA = Path(__file__).parent.parent / "data"
PEERS = json.loads((DATA / "peers.json").read_text(encoding="utf-8"))["networks"]
RECORDED = json.loads((DATA / "peer_kinds.json").read_text(encoding="utf-8"))
PUBLISHED = json.loads((DATA / "published.json").read_text(encoding="utf-8"))

FIGURES = {
    ("torchinfo", "params"): "Total params",
    ("torchinfo", "macs"): "Total mult-adds",
    ("torchinfo", "fwd_bytes"): "Forward/backward pass size",
    ("ptflops", "params"): "params",
    ("ptflops", "macs"): "macs",
    ("ptflops-aten", "params"): "params",
    ("ptflops-aten", "macs"): "macs",
    ("thop", "params"): "params",
    ("thop", "macs"): "macs",
    ("fvcore", "macs"): "flops",
    ("fvcore", "acts"): "activations",
    ("calflops", "params"): "params",
    ("calflops", "macs"): "macs",
    ("calflops", "flops"): "flops",
    ("deepspeed", "params"): "params",
    ("deepspeed", "macs"): "fwd MACs",
    ("deepspeed", "flops"): "fwd flops",
    ("flop-counter", "flops"): "total flops",
}
"""What the records call a figure, and what the tool calls it; the same where it is not here."""
TOOLS = {"ptflops_pytorch": "ptflops", "ptflops_aten": "ptflops-aten", "flopcounter": "flop-counter"}
LENET5 = """
input: {channels: 1, height: 32, width: 32}
layers:
  - conv: {filters: 6, kernel_size: 5}
  - relu
  - maxpool: {kernel_size: 2}
  - conv: {filters: 16, kernel_size: 5}
  - relu
  - maxpool: {kernel_size: 2}
  - flatten
  - fc: {units: 120}
  - relu
  - fc: {units: 84}
  - relu
  - fc: {units: 10}
"""


def figure(tool, name):
    (found,) = [figure for figure in CONVENTIONS[tool].figures if figure.name == name]
    return found


def says(tool, name, model):
    return derive(figure(tool, name), model)


def model_of(name):
    """The recorded networks, as torchvision builds them."""
    if name == "lenet5":
        return Model(analyze(loads(LENET5)))
    if name.startswith("vgg16"):
        return POOLED.of(analyze(load("vgg16")))
    if name == "mobilenet_v2":
        return FUNCTIONAL.of(analyze(load("mobilenet_v2")))
    return Model(analyze(load(name)))


def peer_figures():
    for network, tools in PEERS.items():
        for tool, figures in tools.items():
            if isinstance(figures, dict):
                name = TOOLS.get(tool, tool)
                yield from ((network, name, key, value) for key, value in figures.items() if known(name, key))


def known(tool, key):
    return (tool, key) in FIGURES or tool == "torchsummary"


@pytest.mark.parametrize(("network", "tool", "key", "value"), thinned(list(peer_figures()), 3))
def test_the_recorded_totals_of_torchvisions_models(network, tool, key, value):
    model = model_of(network)
    if tool == "torchsummary":
        name = key if key == "Total params" else f"{key} (MB)"
        assert says(tool, name, model).shown.removesuffix(" MB") == value
    else:
        assert says(tool, FIGURES[tool, key], model).total == value


def test_all_recorded_totals_are_there():
    assert len(list(peer_figures())) == 5 * (3 + 3 + 2 + 2 + 2 + 2 + 3 + 1)
    for network in PEERS.values():
        assert {TOOLS.get(tool, tool) for tool in network} - {"true_params"} == {
            tool for tool, _ in FIGURES if tool != "deepspeed"
        } | {"torchsummary"}


STEMS = {
    3: "conv: {filters: 4, kernel_size: 1, bias: false}",
    2: "conv1d: {filters: 4, kernel_size: 1, bias: false}",
    1: "fc: {units: 13, bias: false}",
}
AXES = {3: ("channels", "height", "width"), 2: ("channels", "length"), 1: ("features",)}
BRANCH = "conv: {{name: {}, filters: 6, kernel_size: 1, bias: false, from: input}}"


def single(layer, shape):
    """The network that was recorded for one kind: behind a stem, or merging two branches."""
    sides = ", ".join(f"{name}: {size}" for name, size in zip(AXES[len(shape)], shape, strict=True))
    layers = [STEMS[len(shape)], layer]  # the stem has no bias, and keeps the shape
    if layer in ("add", "multiply", "concat"):
        layers = [BRANCH.format("a"), BRANCH.format("b"), f"{layer}: {{from: [a, b]}}"]
    listed = "".join(f"  - {one}\n" for one in layers)
    return analyze(loads(f"input: {{{sides}}}\nlayers:\n{listed}"))


@pytest.mark.parametrize("row", RECORDED["kinds"], ids=lambda row: f"{row['layer']}-{len(row['input'])}")
def test_every_kind_counts_as_it_was_recorded(row):
    model = Model(single(row["layer"], row["input"]))
    for tool, figures in row["tools"].items():
        check(tool, figures, model, flattens=row["layer"] == "flatten")


def check(tool, figures, model, *, flattens=False):
    for key, value in figures.items():
        if (tool, key) in FIGURES:
            assert says(tool, FIGURES[tool, key], model).total == value, (tool, key)
        elif key == "outputs":
            # the recorded layer is a module; models flatten by a function, as the convention says
            own = prod(model.analysis.facts[-1].output_shape) if flattens else 0
            assert says(tool, "Forward/backward pass size (MB)", model).total == 8 * (value - own)
        elif not flattens:
            name = key if tool == "torchsummary" else key.removesuffix(" (MB)")
            assert says(tool, name, model).shown.removesuffix(" MB") == value, (tool, key)


def test_what_is_recorded_is_what_is_said_to_be():
    recorded = {row["layer"].partition(":")[0] for row in RECORDED["kinds"]}
    assert recorded == EXAMINED
    assert recorded <= set(LAYERS)
    assert all(len(row["tools"]) == 9 for row in RECORDED["kinds"])


NETWORKS = {
    "lenet5": "lenet5",
    "vgg11": "vgg11",
    "vgg16": "vgg16",
    "vgg16, adaptive pool": "vgg16 (torchvision)",
    "resnet18": "resnet18",
    "resnet34": "resnet34",
    "resnet50": "resnet50",
    "mobilenet_v2, functional pool": "mobilenet_v2",
}


@pytest.mark.parametrize("name", RECORDED["networks"])
def test_the_recorded_totals_of_networks_of_the_zoo(name):
    own = name in ("lenet5", "vgg16")
    model = Model(analyze(load(name))) if own else model_of(NETWORKS[name])
    assert len(RECORDED["networks"][name]) == 9
    for tool, figures in RECORDED["networks"][name].items():
        check(tool, figures, model)


@pytest.mark.parametrize("name", RECORDED["keras"])
def test_keras(name):
    model = Model(analyze(load(name)))
    for key, (count, size) in RECORDED["keras"][name].items():
        assert says("keras", f"{key} params", model).shown == count
        assert says("keras", f"{key} params, size", model).shown == size


def test_keras_has_biases_in_front_of_batch_normalisation():
    model = BIASED.of(analyze(load("resnet50")))
    for key, count in PUBLISHED["keras"]["resnet50"].items():
        assert says("keras", key, model).total == count


@pytest.mark.parametrize("name", PUBLISHED["torchvision"])
def test_torchvisions_tables(name):
    model = Model(analyze(load(name)))
    for key, shown in PUBLISHED["torchvision"][name].items():
        assert says("torchvision", key, model).shown == shown


@pytest.mark.parametrize(("name", "gmacs"), PUBLISHED["timm, squeeze-and-excitation"].items())
def test_timms_tables_of_squeeze_and_excitation(name, gmacs):
    assert says("timm", "gmacs", Model(analyze(load(name)))).shown == gmacs


@pytest.mark.parametrize(("name", "figures"), PUBLISHED["fvcore on timm"]["networks"].items())
def test_fvcore_on_timms_own_models(name, figures):
    model = Model(analyze(load(name)))
    assert [says("timm", key, model).total for key in ("gmacs", "macts")] == figures


def test_timms_tables_of_attention():
    analysis = analyze(load("vit_b_16"))
    models = {"unfused": Model(analysis), "fused": FUSED.of(analysis)}
    for kernel, figures in PUBLISHED["timm, vit_b_16"].items():
        assert [says("timm", key, models[kernel]).shown for key in ("gmacs", "macts")] == figures


@pytest.mark.parametrize(("name", "side", "gmacs", "macts", "params"), PUBLISHED["timm"])
def test_timms_tables(name, side, gmacs, macts, params):
    model = Model(analyze(load(name).with_input((3, side, side))))
    shown = [says("timm", key, model).shown for key in ("gmacs", "macts", "param_count")]
    assert shown == [gmacs, macts, params]


SQUEEZING = """
input: {channels: 48, height: 640, width: 640}
layers:
  - conv: {name: body, filters: 48, kernel_size: 1, bias: false}
  - global_avgpool
  - conv: {filters: 12, kernel_size: 1}
  - relu
  - conv: {filters: 48, kernel_size: 1}
  - sigmoid: {name: g}
  - multiply: {from: [body, g]}
"""


def test_pools_of_squeeze_and_excitation_are_means_in_timm():
    model = Model(analyze(loads(SQUEEZING)))
    assert says("fvcore", "flops", model).total == 943_719_552 + 48 * 640 * 640
    assert says("timm", "gmacs", model).total == 943_719_552
    assert says("fvcore", "flops", BY_MEAN.of(model.analysis)).total == 943_719_552


def test_the_pool_in_front_of_a_classifier_is_no_squeeze():
    tail = "  - global_avgpool: {name: last}\n  - fc: {units: 5}\n"
    analysis = analyze(loads(SQUEEZING + tail))
    assert squeezes(analysis) == {"global_avgpool1"}
    assert says("timm", "gmacs", Model(analysis)).total == 943_719_552 + 48 * 640 * 640 + 5 * 48
    assert BY_MEAN.of(analyze(load("resnet18"))) is None


@pytest.mark.parametrize(
    ("layer", "flops", "activations"),
    [
        ("conv: {filters: 64, kernel_size: 9, padding: same, groups: 64}", 0, 0),
        ("conv: {filters: 64, kernel_size: 9, padding: valid, groups: 64}", 0, 0),
        ("conv: {filters: 64, kernel_size: 9, padding: 4, groups: 64}", 1_327_104, 16_384),
        (
            "conv: {filters: 64, kernel_size: 9, padding: same, padding_mode: reflect, groups: 64}",
            1_327_104,
            16_384,
        ),
    ],
)
def test_fvcore_sees_no_convolution_that_is_padded_by_a_word(layer, flops, activations):
    """Recorded with fvcore 0.1.5 and PyTorch 2.13.0."""
    model = Model(analyze(loads(f"input: {{channels: 64, height: 16, width: 16}}\nlayers: [{layer}]")))
    assert says("fvcore", "flops", model).total == flops
    assert says("fvcore", "activations", model).total == activations


@pytest.mark.parametrize("bias", ["true", "false"])
def test_fvcore_on_multi_head_attention(bias):
    """Recorded with fvcore 0.1.5 and PyTorch 2.13.0: nn.MultiheadAttention without and with its weights."""
    attention = f"attention: {{heads: 4, bias: {bias}}}"
    analysis = analyze(loads(f"input: {{channels: 64, length: 49}}\nlayers: [tokens, {attention}]"))
    for model, figures in ((Model(analysis), (802_816, 12_544)), (UNFUSED.of(analysis), (1_110_144, 25_284))):
        assert (says("fvcore", "flops", model).total, says("fvcore", "activations", model).total) == figures


def test_darknet():
    vgg16 = Model(analyze(load("vgg16")))
    assert says("darknet", "Floating Point Operations", vgg16).shown == PUBLISHED["darknet"]["vgg16"]
    for filters, kernel, side, depth, shown in PUBLISHED["darknet"]["layers"]:
        conv = f"conv: {{filters: {filters}, kernel_size: {kernel}, padding: {kernel // 2}}}"
        model = Model(
            analyze(loads(f"input: {{channels: {depth}, height: {side}, width: {side}}}\nlayers: [{conv}]"))
        )
        for tool, name in (("darknet", "Floating Point Operations"), ("darknet-alexeyab", "Total BFLOPS")):
            assert f"{says(tool, name, model).total / 1e9:.3f}" == shown


def test_the_rows_of_the_course():
    analysis = analyze(load("vgg16"))
    memory = [prod(analysis.network.input_shape)]
    memory += [prod(facts.output_shape) for facts in analysis.facts if not facts.node.layer.in_place]
    listed = PUBLISHED["cs231n"]["rows"]
    units = {"K": 1000, "M": 1_000_000}
    assert len(memory) == len(listed)
    for exact, row in zip(memory, listed, strict=True):
        assert exact == pytest.approx(float(row.rstrip("KM")) * units.get(row[-1], 1), rel=0.011)
    assert says("cs231n", "memory", Model(analysis)).total == sum(memory)
    assert says("cs231n", "params", Model(analysis)).shown == "138,344,128"


@pytest.mark.parametrize("name", ["vgg16", "resnet50", "mobilenet_v2", "alexnet-torchvision", "densenet121"])
def test_derivations_add_up(name):
    analysis = analyze(load(name))
    for model in (Model(analysis), *built(BUILDS, analysis).values()):
        for convention in (WAYS, *CONVENTIONS.values()):
            for one in convention.figures:
                found = derive(one, model)
                times = prod(factor.times for factor in one.factors)
                assert found.total == times * sum(amount for _, amount in found.terms)


def test_the_figures_of_a_tool_have_names_of_their_own():
    for convention in (WAYS, *CONVENTIONS.values()):
        names = [one.name for one in convention.figures]
        assert len(names) == len(set(names))


def test_a_model_with_a_pool_computes_the_same():
    analysis = analyze(load("vgg16"))
    pooled = POOLED.of(analysis).analysis
    assert [facts.node.kind for facts in pooled.facts].count("adaptive_avgpool") == 1
    assert [facts.output_shape for facts in pooled.facts if facts.node.kind != "adaptive_avgpool"] == [
        facts.output_shape for facts in analysis.facts
    ]
    assert sum(facts.macs for facts in pooled.facts) == sum(facts.macs for facts in analysis.facts)
    assert pooled.network.outputs == {"output": len(pooled.facts)} or len(pooled.network.outputs) == 1


def test_a_pool_moves_only_what_stands_behind_it():
    spec = """
    input: {channels: 2, height: 4, width: 4}
    layers:
      - conv: {name: a, filters: 2, kernel_size: 1}
      - flatten: {from: a}
      - fc: {name: b, units: 3}
      - flatten: {name: other, from: a}
      - concat: {from: [b, other]}
    """
    analysis = analyze(loads(spec))
    pooled = POOLED.of(analysis).analysis
    names = pooled.network.tensor_name
    read = {node.name: [names(volume) for volume in node.inputs] for node in pooled.network.nodes}
    assert read["flatten1"] == ["adaptive_avgpool"]
    assert read["other"] == ["a"]
    assert read["concat1"] == ["b", "other"]
    assert pooled.facts[-1].output_shape == analysis.facts[-1].output_shape


@pytest.mark.parametrize("name", ["alexnet-torchvision", "resnet50", "mobilenet_v2"])
def test_no_second_pool(name):
    assert POOLED.of(analyze(load(name))) is None
