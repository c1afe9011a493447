"""Repairs that put a layer between a volume and the merge that reads it: projections and crops."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from archcalc.checks.repair.change import Insertion, Settings, spliced
from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.proposal import Proposal, Proposals, beside, settings_change
from archcalc.checks.repair.sizes import one
from archcalc.frozen import replace
from archcalc.layers import Layer, SequenceShape, Shape, layer_class
from archcalc.spec.items import item_text

PROJECTIONS = {1: "fc", 2: "conv1d", 3: "conv"}
"""What maps a volume of so many sides to another depth, position by position."""


CONVERTED = {"tokens": "positions", "volume": "volume", "flatten": "flat", "global_avgpool": "pooled"}
"""What layers are called that make one kind of volume of another."""


def structure(failure: Failure) -> str | None:
    """The structure that the failing merge belongs to, `residual` or `branches`; None for one by hand."""
    word = failure.source_map.word(failure.node.span)
    return word if word in ("residual", "branches") else None


def projected(failure: Failure, slot: int, target: Shape) -> Proposals:
    """A 1×1 convolution between an earlier volume and the merge that reads it as it is."""
    layer = _projection(failure.inputs[slot], target)
    if layer is None:
        return
    if structure(failure) is None:
        yield beside(failure, slot, 3, _projecting(target), layer, "projection")
    elif structure(failure) == "residual" and not failure.source_map.has(failure.node.span, "shortcut"):
        group = failure.group(failure.position)
        yield _shortcut(failure, slot, dict.fromkeys(group, layer), {})
        yield from _like_the_body(failure, slot, layer)


def between(failure: Failure, slot: int, cost: int, kind: str, layer: Layer) -> Proposal | None:
    """A layer between an earlier volume and a merge that is written by hand; or as shortcut of a residual."""
    if structure(failure) is None:
        return beside(failure, slot, cost, kind, layer, CONVERTED[kind])
    return None


def _projecting(shape: Shape) -> str:
    """The kind of layer that changes the depth of such a volume."""
    return "fc" if isinstance(shape, SequenceShape) else PROJECTIONS[len(shape)]


def _projection(shape: Shape, target: Shape) -> Layer | None:
    """The layer with a window of 1 that leads from one shape to another."""
    cls: Any = layer_class(_projecting(shape))
    if len(shape) == 1 or isinstance(shape, SequenceShape):
        layer: Layer = cls(units=target[-1])
        return layer
    strides = tuple(-(-size // out) for size, out in zip(shape[1:], target[1:], strict=True))
    layer = cls(filters=target[0], kernel_size=1, stride=one(strides))
    return layer if layer.output_shape((shape,)) == target else None


def _shortcut(failure: Failure, slot: int, layers: Mapping[int, Layer], texts: Mapping[str, str]) -> Proposal:
    """A layer as the shortcut of a residual, with the texts of settings that are expressions."""
    kind = _projecting(failure.inputs[slot])
    item = item_text(kind, layers[failure.position], texts)
    insertions = {position: Insertion(kind, layer, slot) for position, layer in layers.items()}
    change = settings_change(failure, failure.position, (("shortcut", f"[{item}]"),))
    return Proposal(1, (change,), lambda: spliced(failure.network, insertions), ("shortcut",))


def _like_the_body(failure: Failure, slot: int, layer: Layer) -> Proposals:
    """A shortcut with the expressions that the body has for its depth and its stride."""
    body = 1 - slot
    source = failure.source(failure.node.inputs[body])
    strided = [p for p in failure.own(body) if failure.setting(p, "stride") not in (None, 1)]
    models = ({"filters": source.position} if source else {}) | ({"stride": strided[0]} if strided else {})
    texts: dict[str, str] = {}
    values: dict[int, Settings] = {position: {} for position in failure.group(failure.position)}
    for name, model in models.items():
        text = failure.source_map.expression(failure.place(model), name, failure.layer(model))
        if text and failure.source_map.reaches(failure.place(model), failure.node.span):
            texts[name] = text
            for position, settings in values.items():
                twin = failure.paired(position, model)
                settings[name] = failure.setting(model if twin is None else twin, name)
    if texts:
        layers = {position: replace(layer, **settings) for position, settings in values.items()}
        yield _shortcut(failure, slot, layers, texts)


def cropped(failure: Failure, slot: int, target: Shape) -> Proposals:
    """The middle of a larger volume, for a merge that is written by hand."""
    shape = failure.inputs[slot]
    surplus = tuple(size - out for size, out in zip(shape[1:], target[1:], strict=True))
    small = all(0 <= 2 * more < out for more, out in zip(surplus, target[1:], strict=True))
    if structure(failure) is not None or not any(surplus) or shape[0] != target[0] or not small:
        return
    sides = tuple((-(more // 2), -(more - more // 2)) for more in surplus)
    even = all(before == after for before, after in sides)
    layer: Any = layer_class("pad")
    padding = one(tuple(before for before, _ in sides)) if even else sides
    yield beside(failure, slot, 2, "pad", layer(padding=padding), "crop")
