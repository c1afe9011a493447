"""Repairs that concern a whole item: another in its place, one in front of it, or the item moved."""

from __future__ import annotations

from collections.abc import Callable

from archcalc.checks.repair.change import Insertion, SettingValue, spliced, with_layers
from archcalc.checks.repair.failure import Failure
from archcalc.checks.repair.proposal import (
    Proposal,
    beside,
    change_of,
    disturbs_names,
    insert,
)
from archcalc.layers import Layer, layer_class
from archcalc.layers.settings import changed_settings
from archcalc.network import Network
from archcalc.spec.calls import COMMON
from archcalc.spec.items import item_text


def in_front(failure: Failure, cost: int, layer: Layer, kind: str, word: str) -> Proposal | None:
    """One more item in front of the failing one, with the name `word` where that says what it reads."""
    if failure.source_map.has(failure.node.span, "from"):
        return beside(failure, 0, cost, kind, layer, word)
    return insert(failure, failure.position, cost, kind, layer)


def replaced(failure: Failure, cost: int, kind: str, /, **settings: SettingValue) -> Proposal | None:
    """Another item in place of the failing one, with its name and what it reads.

    Settings that it shares with the old one keep their text, an expression for example.
    """
    position, node = failure.position, failure.node
    named = failure.source_map.has(node.span, "name")
    if not named and (disturbs_names(failure, node.kind) or disturbs_names(failure, kind)):
        return None
    layer = layer_class(kind)(**settings)
    network = _with_other(failure, kind, layer)
    texts = _kept_texts(failure, layer)
    if network is None or any("\n" in text or "#" in text for text in texts.values()):
        return None
    change = change_of(failure, "replace", f"- {item_text(kind, layer, texts)}", position)
    return Proposal(cost, (change,), network, ("replace", kind))


def _with_other(failure: Failure, kind: str, layer: Layer) -> Callable[[], Network] | None:
    """The network with another layer for the failing item; None where that stands for different ones."""
    position, network = failure.position, failure.network
    group = failure.group(position)
    if failure.is_whole(position):
        alike = all(failure.layer(member) == failure.node.layer for member in group)
        return (lambda: with_layers(network, dict.fromkeys(group, layer), kind)) if alike else None
    parts = failure.parts(position)
    if len(group) > 1:
        return None
    return lambda: spliced(network, {position: Insertion(kind, layer)}, parts)


def _kept_texts(failure: Failure, layer: Layer) -> dict[str, str]:
    """The texts of what the failing item and the layer in its place have in common."""
    span, source_map = failure.node.span, failure.source_map
    found = {
        name: source_map.written(span, name, failure.node.layer)
        for name, value in changed_settings(layer).items()
        if failure.setting(failure.position, name) == value
    }
    found |= {key: source_map.written(span, key) for key in COMMON}
    return {key: text for key, text in found.items() if text is not None}


def without(failure: Failure, cost: int, setting: str) -> Proposal | None:
    """The failing item without one of its settings."""
    settings = failure.settings(failure.position)
    del settings[setting]
    return replaced(failure, cost, failure.node.kind, **settings)


def moved(failure: Failure, cost: int, target: int) -> Proposal | None:
    """The failing item in front of another one above it, where all between them is one chain."""
    position, node, network = failure.position, failure.node, failure.network
    chain = range(target, position + 1)
    spans = [network.nodes[each].span for each in (target, position)]
    if any(network.nodes[each].inputs != (network.output_tensor(each - 1),) for each in chain if each):
        return None
    if len({*failure.group(position), *failure.group(target)}) > 2 or not all(map(failure.is_whole, chain)):
        return None
    if any(failure.source_map.has(span, "from") for span in spans) or failure.source_map.empties(spans[1:]):
        return None
    if disturbs_names(failure, node.kind) or node.name in failure.source_map.names:
        return None
    source = failure.source_map
    texts = {name: source.written(node.span, name, node.layer) for name in changed_settings(node.layer)}
    texts["name"] = source.written(node.span, "name")
    item = item_text(node.kind, node.layer, {key: text for key, text in texts.items() if text is not None})
    changes = (
        change_of(failure, "insert", f"- {item}", target),
        change_of(failure, "remove", "", position),
    )
    insertions = {target: Insertion(node.kind, node.layer, 0, node.name)}
    return Proposal(cost, changes, lambda: spliced(network, insertions, (position,)), ("move",))
