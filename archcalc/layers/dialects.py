"""Words of one framework that mean more than a kind: its defaults, its padding and its axes.

A row says what such a word sets where a spec does not, and how a value is read that means something else
there. Every word that has no row here only renames.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from archcalc.layers.aliases import KIND_ALIASES
from archcalc.records import NamedTuple

Values = Mapping[str, object]
"""The settings that are given, by their canonical names."""


class Dialect(NamedTuple):
    """What a word sets.

    tool: whose word it is.
    meaning: what it sets beyond its kind, for the docs.
    defaults: the settings where none is given, which that tool has otherwise.
    read: what given values are in ours, with what follows from them.
    """

    tool: str
    meaning: str
    defaults: Values
    read: Callable[[Values], Values] = dict

    def meant(self, values: Values) -> Values:
        """The settings that are meant by those that are given."""
        return self.read({**self.defaults, **values})


def meant(word: str, values: Values) -> Values:
    """The settings that are meant where a kind is called by `word`."""
    dialect = DIALECTS.get(word)
    return dialect.meant(values) if dialect else values


def presets(word: str) -> Values:
    """The settings that a word gives a value to."""
    return DIALECTS[word].defaults if word in DIALECTS else {}


def spelt(word: str, kind: str, values: Values) -> str:
    """What to call a kind with some settings: the word, in whatever module, where it sets more than these."""
    name, padding = word.rsplit(".", 1)[-1], values.get("padding")
    given = {**values, "padding": padding.lower()} if isinstance(padding, str) else values
    return name if KIND_ALIASES.get(name) == kind and meant(name, given) != given else kind


def _steps(stride: object) -> bool:
    """Whether a stride, or one of several, is not 1; of an expression that may be."""
    return any(step != 1 for step in stride) if isinstance(stride, (tuple, list)) else stride != 1


def _convolution(values: Values) -> Values:
    """Where a stride makes `same` ambiguous, Keras pads the lesser part in front."""
    strided = values.get("padding") == "same" and _steps(values.get("stride", 1))
    return {**values, "padding": "same_upper"} if strided else values


def _pool(values: Values) -> Values:
    """Keras's pools step by their size."""
    stride = values.get("stride") or values.get("kernel_size", 2)
    strided = values.get("padding") == "same" and _steps(stride)
    return {**values, "padding": "same_upper"} if strided else values


def _average(values: Values) -> Values:
    """Keras takes the mean of what lies in the input."""
    padded = str(values.get("padding", "")).startswith("same")
    return {"count_include_pad": False, **_pool(values)} if padded else values


def _transposed(values: Values) -> Values:
    """Of Keras's `same` the output is W·S; of `valid` it is W·S + max(F − S, 0), and so never less.

    A given output_padding comes behind what `valid` writes, or what is left of that with `same` when half a
    kernel is cut off on both sides.
    """
    same, given = values.get("padding") == "same", values.get("output_padding")
    if same and given is None:
        return {**values, "padding": "same_upper"}
    windows = _windows(*(values.get(name, 1) for name in ("kernel_size", "stride", "dilation")))
    if same:
        return {**values, "padding": _joined([extent // 2 for extent, _ in windows])} if windows else values
    missing = [max(stride - extent, 0) for extent, stride in windows]
    return {**values, "output_padding": _joined(missing)} if given is None and any(missing) else values


def _joined(sizes: Sequence[int]) -> int | tuple[int, ...]:
    """Sizes for each axis as a setting: one where they are alike."""
    return sizes[0] if len({*sizes}) == 1 else tuple(sizes)


def _windows(*settings: object) -> list[tuple[int, int]]:
    """(extent, stride) along each axis; nothing where settings are not numbers, or as many as axes."""
    lengths = [each if isinstance(each, (tuple, list)) else (each,) for each in settings]
    rank = max(map(len, lengths))
    axes = [[*each] * (rank if len(each) == 1 else 1) for each in lengths]
    if any(len(each) != rank or not all(isinstance(size, int) for size in each) for each in axes):
        return []
    return [(d * (k - 1) + 1, s) for k, s, d in zip(*axes, strict=True)]


def _batch_norm(values: Values) -> Values:
    """Keras's momentum is what is kept of the running statistics, here it is what is new."""
    kept = values.get("momentum")
    return {**values, "momentum": round(1 - kept, 12)} if isinstance(kept, (int, float)) else values


def _response_norm(values: Values) -> Values:
    """PyTorch divides alpha by the size; here it is as in the paper."""
    alpha, size = values.get("alpha"), values.get("size")
    if isinstance(alpha, (int, float)) and isinstance(size, int):
        return {**values, "alpha": alpha / size}
    return values


SAME = "with a stride `padding: same` is `same_upper`"
CONVOLUTION = Dialect("Keras", SAME, {}, _convolution)
MAX_POOL = Dialect("Keras", f"`kernel_size: 2`; {SAME}", {"kernel_size": 2}, _pool)
AVERAGE_POOL = Dialect(
    "Keras",
    f"`kernel_size: 2`; {SAME}; with `same` the mean is over the input alone (`count_include_pad: false`)",
    {"kernel_size": 2},
    _average,
)
DENSE = Dialect(
    "Keras",
    "`over: channels_last`, behind `Conv1D` the channels of each position; an image is refused, as ambiguous",
    {"over": "channels_last"},
)
CONCATENATE = Dialect(
    "Keras", "`over: channels_last`: the features of sequences, else the channels", {"over": "channels_last"}
)

DIALECTS: dict[str, Dialect] = {
    **dict.fromkeys(("Conv2D", "Convolution2D", "Conv1D", "DepthwiseConv2D", "SeparableConv2D"), CONVOLUTION),
    **dict.fromkeys(("depthwise_conv2d", "separable_conv2d"), CONVOLUTION),
    "Conv2DTranspose": Dialect(
        "Keras",
        "`padding: same` is `same_upper`, an output of W1·S; without padding W1·S + max(F − S, 0)",
        {},
        _transposed,
    ),
    **dict.fromkeys(("MaxPooling2D", "MaxPool2D", "MaxPooling1D", "MaxPool1D"), MAX_POOL),
    **dict.fromkeys(("AveragePooling2D", "AvgPool2D", "AveragePooling1D", "AvgPool1D"), AVERAGE_POOL),
    **dict.fromkeys(("Dense", "dense"), DENSE),
    **dict.fromkeys(("Concatenate", "concatenate"), CONCATENATE),
    "ZeroPadding2D": Dialect("Keras", "`padding: 1`", {"padding": 1}),
    "BatchNormalization": Dialect(
        "Keras",
        "`over: channels_last`, `eps: 0.001`; its momentum is what is kept, 1 − ours",
        {"over": "channels_last", "eps": 1e-3, "momentum": 0.99},
        _batch_norm,
    ),
    "LayerNormalization": Dialect(
        "Keras",
        "`over: channels_last`, the channels of each position of an image; `eps: 0.001`",
        {"over": "channels_last", "eps": 1e-3},
    ),
    "GroupNormalization": Dialect("Keras", "`groups: 32`, `eps: 0.001`", {"groups": 32, "eps": 1e-3}),
    "LocalResponseNorm": Dialect(
        "PyTorch",
        "`k: 1`; its alpha is divided by the size",
        {"k": 1.0, "alpha": 1e-4},
        _response_norm,
    ),
}
"""The words that do not only rename."""
