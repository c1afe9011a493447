"""Which value each weight of a convolution connects with which, worked out in integers.

A weight tensor has the shape (own, depth, *kernel). Its first axis counts the channels of the volume over
whose positions the filters slide: the output of a convolution, the input of a transposed one. At position
a, tap t touches position a·S − P + t·D of the other volume (Dumoulin & Visin 2016, arXiv:1603.07285).
The kernels pad and slide arrays instead; so neither can repeat an error of the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from archcalc.forward.kernels.padding import per_axis, sides
from archcalc.records import NamedTuple

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.layers.settings import Pairs

Indices = npt.NDArray[np.intp]

NONE = -1
"""The index of what lies beyond the border: zeros around an input, or outputs that are cropped."""

ENTRIES = 2**17
"""About so many connections are listed at a time: few enough to stay in the cache."""


class Entries(NamedTuple):
    """Non-zeros of the matrix that a layer is: `weight[which]` stands in a row and a column.

    The arrays have one value for each non-zero; rows are outputs and columns inputs, both flattened.
    """

    rows: Indices
    columns: Indices
    which: Indices


class Connections(NamedTuple):
    """How the filters of a layer lie between two volumes.

    weight: the shape of the filters, (own, depth, *kernel).
    near: the volume over whose positions the filters slide; far: the other one.
    backward: whether the near one is the input.
    """

    weight: Shape
    near: Shape
    far: Shape
    backward: bool
    stride: Shape
    dilation: Shape
    padding: Pairs
    mode: str

    @property
    def positions(self) -> int:
        """How many positions the filters take."""
        return prod(self.near[1:])

    @property
    def groups(self) -> int:
        """How many groups share no channel."""
        return self.far[0] // self.weight[1]

    @property
    def patch(self) -> int:
        """The weights of one filter."""
        return prod(self.weight[1:])

    def touched(self, positions: range) -> Indices:
        """Indices of far values: positions × groups × weights of a filter; NONE beyond the border."""
        total = np.zeros((len(positions), 1), np.intp)
        along = np.unravel_index(np.asarray(positions), self.near[1:])
        for axis, places in enumerate(along):
            spots = self._along(axis, places)
            joined = total[:, :, None] * self.far[axis + 1] + spots[:, None, :]
            beyond = (total[:, :, None] == NONE) | (spots[:, None, :] == NONE)
            total = np.where(beyond, NONE, joined).reshape(len(positions), -1)
        channels = np.arange(self.far[0])[:, None] * prod(self.far[1:])
        values = np.where(total[:, None, :] == NONE, NONE, total[:, None, :] + channels)
        return values.reshape(len(positions), self.groups, self.patch)

    def _along(self, axis: int, places: Indices) -> Indices:
        """a·S − P + t·D along one axis: places × taps."""
        taps = np.arange(self.weight[axis + 2]) * self.dilation[axis]
        spots = places[:, None] * self.stride[axis] - self.padding[axis][0] + taps
        return folded(spots, self.far[axis + 1], self.mode)

    def bands(self, values: int) -> Iterator[range]:
        """Ranges that cover the positions, `values` of them held for each."""
        step = max(ENTRIES // values, 1)
        for start in range(0, self.positions, step):
            yield range(start, min(start + step, self.positions))

    def entries(self) -> Iterator[Entries]:
        """The matrix as index arrays, one channel of one band at a time.

        For kernel 3, stride 2 and padding 1 over 4 values, `touched` says of the positions 0 and 1

            a·S − P + t·D    −1 0 1     1 2 3       −1 is beyond the border: NONE

        so that the entries are (row, column, weight) = (0, 0, 1), (0, 1, 2), (1, 1, 0), (1, 2, 1), (1, 3, 2).
        """
        filters = self.weight[0] // self.groups
        for band in self.bands(self.groups * self.patch):
            for group, touched in enumerate(self.touched(band).transpose(1, 0, 2)):
                there = touched != NONE
                places, taps = there.nonzero()
                far = touched[there]
                for own in range(group * filters, (group + 1) * filters):
                    near, which = places + (own * self.positions + band.start), taps + own * self.patch
                    yield Entries(far, near, which) if self.backward else Entries(near, far, which)


def folded(spots: Indices, size: int, mode: str) -> Indices:
    """Positions of an axis of `size`, with those beyond its ends led back as the padding mode says."""
    match mode:
        case "circular":
            return spots % size
        case "replicate":
            return spots.clip(0, size - 1)
        case "reflect":
            return size - 1 - abs(size - 1 - abs(spots))
    return np.where((spots >= 0) & (spots < size), spots, NONE)


# Any: a layer of any kind that slides; they share these settings, and no class that declares them.


def connections(layer: Any, weight: Shape, input_: Shape, output: Shape, *, backward: bool) -> Connections:
    """The connections of a layer with a weight tensor of that shape, between two volumes."""
    kernel = weight[2:]
    stride, dilation = per_axis(layer.stride, len(kernel)), per_axis(layer.dilation, len(kernel))
    padding = sides(layer.padding, input_[1:], kernel, stride, dilation)
    near, far = (input_, output) if backward else (output, input_)
    mode = layer.border_mode()
    return Connections(weight, near, far, backward, stride, dilation, padding, mode)
