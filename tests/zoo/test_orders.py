"""What no count shows: the order of the layers, their inputs, and how they pool, as the sources tell it."""

import pytest

from archcalc.spec.load import load

FULL = "flatten fc relu dropout fc relu dropout fc"
TAIL = f"conv relu conv relu conv relu maxpool {FULL}"
ORDERS = {
    "lenet5": "conv tanh avgpool conv tanh avgpool flatten fc tanh fc tanh fc",
    "alexnet": f"conv relu maxpool lrn conv relu maxpool lrn {TAIL}",
    "alexnet-grouped": f"conv relu lrn maxpool conv relu lrn maxpool {TAIL}",
    "alexnet-torchvision": "conv relu maxpool conv relu maxpool conv relu conv relu conv relu maxpool "
    "adaptive_avgpool flatten dropout fc relu dropout fc relu fc",
    "zfnet": f"conv relu maxpool lrn conv relu maxpool lrn {TAIL}",
    "vgg11": f"conv relu maxpool conv relu maxpool {3 * 'conv relu conv relu maxpool '}{FULL}",
    "vgg16c": f"{2 * 'conv relu conv relu maxpool '}{3 * 'conv relu conv relu conv relu maxpool '}{FULL}",
}
BLOCKS = {
    "resnet18": "conv batchnorm relu conv batchnorm add relu",
    "plain18": "conv batchnorm relu conv batchnorm relu",
    "resnet20": "conv batchnorm relu conv batchnorm add relu",
    "plain20": "conv batchnorm relu conv batchnorm relu",
    "resnet50": "conv batchnorm relu conv batchnorm relu conv batchnorm add relu",
}
STEMS = {
    "resnet18": "conv batchnorm relu maxpool",
    "resnet50": "conv batchnorm relu maxpool",
    "resnet20": "conv batchnorm relu",
}
INPUTS = {
    "lenet5": (1, 32, 32),
    "alexnet": (3, 227, 227),
    "alexnet-grouped": (3, 227, 227),
    "alexnet-224": (3, 224, 224),
    "alexnet-224-grouped": (3, 224, 224),
    "zfnet": (3, 224, 224),
    "vgg16c": (3, 224, 224),
    "resnet50-v1": (3, 224, 224),
    "plain34": (3, 224, 224),
    "resnet110": (3, 32, 32),
    "plain56": (3, 32, 32),
}


def order(nodes):
    return " ".join(node.kind for node in nodes)


@pytest.mark.parametrize(("name", "wanted"), ORDERS.items())
def test_order_of_the_layers(name, wanted):
    network = load(name)
    assert order(network.nodes) == wanted
    assert [node.inputs for node in network.nodes] == [(number,) for number in range(len(network.nodes))]


@pytest.mark.parametrize(("name", "wanted"), BLOCKS.items())
def test_order_in_a_block(name, wanted):
    for stage in ("conv2_x", "conv3_x"):
        nodes = [
            node for node in load(name).nodes if node.name.startswith(f"{stage}/b") and "k2/" in node.name
        ]
        assert order(nodes) == wanted


@pytest.mark.parametrize(("name", "wanted"), STEMS.items())
def test_order_in_front_of_the_blocks_and_behind_them(name, wanted):
    flat = [node for node in load(name).nodes if "/" not in node.name]
    assert order(flat) == f"{wanted} global_avgpool fc"


@pytest.mark.parametrize(("name", "wanted"), INPUTS.items())
def test_input(name, wanted):
    assert load(name).input_shape == wanted


@pytest.mark.parametrize("name", [name for name in ORDERS if "alex" in name or name == "zfnet"])
def test_alexnets_pool_with_overlap(name):
    pools = [node.layer for node in load(name).nodes if node.kind == "maxpool"]
    assert {(pool.kernel_size, pool.stride, pool.padding) for pool in pools} == {(3, 2, 0)}


def test_first_convolution_of_torchvisions_alexnet():
    layer = load("alexnet-torchvision").nodes[0].layer
    assert (layer.filters, layer.kernel_size, layer.stride, layer.padding) == (64, 11, 4, 2)


@pytest.mark.parametrize("name", ["resnet20", "resnet110"])
def test_option_a_takes_every_second_position_and_pads_behind(name):
    shortcuts = [node for node in load(name).nodes if "/shortcut/" in node.name]
    assert [(node.kind, node.layer.stride) for node in shortcuts[::2]] == [("subsample", 2)] * 2
    assert [node.layer.channels for node in shortcuts[1::2]] == [(0, 16), (0, 32)]


@pytest.mark.parametrize("name", ["resnet18", "resnet50", "resnet50-v1"])
def test_projections_stand_where_dimensions_increase(name):
    """Option B: never where the block's input and output have the same shape."""
    shortcuts = {node.name.split("/shortcut/")[0] for node in load(name).nodes if "/shortcut/" in node.name}
    block = "building_block" if name == "resnet18" else "bottleneck"
    stages = (3, 4, 5) if name == "resnet18" else (2, 3, 4, 5)
    assert shortcuts == {f"conv{stage}_x/{block}1" for stage in stages}
