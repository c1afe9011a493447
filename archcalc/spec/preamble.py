"""What a spec says before its layers: variables, the input volume, and blocks."""

from __future__ import annotations

from archcalc.layers import LAYERS, Shape
from archcalc.layers.aliases import INPUT_ALIASES, KIND_ALIASES
from archcalc.layers.settings import POSITIVE
from archcalc.quoting import quoted
from archcalc.spec.calls import RESERVED, Block, is_identifier, is_name
from archcalc.spec.decode import computed, described, known_keys, read
from archcalc.spec.document import Entry, Mapping, Sequence, Value
from archcalc.spec.expressions import INVALID, Scope
from archcalc.spec.problems import Problems
from archcalc.spec.structures import STRUCTURES

INPUTS = (("channels", "height", "width"), ("channels", "length"), ("features",))
INPUT_SIZES = ("channels", "height", "width", "length", "features")
NO_3D = "keep one of them: archcalc has no 3-D volumes, an input has channels, height and width"
FORMS = " or ".join("{" + ", ".join(form) + "}" for form in INPUTS)


def variables(given: dict[str, Entry], problems: Problems) -> Scope:
    """The top-level variables, each seeing those above it."""
    scope = Scope()
    for entry in given.values():
        fine = _identifier(entry, "variable", problems)
        value, known = computed(entry.value, scope, problems)
        scope[entry.key] = value if fine and known else INVALID
    return scope


def _identifier(entry: Entry, what: str, problems: Problems) -> bool:
    """Whether a key can be a name in expressions."""
    if is_identifier(entry.key):
        return True
    taken = entry.key in RESERVED
    hint = "that word is taken" if taken else "use letters, digits and _, and begin with no digit"
    problems.add("name", f"{quoted(entry.key)} cannot be the name of a {what}", entry.span, hint)
    return False


def input_shape(entry: Entry, scope: Scope, problems: Problems) -> Shape | None:
    """The shape of the input volume, channels first."""
    value = entry.value
    if not isinstance(value, Mapping):
        message = f"input needs {FORMS}, found {described(value)}"
        problems.add("input", message, value.span, lambda: _foreign(value))
        return None
    given = _input_sizes(value, problems)
    form = next((form for form in INPUTS if set(form) == set(given)), ())
    sizes = [read(POSITIVE, f"{key} of input", given[key].value, scope, problems) for key in form]
    return None if None in sizes else tuple(sizes)


def _input_sizes(value: Mapping, problems: Problems) -> dict[str, Entry]:
    """The sizes of the input by their canonical names; what is wrong with these is noted."""
    keys = (*INPUT_SIZES, *INPUT_ALIASES)
    known = known_keys(value, keys, "`input`", problems, meant=lambda _: _foreign(value))
    given: dict[str, Entry] = {}
    for key, entry in value.entries.items():
        name = INPUT_ALIASES.get(key, key)
        if name in given:
            message = f"{quoted(key)} sets {name} of input a second time"
            three = name == "channels" and {"height", "width"} <= value.entries.keys()
            problems.add("duplicate-key", message, entry.span, NO_3D if three else "keep one of them")
        given.setdefault(name, entry)
    if known and set(given) not in map(set, INPUTS):
        message = f"input needs {FORMS}, found {', '.join(given) or 'an empty mapping'}"
        problems.add("input", message, value.span, _lacking_hint(given))
    return given


def _foreign(value: Value) -> str | None:
    """What an input means that is written as in other tools."""
    from archcalc.spec.foreign_input import input_hint, mapping_hint

    return mapping_hint(value.entries) if isinstance(value, Mapping) else input_hint(value)


def _lacking_hint(given: dict[str, Entry]) -> str | None:
    """What is missing from the first form that has all that is given."""
    form = next((form for form in INPUTS if given and set(given) < set(form)), None)
    return f"add {' and '.join(key for key in form if key not in given)}" if form else None


def blocks(given: dict[str, Entry], problems: Problems) -> dict[str, Block | None]:
    """The blocks that the spec defines; None for one that is invalid."""
    found: dict[str, Block | None] = {}
    for entry in given.values():
        before = problems.count
        block = _block(entry, problems)
        found[entry.key] = block if problems.count == before else None
    return found


def _block(entry: Entry, problems: Problems) -> Block | None:
    """One block: `settings` with their defaults, and `layers`."""
    name, value = entry.key, entry.value
    taken = name in LAYERS or name in STRUCTURES or name in KIND_ALIASES
    if taken or not is_name(name) or "/" in name:
        hint = "that kind is built in" if taken else "use letters, digits and _ . -, at most 100"
        problems.add("name", f"{quoted(name)} cannot be the name of a block", entry.span, hint)
        return None
    what = f"block {quoted(name)}"
    if not isinstance(value, Mapping):
        message = f"{what} needs `layers:` and may have `settings:`, found {described(value)}"
        problems.add("type", message, value.span, "write `layers:` and a list below it")
        return None
    known = known_keys(value, ("settings", "layers"), what, problems)
    settings = _block_settings(value, what, problems)
    layers = value.entries.get("layers")
    if layers and isinstance(layers.value, Sequence):
        return Block(name, settings, layers.value, entry.span)
    if layers:
        message = f"layers of {what} need a list, found {described(layers.value)}"
        problems.add("type", message, layers.value.span, "begin each layer with `- `")
    elif known:
        problems.add(
            "missing-key", f"{what} has no `layers:`", entry.span, "write `layers:` and a list below it"
        )
    return None


def _block_settings(value: Mapping, what: str, problems: Problems) -> dict[str, Entry]:
    """The settings of a block with their defaults."""
    entry = value.entries.get("settings")
    if entry is None:
        return {}
    if not isinstance(entry.value, Mapping):
        message = f"settings of {what} need a mapping of names to defaults, found {described(entry.value)}"
        hint = "write `settings: {width: required, stride: 1}`"
        problems.add("type", message, entry.value.span, hint)
        return {}
    entries = entry.value.entries
    return {key: each for key, each in entries.items() if _identifier(each, "setting", problems)}
