"""Unresolved references: what is wrong with each `from` that named nothing when it was read.

They are explained when all layers are expanded. Only then is it known whether the name is declared later
(an *order* error), whether the layer there reads this one (a *cycle*), whether an invalid layer would have
declared it (a follow-up error, which is suppressed), or whether nothing is called so.
"""

from __future__ import annotations

from collections import defaultdict

from archcalc.errors import Span
from archcalc.layers import LAYERS
from archcalc.quoting import quoted
from archcalc.records import NamedTuple
from archcalc.spec.graph_builder import GraphBuilder
from archcalc.spec.problems import Problems
from archcalc.spec.symbols import SymbolTable, candidates
from archcalc.suggestions import nearest, suggestion


class UnresolvedReference(NamedTuple):
    """A name in a `from` that nothing bore when it was read.

    path: the scope that it stands in. known: how many names there were.
    written: the tensors that the layer or block writes that reads it; none when that is invalid itself.
    """

    name: str
    path: str
    span: Span
    known: int
    written: range


class References:
    """The unresolved references of one spec, by their places: a block's are noted once."""

    def __init__(self, symbols: SymbolTable, graph: GraphBuilder, problems: Problems) -> None:
        self.symbols = symbols
        self.graph = graph
        self.problems = problems
        self.unresolved: dict[Span, UnresolvedReference] = {}

    def add(self, reference: UnresolvedReference) -> None:
        """Note a reference that could not be resolved; of a block's many copies the first counts."""
        self.unresolved.setdefault(reference.span, reference)

    def report(self) -> None:
        """Note what is wrong with each, now that all names are declared."""
        if self.unresolved:
            suppressed = self.symbols.suppressed
            self.symbols.suppress(*(kind for kind in LAYERS if nearest(kind, suppressed)))
        later = self._later()
        for each in self.unresolved.values():
            name = self.symbols.resolve(each.name, each.path)
            if name is not None:
                self._report_later(each, name, later)
            elif not self.symbols.is_suppressed(each.name):
                self._report_unknown(each)
        if not self.problems.found:
            self._report_all_unknown()

    def _report_all_unknown(self) -> None:
        """Note each name that was taken for an invalid layer's, although no layer is invalid."""
        for each in self.unresolved.values():
            if self.symbols.resolve(each.name, each.path) is None:
                self._report_unknown(each)

    def _report_unknown(self, each: UnresolvedReference) -> None:
        message = f"`from` names {quoted(each.name)}, and no layer above is called so"
        left_out = self.symbols.left_out
        skipped = next((full for full in candidates(each.name, each.path) if full in left_out), None)
        if skipped:
            place = left_out[skipped]
            message += f": `when` leaves it out, in line {place.line}"
            hint = "leave out its readers too, or let them read another layer"
            self.problems.add("unknown-name", message, each.span, hint, (("it is left out here", place),))
            return
        above = [name.removeprefix(each.path) for name in list(self.symbols.tensors)[: each.known]]
        inner = next((name for name in above if name.endswith(f"/{each.name}")), None)
        near = f"did you mean {quoted(inner)}?" if inner else suggestion(each.name, reversed(above))
        hint = near or "a layer reads layers that stand above it"
        self.problems.add("unknown-name", message, each.span, hint)

    def _report_later(self, each: UnresolvedReference, name: str, later: dict[int, set[int]]) -> None:
        tensor = self.symbols.tensors[name]
        if tensor in each.written:
            message = f"`from` names {quoted(each.name)}, whose output is this layer's own: a cycle"
            hint = "name a layer above; without `from` a layer reads the one above"
            self.problems.add("cycle", message, each.span, hint)
            return
        stands = self._place(name, each.path)
        found = f"`from` names {quoted(each.name)}, which stands later, in line {stands.line}"
        also = (("it stands here", stands),)
        if self._depends(tensor, each.written, later):
            hint = "one of them must read another layer"
            self.problems.add("cycle", f"{found}, and reads this layer: a cycle", each.span, hint, also)
        else:
            hint = "a layer reads layers above it: move that one up"
            self.problems.add("order", found, each.span, hint, also)

    def _place(self, name: str, path: str) -> Span:
        """Where a layer stands: where the block around it is used, if the reader is not in that."""
        while not name.startswith(path):
            path = path[: path.rstrip("/").rfind("/") + 1]
        outermost = path + name.removeprefix(path).split("/")[0]
        return self.symbols.declared.get(outermost) or self.symbols.declared[name]

    def _later(self) -> dict[int, set[int]]:
        """The edges that the graph lacks: the later tensors that readers name, by the tensors these write."""
        edges: dict[int, set[int]] = defaultdict(set)
        for each in self.unresolved.values():
            name = self.symbols.resolve(each.name, each.path)
            if name is not None:
                for tensor in each.written:
                    edges[tensor].add(self.symbols.tensors[name])
        return edges

    def _depends(self, tensor: int, written: range, later: dict[int, set[int]]) -> bool:
        """Whether `tensor` depends on one of those `written`: a depth-first search against the edges."""
        seen, stack = {tensor}, [tensor]
        while stack:
            at = stack.pop()
            if at in written:
                return True
            writer = self.graph.writer(at)
            read = {*writer.inputs, *later.get(at, ())} if writer else set()
            stack += read - seen
            seen |= read
        return False
