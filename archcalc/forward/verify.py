"""Run a network once in NumPy, and hold what happens against what the rules predicted."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np

from archcalc.errors import RequestError
from archcalc.forward.kernels import KERNELS
from archcalc.forward.outcome import Check, Measured, Verification
from archcalc.forward.run import Array, Run

if TYPE_CHECKING:
    from archcalc.analysis.facts import Analysis, Facts
    from archcalc.layers import Shape
    from archcalc.network import Network


def verify(
    analysis: Analysis,
    *,
    seed: int = 0,
    on_layer: Callable[[Check], None] | None = None,
    make_run: Callable[..., Run] = Run,
) -> Verification:
    """Every layer's prediction beside what the NumPy forward pass really did, in float32.

    It runs one example, whatever batch the analysis is for: parameters and MACs are those of one, and
    shapes leave the batch out. A layer whose output has an unpredicted shape is passed on as it is; at
    one that cannot run at all, the pass ends. `on_layer` is told of each layer as soon as it has run.
    `make_run(random, spare=…)` makes the run of each layer, from which all arrays come.
    Raises RequestError for a network too large to run.
    """
    random = np.random.default_rng(seed)
    last_reader = _last_readers(analysis.network)
    with _room_for("the input"):
        volumes = {0: make_run(random).drawn(analysis.network.input_shape)}
    checks: list[Check] = []
    for number, facts in enumerate(analysis.facts, 1):
        run = make_run(random, spare=_is_spare(facts.node.inputs[0], number, volumes, last_reader))
        check, output = _run(facts, [volumes[volume] for volume in facts.node.inputs], run)
        checks.append(check)
        if on_layer:
            on_layer(check)
        if output is None:
            break
        volumes[number] = output
        for volume in {*facts.node.inputs, number}:
            if last_reader.get(volume, 0) <= number:
                del volumes[volume]
    return Verification(analysis, seed, tuple(checks))


def _last_readers(network: Network) -> dict[int, int]:
    """For each volume that is read, the number of the last node to read it."""
    return {volume: number for number, node in enumerate(network.nodes, 1) for volume in node.inputs}


def _is_spare(volume: int, number: int, volumes: dict[int, Array], last_reader: dict[int, int]) -> bool:
    """Whether node `number` is the last to read a volume, of which no other is a view."""
    own = _owner(volumes[volume])
    shared = sum(_owner(other) is own for other in volumes.values()) > 1
    return last_reader[volume] == number and not shared


def _owner(array: Array) -> object:
    """The array whose memory `array` is a view of, or itself."""
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _run(facts: Facts, inputs: Sequence[Array], run: Run) -> tuple[Check, Array | None]:
    """The check of one layer, and its output, or None where its kernel could not run."""
    predicted = Measured(facts.output_shape, facts.parameter_shapes, facts.buffer_shapes, facts.macs)
    shape: Shape = ()
    output, finite, problem = None, True, ""
    try:
        with _room_for(facts.node.name), np.errstate(all="ignore"):
            output = _output(facts, inputs, run)
            shape = output.shape
            output, finite = run.checked(output)
    except (ValueError, IndexError) as error:
        problem = str(error)
    actual = Measured(shape, run.parameters, run.buffers, run.products)
    check = Check(facts.node.name, facts.node.kind, predicted, actual, finite, problem)
    return check, output


@contextmanager
def _room_for(name: str) -> Iterator[None]:
    try:
        yield
    except MemoryError as error:
        raise RequestError(f"{name} is too large to run: {error}") from None


def _output(facts: Facts, inputs: Sequence[Array], run: Run) -> Array:
    if facts.node.kind not in KERNELS:
        raise ValueError(f"there is no kernel for {facts.node.kind}")
    return KERNELS[facts.node.kind](facts.node.layer, inputs, run)
