"""What leaves a network: the tensors under `outputs:` and `auxiliary:`, or the last."""

from __future__ import annotations

from archcalc.errors import Span
from archcalc.quoting import quoted
from archcalc.spec.calls import INVALID_TENSOR, OUTPUT_SETTING
from archcalc.spec.decode import read
from archcalc.spec.document import Entry, Sequence
from archcalc.spec.expand import Expansion
from archcalc.spec.expressions import Scope
from archcalc.spec.problems import Problems
from archcalc.suggestions import suggestion


class Leaving:
    """The keys of one spec that say what leaves its network, read with the problems collected."""

    def __init__(self, entries: dict[str, Entry], expansion: Expansion, problems: Problems) -> None:
        self.entries = entries
        self.expansion = expansion
        self.problems = problems

    def outputs(self, last: int, auxiliary: dict[str, int]) -> dict[str, int]:
        """The tensors that leave the network, under `outputs:` or the last; all others must be read."""
        entry = self.entries.get("outputs")
        outputs = self.named_tensors(entry) if entry and "layers" in self.entries else {}
        if self.problems.count or last == INVALID_TENSOR:
            return {}
        if entry is None:
            outputs = {self.expansion.graph.tensor_name(last): last}
        if self.leaves_twice(outputs, auxiliary):
            return {}
        outputs |= auxiliary
        nodes = self.expansion.graph.nodes
        used = {tensor for node in nodes for tensor in node.inputs} | set(outputs.values())
        hint = "read it with `from:`, name it under `outputs:`, or remove the layer"
        for tensor, node in self.expansion.graph.written():
            if tensor not in used and node.span:
                message = f"no layer reads the output of {node.name}"
                self.problems.add("unread-output", message, node.span, hint)
        return outputs

    def auxiliary(self) -> dict[str, int]:
        """The tensors that `auxiliary` names, which may be none."""
        entry = self.entries.get("auxiliary")
        if entry is None or "layers" not in self.entries or entry.value == Sequence((), entry.value.span):
            return {}
        return self.named_tensors(entry)

    def leaves_twice(self, outputs: dict[str, int], auxiliary: dict[str, int]) -> bool:
        """Whether an auxiliary output leaves the network at inference too, which is noted."""
        both = next((name for name, tensor in auxiliary.items() if tensor in outputs.values()), None)
        if both is not None:
            message = f"{quoted(both)} is `auxiliary`, and leaves the network at inference too"
            hint = "name what leaves it at inference under `outputs:`; without, that is the last layer"
            self.problems.add("outputs", message, self.entries["auxiliary"].value.span, hint)
        return both is not None

    def named_tensors(self, entry: Entry) -> dict[str, int]:
        """The tensors that `outputs` or `auxiliary` names."""
        items = entry.value.items if isinstance(entry.value, Sequence) else (entry.value,)
        if not items:
            message, hint = f"`{entry.key}` names no layer", f"name one, or leave `{entry.key}` out"
            self.problems.add("missing-key", message, entry.value.span, hint)
        tensors = self.expansion.symbols.tensors
        found: dict[str, int] = {}
        for item in items:
            name: str | None = read(OUTPUT_SETTING, entry.key, item, Scope(), self.problems)
            if name in tensors:
                found[name] = tensors[name]
            elif name is not None and not self.expansion.symbols.is_suppressed(name):
                self.unknown_output(entry.key, name, item.span)
        return found

    def unknown_output(self, key: str, name: str, span: Span) -> None:
        """Note that `outputs` or `auxiliary` names what is not there, or was left out."""
        place = self.expansion.symbols.left_out.get(name)
        if place:
            message = f"`{key}` names {quoted(name)}, which is left out by its `when`"
            hint = "leave it out here too" + (
                ": write `auxiliary: []` for none" if key == "auxiliary" else ""
            )
            self.problems.add("unknown-name", message, span, hint, (("it is left out here", place),))
            return
        message = f"`{key}` names {quoted(name)}, and no layer is called so"
        near = suggestion(name, reversed(self.expansion.symbols.tensors))
        self.problems.add("unknown-name", message, span, near)
