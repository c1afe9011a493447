"""The proof of what sharing means: one layer, computed in three ways that must give the same outputs.

* convolution: the layer's own kernel, one filter for all positions;
* unshared (locally connected): each position has weights of its own, here all filled with the same values;
* fully connected: one matrix, outputs × inputs, that is zero where no filter reaches and holds each weight
  again and again where it does. A small one is written out; a large one is kept as index arrays.

After the CS231n notes, Convolutional Networks, sections Parameter sharing and Converting FC layers to CONV
layers.

The tensors are small integers in float32. Every product is an integer, and so is every sum of some of an
output's products; as the magnitudes of all of them and the bias stay below 2^24 together, float32 holds each
such sum exactly, in whatever order they are added. So equal means equal: no tolerance.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import isqrt, prod
from typing import TYPE_CHECKING, Any

import numpy as np

from archcalc.analysis.connectivity import connectivities, connectivity_called
from archcalc.errors import RequestError
from archcalc.forward.kernels import KERNELS
from archcalc.forward.kernels.padding import per_axis
from archcalc.forward.proof.connections import NONE, Connections, Indices, connections
from archcalc.forward.proof.crop import fitting
from archcalc.forward.run import Array, Run
from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from archcalc.analysis.connectivity import Connectivity
    from archcalc.analysis.facts import Analysis, Facts
    from archcalc.layers import Shape

EXACT = 2**24  # float32 holds every integer up to this
DENSE = 2**24
"""The most cells of a matrix that is written out: 64 MiB."""


class Counts(NamedTuple):
    """Weights and biases, counted in the arrays that hold them."""

    weights: int
    biases: int


class Matrix(NamedTuple):
    """A layer as a matrix of outputs × inputs.

    dense: whether it was written out, or else kept as index arrays.
    cells: how many values it has, zeros included; non_zeros: how many of them are not zero.
    connections: how many weights were put into it. Padding that repeats inputs puts two into one cell.
    cut: how many more an unshared layer has, which end beyond the border and have no cell.
    distinct: how many different weights stand in it.
    least, most: in how many places the least and the most used weight stands.
    """

    dense: bool
    cells: int
    non_zeros: int
    connections: int
    cut: int
    distinct: int
    least: int
    most: int


class Proof(NamedTuple):
    """A convolution, computed in three ways.

    predicted: what the formulas say of it on this input.
    whole: the shape of its input in the network; input_shape: of as much of that as was used.
    written: the shape of what its kernel wrote.
    magnitude: inputs are integers of at most that magnitude, weights and biases integers from 1 to it.
    unshared_agrees, matrix_agrees: whether their outputs are those of the convolution, exactly.
    shared, unshared: the parameters that the kernel drew, and those that were written for each position.
    """

    predicted: Connectivity
    whole: Shape
    input_shape: Shape
    written: Shape
    magnitude: int
    unshared_agrees: bool
    matrix_agrees: bool
    shared: Counts
    unshared: Counts
    matrix: Matrix

    @property
    def is_whole(self) -> bool:
        """Whether it is the layer as it is in its network."""
        return self.input_shape == self.whole

    @property
    def holds(self) -> bool:
        """Whether all outputs are the same and all counts are those of the formulas."""
        return not self.differences()

    def differences(self) -> tuple[str, ...]:
        """What disagrees, in words."""
        return tuple(self._differences())

    def _differences(self) -> Iterator[str]:
        if not self.unshared_agrees:
            yield "outputs: those of unshared weights are not those of the convolution"
        if not self.matrix_agrees:
            yield "outputs: those of the matrix are not those of the convolution"
        predicted, matrix = self.predicted, self.matrix
        for what, formula, counted in (
            ("outputs", predicted.outputs, prod(self.written)),
            ("shared weights", predicted.shared.weights, self.shared.weights),
            ("shared biases", predicted.shared.biases, self.shared.biases),
            ("unshared weights", predicted.unshared.weights, self.unshared.weights),
            ("unshared biases", predicted.unshared.biases, self.unshared.biases),
            ("cells of the matrix", predicted.fully_connected.weights, matrix.cells),
            ("connections", predicted.unshared.weights, matrix.connections + matrix.cut),
        ):
            if formula != counted:
                yield f"{what}: {formula:,} by the formula, {counted:,} counted"


class Integers(Run):
    """A run that draws integers from 1 to `most`, so that no two of them cancel, and keeps them by name."""

    def __init__(self, random: np.random.Generator, most: int) -> None:
        super().__init__(random)
        self.most = most
        self.tensors: dict[str, Array] = {}

    def draw(self, name: str, shape: Shape, *, spread: float = 0.1, centre: float = 0.0) -> Array:
        tensor = self.random.integers(1, self.most + 1, self.room(shape), np.int32).astype(np.float32)
        self.tensors[name], self.parameters[name] = tensor, tensor.shape
        return tensor


def prove(analysis: Analysis, layer: str | None, most: int) -> tuple[Proof, ...]:
    """The proof for one convolution, on as much of its input as `most` connections allow; or for each.

    Raises RequestError for a layer that is no convolution or too large, and where several convolutions have
    more connections than that together. The only one of a network need not be named.
    """
    if layer is not None:
        connectivity_called(layer, analysis)
        return (proved(analysis.of(layer), most),)
    ways = connectivities(analysis)
    together = sum(each.unshared.weights for each in ways)
    if together > most and len(ways) > 1:
        raise RequestError(
            f"the {len(ways):,} convolutions have {together:,} connections, more than {most:,}: "
            "choose one with --layer, or allow more with --max-connections"
        )
    names = {each.name for each in ways}
    return tuple(proved(facts, most) for facts in analysis.facts if facts.node.name in names)


def proved(in_network: Facts, most: int, seed: int = 0) -> Proof:
    """The proof for a convolution, on as much of its input as `most` connections allow."""
    facts, predicted = fitting(in_network, most)
    node, (shape,) = facts.node, facts.input_shapes
    random, magnitude = np.random.default_rng(seed), _magnitude(facts)
    run = Integers(random, magnitude)
    x = random.integers(-magnitude, magnitude + 1, shape, np.int32).astype(np.float32)
    try:
        output = KERNELS[node.kind](node.layer, [x], run)
    except MemoryError as error:
        raise RequestError(f"{node.name} is too large to prove: {error}") from None
    weight, bias = run.tensors["weight"], run.tensors.get("bias")
    transposed = node.layer.upsamples  # its filters slide over the input, and write patches
    links = connections(node.layer, weight.shape, shape, output.shape, backward=transposed)
    biases = _own_biases(bias, output)
    unshared, written = unshared_output(links, weight, x)
    product, matrix = matrix_output(links, weight, x)
    return Proof(
        predicted,
        in_network.input_shapes[0],
        shape,
        output.shape,
        magnitude,
        np.array_equal(output, unshared + biases),
        np.array_equal(output, product + biases),
        Counts(weight.size, 0 if bias is None else bias.size),
        Counts(written, 0 if bias is None else biases.size),
        matrix,
    )


def _magnitude(facts: Facts) -> int:
    """The greatest m with which the magnitudes of one output's products, and a bias, stay below 2^24."""
    channels, *sizes = facts.input_shapes[0]
    layer: Any = facts.node.layer  # kinds that slide share their settings, and no class that declares them
    kernel: Shape = per_axis(layer.kernel_size, len(sizes))
    terms = channels * prod(kernel)
    magnitude = isqrt((EXACT - 1) // (terms + 1))
    if not magnitude:
        raise RequestError(
            f"{facts.node.name} sums {terms:,} products for each output: too many for float32 to be exact"
        )
    return magnitude


def _own_biases(bias: Array | None, output: Array) -> Array:
    """A bias for each output value, those of a channel all the same; zeros where the layer has none."""
    own = np.zeros_like(output)
    if bias is not None:
        own += bias.reshape(-1, *(1,) * (output.ndim - 1))
    return own


def unshared_output(links: Connections, weight: Array, x: Array) -> tuple[Array, int]:
    """What weights of their own for every position compute, and how many weights were written for it."""
    groups, filters = links.groups, len(weight) // links.groups
    near, far = _volumes(links, x)
    written = 0
    for band in links.bands(weight.size):
        own = np.repeat(weight.reshape(1, groups, filters, links.patch), len(band), axis=0)
        written += own.size
        touched, here = links.touched(band), near[:, band.start : band.stop]
        if links.backward:
            values = here.T.reshape(len(band), groups, 1, filters)
            np.add.at(far, touched, np.matmul(values, own)[:, :, 0])
        else:
            here[:] = np.matmul(own, far[touched][..., None]).reshape(len(band), -1).T
    return (far[:-1].reshape(links.far) if links.backward else near.reshape(links.near)), written


def _volumes(links: Connections, x: Array) -> tuple[Array, Array]:
    """The near volume, channels × positions, and the far one with a last value for all that lies beyond.

    One of them holds the input; the other is of zeros and will be the output.
    """
    near = np.zeros((links.near[0], links.positions), np.float32)
    far = np.zeros(prod(links.far) + 1, np.float32)
    if links.backward:
        near[:] = x.reshape(near.shape)
    else:
        far[:-1] = x.reshape(-1)
    return near, far


# The sum below adds a product for each non-zero. A convolution of kernel 2 and stride 1 over four values, in
# its three ways (connections.py works out which value each weight touches):
#
#   convolution       y[a] = w0·x[a] + w1·x[a+1]                         2 weights
#   unshared          y[a] = w0ᵃ·x[a] + w1ᵃ·x[a+1]                       3 × 2 weights, all w0 or w1 here
#   fully connected   y = ⎡ w0 w1  0  0 ⎤                                3 × 4 cells, of which 6 hold
#                         ⎢  0 w0 w1  0 ⎥ · x                            weights: each of the 2 stands
#                         ⎣  0  0 w0 w1 ⎦                                in 3 places, `least` and `most`
#
# Zero padding of 1 in front adds a row [w1 0 0 0]: its w0 reads input −1, which has no cell; so `cut` is 1.


def matrix_output(links: Connections, weight: Array, x: Array) -> tuple[Array, Matrix]:
    """What the layer as one matrix makes of the input, and what stands in the matrix."""
    shape = links.far if links.backward else links.near
    values, flat = weight.reshape(-1), x.reshape(-1)
    cells = prod(shape) * x.size
    dense = np.zeros((prod(shape), x.size), np.float32) if cells <= DENSE else None
    output, uses = np.zeros(prod(shape), np.float32), np.zeros(weight.size, np.intp)
    for rows, columns, which in links.entries():
        _count(uses, which)
        if dense is None:
            np.add.at(output, rows, values[which] * flat[columns])
        else:
            np.add.at(dense, (rows, columns), values[which])
    non_zeros, cut = _cells(links)
    if dense is not None:
        output, non_zeros = dense @ flat, int(np.count_nonzero(dense))
    return output.reshape(shape), Matrix(
        dense is not None,
        cells,
        non_zeros,
        connections=int(uses.sum()),
        cut=cut,
        distinct=int(np.count_nonzero(uses)),
        least=int(uses.min()),
        most=int(uses.max()),
    )


def _count(uses: Indices, which: Indices) -> None:
    """Count the weights of one filter as often as they are in `which`."""
    if which.size:
        first = which.min()
        found = np.bincount(which - first)
        uses[first : first + found.size] += found


def _cells(links: Connections) -> tuple[int, int]:
    """How many cells of the matrix are connections, and how many connections end beyond the border."""
    cells = cut = 0
    for band in links.bands(links.groups * links.patch):
        touched = np.sort(links.touched(band), axis=-1)
        cells += int(np.count_nonzero(np.diff(touched, prepend=NONE)))
        cut += int(np.count_nonzero(touched == NONE))
    filters = links.weight[0] // links.groups
    return cells * filters, cut * filters
