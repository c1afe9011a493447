"""Frozen classes are dataclasses in every respect but what it costs to define them."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

import pytest

from archcalc.frozen import Frozen, frozen, replace


@frozen
class Area(Frozen):
    sides: ClassVar[int] = 4

    height: int
    width: int = 2

    def __post_init__(self):
        if self.height < 0:
            raise ValueError("height is 0 or more")

    @cached_property
    def size(self):
        return self.height * self.width


@frozen
class Box(Area):
    depth: int = 1


def test_is_made_of_its_fields_and_their_defaults():
    assert (Area(3).width, Area(3, 4).width, Area(width=5, height=3).width, Area.width) == (2, 4, 5, 2)
    assert [*Box.FIELDS] == ["height", "width", "depth"]
    assert not hasattr(Area, "height")


def test_is_equal_to_what_has_the_same_fields_whatever_was_computed():
    area = Area(3)
    assert area.size == 6
    assert area == Area(3)
    assert hash(area) == hash(Area(3))
    assert area != Area(4)
    assert Box(3, 2, 1) != area
    assert repr(area) == "Area(height=3, width=2)"


def test_another_is_checked_as_the_first():
    area = Area(3)
    assert area.size == 6
    assert replace(area, width=5).size == 15
    with pytest.raises(ValueError, match="0 or more"):
        replace(area, height=-1)


@pytest.mark.parametrize(
    ("arguments", "named"), [((), {}), ((1, 2, 3), {}), ((1,), {"height": 2}), ((1,), {"wdith": 2})]
)
def test_what_is_missing_unknown_or_twice_is_refused(arguments, named):
    with pytest.raises(TypeError, match=r"Area (needs height|has the fields height, width)"):
        Area(*arguments, **named)


def test_never_changes():
    with pytest.raises(AttributeError):
        Area(3).height = 4
    with pytest.raises(AttributeError):
        del Area(3).height
