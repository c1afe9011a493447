"""What convolution and pooling share: from settings and input sizes to a window for each axis."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from archcalc.errors import ShapeError
from archcalc.layers.base import SAVES_INPUT, Formula, SavedTensor, Shape, axis_names
from archcalc.layers.settings import AlongWidth, Pairs, Sides, Sizes
from archcalc.window import Axis, TransposedAxis, Window, checked_size, same_padding


def spread(value: Sizes, rank: int, name: str) -> tuple[int, ...]:
    """One value for each of `rank` axes."""
    if isinstance(value, int):
        return (value,) * rank
    if len(value) != rank:
        raise ShapeError(
            f"{name} has {len(value)} values, the layer has {rank} axes ({', '.join(axis_names(rank))})"
        )
    return value


def spread_sides(value: Sides, rank: int) -> Pairs:
    """(before, after) for each of `rank` axes, from padding given in numbers."""
    if isinstance(value, (int, str)):
        size = 0 if isinstance(value, str) else value
        return ((size, size),) * rank
    if rank == 1 and isinstance(value, AlongWidth):
        return (value[1],)
    if len(value) != rank:
        raise ShapeError(
            f"padding has {len(value)} entries, the layer has {rank} axes ({', '.join(axis_names(rank))})",
            hint=_along_one_axis(value) if rank == 1 else None,
        )
    return tuple((side, side) if isinstance(side, int) else side for side in value)


def _along_one_axis(value: Sequence[int | tuple[int, int]]) -> str | None:
    """What two entries may have been meant as where there is one axis: in front and behind."""
    if len(value) != 2 or not all(isinstance(side, int) for side in value):
        return "a sequence has two sides: write {left: …, right: …}"
    front, behind = value
    return f"write `padding: {{left: {front}, right: {behind}}}` for {front} in front and {behind} behind"


def padded_sides(padding: Sides, sizes: Shape, kernel: Shape, stride: Shape, dilation: Shape) -> Pairs:
    """(before, after) for each axis, with words such as `same_upper` and `causal` worked out."""
    if not isinstance(padding, str) or padding == "valid":
        return spread_sides(padding, len(sizes))
    if padding == "causal":
        if len(sizes) != 1:
            raise ShapeError("padding `causal` is of one axis, which is that of time", "write the sides")
        return ((dilation[0] * (kernel[0] - 1), 0),)
    if padding == "same" and any(step != 1 for step in stride):
        upper = [
            same_padding(*axis, extra_first=False)
            for axis in zip(sizes, kernel, stride, dilation, strict=True)
        ]
        raise ShapeError(
            f"padding `same` has no one meaning for stride {max(stride)}: PyTorch refuses it, others differ",
            hint="write `same_upper` to pad as TensorFlow and Keras do "
            f"(here {' and '.join(f'{before} + {after}' for before, after in upper)}), or the numbers",
        )
    lower = padding == "same_lower"
    return tuple(
        same_padding(*axis, extra_first=lower) for axis in zip(sizes, kernel, stride, dilation, strict=True)
    )


@lru_cache(typed=True)  # `AlongWidth` is equal to the plain pairs, but means something else
def windows(
    sizes: Shape, kernel: Sizes, stride: Sizes, padding: Sides, dilation: Sizes = 1, *, ceil: bool = False
) -> Window:
    """The window along each axis of an input of the given sizes."""
    rank = len(sizes)
    kernels, strides = spread(kernel, rank, "kernel_size"), spread(stride, rank, "stride")
    dilations = spread(dilation, rank, "dilation")
    sides = padded_sides(padding, sizes, kernels, strides, dilations)
    return tuple(
        Axis(k, s, before, after, d, ceil)
        for k, s, (before, after), d in zip(kernels, strides, sides, dilations, strict=True)
    )


def output_sizes(window: Window, sizes: Shape) -> Shape:
    """The size along each axis behind the window."""
    names = axis_names(len(sizes))
    return tuple(
        checked_size(axis, size, name) for axis, size, name in zip(window, sizes, names, strict=True)
    )


def check_padding_mode(mode: str, sides: Pairs, sizes: Shape) -> None:
    """Refuse padding that the mode cannot fill from an input of these sizes."""
    if mode not in ("reflect", "circular"):
        return
    for (before, after), size, name in zip(sides, sizes, axis_names(len(sizes)), strict=True):
        most = size - 1 if mode == "reflect" else size
        padding = max(before, after)
        if padding > most:
            raise ShapeError(
                f"{mode} padding of {padding} needs a {name} of {padding + size - most} or more, got {size}"
            )


def saves_padded(
    window: Window, shape: Shape, padding: Sides = 0, mode: str = "zeros"
) -> tuple[SavedTensor, ...]:
    """The input, or the padded copy of it that PyTorch makes first where it cannot pad on the way.

    That is where sides are unequal (with `same` it copies only what makes them equal) and for modes other
    than zeros, of which reflection and replication keep the input as well.
    """
    if mode == "zeros" and all(axis.before == axis.after for axis in window):
        return SAVES_INPUT
    sides = ((axis.before, axis.after) for axis in window)
    added = (abs(b - a) if padding == "same" and mode == "zeros" else a + b for b, a in sides)
    copy = SavedTensor("its padded input", None, (shape[0], *map(sum, zip(shape[1:], added, strict=True))))
    return (*SAVES_INPUT, copy) if mode in ("reflect", "replicate") else (copy,)


AXIS_SYMBOLS = {1: "L", 2: "HW", 3: "THW"}


def size_formulas(window: Window, sizes: Shape) -> Iterator[Formula]:
    """Width first, as the course writes it: W2 = ⌊(W1 − F + 2·P)/S⌋ + 1."""
    letters = AXIS_SYMBOLS.get(len(sizes)) or [f"N{i}" for i in range(len(sizes))]
    square = len(set(window)) == 1
    for axis, size, letter in reversed(list(zip(window, sizes, letters, strict=True))):
        suffix = "" if square else letter.lower()
        yield _size_formula(axis, size, letter, suffix)


def _size_formula(axis: Axis | TransposedAxis, size: int, letter: str, suffix: str) -> Formula:
    values = {f"{letter}1": size, f"F{suffix}": axis.kernel, f"S{suffix}": axis.stride}
    extent = f"F{suffix}"
    if axis.dilation > 1:
        extent = f"(D{suffix}·(F{suffix} − 1) + 1)"
        values[f"D{suffix}"] = axis.dilation
    if axis.before == axis.after:
        total, sides = f"2·P{suffix}", {f"P{suffix}": axis.before}
    else:
        sides = {f"Pa{suffix}": axis.before, f"Pb{suffix}": axis.after}
        total = " + ".join(sides)
    values |= sides
    result = axis.output_size(size)
    if isinstance(axis, TransposedAxis):
        minus = total.replace(" + ", " − ")
        expression = f"({letter}1 − 1)·S{suffix} − {minus} + {extent}"
        if axis.output_padding:
            values[f"O{suffix}"] = axis.output_padding
            expression += f" + O{suffix}"
        return Formula(f"{letter}2", expression, values, result)
    quotient = f"({letter}1 − {extent} + {total})/S{suffix}"
    if not axis.ceil:
        return Formula(f"{letter}2", f"⌊{quotient}⌋ + 1", values, result)
    whole = -(-(size + axis.before + axis.after - axis.extent) // axis.stride) + 1
    dropped = "" if whole == result else " − 1"
    return Formula(f"{letter}2", f"⌈{quotient}⌉ + 1{dropped}", values, result)
