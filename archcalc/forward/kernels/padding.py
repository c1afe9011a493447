"""What padding settings mean, read anew from their definition, and padding done to real arrays.

Nothing here is shared with the rules that the forward pass checks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np

from archcalc.forward.run import Array, Run

if TYPE_CHECKING:
    from archcalc.layers import Shape
    from archcalc.layers.settings import Pairs, Sides

Each = TypeVar("Each", int, float)

MODES = {"zeros": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
"""NumPy's word for each padding mode."""


def spatial_sizes(x: Array) -> Shape:
    """The sizes of a volume's spatial axes; it must have some."""
    if x.ndim < 2:
        raise ValueError(f"an array of {list(x.shape)} has no spatial axes")
    return x.shape[1:]


def per_axis(value: Each | tuple[Each, ...], rank: int) -> tuple[Each, ...]:
    """A setting's value for each of `rank` axes."""
    values = value if isinstance(value, tuple) else (value,) * rank
    if len(values) != rank:
        raise ValueError(f"{len(values)} values for {rank} axes")
    return values


def numbered_sides(padding: Sides, rank: int) -> Pairs:
    """(before, after) for each axis, of padding given in numbers or as `valid`."""
    if padding == "valid":
        return ((0, 0),) * rank
    if isinstance(padding, str):
        raise ValueError(f"padding `{padding}` has no meaning here")
    pairs = (padding,) * rank if isinstance(padding, int) else padding
    if rank == 1 and len(pairs) == 2 and pairs[0] == (0, 0) and isinstance(pairs[1], tuple):
        pairs = pairs[1:]  # left and right, with nothing above and below
    if len(pairs) != rank:
        raise ValueError(f"{len(pairs)} entries of padding for {rank} axes")
    return tuple((pair, pair) if isinstance(pair, int) else pair for pair in pairs)


def sides(padding: Sides, sizes: Shape, kernel: Shape, stride: Shape, dilation: Shape) -> Pairs:
    """(before, after) for each axis of an input of these sizes."""
    if not isinstance(padding, str) or padding == "valid":
        return numbered_sides(padding, len(sizes))
    if padding == "causal":
        (taps,), (apart,) = kernel, dilation
        return ((sum(apart for _ in range(taps - 1)), 0),)
    if padding == "same" and max(stride) > 1:
        raise ValueError("padding `same` is defined for stride 1 only")
    axes = zip(sizes, kernel, stride, dilation, strict=True)
    return tuple(_same(*axis, lower=padding == "same_lower") for axis in axes)


def _same(size: int, kernel: int, stride: int, dilation: int, *, lower: bool) -> tuple[int, int]:
    """The least padding with which a window starts at every stride-th position of the input.

    It is halved; an odd value goes behind the input, with `lower` in front of it.
    """
    last_start = range(0, size, stride)[-1]
    last_tap = range(last_start, last_start + kernel * dilation, dilation)[-1]
    missing = max(last_tap - (size - 1), 0)
    half = missing // 2
    return (missing - half, half) if lower else (half, missing - half)


def padded(x: Array, pairs: Pairs, run: Run, mode: str = "zeros", filler: float = 0.0) -> Array:
    """`x` with its spatial axes padded; `zeros` pads with the `filler`."""
    if not any(map(any, pairs)):
        return x
    sizes = spatial_sizes(x)
    around = zip(sizes, pairs, strict=True)
    if mode == "zeros":
        return run.bordered(x, pairs, filler)
    run.room((len(x), *(before + size + after for size, (before, after) in around)))
    _check_source(x, pairs, mode)
    return np.pad(x, ((0, 0), *pairs), mode=MODES[mode])  # type: ignore[call-overload,no-any-return]  # mode


def _check_source(x: Array, pairs: Pairs, mode: str) -> None:
    """Reflection and wrapping copy each input position once; NumPy would go on from the copy."""
    spare = {"reflect": 1, "circular": 0}.get(mode)
    for size, pair in zip(spatial_sizes(x), pairs, strict=True):
        if spare is not None and max(pair) > size - spare:
            raise ValueError(f"{mode} padding of {max(pair)} from {size} positions")
