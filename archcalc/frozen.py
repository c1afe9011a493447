"""Frozen dataclasses that cost little to define.

`dataclass` compiles six methods for each class, which for all classes of a run takes longer than analysing
a network. Here they stand once, and the decorators leave only the reading of fields to `dataclass`.
"""

from __future__ import annotations

from dataclasses import MISSING, Field, FrozenInstanceError, dataclass, field, fields
from typing import ClassVar, TypeVar, dataclass_transform

Class = TypeVar("Class", bound=type)


class Frozen:
    """What `frozen` classes share: they are made, compared and shown by their fields, and never change."""

    FIELDS: ClassVar[dict[str, Field[object]]] = {}
    """The fields by name, in their order."""

    def __init__(self, *args: object, **values: object) -> None:
        known = self.FIELDS
        given = dict(zip(known, args, strict=False)) | values
        if len(given) != len(args) + len(values) or not given.keys() <= known.keys():
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(known)}")
        for name, each in known.items():
            if name not in given:
                given[name] = _default(each, type(self).__name__)
        self.__dict__.update(given)
        self.__post_init__()

    def __post_init__(self) -> None:
        """Check what was given."""

    def __setattr__(self, name: str, value: object) -> None:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _compared(self) -> tuple[object, ...]:
        return tuple(self.__dict__[name] for name, each in self.FIELDS.items() if each.compare)

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and other._compared() == self._compared()

    def __hash__(self) -> int:
        return hash((type(self), self._compared()))

    def __repr__(self) -> str:
        shown = [name for name, each in self.FIELDS.items() if each.repr]
        return f"{type(self).__name__}({', '.join(f'{name}={self.__dict__[name]!r}' for name in shown)})"


def _default(each: Field[object], owner: str) -> object:
    if each.default is not MISSING:
        return each.default
    if each.default_factory is MISSING:
        raise TypeError(f"{owner} needs {each.name}")
    return each.default_factory()


def read_fields(cls: Class) -> Class:
    """Make a subclass of `Frozen` a dataclass with the fields that it declares."""
    dataclass(init=False, repr=False, eq=False, match_args=False)(cls)
    cls.FIELDS = {each.name: each for each in fields(cls)}  # type: ignore[attr-defined]  # any type; only subclasses of Frozen come here
    return cls


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def frozen(cls: Class) -> Class:
    """Make a subclass of `Frozen` a frozen dataclass."""
    return read_fields(cls)
