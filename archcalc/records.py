"""Named tuples that cost little to define.

`typing.NamedTuple` compiles the annotation of every field, which nobody reads at run time and which for all
records of a run takes longer than reading a spec. Here `collections.namedtuple` gets the names alone.
"""

from __future__ import annotations

from collections import namedtuple
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:

    class _Records(type):
        """What a class statement with fields becomes: a named tuple that has the statement's methods."""

        def __new__(cls, name, bases, members):
            if not bases:
                return super().__new__(cls, name, bases, members)
            fields = members.get("__annotations__", {})
            defaults = [members.pop(field) for field in fields if field in members]
            record = namedtuple(name, fields, defaults=defaults, module=members["__module__"])  # noqa: PYI024 - that is what this module avoids
            for key, value in members.items():
                if key != "__module__":
                    setattr(record, key, value)
            return record

    class NamedTuple(metaclass=_Records):
        """The base of records, in place of `typing.NamedTuple`."""
