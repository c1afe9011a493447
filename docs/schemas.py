"""JSON Schemas, draft 2020-12, generated from the TypedDicts of the documents that archcalc writes.

    python docs/schemas.py      writes schemas/NAME.schema.json anew

A TypedDict becomes an object without other keys, its docstring the description; a key is required unless it
is NotRequired; `X | None` may be null; a dict is an object of any keys; `object` is anything. In
`Annotated[X, …]` a text describes X, and a pair is a limit: a keyword of JSON Schema and its value.
"""

from __future__ import annotations

import json
import tomllib
from enum import StrEnum
from importlib import import_module
from pathlib import Path
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Literal,
    NotRequired,
    Union,
    get_args,
    get_origin,
    get_type_hints,
    is_typeddict,
)

from archcalc.analysis.quantities import QUANTITIES
from archcalc.report.documents import DOCUMENTS
from archcalc.report.documents.network import LayerData
from archcalc.report.page import SCHEMA_VERSION

FOLDER = Path(__file__).resolve().parents[1] / "schemas"
PROJECT = tomllib.loads((FOLDER.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
ADDRESS = f"{PROJECT['urls']['Homepage']}/schemas"
DRAFT = "https://json-schema.org/draft/2020-12/schema"

Schema = dict[str, Any]  # a JSON Schema is JSON
Limit = tuple[str, int]  # a keyword of JSON Schema, such as minimum, and its value
PLAIN: dict[object, Schema] = {
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    bool: {"type": "boolean"},
    NoneType: {"type": "null"},
    object: {},
}


def schema(name: str) -> Schema:
    """The schema of a document, by its name in DOCUMENTS."""
    module, kind = DOCUMENTS[name].split(":")
    found: dict[str, Schema] = {}
    document = getattr(import_module(module), kind)
    _object(document, found)
    top = found.pop(kind)
    top["properties"]["schema_version"] = {"const": SCHEMA_VERSION}
    about = {"$schema": DRAFT, "$id": f"{ADDRESS}/{name}.schema.json", "title": f"archcalc {name}"}
    return {**about, **top, "$defs": dict(sorted(found.items()))}


def _object(kind: Any, found: dict[str, Schema]) -> Schema:  # a type as a value: none is narrower
    """A reference to the schema of a TypedDict, which is put among those found."""
    if kind.__name__ not in found:
        found[kind.__name__] = {}
        hints = get_type_hints(kind, include_extras=True)
        properties = {key: _of(hint, found) for key, hint in hints.items()}
        required = [key for key, hint in hints.items() if get_origin(hint) is not NotRequired]
        if kind is LayerData:
            properties |= {name: {"type": "integer"} for name in QUANTITIES}
            required += QUANTITIES
        found[kind.__name__] = {
            "description": " ".join((kind.__doc__ or "").split()),
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": False,
        }
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _of(hint: Any, found: dict[str, Schema]) -> Schema:  # a type as a value: none is narrower
    """The schema of what a type hint allows; TypeError for one that has no rule here."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in PLAIN:
        return dict(PLAIN[hint])
    if is_typeddict(hint):
        return _object(hint, found)
    if origin is NotRequired:
        return _of(inner[0], found)
    if origin is Annotated:
        return _annotated(inner[0], inner[1:], found)
    if origin is Literal:
        return {"enum": list(inner)}
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {"enum": [member.value for member in hint]}
    if origin in (Union, UnionType):
        return {"anyOf": [_of(each, found) for each in inner]}
    if origin is list:
        return {"type": "array", "items": _of(inner[0], found)}
    if isinstance(origin, type) and len(inner) == 2:
        return {"type": "object", "additionalProperties": _of(inner[1], found)}
    raise TypeError(f"no rule for the schema of {hint}")


def _annotated(hint: Any, notes: tuple[str | Limit, ...], found: dict[str, Schema]) -> Schema:  # as _of
    """The schema of a type, with its description and its limits."""
    said = dict(("description", note) if isinstance(note, str) else note for note in notes)
    return {**said, **_of(hint, found)}


def text(name: str) -> str:
    """A schema as its file holds it."""
    return json.dumps(schema(name), indent=2, ensure_ascii=False) + "\n"


def main() -> None:
    """Write every schema."""
    for name in DOCUMENTS:
        (FOLDER / f"{name}.schema.json").write_text(text(name), encoding="utf-8")


if __name__ == "__main__":
    main()
