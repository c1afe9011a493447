"""What lays out several layers at once: repeat, residual, branches, and the blocks of a spec.

Each is a function of the expansion, the call, the frame and the volume that it begins on, and returns
the volume that it ends on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from archcalc.errors import quoted
from archcalc.layers import layer_class
from archcalc.layers.settings import NATURAL, choice
from archcalc.network import INPUT
from archcalc.spec.calls import COMMON, MISSING, NAME, NAME_SETTING, Block, Call, Frame
from archcalc.spec.decode import described, known_keys, plain, read
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence, Value
from archcalc.spec.expressions import ExpressionError, Scope

if TYPE_CHECKING:
    from archcalc.spec.expand import Expansion

MERGES = choice("concat", "add", "multiply")


def _part(expansion: Expansion, call: Call, key: str) -> Value | None:
    """A required part of a structure."""
    if key in call.entries:
        return call.entries[key].value
    expansion.problems.add("missing-setting", f"{call.kind} needs `{key}:`", call.span)
    return None


def _nested(expansion: Expansion, call: Call, frame: Frame) -> Frame:
    """The frame within a structure: a level deeper only when it has a name."""
    if call.name is None:
        return frame
    name = expansion.full_name(call, frame)
    return frame.inside(call.name) if name else frame


def _ended(expansion: Expansion, call: Call, frame: Frame, volume: int) -> int:
    """Give the volume on which a named structure ends its name."""
    if call.name is not None:
        expansion.volumes[frame.path + call.name] = volume
    return volume


def repeat(expansion: Expansion, call: Call, frame: Frame, volume: int) -> int:
    """`times` copies of `layers`, one behind the other; `index` names a variable that counts from 1."""
    _structure_keys(expansion, call, ("times", "layers", "index"))
    times = (
        read(NATURAL, "times of repeat", call.entries["times"].value, frame.scope, expansion.problems)
        if _part(expansion, call, "times")
        else None
    )
    index = expansion.text(call.entries.get("index"), NAME_SETTING, "index of repeat", frame)
    layers = _part(expansion, call, "layers")
    if times is None or layers is None:
        return MISSING
    if isinstance(layers, Sequence) and not layers.items:
        expansion.problems.add("missing-setting", "repeat needs at least one layer", layers.span)
        return MISSING
    if call.name is not None and expansion.full_name(call, frame) is None:
        return MISSING
    for number in range(1, times + 1):
        inner = frame.inside(f"{call.name}{number}") if call.name is not None else frame
        if index:
            inner = inner._replace(scope={**inner.scope, index: number})
        volume = expansion.layers(layers, inner, volume)
    return _ended(expansion, call, frame, volume)


def residual(expansion: Expansion, call: Call, frame: Frame, volume: int) -> int:
    """`body` and `shortcut` (by default the identity) on the same volume, added."""
    _structure_keys(expansion, call, ("body", "shortcut"))
    body = _part(expansion, call, "body")
    if body is None:
        return MISSING
    inner = _nested(expansion, call, frame)
    ends = [expansion.layers(body, inner, volume)]
    shortcut = call.entries.get("shortcut")
    ends.append(expansion.layers(shortcut.value, inner.inside("shortcut"), volume) if shortcut else volume)
    return _ended(expansion, call, frame, _merge(expansion, "add", call, inner, ends))


def branches(expansion: Expansion, call: Call, frame: Frame, volume: int) -> int:
    """`paths` on the same volume, side by side, merged by concat (by default), add or multiply."""
    _structure_keys(expansion, call, ("paths", "merge"))
    paths = _part(expansion, call, "paths")
    merge = expansion.text(call.entries.get("merge"), MERGES, "merge of branches", frame) or "concat"
    if paths is None:
        return MISSING
    inner = _nested(expansion, call, frame)
    ends = [
        expansion.layers(path, inner.inside(name), volume)
        for name, path in _named_paths(expansion, paths, inner)
    ]
    return _ended(expansion, call, frame, _merge(expansion, merge, call, inner, ends))


def _named_paths(expansion: Expansion, paths: Value, frame: Frame) -> list[tuple[str, Value]]:
    """The paths of branches by name: their own, or `branch` and a number."""
    if isinstance(paths, Mapping) and len(paths.entries) > 1:
        return [
            (key, entry.value) for key, entry in paths.entries.items() if _path_name(expansion, key, entry)
        ]
    if isinstance(paths, Sequence) and len(paths.items) > 1:
        first = expansion.counts[f"{frame.path}branch"]
        expansion.counts[f"{frame.path}branch"] += len(paths.items)
        return [(f"branch{first + number}", path) for number, path in enumerate(paths.items, 1)]
    expansion.problems.add(
        "type",
        f"paths need a list or mapping of two or more lists of layers, found {described(paths)}",
        paths.span,
    )
    return []


def _path_name(expansion: Expansion, key: str, entry: Entry) -> bool:
    """Whether a path's key can be part of names."""
    if NAME.match(key) and key != INPUT:
        return True
    expansion.problems.add("type", f"a path needs {NAME_SETTING.needs}, found {quoted(key)}", entry.span)
    return False


