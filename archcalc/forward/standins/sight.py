"""What the values of each volume see of the network's input, found by running the kernels on positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from archcalc.errors import RequestError
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Array
from archcalc.forward.standins.seen import Bordering, BorderingRun, Earliest, EarliestRun, Seen, SeenRun

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.network import Network

Integers = npt.NDArray[Any]


class Sight(NamedTuple):
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


def sights(network: Network) -> list[tuple[Sight, ...]]:
    """What is seen along each axis of the input, for that and for each volume behind it that can be computed.

    Raises RequestError for a network too large to run.
    """
    shape = network.input_shape
    places = [_laid(axis, shape) for axis in range(len(shape) - 1)]
    first = [_seen(network, EarliestRun, place.view(Earliest)) for place in places]
    last = [_seen(network, EarliestRun, (-place).view(Earliest)) for place in places]
    border = _seen(network, BorderingRun, Bordering.blank(shape))
    return [
        tuple(
            Sight(
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


def _seen(network: Network, make_run: type[SeenRun], start: Seen) -> list[Places]:
    """What the input and each layer's output saw."""
    last_reader = {volume: number for number, node in enumerate(network.nodes, 1) for volume in node.inputs}
    volumes: dict[int, Array] = {0: start}
    rank, sequences = start.ndim - 1, set[int]()
    seen = [_joined(start, rank, laid=True)]
    for number, node in enumerate(network.nodes, 1):
        run = make_run(np.random.default_rng(0))
        try:
            output = KERNELS[node.kind](node.layer, [volumes[one] for one in node.inputs], run)
        except (KeyError, ValueError, IndexError):
            break
        except MemoryError as error:
            raise RequestError(f"{node.name} is too large to look through: {error}") from None
        volumes[number] = output
        goes_on = node.inputs[0] in sequences and not node.layer.ends_sequence
        if node.layer.begins_sequence or goes_on:
            sequences.add(number)
        laid = output.ndim == rank + 1 and number not in sequences
        seen.append(_joined(output.view(type(start)), rank, laid=laid))
        for one in {*node.inputs, number}:
            if last_reader.get(one, 0) <= number:
                del volumes[one]
    return seen


def _joined(volume: Seen, rank: int, *, laid: bool) -> Places:
    """What was seen, joined over all other axes: behind the channels lie those of the input, if any do."""
    axes = range(1, rank + 1) if laid else (0,) * rank
    others = [tuple({*range(volume.ndim)} - {axis}) for axis in axes]
    return Places([volume.reduced(gone, False).view(np.ndarray) for gone in others], laid)
