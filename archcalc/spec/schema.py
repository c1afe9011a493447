"""The language as a JSON Schema, for editors: generated from the layer classes and from `expect`.

It accepts all that the reader accepts; what only the reader can know, such as whether a name exists or
shapes fit, it leaves open. An expression may stand for any value.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from inspect import cleandoc
from typing import Any

from archcalc.expectations.keys import layer_forms, network_forms
from archcalc.layers import LAYERS, layer_class
from archcalc.layers.aliases import INPUT_ALIASES, KIND_ALIASES, SETTING_ALIASES
from archcalc.layers.dialects import presets
from archcalc.layers.settings import FLAG, PADDING_WORDS, POSITIVE, Setting, required_settings, settings_of
from archcalc.spec.decode import canonical
from archcalc.spec.include import LIBRARY_KEYS
from archcalc.spec.load import DTYPE
from archcalc.spec.preamble import INPUTS

Schema = dict[str, Any]
"""A JSON Schema, which may hold any JSON: it is built here, and read only by `_or_expression`."""

DRAFT = "https://json-schema.org/draft/2020-12/schema"
LIST = {"$ref": "#/$defs/layers"}
TEXT = {"type": ["string", "number", "boolean"]}
NAMES = {"anyOf": [TEXT, {"type": "array", "items": TEXT, "minItems": 1}]}
EXPRESSION = {"type": "string", "pattern": r"\$"}
COLUMN = {"anyOf": [{"type": "array"}, EXPRESSION]}
COLUMNS = {"type": "object", "minProperties": 1, "additionalProperties": COLUMN}
FLAGS = {"enum": [True, False, 0, 1]}
"""What `true or false` takes: the comparisons of expressions give 1 and 0."""
LIBRARY = {"required": ["blocks"], "propertyNames": {"enum": list(LIBRARY_KEYS)}}
"""What a file needs that holds blocks for specs to include."""
OTHER_KIND = {"type": ["object", "null"], "description": "A block, or the kind that a `$setting` names."}
WHEN = {"anyOf": [FLAGS, EXPRESSION]}
COMMON: Schema = {
    "name": TEXT | {"description": "What the layer is called; by default its kind and number."},
    "from": NAMES | {"description": "The layer that this one reads, or a list; by default the one above."},
    "when": {"description": "Left out when false.", **WHEN},
    "note": TEXT | {"description": "What is to be said beside the layer's figures."},
}
STRUCTURES: dict[str, tuple[Schema, list[str]]] = {
    "repeat": (
        {
            "times": {"anyOf": [{"type": "integer", "minimum": 0}, EXPRESSION]},
            "each": {"anyOf": [COLUMNS, EXPRESSION]},
            "index": TEXT,
            "layers": LIST,
        },
        ["layers"],
    ),
    "residual": ({"body": LIST, "shortcut": LIST, "add": WHEN}, ["body"]),
    "branches": (
        {
            "paths": {
                "anyOf": [{"type": "array", "items": LIST}, {"type": "object", "additionalProperties": LIST}]
            },
            "merge": {"enum": ["concat", "add", "multiply"]},
        },
        ["paths"],
    ),
}


def spec_schema() -> Schema:
    """The JSON Schema of a whole file: a spec, or a library of blocks."""
    expected = {**_all(network_forms()), "layers": {"type": "object", "additionalProperties": _of_layers()}}
    return {
        "$schema": DRAFT,
        "title": "archcalc spec",
        "description": "A convolutional network, or a library of blocks, as archcalc reads it.",
        "type": "object",
        "properties": {
            "name": TEXT,
            "source": TEXT,
            "base": {"type": "string"},
            "include": NAMES,
            "input": {"anyOf": [_input(form) for form in INPUTS]},
            "variables": {"type": "object"},
            "blocks": {"type": "object", "additionalProperties": _block()},
            "layers": LIST,
            "outputs": NAMES,
            "auxiliary": {"anyOf": [*NAMES["anyOf"], {"type": "array", "maxItems": 0}]},
            "dtype": _or_expression(DTYPE.schema),
            "expect": {"type": "object", "properties": expected, "additionalProperties": False},
            "silence": {"anyOf": [TEXT, {"type": "array", "items": TEXT}]},
        },
        "anyOf": [{"required": ["input", "layers"]}, {"required": ["base"]}, LIBRARY],
        "additionalProperties": False,
        "$defs": {"layers": {"type": "array", "items": _item()}, **_definitions()},
    }


def _all(settings: Mapping[str, Setting]) -> Schema:
    return {
        key: {"description": f"Needs {each.needs}.", **_or_expression(each.schema)}
        for key, each in settings.items()
    }


def _of_layers() -> Schema:
    return {"type": "object", "properties": _all(layer_forms()), "additionalProperties": False}


def _or_expression(schema: Mapping[str, Any]) -> Schema:
    """The schema with an expression allowed for each value in it."""
    if "anyOf" in schema:
        return {**schema, "anyOf": [_or_expression(each) for each in schema["anyOf"]]}
    inner: Schema
    if schema == FLAG.schema:
        inner = FLAGS
    elif schema.get("enum") == list(PADDING_WORDS):
        inner = {"anyOf": [schema, {"type": "string", "pattern": _in_any_case(PADDING_WORDS)}]}
    elif "items" in schema:
        inner = {**schema, "items": _or_expression(schema["items"])}
    else:
        sides = schema.get("properties", {})
        inner = {
            **schema,
            **({"properties": {k: _or_expression(v) for k, v in sides.items()}} if sides else {}),
        }
    return {"anyOf": [inner, EXPRESSION]}


def _in_any_case(words: tuple[str, ...]) -> str:
    """A pattern for the words however they are capitalized; patterns of JSON Schema have no flags."""
    spelt = ("".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in word) for word in words)
    return f"^({'|'.join(spelt)})$"


def _input(form: tuple[str, ...]) -> Schema:
    size = _or_expression(POSITIVE.schema)
    spellings = [name for name, meant in INPUT_ALIASES.items() if meant in form]
    return {
        "type": "object",
        "properties": dict.fromkeys((*form, *spellings), size),
        "minProperties": len(form),
        "maxProperties": len(form),
        "additionalProperties": False,
    }


def _block() -> Schema:
    properties = {"settings": {"type": "object"}, "layers": LIST}
    return {
        "type": "object",
        "properties": properties,
        "required": ["layers"],
        "additionalProperties": False,
    }


def _item() -> Schema:
    """A layer: a kind, or one kind with its settings; blocks, and kinds that are computed, have any name."""
    words = {**dict.fromkeys((*LAYERS, *STRUCTURES)), **KIND_ALIASES}
    kinds = {
        word: {"$ref": f"#/$defs/{word if _presets_required(word) else kind or word}"}
        for word, kind in words.items()
    }
    one = {"minProperties": 1, "maxProperties": 1}
    mapping = {"type": "object", "properties": kinds, "additionalProperties": OTHER_KIND, **one}
    return {"anyOf": [{"type": "string", "examples": list(LAYERS)}, mapping]}


def _definitions() -> Schema:
    structures = {
        kind: _settings({**properties, **COMMON}, required)
        for kind, (properties, required) in STRUCTURES.items()
    }
    structures["repeat"]["oneOf"] = [{"required": ["times"]}, {"required": ["each"]}]
    words = {
        word: _kind(kind, presets(word)) for word, kind in KIND_ALIASES.items() if _presets_required(word)
    }
    return {kind: _kind(kind) for kind in LAYERS} | words | structures


def _presets_required(word: str) -> bool:
    """Whether a word gives a value to a setting that its kind requires."""
    kind = KIND_ALIASES.get(word)
    return kind is not None and not presets(word).keys().isdisjoint(required_settings(layer_class(kind)))


def _kind(kind: str, given: Collection[str] = ()) -> Schema:
    """The settings of a kind, in all their spellings, described by its docstring's first sentence."""
    cls = layer_class(kind)
    fields = settings_of(cls)
    own = _all({name: field.setting for name, field in fields.items()})
    spellings = {word: own[name] for word in SETTING_ALIASES if (name := canonical(word, fields)) is not None}
    sentence = cleandoc(cls.__doc__ or "").split("\n\n")[0]
    schema = _settings({**spellings, **own, **COMMON}, [])
    needed = [
        {"anyOf": [{"required": [word]} for word in _words(name, spellings, own)]}
        for name in required_settings(cls)
        if name not in given
    ]
    return {"description": sentence, **schema, **({"allOf": needed} if needed else {})}


def _words(name: str, spellings: Schema, own: Schema) -> list[str]:
    """All spellings of a setting."""
    return [name, *(word for word in spellings if word != name and spellings[word] is own[name])]


def _settings(properties: Schema, required: list[str]) -> Schema:
    schema = {"type": ["object", "null"], "properties": properties, "additionalProperties": False}
    return {**schema, "required": required} if required else schema
