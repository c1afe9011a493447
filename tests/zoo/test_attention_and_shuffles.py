"""Vision transformers, ConvNeXt and ShuffleNet V2 beside the tables of their papers."""

from collections import Counter

import pytest

from archcalc.analysis.quantities import totals


def kinds(analysis):
    return Counter(facts.node.kind for facts in analysis.facts)


@pytest.mark.parametrize(
    ("name", "blocks", "channels", "millions", "billions"),
    [
        ("convnext_tiny", (3, 3, 9, 3), (96, 192, 384, 768), 29, 4.5),
        ("convnext_small", (3, 3, 27, 3), (96, 192, 384, 768), 50, 8.7),
        ("convnext_base", (3, 3, 27, 3), (128, 256, 512, 1024), 89, 15.4),
        ("convnext_large", (3, 3, 27, 3), (192, 384, 768, 1536), 198, 34.4),
    ],
)
def test_convnext(analyzed, name, blocks, channels, millions, billions):
    """Liu et al. 2022, section 3 and table 1, whose FLOPs are multiply-adds."""
    analysis = analyzed(name)
    found = totals(analysis)
    assert (round(found["parameters"] / 1e6), round(found["macs"] / 1e9, 1)) == (millions, billions)
    for stage, (count, depth, size) in enumerate(zip(blocks, channels, (56, 28, 14, 7), strict=True), 2):
        adds = [each for each in analysis.facts if each.node.name.startswith(f"res{stage}/block")]
        assert sum(each.node.kind == "add" for each in adds) == count
        assert {each.output_shape for each in adds if each.node.kind == "add"} == {(depth, size, size)}
    assert kinds(analysis)["stochastic_depth"] == sum(blocks) - 1


@pytest.mark.parametrize(
    ("name", "layers", "hidden", "mlp", "heads", "positions"),
    [
        ("vit_b_16", 12, 768, 3072, 12, 14 * 14 + 1),
        ("vit_b_32", 12, 768, 3072, 12, 7 * 7 + 1),
        ("vit_l_16", 24, 1024, 4096, 16, 14 * 14 + 1),
        ("vit_l_32", 24, 1024, 4096, 16, 7 * 7 + 1),
        ("vit_h_14", 32, 1280, 5120, 16, 16 * 16 + 1),
    ],
)
def test_vision_transformers(analyzed, name, layers, hidden, mlp, heads, positions):
    """Dosovitskiy et al. 2020, table 1; the positions are those of equation 1: the patches and the class."""
    analysis = analyzed(name)
    attentions = [facts for facts in analysis.facts if facts.node.kind == "attention"]
    wide = [facts.output_shape for facts in analysis.facts if facts.node.kind == "gelu"]
    assert len(attentions) == layers
    assert {facts.output_shape for facts in attentions} == {(positions, hidden)}
    assert {facts.node.layer.heads for facts in attentions} == {heads}
    assert wide == [(positions, mlp)] * layers


def test_the_huge_vision_transformer_has_as_many_parameters_as_published(analyzed):
    assert round(totals(analyzed("vit_h_14"))["parameters"] / 1e6) == 632


@pytest.mark.parametrize(
    ("name", "channels", "millions"),
    [
        ("shufflenet_v2_x0_5", (48, 96, 192, 1024), 1.4),
        ("shufflenet_v2_x1_0", (116, 232, 464, 1024), 2.3),
        ("shufflenet_v2_x1_5", (176, 352, 704, 1024), 3.5),
        ("shufflenet_v2_x2_0", (244, 488, 976, 2048), 7.4),
    ],
)
def test_shufflenet_v2(analyzed, name, channels, millions):
    """Ma et al. 2018, table 5: output channels, repeats, output sizes and weights."""
    analysis = analyzed(name)
    shuffled = [facts.output_shape for facts in analysis.facts if facts.node.kind == "channel_shuffle"]
    stages = zip(channels, (4, 8, 4), (28, 14, 7), strict=False)
    assert shuffled == [(depth, size, size) for depth, units, size in stages for _ in range(units)]
    assert analysis.of("conv5/conv1").output_shape == (channels[-1], 7, 7)
    assert round(totals(analysis)["parameters"] / 1e6, 1) == millions
