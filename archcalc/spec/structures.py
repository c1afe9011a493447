"""How structures and blocks are expanded: repeat, residual, branches, and the blocks of a spec.

Each is a function of the expansion, the call, the frame and the tensor that it begins on, and returns
the tensor that it ends on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import repeat as copies
from typing import TYPE_CHECKING

from archcalc.layers import layer_class
from archcalc.layers.settings import NATURAL, choice
from archcalc.quoting import quoted
from archcalc.spec.calls import COMMON, IDENTIFIER, INVALID_TENSOR, NAME_SETTING, Block, Call, Frame, is_name
from archcalc.spec.decode import computed, described, known_keys
from archcalc.spec.document import Entry, Mapping, Scalar, Sequence, Value
from archcalc.spec.expressions import INVALID, Scope
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


def repeat(expansion: Expansion, call: Call, frame: Frame, tensor: int) -> int:
    """Copies of `layers`, one behind the other: `times` of them, or one for each row of the table `each`.

    `index` names a variable that counts from 1. A copy with a problem is the last: those behind it would
    have the same one.
    """
    layers = _part(expansion, call, "layers", ("times", "each", "index"))
    if layers is None or not _claimed(expansion, call, frame):
        return INVALID_TENSOR
    if isinstance(layers, Sequence) and not layers.items:
        message = "repeat needs one layer or more, found an empty list"
        expansion.problems.add("missing-setting", message, layers.span)
        return INVALID_TENSOR
    before = expansion.problems.count
    for inner in _copies(expansion, call, frame):
        tensor = expansion.expand_list(layers, inner, tensor)
        if expansion.problems.count > before:
            break
    return _ended(expansion, call, frame, tensor)


def _copies(expansion: Expansion, call: Call, frame: Frame) -> Iterator[Frame]:
    """The frame of each copy of a repeat."""
    index = expansion.common_setting(call.entries.get("index"), IDENTIFIER, "index of repeat", frame)
    for number, row in enumerate(_rows(expansion, call, frame), 1):
        if index in row:
            message, hint = f"{quoted(index)} is the index of repeat, and a column too", "rename one of them"
            expansion.problems.add("duplicate-name", message, call.entries["index"].value.span, hint)
        inner = frame.inside(f"{call.name}{number}") if call.name is not None else frame
        yield inner.seeing({**row, index: number} if index else row)


def _rows(expansion: Expansion, call: Call, frame: Frame) -> Iterable[dict[str, object]]:
    """What each copy of a repeat sees; one copy, where it is not known how many there are."""
    times, each = call.entries.get("times"), call.entries.get("each")
    if each and times:
        message = "repeat has `times:` and `each:`, and takes one of them"
        expansion.problems.add("duplicate-key", message, each.span, "`each` makes a copy for each row")
    if each:
        from archcalc.spec.tables import rows

        before = expansion.problems.count
        found = rows(each.value, frame.scope, expansion.problems)
        if expansion.problems.count > before:
            expansion.symbols.suppress_all(call.entries["layers"].value)
        return found
    given = expansion.common_setting(times, NATURAL, "times of repeat", frame)
    return copies({}, 1 if given is None else given)


def residual(expansion: Expansion, call: Call, frame: Frame, tensor: int) -> int:
    """A residual connection: `body` and `shortcut` (the identity by default) on the same tensor, added.

    Where `add` is false there is no shortcut, and `body` stands alone.
    """
    body = _part(expansion, call, "body", ("shortcut", "add"))
    if body is None or not _claimed(expansion, call, frame):
        return INVALID_TENSOR
    inner = frame.inside(call.name) if call.name is not None else frame
    ends = [expansion.expand_list(body, inner, tensor)]
    if not expansion.condition(call.entries.get("add"), frame, "add of residual"):
        return _ended(expansion, call, frame, ends[0])
    shortcut = call.entries.get("shortcut")
    ends.append(
        expansion.expand_list(shortcut.value, inner.inside("shortcut"), tensor) if shortcut else tensor
    )
    return _ended(expansion, call, frame, _merge(expansion, "add", call, inner, ends))


def branches(expansion: Expansion, call: Call, frame: Frame, tensor: int) -> int:
    """`paths` on the same tensor, side by side, merged by concat (by default), add or multiply."""
    paths = _part(expansion, call, "paths", ("merge",))
    merge = (
        expansion.common_setting(call.entries.get("merge"), MERGES, "merge of branches", frame) or "concat"
    )
    if paths is None or not _claimed(expansion, call, frame):
        return INVALID_TENSOR
    inner = frame.inside(call.name) if call.name is not None else frame
    ends = [
        expansion.expand_list(path, inner.inside(name), tensor)
        for name, path in _named_paths(expansion, paths, inner)
    ]
    return _ended(expansion, call, frame, _merge(expansion, merge or "concat", call, inner, ends))


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
    expansion.symbols.suppress_all(entries)
    return None


def _claimed(expansion: Expansion, call: Call, frame: Frame) -> bool:
    """Whether a structure may have its name, if it has one."""
    if call.name is None or expansion.symbols.declare(call, frame.path):
        return True
    expansion.symbols.suppress_all(Mapping(call.entries, call.span))
    return False


def _ended(expansion: Expansion, call: Call, frame: Frame, tensor: int) -> int:
    """Give the tensor on which a named structure ends its name."""
    if call.name is not None:
        expansion.symbols.tensors[frame.path + call.name] = tensor
    return tensor


def _named_paths(expansion: Expansion, paths: Value, frame: Frame) -> list[tuple[str, Value]]:
    """The paths of branches by name: their own, or `branch` and a number."""
    if isinstance(paths, Mapping) and len(paths.entries) > 1:
        return [
            (key, entry.value) for key, entry in paths.entries.items() if _path_name(expansion, key, entry)
        ]
    if isinstance(paths, Sequence) and len(paths.items) > 1:
        counts = expansion.symbols.counts
        first = counts[f"{frame.path}branch"]
        counts[f"{frame.path}branch"] += len(paths.items)
        return [(f"branch{first + number}", path) for number, path in enumerate(paths.items, 1)]
    message = f"paths need two or more lists of layers, as a list or by name, found {described(paths)}"
    expansion.problems.add("type", message, paths.span, "a single path needs no branches: write its layers")
    expansion.symbols.suppress_all(paths)
    return []


def _path_name(expansion: Expansion, key: str, entry: Entry) -> bool:
    """Whether a path's key can be part of names."""
    if is_name(key):
        return True
    message = f"a path's name needs {NAME_SETTING.needs}, found {quoted(key)}"
    expansion.problems.add("type", message, entry.span)
    expansion.symbols.suppress_all(entry.value)
    return False


