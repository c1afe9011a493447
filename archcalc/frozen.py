"""Frozen dataclasses that cost little to define.

The standard library's `dataclass` compiles six methods for each class, which for all classes of a run takes
longer than analysing a network. Here the methods stand once, and a class is read by its annotations.
"""

from __future__ import annotations

from typing import ClassVar, Final, TypeVar, dataclass_transform

Class = TypeVar("Class", bound=type)
Record = TypeVar("Record", bound="Frozen")


REQUIRED: Final = object()
"""The default of a field that has none."""


class FrozenField:
    """One field of a frozen class. Subclasses say more about it, such as how its value is read."""

    __slots__ = ("default",)

    def __init__(self, default: object = REQUIRED) -> None:
        self.default = default


class Frozen:
    """What `frozen` classes share: they are made, compared and shown by their fields, and never change."""

    FIELDS: ClassVar[dict[str, FrozenField]] = {}
    """The fields by name, in their order, those of parent classes first."""

    DEFAULTS: ClassVar[dict[str, object]] = {}
    """What the fields are that have a default."""

    def __init__(self, *args: object, **values: object) -> None:
        known, given = self.FIELDS, {**dict(zip(self.FIELDS, args, strict=False)), **values}
        if len(given) != len(args) + len(values) or not given.keys() <= known.keys():
            raise TypeError(f"{type(self).__name__} has the fields {', '.join(known)}")
        self.__dict__.update(self.DEFAULTS, **given)
        if len(self.__dict__) < len(known):
            missing = ", ".join(name for name in known if name not in self.__dict__)
            raise TypeError(f"{type(self).__name__} needs {missing}")
        self.__post_init__()

    def __post_init__(self) -> None:
        """Check what was given."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and field_values(other) == field_values(self)

    def __hash__(self) -> int:
        return hash((type(self), *field_values(self).values()))

    def __repr__(self) -> str:
        shown = (f"{name}={value!r}" for name, value in field_values(self).items())
        return f"{type(self).__name__}({', '.join(shown)})"


def field_values(record: Frozen) -> dict[str, object]:
    """The fields of a record with their values; what it has computed of itself is left out."""
    return {name: record.__dict__[name] for name in record.FIELDS}


def replace(record: Record, **values: object) -> Record:
    """A record of the same class with other values in the fields that are named."""
    return type(record)(**(field_values(record) | values))


def read_fields(cls: Class) -> Class:
    """Read the fields that a subclass of `Frozen` declares: names with a type, and perhaps a default."""
    own: dict[str, FrozenField] = {}
    for name, annotation in cls.__annotations__.items():
        if not str(annotation).startswith("ClassVar"):
            default = cls.__dict__.get(name, REQUIRED)
            own[name] = default if isinstance(default, FrozenField) else FrozenField(default)
            if own[name].default is not REQUIRED:
                setattr(cls, name, own[name].default)
            elif name in cls.__dict__:
                delattr(cls, name)
    known = {**cls.FIELDS, **own}  # type: ignore[attr-defined]  # any type; only subclasses of Frozen come here
    defaults = {name: each.default for name, each in known.items() if each.default is not REQUIRED}
    cls.FIELDS, cls.DEFAULTS = known, defaults  # type: ignore[attr-defined]  # the same
    return cls


@dataclass_transform(frozen_default=True, field_specifiers=(FrozenField,))
def frozen(cls: Class) -> Class:
    """Make a subclass of `Frozen` a frozen dataclass."""
    return read_fields(cls)
