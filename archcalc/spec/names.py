"""What the volumes of a network are called: who took a name, and what stands behind it.

A `from` that names nothing is explained when all layers are laid out: then it is known whether the name
stands later, whether that would be a cycle, or whether a faulty layer would have borne it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from archcalc.errors import Span
from archcalc.layers import LAYERS
from archcalc.network import INPUT, Node
from archcalc.quoting import quoted
from archcalc.spec.calls import PATH_LENGTH, Call
from archcalc.spec.decode import is_computed
from archcalc.spec.document import Entry, Mapping, Scalar, Value
from archcalc.spec.problems import Problems
from archcalc.suggestions import nearest, suggestion


class Dangling(NamedTuple):
    """A `from` that named nothing when it was read.

    path: where it stands. known: how many names there were.
    first, last: the numbers of the volumes that its reader writes; none when it is faulty itself.
    """

    name: str
    path: str
    span: Span
    known: int
    first: int
    last: int

    def writes(self, volume: int) -> bool:
        """Whether the volume is one of the reader's own."""
        return self.first <= volume <= self.last


class Names:
    """The names of the volumes of one network."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems
        self.volumes: dict[str, int] = {INPUT: 0}
        self.taken: dict[str, Span] = {}
        self.counts: Counter[str] = Counter()
        self.dangling: dict[Span, Dangling] = {}
        self.left_out: dict[str, Span] = {}
        self.lost: set[str] = set()
        self.searched: set[Span] = set()

    def claim(self, call: Call, path: str) -> str | None:
        """The full name of a call, its own or made from kind and number; None when it cannot have it."""
        own = call.name
        while own is None:
            self.counts[path + call.kind] += 1
            candidate = f"{call.kind}{self.counts[path + call.kind]}"
            if path + candidate not in self.taken:
                own = candidate
        name = path + own
        if len(name) > PATH_LENGTH:
            message = f"the full name {quoted(name)} has {len(name)} characters, and may have {PATH_LENGTH}"
            self.problems.add("name", message, call.name_span, "use shorter names, or nest less")
            self.lose(own)
            return None
        if name in self.taken:
            self._refuse(name, call)
            return None
        self.taken[name] = call.name_span
        return name

    def _refuse(self, name: str, call: Call) -> None:
        first = self.taken[name]
        if first == call.name_span:
            message = f"the name {quoted(name)} is given again, by the next copy of this layer"
            hint = "in a repeat, name the repeat, or use its `index:`"
            self.problems.add("duplicate-name", message, first, hint)
        else:
            message = f"the name {quoted(name)} is taken, first in line {first.line}"
            also = (("it is given here first", first),)
            self.problems.add("duplicate-name", message, call.name_span, "give it another name", also)

    def leave_out(self, name: Entry | None, path: str, span: Span) -> None:
        """Note that a layer is left out by its `when`."""
        if name and isinstance(name.value, Scalar) and not is_computed(name.value):
            self.left_out[path + name.value.text] = span

    def find(self, name: str, path: str) -> str | None:
        """The full name that `name` stands for: looked for on the path at hand, then on those around it."""
        return next((full for full in _candidates(name, path) if full in self.volumes), None)

    def lose(self, *words: str) -> None:
        """Say nothing of these names, or of such with these names and a number: faulty layers bear them."""
        self.lost.update(part for word in words for part in word.split("/"))

    def lose_all(self, value: Value) -> None:
        """Say nothing of any name that a faulty item may hold."""
        if value.span in self.searched:
            return
        self.searched.add(value.span)
        if isinstance(value, Scalar):
            self.lose(value.text)
        elif isinstance(value, Mapping):
            self.lose(*value.entries)
            for entry in value.entries.values():
                self.lose_all(entry.value)
        else:
            for item in value.items:
                self.lose_all(item)

    def explain(self, nodes: list[Node]) -> None:
        """Note what is wrong with each name that stood for nothing when it was read."""
        if self.dangling:
            self.lose(*(kind for kind in LAYERS if nearest(kind, self.lost)))
        edges = self._edges()
        for each in self.dangling.values():
            name = self.find(each.name, each.path)
            if name is not None:
                self._explain_later(each, name, nodes, edges)
            elif not self.is_lost(each.name):
                self._explain_unknown(each)
        if not self.problems.found:
            self._explain_all_unknown()

    def _explain_all_unknown(self) -> None:
        """Note each name that was taken for a faulty layer's, although no layer is faulty."""
        for each in self.dangling.values():
            if self.find(each.name, each.path) is None:
                self._explain_unknown(each)

    def is_lost(self, name: str) -> bool:
        """Whether a faulty layer may bear the name, or hold the layer that does."""
        return any({part, part.rstrip("0123456789")} & self.lost for part in name.split("/"))

    def _explain_unknown(self, each: Dangling) -> None:
        message = f"`from` names {quoted(each.name)}, and no layer above is called so"
        skipped = next((full for full in _candidates(each.name, each.path) if full in self.left_out), None)
        if skipped:
            place = self.left_out[skipped]
            message += f": `when` leaves it out, in line {place.line}"
            hint = "leave out its readers too, or let them read another layer"
            self.problems.add("unknown-name", message, each.span, hint, (("it is left out here", place),))
            return
        above = [name.removeprefix(each.path) for name in list(self.volumes)[: each.known]]
        inner = next((name for name in above if name.endswith(f"/{each.name}")), None)
        near = f"did you mean {quoted(inner)}?" if inner else suggestion(each.name, reversed(above))
        hint = near or "a layer reads layers that stand above it"
        self.problems.add("unknown-name", message, each.span, hint)

    def _explain_later(
        self, each: Dangling, name: str, nodes: list[Node], edges: dict[int, set[int]]
    ) -> None:
        volume = self.volumes[name]
        if each.writes(volume):
            message = f"`from` names {quoted(each.name)}, whose output is this layer's own: a cycle"
            hint = "name a layer above; without `from` a layer reads the one above"
            self.problems.add("cycle", message, each.span, hint)
            return
        stands = self._place(name, each.path)
        later = f"`from` names {quoted(each.name)}, which stands later, in line {stands.line}"
        also = (("it stands here", stands),)
        if _reads(volume, each, nodes, edges):
            hint = "one of them must read another layer"
            self.problems.add("cycle", f"{later}, and reads this layer: a cycle", each.span, hint, also)
        else:
            hint = "a layer reads layers above it: move that one up"
            self.problems.add("order", later, each.span, hint, also)

    def _place(self, name: str, path: str) -> Span:
        """Where a layer stands: where the block around it is used, if the reader is not in that."""
        while not name.startswith(path):
            path = path[: path.rstrip("/").rfind("/") + 1]
        outermost = path + name.removeprefix(path).split("/")[0]
        return self.taken.get(outermost) or self.taken[name]

    def _edges(self) -> dict[int, set[int]]:
        """The volumes that readers of later names would read, by those that the readers write."""
        edges: dict[int, set[int]] = defaultdict(set)
        for each in self.dangling.values():
            name = self.find(each.name, each.path)
            if name is not None:
                for volume in range(each.first, each.last + 1):
                    edges[volume].add(self.volumes[name])
        return edges


def _candidates(name: str, path: str) -> Iterator[str]:
    """The full names that a name may stand for on a path, the innermost first."""
    while path:
        yield path + name
        path = path[: path.rstrip("/").rfind("/") + 1]
    yield name


def _reads(volume: int, reader: Dangling, nodes: list[Node], edges: dict[int, set[int]]) -> bool:
    """Whether the layer that writes `volume` reads, through others or not, what `reader` writes."""
    seen, todo = {volume}, [volume]
    while todo:
        at = todo.pop()
        if reader.writes(at):
            return True
        read = {*nodes[at - 1].inputs, *edges.get(at, ())} if at > 0 else set()
        todo += read - seen
        seen |= read
    return False
