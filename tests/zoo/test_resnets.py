"""ResNets and the plain networks beside them: printed figures, closed forms, and how they differ."""

import pytest

from archcalc.analysis.quantities import totals
from archcalc.frozen import replace

IMAGENET = {
    "resnet18": (11_689_512, 1_814_073_344),
    "resnet34": (21_797_672, 3_663_761_408),
    "resnet50": (25_557_032, 4_089_184_256),
    "resnet101": (44_549_160, 7_801_405_440),
    "resnet152": (60_192_808, 11_513_626_624),
}
CIFAR = {
    "resnet20": 3,
    "resnet32": 5,
    "resnet44": 7,
    "resnet56": 9,
    "resnet110": 18,
    "plain20": 3,
    "plain56": 9,
}


def figures(analysis):
    found = totals(analysis)
    return found["parameters"], found["macs"]


def without_shortcuts(analysis):
    """Parameters and MACs of all layers but those in shortcuts."""
    kept = [facts for facts in analysis.facts if "/shortcut/" not in facts.node.name]
    return [facts.parameter_shapes for facts in kept if facts.parameter_shapes], sum(f.macs for f in kept)


@pytest.mark.parametrize(("name", "wanted"), IMAGENET.items())
def test_imagenet_resnets(analyzed, name, wanted):
    assert figures(analyzed(name)) == wanted


@pytest.mark.parametrize(
    ("name", "tenths"),
    [("resnet18", 18), ("resnet34", 36), ("plain34", 36), ("resnet50-v1", 38)],
)
def test_multiply_adds_of_table_1(analyzed, name, tenths):
    """The paper prints 1.8, 3.6 and 3.8 · 10⁹: cut off, not rounded, behind the first decimal."""
    assert totals(analyzed(name))["macs"] // 10**8 == tenths


@pytest.mark.parametrize(
    ("name", "blocks"),
    [("resnet18", "2222"), ("resnet34", "3463"), ("resnet50", "3463"), ("plain34", "3463")],
)
def test_blocks_of_a_stage(analyzed, name, blocks):
    names = {facts.node.name.rsplit("/", 1)[0] for facts in analyzed(name).facts}
    counts = [
        sum(each.startswith(f"conv{n}_x/") and each.count("/") == 1 for each in names) for n in range(2, 6)
    ]
    assert counts == [int(digit) for digit in blocks]


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnet50-v1", "plain34"])
def test_output_sizes_of_table_1(analyzed, name):
    last = {facts.node.name.split("/")[0]: facts.output_shape for facts in analyzed(name).facts}
    width = 1 if "50" not in name else 4
    stages = {f"conv{n}_x": last[f"conv{n}_x"] for n in range(2, 6)}
    assert stages == {
        "conv2_x": (64 * width, 56, 56),
        "conv3_x": (128 * width, 28, 28),
        "conv4_x": (256 * width, 14, 14),
        "conv5_x": (512 * width, 7, 7),
    }


def test_v1_and_v1_5_differ_in_strides_only(analyzed):
    """The stride stands in the first 1×1 (v1) or the 3×3 (v1.5) of the bottlenecks that downsample."""
    v1, v1_5 = (analyzed(name).network.nodes for name in ("resnet50-v1", "resnet50"))
    assert [(a.name, a.kind, a.inputs) for a in v1] == [(b.name, b.kind, b.inputs) for b in v1_5]
    changed = [(a, b) for a, b in zip(v1, v1_5, strict=True) if a.layer != b.layer]
    assert {a.name: (a.layer.stride, b.layer.stride) for a, b in changed} == {
        f"conv{stage}_x/bottleneck1/conv{i}": strides
        for stage in (3, 4, 5)
        for i, strides in ((1, (2, 1)), (2, (1, 2)))
    }
    assert all(replace(a.layer, stride=b.layer.stride) == b.layer for a, b in changed)


def test_v1_by_hand(analyzed):
    """Three 1×1 convolutions see a quarter of the positions; nothing else changes."""
    parameters, macs = figures(analyzed("resnet50"))
    saved = 3 * 256 * 128 * (56**2 - 28**2)
    assert figures(analyzed("resnet50-v1")) == (parameters, macs - saved)


