"""Records are named tuples in every respect but what it costs to define them."""

from __future__ import annotations

import pickle

import pytest

from archcalc.records import NamedTuple


class Pair(NamedTuple):
    """Two numbers."""

    first: int
    second: int = 2

    @property
    def total(self):
        return self.first + self.second

    @classmethod
    def even(cls, value):
        return cls(value, value)


def test_a_record_is_a_named_tuple():
    pair = Pair(1)
    assert pair == (1, 2) == Pair(first=1, second=2)
    assert (pair.first, pair.second, pair.total, Pair.even(3)) == (1, 2, 3, (3, 3))
    assert (Pair._fields, Pair._field_defaults, pair._asdict()) == (
        ("first", "second"), {"second": 2}, {"first": 1, "second": 2},
    )  # fmt: skip
    assert pair._replace(second=5) == Pair(1, 5)
    assert repr(pair) == "Pair(first=1, second=2)"
    assert (Pair.__doc__, Pair.__module__) == ("Two numbers.", __name__)
    assert pickle.loads(pickle.dumps(pair)) == pair


def test_what_is_missing_or_too_much_is_refused():
    for arguments in ((), (1, 2, 3)):
        with pytest.raises(TypeError):
            Pair(*arguments)


def test_what_stands_in_the_wrong_place_is_refused():
    with pytest.raises(TypeError, match="behind one with a default"):

        class Wrong(NamedTuple):
            first: int = 1
            second: int

    with pytest.raises(ValueError, match="Pair has no field third"):
        Pair(1)._replace(third=3)
    with pytest.raises(TypeError, match="Pair has 2 fields, found 3"):
        Pair._make([1, 2, 3])


def test_a_record_without_fields_and_a_class_behind_a_record():
    class Nothing(NamedTuple):
        pass

    class Named(Pair):
        def __str__(self):
            return f"{self.first}"

    assert Nothing() == ()
    assert str(Named(1)) == "1"
    assert isinstance(Named(1), Pair)
