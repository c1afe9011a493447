"""Receptive fields by dependence: which input positions each output depends on, first to last.

The kernels run on positions in place of values. A convolution of kernel 3 and padding 1 over five positions:

    input   0 1 2 3 4
    first   0 0 1 2 3     the least position under the window; padding is under the first and the last window
    last    1 2 3 4 4     found in the same way, from positions counted backwards
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archcalc.errors import RequestError
from archcalc.forward.abstract.dependence import (
    DependenceArray,
    DependenceRun,
    FirstDependence,
    FirstDependenceRun,
    PaddingDependence,
    PaddingDependenceRun,
)
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Array
from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.network import Network

Integers = npt.NDArray[Any]
"""Any: positions are int32, flags of padding int8, and comparisons of them booleans."""


class Dependence(NamedTuple):
    """What each place along one axis sees: from `first` to `last`, and whether padding `before` or `after`.

    Where it sees nothing, `first` is behind `last`. padded: whether it sees any padding, along whatever axis.
    laid: whether the axis is one of the input's; in a vector, each value is a place, in a sequence each row.
    """

    first: Integers
    last: Integers
    before: Integers
    after: Integers
    padded: Integers
    laid: bool

    @property
    def sees(self) -> Integers:
        """Whether a place sees anything."""
        return self.first <= self.last


def dependence_ranges(network: Network, sequences: Collection[int]) -> list[tuple[Dependence, ...]]:
    """What is seen along each axis of the inputs, for each of them and each tensor that can be computed.

    All inputs have the same axes, each value of which is its own position whichever input it is in.
    sequences: the tensors that are [positions, features] by their layout.
    Raises RequestError for a network too large to run.
    """
    shapes = network.input_shapes
    axes = range(len(shapes[0]) - 1)
    places = [[_laid(axis, shape) for shape in shapes] for axis in axes]
    seen = partial(_seen, network, sequences)
    first = [seen(FirstDependenceRun, [p.view(FirstDependence) for p in along]) for along in places]
    last = [seen(FirstDependenceRun, [(-p).view(FirstDependence) for p in along]) for along in places]
    border = seen(PaddingDependenceRun, [*map(PaddingDependence.blank, shapes)])
    return [
        tuple(
            Dependence(
                first[axis][volume].along[axis], -last[axis][volume].along[axis], *_sides(flags, axis), laid
            )
            for axis, flags in enumerate(along)
        )
        for volume, (along, laid) in enumerate(border)
    ]


def _laid(axis: int, shape: Shape) -> Integers:
    """An input whose values are their own positions along an axis."""
    index = np.arange(shape[axis + 1], dtype=np.int32)
    return np.broadcast_to(index.reshape(-1, *(1,) * (len(shape) - 2 - axis)), shape)


def _sides(flags: Integers, axis: int) -> tuple[Integers, Integers, Integers]:
    """Whether padding before an axis was seen, whether behind it, and whether any."""
    return flags >> 2 * axis & 1 > 0, flags >> 2 * axis & 2 > 0, flags > 0


class Places(NamedTuple):
    """What was seen at each place along each axis of the input, and whether these are axes of the volume."""

    along: list[Integers]
    laid: bool


def _seen(
    network: Network,
    sequences: Collection[int],
    make_run: type[DependenceRun],
    start: Sequence[DependenceArray],
) -> list[Places]:
    """What each input, of which `start` says it, and each layer's output saw."""
    tensors: dict[int, Array] = dict(enumerate(start))
    rank, turned = start[0].ndim - 1, set[int]()
    seen = [_joined(one, rank, laid=True) for one in start]
    for number, (tensor, node) in enumerate(network.written):
        run = make_run(np.random.default_rng(0), sequence=node.inputs[0] in sequences)
        try:
            output = KERNELS[node.kind](node.layer, [tensors[one] for one in node.inputs], run)
        except (KeyError, ValueError, IndexError):
            break
        except MemoryError as error:
            raise RequestError(f"{node.name} is too large to look through: {error}") from None
        tensors[tensor] = output
        goes_on = node.inputs[0] in turned and not node.layer.ends_sequence
        if node.layer.begins_sequence or goes_on:
            turned.add(tensor)
        laid = output.ndim == rank + 1 and tensor not in turned
        seen.append(_joined(output.view(type(start[0])), rank, laid=laid))
        for one in {*node.inputs, tensor}:
            if (network.last_readers[one] or 0) <= number:
                del tensors[one]
    return seen


def _joined(volume: DependenceArray, rank: int, *, laid: bool) -> Places:
    """What was seen, joined over all other axes: behind the channels lie those of the input, if any do."""
    axes = range(1, rank + 1) if laid else (0,) * rank
    others = [tuple({*range(volume.ndim)} - {axis}) for axis in axes]
    return Places([volume.reduced(gone, False).view(np.ndarray) for gone in others], laid)
