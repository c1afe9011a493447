"""Repairs of volumes of the wrong kind: vectors for volumes, images for sequences, and the reverse."""

from __future__ import annotations

from archcalc.checks.repair.change import SettingValue
from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.items import in_front, moved, replaced
from archcalc.checks.repair.proposal import Proposal, Proposals, call, remove, write
from archcalc.layers import LAYERS, SequenceShape, Shape, layer_class
from archcalc.layers.settings import settings_of

ONE_AXIS = "1d"
ROOMY = 4096
"""On sides as long as this works what needs many channels, or a large volume."""

PER_AXIS = (
    *("kernel_size", "stride", "padding", "dilation", "output_padding", "output_size", "size"),
    "scale_factor",
)
NO_VOLUME = 3
"""What it costs to do without a layer that slides over volumes, where a vector stands; twice as much where
that was made of a volume."""


def kind_proposals(failure: Failure) -> Proposals:
    """What makes the kind of volume that a layer reads, or a kind of layer that reads what is there."""
    if failure.node.layer.merges:
        for slot, shape in enumerate(failure.inputs):
            if any(len(other) != len(shape) for other in failure.inputs):
                yield from _fewer_conversions(failure, failure.own(slot))
        return
    (shape,) = failure.inputs
    if len(shape) == 1:
        yield from _fewer_flattens(failure)
        yield from _on_vectors(failure, shape)
    yield from _vectors(failure, shape)
    yield from _sequences(failure, shape)
    yield from _volumes(failure, shape)
    yield from _other_axes(failure, shape)


def _fewer_conversions(failure: Failure, positions: tuple[int, ...]) -> Proposals:
    """Without the nearest layer that makes another kind of volume, moving nothing else."""
    for position in failure.firsts(positions):
        if len(failure.output_of(position)) != len(failure.inputs_of(position)[0]):
            yield remove(failure, position, 1)
            return


def _fewer_flattens(failure: Failure) -> Proposals:
    """Without the nearest layer that makes a vector of a volume, or behind what is now behind it."""
    for position in failure.firsts(sorted(failure.before, reverse=True)):
        volume = failure.inputs_of(position)[0]
        if len(failure.output_of(position)) == 1 < len(volume):
            yield remove(failure, position, 1)
            if not failure.works_on(volume) and not failure.setting_names(position):
                yield call(failure, position, 2, "tokens")
            yield moved(failure, 2, position)
            return


def _on_vectors(failure: Failure, shape: Shape) -> Proposals:
    """What does the same to a vector: a fully connected layer for a convolution, and nothing for a pool."""
    cost = NO_VOLUME if failure.flattened(failure.node.inputs[0]) is None else 2 * NO_VOLUME
    filters = _filters(failure)
    if filters:
        yield replaced(failure, cost, "fc", units=filters)
    elif _is_refused(failure, shape) and not failure.has(failure.position, "units"):
        yield remove(failure, failure.position, cost)


def _vectors(failure: Failure, shape: Shape) -> Proposals:
    """What makes the vector that a fully connected layer needs, or maps channels, as Keras's would."""
    if not failure.has(failure.position, "units") or len(shape) == 1:
        return
    if failure.setting(failure.position, "over") == "channels_last":
        yield write(failure, failure.position, 0, over="channels")
    for cost, (kind, word) in enumerate((("flatten", "flat"), ("global_avgpool", "pooled"))):
        yield in_front(failure, cost, layer_class(kind)(), kind, word)


def _sequences(failure: Failure, shape: Shape) -> Proposals:
    """What makes a sequence of a volume, for a layer that reads nothing else."""
    if len(shape) > 2 and not failure.node.layer.rank and not failure.has(failure.position, "units"):
        layer = layer_class("tokens")()
        reads = failure.node.layer.ends_sequence or not _is_refused(failure, layer.output_shape((shape,)))
        if reads and _is_refused(failure, shape):
            stated = failure.setting(failure.position, "normalized_shape")
            # Sizes of a volume can be stated, too: those of its channels alone are what ConvNeXt normalises.
            yield in_front(failure, 1 if stated else 0, layer, "tokens", "positions")


def _volumes(failure: Failure, shape: Shape) -> Proposals:
    """What makes a volume of a sequence, for a layer that reads volumes alone."""
    before = failure.laid_out(failure.node.inputs[0])
    if before is None or not (failure.node.layer.rank or _is_refused(failure, shape)):
        return
    sizes = failure.shapes[before][1:]
    if len(sizes) == 2 and sizes[0] * sizes[1] == shape[0]:
        layer = layer_class("volume")(height=sizes[0], width=sizes[1])
        yield in_front(failure, 0, layer, "volume", "volume")
    for position in failure.firsts(sorted(failure.before, reverse=True)):
        if failure.layer(position).begins_sequence:
            yield remove(failure, position, 2)
            return


def _is_refused(failure: Failure, shape: Shape) -> bool:
    """Whether the failing layer works on no volume of this kind, not even on one that its settings suit."""
    heads = failure.setting(failure.position, "heads") or 1
    suiting = (shape, (*shape[:1], *(heads for _ in shape[1:])), (ROOMY,) * len(shape))
    return not any(map(failure.works_on, suiting))


def _other_axes(failure: Failure, shape: Shape) -> Proposals:
    """The kind for sequences instead of that for images, or the reverse; or one value for all axes."""
    position, axes = failure.position, len(shape) - 1
    fitting = {
        name: _for_all(value)
        for name in PER_AXIS
        if isinstance(value := failure.setting(position, name), tuple) and len(value) != axes
    }
    if fitting:
        yield write(failure, position, 1, **fitting)
    kind = failure.node.kind
    other = kind.removesuffix(ONE_AXIS) if kind.endswith(ONE_AXIS) else kind + ONE_AXIS
    if other in LAYERS and layer_class(other).rank == axes:
        yield call(failure, position, int(isinstance(shape, SequenceShape)), other)
    if axes == 1 and failure.node.layer.rank == 2 and other not in LAYERS:
        yield _along_one_axis(failure, shape[0])


def _for_all(value: tuple[SettingValue, ...]) -> SettingValue:
    """The value of the first axis, for all axes."""
    return (value[0],) if isinstance(value[0], tuple) else value[0]


def _filters(failure: Failure) -> int | None:
    """How many filters the failing item has, in whichever of its layers."""
    parts = (failure.position, *failure.parts(failure.position))
    found: int | None = next(filter(None, (failure.setting(part, "filters") for part in parts)), None)
    return found


def _along_one_axis(failure: Failure, channels: int) -> Proposal | None:
    """The one-dimensional convolution in place of a depthwise one: a group for each channel, or filters."""
    multiplier = failure.setting(failure.position, "multiplier")
    if multiplier is None:
        return None
    filters = _filters(failure)
    own = {"filters": filters} if filters else {"filters": channels * multiplier, "groups": channels}
    known = settings_of(layer_class("conv1d"))
    given = {name: value for name, value in failure.settings(failure.position).items() if name in known}
    return replaced(failure, 1 if filters else 0, "conv1d", **{**given, **own})
