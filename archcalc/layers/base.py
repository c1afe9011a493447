"""The contract of a layer: its fields are its settings in a spec, its methods are its rules.

A rule takes the shapes of the layer's inputs, channels first and without the batch, and returns
integers and shapes. It knows no file, no framework and no other layer.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import ClassVar, Literal

from archcalc.errors import ShapeError
from archcalc.frozen import Frozen
from archcalc.layers.settings import layer_kind
from archcalc.records import NamedTuple
from archcalc.window import AnyWindow

Shape = tuple[int, ...]
Shapes = tuple[Shape, ...]
Strides = tuple[int, ...]
NamedShapes = dict[str, Shape]
Reach = AnyWindow | Literal["pointwise", "last axis", "everything"]


class SequenceShape(tuple[int, ...]):
    """The shape of a sequence, [positions, features]; every other shape has its channels first."""

    __slots__ = ()


class Formula(NamedTuple):
    """How one number came about: `symbol = expression`, with the values to put in and the result.

    Expressions use + − · / ⌊ ⌋ ⌈ ⌉ and parentheses; every letter in them has its value in `values`.
    """

    symbol: str
    expression: str
    values: dict[str, int]
    result: int


class SavedTensor(NamedTuple):
    """One tensor that automatic differentiation keeps from the forward pass until a layer's backward pass.

    `of` says whose memory it is: the number of an input, `output`, `overwritten` (the output where the layer
    writes over its input, else the input), or None for a tensor of the layer's own with a `shape`: for
    each example, or where `per_example` is false once for the batch. `width` says how wide its values are:
    as the activations' (`value`), as the statistics of a normalisation (`statistic`: float32 or wider), as
    positions (`index`: int64) or as what was dropped (`mask`). `kernel` names the kernels of attention that
    keep it, where not all do. Parameters are kept anyway, and never named.
    """

    what: str
    of: int | Literal["output", "overwritten"] | None
    shape: Shape = ()
    width: Literal["value", "statistic", "index", "mask"] = "value"
    per_example: bool = True
    kernel: Literal["", "fused", "unfused"] = ""


SAVES_INPUT: tuple[SavedTensor, ...] = (SavedTensor("its input", 0),)
SAVES_OUTPUT: tuple[SavedTensor, ...] = (SavedTensor("its output", "output"),)
SAVES_OVERWRITTEN: tuple[SavedTensor, ...] = (SavedTensor("its output", "overwritten"),)


@layer_kind
class Layer(Frozen):
    """What every kind of layer answers. Kinds are frozen dataclasses; see `Conv` for a full one."""

    in_place: ClassVar[bool] = False
    """Writes over its input, or is a view of it, and so adds no volume."""

    merges: ClassVar[bool] = False
    """Reads two or more volumes."""

    concatenates: ClassVar[bool] = False
    """Joins its inputs, as they are, along one axis."""

    gates: ClassVar[bool] = False
    """Multiplies its inputs by each other."""

    activates: ClassVar[bool] = False
    """Is an activation function: nonlinear, and without weights between its input and what is in front."""

    normalises_channels: ClassVar[bool] = False
    """Scales and shifts each channel by running statistics, so that it can be folded into a linear layer in
    front, whose bias it cancels."""

    fully_connects: ClassVar[bool] = False
    """Is a fully connected layer: linear, with a weight for each pair of an input and an output."""

    mixes_positions: ClassVar[bool] = False
    """May compute one position of a sequence from all of them."""

    begins_sequence: ClassVar[bool] = False
    """Lays the positions of a volume in a row: its output is a sequence, as are those behind it."""

    ends_sequence: ClassVar[bool] = False
    """Lays the positions of a sequence out as a volume again."""

    upsamples: ClassVar[bool] = False
    """Places its outputs between its inputs, so that those at a border see less even without padding."""

    chooses: ClassVar[bool] = False
    """Leaves out part of its input."""

    rank: ClassVar[int] = 0
    """How many spatial axes its input must have; 0 where it works on any."""

    convolves: ClassVar[bool] = False
    """Shares its filters over positions, so that it can be compared with unshared connections."""

    only_trains: ClassVar[bool] = False
    """Does nothing once the network is trained: its output then is its input."""

    passes_gradient: ClassVar[bool] = False
    """Its backward pass hands on the gradient as it is, or slices of it, without a copy."""

    saves: ClassVar[tuple[SavedTensor, ...]]
    """What `saved` answers where it depends on no shapes; every kind must have either of the two."""

    def output_shape(self, inputs: Shapes) -> Shape:
        """The shape of the output; raises ShapeError where the layer cannot work on `inputs`."""
        raise NotImplementedError

    def parameter_shapes(self, inputs: Shapes) -> NamedShapes:
        """The learned tensors by name; those whose names end in `bias` are biases, all others weights."""
        return {}

    def buffer_shapes(self, inputs: Shapes) -> NamedShapes:
        """Tensors that are kept but not learned, such as running statistics."""
        return {}

    def macs(self, inputs: Shapes) -> int:
        """Multiply-accumulates for one example: padding zeros counted, bias adds not."""
        return 0

    def saved(self, inputs: Shapes) -> tuple[SavedTensor, ...]:
        """What is kept for the backward pass, as PyTorch's autograd keeps it in training."""
        return self.saves

    def identity_at_inference(self) -> bool:
        """Whether its output is its input once the network is trained."""
        return self.only_trains

    def padding_word(self) -> str:
        """The word that its padding is given by, such as `same_upper`; '' where it is given in numbers."""
        return ""

    def border_mode(self) -> str:
        """What its padding is made of: `zeros`, or values of its input, as `padding_mode` names them."""
        return "zeros"

    def pads_zeros(self) -> bool:
        """Whether it is a convolution whose padding, if there is any, is zeros and no copy of its input."""
        return self.convolves and self.border_mode() == "zeros"

    def leaves_gaps(self) -> bool:
        """Whether some of its outputs see less than others, as between windows that upsampling sets apart."""
        return False

    def is_view(self) -> bool:
        """Whether in training the output is the memory of the input, or a part of it, and no copy."""
        return False

    def viewed(self, shape: Shape, strides: Strides) -> tuple[Strides, bool]:
        """As a view of an input with `strides`: the strides of its output, and whether that needs no copy."""
        return strides, True

    def lies_side_by_side(self, inputs: Shapes) -> bool:
        """Whether its inputs lie in its output one behind the other, and so may be written there at once."""
        return self.concatenates

    def makes_volume(self) -> bool:
        """Whether the output is memory of its own, neither written over the input nor a part of it."""
        return not (self.in_place or self.is_view())

    def inside(self, inputs: Shapes) -> int:
        """Values, for one example, of tensors between its parts, where those run one by one."""
        return 0

    def reach(self, inputs: Shapes) -> Reach:
        """Which positions of the input one output sees: a window for each axis, its own, or everything.

        `last axis` stands for its own along all axes but the last, along which it sees everything.
        """
        return "pointwise"

    def formulas(self, inputs: Shapes) -> Iterator[Formula]:
        """Each number of the layer as the course writes it. Results are those of the rules above."""
        return iter(())


