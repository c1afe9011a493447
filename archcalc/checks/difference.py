"""What changed between two versions of a network: its layers aligned, and each pair looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from archcalc.checks.alignment import Pairing, aligned
from archcalc.checks.changes import Change, change_of
from archcalc.checks.record import Record
from archcalc.records import NamedTuple

SOURCES_AT_MOST = 16
"""How many tensors are told apart that a layer without a counterpart passes on."""

Sources = list[frozenset[int]]


class Pair(NamedTuple):
    """A layer of the old network and its counterpart in the new one; one of them may be missing."""

    old: Record | None
    new: Record | None
    change: Change
    rewired: bool = False

    @property
    def record(self) -> Record:
        """The layer as it is, or as it was when it is gone."""
        one = self.new or self.old
        assert one is not None
        return one

    @property
    def parameters(self) -> int:
        """By how much the parameters grew."""
        return (self.new.parameters if self.new else 0) - (self.old.parameters if self.old else 0)

    @property
    def macs(self) -> int:
        """By how much the MACs grew."""
        return (self.new.macs if self.new else 0) - (self.old.macs if self.old else 0)

    def changed_traits(self) -> tuple[tuple[str, object, object], ...]:
        """(name, old, new) of the settings that are not the same; of two kinds, those that both have."""
        if not self.old or not self.new:
            return ()
        after = dict(self.new.traits)
        both = ((name, old, after[name]) for name, old in self.old.traits if name in after)
        return tuple((name, old, new) for name, old, new in both if old != new)


class Difference(NamedTuple):
    """Every tensor of both networks once, in order: the inputs, then what the layers write."""

    pairs: tuple[Pair, ...]

    @property
    def layers(self) -> tuple[Pair, ...]:
        """The pairs of layers, without the inputs."""
        return tuple(pair for pair in self.pairs if not pair.record.is_input)

    def of(self, *changes: Change) -> tuple[Pair, ...]:
        """The pairs, those of the inputs included, of which that became."""
        return tuple(pair for pair in self.pairs if pair.change in changes)

    def counts(self) -> Counter[Change]:
        """Of how many layers what became; one that is only called otherwise is the same."""
        found = Counter(pair.change for pair in self.layers)
        found["same"] += found.pop("renamed", 0)
        return found


def difference(old: Sequence[Record], new: Sequence[Record]) -> Difference:
    """What changed between two networks, each given as the records of its inputs and then of its layers."""
    numbers = _pairings(old, new)
    partners = {i: j for i, j in numbers if i is not None and j is not None}
    reads = _Reads(old, new, partners)
    return Difference(
        tuple(_pair(None if i is None else old[i], None if j is None else new[j], reads) for i, j in numbers)
    )


def _pairings(old: Sequence[Record], new: Sequence[Record]) -> list[Pairing]:
    """Which record is which: inputs are aligned with inputs, layers with layers."""
    i, j = (sum(record.is_input for record in records) for records in (old, new))
    layers = aligned(old[i:], new[j:]).pairings
    behind = ((a if a is None else i + a, b if b is None else j + b) for a, b in layers)
    return [*aligned(old[:i], new[:j]).pairings, *behind]


class _Reads:
    """Tells whether two counterparts read counterparts, through layers that have none."""

    def __init__(self, old: Sequence[Record], new: Sequence[Record], partners: dict[int, int]) -> None:
        self.old = _sources(old, partners)
        self.new = _sources(new, {j: j for j in partners.values()})

    def differ(self, old: Record, new: Record) -> bool:
        """Whether one of the tensors that they read comes from another layer."""
        if len(old.reads) != len(new.reads):
            return True
        both = zip(old.reads, new.reads, strict=True)
        return any(self.old[i].isdisjoint(self.new[j]) for i, j in both)


def _sources(records: Iterable[Record], partners: dict[int, int]) -> Sources:
    """For each tensor the new network's tensors that it stands for: its counterpart, or else what it reads.

    A layer that has no counterpart passes on what it reads, so what is behind it need not be rewired.
    """
    sources: Sources = []
    for number, record in enumerate(records):
        if number in partners:
            sources.append(frozenset((partners[number],)))
        else:
            passed_on = set().union(*(sources[tensor] for tensor in record.reads))
            sources.append(frozenset(sorted(passed_on)[-SOURCES_AT_MOST:]))
    return sources


def _pair(old: Record | None, new: Record | None, reads: _Reads) -> Pair:
    rewired = old is not None and new is not None and reads.differ(old, new)
    return Pair(old, new, change_of(old, new, rewired), rewired)
