"""Edits that may mend a failure: each with what it makes of the network, before anybody has tried it.

The cost of a proposal says how far it may be from what the author meant: 0 where the rest of the spec
speaks for it, 1 for the plain edit of the failing layer, more for edits elsewhere and for workarounds.
Of the proposals of one family, the first that works is enough.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import chain, count

from archcalc.checks.repair.change import (
    Action,
    Change,
    Insertion,
    Settings,
    SettingValue,
    spliced,
    with_layers,
)
from archcalc.checks.repair.failure import Failure
from archcalc.frozen import field_values, replace
from archcalc.layers import Layer, Shape, layer_class
from archcalc.network import Network
from archcalc.records import NamedTuple
from archcalc.spec.items import item_text, setting_text, settings_text

INPUT_KEYS = {1: ("features",), 2: ("channels", "length"), 3: ("channels", "height", "width")}

UNUSED = 4
"""What it costs more to leave a variable or a setting of a block that nothing uses any longer."""

FIRST = -1
"""Less than any edit of a spec costs."""


class Proposal(NamedTuple):
    """One or two edits that are made together, their cost, and the network that they lead to."""

    cost: int
    changes: tuple[Change, ...]
    network: Callable[[], Network]
    family: tuple[str, ...]

    def suits(self, other: Proposal) -> bool:
        """Whether it can be made together with another: at other items, or writing other settings.

        What calls an item by another kind, or stands in front of it, leaves its settings, which may be
        written too.
        """
        if {change.place for change in self.changes}.isdisjoint(change.place for change in other.changes):
            return True
        actions = Counter(change.action for change in self.changes + other.changes)
        once = actions["call"] < 2 and actions["insert"] < 2
        return once and actions.keys() <= {"write", "call", "insert"} and self.keys.isdisjoint(other.keys)

    @property
    def keys(self) -> set[str]:
        """The keys that are written."""
        return {key for change in self.changes for key, _ in change.settings}


Proposals = Iterator[Proposal | None]
"""What a proposer yields: None stands for an edit that is no edit here."""


def write(failure: Failure, position: int, cost: int, /, **settings: SettingValue) -> Proposal | None:
    """Write settings into the item that a layer comes from; None where that changes nothing."""
    values = dict.fromkeys(failure.group(position), settings)
    return _written(failure, position, cost, values, {})


def copy(failure: Failure, position: int, cost: int, setting: str, model: int, named: str) -> Proposal | None:
    """Write the expression that another item has for the setting called `named`."""
    layer = failure.layer(model)
    text = failure.source_map.expression(failure.place(model), named, layer)
    if text is None or not failure.source_map.reaches(failure.place(model), failure.place(position)):
        return None
    values = {}
    for member in failure.group(position):
        twin = failure.paired(member, model)
        if twin is None:
            return None
        values[member] = {setting: failure.setting(twin, named)}
    return _written(failure, position, cost, values, {setting: text})


def _written(
    failure: Failure,
    position: int,
    cost: int,
    values: Mapping[int, Settings],
    texts: dict[str, str],
) -> Proposal | None:
    """The proposal of new settings for each layer of a group; `texts` says how they are written."""
    settings = values[position]
    if failure.is_computed(position) or not all(failure.has(position, name) for name in settings):
        return None
    news = [name for name in settings if _differs(failure, values, name)]
    if not news:
        return None
    node = failure.network.nodes[position]
    if any(failure.source_map.is_last_use(node.span, name, node.layer) for name in news if name not in texts):
        cost += UNUSED
    written = tuple(
        (
            failure.source_map.spelled(node.span, name, node.layer),
            texts.get(name) or setting_text(settings[name]),
        )
        for name in news
    )
    layers = {member: replace(failure.layer(member), **new) for member, new in values.items()}
    changes = (settings_change(failure, position, written),)
    return Proposal(cost, changes, lambda: with_layers(failure.network, layers), ("write", *news))


def _differs(failure: Failure, values: Mapping[int, Settings], name: str) -> bool:
    return any(failure.setting(member, name) != new[name] for member, new in values.items())


def call(failure: Failure, position: int, cost: int, kind: str) -> Proposal | None:
    """Call the item that a layer comes from by another kind that has all its settings."""
    if not failure.is_whole(position):
        return None
    cls = layer_class(kind)
    layers = {}
    for member in failure.group(position):
        layer = failure.layer(member)
        layers[member] = cls(**field_values(layer))
    return Proposal(
        cost,
        (change_of(failure, "call", kind, position),),
        lambda: with_layers(failure.network, layers, kind),
        ("call",),
    )


def insert(failure: Failure, position: int, cost: int, kind: str, layer: Layer) -> Proposal | None:
    """Put an item in front of the one that a layer comes from, unless that says by name what it reads."""
    node = failure.network.nodes[position]
    named = failure.source_map.has(node.span, "from")
    if named or not failure.is_whole(position):
        return None
    above = failure.network.output_tensor(position - 1)
    if not failure.source_map.knows(node.span) and node.inputs != (above,):
        return None
    if disturbs_names(failure, kind):
        return None
    insertions = {member: Insertion(kind, layer) for member in failure.group(position)}
    change = change_of(failure, "insert", f"- {item_text(kind, layer)}", position)
    return Proposal(cost, (change,), lambda: spliced(failure.network, insertions), ("insert", kind))


def beside(failure: Failure, slot: int, cost: int, kind: str, layer: Layer, word: str) -> Proposal | None:
    """Put a named layer in front of the failing one, which says by name what it reads, to be read instead."""
    node, network = failure.node, failure.network
    names = [network.tensor_name(volume) for volume in node.inputs]
    if len(failure.group(failure.position)) > 1 or any("/" in path for path in (node.name, *names)):
        return None
    taken = {other.name for other in network.nodes}
    name = next(name for name in chain([word], (f"{word}{n}" for n in count(2))) if name not in taken)
    item = item_text(kind, layer, {"name": name, "from": setting_text(names[slot])})
    names[slot] = name
    read = setting_text(tuple(names) if len(names) > 1 else name)
    changes = (
        change_of(failure, "insert", f"- {item}", failure.position),
        settings_change(failure, failure.position, (("from", read),)),
    )
    insertions = {failure.position: Insertion(kind, layer, slot, name)}
    return Proposal(cost, changes, lambda: spliced(network, insertions), ("beside", word))


def remove(failure: Failure, position: int, cost: int) -> Proposal | None:
    """Take out the item that a layer comes from, unless its list would be empty, or a name depend on it."""
    node = failure.network.nodes[position]
    group = failure.group(position)
    if len(node.inputs) > 1 or not failure.is_whole(position) or failure.source_map.has(node.span, "from"):
        return None
    if failure.source_map.empties([node.span]) or disturbs_names(failure, node.kind):
        return None
    if {node.name, node.name.rpartition("/")[2]} & failure.source_map.names:
        return None
    change = change_of(failure, "remove", "", position)
    return Proposal(cost, (change,), lambda: spliced(failure.network, {}, group), ("remove", node.kind))


def other_input(failure: Failure, cost: int, shape: Shape) -> Proposal | None:
    """Give the network another input volume, where it has only one."""
    if len(failure.network.inputs) > 1:
        return None
    if failure.source_map.own_input is not None:
        return _input_option(failure, shape)
    sizes = tuple((key, str(size)) for key, size in zip(INPUT_KEYS[len(shape)], shape, strict=True))
    place = failure.source_map.input_place(failure.network.input_shape)
    place = None if failure.source_map.is_fixed(place) else place
    text = f"{{{settings_text(sizes)}}}"
    change = Change("input", text, "input", failure.where(place, "input"), place, sizes)
    return Proposal(cost, (change,), lambda: failure.network.with_input(shape), ("input",))


def _input_option(failure: Failure, shape: Shape) -> Proposal | None:
    """Another `--input`: the first thing to change where it, and not the spec, says the input."""
    given = failure.network.input_shape
    if len(shape) != len(given):
        return None
    if shape[0] != given[0] or len(shape) == 1:
        text = "x".join(map(str, shape))
    elif len(set(shape[1:])) == 1:
        text = f"{shape[1]}"
    else:
        text = ",".join(f"{key}={size}" for key, size in zip(INPUT_KEYS[len(shape)], shape, strict=True))
        text = text.partition(",")[2]
    change = Change("option", f"--input {text}", "input", "command line")
    return Proposal(FIRST, (change,), lambda: failure.network.with_input(shape), ("input",))


def apart(proposal: Proposal | None, *family: str) -> Proposal | None:
    """The proposal in a family of its own."""
    return proposal and proposal._replace(family=family)


def settings_change(failure: Failure, position: int, settings: tuple[tuple[str, str], ...]) -> Change:
    """The change of an item that writes settings into it."""
    return change_of(failure, "write", settings_text(settings), position)._replace(settings=settings)


def change_of(failure: Failure, action: Action, text: str, position: int) -> Change:
    """A change of the item that a layer comes from."""
    node = failure.network.nodes[position]
    word = failure.source_map.word(node.span) or node.kind
    return Change(action, text, word, failure.where(node.span, node.name), node.span)


def disturbs_names(failure: Failure, kind: str) -> bool:
    """Whether one layer more or less of a kind may change what a name in the spec stands for."""
    return any(name.rpartition("/")[2].rstrip("0123456789") == kind for name in failure.source_map.names)
