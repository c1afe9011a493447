"""Repairs of volumes of the wrong kind: vectors for volumes, images for sequences, and the reverse."""

from __future__ import annotations

from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.proposal import Proposals, beside, call, insert, remove, write
from archcalc.layers import LAYERS, Shape, layer_class

ONE_AXIS = "1d"
PER_AXIS = ("kernel_size", "stride", "padding", "dilation", "output_padding", "output_size")


def kind_proposals(failure: Failure) -> Proposals:
    """A flatten or global pool in front, a flatten the less, or the kind for the other number of axes."""
    if failure.node.layer.merges:
        for slot, shape in enumerate(failure.inputs):
            if len(shape) == 1:
                yield from _fewer_flattens(failure, failure.own(slot))
        return
    (shape,) = failure.inputs
    if len(shape) == 1:
        yield from _fewer_flattens(failure, sorted(failure.before, reverse=True))
    yield from _vectors(failure, shape)
    yield from _other_axes(failure)


def _fewer_flattens(failure: Failure, positions: tuple[int, ...] | list[int]) -> Proposals:
    """Without the nearest layer that makes a vector of a volume, moving nothing else."""
    for position in failure.firsts(positions):
        if len(failure.output_of(position)) == 1 < len(failure.inputs_of(position)[0]):
            yield remove(failure, position, 1)
            return


def _vectors(failure: Failure, shape: Shape) -> Proposals:
    """What makes the vector that a fully connected layer needs, or maps channels, as Keras's would."""
    if not failure.has(failure.position, "units") or len(shape) == 1:
        return
    if failure.setting(failure.position, "over") == "channels_last":
        yield write(failure, failure.position, 0, over="channels")
    for cost, (kind, word) in enumerate((("flatten", "flat"), ("global_avgpool", "pooled"))):
        layer = layer_class(kind)()
        if failure.source_map.has(failure.node.span, "from"):
            yield beside(failure, 0, cost, kind, layer, word)
        else:
            yield insert(failure, failure.position, cost, kind, layer)


def _other_axes(failure: Failure) -> Proposals:
    """The kind for sequences instead of that for images, or the reverse; or one value for all axes."""
    axes = len(failure.inputs[0]) - 1
    for name in PER_AXIS:
        value = failure.setting(failure.position, name)
        if isinstance(value, tuple) and len(value) != axes:
            yield write(failure, failure.position, 1, **{name: value[0]})
    kind = failure.node.kind
    other = kind.removesuffix(ONE_AXIS) if kind.endswith(ONE_AXIS) else kind + ONE_AXIS
    if other in LAYERS and layer_class(other).rank == axes:
        yield call(failure, failure.position, 0, other)
