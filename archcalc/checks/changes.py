"""The kinds of change that `diff` and locks tell apart: a table in which each kind explains itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from archcalc.checks.record import Record
from archcalc.records import NamedTuple

Change = Literal["changed", "inserted", "removed", "follows", "renamed", "same"]

Holds = Callable[[Record | None, Record | None, bool], bool]
"""Whether a layer, its counterpart, and whether they read other layers are a case of a kind of change."""


class ChangeKind(NamedTuple):
    """One kind of change.

    what: what became of such a layer, a sentence.
    why: why it is told apart from the others.
    counted: what reports say behind a number: `6 follow from these`.
    holds: whether a layer and its counterpart are a case of it; the first kind that holds is theirs.
    alters: whether networks with such a change are not identical.
    old, new: the layers of two specs between which it is the only kind of change, or the cause of all.
    """

    change: Change
    what: str
    why: str
    counted: str
    holds: Holds
    old: str
    new: str
    alters: bool = True


def _changed(old: Record | None, new: Record | None, rewired: bool) -> bool:
    if old is None or new is None:
        return False
    if rewired or (old.kind, old.traits, old.training_only) != (new.kind, new.traits, new.training_only):
        return True
    return new.is_input and old.counts != new.counts


def _inserted(old: Record | None, new: Record | None, rewired: bool) -> bool:
    return old is None


def _removed(old: Record | None, new: Record | None, rewired: bool) -> bool:
    return new is None


def _follows(old: Record | None, new: Record | None, rewired: bool) -> bool:
    return old is not None and new is not None and old.counts != new.counts


def _renamed(old: Record | None, new: Record | None, rewired: bool) -> bool:
    return old is not None and new is not None and old.name != new.name


def _same(old: Record | None, new: Record | None, rewired: bool) -> bool:
    return True


KINDS = (
    ChangeKind(
        "changed",
        what="Layers whose kind, settings or inputs are others, or that run in training only.",
        why="this is what somebody wrote; all that follows has its cause here",
        counted="changed",
        holds=_changed,
        old="[conv: {filters: 8, kernel_size: 3}]",
        new="[conv: {filters: 16, kernel_size: 3}]",
    ),
    ChangeKind(
        "inserted",
        what="Layers that have no counterpart in the old network.",
        why="a layer that came is no change of the one that stood in its place",
        counted="inserted",
        holds=_inserted,
        old="[conv: {filters: 8, kernel_size: 3}]",
        new="[conv: {filters: 8, kernel_size: 3}, relu]",
    ),
    ChangeKind(
        "removed",
        what="Layers that have no counterpart in the new network.",
        why="a layer that went is no change of the one that stands in its place",
        counted="removed",
        holds=_removed,
        old="[conv: {filters: 8, kernel_size: 3}, relu]",
        new="[conv: {filters: 8, kernel_size: 3}]",
    ),
    ChangeKind(
        "follows",
        what="Layers set as before, whose shapes or counts moved with what they read.",
        why="they are many, and nobody wrote them: the cause is a layer in front that changed, came or went",
        counted="follow from these",
        holds=_follows,
        old="[conv: {filters: 8, kernel_size: 3}, relu]",
        new="[conv: {filters: 16, kernel_size: 3}, relu]",
    ),
    ChangeKind(
        "renamed",
        what="Layers that are the same by another name.",
        why="a name changes no figure; an insertion renumbers the names behind it",
        counted="renamed",
        holds=_renamed,
        old="[relu: {name: act}]",
        new="[relu: {name: activation}]",
        alters=False,
    ),
    ChangeKind(
        "same",
        what="Layers that are the same in all that is compared.",
        why="they have no row",
        counted="unchanged",
        holds=_same,
        old="[relu]",
        new="[relu]",
        alters=False,
    ),
)
CHANGES: dict[Change, ChangeKind] = {kind.change: kind for kind in KINDS}
"""The kinds of change by their ids, in the order in which they are tried and counted."""

LISTED: tuple[Change, ...] = tuple(change for change in CHANGES if change != "same")
"""What reports list layer by layer."""


def change_of(old: Record | None, new: Record | None, rewired: bool) -> Change:
    """What became of a layer."""
    return next(kind.change for kind in KINDS if kind.holds(old, new, rewired))
