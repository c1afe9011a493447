"""What lays out several layers at once: repeat, residual, branches, and the blocks of a spec.

Each is a function of the expansion, the call, the frame and the volume that it begins on, and returns
the volume that it ends on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat as copies
from typing import TYPE_CHECKING, Any

from archcalc.layers import layer_class
from archcalc.layers.settings import NATURAL, choice
from archcalc.quoting import quoted
from archcalc.spec.calls import COMMON, IDENTIFIER, MISSING, NAME_SETTING, Block, Call, Frame, is_name
from archcalc.spec.decode import computed, described, known_keys
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence, Value
from archcalc.spec.expressions import UNKNOWN, Scope
from archcalc.spec.problems import Also

if TYPE_CHECKING:
    from archcalc.spec.expand import Expansion

MERGES = choice("concat", "add", "multiply")
REQUIRED = {"repeat": ("layers",), "residual": ("body",), "branches": ("paths",)}
"""The keys that a structure needs; a repeat also needs `times` or `each`."""


def structure_example(kind: str) -> str:
    """A structure as it is written."""
    keys = ("times", "layers") if kind == "repeat" else REQUIRED[kind]
    return f"{kind}: {{{', '.join(f'{key}: …' for key in keys)}}}"


def repeat(expansion: Expansion, call: Call, frame: Frame, volume: int) -> int:
    """Copies of `layers`, one behind the other: `times` of them, or one for each row of the table `each`.

    `index` names a variable that counts from 1. A copy with a fault is the last: those behind it would have
    the same one.
    """
    layers = _part(expansion, call, "layers", ("times", "each", "index"))
    if layers is None or not _claimed(expansion, call, frame):
        return MISSING
    if isinstance(layers, Sequence) and not layers.items:
        message = "repeat needs one layer or more, found an empty list"
        expansion.problems.add("missing-setting", message, layers.span)
        return MISSING
    before = expansion.problems.noted
    for inner in _copies(expansion, call, frame):
        volume = expansion.layers(layers, inner, volume)
        if expansion.problems.noted > before:
            break
    return _ended(expansion, call, frame, volume)


def _copies(expansion: Expansion, call: Call, frame: Frame) -> Iterator[Frame]:
    """The frame of each copy of a repeat."""
    index = expansion.text(call.entries.get("index"), IDENTIFIER, "index of repeat", frame)
    for number, row in enumerate(_rows(expansion, call, frame), 1):
        if index in row:
            message, hint = f"{quoted(index)} is the index of repeat, and a column too", "rename one of them"
            expansion.problems.add("duplicate-name", message, call.entries["index"].value.span, hint)
        inner = frame.inside(f"{call.name}{number}") if call.name is not None else frame
        yield inner.seeing({**row, index: number} if index else row)


def _rows(expansion: Expansion, call: Call, frame: Frame) -> Iterable[dict[str, Any]]:
    """What each copy of a repeat sees; one copy, where it is not known how many there are."""
    times, each = call.entries.get("times"), call.entries.get("each")
    if each and times:
        message = "repeat has `times:` and `each:`, and takes one of them"
        expansion.problems.add("duplicate-key", message, each.span, "`each` makes a copy for each row")
    if each:
        from archcalc.spec.tables import rows

        before = expansion.problems.noted
        found = rows(each.value, frame.scope, expansion.problems)
        if expansion.problems.noted > before:
            expansion.names.lose_all(call.entries["layers"].value)
        return found
    given = expansion.text(times, NATURAL, "times of repeat", frame)
    return copies({}, 1 if given is None else given)


def residual(expansion: Expansion, call: Call, frame: Frame, volume: int) -> int:
    """`body` and `shortcut` (by default the identity) on the same volume, added; or `body` alone.

    `add` says whether there is a shortcut at all.
    """
    body = _part(expansion, call, "body", ("shortcut", "add"))
    if body is None or not _claimed(expansion, call, frame):
        return MISSING
    inner = frame.inside(call.name) if call.name is not None else frame
    ends = [expansion.layers(body, inner, volume)]
    if not expansion.flag(call.entries.get("add"), frame, "add of residual"):
        return _ended(expansion, call, frame, ends[0])
    shortcut = call.entries.get("shortcut")
    ends.append(expansion.layers(shortcut.value, inner.inside("shortcut"), volume) if shortcut else volume)
    return _ended(expansion, call, frame, _merge(expansion, "add", call, inner, ends))


def branches(expansion: Expansion, call: Call, frame: Frame, volume: int) -> int:
    """`paths` on the same volume, side by side, merged by concat (by default), add or multiply."""
    paths = _part(expansion, call, "paths", ("merge",))
    merge = expansion.text(call.entries.get("merge"), MERGES, "merge of branches", frame) or "concat"
    if paths is None or not _claimed(expansion, call, frame):
        return MISSING
    inner = frame.inside(call.name) if call.name is not None else frame
    ends = [
        expansion.layers(path, inner.inside(name), volume)
        for name, path in _named_paths(expansion, paths, inner)
    ]
    return _ended(expansion, call, frame, _merge(expansion, merge, call, inner, ends))


def _part(expansion: Expansion, call: Call, key: str, optional: tuple[str, ...]) -> Value | None:
    """The main part of a structure; keys that are unknown or missing are noted."""
    entries, required = Mapping(call.entries, call.span), REQUIRED[call.kind]
    known = known_keys(entries, (*required, *optional, *COMMON), f"`{call.kind}`", expansion.problems)
    missing = [name for name in required if name not in call.entries]
    if call.kind == "repeat" and not call.entries.keys() & {"times", "each"}:
        missing.insert(0, "times")
    if known and missing:
        needs = " and ".join("`times:` or `each:`" if name == "times" else f"`{name}:`" for name in missing)
        message = f"{call.kind} needs {needs}"
        hint = f"write `{structure_example(call.kind)}`"
        expansion.problems.add("missing-setting", message, call.span, hint)
    if key in call.entries:
        return call.entries[key].value
    expansion.names.lose_all(entries)
    return None


def _claimed(expansion: Expansion, call: Call, frame: Frame) -> bool:
    """Whether a structure may have its name, if it has one."""
    if call.name is None or expansion.names.claim(call, frame.path):
        return True
    expansion.names.lose_all(Mapping(call.entries, call.span))
    return False


def _ended(expansion: Expansion, call: Call, frame: Frame, volume: int) -> int:
    """Give the volume on which a named structure ends its name."""
    if call.name is not None:
        expansion.names.volumes[frame.path + call.name] = volume
    return volume


def _named_paths(expansion: Expansion, paths: Value, frame: Frame) -> list[tuple[str, Value]]:
    """The paths of branches by name: their own, or `branch` and a number."""
    if isinstance(paths, Mapping) and len(paths.entries) > 1:
        return [
            (key, entry.value) for key, entry in paths.entries.items() if _path_name(expansion, key, entry)
        ]
    if isinstance(paths, Sequence) and len(paths.items) > 1:
        counts = expansion.names.counts
        first = counts[f"{frame.path}branch"]
        counts[f"{frame.path}branch"] += len(paths.items)
        return [(f"branch{first + number}", path) for number, path in enumerate(paths.items, 1)]
    message = f"paths need two or more lists of layers, as a list or by name, found {described(paths)}"
    expansion.problems.add("type", message, paths.span, "a single path needs no branches: write its layers")
    expansion.names.lose_all(paths)
    return []


def _path_name(expansion: Expansion, key: str, entry: Entry) -> bool:
    """Whether a path's key can be part of names."""
    if is_name(key):
        return True
    message = f"a path's name needs {NAME_SETTING.needs}, found {quoted(key)}"
    expansion.problems.add("type", message, entry.span)
    expansion.names.lose_all(entry.value)
    return False


