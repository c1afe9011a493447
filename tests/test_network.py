"""The graph's answers, on networks with one input and with several."""

import pytest

from archcalc import RequestError
from archcalc.layers import Layer, layer_class
from archcalc.network import Network, Node


def layer(kind: str) -> Layer:
    return layer_class(kind)()


def residual() -> Network:
    nodes = (
        Node("relu", "relu", layer("relu"), (0,)),
        Node("tanh", "tanh", layer("tanh"), (1,)),
        Node("add", "add", layer("add"), (2, 0)),
    )
    return Network("residual", {"input": (2, 5, 3)}, nodes, {"add": 3})


def two_inputs() -> Network:
    """Three tensors enter or are written before tensor 4, which an auxiliary output names."""
    nodes = (
        Node("relu", "relu", layer("relu"), (1,)),
        Node("add", "add", layer("add"), (0, 2, 2)),
        Node("head", "sigmoid", layer("sigmoid"), (2,)),
        Node("last", "tanh", layer("tanh"), (3,)),
    )
    inputs = {"left": (2, 5, 3), "right": (2, 5, 3)}
    return Network("twins", inputs, nodes, {"last": 5, "head": 4}, auxiliary=("head",))


def test_tensors_of_one_input_follow_it() -> None:
    network = residual()
    assert [network.output_tensor(node) for node in range(3)] == [1, 2, 3]
    assert [network.writer(tensor) for tensor in network.tensors] == [None, 0, 1, 2]
    assert [(tensor, node.name) for tensor, node in network.written] == [(1, "relu"), (2, "tanh"), (3, "add")]


def test_readers_are_nodes_in_running_order() -> None:
    network = residual()
    assert network.readers == ((0, 2), (1,), (2,), ())
    assert network.last_readers == (2, 1, 2, None)
    assert network.leaving == {3}


def test_inputs_are_numbered_first() -> None:
    network = two_inputs()
    assert [network.tensor_name(tensor) for tensor in network.tensors] == [
        *("left", "right", "relu", "add", "head", "last")
    ]
    assert [network.writer(tensor) for tensor in network.tensors] == [None, None, 0, 1, 2, 3]
    assert network.readers == ((1,), (0,), (1, 2), (3,), (), ())
    assert network.writing_node(1) is None
    assert network.writing_node(3) == network.nodes[1]


def test_inference_keeps_every_input() -> None:
    running = two_inputs().at_inference
    assert running.inputs == {"left": (2, 5, 3), "right": (2, 5, 3)}
    assert [(node.name, node.inputs) for node in running.nodes] == [
        *(("relu", (1,)), ("add", (0, 2, 2)), ("last", (3,)))
    ]
    assert running.outputs == {"last": 4}
    assert two_inputs().training_only == {"head"}


def test_one_input_has_one_shape() -> None:
    assert residual().input_shape == (2, 5, 3)
    assert residual().with_input((2, 7, 3)).inputs == {"input": (2, 7, 3)}
    with pytest.raises(ValueError, match="twins has several inputs: left, right"):
        _ = two_inputs().input_shape


def test_a_network_without_inputs_is_none() -> None:
    with pytest.raises(ValueError, match="one input or more"):
        Network("empty", {}, (), {})


@pytest.mark.parametrize("tensor", [3, 4, -1])
def test_a_node_reads_only_what_was_written_before(tensor: int) -> None:
    node = Node("relu", "relu", layer("relu"), (tensor,))
    with pytest.raises(ValueError, match="not there yet"):
        Network("late", {"input": (1, 2, 3)}, (Node("first", "tanh", layer("tanh"), (0,)), node), {})


def test_names_are_unique_among_inputs_and_layers() -> None:
    with pytest.raises(ValueError, match="two layers are called"):
        Network("n", {"image": (1, 2, 3)}, (Node("image", "tanh", layer("tanh"), (0,)),), {})


def test_a_misspelt_layer_is_suggested() -> None:
    with pytest.raises(RequestError, match="no layer 'rleu'; did you mean 'relu'"):
        residual().position("rleu")