class Part(NamedTuple):
    """One layer of a composite: its name within it, its kind and the layer."""

    name: str
    kind: str
    layer: Layer


class Composite(Layer):
    """A kind that stands for a chain of other layers, and has no rules of its own."""

    def parts(self) -> tuple[Part, ...]:
        """The layers, in order; each reads the one before it."""
        raise NotImplementedError


AXIS_NAMES = {1: ("length",), 2: ("height", "width"), 3: ("depth", "height", "width")}


def axis_names(rank: int) -> tuple[str, ...]:
    """What the spatial axes are called in messages."""
    return AXIS_NAMES.get(rank) or tuple(f"axis {i + 1}" for i in range(rank))


def volume_text(shape: Shape) -> str:
    """A volume as messages write it: `3 channels of 227×227`."""
    return f"{shape[0]} channels of {'×'.join(map(str, shape[1:]))}"


def spatial(inputs: Shapes, rank: int) -> tuple[int, Shape]:
    """(channels, sizes) of a single input volume that must have `rank` spatial axes."""
    (shape,) = inputs
    if len(shape) == rank + 1:
        return shape[0], shape[1:]
    needed = {1: "channels and a length", 2: "channels, height and width"}.get(rank, f"{rank} spatial axes")
    hint = None
    if len(shape) == 1:
        hint = "it reads a vector, as flatten and fc write: it must stand in front of them"
    elif rank == 1:
        hint = "use the two-dimensional kind for images"
    elif len(shape) == 2:
        hint = "use the one-dimensional kind (`conv1d`, `maxpool1d`, `avgpool1d`) for sequences"
    raise ShapeError(f"needs an input with {needed}, got {list(shape)}", hint)


def like(shape: Shape, model: Shape) -> Shape:
    """`shape`, as that of a sequence where `model` is one."""
    return SequenceShape(shape) if isinstance(model, SequenceShape) else shape


def as_written(shape: Shape) -> Shape:
    """The sides in the order in which they are printed: width, height, depth; positions, features."""
    return shape if isinstance(shape, SequenceShape) else shape[::-1]


def axis_of(over: str | None, shape: Shape) -> str | None:
    """What `over` names, where `channels_last` is the features of a sequence, and else the channels."""
    if over != "channels_last":
        return over
    return "features" if isinstance(shape, SequenceShape) else "channels"


def reach_along_first(shape: Shape) -> Reach:
    """The reach of what mixes values along the first axis: channels of one position, or all positions."""
    return "everything" if isinstance(shape, SequenceShape) else "pointwise"


def reach_along_last(shape: Shape) -> Reach:
    """The reach of what mixes values along the last axis: features of one position, or a spatial axis."""
    return "pointwise" if isinstance(shape, SequenceShape) else "last axis"


def first_side(shape: Shape) -> str:
    """The letter of the first axis in formulas: L for the positions of a sequence, D for channels."""
    return "L" if isinstance(shape, SequenceShape) else "D"


def count(shape: Shape) -> int:
    """How many values a tensor of that shape holds."""
    return math.prod(shape)


def side_lengths(shape: Shape, suffix: str) -> dict[str, int]:
    """The sides of a volume by the course's letters, width first: W1, H1 and D1, or W2, H2 and D2.

    A sequence has a length and N features: L1 and N, or L2 and N. (`tuple(shape)` is that of the volume
    as which kinds read it that slide over volumes.)
    """
    if isinstance(shape, SequenceShape):
        return dict(zip((f"L{suffix}", "N"), shape, strict=True))
    letters = {1: "D", 2: "LD", 3: "WHD"}[len(shape)]
    return {f"{letter}{suffix}": size for letter, size in zip(letters, reversed(shape), strict=True)}


def product_formula(symbol: str, factors: dict[str, int]) -> Formula:
    """`symbol` as the product of the factors, or as 0 where there are none."""
    return Formula(symbol, "·".join(factors) or "0", factors, math.prod(factors.values()) if factors else 0)


def outputs_formula(output: Shape) -> Iterator[Formula]:
    """The number of output values, as a product of the volume's sides."""
    yield product_formula("outputs", side_lengths(output, "2"))
