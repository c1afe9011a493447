"""What docs/memory.md takes from the code about training: what kinds keep, optimizers, and precisions."""

from __future__ import annotations

from collections.abc import Iterator
from inspect import getdoc

from archcalc.analysis.memory.optimizers import OPTIMIZERS, PRECISIONS, Optimizer
from archcalc.analysis.memory.training import NOT_COUNTED
from archcalc.layers import LAYERS, layer_class

MARK = "backward: "


def saved_list() -> str:
    """What each kind keeps for its backward pass, those that say the same together."""
    kinds: dict[str, list[str]] = {}
    for kind in LAYERS:
        kinds.setdefault(_kept(kind), []).append(f"`{kind}`")
    return "\n".join(f"* {', '.join(names)}: {text}" for text, names in kinds.items())


def _kept(kind: str) -> str:
    """What the docstring of a kind says of its backward pass, up to its source."""
    lines = (getdoc(layer_class(kind)) or "").splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith(MARK))
    last = next(number for number in range(first, len(lines)) if lines[number].startswith("source: "))
    return " ".join(lines[first:last]).removeprefix(MARK)


def optimizer_rows() -> Iterator[tuple[str, ...]]:
    """Each optimizer with what it remembers."""
    for name, optimizer in OPTIMIZERS.items():
        yield f"`{name}`", optimizer.meaning, _values(optimizer), optimizer.source


def _values(optimizer: Optimizer) -> str:
    return "rows + columns" if optimizer.factored else str(optimizer.states)


def precision_rows() -> Iterator[tuple[str, ...]]:
    """Each precision with what it means."""
    for name, precision in PRECISIONS.items():
        yield f"`{name}`", precision.meaning, precision.source


def not_counted_list() -> str:
    """What a framework needs besides."""
    return "\n".join(f"* {each}" for each in NOT_COUNTED)
