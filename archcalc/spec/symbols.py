"""The symbol table of a spec: which names are declared, in which scope, and which tensor each stands for.

Scopes nest as blocks, branches and named structures do, and a full name is the path through them:
`conv2/bottleneck1/conv3`. A reference is resolved from the innermost scope outwards: in `conv2/bottleneck1/`,
`from: conv1` is `conv2/bottleneck1/conv1` if there is one, else `conv2/conv1`, else `conv1`.

It also knows for which names to *suppress follow-up errors*. Where a layer is invalid, names that it would
have declared are missing, and a `from` that names one is not wrong itself:

    - convv: {name: stem, filters: 8}   # noted: unknown kind, did you mean 'conv'?
    - add: {from: [stem, relu1]}        # nothing is said of `stem`: it is suppressed
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from archcalc.errors import Span
from archcalc.quoting import quoted
from archcalc.spec.calls import PATH_LENGTH, Call
from archcalc.spec.decode import is_computed
from archcalc.spec.document import Entry, Mapping, Scalar, Value
from archcalc.spec.problems import Problems


class SymbolTable:
    """The names of the tensors of one network.

    declared: where each full name is given. tensors: what those that are complete stand for, in that order.
    counts: how many layers of a kind have no name of their own, by path and kind.
    left_out: the layers whose `when` is false. suppressed: words that invalid layers may have declared.
    """

    def __init__(self, inputs: Sequence[str], problems: Problems) -> None:
        self.problems = problems
        self.tensors: dict[str, int] = {name: tensor for tensor, name in enumerate(inputs)}
        self.declared: dict[str, Span] = {}
        self.counts: Counter[str] = Counter()
        self.left_out: dict[str, Span] = {}
        self.suppressed: set[str] = set()
        self.suppressed_spans: set[Span] = set()

    def declare(self, call: Call, path: str) -> str | None:
        """The full name of a call, its own or made from kind and number; None when it cannot have it."""
        own = call.name
        while own is None:
            self.counts[path + call.kind] += 1
            candidate = f"{call.kind}{self.counts[path + call.kind]}"
            if path + candidate not in self.declared:
                own = candidate
        name = path + own
        if len(name) > PATH_LENGTH:
            message = f"the full name {quoted(name)} has {len(name)} characters, and may have {PATH_LENGTH}"
            self.problems.add("name", message, call.name_span, "use shorter names, or nest less")
            self.suppress(own)
            return None
        if name in self.declared:
            self._refuse(name, call)
            return None
        self.declared[name] = call.name_span
        return name

    def _refuse(self, name: str, call: Call) -> None:
        first = self.declared[name]
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

    def resolve(self, name: str, path: str) -> str | None:
        """The full name that a reference stands for: the innermost that is complete, or None."""
        return next((full for full in candidates(name, path) if full in self.tensors), None)

    def suppress(self, *words: str) -> None:
        """Suppress follow-up errors about these names, and these with a number: invalid layers bear them."""
        self.suppressed.update(part for word in words for part in word.split("/"))

    def suppress_all(self, value: Value) -> None:
        """Suppress follow-up errors about every word of an invalid item: any of them may be a name."""
        if value.span in self.suppressed_spans:
            return
        self.suppressed_spans.add(value.span)
        if isinstance(value, Scalar):
            self.suppress(value.text)
        elif isinstance(value, Mapping):
            self.suppress(*value.entries)
            for entry in value.entries.values():
                self.suppress_all(entry.value)
        else:
            for item in value.items:
                self.suppress_all(item)

    def is_suppressed(self, name: str) -> bool:
        """Whether an invalid layer may bear the name, or hold the layer that does."""
        return any({part, part.rstrip("0123456789")} & self.suppressed for part in name.split("/"))


def candidates(name: str, path: str) -> Iterator[str]:
    """The full names that a reference on a path may stand for, the innermost first."""
    while path:
        yield path + name
        path = path[: path.rstrip("/").rfind("/") + 1]
    yield name