def _merge(expansion: Expansion, kind: str, call: Call, frame: Frame, ends: list[int]) -> int:
    """Append the layer that merges the ends of paths."""
    merge = call._replace(kind=kind, name=None, name_span=call.span)
    name = expansion.names.claim(merge, frame.path)
    if name is None:
        return MISSING
    if len(ends) < 2:
        expansion.names.volumes[name] = MISSING
        return MISSING
    return expansion.node(name, kind, layer_class(kind)(), ends, call)


def block(expansion: Expansion, call: Call, frame: Frame, volume: int) -> int:
    """The layers of a block, with its settings in their scope."""
    definition = expansion.blocks[call.kind]
    name = expansion.names.claim(call, frame.path)
    if definition is None:
        expansion.problems.doubt()
    elif call.kind in frame.within:
        _note_recursion(expansion, call, frame)
    elif name is not None:
        scope = _block_scope(expansion, definition, call, frame)
        inner = frame._replace(path=f"{name}/", scope=scope, within=(*frame.within, call.kind))
        expansion.problems.users.append(call.span)
        expansion.names.volumes[name] = expansion.layers(definition.layers, inner, volume)
        expansion.problems.users.pop()
        return expansion.names.volumes[name]
    return MISSING


def _note_recursion(expansion: Expansion, call: Call, frame: Frame) -> None:
    within = frame.within[frame.within.index(call.kind) + 1 :]
    through = f", through {' and '.join(map(quoted, within[:4]))}" if within else ""
    message = f"block {quoted(call.kind)} uses itself{through}"
    expansion.problems.add("recursive-block", message, call.span, "use `repeat` for copies of a block")


def _block_scope(expansion: Expansion, block: Block, call: Call, frame: Frame) -> Scope:
    """What a block's expressions see: the variables, and its settings as called or by default."""
    problems = expansion.problems
    problems.spend(4 * (len(block.settings) + len(call.entries)), call.span)
    names = dict.fromkeys((*block.settings, *COMMON))
    entries, also = Mapping(call.entries, call.span), _elsewhere(block, call)
    known = known_keys(entries, names, f"block {quoted(block.name)}", problems, also)
    scope = expansion.variables.new_child()
    missing = []
    for key, default in block.settings.items():
        given = call.entries.get(key)
        if given is None and is_required(default.value):
            missing.append(key)
            scope[key] = UNKNOWN
            continue
        value, fine = (
            computed(given.value, frame.scope, problems)
            if given
            else computed(default.value, scope, problems)
        )
        scope[key] = value if fine else UNKNOWN
    if missing and known:
        _note_missing(block, missing, call, expansion)
    return scope


def _note_missing(block: Block, missing: list[str], call: Call, expansion: Expansion) -> None:
    needed = " and ".join(map(quoted, missing[:4]))
    message = f"block {quoted(block.name)} needs {needed}"
    hint = f"write `{block.name}: {{{missing[0]}: …}}`"
    expansion.problems.add("missing-setting", message, call.span, hint, _elsewhere(block, call))


def _elsewhere(block: Block, call: Call) -> Also:
    """Where a block is defined that is used in another file: its author may think of another block."""
    return (("the block is defined here", block.span),) if block.span.source != call.span.source else ()


def is_required(value: Value) -> bool:
    """Whether a block's setting has no default."""
    return isinstance(value, Scalar) and not value.quoted and value.text == "required"


STRUCTURES: dict[str, Callable[[Expansion, Call, Frame, int], int]] = {
    "repeat": repeat,
    "residual": residual,
    "branches": branches,
}