def _merge(expansion: Expansion, kind: str, call: Call, frame: Frame, ends: list[int]) -> int:
    """Append the layer that merges the ends of paths."""
    name = expansion.full_name(call._replace(kind=kind, name=None), frame)
    if len(ends) < 2 or MISSING in ends or name is None:
        return MISSING
    return expansion.node(name, kind, layer_class(kind)(), ends, call)


def _structure_keys(expansion: Expansion, call: Call, keys: tuple[str, ...]) -> None:
    """Note the keys that a structure does not have."""
    known_keys(Mapping(call.entries, call.span), (*keys, *COMMON), f"`{call.kind}`", expansion.problems)


def block(expansion: Expansion, call: Call, frame: Frame, volume: int) -> int:
    """The layers of a block, with its settings in their scope."""
    definition = expansion.blocks[call.kind]
    if call.kind in frame.within:
        expansion.problems.add(
            "recursive-block", f"block {quoted(call.kind)} uses itself", call.span, "use `repeat`"
        )
        return MISSING
    name = expansion.full_name(call, frame)
    scope = _block_scope(expansion, definition, call, frame)
    if name is None or scope is None:
        return MISSING
    inner = frame.inside(name[len(frame.path) :])._replace(scope=scope, within=(*frame.within, call.kind))
    expansion.volumes[name] = expansion.layers(definition.layers, inner, volume)
    return expansion.volumes[name]


def _block_scope(expansion: Expansion, block: Block, call: Call, frame: Frame) -> Scope | None:
    """What a block's expressions see: the variables, and its settings as called or by default."""
    before = expansion.problems.noted
    known_keys(
        Mapping(call.entries, call.span),
        (*block.settings, *COMMON),
        f"block {quoted(block.name)}",
        expansion.problems,
    )
    scope: dict[str, Any] = dict(expansion.variables)
    for key, default in block.settings.items():
        given = call.entries.get(key)
        if given is None and is_required(default.value):
            expansion.problems.add(
                "missing-setting",
                f"block {quoted(block.name)} needs {quoted(key)}",
                call.span,
                f"write `{block.name}: {{{key}: …}}`",
            )
            continue
        try:
            scope[key] = plain(given.value, frame.scope) if given else plain(default.value, scope)
        except ExpressionError as error:
            expansion.problems.add(
                "expression", error.args[0], (given or default).value.span, *error.args[1:]
            )
    return scope if expansion.problems.noted == before else None


def is_required(value: Value) -> bool:
    """Whether a block's setting has no default."""
    return isinstance(value, Scalar) and not value.quoted and value.text == "required"


STRUCTURES: dict[str, Callable[[Expansion, Call, Frame, int], int]] = {
    "repeat": repeat,
    "residual": residual,
    "branches": branches,
}
