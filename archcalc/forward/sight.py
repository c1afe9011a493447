"""What the values of each volume see of the network's input, found by running the kernels on positions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from archcalc.errors import RequestError
from archcalc.forward.kernels import KERNELS
from archcalc.forward.run import Array
from archcalc.forward.seen import Bordering, BorderingRun, Earliest, EarliestRun, Seen, SeenRun

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.network import Network

Integers = npt.NDArray[Any]


class Sight(NamedTuple):
    """What each place along one axis sees: from `first` to `last`, and whether padding `before` or `after`.

    Where it sees nothing, `first` is behind `last`. padded: whether it sees any padding, along whatever axis.
    In a volume with other axes than the input, there are places along the first: of a vector, each value.
    """

    first: Integers
    last: Integers
    before: Integers
    after: Integers
    padded: Integers

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
            Sight(first[axis][volume][axis], -last[axis][volume][axis], *_sides(flags, axis))
            for axis, flags in enumerate(along)
        )
        for volume, along in enumerate(border)
    ]


def _laid(axis: int, shape: Shape) -> Integers:
    """An input whose values are their own positions along an axis."""
    index = np.arange(shape[axis + 1], dtype=np.int32)
    return np.broadcast_to(index.reshape(-1, *(1,) * (len(shape) - 2 - axis)), shape)


def _sides(flags: Integers, axis: int) -> tuple[Integers, Integers, Integers]:
    """Whether padding before an axis was seen, whether behind it, and whether any."""
    return flags >> 2 * axis & 1 > 0, flags >> 2 * axis & 2 > 0, flags > 0


def _seen(network: Network, make_run: type[SeenRun], start: Seen) -> list[list[Integers]]:
    """What the input and each layer's output saw, along each axis of the input."""
    last_reader = {volume: number for number, node in enumerate(network.nodes, 1) for volume in node.inputs}
    volumes: dict[int, Array] = {0: start}
    seen = [_joined(start, start.ndim - 1)]
    for number, node in enumerate(network.nodes, 1):
        run = make_run(np.random.default_rng(0))
        try:
            output = KERNELS[node.kind](node.layer, [volumes[one] for one in node.inputs], run)
        except (KeyError, ValueError, IndexError):
            break
        except MemoryError as error:
            raise RequestError(f"{node.name} is too large to look through: {error}") from None
        volumes[number] = output
        seen.append(_joined(output.view(type(start)), start.ndim - 1))
        for one in {*node.inputs, number}:
            if last_reader.get(one, 0) <= number:
                del volumes[one]
    return seen


def _joined(volume: Seen, rank: int) -> list[Integers]:
    """What was seen at each place along each of `rank` axes behind the channels, or else along the first."""
    axes = range(1, rank + 1) if volume.ndim == rank + 1 else (0,) * rank
    others = [tuple({*range(volume.ndim)} - {axis}) for axis in axes]
    return [volume.reduced(gone, False).view(np.ndarray) for gone in others]