def _merge(expansion: Expansion, kind: str, call: Call, frame: Frame, ends: list[int]) -> int:
    """Append the layer that merges the ends of paths."""
    merge = call._replace(kind=kind, name=None, name_span=call.span)
    name = expansion.symbols.declare(merge, frame.path)
    if name is None:
        return INVALID_TENSOR
    if len(ends) < 2:
        expansion.symbols.tensors[name] = INVALID_TENSOR
        return INVALID_TENSOR
    return expansion.append_node(name, kind, layer_class(kind)(), ends, call)


def block(expansion: Expansion, call: Call, frame: Frame, tensor: int) -> int:
    """The layers of a block, with its settings in their scope."""
    definition = expansion.blocks[call.kind]
    name = expansion.symbols.declare(call, frame.path)
    if definition is None:
        expansion.problems.mark_invalid()
    elif call.kind in frame.within:
        _note_recursion(expansion, call, frame)
    elif name is not None:
        scope = _block_scope(expansion, definition, call, frame)
        inner = frame._replace(path=f"{name}/", scope=scope, within=(*frame.within, call.kind))
        expansion.problems.expansion_stack.append(call.span)
        expansion.symbols.tensors[name] = expansion.expand_list(definition.layers, inner, tensor)
        expansion.problems.expansion_stack.pop()
        return expansion.symbols.tensors[name]
    return INVALID_TENSOR


def _note_recursion(expansion: Expansion, call: Call, frame: Frame) -> None:
    within = frame.within[frame.within.index(call.kind) + 1 :]
    through = f", through {' and '.join(map(quoted, within[:4]))}" if within else ""
    message = f"block {quoted(call.kind)} uses itself{through}"
    expansion.problems.add("recursive-block", message, call.span, "use `repeat` for copies of a block")


def _block_scope(expansion: Expansion, block: Block, call: Call, frame: Frame) -> Scope:
    """What a block's expressions see: the variables, and its settings as called or by default."""
    problems = expansion.problems
    problems.charge(4 * (len(block.settings) + len(call.entries)), call.span)
    names = dict.fromkeys((*block.settings, *COMMON))
    entries, also = Mapping(call.entries, call.span), _elsewhere(block, call)
    known = known_keys(entries, names, f"block {quoted(block.name)}", problems, also)
    scope = expansion.variables.new_child()
    missing = []
    for key, default in block.settings.items():
        given = call.entries.get(key)
        if given is None and is_required(default.value):
            missing.append(key)
            scope[key] = INVALID
            continue
        value, fine = (
            computed(given.value, frame.scope, problems)
            if given
            else computed(default.value, scope, problems)
        )
        scope[key] = value if fine else INVALID
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