@pytest.mark.parametrize(("name", "size"), [("resnet18", 435), ("resnet50-v1", 483), ("resnet50", 427)])
def test_receptive_field_of_the_last_volume(analyzed, name, size):
    """483 is Araujo, Norris & Sim 2019; v1.5 sees less, as its 3×3 stand in front of the stride."""
    analysis = analyzed(name)
    last = next(facts for facts in reversed(analysis.facts) if facts.node.name.startswith("conv5_x"))
    for axis in last.receptive_field.axes:
        assert (axis.size, axis.jump) == (size, 32)


@pytest.mark.parametrize(("name", "n"), CIFAR.items())
def test_cifar_closed_form(analyzed, name, n):
    """6n + 2 layers: 3×3 convolutions of 16, 32 and 64 filters on 32×32, 16×16 and 8×8, 2n of each."""
    convolutions = 3 * 16 + 2 * n * 16**2
    macs = 3 * 16 * 32**2 + 2 * n * 16**2 * 32**2
    for width, side in ((32, 16), (64, 8)):
        weights = width // 2 * width + (2 * n - 1) * width**2
        convolutions += weights
        macs += weights * side**2
    norms = 2 * (16 + 2 * n * (16 + 32 + 64))
    assert figures(analyzed(name)) == (9 * convolutions + norms + 64 * 10 + 10, 9 * macs + 64 * 10)


@pytest.mark.parametrize(
    ("name", "printed"),
    [
        ("resnet20", "0.27"),
        ("resnet32", "0.46"),
        ("resnet44", "0.66"),
        ("resnet56", "0.85"),
        ("resnet110", "1.7"),
    ],
)
def test_parameters_of_table_6(analyzed, name, printed):
    decimals = len(printed.split(".")[1])
    assert f"{totals(analyzed(name))['parameters'] / 1e6:.{decimals}f}" == printed


@pytest.mark.parametrize("name", [name for name in CIFAR if name.startswith("resnet")])
def test_option_a_shortcuts_cost_nothing(analyzed, name):
    shortcuts = [facts for facts in analyzed(name).facts if "/shortcut/" in facts.node.name]
    assert [(facts.node.kind, facts.output_shape) for facts in shortcuts] == [
        ("subsample", (16, 16, 16)),
        ("pad", (32, 16, 16)),
        ("subsample", (32, 8, 8)),
        ("pad", (64, 8, 8)),
    ]
    assert not any(facts.parameter_shapes or facts.macs for facts in shortcuts)


@pytest.mark.parametrize(
    ("name", "blocks"), [("resnet18", 8), ("resnet50", 16), ("resnet20", 9), ("resnet110", 54)]
)
def test_each_block_of_a_resnet_adds_its_shortcut(analyzed, name, blocks):
    assert [facts.node.kind for facts in analyzed(name).facts].count("add") == blocks


@pytest.mark.parametrize(
    ("plain", "residual"),
    [("plain18", "resnet18"), ("plain34", "resnet34"), ("plain20", "resnet20"), ("plain56", "resnet56")],
)
def test_a_plain_network_is_the_resnet_without_shortcuts(analyzed, plain, residual):
    assert "add" not in [facts.node.kind for facts in analyzed(plain).facts]
    assert without_shortcuts(analyzed(plain)) == without_shortcuts(analyzed(residual))


@pytest.mark.parametrize(("plain", "residual"), [("plain18", "resnet18"), ("plain34", "resnet34")])
def test_projections_by_hand(analyzed, plain, residual):
    parameters, macs = figures(analyzed(plain))
    weights = 64 * 128 + 128 * 256 + 256 * 512
    products = 64 * 128 * 28**2 + 128 * 256 * 14**2 + 256 * 512 * 7**2
    scales = 2 * (128 + 256 + 512)
    assert figures(analyzed(residual)) == (parameters + weights + scales, macs + products)


@pytest.mark.parametrize(("plain", "residual"), [("plain20", "resnet20"), ("plain56", "resnet56")])
def test_option_a_has_the_parameters_of_the_plain_network(analyzed, plain, residual):
    assert figures(analyzed(plain)) == figures(analyzed(residual))
