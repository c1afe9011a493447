"""Named tuples that cost little to define.

`typing.NamedTuple` compiles the annotation of every field and `collections.namedtuple` a constructor for
every class, which for all records of a run takes longer than reading a spec. Here a constructor is compiled
once for each number of fields, and every class gets its code with the names of its own fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple
else:
    from collections import _tuplegetter
    from functools import cache
    from types import FunctionType

    @cache
    def _constructor(count):
        """The code of `lambda cls, _0, _1: new(cls, (_0, _1, ))`, for so many fields."""
        fields = "".join(f"_{number}, " for number in range(count))
        return eval(f"lambda cls, {fields}: new(cls, ({fields}))").__code__

    class _Records(type):
        """What a class statement with fields becomes: a named tuple that has the statement's methods."""

        def __new__(cls, name, bases, members):
            if bases == (tuple,) or hasattr(
                bases[0], "_fields"
            ):  # the base below, or a class behind a record
                return super().__new__(cls, name, bases, members)
            fields = tuple(members.get("__annotations__", ()))
            defaults = {field: members[field] for field in fields if field in members}
            if tuple(defaults) != fields[len(fields) - len(defaults) :]:
                raise TypeError(f"{name}: a field without default stands behind one with a default")
            code = _constructor(len(fields)).replace(co_varnames=("cls", *fields), co_name="__new__")
            new = FunctionType(code, {"new": tuple.__new__}, "__new__", tuple(defaults.values()))
            members |= {field: _tuplegetter(number, None) for number, field in enumerate(fields)}
            members |= {"__new__": new, "__slots__": (), "__match_args__": fields}
            members |= {"_fields": fields, "_field_defaults": defaults}
            return super().__new__(cls, name, bases, members)

    class NamedTuple(tuple, metaclass=_Records):
        """The base of records, in place of `typing.NamedTuple`."""

        __slots__ = ()

        def __repr__(self):
            values = ", ".join(f"{name}={value!r}" for name, value in self._asdict().items())
            return f"{type(self).__name__}({values})"

        def __getnewargs__(self):
            """The fields as a plain tuple, for copy and pickle."""
            return tuple(self)

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def _replace(self, **values):
            record = self._make(map(values.pop, self._fields, self))
            if values:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(values)}")
            return record

        @classmethod
        def _make(cls, values):
            record = tuple.__new__(cls, values)
            if len(record) != len(cls._fields):
                raise TypeError(f"{cls.__name__} has {len(cls._fields)} fields, found {len(record)}")
            return record
